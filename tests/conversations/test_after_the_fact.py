"""What comes late or to the wrong place: edits, album parts, codes in links, chats that change estate."""

from collections.abc import Sequence
from threading import Thread
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import event, select
from starlette.testclient import TestClient

from backend.app import create_app
from backend.clock import HandClock
from backend.conversations import links
from backend.db import Database
from backend.messages import outbox
from backend.models import (
    ChannelLink,
    Conversation,
    Message,
    MessageVersion,
    OutboxRow,
    RemoteMessage,
    StoredFile,
    Ticket,
)
from backend.settings import Settings
from tests.conversations.carrier import Carrier, texts
from tests.conversations.talking import engine
from tests.house import cast as the_cast
from tests.house.cast import CHEN_CODE, EMMA_CODE, NEIGHBOUR_CODE, Cast

PHOTO = {"remote_id": "AgAC", "kind": "photo", "size": 3000, "content_type": "image/jpeg"}


@pytest.fixture
def cast(db: Database, clock: HandClock) -> Cast:
    return the_cast.enter(db, clock)


@pytest.fixture
def carrier(settings: Settings, db: Database, clock: HandClock, cast: Cast) -> Carrier:
    app: FastAPI = create_app(settings, database=db, clock=clock, engine=engine())
    return Carrier(app, TestClient(app, raise_server_exceptions=False), db)


@pytest.fixture
def chen(carrier: Carrier) -> Carrier:
    """Mr Chen's Telegram chat, linked by his invitation."""
    carrier.hear(kind="start", text=CHEN_CODE)
    return carrier


def tickets(carrier: Carrier) -> Sequence[Ticket]:
    with carrier.db.read() as session:
        return session.scalars(select(Ticket).order_by(Ticket.id)).all()


class TestEdits:
    def edit(self, carrier: Carrier, of: dict[str, Any], text: str) -> list[dict[str, Any]]:
        carrier.store(carrier.one(kind="edit", text=text, remote_id=of["remote_id"]))
        carrier.turns()
        return carrier.deliver()

    def test_an_edited_start_leaves_no_code_behind_and_greets_nobody(self, carrier: Carrier) -> None:
        carrier.store(start := carrier.one(kind="start"))
        carrier.turns()
        carrier.deliver()
        assert self.edit(carrier, start, f"/start {CHEN_CODE}") == []
        with carrier.db.read() as session:
            kept = [*session.scalars(select(Message.text)), *session.scalars(select(MessageVersion.text))]
        assert not any(CHEN_CODE in text for text in kept)

    def test_an_edited_command_is_not_carried_out_again(self, chen: Carrier) -> None:
        chen.store(help_me := chen.one(kind="command", command="human"))
        chen.turns()
        chen.deliver()
        before = len(tickets(chen))
        assert self.edit(chen, help_me, "/human please") == []
        assert len(tickets(chen)) == before

    def test_an_edit_leaves_the_message_in_the_conversation_it_was_written_in(
        self, chen: Carrier, cast: Cast
    ) -> None:
        chen.store(one := chen.one(text="我要投诉，楼上太吵了"))
        chen.turns()
        chen.deliver()
        left = chen.link().conversation_id
        chen.hear(kind="start", text=EMMA_CODE)
        assert chen.link().conversation_id != left
        self.edit(chen, one, "我要投诉，楼上太吵了，天天如此")
        with chen.db.read() as session:
            (row,) = session.scalars(select(Message).where(Message.text.contains("天天如此"))).all()
        assert (row.conversation_id, row.turn_state) == (left, "done")


class TestAlbums:
    def part(self, carrier: Carrier, number: int, text: str = "") -> dict[str, Any]:
        photo = PHOTO | {"remote_id": f"photo{number}"}
        return carrier.one(album="late", attachments=[photo], text=text)

    def test_the_words_of_a_part_that_comes_late_are_read(self, chen: Carrier, clock: HandClock) -> None:
        chen.store(self.part(chen, 1))
        clock.advance(seconds=2)
        chen.turns()
        chen.deliver()
        chen.store(self.part(chen, 2, "我要投诉，楼上太吵了"))
        clock.advance(seconds=2)
        chen.turns()
        assert len(tickets(chen)) == 1
        assert chen.deliver()

    def test_a_part_that_comes_before_the_ticket_is_opened_goes_into_it(
        self, chen: Carrier, clock: HandClock
    ) -> None:
        chen.store(self.part(chen, 1))
        clock.advance(seconds=2)
        chen.turns()
        chen.store(self.part(chen, 2))
        chen.hear("我要投诉，楼上太吵了")
        chen.store(self.part(chen, 3))
        (ticket,) = tickets(chen)
        with chen.db.read() as session:
            files = session.scalars(select(StoredFile).order_by(StoredFile.id)).all()
        assert {file.remote_id: file.ticket_id for file in files} == dict.fromkeys(
            ("photo1", "photo2", "photo3"), ticket.id
        )


class TestEntering:
    def test_the_six_digits_in_a_link_do_not_move_a_residents_chat(
        self, chen: Carrier, clock: HandClock
    ) -> None:
        """Whoever made them would read from then on what the resident writes."""
        other = Carrier(chen.app, chen.client, chen.db, chat="666")
        other.hear("你好")
        with chen.db.write() as session:
            vault = chen.app.state.tools.vault
            stranger = session.get_one(ChannelLink, other.link().id)
            code, _until = links.make_device_code(session, vault, stranger, clock.real_now())
        before = chen.link().conversation_id
        chen.hear(kind="start", text=code)
        assert chen.link().conversation_id == before

    def test_a_code_that_was_written_is_not_kept_to_be_read(self, carrier: Carrier) -> None:
        carrier.hear(CHEN_CODE)
        with carrier.db.read() as session:
            assert CHEN_CODE not in set(session.scalars(select(Message.text)))

    def test_what_a_visitor_asked_one_estate_shows_it_nothing_of_the_next(
        self, carrier: Carrier, cast: Cast
    ) -> None:
        carrier.hear("我要投诉，楼上太吵了")
        (asked,) = tickets(carrier)
        carrier.hear(kind="start", text=NEIGHBOUR_CODE)
        carrier.hear("你好")
        (asked,) = tickets(carrier)
        with carrier.db.read() as session:
            now_in = session.get_one(Conversation, carrier.link().conversation_id)
            rows = session.scalars(
                select(Message.estate_id).where(Message.conversation_id == now_in.id)
            ).all()
        assert asked.estate_id == cast.estate.id
        assert asked.conversation_id != now_in.id, "its butlers must not read on"
        assert now_in.estate_id == cast.next_door.id
        assert set(rows) == {cast.next_door.id}


def test_a_reply_that_is_just_being_sent_is_taken_back_where_it_is_shown(
    chen: Carrier, clock: HandClock
) -> None:
    """A claim and the reply that replaces what it claims, at the same moment."""
    chen.store(chen.one(text="你好"))
    chen.turns()
    said = chen.messages("bot")[-1]

    def take_back() -> None:
        chen.db.run(lambda session: outbox.take_back(session, session.get_one(Message, said.id), clock.now()))

    with chen.db.write() as session:
        (claimed,) = outbox.claim(session, outbox.Claimant("telegram"), 5, clock.real_now())
        assert claimed.message.id == said.id
        thread = Thread(target=take_back)
        thread.start()
        thread.join(0.4)  # it waits for the row, or for the whole database
    thread.join(10)
    chen.ack({"id": claimed.row.id}, "sent", remote_ids=["31"])
    assert [(i["op"], i["targets"]) for i in chen.claim()] == [("delete", ["31"])]


def test_what_waited_for_months_is_not_sent_when_the_person_returns(chen: Carrier, clock: HandClock) -> None:
    chen.store(chen.one(text="你好"))
    chen.turns()
    chen.store(chen.one(kind="blocked", sent_at=clock.now().isoformat()))
    clock.advance(days=8)
    chen.hear("我回来了")
    (greeting,) = [m for m in chen.messages("bot") if m.answers_id == chen.messages()[-2].id][-1:]
    with chen.db.read() as session:
        (row,) = session.scalars(select(OutboxRow).where(OutboxRow.message_id == greeting.id))
    assert (row.state, row.reason) == ("dead", "blocked")


def test_what_is_due_is_found_without_reading_what_was_sent(chen: Carrier, clock: HandClock) -> None:
    """Looked for several times a second, whatever was sent in all the years before."""
    asked: list[Any] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        asked.append((statement, values))

    with chen.db.write() as session:
        event.listen(chen.db.engine, "before_cursor_execute", note)
        outbox.is_any_due(session, outbox.Claimant("telegram", "100"), clock.real_now())
        event.remove(chen.db.engine, "before_cursor_execute", note)
        if chen.db.is_sqlite:
            (statement, values) = asked[-1]
            cursor = session.connection().connection.cursor()
            plan = cursor.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
            assert "ix_outbox_open" in str(plan)


def test_only_lost_answers_make_a_delivery_doubtful(chen: Carrier, clock: HandClock) -> None:
    chen.store(chen.one(text="你好"))
    chen.turns()
    for reason in ("network", "flood", "network", "unconfirmed", "unconfirmed"):
        (item,) = chen.claim()
        chen.ack(item, "retry", reason=reason, retry_after=0)
    (item,) = chen.claim()
    chen.ack(item, "retry", reason="unconfirmed", retry_after=0)
    assert chen.claim() == [], "the third"


def test_the_metrics_do_not_count_what_nobody_can_deliver(chen: Carrier, clock: HandClock) -> None:
    chen.store(chen.one(text="你好"))
    chen.turns()
    chen.store(chen.one(kind="blocked", sent_at=clock.now().isoformat()))
    lines = chen.client.get("/metrics", headers=chen.headers).text.splitlines()
    assert not [line for line in lines if line.startswith("guanjia_outbox_waiting{")]
    assert texts(chen.claim()) == []


def test_a_file_that_is_no_longer_on_the_disk_is_not_found(chen: Carrier, clock: HandClock) -> None:
    """A fault of the server would be tried again for ever, and all that is behind it would wait."""
    chen.store(chen.one(attachments=[PHOTO]))
    with chen.db.write() as session:
        file = session.scalars(select(StoredFile)).one()
        file.state = "here"
    assert chen.client.get(f"/api/files/{file.id}", headers=chen.headers).status_code == 404


def test_what_waits_takes_all_that_belongs_to_it_into_the_other_estate(carrier: Carrier, cast: Cast) -> None:
    carrier.store(
        carrier.one(kind="start", text=NEIGHBOUR_CODE), carrier.one(text="你好", attachments=[PHOTO])
    )
    for _ in range(3):
        carrier.turns()
    with carrier.db.read() as session:
        message = session.scalars(select(Message).where(Message.text == "你好")).one()
        file = session.scalars(select(StoredFile)).one()
        name = session.scalars(select(RemoteMessage).where(RemoteMessage.message_id == message.id)).one()
    assert {message.estate_id, file.estate_id, name.estate_id} == {cast.next_door.id}
