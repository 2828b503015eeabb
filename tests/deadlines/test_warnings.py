"""An estate's own warning holds for clocks that start afterwards; what nobody can set stays as it is."""

from dataclasses import replace
from datetime import timedelta

import pytest

from backend.clock import HandClock
from backend.db import Database
from backend.deadlines import warnings
from backend.deadlines.policy import standard_policies
from backend.deadlines.promises import Policy, Warn
from backend.models import Estate
from tests.deadlines.cast import Cast, clocks_of, open_ticket, tell

HALF = {"share": 50, "least": 6, "most": 2}


def promise(clock: str) -> Policy:
    found = standard_policies().find(clock)
    assert found is not None
    return found


def arrange(db: Database, cast: Cast, figures: object) -> None:
    with db.write() as session:
        session.get_one(Estate, cast.estate).settings = {warnings.WARNING: figures}


def test_a_clock_warns_by_the_figures_set_when_it_starts_and_an_older_one_as_before(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    older = open_ticket(db, cast, clock, "repair")
    was = clocks_of(db, older)["SLA-01"].warn_at
    arrange(db, cast, HALF)
    newer = clocks_of(db, open_ticket(db, cast, clock, "repair"))
    assert clocks_of(db, older)["SLA-01"].warn_at == was == clock.now() + timedelta(minutes=5)
    # Half of ten minutes is five, and six is the least; half a day is cut to two hours.
    assert newer["SLA-01"].warn_at == clock.now() + timedelta(minutes=4)
    assert newer["SLA-03"].warn_at == newer["SLA-03"].due_at - timedelta(hours=2)
    assert newer["SLA-01"].next_check_at == newer["SLA-01"].warn_at


def test_due_instants_do_not_move_with_the_warning(db: Database, cast: Cast, clock: HandClock) -> None:
    before = {
        name: row.due_at for name, row in clocks_of(db, open_ticket(db, cast, clock, "complaint")).items()
    }
    arrange(db, cast, HALF)
    after = {
        name: row.due_at for name, row in clocks_of(db, open_ticket(db, cast, clock, "complaint")).items()
    }
    assert after == before


def test_a_minutes_hold_keeps_its_own_warning(db: Database, cast: Cast, clock: HandClock) -> None:
    arrange(db, cast, HALF)
    ticket = open_ticket(db, cast, clock, "repair")
    tell(db, ticket, "asked_to_wait", clock)
    hold = clocks_of(db, ticket)["SLA-25"]
    assert hold.warn_at == hold.due_at - timedelta(seconds=20)
    assert not warnings.is_settable(promise("SLA-05"))


def test_with_the_greatest_least_every_promise_that_can_be_set_still_begins_before_its_warning() -> None:
    policies = standard_policies().all
    greatest = warnings.greatest_least(policies)
    assert greatest == 9, "the shortest promises of the service plans give ten minutes"
    spans = [one.limit.elapsed for one in policies if warnings.is_settable(one) and one.limit.elapsed]
    for share, most in ((5, 1), (90, 72)):
        figures = {"share": share, "least": greatest, "most": most}
        assert all(warnings.warn_of(figures).lead(span) < span for span in spans)
        at_once = warnings.warn_of({**figures, "least": greatest + 1})
        assert at_once.lead(min(spans)) == min(spans)


def test_a_promise_of_half_a_minute_more_lets_the_warning_be_a_minute_longer() -> None:
    first = promise("SLA-01")
    longer = replace(first, limit=replace(first.limit, elapsed=timedelta(minutes=10, seconds=30)))
    assert warnings.greatest_least([longer, promise("SLA-09"), promise("SLA-25")]) == 10
    assert warnings.greatest_least([promise("SLA-09"), promise("SLA-02")]) == 240


@pytest.mark.parametrize(
    "figures",
    [
        "25",
        None,
        {},
        {"share": 25},
        {"share": "25", "least": 5, "most": 24},
        {"share": 25, "least": 0, "most": 24},
        {"share": 25, "least": 240, "most": 1},
    ],
)
def test_figures_that_cannot_be_used_leave_the_standard(figures: object) -> None:
    assert warnings.own_of({warnings.WARNING: figures}) == warnings.STANDARD


def test_figures_come_back_as_they_were_set() -> None:
    assert warnings.figures_of(warnings.warn_of(HALF)) == HALF
    assert warnings.figures_of(warnings.STANDARD) == {"share": 25, "least": 5, "most": 24}
    assert warnings.own_of({warnings.WARNING: HALF}) == Warn(0.5, timedelta(minutes=6), timedelta(hours=2))
