"""Sensors and panic buttons ring over HTTP; what they tell is signed, kept once, and calls people at once."""

import hmac
import json
import threading
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import func, select

from backend.alarms import service
from backend.errors import Forbidden, NotFound
from backend.models import Alarm, Alert, Ticket, TicketEvent, User
from backend.notifier.service import hand_over
from backend.people import service as people
from backend.people.roles import Role
from backend.settings import Settings
from tests.tickets.office import Office

SMOKE = {"source": "panel-3", "event": "e-1", "kind": "smoke", "place": "3号楼2单元1501"}


@pytest.fixture
def secret(office: Office, settings: Settings) -> str:
    return make_secret(office, settings)


def make_secret(office: Office, settings: Settings, role: Role = Role.ADMIN) -> str:
    with office.db.write() as session:
        manager = session.get_one(User, office.cast.manager.id)
        manager.role = role
        viewer = people.viewer_of(session, manager)
        return service.make_secret(session, viewer, office.cast.estate.id, settings.secret_key)


@pytest.fixture
def ring(office: Office, secret: str) -> Callable[..., Response]:
    """Ring as a sensor does; ``by`` and ``late`` spoil the signature and the time."""

    def rung(
        body: dict[str, Any] | bytes = SMOKE, *, by: str = secret, late: int = 0, estate: str = "JADE",
        **changed: Any,
    ) -> Response:  # fmt: skip
        data = body if isinstance(body, bytes) else json.dumps({**body, **changed}).encode()
        stamp = str(int(office.clock.real_now().timestamp()) + late)
        mark = hmac.new(by.encode(), stamp.encode() + b"." + data, sha256).hexdigest()
        headers = {"X-Guanjia-Estate": estate, "X-Guanjia-Timestamp": stamp,
                   "X-Guanjia-Signature": f"sha256={mark}", "Accept-Language": "en"}  # fmt: skip
        return office.client.post("/api/alarms", content=data, headers=headers)

    return rung


def count(office: Office, model: Any) -> int:
    with office.db.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_smoke_sensor_opens_an_emergency_at_the_home_and_calls_the_duty_people(
    office: Office, ring: Callable[..., Response]
) -> None:
    answer = ring()
    assert answer.status_code == 201
    number = answer.json()["ticket"]
    ticket = office.ticket(number)
    assert (ticket.workflow, ticket.step, ticket.channel) == ("emergency", "alerted", "alarm")
    assert ticket.is_urgent
    assert ticket.home_id == office.cast.home.id
    assert ticket.words.splitlines() == ["烟感报警：3号楼2单元1501", "Smoke alarm: 3号楼2单元1501"]
    with office.db.read() as session:
        called = set(session.scalars(select(Alert.user_id).where(Alert.kind == "emergency")))
    cast = office.cast
    assert {cast.guard.id, cast.engineer.id, cast.supervisor.id, cast.butler.id} <= called


def test_the_same_event_is_the_same_ticket_again(office: Office, ring: Callable[..., Response]) -> None:
    first, again = ring(), ring()
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == {"ticket": first.json()["ticket"], "is_new": False}
    assert count(office, Ticket) == count(office, Alarm) == 1


def test_an_alarm_that_goes_on_ringing_is_noted_on_its_open_ticket(
    office: Office, ring: Callable[..., Response]
) -> None:
    number = ring().json()["ticket"]
    assert ring(event="e-2").json() == {"ticket": number, "is_new": False}
    assert ring(event="e-3", place="5号楼大堂").json()["is_new"]
    office.clock.advance(minutes=16)
    assert ring(event="e-4").json()["is_new"]
    with office.db.read() as session:
        notes = session.scalars(
            select(TicketEvent.note).where(TicketEvent.kind == "note").order_by(TicketEvent.id)
        ).all()
    assert [note.splitlines()[0] for note in notes] == ["烟感报警：3号楼2单元1501"]


def test_a_place_without_a_home_still_names_its_building_to_the_duty_people(
    office: Office, ring: Callable[..., Response]
) -> None:
    number = ring(place="5号楼大堂", kind="gas").json()["ticket"]
    assert office.ticket(number).item_id == "common.fire.gas-leak"
    assert office.ticket(number).facts["building"] == "5"
    with office.db.write() as session:
        found = hand_over(session, {}, office.clock.now(), office.clock.real_now())
    assert found >= 3


def test_an_alarm_of_an_unknown_kind_is_an_emergency_too(
    office: Office, ring: Callable[..., Response]
) -> None:
    number = ring(kind="earthquake", place="门岗", note="sensor 7").json()["ticket"]
    assert office.ticket(number).words.splitlines()[0] == "earthquake：门岗"
    assert office.ticket(number).workflow == "emergency"


@pytest.mark.parametrize(
    ("spoilt", "status"),
    [
        ({"by": "somebody else's secret"}, 401),
        ({"by": ""}, 401),
        ({"estate": "NEXT"}, 401),
        ({"estate": "NOWHERE"}, 401),
        ({"estate": ""}, 401),
        ({"late": 301}, 403),
        ({"late": -301}, 403),
    ],
)
def test_what_is_not_signed_right_and_now_leaves_no_trace(
    office: Office, ring: Callable[..., Response], spoilt: dict[str, Any], status: int
) -> None:
    answer = ring(**spoilt)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title"] == "The alarm was not accepted."
    assert count(office, Ticket) == count(office, Alarm) == count(office, Alert) == 0


def test_an_estate_nobody_made_a_secret_for_has_no_open_door(office: Office, settings: Settings) -> None:
    data = json.dumps(SMOKE).encode()
    stamp = str(int(office.clock.real_now().timestamp()))
    for guess in ("", "nobody"):
        mark = hmac.new(guess.encode(), stamp.encode() + b"." + data, sha256).hexdigest()
        headers = {"X-Guanjia-Estate": "JADE", "X-Guanjia-Timestamp": stamp,
                   "X-Guanjia-Signature": f"sha256={mark}"}  # fmt: skip
        assert office.client.post("/api/alarms", content=data, headers=headers).status_code == 401


def test_a_new_secret_makes_the_old_one_void(
    office: Office, settings: Settings, ring: Callable[..., Response]
) -> None:
    newer = make_secret(office, settings)
    assert ring().status_code == 401
    assert ring(by=newer).status_code == 201


def test_only_an_admin_of_the_estate_makes_a_secret(office: Office, settings: Settings) -> None:
    with pytest.raises(Forbidden):
        make_secret(office, settings, Role.SUPERVISOR)
    with office.db.write() as session:
        manager = session.get_one(User, office.cast.manager.id)
        manager.role = Role.ADMIN
        viewer = people.viewer_of(session, manager)
        with pytest.raises(NotFound):
            service.make_secret(session, viewer, office.cast.next_door.id, settings.secret_key)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b"\xff", json.dumps({**SMOKE, "kind": ""}).encode(),
     json.dumps({**SMOKE, "place": "x\x00"}).encode(), json.dumps({**SMOKE, "at": "2026-03-11"}).encode()],
)  # fmt: skip
def test_a_signed_body_that_makes_no_sense_is_told_so(
    office: Office, ring: Callable[..., Response], body: bytes
) -> None:
    assert ring(body).status_code == 422
    assert count(office, Alarm) == 0


def test_a_body_of_more_than_sixteen_kilobytes_is_refused(ring: Callable[..., Response]) -> None:
    assert ring(b"x" * 20_000).status_code == 413


def test_two_calls_with_one_event_at_the_same_time_open_one_ticket(
    office: Office, ring: Callable[..., Response]
) -> None:
    answers: list[Response] = []
    threads = [threading.Thread(target=lambda: answers.append(ring())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert count(office, Ticket) == 1
