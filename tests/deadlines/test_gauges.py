"""What an operator watches: promises due that nobody has looked at, alerts that wait."""

from prometheus_client import CollectorRegistry

from backend.clock import HandClock
from backend.db import Database
from backend.deadlines import gauges, sweep
from tests.deadlines.cast import Cast, open_ticket


def figures(db: Database, clock: HandClock) -> dict[str, float | None]:
    found = CollectorRegistry()
    with db.read() as session:
        gauges.add_to(found, session, clock.now())
    names = ("deadlines_oldest_due_seconds", "alerts_waiting", "alerts_oldest_seconds")
    return {name: found.get_sample_value(f"guanjia_{name}") for name in names}


def test_nothing_due_is_nought(db: Database, cast: Cast, clock: HandClock) -> None:
    open_ticket(db, cast, clock)
    assert set(figures(db, clock).values()) == {0}


def test_the_age_of_what_is_due_grows_until_a_sweep_sees_it(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    open_ticket(db, cast, clock)
    clock.advance(minutes=5, seconds=7)
    assert figures(db, clock)["deadlines_oldest_due_seconds"] == 7
    sweep.tick(db, clock)
    assert figures(db, clock)["deadlines_oldest_due_seconds"] == 0


def test_an_alert_waits_until_it_is_told(db: Database, cast: Cast, clock: HandClock) -> None:
    open_ticket(db, cast, clock)
    clock.advance(minutes=5)
    sweep.tick(db, clock)
    clock.advance(seconds=9)
    found = figures(db, clock)
    assert (found["alerts_waiting"], found["alerts_oldest_seconds"]) == (1, 9)


def test_a_digest_of_the_afternoon_does_not_wait_yet(db: Database, cast: Cast, clock: HandClock) -> None:
    open_ticket(db, cast, clock)
    clock.advance(minutes=25)
    sweep.tick(db, clock)
    assert figures(db, clock)["alerts_waiting"] == 2  # butler and supervisor; the manager's is at two
