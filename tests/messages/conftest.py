"""The standing cast with two chats: Mr Chen's web chat and Emma's on another channel."""

from dataclasses import dataclass

import pytest

from backend.clock import HandClock
from backend.db import Database
from backend.models import ChannelLink, Conversation
from tests.house import cast as the_cast
from tests.house.cast import Cast


@dataclass(frozen=True)
class Chats:
    """Ids of the two links and conversations."""

    chen: int
    emma: int
    chen_link: int
    emma_link: int


@pytest.fixture
def cast(db: Database, clock: HandClock) -> Cast:
    return the_cast.enter(db, clock)


@pytest.fixture
def chats(db: Database, clock: HandClock, cast: Cast) -> Chats:
    with db.write() as session:

        def chat(resident_id: int, channel: str, address: str, language: str) -> tuple[int, int]:
            conversation = Conversation(
                estate_id=cast.estate.id, resident_id=resident_id, created_at=clock.now()
            )
            session.add(conversation)
            session.flush()
            link = ChannelLink(
                estate_id=cast.estate.id, conversation_id=conversation.id, channel=channel, address=address,
                language=language, created_at=clock.now(), state={},
            )  # fmt: skip
            session.add(link)
            session.flush()
            return conversation.id, link.id

        chen, chen_link = chat(cast.chen.id, "web", "a hash", "zh")
        emma, emma_link = chat(cast.emma.id, "telegram", "4242", "en")
    return Chats(chen, emma, chen_link, emma_link)
