"""What the hour does by itself: loans and permits end, contractors are late, visits come near; each once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from backend.models import Ticket
from backend.tickets import expiry
from tests.tickets.office import Office, engine
from tests.tickets.test_moves import begin, go


def tick(office: Office) -> int:
    return expiry.tick(office.db, office.clock, engine().menu)


def test_a_loan_is_reminded_of_then_overdue_then_back(office: Office) -> None:
    number = begin(office, "lend")
    go(office, number, ("lent", {"item": "工具箱 2 号", "limit": "2026-03-11T10:00:00Z"}))
    assert tick(office) == 0
    office.clock.advance(hours=6, minutes=30)
    assert (tick(office), tick(office)) == (1, 0)
    assert "归还" in office.told("chen", number)[-1]
    office.clock.advance(hours=2)
    assert (tick(office), tick(office)) == (1, 0)
    ticket = office.see(number)
    assert (ticket["step"], ticket["timeline"][-1]["actor"]) == ("overdue", "SYS")
    assert "送回" in office.told("chen", number)[-1]
    assert office.do(number, "complete")["step"] == "returned"
    assert tick(office) == 0


def test_a_loan_lasts_as_long_as_was_asked_where_nobody_set_a_date(office: Office) -> None:
    until = office.clock.now() + timedelta(hours=3)
    number = begin(office, "lend", slots={"from_to": {"start": None, "end": until.isoformat()}})
    go(office, number, "lent")
    assert office.ticket(number).limit_at == until


def test_what_is_kept_is_kept_until_the_date_agreed_and_no_loan_is_spoken_of(office: Office) -> None:
    afternoon = {"start": "2026-03-11T06:00:00+00:00", "end": "2026-03-11T10:00:00+00:00"}
    custody = {"item_id": "common.desk.item-custody", "slots": {"item": "钥匙", "from_to": afternoon}}
    number = office.open("general", **custody)
    go(office, number, "lent")
    assert office.ticket(number).limit_at is None, "when it is brought is not how long it is kept"
    days = {"start": "2026-03-11T06:00:00+00:00", "end": "2026-03-13T10:00:00+00:00"}
    number = office.open("general", **(custody | {"slots": {"item": "钥匙", "from_to": days}}))
    go(office, number, "lent")
    assert "已收存" in office.told("chen", number)[-1]
    assert "领取时请报这个编号" in office.told("chen", number)[-1]
    office.clock.advance(days=2, hours=7)
    assert tick(office) == 1
    assert "前来领取" in office.told("chen", number)[-1]
    office.clock.advance(hours=2)
    assert tick(office) == 1
    assert "请到服务台领取" in office.told("chen", number)[-1]
    assert not any("借" in one or "归还" in one for one in office.told("chen", number))


def test_a_permit_ends_with_its_period(office: Office) -> None:
    number = begin(office, "permit")
    go(office, number, ("approved", {"certificates": True, "limit": "2026-03-11T09:00:00Z"}))
    office.clock.advance(hours=8)
    assert tick(office) == 1
    ticket = office.see(number)
    assert (ticket["step"], ticket["state"]) == ("expired", "closed")


def test_a_contractor_who_is_late_makes_the_ticket_overdue_also_after_a_kill(office: Office) -> None:
    """The sweep that alerted may have been killed: which tickets are late is read off the clocks alone."""
    number = begin(office, "warranty")
    go(office, number, ("notified", {"class": "minor", "contractor": "建工"}))
    assert "SLA-21" in office.running(number)
    office.clock.advance(days=3, minutes=-1)
    assert tick(office) == 0
    office.clock.advance(minutes=2)
    assert (tick(office), tick(office)) == (1, 0)
    assert office.see(number)["step"] == "overdue"
    ticket = go(office, number, ("done", {"signed_by": "陈先生"}))
    assert ticket["state"] == "done"
    late = office.clocks(number)["SLA-21"]
    assert late.met_at is not None
    assert late.breached_at is not None


def test_a_major_defect_has_seven_days(office: Office) -> None:
    number = begin(office, "warranty")
    go(office, number, ("notified", {"class": "major"}), "in_work")
    office.clock.advance(days=4)
    assert tick(office) == 0
    office.clock.advance(days=3)
    assert tick(office) == 1


def test_a_booking_is_reminded_of_the_day_before_and_used_when_its_time_is_over(office: Office) -> None:
    start = office.clock.now() + timedelta(days=2)
    when = {"start": start.isoformat(), "end": (start + timedelta(hours=1)).isoformat(), "grain": "hour"}
    number = begin(office, "booking", "emma", slots={"when": when})
    go(office, number, "offered", "accepted", ("booked", {"confirmation": "K-1"}))
    assert tick(office) == 0
    office.clock.advance(days=1, hours=2)
    assert (tick(office), tick(office)) == (1, 0)
    assert "reminder" in office.told("emma", number)[-1]
    office.clock.advance(days=1)
    assert tick(office) == 1
    assert office.see(number)["step"] == "fulfilled"
    assert "SLA-26" in office.running(number)


@pytest.mark.parametrize("step", ["returned", "lent"])
def test_a_date_that_was_moved_counts_and_what_is_back_is_left_alone(office: Office, step: str) -> None:
    number = begin(office, "lend")
    go(office, number, ("lent", {"limit": "2026-03-11T10:00:00Z"}))
    if step == "returned":
        go(office, number, "returned")
    else:
        office.do(number, "plan", at="2026-03-15T10:00:00Z")
    office.clock.advance(hours=20)
    assert tick(office) == 0
    assert office.see(number)["step"] == step


def test_several_processes_move_and_remind_once(office: Office) -> None:
    late, near = begin(office, "lend"), begin(office, "lend", "emma")
    go(office, late, ("lent", {"limit": "2026-03-11T03:00:00Z"}))
    go(office, near, ("lent", {"limit": "2026-03-11T05:00:00Z"}))
    office.clock.advance(hours=2)
    with ThreadPoolExecutor(3) as threads:
        done = list(threads.map(lambda _: tick(office), range(3)))
    assert sum(done) == 2
    assert [e["to_step"] for e in office.see(late)["timeline"]].count("overdue") == 1
    assert [e["kind"] for e in office.see(near)["timeline"]].count("reminded") == 1


def test_a_ticket_that_cannot_be_moved_holds_up_no_other(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [begin(office, "lend") for _ in range(2)]
    for number in numbers:
        go(office, number, ("lent", {"limit": "2026-03-11T03:00:00Z"}))
    office.clock.advance(hours=2)
    broken, take = office.ticket(numbers[0]).id, expiry.take

    def fail(session: Session, ticket: Ticket, *rest: Any) -> bool:
        if ticket.id == broken:
            raise RuntimeError("a row nobody foresaw")
        return take(session, ticket, *rest)

    monkeypatch.setattr(expiry, "take", fail)
    assert tick(office) == 1
    assert [office.see(number)["step"] for number in numbers] == ["lent", "overdue"]
