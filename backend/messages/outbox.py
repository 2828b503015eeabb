"""Delivering: rows are claimed under a lease, sent by a channel, then acknowledged.

At most one unsent message per chat is handed out, lowest first, urgent before bulk: order per chat is kept
however many senders run. A lease (60 s) outlives the longest send (30 s).
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from backend.errors import BadInput, NotFound
from backend.models import ChannelLink, Message, OutboxRow
from locales import N_

LEASE: Final = timedelta(seconds=60)
WAITING: Final = ("queued", "leased", "failed")
BACK_OFF: Final = (1, 2, 5, 15, 60, 300)


def claim(session: Session, channel: str, limit: int, now: datetime) -> Sequence[OutboxRow]:
    """Lease up to ``limit`` rows whose turn it is; ``now`` is real time."""
    first = (
        select(OutboxRow.link_id, func.min(OutboxRow.id).label("id"))
        .where(OutboxRow.channel == channel, OutboxRow.state.in_(WAITING))
        .group_by(OutboxRow.link_id)
        .subquery()
    )
    is_due = or_(
        OutboxRow.state == "queued",
        and_(OutboxRow.state == "failed", OutboxRow.retry_at <= now),
        and_(OutboxRow.state == "leased", OutboxRow.leased_until <= now),
    )
    rows = session.scalars(
        select(OutboxRow)
        .join(first, first.c.id == OutboxRow.id)
        .where(is_due)
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


def acknowledge(
    session: Session,
    row_id: int,
    outcome: str,
    now: datetime,
    *,
    remote_id: str | None = None,
    retry_after: float | None = None,
    reason: str | None = None,
) -> None:
    """Record what became of a send: sent, retry (after back-off or as told), dead. Raises NotFound.

    What is settled stays so: a late word from a sender that lost its lease must not send again.
    """
    row = session.scalars(
        select(OutboxRow).where(OutboxRow.id == row_id).with_for_update(key_share=True)
    ).first()
    if row is None:
        raise NotFound
    if row.state not in WAITING:
        return
    row.leased_until = row.leased_by = None
    row.reason = reason
    if outcome == "sent":
        row.state, row.sent_at, row.remote_id = "sent", now, remote_id
    elif outcome == "dead":
        row.state = "dead"
        session.get_one(ChannelLink, row.link_id).status = "dead"
    elif outcome == "retry":
        wait = retry_after or BACK_OFF[min(row.attempts, len(BACK_OFF)) - 1]
        row.state, row.retry_at = "failed", now + timedelta(seconds=wait)
    else:
        raise BadInput(N_("The outcome must be sent, retry or dead."))


def parcels(session: Session, rows: Sequence[OutboxRow]) -> list[tuple[OutboxRow, Message, ChannelLink]]:
    """Return each claimed row with its message and the chat it goes to."""
    ids = [row.id for row in rows]
    if not ids:
        return []
    found = session.execute(
        select(OutboxRow, Message, ChannelLink)
        .join(Message, Message.id == OutboxRow.message_id)
        .join(ChannelLink, ChannelLink.id == OutboxRow.link_id)
        .where(OutboxRow.id.in_(ids))
        .order_by(OutboxRow.priority, OutboxRow.id)
    ).all()
    return [(row, message, link) for row, message, link in found]
