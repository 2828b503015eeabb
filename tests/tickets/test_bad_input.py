"""Bad input at the door: a calendar that never opens, a clock that leaps, a step that is not possible."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from backend.deadlines import service as deadlines
from backend.deadlines import sweep
from backend.deadlines.calendar import Calendar, Calendars
from backend.deadlines.policy import standard_policies
from backend.deadlines.rules import Rules
from backend.models import Alert
from tests.tickets.office import ITEMS, Office, utc

TWO_HOURS = timedelta(hours=2)
NEVER = Calendar("cn", 9, date(2026, 1, 1), ZoneInfo("Asia/Shanghai"), ((),) * 7)


def test_an_estate_whose_calendar_never_opens_takes_a_suggestion_by_phone_and_its_manager_is_told(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = Rules(standard_policies(), Calendars((NEVER,)))
    monkeypatch.setattr(deadlines, "standard_rules", lambda: rules)
    asked = {"item": ITEMS["suggestion"], "channel": "phone", "words": "建议加装路灯", "phone": "13800138000"}
    answer = office.client.post("/api/tickets", json=asked, headers=office.as_("butler"))
    assert answer.status_code == 201, answer.text
    assert office.running(answer.json()["number"]) == {"SLA-01", "SLA-11"}
    with office.db.read() as session:
        told = session.scalars(select(Alert).where(Alert.kind == "attention").order_by(Alert.id)).all()
    assert {one.values["what"] for one in told} == {"calendar"}
    assert office.cast.manager.id in {one.user_id for one in told}


def test_a_ticket_can_be_worked_on_while_the_clock_leaps_two_hours_back_and_ahead(office: Office) -> None:
    number = office.open("repair")
    start = office.clock.now()
    office.clock.at = start - TWO_HOURS
    sweep.tick(office.db, office.clock)
    ticket = office.do(number, "accept")
    respond = next(one for one in ticket["promises"] if one["clock"] == "respond")
    assert (respond["breached_at"], respond["status"]) == (None, "done")
    office.clock.at = start + TWO_HOURS
    sweep.tick(office.db, office.clock)
    assert office.do(number, "complete")["state"] == "done"
    follow_up = next(one for one in office.see(number)["promises"] if one["clock"] == "follow_up")
    assert utc(follow_up["due_at"]) == start + TWO_HOURS + timedelta(hours=24)
    with office.db.read() as session:
        assert (
            session.scalars(select(Alert).where(Alert.clock == "SLA-01", Alert.kind == "breach")).all() == []
        )


@pytest.mark.parametrize(
    ("action", "body", "limit"),
    [
        ("pause", {}, 300),
        ("set_aside", {"until": "2026-03-11T09:00:00Z"}, 300),
        ("cancel", {}, 300),
        ("unschedule", {}, 300),
        ("pass_on", {"user": "supervisor"}, 1000),
    ],
)
def test_a_reason_that_fills_a_screen_is_refused_and_changes_nothing(
    office: Office, action: str, body: dict[str, str], limit: int
) -> None:
    number, field = office.open("repair"), "note" if action == "pass_on" else "reason"
    before = office.see(number)["version"]
    refused = office.try_(number, action, **body, **{field: "字" * (limit + 1)})
    assert refused.status_code == 422
    assert field in refused.json()["detail"]
    assert office.see(number)["version"] == before


def test_a_step_that_is_not_possible_names_those_that_are(office: Office) -> None:
    number = office.open("enquiry")
    answer = office.try_(number, "move", to="reviewed")
    assert answer.status_code == 409
    possible = [one["to"] for one in office.see(number)["next"]]
    assert answer.json()["allowed"] == possible
    assert office.try_(number, "sign_off").status_code == 409
