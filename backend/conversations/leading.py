"""How the bots of a channel fare, and which of the processes of one bot may fetch its messages.

All instants are real time: what is leased here is between processes, not between people.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.conversations import queries
from backend.messages import live
from backend.messages.schemas import ChannelReport, LeadBody
from backend.models import ChannelState

#: for how long a process leads without asking anew; it asks each ten seconds
LEASE: Final = timedelta(seconds=30)
#: for how long what was told of a channel counts as heard just now
FRESH: Final = timedelta(minutes=2)


def lead(asked: LeadBody, real_now: datetime, session: Session) -> bool:
    """Lease the lead of a bot to who asks, renew it, or take it back; return whether the asker leads now.

    Nobody gets it while another holder's lease runs; a release makes the next asker the leader at once.
    """
    row = _row(session, asked.channel, asked.account, real_now)
    if _is_led_by_another(row, asked.holder, real_now):
        return False
    row.holder = asked.holder
    row.leads_until = None if asked.release else real_now + LEASE
    return not asked.release


def note_state(told: ChannelReport, real_now: datetime, session: Session) -> None:
    """Keep how a channel fares; since when is kept apart from when it was last heard.

    Where several processes serve one bot, the leader's word counts.
    """
    row = _row(session, told.channel, told.account, real_now)
    if _is_led_by_another(row, told.holder, real_now) or _is_served_already(row, told, real_now):
        return
    if row.state != told.state:
        row.state, row.since_at = told.state, real_now
        for estate_id in queries.list_estate_ids(session):  # the staff's banner comes and goes at once
            live.emit(session, estate_id, "channel", {}, real_now)
    row.seen_at, row.detail = real_now, told.detail or ""
    row.name, row.mode = told.name or row.name or "", told.mode or row.mode or ""


def _is_led_by_another(row: ChannelState, holder: str | None, real_now: datetime) -> bool:
    is_led = row.leads_until is not None and row.leads_until > real_now
    return is_led and holder is not None and holder != row.holder


def _is_served_already(row: ChannelState, told: ChannelReport, real_now: datetime) -> bool:
    """Who merely stands by, without saying who it is, takes nothing from what works."""
    is_fresh = row.state == "working" and real_now - row.seen_at < FRESH
    return told.holder is None and told.state == "standing_by" and is_fresh


def _row(session: Session, channel: str, account: str, real_now: datetime) -> ChannelState:
    """Return the bot's row, locked; another process may be the first to make it."""
    row = session.get(ChannelState, (channel, account), with_for_update=True)
    if row is not None:
        return row
    row = ChannelState(channel=channel, account=account, state="", since_at=real_now, seen_at=real_now)
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        return session.get_one(ChannelState, (channel, account), with_for_update=True)
    return row
