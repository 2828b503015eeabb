"""SQL of what needs a person: turns that failed, replies that did not arrive, people out of reach."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, not_, or_, select
from sqlalchemy.orm import Session

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

#: of one kind on the page, the newest of them
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
    """A message or a link with whom it concerns; ``id`` is the message's, or the link's."""

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


def list_parked(session: Session, viewer: Viewer) -> list[Trouble]:
    """Return messages whose turn failed and that nobody has looked after, newest first."""
    rows = session.execute(
        _with_person(select(Message, Resident, Home, Ticket), viewer)
        .where(Message.turn_state == PARKED, not_(_may_be_about(viewer)))
        .order_by(Message.id.desc())
        .limit(MOST)
    )
    return [
        Trouble(one.id, one.sent_at, one.text, one.language, resident, home, _number(ticket),
                error_id=one.error_id or "")
        for one, resident, home, ticket in rows
    ]  # fmt: skip


def list_undelivered(session: Session, viewer: Viewer, since: datetime) -> list[Trouble]:
    """Return messages to residents that were given up since then, newest first."""
    query = _with_person(select(OutboxRow, Message, Resident, Home, Ticket), viewer, has_row=True)
    rows = session.execute(
        query.where(
            OutboxRow.state == DEAD,
            OutboxRow.op == "send",
            OutboxRow.reason != REPLACED,
            OutboxRow.created_at > since,
        )
        .order_by(OutboxRow.id.desc())
        .limit(MOST)
    )
    return [
        Trouble(message.id, message.sent_at, message.text, message.language, resident, home, _number(ticket),
                channel=row.channel, reason=row.reason or "")
        for row, message, resident, home, ticket in rows
    ]  # fmt: skip


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


def list_lost(session: Session, viewer: Viewer) -> list[Trouble]:
    """Return chats that cannot be written to although a ticket of theirs is open, latest first."""
    newest = (
        select(func.max(Ticket.number))
        .where(
            Ticket.conversation_id == Conversation.id,
            Ticket.state.in_(OPEN),
            func.coalesce(Ticket.hidden_from_id, 0) != viewer.user_id,
        )
        .correlate(Conversation)
        .scalar_subquery()
    )
    rows = session.execute(
        select(ChannelLink, Resident, Home, newest)
        .join(
            Conversation,
            and_(Conversation.id == ChannelLink.conversation_id, Conversation.last_link_id == ChannelLink.id),
        )
        .outerjoin(Resident, Resident.id == Conversation.resident_id)
        .outerjoin(Home, Home.id == Conversation.home_id)
        .where(
            ChannelLink.estate_id.in_(viewer.estate_ids), ChannelLink.status.in_(IS_LOST), newest.is_not(None)
        )
        .order_by(ChannelLink.id.desc())
        .limit(MOST)
    )
    return [
        Trouble(link.id, link.status_at or link.created_at, "", link.language, resident, home, number,
                channel=link.channel, reason=link.status)
        for link, resident, home, number in rows
    ]  # fmt: skip


def list_failing_addresses(session: Session, viewer: Viewer) -> Sequence[StaffAddress]:
    """Return active addresses of staff whose last message failed."""
    query = select(StaffAddress).where(
        StaffAddress.estate_id.in_(viewer.estate_ids), StaffAddress.is_active, StaffAddress.fault != ""
    )
    return session.scalars(query.order_by(StaffAddress.id).limit(MOST)).all()


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
