"""From 20 November managers are asked, once, for the holidays of the year that follows (MANNERS §4).

Until they are entered as published, due dates in that year are marked as provisional.
"""

from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from backend.clock import Clock
from backend.db import Database
from backend.deadlines import alerts, claims, own_calendars, queries
from backend.deadlines.alerts import Call
from backend.deadlines.rules import Rules, standard_rules
from backend.models import Estate

ASKED_FROM: Final = (11, 20)
TOLD: Final = ("manager", "admin")
#: what the alert is about, among its values
WHAT: Final = "next_year"


def tick(db: Database, clock: Clock) -> int:
    """Ask in every estate that lacks its next year; return how many alerts were written."""
    now = clock.now()
    with db.read() as session:
        lacking = [one.id for one in queries.list_estates(session) if missing(session, one, now)]
    return db.run(lambda session: sum(_ask(session, one, now) for one in lacking)) if lacking else 0


def missing(session: Session, estate: Estate, now: datetime, rules: Rules | None = None) -> int | None:
    """Return the year that should be entered by now and is not published; None when all is well."""
    known = own_calendars.with_own(session, rules or standard_rules(), [estate.calendar])
    calendar = known.calendar_in_force(estate.calendar, estate.timezone)
    today = calendar.local_day(now)
    following = date(today.year + 1, 1, 1)
    is_asked = (today.month, today.day) >= ASKED_FROM
    return following.year if is_asked and calendar.is_provisional(following) else None


def _ask(session: Session, estate_id: int, now: datetime) -> int:
    year = missing(session, queries.get_estate(session, estate_id), now)
    team = claims.list_team(session, [estate_id], now).get(estate_id, [])
    told = [
        Call(estate_id, one.id, "attention", now, f"{WHAT}:{estate_id}:{year}",
             values={"what": WHAT, "year": year}, is_live=True)
        for one in team if one.role in TOLD
    ]  # fmt: skip
    return alerts.write(session, told, now) if year else 0
