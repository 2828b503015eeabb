"""The door for channels: stored before it is answered, delivered once, open to the service token only."""

import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select
from starlette.testclient import TestClient

from backend.conversations import service
from backend.db import Database
from backend.models import ChannelLink, Message, StoredFile
from backend.settings import Settings

ONE = {
    "channel": "telegram",
    "account": "bot",
    "chat": "4242",
    "external_id": "7",
    "text": "你好",
    "language": "zh",
}


@pytest.fixture
def inside(settings: Settings) -> dict[str, str]:
    return {"Authorization": f"Bearer {settings.service_token}"}


def deliver(client: TestClient, inside: dict[str, str], *messages: dict[str, Any]) -> Any:
    return client.post("/api/messages", json={"messages": list(messages)}, headers=inside)


def run_turns(client: TestClient, db: Database) -> None:
    with db.read() as session:
        ids = list(session.scalars(select(ChannelLink.conversation_id)))
    for conversation_id in ids:
        service.run_waiting(client.app.state.tools, conversation_id)  # type: ignore[attr-defined]


def claim(client: TestClient, inside: dict[str, str], **body: Any) -> list[dict[str, Any]]:
    answer = client.post("/api/outbox/claim", json={"channel": "telegram", **body}, headers=inside)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def claim_answer(client: TestClient, inside: dict[str, str]) -> dict[str, Any]:
    """The answer with its buttons; who speaks and the privacy notice come before it, one at a time."""
    for _ in range(3):
        (item,) = claim(client, inside)
        if item["message"]["buttons"]:
            return item
        client.post("/api/outbox/ack", json={"id": item["id"], "outcome": "sent"}, headers=inside)
    raise AssertionError("no answer with buttons")


@pytest.mark.parametrize("path", ["messages", "outbox/claim", "outbox/ack", "files"])
@pytest.mark.parametrize("token", ["", "wrong", "é"])
def test_only_the_service_token_opens_it(client: TestClient, path: str, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}".encode()}
    assert client.post(f"/api/{path}", json={}, headers=headers).status_code == 401


def test_a_message_is_stored_answered_202_and_once_only(
    client: TestClient, inside: dict[str, str], db: Database
) -> None:
    first, again = deliver(client, inside, ONE), deliver(client, inside, ONE)
    assert (first.status_code, first.json()) == (202, {"stored": 1})
    assert (again.status_code, again.json()) == (202, {"stored": 0})


def test_the_same_new_chat_twenty_times_at_once_is_one_chat_and_one_message(
    client: TestClient, inside: dict[str, str], db: Database
) -> None:
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: deliver(client, inside, ONE), range(20)))
    assert {answer.status_code for answer in answers} == {202}
    assert sum(answer.json()["stored"] for answer in answers) == 1
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(ChannelLink)) == 1


def test_a_batch_from_two_chats_of_one_person_keeps_its_order_in_their_one_conversation(
    client: TestClient, inside: dict[str, str], db: Database
) -> None:
    deliver(client, inside, {**ONE, "chat": "1"}, {**ONE, "chat": "2", "external_id": "8"})
    with db.write() as session:
        first, second = session.scalars(select(ChannelLink).order_by(ChannelLink.address)).all()
        second.conversation_id = first.conversation_id
    batch = [{**ONE, "chat": chat, "external_id": f"{chat}:{n}"} for chat in "12" for n in range(2)]
    assert deliver(client, inside, *batch, *batch).json() == {"stored": 4}
    with db.read() as session:
        rows = session.scalars(select(Message.external_id).order_by(Message.seq))
        ours = [external_id for external_id in rows if external_id and ":" in external_id]
    assert ours == ["1:0", "1:1", "2:0", "2:1"]


def test_the_reply_is_claimed_sent_and_acknowledged(
    client: TestClient, inside: dict[str, str], db: Database
) -> None:
    deliver(client, inside, ONE)
    run_turns(client, db)
    item = claim_answer(client, inside)
    assert (item["chat"], item["account"]) == ("4242", "bot")
    assert item["message"]["text"]
    assert item["message"]["buttons"]
    body = {"id": item["id"], "outcome": "sent", "remote_id": "99"}
    assert client.post("/api/outbox/ack", json=body, headers=inside).status_code == 204
    assert claim(client, inside) == []


def test_a_pressed_button_of_the_channel_has_its_turn(
    client: TestClient, inside: dict[str, str], db: Database
) -> None:
    deliver(client, inside, {**ONE, "text": "菜单"})
    run_turns(client, db)
    item = claim_answer(client, inside)
    value = item["message"]["buttons"][0]["value"]
    deliver(client, inside, {**ONE, "external_id": "8", "text": "", "button": value})
    deliver(client, inside, {**ONE, "external_id": "9", "text": "", "button": "999.0"})
    run_turns(client, db)
    client.post("/api/outbox/ack", json={"id": item["id"], "outcome": "sent"}, headers=inside)
    assert claim(client, inside)


@pytest.mark.parametrize(
    "body",
    [{}, {"messages": []}, {"messages": [{}]}, {"messages": [{**ONE, "external_id": ""}]},
     {"messages": [{**ONE, "external_id": "a\u0000"}]},
     {"messages": [{**ONE, "sent_at": "2026-03-11T10:00"}]},
     {"messages": [ONE] * 101}],
)  # fmt: skip
def test_a_malformed_batch_is_a_problem(client: TestClient, inside: dict[str, str], body: Any) -> None:
    answer = client.post("/api/messages", json=body, headers=inside)
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_the_longest_message_of_telegram_is_kept_whole(
    client: TestClient, inside: dict[str, str], db: Database
) -> None:
    deliver(client, inside, {**ONE, "text": "漏" * 4096})
    with db.read() as session:
        assert session.scalar(select(func.length(Message.text))) == 4096


def test_a_photo_of_a_channel_arrives_with_its_message(
    client: TestClient, inside: dict[str, str], db: Database
) -> None:
    out = io.BytesIO()
    Image.new("RGB", (30, 20), "teal").save(out, "JPEG")
    answer = client.post("/api/files", files={"file": ("a.jpg", out.getvalue())}, headers=inside)
    assert answer.status_code == 201, answer.text
    file_id = answer.json()["id"]
    deliver(client, inside, {**ONE, "text": "", "files": [file_id]})
    with db.read() as session:
        file = session.get_one(StoredFile, file_id)
        assert file.message_id is not None
        assert file.conversation_id is not None
    assert client.get(f"/api/files/{file_id}", headers=inside).status_code == 200
    assert client.get("/api/files/unknown", headers=inside).status_code == 404


def test_acknowledging_what_is_not_there_is_a_problem(client: TestClient, inside: dict[str, str]) -> None:
    gone = client.post("/api/outbox/ack", json={"id": 999, "outcome": "sent"}, headers=inside)
    wrong = client.post("/api/outbox/ack", json={"id": 1, "outcome": "lost"}, headers=inside)
    assert (gone.status_code, wrong.status_code) == (404, 422)
