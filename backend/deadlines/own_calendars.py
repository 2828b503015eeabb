"""Calendars that an estate wrote itself: editions in a table, beside the calendars of the file.

``estates.calendar`` then names the edition in force (``own-1@3``), and rows keep the one they were made by.
An edition never changes, so what was read once is good for as long as the process runs. Nothing commits.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from backend import logs
from backend.deadlines import queries
from backend.deadlines.calendar import Calendar, Calendars, parse_calendars
from backend.deadlines.faults import DataFaults
from backend.deadlines.rules import Rules

#: of each database: two may hold different texts under one version
_READ: WeakKeyDictionary[Engine, dict[str, Calendar]] = WeakKeyDictionary()


def with_own(session: Session, rules: Rules, stamps: Iterable[str]) -> Rules:
    """Return the rules with the estates' own editions at hand that these stamps or names ask for.

    Those of the file need no look; an edition that is gone, or that today's reader no longer understands, is
    left out, and the file's calendar stands in (``Rules.calendar_in_force``).
    """
    wanted = {one.partition("/")[0] for one in stamps}
    missing = {one for one in wanted if "@" in one and not rules.has_calendar(one)}
    if not missing:
        return rules
    kept = _READ.setdefault(session.get_bind().engine, {})
    unread = missing - kept.keys()
    for version, text in (queries.list_calendar_editions(session, unread) if unread else {}).items():
        found = _parsed(version, text)
        if found is not None:
            kept[version] = found
    own = tuple(kept[one] for one in sorted(missing) if one in kept)
    return replace(rules, calendars=Calendars((*rules.calendars.all, *own)))


@lru_cache(maxsize=64)
def _parsed(version: str, text: str) -> Calendar | None:
    try:
        return parse_calendars(text, version).get(version)
    except DataFaults as error:
        logs.failure("deadlines.calendar", error, version=version)
        return None
