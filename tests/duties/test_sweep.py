"""Tasks are made ahead, reminded of, and told when missed: each exactly once, whoever sweeps how often."""

import threading
from datetime import timedelta
from typing import Any

import pytest

from backend.clock import HandClock
from backend.db import Database
from backend.deadlines import alerts as alerts_room
from backend.duties import making, queries, sweep
from backend.duties.rules import standard_duties
from backend.models import Duty, Home, Residency, Ticket, User
from tests.duties.estate import (
    add_shift,
    add_site,
    alerts,
    digests,
    leap,
    local,
    pass_time,
    set_duties,
    task,
    tasks,
)
from tests.house.cast import Cast


def test_today_is_made_at_the_first_look_without_what_is_over(
    db: Database, clock: HandClock, cast: Cast
) -> None:
    # It is ten in the morning: the round due at ten is over, the other three are still to come.
    sweep.tick(db, clock)
    rounds = [one.slot for one in tasks(db, cast, "SLA-46")]
    assert rounds == ["2026-03-11#2", "2026-03-11#3", "2026-03-11#4", "2026-03-12#1", "2026-03-12#2"]
    assert [one.missed_at for one in tasks(db, cast)] == [None] * len(tasks(db, cast))


def test_looking_again_makes_nothing_twice(db: Database, clock: HandClock, cast: Cast) -> None:
    sweep.tick(db, clock)
    before = len(tasks(db, cast))
    assert sweep.tick(db, clock) == sweep.SweepResult()
    assert leap(db, clock, minutes=11).made == 0
    assert len(tasks(db, cast)) == before


def test_three_sweepers_at_once_make_and_tell_everything_once(
    db: Database, clock: HandClock, cast: Cast
) -> None:
    sweep.tick(db, clock)
    clock.advance(days=3)
    threads = [threading.Thread(target=sweep.tick, args=(db, clock)) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    sweep.tick(db, clock)
    keys = [(one.duty, one.subject, one.slot) for one in tasks(db, cast)]
    assert len(keys) == len(set(keys))
    late = [one for one in tasks(db, cast) if one.due_at <= clock.now() and not one.cancelled_at]
    assert late
    assert [one.missed_at for one in late] == [one.due_at for one in late]
    assert alerts(db)[cast.supervisor.id, "digest"] == 1


def test_the_doers_on_duty_are_reminded_once_and_the_supervisor_hears_of_a_miss_once(
    db: Database, clock: HandClock, cast: Cast
) -> None:
    set_duties(db, cast, SLA_17={"on": False})
    sweep.tick(db, clock)
    with db.write() as session:
        session.get_one(User, cast.deputy.id).is_on_duty = False
    pass_time(db, clock, minutes=8 * 60)  # 18:00: the spot check by the butlers is due
    spot = task(db, cast, "SLA-47")
    assert spot.missed_at == local("2026-03-11T18:00")
    found = alerts(db)
    assert found[cast.butler.id, "duty"] == 1
    assert found[cast.deputy.id, "duty"] == 0
    assert found[cast.supervisor.id, "duty_missed"] == 1


def test_a_leap_of_a_month_is_one_digest_for_each_who_hears(
    db: Database, clock: HandClock, cast: Cast
) -> None:
    sweep.tick(db, clock)
    before = alerts(db)
    result = leap(db, clock, days=30)
    assert result.missed > 200
    found = alerts(db) - before
    for boss in (cast.supervisor, cast.manager):
        assert found[boss.id, "digest"] == 1
        assert found[boss.id, "duty_missed"] == 0
    assert max(one["count"] for one in digests(db)) > 100


def test_a_task_that_is_done_is_neither_reminded_of_nor_missed(
    db: Database, clock: HandClock, cast: Cast
) -> None:
    sweep.tick(db, clock)
    with db.write() as session:
        for one in session.query(Duty).filter(Duty.duty == "SLA-47"):
            one.done_at, one.next_check_at = clock.now(), None
    pass_time(db, clock, minutes=9 * 60, step=60)
    assert all(one.missed_at is None for one in tasks(db, cast, "SLA-47")[:1])
    assert alerts(db)[cast.butler.id, "duty"] == 0


def test_each_decoration_site_is_patrolled_by_three_departments_a_day(
    db: Database, clock: HandClock, cast: Cast
) -> None:
    site = add_site(db, cast, clock)
    sweep.tick(db, clock)
    patrols = [one for one in tasks(db, cast) if one.duty.startswith("SLA-45") and one.slot == "2026-03-11#1"]
    assert {one.role for one in patrols} == {"butler", "engineer", "guard"}
    assert {(one.subject, one.ticket_id) for one in patrols} == {(f"ticket:{site.id}", site.id)}


def test_patrols_end_with_the_decoration(db: Database, clock: HandClock, cast: Cast) -> None:
    site = add_site(db, cast, clock)
    sweep.tick(db, clock)
    with db.write() as session:
        session.get_one(Ticket, site.id).step = "completion_check"
    leap(db, clock, minutes=11)
    assert all(one.cancelled_at for one in tasks(db, cast) if one.duty.startswith("SLA-45"))
    leap(db, clock, days=2)
    assert not [one for one in tasks(db, cast) if one.duty.startswith("SLA-45") and one.missed_at]


def test_a_home_is_checked_three_months_after_its_delivery_and_not_for_what_is_long_past(
    db: Database, clock: HandClock, cast: Cast
) -> None:
    with db.write() as session:
        session.get_one(Home, cast.home.id).delivered_at = local("2025-12-11T10:00")
        session.get_one(Home, cast.flat.id).delivered_at = local("2024-01-11T10:00")
    sweep.tick(db, clock)
    assert [(one.subject, one.slot) for one in tasks(db, cast, "SLA-52")] == [(f"home:{cast.home.id}", "m3")]


def test_a_new_resident_is_to_be_known_within_a_month(db: Database, clock: HandClock, cast: Cast) -> None:
    sweep.tick(db, clock)
    found = tasks(db, cast, "SLA-54")
    assert len(found) == 2
    assert {one.due_at for one in found} == {local("2026-04-11T18:00")}
    assert {one.user_id for one in found} == {cast.butler.id}
    with db.write() as session:
        session.query(Residency).filter(Residency.home_id == cast.flat.id).one().ends_at = clock.now()
    leap(db, clock, minutes=11)
    assert [one.cancelled_at is None for one in tasks(db, cast, "SLA-54")].count(True) == 1


def test_every_household_is_visited_in_its_month_of_the_year(
    db: Database, clock: HandClock, cast: Cast
) -> None:
    others = {one.id.replace("-", "_"): {"on": False} for one in standard_duties() if one.id != "SLA-57"}
    set_duties(db, cast, **others)
    sweep.tick(db, clock)
    for _ in range(13):
        leap(db, clock, days=30)
    visits = [(one.subject, one.slot) for one in tasks(db, cast, "SLA-57")]
    assert {subject for subject, _ in visits} == {f"home:{cast.home.id}", f"home:{cast.flat.id}"}
    assert len(visits) == len(set(visits)) >= 2


def test_every_shift_is_handed_over(db: Database, clock: HandClock, cast: Cast) -> None:
    shift = add_shift(db, cast.guard, cast, "2026-03-11T08:00", "2026-03-11T20:00")
    sweep.tick(db, clock)
    found = task(db, cast, "SLA-53")
    assert (found.slot, found.role, found.user_id) == (f"shift:{shift.id}", "guard", cast.guard.id)
    assert found.due_at == local("2026-03-11T20:30")


def test_a_question_that_staff_answered_is_put_into_the_faq_the_same_day(
    db: Database, clock: HandClock, cast: Cast
) -> None:
    sweep.tick(db, clock)
    asked = add_site(db, cast, clock, "answered", workflow="enquiry")
    leap(db, clock, minutes=11)
    leap(db, clock, minutes=11)
    (found,) = tasks(db, cast, "SLA-58")
    assert (found.ticket_id, found.user_id, found.role) == (asked.id, cast.butler.id, "butler")
    assert found.due_at == local("2026-03-12T00:00")


def test_all_vouchers_of_a_day_are_one_task(db: Database, clock: HandClock, cast: Cast) -> None:
    set_duties(db, cast, SLA_44={"on": True})
    sweep.tick(db, clock)
    for number in (2001, 2002):
        add_site(db, cast, clock, "issued", workflow="benefit", number=number)
        leap(db, clock, minutes=11)
    (found,) = tasks(db, cast, "SLA-44")
    assert (found.slot, found.ticket_id, found.due_at) == ("2026-03-11", None, local("2026-03-12T00:00"))


def test_a_sweeper_that_is_killed_leaves_nothing_half_told(
    db: Database, clock: HandClock, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep.tick(db, clock)
    right = alerts_room.write

    def killed(*given: Any, **more: Any) -> int:
        right(*given, **more)
        raise KeyboardInterrupt

    clock.advance(hours=8, minutes=1)
    monkeypatch.setattr(alerts_room, "write", killed)
    with pytest.raises(KeyboardInterrupt):
        sweep.tick(db, clock)
    assert not alerts(db)
    assert task(db, cast, "SLA-47").missed_at is None
    monkeypatch.undo()
    sweep.tick(db, clock)
    told = alerts(db)
    sweep.tick(db, clock)
    assert task(db, cast, "SLA-47").missed_at == local("2026-03-11T18:00")
    assert told[cast.supervisor.id, "digest"] == 1
    assert alerts(db) == told


def test_an_estate_switches_a_duty_off_and_changes_its_hours(
    db: Database, clock: HandClock, cast: Cast
) -> None:
    set_duties(db, cast, SLA_47={"windows": [["09:00", "21:00"]], "role": "guard"}, SLA_46={"on": False})
    sweep.tick(db, clock)
    assert tasks(db, cast, "SLA-46") == []
    spot = task(db, cast, "SLA-47")
    assert (spot.role, spot.due_at) == ("guard", local("2026-03-11T21:00"))
    set_duties(db, cast, SLA_47={"on": False})
    leap(db, clock, minutes=11)
    assert all(one.cancelled_at for one in tasks(db, cast, "SLA-47"))
    assert tasks(db, cast, "SLA-46")


def test_the_card_programme_has_duties_only_where_it_is_switched_on(
    db: Database, clock: HandClock, cast: Cast
) -> None:
    clock.advance(days=22)  # 2 April
    sweep.tick(db, clock)
    card = ("SLA-41", "SLA-42", "SLA-43", "SLA-50")
    assert not [one for one in tasks(db, cast) if one.duty in card]
    set_duties(db, cast, **{name.replace("-", "_"): {"on": True} for name in card})
    leap(db, clock, days=5)
    assert {one.duty for one in tasks(db, cast) if one.duty in card} == set(card)


def test_one_estate_that_cannot_be_reckoned_does_not_stop_the_other(
    db: Database, clock: HandClock, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = making.calendar_of

    def broken(estate):  # type: ignore[no-untyped-def]
        if estate.id == cast.next_door.id:
            raise KeyError("no such calendar")
        return right(estate)

    monkeypatch.setattr(making, "calendar_of", broken)
    result = sweep.tick(db, clock)
    assert tasks(db, cast)
    with db.read() as session:
        mark = session.query(Duty).filter(
            Duty.estate_id == cast.next_door.id, Duty.duty == queries.MARK
        ).one()  # fmt: skip
    assert result.failed == (mark.id,)
    assert mark.next_check_at == clock.now() + timedelta(hours=1)


def test_a_shift_or_a_visit_in_trouble_keeps_no_duty_from_being_made_and_missed(
    db: Database, clock: HandClock, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(sweep.handing, "has_ending", breaks)
    monkeypatch.setattr(sweep.arising_queries, "list_arranged_done", breaks)
    assert sweep.tick(db, clock).made > 0
    assert leap(db, clock, hours=20).missed > 0


def test_a_clock_that_goes_back_misses_and_makes_nothing_twice(
    db: Database, clock: HandClock, cast: Cast
) -> None:
    sweep.tick(db, clock)
    leap(db, clock, hours=12)
    before = [(one.id, one.missed_at) for one in tasks(db, cast)]
    calls = alerts(db)
    leap(db, clock, hours=-2)
    leap(db, clock, hours=2)
    assert [(one.id, one.missed_at) for one in tasks(db, cast)] == before
    assert alerts(db) == calls
