"""Every row of the service plans names a test that exists, or says openly what is lacking."""

import re
from pathlib import Path

import pytest

from backend.deadlines import document
from backend.deadlines.faults import DataFaults
from backend.deadlines.rows import HOME, Row, all_ids, load_rows, standard_rows
from backend.deadlines.rules import standard_rules

HOUSE = Path(__file__).parents[2]
TEXT = (HOME / "rows.toml").read_text(encoding="utf-8")


def test_the_ranges_of_rows_are_closed() -> None:
    assert [one.id for one in standard_rows()] == list(all_ids())
    assert len(standard_rows()) == 29 + 20 + 26 + 10


@pytest.mark.parametrize("row", standard_rows(), ids=[one.id for one in standard_rows()])
def test_the_test_that_proves_a_row_exists(row: Row) -> None:
    assert row.test, f"{row.id} has no test: {row.lacking}"
    for test in row.tests:
        path, _, name = test.partition("::")
        text = (HOUSE / path).read_text(encoding="utf-8")
        assert re.search(rf"^(async )?def {name}\(", text, re.MULTILINE), f"{row.id}: there is no {test}"


def test_every_row_has_a_name_in_both_languages() -> None:
    policies = standard_rules().policies
    named = {one.id for one in policies.all} | {rule.id for rule in policies.rules}
    for row in standard_rows():
        assert (row.id in named) != bool(row.title_zh and row.title_en), row.id


def test_the_page_shows_every_row_with_its_proof_or_among_those_not_proven() -> None:
    page = document.document()
    proven, _, lacking = page.partition("## Not proven yet")
    for row in standard_rows():
        assert f"| {row.id} | " in proven
        assert f"`{row.test}`" in proven if row.test else f"- {row.id} " in lacking


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('id = "WF-26"', 'id = "WF-27"', "WF-26: id: this row is missing"),
        ('id = "WF-26"', 'id = "WF-27"', "WF-27: id: the service plans have no such row"),
        ('id = "KPI-02"', 'id = "KPI-01"', "KPI-01: id: this row is there twice"),
        ('id = "KPI-01"', 'id = "KPI-01"\nmood = "good"', "KPI-01: mood: this field is not known"),
        ('title = { zh = "维修回访率", en', 'title = { zh = "", en', "KPI-01.title: zh: a text"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, old: str, new: str, fault: str) -> None:
    assert old in TEXT
    file = tmp_path / "rows.toml"
    file.write_text(TEXT.replace(old, new), encoding="utf-8")
    with pytest.raises(DataFaults) as caught:
        load_rows(file)
    assert f"rows.toml: {fault}" in "\n".join(caught.value.faults)


@pytest.mark.parametrize(
    ("proof", "fault"),
    [
        ('test = ""', "lacking: a text is expected"),
        ('test = "somewhere"', "test: tests/…/test_x.py::test_name is expected"),
        ('test = "tests/a/test_b.py::test_c"\nlacking = "much"', "lacking: a row that a test proves"),
    ],
)
def test_a_row_is_proven_or_says_what_it_lacks(tmp_path: Path, proof: str, fault: str) -> None:
    rows = "\n".join(f'[[rows]]\nid = "{one}"\ntest = "tests/a/test_b.py::test_c"' for one in all_ids())
    first = 'id = "SLA-01"\ntest = "tests/a/test_b.py::test_c"'
    file = tmp_path / "rows.toml"
    file.write_text(rows, encoding="utf-8")
    assert len(load_rows(file)) == 85
    file.write_text(rows.replace(first, f'id = "SLA-01"\n{proof}'), encoding="utf-8")
    with pytest.raises(DataFaults, match=f"SLA-01: {fault}"):
        load_rows(file)
