"""Every row of the service plans with the test that proves it: read, checked, and closed. Pure.

The ranges of rows are fixed; one that is missing, or twice, or neither proven nor said to be lacking, is a
fault. Rows of promises take their title from policies.toml, the others have their own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from backend.deadlines.tables import Faults, Reader, read_table

HOME = Path(__file__).parent
RANGES: Final = (("SLA", 1, 29), ("SLA", 40, 59), ("WF", 1, 26), ("KPI", 1, 10))
TEST = re.compile(r"tests/[a-z_/]+\.py::test_[a-z0-9_]+")


@dataclass(frozen=True, slots=True)
class Row:
    """One row. ``test``: ``tests/…/test_x.py::test_name``; empty where ``lacking`` says what is missing.

    ``also``: further tests, of what is special about it.
    """

    id: str
    title_zh: str
    title_en: str
    test: str
    lacking: str = ""
    also: tuple[str, ...] = ()

    @property
    def tests(self) -> tuple[str, ...]:
        return (self.test, *self.also) if self.test else self.also


def all_ids() -> Iterator[str]:
    """Yield the id of every row there must be, in order."""
    for kind, first, last in RANGES:
        yield from (f"{kind}-{number:02}" for number in range(first, last + 1))


@cache
def standard_rows() -> tuple[Row, ...]:
    """Return the rows of the file beside this module, read once."""
    return load_rows(HOME / "rows.toml")


def load_rows(path: Path) -> tuple[Row, ...]:
    """Return the rows of ``path``, in order; raise DataFaults with every fault as file, row and field."""
    faults = Faults(path.name)
    top = Reader(read_table(path), "", faults)
    top.only("rows")
    found = [_row(one) for one in top.each("rows")]
    _check_range([one.id for one in found], faults)
    faults.raise_if_any()
    order = list(all_ids())
    return tuple(sorted(found, key=lambda one: order.index(one.id)))


def _check_range(ids: list[str], faults: Faults) -> None:
    wanted = list(all_ids())
    for one in wanted:
        if ids.count(one) != 1:
            faults.add(one, "id", "this row is missing" if one not in ids else "this row is there twice")
    for one in ids:
        if one not in wanted:
            faults.add(one, "id", "the service plans have no such row")


def _row(table: Reader) -> Row:
    table.only("id", "title", "test", "lacking", "also")
    title_zh = title_en = ""
    if "title" in table.table:
        title = table.inner("title")
        title.only("zh", "en")
        title_zh, title_en = title.text("zh"), title.text("en")
    test = str(table.table.get("test", ""))
    also = table.texts("also") if "also" in table.table else ()
    for one in (test, *also):
        if one and not TEST.fullmatch(one):
            table.fault("test", f"tests/…/test_x.py::test_name is expected, not {one!r}")
    lacking = table.text("lacking") if not test else ""
    if test and "lacking" in table.table:
        table.fault("lacking", "a row that a test proves lacks nothing")
    return Row(table.text("id"), title_zh, title_en, test, lacking, also)
