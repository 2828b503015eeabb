"""What an operator watches: messages that wait for a turn or a person, deliveries, channels."""

from datetime import datetime, timedelta
from typing import Final

from prometheus_client import CollectorRegistry, Gauge
from sqlalchemy import case, exists, func, or_, select
from sqlalchemy.orm import Session

from backend.messages.outbox import IS_OPEN, LOST
from backend.messages.queries import WAITING
from backend.models import ChannelLink, ChannelState, Message, OutboxRow

#: a channel's process tells how it fares every twenty seconds
SILENT_AFTER: Final = timedelta(minutes=2)
#: a bot that nobody has spoken for so long is served no more
FORGOTTEN_AFTER: Final = timedelta(days=1)


def registry(session: Session, real_now: datetime) -> CollectorRegistry:
    """Return the gauges as they are at this moment."""
    found = CollectorRegistry()
    waiting = session.scalar(select(func.count()).where(Message.turn_state == WAITING)) or 0
    parked = session.scalar(select(func.count()).where(Message.turn_state == "parked")) or 0
    Gauge("guanjia_turns_waiting", "Messages whose turn has not run", registry=found).set(waiting)
    Gauge("guanjia_turns_parked", "Messages that need a person", registry=found).set(parked)
    _outbox(session, found, real_now)
    _channels(session, found, real_now)
    return found


def _outbox(session: Session, found: CollectorRegistry, real_now: datetime) -> None:
    """What waits to be sent; not for the morning, nor for chats out of reach, where nobody can help.

    Only what a bot that somebody serves has not sent is late.
    """
    unsent = Gauge("guanjia_outbox_waiting", "Deliveries not yet sent", ["channel"], registry=found)
    oldest = Gauge("guanjia_outbox_oldest_seconds", "Age of the oldest of them", ["channel"], registry=found)
    is_served = exists().where(
        ChannelState.channel == ChannelLink.channel,
        ChannelState.account == ChannelLink.account,
        ChannelState.seen_at > real_now - FORGOTTEN_AFTER,
    )
    is_time = or_(OutboxRow.state != "queued", OutboxRow.retry_at.is_(None), OutboxRow.retry_at <= real_now)
    since_then = case((OutboxRow.state == "queued", func.coalesce(OutboxRow.retry_at, OutboxRow.created_at)),
                      else_=OutboxRow.created_at)  # fmt: skip
    rows = session.execute(
        select(OutboxRow.channel, func.count(), func.min(case((is_served, since_then))))
        .join(ChannelLink, ChannelLink.id == OutboxRow.link_id)
        .where(IS_OPEN, is_time, ChannelLink.status.not_in(LOST))
        .group_by(OutboxRow.channel)
    )
    for channel, count, since in rows:
        unsent.labels(channel).set(count)
        oldest.labels(channel).set(max(0.0, (real_now - (since or real_now)).total_seconds()))


def _channels(session: Session, found: CollectorRegistry, real_now: datetime) -> None:
    works = Gauge(
        "guanjia_channel_working", "1 while a process speaks for this bot and reaches the channel",
        ["channel", "account"], registry=found,
    )  # fmt: skip
    for row in session.scalars(select(ChannelState)):
        is_heard = real_now - row.seen_at < SILENT_AFTER
        works.labels(row.channel, row.account).set(int(is_heard and row.state == "working"))
