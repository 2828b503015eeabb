"""SQL about channels as the desk sees them: who can be reached, what was edited, how the bots fare."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.desk import reach
from backend.desk.reach import SILENCE
from backend.messages.outbox import LOST
from backend.models import ChannelLink, ChannelState, Conversation, MessageVersion, OutboxRow, Ticket

#: a bot that another one of its channel has followed is no longer spoken of after this while
FOLLOWED: Final = timedelta(minutes=10)
#: a bot that nobody has spoken for so long is served no more
FORGOTTEN: Final = timedelta(days=1)


def last_link(session: Session, conversation_id: int | None) -> ChannelLink | None:
    """Return the link that the person of a conversation last wrote from."""
    query = (
        select(ChannelLink)
        .join(Conversation, Conversation.last_link_id == ChannelLink.id)
        .where(Conversation.id == conversation_id)
    )
    return None if conversation_id is None else session.scalars(query).first()


def list_unreachable(session: Session, conversation_ids: Iterable[int | None]) -> frozenset[int]:
    """Return those conversations whose person cannot be written to where they last wrote from."""
    wanted = {one for one in conversation_ids if one is not None}
    if not wanted:
        return frozenset()
    query = (
        select(Conversation.id)
        .join(ChannelLink, ChannelLink.id == Conversation.last_link_id)
        .where(Conversation.id.in_(wanted), ChannelLink.status.in_(LOST))
    )
    return frozenset(session.scalars(query))


def reach_of(session: Session, number: int) -> str:
    """Return how a ticket's person can be written to, in the words of ``reach``."""
    query = (
        select(Ticket.resident_id, ChannelLink.status, ChannelLink.channel, ChannelLink.last_inbound_at)
        .outerjoin(Conversation, Conversation.id == Ticket.conversation_id)
        .outerjoin(ChannelLink, ChannelLink.id == Conversation.last_link_id)
        .where(Ticket.number == number)
    )
    row = session.execute(query).one()
    resident: int | None = row[0]
    status: str | None = row[1]  # an outer join: None without a chat
    if status is None:
        return reach.NO_CHAT if resident else reach.NOBODY
    if status in LOST:
        return reach.AWAY
    return reach.QUIET if reach.is_quiet(row[2], row[3]) else reach.CHAT


def list_deliveries(session: Session, message_ids: Sequence[int]) -> dict[int, OutboxRow]:
    """Return the newest delivery of each message; taking buttons off or a message back is none."""
    if not message_ids:
        return {}
    rows = session.scalars(
        select(OutboxRow)
        .where(OutboxRow.message_id.in_(message_ids), OutboxRow.op.in_(("send", "edit")))
        .order_by(OutboxRow.id)
    )
    return {row.message_id: row for row in rows}


def list_links(session: Session, link_ids: Iterable[int | None]) -> dict[int | None, ChannelLink]:
    """Return the links with these ids; None among them is passed over."""
    wanted = {one for one in link_ids if one is not None}
    if not wanted:
        return {}
    return {row.id: row for row in session.scalars(select(ChannelLink).where(ChannelLink.id.in_(wanted)))}


def list_versions(session: Session, message_ids: Sequence[int]) -> dict[int, list[MessageVersion]]:
    """Return the earlier wordings of edited messages, oldest first."""
    found: dict[int, list[MessageVersion]] = {}
    if message_ids:
        rows = session.scalars(
            select(MessageVersion)
            .where(MessageVersion.message_id.in_(message_ids))
            .order_by(MessageVersion.until_at, MessageVersion.id)
        )
        for row in rows:
            found.setdefault(row.message_id, []).append(row)
    return found


def list_channel_states(
    session: Session, real_now: datetime, account: str | None = None
) -> list[ChannelState]:
    """Return how each bot fares that somebody serves.

    Left out is a bot that was followed by another of its channel, one that nobody has spoken for within a
    day, and a silent one that is not the ``account`` of the settings ("" for none, None for any): it was
    removed.
    """
    heard = select(ChannelState).where(ChannelState.seen_at > real_now - FORGOTTEN)
    rows = session.scalars(heard.order_by(ChannelState.channel, ChannelState.account)).all()
    newest: dict[str, datetime] = {}
    for row in rows:
        newest[row.channel] = max(row.seen_at, newest.get(row.channel, row.seen_at))
    return [
        row
        for row in rows
        if newest[row.channel] - row.seen_at < FOLLOWED
        and (account in (None, row.account) or real_now - row.seen_at < SILENCE)
    ]
