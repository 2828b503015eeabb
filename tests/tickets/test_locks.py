"""In which order rows are held on PostgreSQL, so that a turn, a person and the sweep never wait in a ring.

SQLite has one writer: nothing can wait in a ring there, and no row is held.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select

from backend.messages import queries as messages
from backend.models import Alert, Conversation, Ticket
from backend.tickets import queries
from tests.tickets.office import BODIES, Office
from tests.tickets.test_together import asking, at_once


@contextmanager
def held(office: Office) -> Iterator[list[str]]:
    """The tables whose rows are held in the block, in order."""
    tables: list[str] = []

    def look(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "FOR NO KEY UPDATE" in statement:
            named = statement.split("UPDATE OF ")[1] if " OF " in statement else statement.split("FROM ")[1]
            tables.append(named.split(maxsplit=1)[0])
        assert "FOR UPDATE" not in statement.replace("FOR NO KEY UPDATE", "")

    event.listen(office.db.engine, "before_cursor_execute", look)
    try:
        yield tables
    finally:
        event.remove(office.db.engine, "before_cursor_execute", look)


@pytest.mark.parametrize("action", ["accept", "reply", "note", "assign", "schedule", "pause", "cancel"])
def test_staff_hold_the_conversation_before_the_ticket_as_turns_do(office: Office, action: str) -> None:
    number = office.open("repair")
    office.as_("butler")
    with held(office) as tables:
        office.do(number, action, **BODIES.get(action, {}))
    if not office.db.is_sqlite:
        assert tables[:2] == ["conversations", "tickets"]


def test_a_turn_holds_the_conversation_then_the_link_then_the_ticket(office: Office) -> None:
    office.open("repair")
    chat = office.chat("chen")
    body = {"client_id": "c1", "text": "师傅怎么还没来，催一下"}
    with held(office) as tables:
        answer = office.client.post("/api/chat/messages", json=body, headers=chat)
    assert answer.status_code == 200, answer.text
    if not office.db.is_sqlite:
        after_storing = list(dict.fromkeys(tables))
        assert after_storing[:2] == ["conversations", "channel_links"]


def test_an_alert_about_a_ticket_does_not_wait_for_whoever_holds_the_ticket(office: Office) -> None:
    """Or the sweep, which holds the clocks, and a person, who holds the ticket, would wait for each other."""
    number = office.open("repair")
    ticket, now = office.ticket(number), office.clock.now()
    if office.db.is_sqlite:
        return
    with office.db.write() as person, office.db.write() as sweep:
        messages.lock_conversation(person, ticket.conversation_id or 0)
        queries.find_own_ticket(person, ticket.conversation_id or 0, number)
        sweep.add(
            Alert(estate_id=ticket.estate_id, user_id=office.cast.butler.id, ticket_id=ticket.id, kind="warn",
                  dedupe_key="k", at=now, created_at=now)
        )  # fmt: skip
        sweep.flush()
    with office.db.read() as session:
        assert session.scalars(select(Alert.ticket_id).where(Alert.dedupe_key == "k")).one() == ticket.id


def test_an_invitation_used_twice_at_once_begins_one_conversation(office: Office) -> None:
    """The second to open a resident's first chat waits for the first and joins its conversation."""
    body = {"invitation": "TEST-CHEN-0001"}
    answers = at_once(office, *[lambda client: client.post("/api/chat/sessions", json=body)] * 6)
    assert [answer.status_code for answer in answers] == [201] * 6
    with office.db.read() as session:
        rows = session.scalars(
            select(Conversation)
            .where(Conversation.resident_id == office.cast.chen.id)
            .order_by(Conversation.id)
        )
        assert len(rows.all()) == 1


def test_twenty_requests_with_one_key_act_once(office: Office) -> None:
    body = {"item": "common.voice.callback", "channel": "phone", "words": "请回电", "phone": "13800138000"}
    key = {"Idempotency-Key": "twenty"}
    answers = at_once(office, *[asking(office, "/api/tickets", "butler", dict(body), **key)] * 20)
    assert [answer.status_code for answer in answers] == [201] * 20
    assert len({answer.text for answer in answers}) == 1
    with office.db.read() as session:
        assert len(session.scalars(select(Ticket)).all()) == 1


def test_staff_rows_of_a_foreign_estate_are_not_held(office: Office) -> None:
    number = office.open("repair", "neighbour")
    office.as_("butler")
    with held(office) as tables:
        assert office.try_(number, "accept").status_code == 404
    assert tables == []
