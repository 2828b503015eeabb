"""今日小结: at six each leader is told how the day's promises stand. Once a day, however many run it."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from backend.clock import Clock
from backend.db import Database
from backend.deadlines import alerts
from backend.deadlines.alerts import Call
from backend.desk import promise_queries, promises
from backend.desk.promise_queries import Day
from backend.models import Estate, User
from backend.people import service as people
from backend.reports import queries
from locales import LANGUAGES, N_, t

#: local time from which the day's summary is sent
EVENING: Final = time(18)
#: an evening nobody was awake for is not made up for on the next day
UNTIL: Final = timedelta(hours=5)


def tick(db: Database, clock: Clock) -> int:
    """Tell every leader who has not been told yet; returns how many were."""
    now = clock.now()
    with db.read() as session:
        if not _due(session, now):
            return 0
    return db.run(lambda session: _tell(session, now))


def _key(estate: Estate, at: datetime) -> str:
    return f"evening:{estate.id}:{at.astimezone(ZoneInfo(estate.timezone)):%Y-%m-%d}"


def _due(session: Session, now: datetime) -> list[tuple[Estate, User, datetime]]:
    """Who is to be told now, and since when."""
    found = []
    for estate in queries.list_all_estates(session):
        here = now.astimezone(ZoneInfo(estate.timezone))
        at = datetime.combine(here.date(), EVENING, here.tzinfo)
        if at <= here < at + UNTIL:
            leaders = queries.list_leaders_untold(session, estate.id, _key(estate, at))
            found += [(estate, user, at) for user in leaders]
    return found


def _tell(session: Session, now: datetime) -> int:
    calls = [_call(session, estate, user, at, now) for estate, user, at in _due(session, now)]
    alerts.write(session, calls, now)
    return len(calls)


def _call(session: Session, estate: Estate, user: User, at: datetime, now: datetime) -> Call:
    # Of this estate alone: who leads several hears of each by itself.
    viewer = replace(people.viewer_of(session, user), estate_ids=frozenset({estate.id}))
    start, end = promises.bounds(at.date(), estate.timezone)
    day = Day(start=start, end=end, now=now, tab="team")
    counts = promise_queries.count_states(session, viewer, day)
    values = {language: _sentence(language, day, counts) for language in LANGUAGES}
    return Call(estate.id, user.id, "evening", at, _key(estate, at), values=values, is_live=True)


def _sentence(language: str, day: Day, counts: dict[str, int]) -> str:
    share = promises.share_of(language, day, counts)
    sentence = N_("{kept} kept, {broken} broken, {open} still open")
    return t(language, sentence, kept=share.kept, broken=share.broken, open=share.open)
