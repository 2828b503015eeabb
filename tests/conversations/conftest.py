"""A house with its tools: what a turn needs, on both databases, with the clock moved by hand."""

from dataclasses import dataclass

import pytest
from sqlalchemy import select

from backend.clock import HandClock
from backend.conversations import links, service
from backend.conversations.links import Guest
from backend.conversations.tools import Tools
from backend.db import Database
from backend.messages import service as messages
from backend.messages.service import Incoming
from backend.models import ChannelLink, Draft, Message, Ticket
from backend.settings import Settings
from tests.conversations.talking import engine
from tests.house import cast as the_cast
from tests.house.cast import CHEN_CODE, EMMA_CODE, Cast


@dataclass
class Line:
    """One person's web chat in the house."""

    tools: Tools
    link_id: int
    conversation_id: int
    said: int = 0

    def store(self, text: str = "", pressed: dict[str, object] | None = None, **more: object) -> int:
        """Store a message without running its turn; return its id."""
        self.said += 1
        key = f"{self.link_id}:{self.said}"
        clock = self.tools.clock
        with self.tools.db.write() as session:
            link = session.get_one(ChannelLink, self.link_id)
            incoming = Incoming(key, text, pressed, **more)  # type: ignore[arg-type]
            return messages.store(session, link, incoming, now=clock.now(), real_now=clock.real_now())[0].id

    def say(self, text: str) -> list[Message]:
        message_id = self.store(text)
        service.run_waiting(self.tools, self.conversation_id)
        return self.replies(message_id)

    def press(self, action: str, **values: object) -> list[Message]:
        """Press the newest shown button with this action."""
        for message in reversed(self.shown()):
            for button in message.buttons:
                if button["action"] == action and values.items() <= button["values"].items():
                    message_id = self.store(button["label"], button)
                    service.run_waiting(self.tools, self.conversation_id)
                    return self.replies(message_id)
        raise AssertionError(f"no button {action} {values}")

    def replies(self, message_id: int) -> list[Message]:
        with self.tools.db.read() as session:
            return list(session.scalars(
                select(Message).where(Message.answers_id == message_id, Message.replaced_by_id.is_(None))
                .order_by(Message.seq)
            ))  # fmt: skip

    def shown(self) -> list[Message]:
        with self.tools.db.read() as session:
            return list(session.scalars(
                select(Message)
                .where(Message.conversation_id == self.conversation_id, Message.replaced_by_id.is_(None))
                .order_by(Message.seq)
            ))  # fmt: skip

    def message(self, message_id: int) -> Message:
        with self.tools.db.read() as session:
            return session.get_one(Message, message_id)

    def tickets(self) -> list[Ticket]:
        with self.tools.db.read() as session:
            rows = select(Ticket).where(Ticket.conversation_id == self.conversation_id).order_by(Ticket.id)
            return list(session.scalars(rows))

    def drafts(self) -> list[Draft]:
        with self.tools.db.read() as session:
            return list(
                session.scalars(select(Draft).where(Draft.link_id == self.link_id).order_by(Draft.id))
            )


@pytest.fixture
def cast(db: Database, clock: HandClock) -> Cast:
    return the_cast.enter(db, clock)


@pytest.fixture
def tools(db: Database, clock: HandClock, settings: Settings, cast: Cast) -> Tools:
    return Tools(db, clock, the_cast.vault(), settings, engine())


def open_line(tools: Tools, invitation: str | None, language: str) -> Line:
    guest = Guest(language, invitation, None, "zh")
    now = tools.clock.now()
    with tools.db.write() as session:
        _token, said = links.open_web_session(session, tools.vault, tools.menu, guest, now, now)
        return Line(tools, said[0].link_id or 0, said[0].conversation_id)


@pytest.fixture
def chen(tools: Tools) -> Line:
    return open_line(tools, CHEN_CODE, "zh")


@pytest.fixture
def emma(tools: Tools) -> Line:
    return open_line(tools, EMMA_CODE, "en")


@pytest.fixture
def visitor(tools: Tools) -> Line:
    return open_line(tools, None, "zh")
