"""SQL about chats that become known, and about messages that are edited or move with their chat."""

from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, or_, select, update
from sqlalchemy.orm import Session

from backend.messages.queries import WAITING, lock_conversation
from backend.models import (
    ChannelLink,
    Consent,
    Estate,
    Home,
    Invitation,
    Message,
    MessageVersion,
    RemoteMessage,
    Residency,
    Resident,
    StoredFile,
)


def has_consent(session: Session, link_id: int) -> bool:
    """True when the privacy notice was shown on this link.

    Asked past the session, which would write what it holds first: a notice is followed by its own message.
    """
    return session.connection().execute(_consent(), {"link_id": link_id}).first() is not None


@cache
def _consent() -> Select[int]:
    return select(Consent.id).where(Consent.link_id == bindparam("link_id")).limit(1)


def find_invitation(session: Session, code_hash: str) -> Invitation | None:
    """Return the invitation of this code, used up or not, without using it."""
    return session.scalars(select(Invitation).where(Invitation.code_hash == code_hash)).first()


def list_living_with_phone(
    session: Session, phone_hash: str, now: datetime
) -> list[tuple[Resident, Home, Estate]]:
    """Return who has this phone and lives anywhere in our estates now, the newest home first."""
    rows = session.execute(
        select(Resident, Home, Estate)
        .join(Residency, Residency.resident_id == Resident.id)
        .join(Home, Home.id == Residency.home_id)
        .join(Estate, Estate.id == Home.estate_id)
        .where(
            Resident.phone_hash == phone_hash,
            Residency.starts_at <= now,
            or_(Residency.ends_at.is_(None), Residency.ends_at > now),
        )
        .order_by(Residency.id.desc())
        .limit(20)
    )
    return [(resident, home, estate) for resident, home, estate in rows]


def follow_link(session: Session, link: ChannelLink, left_id: int, but: int | None = None) -> None:
    """Messages that wait in the conversation a link has left follow it, in their order, files and all."""
    waiting = session.scalars(
        select(Message)
        .where(
            Message.conversation_id == left_id,
            Message.link_id == link.id,
            Message.turn_state == WAITING,
            Message.id != (but or 0),
        )
        .order_by(Message.seq)
    ).all()
    if not waiting:
        return
    conversation = lock_conversation(session, link.conversation_id)
    for message in waiting:
        conversation.last_seq += 1
        message.conversation_id, message.estate_id = conversation.id, conversation.estate_id
        message.seq = conversation.last_seq
    moved = {"conversation_id": conversation.id, "estate_id": conversation.estate_id}
    ids = [message.id for message in waiting]
    session.execute(update(StoredFile).where(StoredFile.message_id.in_(ids)).values(moved))
    for table in (RemoteMessage, MessageVersion):
        of_them = update(table).where(table.message_id.in_(ids))
        session.execute(of_them.values(estate_id=conversation.estate_id))
    session.flush()


def has_written_since(session: Session, message: Message) -> bool:
    """True when the person wrote something after this message in the same chat (presses apart)."""
    later = select(Message.id).where(
        Message.link_id == message.link_id,
        Message.conversation_id == message.conversation_id,
        Message.seq > message.seq,
        Message.author == "resident",
        Message.kind != "button",
    )
    return session.scalars(later.limit(1)).first() is not None


def find_former_wording(session: Session, message_id: int) -> str:
    """Return how a message read before its last edit; "" when it has none."""
    former = select(MessageVersion.text).where(MessageVersion.message_id == message_id)
    return session.scalars(former.order_by(MessageVersion.id.desc()).limit(1)).first() or ""
