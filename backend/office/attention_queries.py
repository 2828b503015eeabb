"""SQL of what needs a person: turns that failed, replies that did not arrive, people out of reach."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, literal_column, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.messages.outbox import REPLACED
from backend.models import (
    ChannelLink,
    Conversation,
    Delivery,
    Home,
    Message,
    OutboxRow,
    Residency,
    Resident,
    StaffAddress,
    Ticket,
)
from backend.people.viewer import Viewer
from backend.tickets.secret_queries import was_said_of

#: of one kind at a time, the newest first
MOST: Final = 20
PARKED: Final = "parked"
OPEN: Final = ("open", "waiting")
#: in the very words of the indexes: put otherwise, SQLite reads the whole table
DEAD: Final[ColumnElement[str]] = literal_column("'dead'")
IS_LOST: Final[list[ColumnElement[str]]] = [
    literal_column(f"'{one}'") for one in ("blocked", "deactivated", "gone")
]


@dataclass(frozen=True, slots=True)
class Trouble:
    """A message or a link with whom it concerns; ``id`` is the message's, or the link's.

    ``cursor``: the next part of the list begins after it.
    """

    id: int
    at: datetime
    words: str
    language: str
    resident: Resident | None
    home: Home | None
    ticket_number: int | None
    channel: str = ""
    reason: str = ""
    error_id: str = ""
    cursor: int = 0


def list_parked(session: Session, viewer: Viewer, before: int | None = None) -> list[Trouble]:
    """Return messages whose turn failed and that nobody has looked after, newest first, and one more."""
    query = _part(_parked(select(Message, Resident, Home, Ticket), viewer), Message.id, before)
    return [
        Trouble(one.id, one.sent_at, one.text, one.language, resident, home, _number(ticket),
                error_id=one.error_id or "", cursor=one.id)
        for one, resident, home, ticket in session.execute(query)
    ]  # fmt: skip


def count_parked(session: Session, viewer: Viewer) -> int:
    """Return how many messages wait whose turn failed."""
    return session.scalar(_parked(select(func.count(Message.id)), viewer)) or 0


def _parked(query: Select[*tuple[Any, ...]], viewer: Viewer) -> Select[*tuple[Any, ...]]:
    return _with_person(query, viewer).where(Message.turn_state == PARKED, not_(_may_be_about(viewer)))


def list_undelivered(
    session: Session, viewer: Viewer, since: datetime, before: int | None = None
) -> list[Trouble]:
    """Return messages to residents that were given up since then, newest first, and one more."""
    columns = select(OutboxRow, Message, Resident, Home, Ticket)
    query = _part(_undelivered(columns, viewer, since), OutboxRow.id, before)
    return [
        Trouble(message.id, message.sent_at, message.text, message.language, resident, home, _number(ticket),
                channel=row.channel, reason=row.reason or "", cursor=row.id)
        for row, message, resident, home, ticket in session.execute(query)
    ]  # fmt: skip


def count_undelivered(session: Session, viewer: Viewer, since: datetime) -> int:
    """Return how many messages to residents were given up since then."""
    return session.scalar(_undelivered(select(func.count(OutboxRow.id)), viewer, since)) or 0


def _undelivered(
    query: Select[*tuple[Any, ...]], viewer: Viewer, since: datetime
) -> Select[*tuple[Any, ...]]:
    return _with_person(query, viewer, has_row=True).where(
        OutboxRow.state == DEAD,
        OutboxRow.op == "send",
        OutboxRow.reason != REPLACED,
        OutboxRow.created_at > since,
    )


def _part(
    query: Select[*tuple[Any, ...]], key: InstrumentedAttribute[int], before: int | None
) -> Select[*tuple[Any, ...]]:
    """A part of a list, newest first, and one more, so that the caller knows whether it ends here."""
    query = query.where(key < before) if before is not None else query
    return query.order_by(key.desc()).limit(MOST + 1)


def _with_person(
    query: Select[*tuple[Any, ...]], viewer: Viewer, *, has_row: bool = False
) -> Select[*tuple[Any, ...]]:
    """Whom a message concerns; complaints about the viewer do not exist for the viewer."""
    if has_row:
        query = query.join(Message, Message.id == OutboxRow.message_id)
    return (
        query.join(Conversation, Conversation.id == Message.conversation_id)
        .outerjoin(Resident, Resident.id == Conversation.resident_id)
        .outerjoin(Home, Home.id == Conversation.home_id)
        .outerjoin(Ticket, Ticket.id == Message.ticket_id)
        .where(
            Message.estate_id.in_(viewer.estate_ids),
            func.coalesce(Ticket.hidden_from_id, 0) != viewer.user_id,
            not_(was_said_of(viewer)),
        )
    )


def _may_be_about(viewer: Viewer) -> ColumnElement[bool]:
    """Words that nobody has understood and no ticket holds: perhaps a complaint about the butler of that
    home, or about whoever is named in them. Colleagues see to it."""
    own_home = select(Residency.id).join(Home, Home.id == Residency.home_id)
    own_home = own_home.where(
        Residency.resident_id == Conversation.resident_id,
        Residency.ends_at.is_(None),
        Home.butler_id == viewer.user_id,
    )
    named = [
        Message.text.icontains(name, autoescape=True) for name in (viewer.name_zh, viewer.name_en) if name
    ]
    is_theirs = func.coalesce(Home.butler_id, 0) == viewer.user_id
    return and_(
        Message.ticket_id.is_(None), or_(is_theirs, own_home.correlate(Conversation).exists(), *named)
    )


def _number(ticket: Ticket | None) -> int | None:
    return ticket.number if ticket else None


def list_lost(session: Session, viewer: Viewer, before: int | None = None) -> list[Trouble]:
    """Return chats nobody can write to though a ticket of theirs is open, newest first, and one more."""
    newest = _newest_open(viewer)
    query = _part(_lost(select(ChannelLink, Resident, Home, newest), viewer), ChannelLink.id, before)
    return [
        Trouble(link.id, link.status_at or link.created_at, "", link.language, resident, home, number,
                channel=link.channel, reason=link.status, cursor=link.id)
        for link, resident, home, number in session.execute(query)
    ]  # fmt: skip


def count_lost(session: Session, viewer: Viewer) -> int:
    """Return how many chats cannot be written to although a ticket of theirs is open."""
    return session.scalar(_lost(select(func.count(ChannelLink.id)), viewer)) or 0


def _newest_open(viewer: Viewer) -> ScalarSelect[Any]:
    return (
        select(func.max(Ticket.number))
        .where(
            Ticket.conversation_id == Conversation.id,
            Ticket.state.in_(OPEN),
            func.coalesce(Ticket.hidden_from_id, 0) != viewer.user_id,
        )
        .correlate(Conversation)
        .scalar_subquery()
    )


def _lost(query: Select[*tuple[Any, ...]], viewer: Viewer) -> Select[*tuple[Any, ...]]:
    is_last = and_(
        Conversation.id == ChannelLink.conversation_id, Conversation.last_link_id == ChannelLink.id
    )
    return (
        query.join(Conversation, is_last)
        .outerjoin(Resident, Resident.id == Conversation.resident_id)
        .outerjoin(Home, Home.id == Conversation.home_id)
        .where(
            ChannelLink.estate_id.in_(viewer.estate_ids),
            ChannelLink.status.in_(IS_LOST),
            _newest_open(viewer).is_not(None),
        )
    )


def list_failing_addresses(
    session: Session, viewer: Viewer, after: int | None = None
) -> Sequence[StaffAddress]:
    """Return active addresses of staff whose last message failed, oldest first, and one more."""
    query = _failing(select(StaffAddress), viewer)
    query = query.where(StaffAddress.id > after) if after is not None else query
    return session.scalars(query.order_by(StaffAddress.id).limit(MOST + 1)).all()


def count_failing_addresses(session: Session, viewer: Viewer) -> int:
    """Return how many active addresses of staff fail."""
    return session.scalar(_failing(select(func.count(StaffAddress.id)), viewer)) or 0


def _failing(query: Select[*tuple[Any, ...]], viewer: Viewer) -> Select[*tuple[Any, ...]]:
    return query.where(
        StaffAddress.estate_id.in_(viewer.estate_ids), StaffAddress.is_active, StaffAddress.fault != ""
    )


def count_dead_deliveries(session: Session, viewer: Viewer, since: datetime) -> int:
    """Return how many alerts to staff were given up since then."""
    query = select(func.count()).where(
        Delivery.estate_id.in_(viewer.estate_ids), Delivery.state == DEAD, Delivery.created_at > since
    )
    return session.scalar(query) or 0


def find_parked(session: Session, viewer: Viewer, message_id: int) -> Message | None:
    """Return a message whose turn failed, where the viewer's list may show it."""
    query = _with_person(select(Message), viewer)
    query = query.where(Message.id == message_id, Message.turn_state == PARKED, not_(_may_be_about(viewer)))
    found: Message | None = session.scalar(query)
    return found


def find_undelivered(session: Session, viewer: Viewer, message_id: int) -> Message | None:
    """Return a message of ours that may be sent again, where the viewer's list may show it."""
    query = _with_person(select(Message), viewer)
    query = query.where(Message.id == message_id, Message.author != "resident")
    found: Message | None = session.scalar(query)
    return found
