"""Leaders write the rota: shifts of the week, copied from the last one, never two at once for one person."""

from datetime import date, time

import pytest

from backend.clock import HandClock
from backend.db import Database
from backend.duties import rota, sweep
from backend.duties.rota import ShiftRefused
from backend.errors import BadInput, Forbidden, NotFound
from backend.models import Estate, Shift
from tests.duties.estate import add_shift, leap, local, tasks, viewer
from tests.house.cast import Cast

DAY = date(2026, 3, 11)


def add(db: Database, clock: HandClock, cast: Cast, start: str, end: str, *, by: str = "supervisor",
        user: str = "guard") -> Shift:  # fmt: skip
    with db.write() as session:
        who = viewer(db, getattr(cast, by))
        return rota.add_shift(session, who, user, local(start), local(end), clock.now())


def test_a_leader_adds_a_shift_and_it_stands_in_its_week(db: Database, clock: HandClock, cast: Cast) -> None:
    add(db, clock, cast, "2026-03-15T20:00", "2026-03-16T08:00")
    with db.read() as session:
        week = rota.week_of(session, viewer(db, cast.guard), DAY)
        after = rota.week_of(session, viewer(db, cast.guard), date(2026, 3, 16))
    assert week.monday == date(2026, 3, 9)
    assert [one.user_id for one in week.shifts] == [cast.guard.id]
    assert after.shifts == ()


@pytest.mark.parametrize(
    ("by", "user", "start", "end", "error"),
    [
        ("butler", "guard", "2026-03-12T08:00", "2026-03-12T20:00", Forbidden),
        ("supervisor", "stranger", "2026-03-12T08:00", "2026-03-12T20:00", BadInput),
        ("supervisor", "guard", "2026-03-12T20:00", "2026-03-12T08:00", BadInput),
        ("supervisor", "guard", "2026-03-12T08:00", "2026-03-14T08:00", BadInput),
        ("supervisor", "guard", "2026-03-10T08:00", "2026-03-10T20:00", ShiftRefused),
        ("supervisor", "guard", "2026-03-13T19:00", "2026-03-14T07:00", ShiftRefused),
    ],
)
def test_a_shift_that_cannot_be_is_refused(
    db: Database, clock: HandClock, cast: Cast, by: str, user: str, start: str, end: str,
    error: type[Exception],
) -> None:  # fmt: skip
    add(db, clock, cast, "2026-03-13T08:00", "2026-03-13T20:00")
    with pytest.raises(error):
        add(db, clock, cast, start, end, by=by, user=user)


@pytest.mark.parametrize(
    ("typed", "hour"),
    [
        ("08:00", time(8)), ("8:00", time(8)), ("8：05", time(8, 5)), ("8", time(8)), ("8点", time(8)),
        ("8点半", time(8, 30)), ("20.15", time(20, 15)), ("24:00", time(0)), ("24:01", None), ("8:75", None),
        ("", None), ("soon", None), ("25", None),
    ],
)  # fmt: skip
def test_an_hour_is_read_as_people_type_it(typed: str, hour: time | None) -> None:
    assert rota.read_hour(typed) == hour


def test_last_week_is_copied_once_at_the_same_local_hours(db: Database, clock: HandClock, cast: Cast) -> None:
    with db.write() as session:
        session.get_one(Estate, cast.estate.id).timezone = "Europe/Berlin"
    zone = "Europe/Berlin"
    # The clocks go forward on 29 March 2026.
    opens, closes = rota.times_of(date(2026, 3, 24), time(22), time(6), zone)
    with db.write() as session:
        session.add(Shift(estate_id=cast.estate.id, user_id=cast.guard.id, starts_at=opens, ends_at=closes))
    with db.write() as session:
        assert rota.copy_last_week(session, viewer(db, cast.manager), date(2026, 4, 1), clock.now()) == 1
    with db.write() as session:
        assert rota.copy_last_week(session, viewer(db, cast.manager), date(2026, 4, 1), clock.now()) == 0
    with db.read() as session:
        copied = session.query(Shift).order_by(Shift.id.desc()).first()
    assert copied is not None
    assert (copied.starts_at, copied.ends_at) == rota.times_of(date(2026, 3, 31), time(22), time(6), zone)


def test_a_shift_taken_off_takes_its_handover_with_it(db: Database, clock: HandClock, cast: Cast) -> None:
    shift = add(db, clock, cast, "2026-03-11T10:00", "2026-03-11T18:00")
    sweep.tick(db, clock)
    assert len(tasks(db, cast, "SLA-53")) == 1
    with db.write() as session:
        rota.remove_shift(session, viewer(db, cast.supervisor), shift.id, clock.now())
    leap(db, clock, minutes=11)
    assert all(one.cancelled_at for one in tasks(db, cast, "SLA-53"))


def test_what_is_over_or_elsewhere_stays_on_the_rota(db: Database, clock: HandClock, cast: Cast) -> None:
    past = add_shift(db, cast.guard, cast, "2026-03-10T08:00", "2026-03-10T20:00")
    with db.write() as session, pytest.raises(ShiftRefused):
        rota.remove_shift(session, viewer(db, cast.manager), past.id, clock.now())
    with db.write() as session, pytest.raises(NotFound):
        rota.remove_shift(session, viewer(db, cast.supervisor), past.id + 1, clock.now())
