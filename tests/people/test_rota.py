"""The rota: who is on duty now, and who answers for a home while its butler is off shift."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from backend.clock import HandClock
from backend.db import Database
from backend.models import Home, Shift, User
from backend.people import butlers, rota
from backend.people.absence import Absence
from tests.people.conftest import House

NOON = datetime(2026, 3, 11, 4, tzinfo=UTC)


@dataclass(frozen=True)
class Somebody:
    id: int
    is_on_duty: bool = True
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Work:
    user_id: int
    starts_at: datetime
    ends_at: datetime


def work(user_id: int, starts: float, ends: float) -> Work:
    """A shift from so many hours after noon until so many."""
    return Work(user_id, NOON + timedelta(hours=starts), NOON + timedelta(hours=ends))


TEAM = (Somebody(1), Somebody(2, is_on_duty=False), Somebody(3))


def test_without_a_rota_everybodys_own_mark_counts() -> None:
    assert rota.on_duty(TEAM, [], NOON) == {1, 3}


def test_with_a_rota_only_who_is_on_shift_is_on_duty() -> None:
    assert rota.on_duty(TEAM, [work(2, -4, 4), work(3, 4, 12)], NOON) == {2}


def test_off_shift_nobody_is_on_duty() -> None:
    assert rota.on_duty(TEAM, [work(1, -14, -2), work(1, 10, 22)], NOON) == frozenset()


def test_a_shift_ends_just_before_the_next_begins() -> None:
    assert rota.on_duty(TEAM, [work(1, -8, 0), work(3, 0, 8)], NOON) == {3}


def test_a_rota_nobody_keeps_any_more_is_no_rota() -> None:
    assert rota.on_duty(TEAM, [work(2, -100, -92)], NOON) == {1, 3}


def test_a_rota_that_begins_next_month_is_none_yet() -> None:
    assert rota.on_duty(TEAM, [work(2, 400, 408)], NOON) == {1, 3}


def test_who_is_away_is_on_duty_nowhere_until_they_are_back() -> None:
    away = Absence(NOON - timedelta(days=1), NOON + timedelta(days=1), "holiday")
    team = (Somebody(1, settings={"away": away.stored()}), Somebody(3))
    assert rota.on_duty(team, [], NOON) == {3}
    assert rota.on_duty(team, [work(1, -4, 4)], NOON) == frozenset()
    assert rota.on_duty(team, [], NOON + timedelta(days=1)) == {1, 3}
    unreadable = (Somebody(1, settings={"away": {"from": "x"}}), Somebody(3, settings={"away": 3}))
    assert rota.on_duty(unreadable, [], NOON) == {1, 3}


def put_on(db: Database, house: House, clock: HandClock, user: User, starts: float, ends: float) -> None:
    now = clock.now()
    with db.write() as session:
        session.add(
            Shift(
                estate_id=house.here.id,
                user_id=user.id,
                starts_at=now + timedelta(hours=starts),
                ends_at=now + timedelta(hours=ends),
            )
        )


def chosen(db: Database, house: House, clock: HandClock) -> str | None:
    with db.read() as session:
        home = session.get_one(Home, house.home.id)
        found = butlers.choose_butler(session, home, now=clock.now())
        return found.username if found else None


def test_who_is_on_shift_takes_what_comes_for_a_butler_who_is_not(
    db: Database, house: House, clock: HandClock
) -> None:
    put_on(db, house, clock, house.butler, 8, 16)
    put_on(db, house, clock, house.deputy, -1, 7)
    assert chosen(db, house, clock) == "deputy"
    clock.advance(hours=9)
    assert chosen(db, house, clock) == "butler"


def test_at_night_without_anybody_on_shift_the_homes_butler_still_answers_for_it(
    db: Database, house: House, clock: HandClock
) -> None:
    put_on(db, house, clock, house.butler, 8, 16)
    assert chosen(db, house, clock) == "butler"


def test_a_shift_counts_in_its_own_estate_only(db: Database, house: House, clock: HandClock) -> None:
    put_on(db, house, clock, house.butler, 8, 16)
    with db.read() as session:
        here = butlers.list_on_duty(session, house.here.id, ["butler"], now=clock.now())
        there = butlers.list_on_duty(session, house.there.id, ["butler"], now=clock.now())
    assert here == []
    assert [one.id for one in there] == [house.stranger.id]
