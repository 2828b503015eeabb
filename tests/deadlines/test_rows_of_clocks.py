"""The promises that are made on a condition, wait alone, or follow a date of the ticket's own."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from backend.clock import HandClock
from backend.db import Database
from backend.deadlines import queries, service
from backend.deadlines.calendar import Calendar, Calendars
from backend.deadlines.faults import BeyondTheLimit
from backend.deadlines.policy import standard_policies
from backend.deadlines.reckoning import Status, status
from backend.deadlines.rules import Rules
from backend.models import Alert, Deadline, Estate, Ticket
from tests.deadlines.cast import Cast, add_ticket, clocks_of, open_ticket, tell

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = {"when": {"asap": True}}
HOUR = timedelta(hours=1)


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)


def change(db: Database, ticket: Ticket, event: str, clock: HandClock, **columns: object) -> None:
    """Set columns of a ticket and tell its clocks what happened."""
    with db.write() as session:
        row = session.get_one(Ticket, ticket.id)
        for name, value in columns.items():
            setattr(row, name, value)
        session.flush()
        service.on_event(session, row, event, clock.now())


def rows_of(db: Database, ticket: Ticket, clock: str) -> list[Deadline]:
    with db.read() as session:
        rows = queries.list_deadlines(session, [ticket.id]).get(ticket.id, [])
        return sorted((row for row in rows if row.clock == clock), key=lambda row: row.id)


@pytest.mark.parametrize(
    ("workflow", "columns", "is_promised"),
    [
        ("repair", {"slots": NOW}, True),
        ("repair", {"is_urgent": True}, True),
        ("emergency", {"is_urgent": True}, True),
        ("repair", {}, False),
        ("repair", {"slots": NOW, "appointment_end": local("03-12 12:00")}, False),
        ("housekeeping", {"slots": NOW}, False),
    ],
)
def test_an_engineer_is_promised_in_a_quarter_of_an_hour_where_it_is_urgent(
    db: Database, cast: Cast, clock: HandClock, workflow: str, columns: dict[str, object], is_promised: bool
) -> None:
    ticket = open_ticket(db, cast, clock, workflow, **columns)
    found = clocks_of(db, ticket).get("SLA-04")
    assert (found is not None) == is_promised
    assert found is None or found.due_at - clock.now() == timedelta(minutes=15)


@pytest.mark.parametrize("event", ["checked_in", "step:on_site", "completed"])
def test_being_there_keeps_the_quarter_of_an_hour(
    db: Database, cast: Cast, clock: HandClock, event: str
) -> None:
    ticket = open_ticket(db, cast, clock, slots=NOW, workflow="repair")
    clock.advance(minutes=14)
    tell(db, ticket, event, clock)
    assert status(clocks_of(db, ticket)["SLA-04"], clock.now()) is Status.DONE


def test_an_agreed_appointment_takes_the_place_of_the_quarter_of_an_hour(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    ticket = open_ticket(db, cast, clock, "repair", slots=NOW)
    change(db, ticket, "scheduled", clock, appointment_end=local("03-12 12:00"))
    found = clocks_of(db, ticket)
    assert (found["SLA-04"].met_at, found["SLA-04"].cancelled_at) == (None, clock.now())
    assert found["SLA-05"].due_at == local("03-12 12:00")
    assert found["SLA-03"].met_at == clock.now()


def test_work_that_comes_back_is_to_be_done_again_within_a_day_and_not_in_a_quarter_of_an_hour(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    ticket = open_ticket(db, cast, clock, "repair", slots=NOW)
    tell(db, ticket, "completed", clock)
    clock.advance(hours=2)
    change(db, ticket, "opened", clock, cycle=2, step="rework")
    assert rows_of(db, ticket, "SLA-16")[0].due_at == clock.now() + 24 * HOUR
    assert len(rows_of(db, ticket, "SLA-04")) == 1
    tell(db, ticket, "step:done", clock)
    assert rows_of(db, ticket, "SLA-16")[0].met_at == clock.now()


@pytest.mark.parametrize(
    ("workflow", "done", "back", "sla"),
    [
        ("housekeeping", "completed", "step:rework", "SLA-26"),
        ("paid", "signed_off", "step:rework", "SLA-26"),
        ("standing_report", "completed", "step:assigned", "SLA-26"),
        ("repair", "completed", "step:rework", "SLA-06"),
    ],
)
def test_what_goes_back_unsigned_is_followed_up_when_it_is_done(
    db: Database, cast: Cast, clock: HandClock, workflow: str, done: str, back: str, sla: str
) -> None:
    ticket = open_ticket(db, cast, clock, workflow)
    tell(db, ticket, done, clock)
    clock.advance(hours=1)
    change(db, ticket, back, clock, cycle=2)
    assert rows_of(db, ticket, sla)[0].cancelled_at == clock.now()
    clock.advance(days=2)
    tell(db, ticket, done, clock)
    first, second = rows_of(db, ticket, sla)
    assert (first.breached_at, second.due_at) == (None, clock.now() + 24 * HOUR)


@pytest.mark.parametrize(
    ("class_", "clock_name", "days"),
    [("minor", "SLA-21", 3), (None, "SLA-21", 3), ("medium", "SLA-22", 7), ("major", "SLA-22", 7)],
)
def test_warranty_work_has_three_or_seven_days_from_the_written_notice(
    db: Database, cast: Cast, clock: HandClock, class_: str | None, clock_name: str, days: int
) -> None:
    ticket = open_ticket(db, cast, clock, "warranty", facts={"class": class_} if class_ else {})
    assert clocks_of(db, ticket)["SLA-20"].due_at == clock.now() + 24 * HOUR
    clock.advance(hours=5)
    tell(db, ticket, "step:notified", clock)
    found = clocks_of(db, ticket)
    assert found["SLA-20"].met_at == clock.now()
    assert {name for name in found if name in ("SLA-21", "SLA-22")} == {clock_name}
    assert found[clock_name].due_at == clock.now() + timedelta(days=days)
    clock.advance(days=1)
    tell(db, ticket, "step:done", clock)
    assert clocks_of(db, ticket)[clock_name].met_at == clock.now()


def test_each_list_of_defects_at_a_hand_over_goes_out_in_writing_within_a_day(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    ticket = open_ticket(db, cast, clock, "move_in")
    for _ in range(2):
        tell(db, ticket, "step:snag_open", clock)
        tell(db, ticket, "step:snag_open", clock)
        clock.advance(hours=3)
        tell(db, ticket, "step:contractor_told", clock)
    rows = rows_of(db, ticket, "SLA-19")
    assert [(row.cycle, row.due_at - row.started_at) for row in rows] == [(1, 24 * HOUR), (2, 24 * HOUR)]
    assert all(row.met_at and row.breached_at is None for row in rows)


def test_the_answer_to_a_decoration_waits_for_mended_drawings_and_nothing_else_does(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    ticket = open_ticket(db, cast, clock, "decoration")
    assert "SLA-23" not in clocks_of(db, ticket)
    tell(db, ticket, "step:drawing_review", clock)
    assert clocks_of(db, ticket)["SLA-23"].due_at == local("03-16 18:00")
    clock.at = local("03-12 09:00")
    change(db, ticket, "step:revise", clock, step="revise")
    found = clocks_of(db, ticket)
    assert found["SLA-23"].paused_at == clock.now()
    assert status(found["SLA-01"], clock.now()) is Status.LATE
    clock.at = local("03-13 18:00")
    change(db, ticket, "step:drawing_review", clock, step="drawing_review")
    assert clocks_of(db, ticket)["SLA-23"].due_at == local("03-18 18:00")
    tell(db, ticket, "step:permitted", clock)
    assert len(rows_of(db, ticket, "SLA-23")) == 1


def test_a_clock_whose_step_waits_is_not_woken_with_its_ticket(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    ticket = open_ticket(db, cast, clock, "decoration", step="drawing_review")
    tell(db, ticket, "step:drawing_review", clock)
    change(db, ticket, "step:revise", clock, step="revise")
    with db.write() as session:
        row = session.get_one(Ticket, ticket.id)
        service.pause(session, row, "等您回复", clock.now())
        clock.advance(hours=1)
        service.resume(session, row, clock.now())
    assert clocks_of(db, ticket)["SLA-23"].paused_at is not None
    assert clocks_of(db, ticket)["SLA-01"].paused_at is None


def test_a_severe_complaint_is_the_managers_to_see_in_ten_minutes(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    ticket = open_ticket(db, cast, clock, "complaint")
    assert "SLA-27" not in clocks_of(db, ticket)
    change(db, ticket, "severe", clock, severity="severe")
    row = clocks_of(db, ticket)["SLA-27"]
    assert row.due_at == clock.now() + timedelta(minutes=10)
    assert row.next_check_at == clock.now(), "the manager hears at once"
    tell(db, ticket, "acknowledged", clock)
    assert clocks_of(db, ticket)["SLA-27"].met_at == clock.now()


@pytest.mark.parametrize(
    ("class_", "step", "starts"),
    [("valid", "assigned", True), ("to_improve", "assigned", True), ("invalid", "classified", False),
     ("valid", "fed_back", False)],
)  # fmt: skip
def test_a_valid_complaint_is_acted_on_at_once(
    db: Database, cast: Cast, clock: HandClock, class_: str, step: str, starts: bool
) -> None:
    ticket = open_ticket(db, cast, clock, "complaint")
    change(db, ticket, "classified", clock, class_=class_, step=step)
    assert ("SLA-13" in clocks_of(db, ticket)) == starts
    if starts:
        tell(db, ticket, "assigned", clock)
        assert clocks_of(db, ticket)["SLA-13"].met_at == clock.now()


def test_a_department_has_a_day_or_the_date_that_was_set(db: Database, cast: Cast, clock: HandClock) -> None:
    ticket = open_ticket(db, cast, clock, "complaint")
    change(db, ticket, "classified", clock, class_="valid", step="assigned")
    assert clocks_of(db, ticket)["SLA-28"].due_at == clock.now() + 24 * HOUR
    clock.advance(hours=1)
    change(db, ticket, "limit_set", clock, limit_at=local("03-13 12:00"))
    change(db, ticket, "limit_set", clock)
    first, second = rows_of(db, ticket, "SLA-28")
    assert first.cancelled_at == clock.now()
    assert (second.due_at, second.agreed_at) == (local("03-13 12:00"), local("03-13 12:00"))
    tell(db, ticket, "step:handled", clock)
    change(db, ticket, "classified", clock)
    assert [row.met_at is not None for row in rows_of(db, ticket, "SLA-28")] == [False, True]


def test_another_agreed_time_is_another_promise_and_the_broken_one_stays(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    ticket = open_ticket(db, cast, clock, "enquiry")
    clock.advance(hours=25)
    for _ in range(2):
        with db.write() as session:
            row = session.get_one(Ticket, ticket.id)
            service.on_event(session, row, "plan_agreed", clock.now(), agreed_at=local("03-14 12:00"))
    first, second = rows_of(db, ticket, "SLA-08")
    assert status(first, clock.now()) is Status.MISSED
    assert (second.started_at, second.due_at) == (clock.now(), local("03-14 12:00"))


def test_a_suggestion_agreed_anew_is_still_due_three_days_from_its_receipt(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    ticket = open_ticket(db, cast, clock, "suggestion")
    clock.advance(days=1)
    with db.write() as session:
        row = session.get_one(Ticket, ticket.id)
        service.on_event(session, row, "plan_agreed", clock.now(), agreed_at=local("03-13 12:00"))
        with pytest.raises(BeyondTheLimit):
            service.on_event(session, row, "plan_agreed", clock.now(), agreed_at=local("03-17 12:00"))


@pytest.mark.parametrize(
    ("workflow", "event", "sla"),
    [
        ("aid", "step:arranged", "SLA-29"),
        ("online_info", "step:replied", "SLA-18"),
        ("suggestion", "step:registered", "SLA-11"),
        ("suggestion", "step:adopted", "SLA-10"),
        ("suggestion", "step:explained", "SLA-10"),
        ("suggestion", "step:replied", "SLA-09"),
        ("repair", "step:done", "SLA-03"),
        ("booking", "step:booked", "SLA-03"),
        ("complaint", "step:fed_back", "SLA-02"),
        ("enquiry", "step:answered", "SLA-08"),
    ],
)
def test_a_step_keeps_the_promise_that_ends_there(
    db: Database, cast: Cast, clock: HandClock, workflow: str, event: str, sla: str
) -> None:
    ticket = open_ticket(db, cast, clock, workflow)
    clock.advance(minutes=5)
    tell(db, ticket, event, clock)
    assert status(clocks_of(db, ticket)[sla], clock.now()) is Status.DONE


NEVER = Calendar("cn", 9, date(2026, 1, 1), SHANGHAI, ((),) * 7)


def test_an_estate_whose_calendar_never_opens_still_takes_suggestions_and_its_manager_is_told(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    rules = Rules(standard_policies(), Calendars((NEVER,)))
    for _ in range(2):
        with db.write() as session:
            ticket = add_ticket(session, cast, clock.now(), "suggestion")
            started = service.on_event(session, ticket, "opened", clock.now(), rules=rules)
        assert {row.clock for row in started} == {"SLA-01", "SLA-11"}
    with db.read() as session:
        found = session.scalars(select(Alert).order_by(Alert.id)).all()
    assert {(row.user_id, row.kind) for row in found} == {
        (cast.manager, "attention"),
        (cast.admin, "attention"),
    }
    assert len(found) == 2, "once for each person, however many promises cannot be reckoned"


def test_a_calendar_that_nobody_entered_is_told_and_another_stands_in(
    db: Database, cast: Cast, clock: HandClock
) -> None:
    with db.write() as session:
        session.get_one(Estate, cast.estate).calendar = "moon"
    ticket = open_ticket(db, cast, clock, "suggestion")
    assert clocks_of(db, ticket)["SLA-09"].due_at == local("03-16 18:00")
    with db.read() as session:
        assert {row.values["what"] for row in session.scalars(select(Alert))} == {"calendar"}
        assert service.explain(session, ticket, clocks_of(db, ticket)["SLA-09"], clock.now()) == ()
