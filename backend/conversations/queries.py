"""SQL of the conversation that belongs to no other room: drafts, homes of residents, links."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import Select, and_, bindparam, delete, or_, select, update
from sqlalchemy.orm import Session

from backend.errors import NotFound
from backend.messages.queries import IS_WAITING
from backend.models import (
    ChannelLink,
    Conversation,
    DeviceCode,
    Draft,
    Estate,
    Home,
    Message,
    Residency,
    Resident,
    Ticket,
    User,
)

OPEN: Final = ("open", "to_confirm")


#: messages of a chat that are looked through for what was told of late
OF_LATE: Final = 2000
#: messages that are looked through for how a ticket's words were read
MOST_SAID: Final = 30


def was_told_since(session: Session, conversation: Conversation, kind: str, since: datetime) -> bool:
    """Tell whether the bot has said something of this kind in a conversation after ``since``."""
    query = select(Message.id).where(
        Message.conversation_id == conversation.id,
        Message.seq > conversation.last_seq - OF_LATE,
        Message.reply_kind == kind,
        Message.sent_at > since,
    )
    return session.scalar(query.limit(1)) is not None


def find_staff_ticket(session: Session, conversation: Conversation) -> int | None:
    """Return the ticket of the newest message that a person of the house wrote in a conversation."""
    return session.scalar(
        select(Message.ticket_id)
        .where(
            Message.conversation_id == conversation.id,
            Message.seq > conversation.last_seq - OF_LATE,
            Message.author == "butler",
            Message.replaced_by_id.is_(None),
        )
        .order_by(Message.seq.desc())
        .limit(1)
    )


def find_draft(session: Session, link_id: int) -> Draft | None:
    """Return the link's draft that is still under way."""
    return session.scalars(_draft_under_way(), {"link_id": link_id}).first()


@cache
def _draft_under_way() -> Select[Draft]:
    return (
        select(Draft)
        .where(Draft.link_id == bindparam("link_id"), Draft.state.in_(OPEN))
        .order_by(Draft.id.desc())
        .limit(1)
    )


def list_silent_drafts(
    session: Session, shown_before: datetime, over_before: datetime, limit: int = 100
) -> Sequence[tuple[int, int]]:
    """Return (id, conversation id) of drafts that must move on: in somebody's own words and untouched since
    ``shown_before``, or of any kind and untouched since ``over_before``."""
    is_silent = and_(Draft.state == "open", Draft.own_words, Draft.last_at <= shown_before)
    is_over = and_(Draft.state.in_(OPEN), Draft.last_at <= over_before)
    rows = session.execute(
        select(Draft.id, Draft.conversation_id)
        .where(or_(is_silent, is_over))
        .order_by(Draft.last_at)
        .limit(limit)
    ).all()
    return [(draft_id, conversation_id) for draft_id, conversation_id in rows]


def list_under_way(session: Session, incident_of: Mapping[int, int]) -> list[tuple[int, tuple[int, int]]]:
    """Return (incident, (draft, conversation)) of those drafts that are still under way."""
    if not incident_of:
        return []
    rows = session.execute(
        select(Draft.id, Draft.conversation_id)
        .where(Draft.id.in_(incident_of), Draft.state.in_(OPEN))
        .order_by(Draft.id)
    )
    return [(incident_of[draft_id], (draft_id, conversation_id)) for draft_id, conversation_id in rows]


def list_said(session: Session, conversation_id: int, since: datetime) -> list[tuple[str, dict[str, Any]]]:
    """Return text and values of what the person wrote after ``since``, the newest of it."""
    rows = session.execute(
        select(Message.text, Message.values)
        .where(
            Message.conversation_id == conversation_id,
            Message.author == "resident",
            Message.sent_at >= since,
        )
        .order_by(Message.seq.desc())
        .limit(MOST_SAID)
    )
    return [(text, values) for text, values in rows]


def lock_draft(session: Session, draft_id: int) -> Draft | None:
    return session.scalars(
        select(Draft)
        .where(Draft.id == draft_id, Draft.state.in_(OPEN))
        .with_for_update(key_share=True, skip_locked=True)
    ).first()


def find_home_of(session: Session, resident: Resident, now: datetime) -> Home | None:
    """Return the home a resident lives in now (the newest, should there be several)."""
    return session.scalars(
        select(Home)
        .join(Residency, Residency.home_id == Home.id)
        .where(
            Residency.resident_id == resident.id,
            Residency.starts_at <= now,
            or_(Residency.ends_at.is_(None), Residency.ends_at > now),
        )
        .order_by(Residency.id.desc())
        .limit(1)
    ).first()


def move_matters(session: Session, visitor_conversation_id: int, to: Conversation) -> None:
    """What a visitor asked for follows them into the resident's own conversation, within its estate: whoever
    works for another one must not read on."""
    session.execute(
        update(Ticket)
        .where(
            Ticket.conversation_id == visitor_conversation_id,
            Ticket.resident_id.is_(None),
            Ticket.estate_id == to.estate_id,
        )
        .values(conversation_id=to.id, resident_id=to.resident_id, home_id=to.home_id)
    )


@dataclass(frozen=True, slots=True)
class WaitingMessage:
    """As much of a stored message as is read before its turn; the turn itself reads the row, held."""

    id: int
    conversation_id: int
    kind: str
    text: str
    pressed: dict[str, Any] | None
    values: dict[str, Any]
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class WaitingLink:
    """The same of the link it came over."""

    conversation_id: int
    channel: str
    address: str
    language: str
    state: dict[str, Any]
    state_version: int


def find_next(
    session: Session, conversation_id: int, real_now: datetime
) -> tuple[WaitingMessage, WaitingLink, str] | None:
    """Return the oldest message that still needs its turn, its link, and the estate's time zone.

    None while that one waits for its other parts: what is behind it does not overtake it.
    """
    row = session.execute(_oldest_waiting(), {"conversation_id": conversation_id}).first()
    if row is None:
        return None
    not_before, zone, *rest = row
    if not_before is not None and not_before > real_now:
        return None
    return WaitingMessage(*rest[:_PARTS]), WaitingLink(*rest[_PARTS:]), zone


_PARTS: Final = len(fields(WaitingMessage))


@cache
def _oldest_waiting() -> Select[Any]:
    message = [getattr(Message, part.name) for part in fields(WaitingMessage)]
    link = [getattr(ChannelLink, part.name) for part in fields(WaitingLink)]
    return (
        select(Message.next_attempt_at, Estate.timezone, *message, *link)
        .join(ChannelLink, ChannelLink.id == Message.link_id)
        .join(Estate, Estate.id == Message.estate_id)
        .where(Message.conversation_id == bindparam("conversation_id"), IS_WAITING)
        .order_by(Message.seq)
        .limit(1)
    )


def hold_turn(session: Session, message_id: int) -> tuple[Message, ChannelLink]:
    """Return a message and its link, the link held; the conversation must be held before."""
    row = session.execute(_held_turn(), {"id": message_id}).one()
    return row[0], row[1]


@cache
def _held_turn() -> Select[Message, ChannelLink]:
    return (
        select(Message, ChannelLink)
        .join(ChannelLink, ChannelLink.id == Message.link_id)
        .where(Message.id == bindparam("id"))
        .with_for_update(of=ChannelLink, key_share=True)
        .execution_options(populate_existing=True)
    )


def load_around(
    session: Session, conversation: Conversation
) -> tuple[Estate, Resident | None, Home | None, User | None]:
    """Return a conversation's estate, resident, home and the home's butler."""
    asked = {"estate_id": conversation.estate_id, "resident_id": conversation.resident_id,
             "home_id": conversation.home_id}  # fmt: skip
    row = session.execute(_around(), asked).one()
    return row[0], row[1], row[2], row[3]


@cache
def _around() -> Select[Estate, Resident, Home, User]:
    return (
        select(Estate, Resident, Home, User)
        .select_from(Estate)
        .outerjoin(Resident, Resident.id == bindparam("resident_id"))
        .outerjoin(Home, Home.id == bindparam("home_id"))
        .outerjoin(User, User.id == Home.butler_id)
        .where(Estate.id == bindparam("estate_id"))
    )


def get_link(session: Session, link_id: int, *, lock: bool = False) -> ChannelLink:
    query = select(ChannelLink).where(ChannelLink.id == link_id)
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return session.scalars(query).one()


def take_device_code(session: Session, code_hash: str, real_now: datetime) -> int | None:
    """Use a device code: the link it stands for, or None; of two racers one gets it."""
    used = delete(DeviceCode).where(DeviceCode.code_hash == code_hash, DeviceCode.expires_at > real_now)
    return session.execute(used.returning(DeviceCode.link_id)).scalar()


def forget_device_codes(session: Session, link_id: int) -> None:
    session.execute(delete(DeviceCode).where(DeviceCode.link_id == link_id))


def list_estate_ids(session: Session) -> Sequence[int]:
    return session.scalars(select(Estate.id).order_by(Estate.id)).all()


def find_estate(session: Session, code: str | None) -> Estate:
    """Return the estate of this code, else the first one. Raises NotFound where there is none at all."""
    named = session.scalars(select(Estate).where(Estate.code == code)).first() if code else None
    estate = named or session.scalars(select(Estate).order_by(Estate.id).limit(1)).first()
    if estate is None:
        raise NotFound
    return estate
