"""Two people at one ticket in the same moment: one wins, the other is told, nothing happens twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from httpx2 import Response
from starlette.testclient import TestClient

from backend.models import Conversation
from tests.tickets.office import Office

Ask = Callable[[TestClient], Response]


def at_once(office: Office, *asks: Ask) -> list[Response]:
    """Send all the requests in the same moment, each from its own client."""
    start = Barrier(len(asks))

    def send(ask: Ask) -> Response:
        with_own = TestClient(office.app, base_url="https://testserver", raise_server_exceptions=False)
        start.wait(20)
        return ask(with_own)

    with ThreadPoolExecutor(len(asks)) as threads:
        return list(threads.map(send, asks))


def asking(office: Office, path: str, by: str, body: dict[str, object], **headers: str) -> Ask:
    signed = office.as_(by) | headers
    return lambda client: client.post(path, json=body, headers=signed)


def test_of_two_who_accept_at_once_one_wins_and_the_other_hears_who_and_when(office: Office) -> None:
    number = office.open("repair")
    path = f"/api/tickets/{number}/accept"
    answers = at_once(office, *(asking(office, path, who, {"version": 1}) for who in ("butler", "deputy")))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    won = next(a for a in answers if a.status_code == 200).json()["timeline"][-1]["by"]
    lost = next(a for a in answers if a.status_code == 409).json()
    name = {"butler": "Zhao Min", "deputy": "Li Wei"}[won]
    assert f"{name} changed this ticket at 10:00" in lost["detail"]
    assert "assign" in lost["allowed"]
    assert office.see(number)["version"] == 2
    assert len(office.told("chen", number)) == 1


def test_without_a_version_an_action_done_twice_at_once_is_done_once(office: Office) -> None:
    number = office.open("suggestion")
    body = {"adopted": True, "reason": "好主意。"}
    path = f"/api/tickets/{number}/decide"
    answers = at_once(office, *(asking(office, path, who, body) for who in ("butler", "deputy", "manager")))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert len(office.told("chen", number)) == 1
    assert [e["kind"] for e in office.see(number)["timeline"]].count("decided") == 1


def test_everybodys_words_are_kept_in_one_order(office: Office) -> None:
    number = office.open("repair")
    path = f"/api/tickets/{number}/reply"
    answers = at_once(office, *(
        asking(office, path, who, {"text": f"from {who}"}) for who in ("butler", "deputy", "manager")
    ))  # fmt: skip
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert office.see(number)["version"] == 4
    said = [m for m in office.read("chen") if m["author"] == "butler"]
    assert {m["text"] for m in said} == {"from butler", "from deputy", "from manager"}
    assert len({m["seq"] for m in said}) == 3


def test_one_key_sent_several_times_at_once_acts_once(office: Office) -> None:
    number = office.open("repair")
    path, key = f"/api/tickets/{number}/reply", {"Idempotency-Key": "same"}
    answers = at_once(office, *(asking(office, path, "butler", {"text": "一次。"}, **key) for _ in range(4)))
    assert [answer.status_code for answer in answers] == [200] * 4
    assert len({answer.text for answer in answers}) == 1
    assert [m["text"] for m in office.read("chen")].count("一次。") == 1


def test_numbers_are_given_once_each(office: Office) -> None:
    office.as_("butler")
    body = {"item": "common.voice.callback", "channel": "phone", "words": "请回电", "phone": "13800138000"}
    answers = at_once(office, *(asking(office, "/api/tickets", "butler", dict(body)) for _ in range(6)))
    assert sorted(answer.json()["number"] for answer in answers) == list(range(1001, 1007))
    with office.db.read() as session:
        assert session.query(Conversation).count() == 1
