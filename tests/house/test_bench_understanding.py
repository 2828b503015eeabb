"""The table of figures about understanding: every promise has its row, measured or not."""

from __future__ import annotations

import pytest

from benchmarks.measure import Figure
from benchmarks.understanding import PUBLIC, few_shot, quality

REPORT = {
    "all": {
        "top1": {"share": 0.8, "hits": 8, "of": 10},
        "act": {"share": 1.0, "hits": 10, "of": 10},
        "new_orders": {"share": 0.1, "hits": 1, "of": 10},
    },
    "by_language": {
        "zh": {"top1": {"share": 1.0, "hits": 5, "of": 5}},
        "en": {"top1": {"share": 0.6, "hits": 3, "of": 5}},
    },
}


@pytest.fixture
def rows() -> dict[str, Figure]:
    return {one.what: one for one in quality(REPORT)}


def test_a_share_stands_beside_its_promise_with_what_it_is_a_share_of(rows: dict[str, Figure]) -> None:
    first = rows["item first"]
    assert (first.measured, first.promise, first.aside) == ("80 %", "≥ 90 %", "8 of 10")
    assert "missed" in first.mark
    assert rows["act"].mark == "kept"


def test_the_languages_have_their_own_rows_and_the_points_between_them(rows: dict[str, Figure]) -> None:
    assert (rows["item first, zh"].value, rows["item first, en"].value) == (100, 60)
    apart = rows["item first, zh and en apart"]
    assert (apart.measured, apart.promise) == ("40 points", "≤ 3 points")


def test_one_new_order_in_place_of_a_cancellation_is_one_too_many(rows: dict[str, Figure]) -> None:
    row = next(one for what, one in rows.items() if "new order" in what)
    assert row.promise == "never"
    assert "missed" in row.mark


def test_what_no_set_was_given_for_is_told_and_not_left_out() -> None:
    told = [*quality({}), *(few_shot(name, None) for name in PUBLIC)]
    assert len(told) > 20
    assert {one.measured for one in told} == {"no set given"}
    assert {one.mark for one in told} == {""}


def test_a_public_set_with_lines_out_of_scope_tells_how_they_are_recalled() -> None:
    row = few_shot("clinc150", {"accuracy": 0.897, "auroc": 0.959, "recall_at_95": 0.81})
    assert (row.measured, row.promise) == ("89.7 %", "≥ 90 %")
    assert row.aside == "out of scope: AUROC 95.9 %, recall at 95 % accepted 81.0 %"
    assert few_shot("anything", {"accuracy": 0.5, "auroc": None}).promise == "–"
