"""Delivering: rows are claimed under a lease, sent by a channel, then acknowledged.

At most one unsent message per chat is handed out, lowest first, urgent before bulk: order per chat is kept
however many senders run. A lease (60 s) outlives the longest send (30 s).
"""

import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, func, literal_column, or_, select
from sqlalchemy.orm import Session

from backend.errors import NotFound
from backend.messages import live, queries
from backend.messages.schemas import Ack
from backend.models import ChannelLink, Message, OutboxRow
from backend.models.base import Instant

LEASE: Final = timedelta(seconds=60)
WAITING: Final = ("queued", "leased", "failed")
#: in the very words of the index over open rows: put otherwise, SQLite reads the whole table
IS_OPEN: Final = OutboxRow.state.in_([literal_column(f"'{state}'") for state in WAITING])
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


@dataclass(frozen=True, slots=True)
class Claimed:
    """A leased delivery, its message, the bot's account, the chat it goes to, and who reads it there."""

    row: OutboxRow
    message: Message
    account: str
    chat: str
    reader: str


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who claims: a channel's sender, for one account or all of them.

    ``holder`` names a place that one process at a time has, ``holding`` what it has under way: other rows
    leased to this place belong to a process that died, or to an answer that was lost, and are due at once.
    ``estate_now``: the estate's time, by which messages wait for the morning; real time where it is the same.
    """

    channel: str
    account: str | None = None
    holder: str | None = None
    holding: tuple[int, ...] = ()
    estate_now: datetime | None = None

    def asked(self, now: datetime) -> dict[str, object]:
        return {
            "channel": self.channel, "account": self.account, "now": now,
            "holder": self.holder, "holding": self.holding, "here": self.estate_now or now,
        }  # fmt: skip

    @property
    def kind(self) -> tuple[bool, bool]:
        return self.account is not None, self.holder is not None


def is_any_due(session: Session, by: Claimant, now: datetime) -> bool:
    """True when a row might be claimed: looked at often, so without the order of every chat."""
    return session.execute(_any_due(*by.kind), by.asked(now)).first() is not None


# The statements of every claim are built once: building them took longer than running them.


@cache
def _any_due(has_account: bool, has_holder: bool) -> Select[int]:
    rows = select(OutboxRow.id).join(ChannelLink, ChannelLink.id == OutboxRow.link_id)
    return rows.where(*_due(has_account, has_holder)).limit(1)


@cache
def _next_due(has_account: bool, has_holder: bool) -> Select[OutboxRow, Message, str, str, str]:
    """The lowest row of each chat, where it is due; what waits for the morning holds up nothing behind it."""
    first = (
        select(OutboxRow.link_id, func.min(OutboxRow.id).label("id"))
        .where(OutboxRow.channel == bindparam("channel"), IS_OPEN)
        .where(or_(OutboxRow.state != "queued", _is_time()))
        .group_by(OutboxRow.link_id)
        .subquery()
    )
    return (
        select(OutboxRow, Message, ChannelLink.account, ChannelLink.address, ChannelLink.language)
        .join(ChannelLink, ChannelLink.id == OutboxRow.link_id)
        .join(Message, Message.id == OutboxRow.message_id)
        .join(first, first.c.id == OutboxRow.id)
        .where(*_due(has_account, has_holder))
        .order_by(OutboxRow.priority, OutboxRow.id)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(key_share=True, skip_locked=True, of=OutboxRow)
    )


def _due(has_account: bool, has_holder: bool) -> list[ColumnElement[bool]]:
    now = bindparam("now", type_=Instant)
    is_free: ColumnElement[bool] = OutboxRow.leased_until <= now
    if has_holder:
        is_ours_no_more = and_(
            OutboxRow.leased_by == bindparam("holder"),
            OutboxRow.id.not_in(bindparam("holding", expanding=True)),
        )
        is_free = or_(is_free, is_ours_no_more)
    is_due = or_(
        and_(OutboxRow.state == "queued", _is_time()),
        and_(OutboxRow.state == "failed", OutboxRow.retry_at <= now),
        and_(OutboxRow.state == "leased", is_free),
    )
    is_ours = [ChannelLink.account == bindparam("account")] if has_account else []
    is_reachable = ChannelLink.status.not_in(LOST)
    return [OutboxRow.channel == bindparam("channel"), IS_OPEN, is_due, is_reachable, *is_ours]


def _is_time() -> ColumnElement[bool]:
    """Of a queued row: it need not wait for the resident's morning."""
    return or_(OutboxRow.retry_at.is_(None), OutboxRow.retry_at <= bindparam("here", type_=Instant))


def claim(session: Session, by: Claimant, limit: int, now: datetime) -> list[Claimed]:
    """Lease up to ``limit`` rows whose turn it is; ``now`` is real time."""
    found = session.execute(_next_due(*by.kind), by.asked(now) | {"most": limit}).all()
    mark = by.holder or secrets.token_hex(8)
    for row, *_rest in found:
        row.state, row.leased_until, row.leased_by = "leased", now + LEASE, mark
        row.attempts += 1
    session.flush()
    return [Claimed(*one) for one in found]


def acknowledge(session: Session, acks: Sequence[Ack], now: datetime) -> list[Loss]:
    """Record what became of sends: sent, retry (after back-off or as told), dead.

    What is settled stays so: a late word from a sender that lost its lease must not send again. Returns the
    chats of which this was the first word that they cannot be written to any more. Raises NotFound for one
    that is unknown; among several it does not stop the others.
    """
    found = session.execute(
        select(OutboxRow, Message.author, Message.conversation_id)
        .join(Message, Message.id == OutboxRow.message_id)
        .where(OutboxRow.id.in_([ack.id for ack in acks]))
        .order_by(OutboxRow.id)
        .with_for_update(key_share=True, of=OutboxRow)
    ).all()
    if not found and len(acks) == 1:
        raise NotFound
    settling = _Settling(session, now)
    rows = {row.id: (row, author, conversation_id) for row, author, conversation_id in found}
    for ack in acks:
        if ack.id in rows:
            settling.settle(ack, *rows[ack.id])
    queries.remember_remote(session, settling.names)
    return settling.losses


class _Settling:
    """Several acks in one transaction; what the channel calls the messages is kept once for all."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session, self._now = session, now
        self.names: list[queries.RemoteName] = []
        self.losses: list[Loss] = []

    def settle(self, ack: Ack, row: OutboxRow, author: str, conversation_id: int) -> None:
        if row.state not in WAITING:
            return
        row.leased_until = row.leased_by = None
        row.reason = ack.reason
        row.doubts += ack.reason == "unconfirmed"
        if ack.new_chat:
            _move(self._session, row.link_id, ack.new_chat)
        if ack.outcome == "sent":
            self._sent(ack, row)
        elif ack.outcome == "dead" or row.doubts >= MOST_UNCONFIRMED:
            row.state = "dead"
        else:
            row.state, row.retry_at = "failed", self._now + timedelta(seconds=_pause(row, ack))
        # Open pages show what became of a butler's message; a bot's reply is told only when it failed.
        if author == "butler" or row.state == "dead":
            live.emit(self._session, row.estate_id, "message", {"conversation": conversation_id}, self._now)
        if row.state == "dead" and ack.reason in LOST:
            loss = lose(self._session, row, ack.reason, self._now)
            self.losses += [loss] if loss is not None else []

    def _sent(self, ack: Ack, row: OutboxRow) -> None:
        remote_ids = ack.remote_ids or ([ack.remote_id] if ack.remote_id else [])
        row.state, row.sent_at = "sent", self._now
        row.remote_id = remote_ids[0] if remote_ids else None
        if row.op in ("send", "edit"):
            self.names += [
                queries.RemoteName(row.estate_id, row.link_id, one, row.message_id) for one in remote_ids
            ]


def _pause(row: OutboxRow, ack: Ack) -> float:
    """Seconds until the next try: as told, else ever longer, and not all at the same moment."""
    if ack.retry_after is not None:
        return ack.retry_after
    return BACK_OFF[min(row.attempts, len(BACK_OFF)) - 1] * random.uniform(0.8, 1.2)


def _move(session: Session, link_id: int, new_chat: str) -> None:
    """A group became a supergroup: the same chat under another address, unless that one is known already."""
    link = session.get_one(ChannelLink, link_id)
    if queries.find_link(session, link.channel, link.account, new_chat) is None:
        link.address = new_chat


def lose(session: Session, row: OutboxRow, reason: str, now: datetime) -> Loss | None:
    """Mark the chat of a delivery as out of reach; None when it was known to be."""
    link = session.get_one(ChannelLink, row.link_id)
    if link.status in LOST:
        return None
    link.status, link.status_at = reason, now
    return Loss(link, session.get_one(Message, row.message_id), reason)


def regain(session: Session, link: ChannelLink, now: datetime) -> int:
    """The person is back: what could not be delivered within a week is sent after all; how many rows."""
    reason, link.status, link.status_at = link.status, "active", now
    of_link = select(OutboxRow).where(OutboxRow.link_id == link.id)
    oldest = now - STILL_WORTH
    for row in session.scalars(
        of_link.where(OutboxRow.state.in_(("queued", "failed")), OutboxRow.created_at <= oldest)
    ):
        row.state, row.reason = "dead", reason
    rows = session.scalars(
        of_link.where(OutboxRow.state == "dead", OutboxRow.reason.in_(LOST), OutboxRow.created_at > oldest)
    ).all()
    for row in rows:
        _queue_again(row)
    return len(rows)


def _queue_again(row: OutboxRow) -> None:
    row.state, row.attempts, row.doubts, row.retry_at = "queued", 0, 0, None


def send_again(session: Session, message_id: int, now: datetime) -> bool:
    """Queue a message anew that did not arrive; False when there is none such, or it is under way."""
    rows = _deliveries(session, message_id)
    if not rows or rows[-1].state != "dead":
        return False
    _queue_again(rows[-1])
    link = session.get_one(ChannelLink, rows[-1].link_id)
    if link.status in LOST:  # the butler knows better than the last refusal
        link.status, link.status_at = "active", now
    message = session.get_one(Message, message_id)
    live.emit(session, message.estate_id, "message", {"conversation": message.conversation_id}, now)
    return True


def take_back(session: Session, message: Message, now: datetime) -> None:
    """A reply gives way to a later one: not sent when it still waits, else deleted where it was shown.

    The rows are held first: a sender that leases one at this moment must not lose it to us unseen.
    """
    for row in _deliveries(session, message.id, lock=True):
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


def _deliveries(session: Session, message_id: int, *, lock: bool = False) -> Sequence[OutboxRow]:
    return session.scalars(_sent(lock), {"message": message_id}).all()


@cache
def _sent(lock: bool) -> Select[OutboxRow]:
    """The deliveries of a message itself, not what was done to it later: looked up in most turns."""
    rows = (
        select(OutboxRow)
        .where(OutboxRow.message_id == bindparam("message"),
               OutboxRow.op.in_([literal_column(f"'{op}'") for op in ("send", "edit")]),
               OutboxRow.channel != literal_column(f"'{queries.WEB}'"))
        .order_by(OutboxRow.id)
    )  # fmt: skip
    if lock:
        return rows.with_for_update(key_share=True).execution_options(populate_existing=True)
    return rows
