"""Tickets for people who phoned, wrote on paper or came to the desk, over the staff API."""

from datetime import timedelta
from typing import Any

import pytest
from httpx2 import Response

from backend.models import Alert
from backend.people import setup
from backend.people.homes import HomeName
from tests.house import cast as the_cast
from tests.tickets.office import ITEMS, Office, utc

REPAIR = ITEMS["repair"]


def take_in(office: Office, by: str = "butler", key: str = "", **body: Any) -> Response:
    headers = office.as_(by) | ({"Idempotency-Key": key} if key else {})
    asked = {"item": REPAIR, "channel": "phone", "words": "水管漏水", **body}
    return office.client.post("/api/tickets", json=asked, headers=headers)


@pytest.mark.parametrize("found_by", [
    {"phone": "+86 138-0013-8000"}, {"home": "3号楼2单元1501"}, {"home": "3-2-1501"}, {"resident_id": 0},
    {"phone": "13800138000", "home": "3-2-1501"},
])  # fmt: skip
def test_phone_home_or_id_finds_the_resident(office: Office, found_by: dict[str, Any]) -> None:
    if "resident_id" in found_by:
        found_by = {"resident_id": office.cast.chen.id}
    answer = take_in(office, **found_by)
    assert answer.status_code == 201
    ticket = answer.json()
    assert ticket["home"] == "3-2-1501"
    assert ticket["resident"]["name"] == "陈建国"
    assert (ticket["channel"], ticket["step"], ticket["butler"]["name"]) == ("phone", "confirmed", "Zhao Min")
    assert ticket["timeline"][0]["by"] == "butler"


def test_the_clocks_run_from_when_they_asked_not_from_when_it_was_typed(office: Office) -> None:
    asked_at = office.clock.now() - timedelta(minutes=8)
    ticket = take_in(office, phone="13800138000", received_at=asked_at.isoformat()).json()
    assert utc(ticket["received_at"]) == asked_at
    assert utc(ticket["entered_at"]) == office.clock.now()
    respond = next(p for p in ticket["promises"] if p["clock"] == "respond")
    assert utc(respond["due_at"]) == office.clock.now() + timedelta(minutes=2)


def test_a_time_ahead_or_long_ago_is_refused_and_a_slow_clock_is_forgiven(office: Office) -> None:
    now = office.clock.now()
    for wrong in (now + timedelta(minutes=3), now - timedelta(days=31)):
        assert take_in(office, phone="13800138000", received_at=wrong.isoformat()).status_code == 422
    assert take_in(office, phone="13800138000", received_at="2026-03-11T10:00:00").status_code == 422
    ahead = (now + timedelta(minutes=1)).isoformat()
    ticket = take_in(office, phone="13800138000", received_at=ahead).json()
    assert utc(ticket["received_at"]) == now


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"item": "no.such.item"}, ""),
        ({"channel": "telegram"}, "channel"),
        ({"words": "\u0000"}, "words"),
        ({"slots": {"nonsense": "x"}}, "slots"),
        ({"slots": {"when": "tomorrow"}}, "slots"),
        ({"slots": {"when": {"start": "2026-03-12T10:00:00"}}}, "slots"),
        ({"slots": {"when": {"start": "2026-03-12T03:00:00Z", "end": "2026-03-12T01:00:00Z"}}}, "slots"),
        ({"phone": "13900000000"}, ""),
        ({"phone": None}, ""),
        ({"phone": None, "home": "9-9-999"}, ""),
        ({"phone": "13800138000", "home": "5-1-802"}, ""),
        ({"resident_id": 2**60}, "resident_id"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_what_cannot_be_read_or_found_opens_nothing(office: Office, body: dict[str, Any], field: str) -> None:
    answer = take_in(office, **{"phone": "13800138000", **body})
    assert answer.status_code == 422
    assert field in answer.json()["detail"]
    assert office.client.get("/api/tickets", headers=office.as_("butler")).json()["items"] == []


def test_a_foreign_resident_does_not_exist(office: Office) -> None:
    assert take_in(office, resident_id=office.cast.neighbour.id).status_code == 404
    assert take_in(office, home="1-1-101").status_code == 422


def test_whose_chat_it_reaches_is_never_guessed(office: Office) -> None:
    with office.db.write() as session:
        home = office.cast.home
        wife = setup.create_resident(session, the_cast.vault(), home, office.clock.now(), name="李梅",
                                     phone="13800138000")  # fmt: skip
        setup.create_home(session, office.cast.estate, HomeName("3", "2", "15"))
    for found_by in ({"phone": "13800138000"}, {"home": "3-2-1501"}):
        answer = take_in(office, **found_by)
        assert answer.status_code == 422
        assert f"{wife.id} 李梅" in answer.json()["detail"]
    assert take_in(office, home="3-2-15").status_code == 422
    assert take_in(office, resident_id=wife.id).json()["resident"]["name"] == "李梅"


def test_engineers_and_guards_take_nothing_in(office: Office) -> None:
    for who in ("engineer", "guard"):
        assert take_in(office, who, phone="13800138000").status_code == 403


def test_an_agreed_time_is_a_promise_and_is_kept_in_the_estates_own_time(office: Office) -> None:
    when = {"start": "2026-03-12T01:00:00Z", "end": "2026-03-12T03:00:00Z"}
    ticket = take_in(office, phone="13800138000", slots={"when": when, "where": "kitchen"}).json()
    assert ticket["slots"]["when"]["end"] == "2026-03-12T11:00:00+08:00"
    assert ticket["slots"]["where"] == "kitchen"
    assert [p["due_at"] for p in ticket["promises"] if p["clock"] == "attend"] == [when["end"]]


def test_a_phoned_in_emergency_rings_everybody_on_duty(office: Office) -> None:
    ticket = take_in(office, item=ITEMS["emergency"], phone="13800138000", words="有煤气味").json()
    assert ticket["is_urgent"]
    with office.db.read() as session:
        rung = {alert.user_id for alert in session.query(Alert).filter_by(kind="emergency")}
    cast = office.cast
    assert rung == {cast.guard.id, cast.engineer.id, cast.supervisor.id, cast.butler.id}


def test_the_same_key_opens_one_ticket(office: Office) -> None:
    first = take_in(office, key="k", phone="13800138000")
    again = take_in(office, key="k", phone="13800138000")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert take_in(office, key="k", phone="13800138000", words="别的").status_code == 422
    assert take_in(office, phone="13800138000").json()["number"] == first.json()["number"] + 1
