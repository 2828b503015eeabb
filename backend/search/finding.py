"""One search carried out: what it finds on this page, how many there are, and what its form offers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from backend.desk import queries as desk_queries
from backend.models import User
from backend.people import queries as people_queries
from backend.people import roles
from backend.people.viewer import Viewer
from backend.search import queries, word_queries
from backend.search.asked import Asked
from backend.search.fields import Lists
from backend.search.queries import PAGE, Found, Wanted
from backend.search.table import Line

#: rows of a workbook that are looked up at once
CHUNK: Final = 200


@dataclass(frozen=True, slots=True)
class Page:
    """A page of what was found. ``is_shallow``: words were not looked up in the oldest tickets."""

    lines: tuple[Line, ...]
    first: Found | None
    last: Found | None
    has_newer: bool
    has_older: bool
    count: int
    is_shallow: bool


def page_of(session: Session, viewer: Viewer, asked: Asked, wanted: Wanted, now: datetime) -> Page:
    """Find the page that the address asks for; going back past its top gives the top itself."""
    found = queries.list_found(
        session, viewer, wanted, asked.sort, now, place=asked.place, is_back=asked.is_back
    )
    if asked.is_back and len(found) <= PAGE:
        return page_of(session, viewer, replace(asked, place=None, is_back=False), wanted, now)
    shown = list(reversed(found[:PAGE])) if asked.is_back else found[:PAGE]
    goes_on = len(found) > PAGE
    return Page(
        lines=tuple(lines_of(session, viewer, [one.number for one in shown], now)),
        first=shown[0] if shown else None,
        last=shown[-1] if shown else None,
        has_newer=asked.place is not None,
        has_older=asked.is_back or goes_on,
        count=len(found)
        if asked.place is None and not goes_on
        else queries.count_found(session, viewer, wanted, now),
        is_shallow=any(term.words and term.above for term in wanted.terms),
    )


def lines_of(session: Session, viewer: Viewer, numbers: Sequence[int], now: datetime) -> Iterator[Line]:
    """The tickets with these numbers, in this order, with everything that a row shows."""
    entries = {one.ticket.number: one for one in desk_queries.list_rows(session, viewer, numbers, now)}
    found = [entries[number] for number in numbers if number in entries]
    workers = desk_queries.by_id(session, User, (one.ticket.worker_id for one in found))
    for one in found:
        yield Line(one, workers.get(one.ticket.worker_id))


def all_found(
    session: Session, viewer: Viewer, sort: str, wanted: Wanted, now: datetime, most: int
) -> list[int]:
    """The numbers of everything that is found, in its order, at most ``most``."""
    found = queries.list_found(session, viewer, wanted, sort, now, limit=most)
    return [one.number for one in found[:most]]


def all_lines(
    session: Session, viewer: Viewer, numbers: Sequence[int], now: datetime
) -> Iterator[list[Line]]:
    """These tickets, some hundreds at a time and no more in memory."""
    for start in range(0, len(numbers), CHUNK):
        yield list(lines_of(session, viewer, numbers[start : start + CHUNK], now))
        session.expunge_all()


def lists_of(session: Session, viewer: Viewer, asked: Asked) -> Lists:
    """What the form offers the viewer."""
    people = people_queries.list_staff(session, viewer)
    resident = asked.of("resident")
    return Lists(
        estates=people_queries.list_estates(session, viewer),
        buildings=sorted(word_queries.list_buildings(session, viewer), key=_counted),
        butlers=[one for one in people if roles.sees_all_tickets(roles.Role(one.role))],
        resident=word_queries.find_resident(session, viewer, int(resident)) if resident else None,
    )


def _counted(building: str) -> tuple[int, str]:
    """Buildings in the order in which people count them: 2 before 10."""
    digits = "".join(sign for sign in building if sign.isdigit())
    return int(digits or 0), building
