"""An arrival that was recorded by mistake is taken back, and nothing is as if somebody had come."""

from typing import Any

import pytest
from sqlalchemy import select

from backend.models import Deadline, Message, Record
from tests.tickets.office import Office


def visit(office: Office) -> int:
    """A repair with an engineer and a time."""
    number = office.open("repair")
    office.do(number, "assign", user="engineer")
    office.do(number, "schedule", start="2026-03-11T03:00:00Z", end="2026-03-11T05:00:00Z")
    return number


def attend(office: Office) -> Deadline:
    with office.db.read() as session:
        rows = session.scalars(select(Deadline).where(Deadline.name == "attend")).all()
    return next(one for one in rows if one.cancelled_at is None)


def told(office: Office) -> list[str]:
    with office.db.read() as session:
        return [
            one.text
            for one in session.scalars(
                select(Message).where(Message.reply_kind == "arrived").order_by(Message.id)
            )
        ]


def test_the_ticket_stands_where_it_stood_and_the_promise_to_be_there_runs_on(office: Office) -> None:
    number = visit(office)
    due, stood = attend(office).due_at, office.see(number)["step"]
    office.do(number, "check_in")
    assert attend(office).met_at is not None
    office.clock.advance(minutes=2)
    shown = office.do(number, "not_arrived")
    assert shown["step"] == stood
    again = attend(office)
    assert (again.met_at, again.breached_at, again.due_at) == (None, None, due)
    assert told(office)[-1] == "陈先生，抱歉，刚才误按了“到了”，#1001 还没有人到现场。之前约好的不变。"


def test_who_comes_after_all_is_recorded_and_told_anew(office: Office) -> None:
    number = visit(office)
    for action in ("check_in", "not_arrived"):
        office.do(number, action)
    office.clock.advance(hours=4)
    shown = office.do(number, "check_in")
    assert shown["step"] == "on_site"
    late = attend(office)
    assert late.met_at == office.clock.now()
    assert late.breached_at == late.due_at, "what was late in truth is told as late"


def test_the_hour_of_an_arrival_that_was_none_stands_in_no_work_order(office: Office) -> None:
    number = visit(office)
    office.do(number, "check_in")
    assert "arrived_at" in order(office)
    office.do(number, "not_arrived")
    assert "arrived_at" not in order(office)


def order(office: Office) -> dict[str, Any]:
    with office.db.read() as session:
        rows = session.scalars(select(Record).where(Record.kind == "REC-03").order_by(Record.id)).all()
        return dict(rows[-1].values)


@pytest.mark.parametrize("steps", [(), ("check_in", "complete"), ("check_in", "not_arrived")])
def test_only_the_arrival_that_was_the_last_step_can_be_taken_back(
    office: Office, steps: tuple[str, ...]
) -> None:
    number = visit(office)
    for action in steps:
        office.do(number, action)
    assert office.try_(number, "not_arrived").status_code in (409, 422)
