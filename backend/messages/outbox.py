"""Delivering: rows are claimed under a lease, sent by a channel, then acknowledged.

At most one unsent message per chat is handed out, lowest first, urgent before bulk: order per chat is kept
however many senders run. A lease (60 s) outlives the longest send (30 s).
"""

import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from backend.errors import NotFound
from backend.messages import live, queries
from backend.messages.schemas import Ack
from backend.models import ChannelLink, Conversation, Message, OutboxRow

LEASE: Final = timedelta(seconds=60)
WAITING: Final = ("queued", "leased", "failed")
BACK_OFF: Final = (1, 2, 5, 15, 60, 300)
#: why nothing at all can be sent to a chat any more: these mark the link
LOST: Final = frozenset({"blocked", "deactivated", "gone"})
#: a reply that gave way to a later one before it was sent
REPLACED: Final = "replaced"
#: an answer of the channel was lost this often: the person may have the message, another try could double it
MOST_UNCONFIRMED: Final = 3
#: a message older than this is not sent when the person returns
STILL_WORTH: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Loss:
    """A chat that can no longer be written to, and the message that showed it."""

    link: ChannelLink
    message: Message
    reason: str


def is_any_due(session: Session, channel: str, now: datetime, account: str | None = None) -> bool:
    """True when a row might be claimed: looked at often, so without the order of every chat."""
    return session.scalars(_due(channel, now, account).limit(1)).first() is not None


def _due(channel: str, now: datetime, account: str | None) -> Select[OutboxRow]:
    is_due = or_(
        OutboxRow.state == "queued",
        and_(OutboxRow.state == "failed", OutboxRow.retry_at <= now),
        and_(OutboxRow.state == "leased", OutboxRow.leased_until <= now),
    )
    is_ours = () if account is None else (ChannelLink.account == account,)
    return (
        select(OutboxRow)
        .join(ChannelLink, ChannelLink.id == OutboxRow.link_id)
        .where(OutboxRow.channel == channel, is_due, ChannelLink.status.not_in(LOST), *is_ours)
    )


def claim(
    session: Session, channel: str, limit: int, now: datetime, account: str | None = None
) -> Sequence[OutboxRow]:
    """Lease up to ``limit`` rows whose turn it is; ``now`` is real time."""
    first = (
        select(OutboxRow.link_id, func.min(OutboxRow.id).label("id"))
        .where(OutboxRow.channel == channel, OutboxRow.state.in_(WAITING))
        .group_by(OutboxRow.link_id)
        .subquery()
    )
    rows = session.scalars(
        _due(channel, now, account)
        .join(first, first.c.id == OutboxRow.id)
        .order_by(OutboxRow.priority, OutboxRow.id)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True, of=OutboxRow)
    ).all()
    mark = secrets.token_hex(8)
    for row in rows:
        row.state, row.leased_until, row.leased_by = "leased", now + LEASE, mark
        row.attempts += 1
    session.flush()
    return rows


def acknowledge(session: Session, ack: Ack, now: datetime) -> Loss | None:
    """Record what became of a send: sent, retry (after back-off or as told), dead. Raises NotFound.

    What is settled stays so: a late word from a sender that lost its lease must not send again. Returns the
    loss when this was the first word of a chat that cannot be written to any more.
    """
    row = session.scalars(
        select(OutboxRow).where(OutboxRow.id == ack.id).with_for_update(key_share=True)
    ).first()
    if row is None:
        raise NotFound
    if row.state not in WAITING:
        return None
    row.leased_until = row.leased_by = None
    row.reason = ack.reason
    link = session.get_one(ChannelLink, row.link_id)
    if ack.new_chat:
        _move(session, link, ack.new_chat)
    if ack.outcome == "sent":
        _sent(session, row, link, ack, now)
    elif ack.outcome == "dead" or _is_in_doubt(row, ack):
        row.state = "dead"
    else:
        row.state, row.retry_at = "failed", now + timedelta(seconds=_pause(row, ack))
    _tell(session, row, now)
    if row.state != "dead" or ack.reason not in LOST:
        return None
    return lose(session, link, row, ack.reason or "gone", now)


def _sent(session: Session, row: OutboxRow, link: ChannelLink, ack: Ack, now: datetime) -> None:
    remote_ids = ack.remote_ids or ([ack.remote_id] if ack.remote_id else [])
    row.state, row.sent_at, row.remote_id = "sent", now, remote_ids[0] if remote_ids else None
    if row.op in ("send", "edit"):
        queries.remember_remote(session, link, row.message_id, remote_ids)


def _pause(row: OutboxRow, ack: Ack) -> float:
    """Seconds until the next try: as told, else ever longer, and not all at the same moment."""
    if ack.retry_after is not None:
        return ack.retry_after
    return BACK_OFF[min(row.attempts, len(BACK_OFF)) - 1] * random.uniform(0.8, 1.2)


def _is_in_doubt(row: OutboxRow, ack: Ack) -> bool:
    return ack.reason == "unconfirmed" and row.attempts >= MOST_UNCONFIRMED


def _move(session: Session, link: ChannelLink, new_chat: str) -> None:
    """A group became a supergroup: the same chat under another address, unless that one is known already."""
    if queries.find_link(session, link.channel, link.account, new_chat) is None:
        link.address = new_chat


def _tell(session: Session, row: OutboxRow, now: datetime) -> None:
    """Open pages show what became of a butler's message; a bot's reply is told only when it failed."""
    message = session.get_one(Message, row.message_id)
    if message.author == "butler" or row.state == "dead":
        live.emit(session, row.estate_id, "message", {"conversation": message.conversation_id}, now)


def lose(session: Session, link: ChannelLink, row: OutboxRow, reason: str, now: datetime) -> Loss | None:
    """Mark the chat as out of reach; None when it was known to be."""
    if link.status in LOST:
        return None
    link.status, link.status_at = reason, now
    return Loss(link, session.get_one(Message, row.message_id), reason)


def regain(session: Session, link: ChannelLink, now: datetime) -> int:
    """The person is back: what could not be delivered within a week is sent after all; how many rows."""
    link.status, link.status_at = "active", now
    rows = session.scalars(
        select(OutboxRow).where(
            OutboxRow.link_id == link.id,
            OutboxRow.state == "dead",
            OutboxRow.reason.in_(LOST),
            OutboxRow.created_at > now - STILL_WORTH,
        )
    ).all()
    for row in rows:
        row.state, row.attempts, row.retry_at = "queued", 0, None
    return len(rows)


def send_again(session: Session, message_id: int, now: datetime) -> bool:
    """Queue a message anew that did not arrive; False when there is none such, or it is under way."""
    rows = _deliveries(session, message_id)
    if not rows or rows[-1].state != "dead":
        return False
    rows[-1].state, rows[-1].attempts, rows[-1].retry_at = "queued", 0, None
    link = session.get_one(ChannelLink, rows[-1].link_id)
    if link.status in LOST:  # the butler knows better than the last refusal
        link.status, link.status_at = "active", now
    live.emit(session, rows[-1].estate_id, "message", {"conversation": _conversation(session, link).id}, now)
    return True


def _conversation(session: Session, link: ChannelLink) -> Conversation:
    return session.get_one(Conversation, link.conversation_id)


def take_back(session: Session, message: Message, now: datetime) -> None:
    """A reply gives way to a later one: not sent when it still waits, else deleted where it was shown."""
    for row in _deliveries(session, message.id):
        if row.state in ("queued", "failed"):
            row.state, row.reason = "dead", REPLACED
        elif row.state in ("leased", "sent"):
            touch(session, message, "delete", now)


def touch(session: Session, message: Message, op: str, now: datetime) -> None:
    """Queue something to be done to a message that was shown: strip (its buttons) or delete."""
    link = session.get(ChannelLink, message.link_id) if message.link_id else None
    if link is None or link.channel == queries.WEB or not _deliveries(session, message.id):
        return
    session.add(
        OutboxRow(estate_id=message.estate_id, message_id=message.id, link_id=link.id, channel=link.channel,
                  op=op, priority=1, state="queued", created_at=now)
    )  # fmt: skip


def _deliveries(session: Session, message_id: int) -> Sequence[OutboxRow]:
    return session.scalars(
        select(OutboxRow)
        .where(OutboxRow.message_id == message_id, OutboxRow.op.in_(("send", "edit")),
               OutboxRow.channel != queries.WEB)
        .order_by(OutboxRow.id)
    ).all()  # fmt: skip
