"""The desk's own verbs: a ticket for somebody who phoned, wrote or came; taking over a draft; the demo clock.

Nothing here commits.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend import demo_clock
from backend.desk import queries
from backend.errors import NotFound
from backend.messages import live
from backend.models import ChannelLink, Draft, Estate, Ticket
from backend.people.viewer import Viewer
from backend.tickets import intake as tickets_intake
from backend.vault import Vault
from intents.menu import Menu

CHANNELS: Final = ("phone", "desk", "paper")
#: the demo clock's steps, in seconds
STEPS: Final = (600, 3600, 86400)


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

    Raises what ``tickets.intake.take_in`` raises.
    """
    body = {
        "resident_id": intake.resident_id,
        "item": intake.item_id,
        "channel": intake.channel,
        "words": intake.words,
        "received_at": intake.received_at,
    }
    ticket = tickets_intake.take_in(session, menu, vault, viewer, body, now)
    if intake.draft_id is not None:
        _end_draft(session, viewer, intake.draft_id, ticket)
    return ticket


def _end_draft(session: Session, viewer: Viewer, draft_id: int, ticket: Ticket) -> None:
    """The draft became this ticket: the chat must not ask for its confirmation any more."""
    found = queries.find_draft(session, viewer, draft_id)
    if found is None:
        return
    draft: Draft = found.draft
    draft.state, draft.ticket_id = "handed_over", ticket.id
    ticket.asked_at, ticket.slots = draft.asked_at, dict(draft.slots)
    ticket.channel = "web"
    session.execute(
        update(ChannelLink)
        .where(ChannelLink.id == draft.link_id)
        .values(state={}, state_version=ChannelLink.state_version + 1)
    )


def advance_demo_clock(session: Session, seconds: int, now: datetime) -> None:
    """Move the demo clock on; it never goes back. Raises NotFound outside a demo, and for other steps."""
    if seconds not in STEPS:
        raise NotFound
    demo_clock.advance(session, seconds)
    for estate_id in session.scalars(select(Estate.id)):
        live.emit(session, estate_id, "clock", {}, now)
