"""Clocks start, stop, wait and run again by the events of a ticket, on both databases."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from backend.clock import HandClock
from backend.db import Database
from backend.deadlines import queries, service
from backend.deadlines.faults import BeyondTheLimit
from backend.deadlines.reckoning import Status, status
from backend.models import DeadlinePause, Estate, Ticket
from tests.deadlines.cast import Cast, add_ticket, clocks_of, open_ticket, tell

SHANGHAI = ZoneInfo("Asia/Shanghai")


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("workflow", "due"),
    [
        ("repair", {"SLA-01": "03-11 10:10", "SLA-03": "03-12 10:00"}),
        ("lend", {"SLA-01": "03-11 10:10"}),
        ("enquiry", {"SLA-01": "03-11 10:10", "SLA-08": "03-12 10:00"}),
        (
            "suggestion",
            {
                "SLA-01": "03-11 10:10",
                "SLA-09": "03-16 18:00",
                "SLA-10": "03-16 18:00",
                "SLA-11": "03-11 12:00",
            },
        ),
        ("complaint", {"SLA-01": "03-11 10:10", "SLA-02": "03-12 10:00", "SLA-12": "03-11 12:00"}),
    ],
)
def test_a_new_ticket_has_one_row_for_each_promise(
    db: Database, cast: Cast, clock: HandClock, workflow: str, due: dict[str, str]
) -> None:
    found = clocks_of(db, open_ticket(db, cast, clock, workflow))
    assert {name: row.due_at for name, row in found.items()} == {name: local(at) for name, at in due.items()}
    assert {row.calendar_version for row in found.values()} == {"cn@1/Asia/Shanghai"}
    assert all(row.policy_version for row in found.values())
    assert all(row.next_check_at == row.warn_at for row in found.values())


@pytest.mark.parametrize("event", ["accepted", "replied", "assigned"])
def test_a_human_act_stops_the_response_clock(db: Database, cast: Cast, clock: HandClock, event: str) -> None:
    ticket = open_ticket(db, cast, clock)
    clock.advance(minutes=3)
    tell(db, ticket, event, clock)
    respond = clocks_of(db, ticket)["SLA-01"]
    assert (respond.met_at, respond.breached_at, respond.next_check_at) == (clock.now(), None, None)


@pytest.mark.parametrize("event", ["noted", "scheduled", "classified", "paused"])
def test_no_other_event_stops_the_response_clock(
    db: Database, cast: Cast, clock: HandClock, event: str
) -> None:
    ticket = open_ticket(db, cast, clock, "complaint")
    tell(db, ticket, event, clock)
    assert clocks_of(db, ticket)["SLA-01"].met_at is None


def test_a_late_answer_is_met_and_broken(db: Database, cast: Cast, clock: HandClock) -> None:
    ticket = open_ticket(db, cast, clock)
    clock.advance(minutes=25)
    tell(db, ticket, "replied", clock)
    respond = clocks_of(db, ticket)["SLA-01"]
    assert respond.met_at == clock.now()
    assert respond.breached_at == respond.due_at == local("03-11 10:10")
    assert status(respond, clock.now()) is Status.MISSED


def test_taking_a_ticket_leaves_every_other_due_instant_alone(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    ticket = open_ticket(db, cast, clock, "complaint")
    before = {name: row.due_at for name, row in clocks_of(db, ticket).items()}
    clock.advance(minutes=3)
    for event in ("accepted", "replied", "assigned", "noted", "accepted"):
        tell(db, ticket, event, clock)
    assert {name: row.due_at for name, row in clocks_of(db, ticket).items()} == before


def test_a_met_promise_is_not_met_again(db: Database, cast: Cast, clock: HandClock) -> None:
    ticket = open_ticket(db, cast, clock)
    tell(db, ticket, "accepted", clock)
    first = clock.now()
    clock.advance(hours=1)
    tell(db, ticket, "replied", clock)
    assert clocks_of(db, ticket)["SLA-01"].met_at == first


def test_an_event_told_twice_starts_a_clock_once(db: Database, cast: Cast, clock: HandClock) -> None:
    ticket = open_ticket(db, cast, clock)
    clock.advance(minutes=1)
    tell(db, ticket, "opened", clock)
    assert clocks_of(db, ticket)["SLA-01"].started_at == local("03-11 10:00")


def test_the_follow_up_of_a_complaint_is_due_a_day_after_its_handling(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    ticket = open_ticket(db, cast, clock, "complaint")
    clock.advance(hours=5)
    tell(db, ticket, "completed", clock)
    clock.advance(hours=1)
    tell(db, ticket, "fed_back", clock)
    found = clocks_of(db, ticket)
    assert found["SLA-14"].due_at == local("03-12 15:00")
    assert found["SLA-02"].met_at == clock.now()
    tell(db, ticket, "followed_up", clock)
    assert clocks_of(db, ticket)["SLA-14"].met_at == clock.now()


def test_work_done_again_has_a_follow_up_of_its_own(db: Database, cast: Cast, clock: HandClock) -> None:
    ticket = open_ticket(db, cast, clock, "repair")
    tell(db, ticket, "completed", clock)
    tell(db, ticket, "followed_up", clock)
    with db.write() as session:
        session.get_one(Ticket, ticket.id).cycle = 2
    clock.advance(days=2)
    tell(db, ticket, "completed", clock)
    with db.read() as session:
        rows = queries.list_deadlines(session, [ticket.id])[ticket.id]
        cycles = [(row.cycle, row.met_at is not None) for row in rows if row.clock == "SLA-06"]
    assert cycles == [(1, True), (2, False)]


def test_an_appointment_is_promised_until_the_end_of_its_window(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    ticket = open_ticket(db, cast, clock, "repair")
    with db.write() as session:
        row = session.get_one(Ticket, ticket.id)
        row.appointment_start, row.appointment_end = local("03-12 10:00"), local("03-12 12:00")
        service.on_event(session, row, "scheduled", clock.now())
    assert clocks_of(db, ticket)["SLA-05"].due_at == local("03-12 12:00")
    clock.at = local("03-12 11:59")
    tell(db, ticket, "checked_in", clock)
    assert status(clocks_of(db, ticket)["SLA-05"], clock.now()) is Status.DONE


def test_finished_work_was_arrived_at(db: Database, cast: Cast, clock: HandClock) -> None:
    ticket = open_ticket(db, cast, clock, "repair", appointment_start=local("03-11 12:00"))
    clock.advance(hours=1)
    tell(db, ticket, "completed", clock)
    assert status(clocks_of(db, ticket)["SLA-05"], clock.now()) is Status.DONE


def test_a_point_in_time_is_promised_as_that_point(db: Database, cast: Cast, clock: HandClock) -> None:
    ticket = open_ticket(db, cast, clock, "housekeeping", appointment_start=local("03-12 15:00"))
    assert clocks_of(db, ticket)["SLA-05"].due_at == local("03-12 15:00")


def test_a_moved_appointment_keeps_the_old_one_in_history(db: Database, cast: Cast, clock: HandClock) -> None:
    ticket = open_ticket(db, cast, clock, "repair")
    for end in ("03-12 12:00", "03-12 12:00", "03-13 12:00"):
        with db.write() as session:
            service.start_attend(session, session.get_one(Ticket, ticket.id), local(end), clock.now())
    with db.read() as session:
        rows = queries.list_deadlines(session, [ticket.id])[ticket.id]
        attend = [(row.cycle, row.due_at, row.cancelled_at) for row in rows if row.clock == "SLA-05"]
    assert attend == [(1, local("03-12 12:00"), clock.now()), (2, local("03-13 12:00"), None)]


def test_an_appointment_moved_too_late_stays_broken(db: Database, cast: Cast, clock: HandClock) -> None:
    ticket = open_ticket(db, cast, clock, "repair", appointment_start=local("03-11 11:00"))
    clock.at = local("03-11 11:30")
    with db.write() as session:
        service.start_attend(session, session.get_one(Ticket, ticket.id), local("03-12 11:00"), clock.now())
    with db.read() as session:
        rows = queries.list_deadlines(session, [ticket.id])[ticket.id]
        first = next(row for row in rows if row.clock == "SLA-05" and row.cycle == 1)
    assert status(first, clock.now()) is Status.MISSED


def test_a_complaint_has_no_appointment(db: Database, cast: Cast, clock: HandClock) -> None:
    ticket = open_ticket(db, cast, clock, "complaint")
    with db.write() as session:
        started = service.start_attend(session, ticket, local("03-12 12:00"), clock.now())
    assert started is None


def test_an_enquiry_may_be_answered_at_an_agreed_time(db: Database, cast: Cast, clock: HandClock) -> None:
    with db.write() as session:
        ticket = add_ticket(session, cast, clock.now(), "enquiry")
        service.on_event(session, ticket, "opened", clock.now(), agreed_at=local("03-14 12:00"))
    assert clocks_of(db, ticket)["SLA-08"].due_at == local("03-14 12:00")
    assert clocks_of(db, ticket)["SLA-01"].due_at == local("03-11 10:10")


def test_a_suggestion_is_never_promised_later_than_three_working_days(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    with db.write() as session:
        ticket = add_ticket(session, cast, clock.now(), "suggestion")
        with pytest.raises(BeyondTheLimit):
            service.on_event(session, ticket, "opened", clock.now(), agreed_at=local("03-17 12:00"))


def pause(db: Database, ticket: Ticket, clock: HandClock) -> None:
    with db.write() as session:
        service.pause(session, session.get_one(Ticket, ticket.id), "等您回复", clock.now())


def resume(db: Database, ticket: Ticket, clock: HandClock) -> None:
    with db.write() as session:
        service.resume(session, session.get_one(Ticket, ticket.id), clock.now())


def test_while_paused_nothing_is_due_and_afterwards_it_is_due_later(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    ticket = open_ticket(db, cast, clock, "complaint")
    clock.advance(hours=1)
    tell(db, ticket, "accepted", clock)
    pause(db, ticket, clock)
    clock.advance(days=3)
    waiting = clocks_of(db, ticket)["SLA-02"]
    assert status(waiting, clock.now()) is Status.PAUSED
    assert (waiting.next_check_at, waiting.due_at) == (None, local("03-12 10:00"))
    resume(db, ticket, clock)
    running = clocks_of(db, ticket)["SLA-02"]
    assert (running.due_at, running.warn_at) == (local("03-15 10:00"), local("03-15 04:00"))
    assert (running.paused_at, running.pause_reason) == (None, None)
    assert running.next_check_at == running.warn_at


def test_a_pause_of_working_days_moves_the_promise_by_working_time(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    ticket = open_ticket(db, cast, clock, "suggestion")
    clock.at = local("03-13 09:00")
    pause(db, ticket, clock)
    clock.at = local("03-16 09:00")
    resume(db, ticket, clock)
    assert clocks_of(db, ticket)["SLA-09"].due_at == local("03-17 18:00")


def test_pausing_twice_is_one_pause_and_resuming_twice_moves_once(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    ticket = open_ticket(db, cast, clock, "enquiry")
    for act in (pause, pause, resume, resume):
        act(db, ticket, clock)
        clock.advance(minutes=1)
    assert clocks_of(db, ticket)["SLA-08"].due_at == local("03-12 10:02")
    with db.read() as session:
        spans = [
            row.until_at - row.from_at
            for row in session.scalars(select(DeadlinePause).order_by(DeadlinePause.id))
            if row.until_at
        ]
    assert spans == [timedelta(minutes=2)]


def test_a_promise_met_while_it_waits_was_kept(db: Database, cast: Cast, clock: HandClock) -> None:
    ticket = open_ticket(db, cast, clock, "enquiry")
    pause(db, ticket, clock)
    clock.advance(days=3)
    tell(db, ticket, "answered", clock)
    answer = clocks_of(db, ticket)["SLA-08"]
    assert status(answer, clock.now()) is Status.DONE
    assert answer.due_at == local("03-15 10:00")


def test_a_late_promise_stays_late_while_it_waits_and_is_looked_at_all_the_same(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    ticket = open_ticket(db, cast, clock, "complaint")
    clock.advance(minutes=11)
    look = clocks_of(db, ticket)["SLA-01"].next_check_at
    pause(db, ticket, clock)
    found = clocks_of(db, ticket)
    assert status(found["SLA-01"], clock.now()) is Status.LATE
    assert found["SLA-01"].next_check_at == look
    assert status(found["SLA-02"], clock.now()) is Status.PAUSED
    assert found["SLA-02"].next_check_at is None
    due = found["SLA-01"].due_at
    clock.advance(days=1)
    resume(db, ticket, clock)
    assert clocks_of(db, ticket)["SLA-01"].due_at == due


def test_an_appointment_does_not_wait(db: Database, cast: Cast, clock: HandClock) -> None:
    ticket = open_ticket(db, cast, clock, "repair", appointment_start=local("03-12 10:00"))
    pause(db, ticket, clock)
    assert clocks_of(db, ticket)["SLA-05"].paused_at is None


def test_a_clock_born_while_its_ticket_waits_waits_too(db: Database, cast: Cast, clock: HandClock) -> None:
    ticket = open_ticket(db, cast, clock, "complaint")
    pause(db, ticket, clock)
    clock.advance(hours=1)
    tell(db, ticket, "completed", clock)
    born = clocks_of(db, ticket)["SLA-14"]
    assert (born.paused_at, born.pause_reason, born.next_check_at) == (clock.now(), "等您回复", None)


@pytest.mark.parametrize("event", ["cancelled", "withdrawn", "closed"])
def test_the_end_of_a_ticket_ends_its_clocks(db: Database, cast: Cast, clock: HandClock, event: str) -> None:
    ticket = open_ticket(db, cast, clock, "complaint")
    clock.advance(hours=3)
    tell(db, ticket, event, clock)
    found = clocks_of(db, ticket)
    assert all(row.cancelled_at == clock.now() and row.next_check_at is None for row in found.values())
    assert [status(found[name], clock.now()) for name in ("SLA-01", "SLA-02")] == [Status.MISSED, Status.DONE]


def test_an_explanation_tells_what_was_counted_and_what_waited(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    ticket = open_ticket(db, cast, clock, "enquiry")
    clock.advance(hours=1)
    pause(db, ticket, clock)
    clock.advance(hours=2)
    resume(db, ticket, clock)
    clock.advance(hours=1)
    tell(db, ticket, "answered", clock)
    clock.advance(days=9)
    with db.read() as session:
        told = service.explain(session, ticket, clocks_of(db, ticket)["SLA-08"], clock.now())
    assert [(one.kind, one.counted, one.reason) for one in told] == [
        ("counted", timedelta(hours=1), ""),
        ("paused", timedelta(hours=2), "等您回复"),
        ("counted", timedelta(hours=1), ""),
    ]


def test_a_promise_into_an_unpublished_year_is_provisional(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    clock.at = local("12-30 12:00")
    ticket = open_ticket(db, cast, clock, "suggestion")
    with db.read() as session:
        assert service.is_provisional(session, ticket, clocks_of(db, ticket)["SLA-09"])
        assert not service.is_provisional(session, ticket, clocks_of(db, ticket)["SLA-01"])


def test_working_days_are_those_of_the_estates_zone(db: Database, cast: Cast, clock: HandClock) -> None:
    with db.write() as session:
        session.get_one(Estate, cast.estate).timezone = "Europe/London"
    ticket = open_ticket(db, cast, clock, "suggestion")
    due = clocks_of(db, ticket)["SLA-09"].due_at.astimezone(ZoneInfo("Europe/London"))
    assert (due.hour, due.day) == (18, 16)


def test_an_estate_that_moves_its_clocks_moves_no_promise_that_was_made(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    ticket = open_ticket(db, cast, clock, "suggestion")
    clock.at = local("03-13 09:00")
    pause(db, ticket, clock)
    with db.write() as session:
        session.get_one(Estate, cast.estate).timezone = "America/New_York"
    clock.at = local("03-16 09:00")
    resume(db, ticket, clock)
    assert clocks_of(db, ticket)["SLA-09"].due_at == local("03-17 18:00")


def test_a_clock_that_jumps_back_two_hours_makes_nothing_late_and_nothing_due_earlier(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    ticket = open_ticket(db, cast, clock, "enquiry")
    pause(db, ticket, clock)
    clock.advance(hours=-2)
    resume(db, ticket, clock)
    assert clocks_of(db, ticket)["SLA-08"].due_at == local("03-12 10:00")
    tell(db, ticket, "answered", clock)
    answer = clocks_of(db, ticket)["SLA-08"]
    assert (status(answer, clock.now()), answer.breached_at) == (Status.DONE, None)
    assert service_explains_nothing_backwards(db, ticket, clock)


def service_explains_nothing_backwards(db: Database, ticket: Ticket, clock: HandClock) -> bool:
    with db.read() as session:
        told = service.explain(session, ticket, clocks_of(db, ticket)["SLA-08"], clock.now())
    return all(one.start < one.end for one in told)


def test_the_queue_shows_the_most_urgent_clock_of_each_ticket(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    complaint, repair = open_ticket(db, cast, clock, "complaint"), open_ticket(db, cast, clock, "repair")
    tell(db, complaint, "accepted", clock)
    tell(db, repair, "accepted", clock)
    with db.read() as session:
        found = queries.most_urgent_of(session, [complaint.id, repair.id])
    shown = {ticket: row.clock for ticket, row in found.items()}
    assert shown == {complaint.id: "SLA-12", repair.id: "SLA-03"}
