"""Telling a resident something about their ticket, and writing its timeline. Nothing here commits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from backend.messages import live, quiet
from backend.messages import queries as message_queries
from backend.messages import service as messages
from backend.models import ChannelLink, Conversation, Estate, Message, Resident, Ticket, TicketEvent
from backend.tickets import queries
from backend.tickets.lifecycle import Move
from backend.tickets.wording import Push

#: The four places of a ticket's card. What is told later in the same place takes the earlier's: a resident
#: keeps at most four messages about a ticket (who has it · when · on the way · how it ended), in each cycle.
PLACES: Final[Mapping[str, str]] = {
    "taken": "standing", "paused": "standing", "rework": "standing", "new_complaint": "standing",
    "your_turn": "standing", "still_waiting": "standing", "owner_said": "standing", "reached": "standing",
    "passed_on": "standing", "split": "standing",
    "time_set": "time", "coming": "arrival", "arrived": "arrival", "done": "end", "to_confirm": "end",
    "opinion": "end", "decided": "end", "cancelled": "end",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads what is sent about a ticket, and in which language."""

    language: str
    address_as: str
    zone: str
    conversation: Conversation | None
    link: ChannelLink | None


def reader_of(session: Session, ticket: Ticket) -> Reader:
    """Return the ticket's reader; the language is the one of the link they last wrote from."""
    estate = session.get_one(Estate, ticket.estate_id)
    resident = session.get(Resident, ticket.resident_id) if ticket.resident_id else None
    conversation = _conversation(session, ticket)
    link = messages.last_link(session, conversation) if conversation else None
    language = link.language if link else (resident.language if resident else ticket.language)
    address_as = resident.address_as(language) if resident else ""
    return Reader(language, address_as, estate.timezone, conversation, link)


def _conversation(session: Session, ticket: Ticket) -> Conversation | None:
    if ticket.conversation_id is None:
        return None
    return message_queries.lock_conversation(session, ticket.conversation_id)


def push(
    session: Session,
    ticket: Ticket,
    reader: Reader,
    pushed: Push,
    now: datetime,
    kind: str,
    *,
    is_urgent: bool = False,
) -> Message | None:
    """Send one of the bot's few messages about a ticket; None when the person has no conversation.

    ``kind`` is a key of PLACES. At night it waits for the morning, unless it is urgent, there is danger, or
    the person has just written.
    """
    if reader.conversation is None:
        return None
    place = {"place": PLACES[kind], "cycle": ticket.cycle}
    out = messages.Outgoing(
        author="bot", language=reader.language, text=pushed.text, reply_kind=kind,
        values={"number": ticket.number, **place}, buttons=pushed.buttons, ticket_id=ticket.id,
        is_urgent=is_urgent, not_before=None if is_urgent else _not_before(ticket, reader, now),
    )  # fmt: skip
    told = messages.send(session, reader.conversation, reader.link, out, now)
    for earlier in queries.list_pushes(session, ticket.id):
        if earlier.id != told.id and place.items() <= earlier.values.items():
            earlier.replaced_by_id = told.id
            messages.take_back(session, earlier.id, now)
    return told


def _not_before(ticket: Ticket, reader: Reader, now: datetime) -> datetime | None:
    if ticket.is_urgent or ticket.workflow == "emergency":
        return None
    return quiet.not_before(now, reader.zone, reader.link.last_inbound_at if reader.link else None)


def speak(
    session: Session,
    ticket: Ticket,
    reader: Reader,
    text: str,
    user_id: int,
    now: datetime,
    kind: str,
    file_ids: tuple[str, ...] = (),
) -> Message | None:
    """Send a person's own words; from then on the bot is quiet in this chat for a while."""
    if reader.conversation is None:
        return None
    reader.conversation.human_replied_at = now
    reader.conversation.typing_until = None
    out = messages.Outgoing(
        author="butler", language=language_of(text, reader.language), text=text, reply_kind=kind,
        values={"number": ticket.number}, ticket_id=ticket.id, by_user_id=user_id, file_ids=file_ids,
    )  # fmt: skip
    return messages.send(session, reader.conversation, reader.link, out, now)


def language_of(text: str, otherwise: str) -> str:
    """Return the language a text is plainly written in, by its script."""
    if any("一" <= c <= "鿿" for c in text):
        return "zh"
    return "en" if any(c.isascii() and c.isalpha() for c in text) else otherwise


def record(
    session: Session,
    ticket: Ticket,
    kind: str,
    at: datetime,
    *,
    actor: str,
    by_user_id: int | None = None,
    acting_for: str | None = None,
    move: Move | None = None,
    note: str = "",
    **values: Any,
) -> TicketEvent:
    """Add one row to the timeline; a move also sets the ticket's step."""
    event = TicketEvent(
        estate_id=ticket.estate_id, ticket_id=ticket.id, at=at, kind=kind, actor=actor,
        by_user_id=by_user_id, acting_for=acting_for, from_step=move.from_step if move else None,
        to_step=move.to_step if move else None, note=note, values={**values, "cycle": ticket.cycle},
    )  # fmt: skip
    session.add(event)
    if move is not None:
        ticket.step = move.to_step
    return event


def changed(session: Session, ticket: Ticket, now: datetime, user_id: int | None) -> None:
    """Mark the ticket as changed, so that a stale page is told, and tell open pages."""
    ticket.version += 1
    ticket.changed_at = now
    ticket.changed_by_id = user_id
    session.flush()
    live.emit(session, ticket.estate_id, "ticket", {"number": ticket.number}, now)
