"""A time agreed with the resident, a severe complaint, and what was entered late."""

from datetime import timedelta

from sqlalchemy import select

from backend.models import Alert
from tests.tickets.office import Office


def alerts(office: Office, kind: str) -> set[int]:
    with office.db.read() as session:
        return set(session.scalars(select(Alert.user_id).where(Alert.kind == kind)))


def test_an_agreed_time_is_a_plan_the_resident_hears_and_ends_the_target(office: Office) -> None:
    number = office.open("repair")
    assert "SLA-03" in office.running(number)
    ticket = office.do(number, "plan", at="2026-03-13T10:00:00Z", note="等配件")
    assert ticket["limit_at"] == "2026-03-13T10:00:00Z"
    assert "SLA-03" not in office.running(number)
    assert ticket["timeline"][-1]["values"]["until"] == "2026-03-13T10:00:00Z"
    assert "3月13日" in office.told("chen", number)[-1]
    assert "等配件" not in office.told("chen", number)[-1]


def test_a_plan_lies_ahead(office: Office) -> None:
    number = office.open("repair")
    assert office.try_(number, "plan", at="2026-03-11T01:00:00Z").status_code == 422
    assert office.see(number)["limit_at"] is None


def test_a_complaints_new_date_is_the_departments_limit(office: Office) -> None:
    number = office.open("complaint")
    office.do(number, "classify")
    first = office.clocks(number)["SLA-28"].due_at
    office.do(number, "plan", at="2026-03-14T10:00:00Z")
    assert office.clocks(number)["SLA-28"].due_at.isoformat() == "2026-03-14T10:00:00+00:00"
    assert first < office.clocks(number)["SLA-28"].due_at


def test_a_severe_complaint_is_the_managers_at_once_and_once(office: Office) -> None:
    number = office.open("complaint")
    office.do(number, "classify", **{"class": "valid", "severity": "normal", "department": "工程部"})
    assert alerts(office, "severe") == set()
    for _ in range(2):
        office.do(number, "classify", **{"class": "valid", "severity": "severe"})
    assert alerts(office, "severe") == {office.cast.manager.id}
    assert "SLA-27" in office.running(number)
    office.do(number, "note", "supervisor", text="看到了")
    assert "SLA-27" in office.running(number)
    office.do(number, "note", "manager", text="我来处理")
    assert "SLA-27" not in office.running(number)


def test_what_is_entered_late_says_so(office: Office) -> None:
    for minutes, is_late in ((15, False), (16, True)):
        at = office.clock.now() - timedelta(minutes=minutes)
        body = {"item": "common.voice.callback", "channel": "phone", "words": "请回电",
                "phone": "13800138000", "received_at": at.isoformat()}  # fmt: skip
        answer = office.client.post("/api/tickets", json=body, headers=office.as_("butler"))
        assert answer.status_code == 201, answer.text
        assert answer.json()["is_late_entry"] is is_late


def test_a_time_agreed_for_an_answer_is_the_promise_from_then_on(office: Office) -> None:
    number = office.open("enquiry")
    office.do(number, "plan", at="2026-03-13T10:00:00Z")
    assert office.clocks(number)["SLA-08"].due_at.isoformat() == "2026-03-13T10:00:00+00:00"
    assert "SLA-08" in office.running(number)


def test_a_suggestion_is_never_promised_later_than_three_working_days(office: Office) -> None:
    number = office.open("suggestion")
    answer = office.try_(number, "plan", at="2026-03-30T10:00:00Z")
    assert answer.status_code == 422
    assert "later than the promise" in answer.json()["detail"]
    assert office.see(number)["limit_at"] is None
    office.do(number, "plan", at="2026-03-12T10:00:00Z")
    assert office.clocks(number)["SLA-09"].due_at.isoformat() == "2026-03-12T10:00:00+00:00"
