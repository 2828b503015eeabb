"""The desk's own verbs: a ticket for somebody who phoned, wrote or came; taking over a draft; the demo clock.

Nothing here commits.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from backend import demo_clock
from backend.conversations import drafts
from backend.desk import draft_queries, queries
from backend.errors import DraftGone, NotFound
from backend.messages import live
from backend.messages import queries as conversations
from backend.models import Conversation, Draft, Ticket
from backend.people.viewer import Viewer
from backend.tickets import intake as tickets_intake
from backend.vault import Vault
from intents.menu import Menu

CHANNELS: Final = ("phone", "desk", "paper")
#: the demo clock's steps, in seconds
STEPS: Final = (600, 3600, 86400)
#: how long after the last key somebody still counts as typing
TYPING: Final = timedelta(seconds=6)


@dataclass(frozen=True, slots=True)
class Intake:
    """A request that reached a person: who asked for what, how, and when (SLA-01 counts from then)."""

    resident_id: int
    item_id: str
    channel: str
    words: str
    received_at: datetime
    draft_id: int | None = None


def open_intake(
    session: Session, menu: Menu, vault: Vault, viewer: Viewer, intake: Intake, now: datetime
) -> Ticket:
    """Open a ticket for a resident, as the staff API does, and end the draft it came from.

    Raises DraftGone when the draft no longer waits, and what ``tickets.intake.take_in`` raises.
    """
    draft = None if intake.draft_id is None else _hold_draft(session, viewer, intake.draft_id)
    body = {
        "resident_id": intake.resident_id,
        "item": intake.item_id,
        "channel": intake.channel,
        "words": intake.words,
        "received_at": intake.received_at,
    }
    ticket = tickets_intake.take_in(session, menu, vault, viewer, body, now)
    if draft is not None:
        drafts.taken_over(session, draft, ticket)
    return ticket


def _hold_draft(session: Session, viewer: Viewer, draft_id: int) -> Draft:
    """The draft, held: the resident may be confirming it at this moment, and one wish is one ticket."""
    found = draft_queries.find_draft(session, viewer, draft_id)
    if found is None:
        raise DraftGone
    conversations.lock_conversation(session, found.draft.conversation_id)
    session.refresh(found.draft)
    if draft_queries.find_draft(session, viewer, draft_id) is None:
        raise DraftGone
    return found.draft


def advance_demo_clock(session: Session, seconds: int, now: datetime) -> None:
    """Move the demo clock on; it never goes back. Raises NotFound outside a demo, and for other steps."""
    if seconds not in STEPS:
        raise NotFound
    demo_clock.advance(session, seconds)
    for estate_id in queries.list_estate_ids(session):
        live.emit(session, estate_id, "clock", {}, now)


def show_typing(session: Session, ticket: Ticket, is_typing: bool, now: datetime) -> None:
    """Let the resident see that somebody writes to them; it fades by itself when the keys rest."""
    if ticket.conversation_id is None:
        return
    conversation = session.get_one(Conversation, ticket.conversation_id)
    if not is_typing and conversation.typing_until is None:
        return
    conversation.typing_until = now + TYPING if is_typing else None
    payload = {"conversation": conversation.id, "is_typing": True}  # open pages have nothing new to fetch
    live.emit(session, ticket.estate_id, "message", payload, now)
