"""What the tests of reliability measure and look up: waits by the fake's log, rows in the database."""

import math
from collections.abc import Callable
from time import monotonic, sleep
from typing import TypeVar

from sqlalchemy import select

from backend.db import Database
from backend.models import Alert, ChannelLink, ChannelState, Message, OutboxRow, RemoteMessage
from tests.fake_telegram import FakeTelegram
from tests.fake_telegram.people import Person
from tests.scenarios.house import House

T = TypeVar("T")


def until(find: Callable[[], T | None], seconds: float = 15.0, what: str = "it did not come") -> T:
    """Wait until ``find`` returns something true. Raises AssertionError."""
    end = monotonic() + seconds
    while not (found := find()):
        assert monotonic() < end, what
        sleep(0.02)
    return found


def visitors(house: House, number: int) -> list[Person]:
    """People without an invitation, each in a chat of their own, greeted and settled."""
    people = [house.fake.person(f"Visitor {n}", "en") for n in range(number)]
    for person in people:
        person.start()
    for person in people:
        person.wait(lambda chat: any(one.by == "bot" for one in chat), 30)
    until(lambda: not house.unsent(), 30)
    return people


def ask_in_turn(people: list[Person], rounds: int, pause: float) -> list[tuple[Person, float, int]]:
    """Everybody asks for help, one after the other; who, when, and how many messages they had been sent."""
    asked = []
    for _ in range(rounds):
        for person in people:
            asked.append((person, monotonic(), _told(person)))
            person.write("/help")
            sleep(pause)  # people do not write all at the same moment
    return asked


def _told(person: Person) -> int:
    return sum(one.by == "bot" for one in person.chat)


def waits(fake: FakeTelegram, asked: list[tuple[Person, float, int]], seconds: float = 60.0) -> list[float]:
    """How long each waited for the first message after the question, in seconds, by the log of the fake."""
    for person, _, told in asked:
        until(lambda person=person, told=told: _told(person) > told, seconds)  # type: ignore[misc]
    found = []
    for person, at, _ in asked:
        sent = [call.done for call in fake.calls_of("sendMessage", person) if call.done and call.done > at]
        found.append(min(sent) - at)
    return found


def p99(values: list[float]) -> float:
    return sorted(values)[math.ceil(len(values) * 0.99) - 1]


def link_of(house: House, person: Person) -> ChannelLink:
    with house.db.read() as session:
        return session.scalars(select(ChannelLink).where(ChannelLink.address == str(person.id))).one()


def alerts(db: Database, what: str) -> list[Alert]:
    with db.read() as session:
        return [
            one for one in session.scalars(select(Alert).order_by(Alert.id)) if one.values.get("what") == what
        ]


def state_of(db: Database) -> str | None:
    with db.read() as session:
        return session.scalars(select(ChannelState.state)).first()


def deliveries(db: Database, part: str) -> list[OutboxRow]:
    """The rows of the outbox that carry messages with ``part`` in them."""
    with db.read() as session:
        found = select(OutboxRow).join(Message, Message.id == OutboxRow.message_id)
        return list(session.scalars(found.where(Message.text.contains(part), OutboxRow.op == "send")))


def shown_in_order(house: House, person: Person) -> bool:
    """True when the bot's messages stand in the chat in the order in which they were written."""
    with house.db.read() as session:
        rows = session.execute(
            select(Message.seq, RemoteMessage.remote_id)
            .join(RemoteMessage, RemoteMessage.message_id == Message.id)
            .join(ChannelLink, ChannelLink.id == Message.link_id)
            .where(ChannelLink.address == str(person.id), Message.author == "bot")
            .order_by(Message.seq, RemoteMessage.id)
        ).all()
    numbers = [int(remote_id) for _, remote_id in rows]
    return bool(numbers) and numbers == sorted(numbers)


def heard_from(house: House, person: Person) -> list[str]:
    """What this person's chat has said, as it is stored, in order."""
    with house.db.read() as session:
        rows = select(Message.text).join(ChannelLink, ChannelLink.id == Message.link_id)
        mine = rows.where(ChannelLink.address == str(person.id), Message.author == "resident")
        return list(session.scalars(mine.order_by(Message.seq)))


def is_waiting(house: House, person: Person) -> bool:
    """True while a message of this person has not had its turn."""
    with house.db.read() as session:
        rows = select(Message.id).join(ChannelLink, ChannelLink.id == Message.link_id)
        mine = rows.where(ChannelLink.address == str(person.id), Message.turn_state == "received")
        return session.scalars(mine.limit(1)).first() is not None
