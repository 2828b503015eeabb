"""The formulas of KPI-01 to KPI-10 over counted rows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.reports.kpi import ALL, WEIGHTS, Counts, Tally, figures


def counts(**more: object) -> Counts:
    tallies = {
        ("SLA-01", "repair"): Tally(due=10, met=10, kept=9, running=1),
        ("SLA-01", "complaint"): Tally(due=10, met=8, kept=8),
        ("SLA-02", "complaint"): Tally(due=4, met=4, kept=3),
        ("SLA-06", "repair"): Tally(due=8, met=6, kept=4),
        ("SLA-06", "warranty"): Tally(due=2, met=1, kept=1),
        ("SLA-14", "complaint"): Tally(due=4, met=2, kept=2),
    }
    results = {"satisfied": 6, "partly": 1, "unsatisfied": 1, "unreached": 2}
    return Counts(tallies, results, {"REC-16": (19, 20), "REC-33": (45, 50)})


@pytest.mark.parametrize(
    ("kpi", "good", "of"),
    [
        ("KPI-01", 6, 8), ("KPI-02", 4, 8), ("KPI-03", 3, 4), ("KPI-04", 2, 4), ("KPI-05", 1, 2),
        ("KPI-06", 19, 20), ("KPI-07", 45, 50), ("KPI-08", 17, 20), ("KPI-09", 6, 8), ("reached", 8, 10),
    ],
)  # fmt: skip
def test_each_target_counts_what_its_row_says(kpi: str, good: int, of: int) -> None:
    found = figures(counts())[kpi]
    assert (found.good, found.of, found.value) == (good, of, good / of)


def test_satisfaction_is_of_those_reached_and_the_unreached_stand_apart() -> None:
    """KPI-09: 回访率 and 接通率 are two numbers, or 100 % could be faked by not reaching anybody."""
    found = figures(Counts({}, {"unreached": 5}, {}))
    assert (found["KPI-09"].value, found["reached"].value) == (None, 0)


def test_the_score_is_the_weighted_mean_of_what_was_counted() -> None:
    """KPI-10: 30 points for quick answers, 20 for complaints fed back; the rest was not counted here."""
    found = figures(
        Counts({("SLA-01", "x"): Tally(2, 2, 1), ("SLA-02", "complaint"): Tally(1, 1, 1)}, {}, {})
    )
    assert found["KPI-10"].value == pytest.approx(100 * (30 * 0.5 + 20 * 1) / 50)


def test_of_nothing_there_is_no_share_and_no_score() -> None:
    assert {one.value for one in figures(Counts({}, {}, {})).values()} == {None}


def test_the_weights_are_of_known_targets_and_make_a_hundred() -> None:
    assert sum(WEIGHTS.values()) == 100
    assert set(WEIGHTS) <= {one.id for one in ALL}


amounts = st.integers(0, 1000)


@given(amounts, amounts, amounts)
def test_a_share_is_never_outside_its_bounds(kept: int, late: int, broken: int) -> None:
    tally = Tally(due=kept + late + broken, met=kept + late, kept=kept)
    found = figures(Counts({("SLA-01", "repair"): tally, ("SLA-06", "repair"): tally}, {}, {}))
    values = [one.value for one in found.values() if one.value is not None and one.kpi != "KPI-10"]
    assert all(0 <= value <= 1 for value in values)
    score = found["KPI-10"].value
    assert score is None or 0 <= score <= 100
