"""Reads one TOML table field by field, typed, and collects every fault instead of stopping at the first."""

import tomllib
from datetime import date, time
from pathlib import Path

from backend.deadlines.faults import DataFaults

Table = dict[str, object]


class Faults:
    """The faults of one file, each said as ``file: item: field: what is wrong``."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[str] = []

    def add(self, item: str, field: str, wrong: str) -> None:
        self.found.append(f"{self.file}: {item or 'top'}: {field}: {wrong}")

    def raise_if_any(self) -> None:
        """Raise DataFaults when at least one fault was found."""
        if self.found:
            raise DataFaults(tuple(self.found))


class Reader:
    """One table under its name; every getter returns a usable value even after noting a fault."""

    def __init__(self, table: Table, item: str, faults: Faults) -> None:
        self.table = table
        self.item = item
        self.faults = faults

    def fault(self, field: str, wrong: str) -> None:
        self.faults.add(self.item, field, wrong)

    def text(self, field: str) -> str:
        """Return a text that must be there and not be empty."""
        value = self.table.get(field)
        if isinstance(value, str) and value.strip():
            return value
        self.fault(field, "a text is expected")
        return ""

    def texts(self, field: str) -> tuple[str, ...]:
        """Return a list of texts with at least one entry."""
        value = self.table.get(field)
        if isinstance(value, list) and value and all(isinstance(one, str) and one for one in value):
            return tuple(value)
        self.fault(field, "a list of texts with at least one entry is expected")
        return ()

    def one_of(self, field: str, allowed: tuple[str, ...]) -> str:
        """Return one of ``allowed`` (the first of them after a fault)."""
        value = self.table.get(field)
        if isinstance(value, str) and value in allowed:
            return value
        self.fault(field, f"one of {', '.join(allowed)} is expected, not {value!r}")
        return allowed[0]

    def flag(self, field: str, default: bool) -> bool:
        value = self.table.get(field, default)
        if isinstance(value, bool):
            return value
        self.fault(field, "true or false is expected")
        return default

    def number(self, field: str, least: float) -> float:
        """Return a number of at least ``least``."""
        value = self.table.get(field)
        if isinstance(value, int | float) and not isinstance(value, bool) and value >= least:
            return float(value)
        self.fault(field, f"a number of at least {least:g} is expected, not {value!r}")
        return least

    def day(self, field: str) -> date:
        value = self.table.get(field)
        # A TOML datetime is a date to Python, but it is not what was asked for.
        if type(value) is date:
            return value
        self.fault(field, "a date like 2026-10-01 is expected")
        return date.min

    def days(self, field: str) -> tuple[date, ...]:
        """Return a list of dates; an absent field is an empty list."""
        value = self.table.get(field, [])
        if isinstance(value, list) and all(type(one) is date for one in value):
            return tuple(value)
        self.fault(field, "a list of dates like [2026-10-10] is expected")
        return ()

    def time(self, field: str) -> time:
        value = self.table.get(field)
        if isinstance(value, time):
            return value
        self.fault(field, "a time like 09:00:00 is expected")
        return time.min

    def inner(self, field: str) -> "Reader":
        """Return the table under ``field`` (an empty one after a fault)."""
        value = self.table.get(field)
        if not isinstance(value, dict):
            self.fault(field, "a table is expected")
            value = {}
        return Reader(value, f"{self.item}.{field}" if self.item else field, self.faults)

    def each(self, field: str) -> list["Reader"]:
        """Return the tables under ``field``; an absent field is none."""
        value = self.table.get(field, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self.fault(field, "a list of tables is expected")
            return []
        return [self._named(field, place, one) for place, one in enumerate(value)]

    def only(self, *known: str) -> None:
        """Note every field that nobody reads: a misspelt one would otherwise be silently ignored."""
        for field in self.table.keys() - set(known):
            self.fault(field, "this field is not known")

    def _named(self, field: str, place: int, table: Table) -> "Reader":
        own = table.get("id", table.get("year"))
        name = str(own) if own is not None else f"{field}[{place}]"
        return Reader(table, f"{self.item} {name}".strip(), self.faults)


def read_text(path: Path) -> str:
    """Return the text of a data file; raise DataFaults naming it when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise DataFaults((f"{path.name}: whole file: cannot be read: {wrong}",)) from wrong


def read_table(path: Path) -> Table:
    """Return the TOML file as a table; raise DataFaults naming the file when it is not TOML."""
    return parse_table(read_text(path), path.name)


def parse_table(text: str, name: str) -> Table:
    """Return a TOML text as a table; raise DataFaults under ``name`` when it is not TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise DataFaults((f"{name}: whole file: cannot be read: {wrong}",)) from wrong
