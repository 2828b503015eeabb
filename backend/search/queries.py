"""All SQL of the list of tickets: what a search finds, in which order, a page at a time, and how many."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from backend.deadlines.queries import nearest_clocks
from backend.models import Home, Ticket
from backend.models.base import Instant
from backend.people.viewer import Viewer
from backend.search.asked import Place
from backend.search.clock_queries import ACTIVE, in_clock_state, is_kept, lateness
from backend.search.word_queries import STATES, Term, narrowed

PAGE: Final = 50
#: tickets that are counted one by one; of more than these only that is said
COUNTED: Final = 10_000
#: estates whose lists are put together stretch by stretch, and the rows up to which that pays
MOST_ESTATES: Final = 6
MOST_JOINED: Final = 1_000
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A search with everything looked up that its words name. None and "" mean: no matter."""

    estate_ids: frozenset[int] | None = None
    state: str = ""
    clock: str = ""
    item_ids: Sequence[str] | None = None
    workflow: str = ""
    step: str = ""
    building: str = ""
    home_ids: Sequence[int] | None = None
    butler_id: int | None = None
    is_unassigned: bool = False
    resident_ids: Sequence[int] | None = None
    channel: str = ""
    language: str = ""
    since: datetime | None = None
    until: datetime | None = None
    satisfaction: str = ""
    terms: tuple[Term, ...] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Found:
    """One ticket of the list and where it stands in it."""

    number: int
    place: Place


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of the list: its tickets by ``key``, the newest first where keys are alike or missing."""

    query: Select[Ticket]
    key: ColumnElement[Any] | None = None
    is_falling: bool = False
    arms: tuple[tuple[int, str], ...] = ()


def scope(viewer: Viewer, wanted: Wanted, now: datetime) -> Select[Ticket]:
    """Every ticket that fits; none that does not exist for the viewer."""
    query = narrowed(viewer, wanted.terms)
    query = query.where(*_plain(wanted), *_places(viewer, wanted), *_times(wanted))
    return in_clock_state(query, wanted.clock, viewer.estate_ids, now) if wanted.clock else query


def _plain(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        getattr(Ticket, name) == value
        for name in ("workflow", "step", "channel", "language")
        if (value := getattr(wanted, name))
    ]
    if wanted.state:
        found.append(Ticket.state.in_(ACTIVE if wanted.state == "active" else (wanted.state,)))
    if wanted.item_ids is not None:
        found.append(Ticket.item_id.in_(wanted.item_ids))
    if wanted.butler_id is not None:
        found.append(Ticket.butler_id == wanted.butler_id)
    if wanted.is_unassigned:
        found.append(Ticket.butler_id.is_(None))
    if wanted.satisfaction == "none":
        found.append(Ticket.satisfaction.is_(None))
    elif wanted.satisfaction:
        found.append(Ticket.satisfaction == wanted.satisfaction)
    return found


def _places(viewer: Viewer, wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.estate_ids is not None:
        found.append(Ticket.estate_id.in_(wanted.estate_ids))
    if wanted.building:
        homes = select(Home.id).where(Home.estate_id.in_(viewer.estate_ids), Home.building == wanted.building)
        found.append(Ticket.home_id.in_(homes))
    if wanted.home_ids is not None:
        found.append(Ticket.home_id.in_(wanted.home_ids))
    if wanted.resident_ids is not None:
        found.append(Ticket.resident_id.in_(wanted.resident_ids))
    return found


def _times(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.since:
        found.append(Ticket.received_at >= wanted.since)
    if wanted.until:
        found.append(Ticket.received_at < wanted.until)
    return found


def _parts(viewer: Viewer, wanted: Wanted, sort: str, now: datetime, as_of: datetime) -> list[_Part]:
    found = scope(viewer, wanted, now)
    if sort == "due":
        return _by_due(found, _arms(viewer, wanted, set(STATES) - set(ACTIVE)))
    arms = _arms(viewer, wanted, set(STATES))
    if sort == "late":
        late = lateness(viewer.estate_ids, as_of)
        joined = found.join(late, late.c.ticket_id == Ticket.id)
        return [
            _Part(joined, late.c.seconds, is_falling=True),
            _Part(found.where(is_kept(as_of)), arms=arms),
        ]
    return [_Part(found, arms=arms)]


def _arms(viewer: Viewer, wanted: Wanted, states: set[str]) -> tuple[tuple[int, str], ...]:
    """Estate and state of every stretch of the index by (estate, state, id) that the search goes through.

    Read stretch by stretch and put together, the newest of a million cost what those of a thousand do.
    None where something better narrows the search: a home, a resident, words, clocks.
    """
    known = (wanted.terms, wanted.clock, wanted.home_ids is not None, wanted.resident_ids is not None)
    estates = viewer.estate_ids if wanted.estate_ids is None else viewer.estate_ids & wanted.estate_ids
    if any(known) or len(estates) > MOST_ESTATES:
        return ()
    if wanted.state:
        states &= set(ACTIVE if wanted.state == "active" else (wanted.state,))
    return tuple((estate, state) for estate in sorted(estates) for state in sorted(states))


def _by_due(found: Select[Ticket], arms: tuple[tuple[int, str], ...]) -> list[_Part]:
    """Running clocks by the next due instant, then waiting ones, then what has none, then what is over."""
    active = found.where(Ticket.state.in_(ACTIVE))
    clocks = nearest_clocks(active)
    joined = active.join(clocks, clocks.c.id == Ticket.id)
    due, waiting = clocks.c.due_at, clocks.c.waiting_due_at
    return [
        _Part(joined.where(due.is_not(None)), due),
        _Part(joined.where(due.is_(None), waiting.is_not(None)), waiting),
        _Part(joined.where(due.is_(None), waiting.is_(None))),
        _Part(found.where(Ticket.state.not_in(ACTIVE)), arms=arms),
    ]


def list_found(
    session: Session,
    viewer: Viewer,
    wanted: Wanted,
    sort: str,
    now: datetime,
    *,
    place: Place | None = None,
    is_back: bool = False,
    limit: int = PAGE,
) -> list[Found]:
    """Return up to ``limit`` tickets after ``place`` and one more, which tells that it goes on.

    ``is_back``: those before it, nearest first.
    """
    at = place.at if place else (now - EPOCH) // MICROSECOND
    as_of = EPOCH + at * MICROSECOND
    parts = list(enumerate(_parts(viewer, wanted, sort, now, as_of)))
    found: list[Found] = []
    for index, part in reversed(parts) if is_back else parts:
        if place and (index > place.part if is_back else index < place.part):
            continue
        here = place if place and place.part == index else None
        rows = session.execute(_stretch(part, here, is_back, limit + 1 - len(found)))
        found += [Found(number, Place(index, _plain_key(key), id_, at)) for id_, number, key in rows]
        if len(found) > limit:
            break
    return found


def _stretch(part: _Part, place: Place | None, is_back: bool, limit: int) -> Select[Any]:
    key = part.key
    query: Select[Any] = part.query.with_only_columns(
        Ticket.id, Ticket.number, literal(0).label("key") if key is None else key.label("key")
    )
    is_older = not is_back
    if place:
        query = query.where(_beyond(part, place, is_older))
    order: list[ColumnElement[Any]] = [Ticket.id.desc() if is_older else Ticket.id.asc()]
    if key is not None:
        order.insert(0, key.desc() if part.is_falling == is_older else key.asc())
    ordered = query.order_by(*order).limit(limit)
    return _joined(ordered, part.arms, is_older, limit) if part.arms and limit <= MOST_JOINED else ordered


def _joined(query: Select[Any], arms: Sequence[tuple[int, str]], is_older: bool, limit: int) -> Select[Any]:
    """The same by the stretches of the index, each no further than the whole can need."""
    stretches = (
        select(query.where(Ticket.estate_id == estate_id, Ticket.state == state).subquery())
        for estate_id, state in arms
    )
    rows = union_all(*stretches).subquery()
    return select(rows).order_by(rows.c.id.desc() if is_older else rows.c.id.asc()).limit(limit)


def _beyond(part: _Part, place: Place, is_older: bool) -> ColumnElement[bool]:
    by_id = Ticket.id < place.id if is_older else Ticket.id > place.id
    key = part.key
    if key is None:
        return by_id
    value: Any = place.key if part.is_falling else literal(EPOCH + place.key * MICROSECOND, Instant())
    later = key < value if part.is_falling == is_older else key > value
    return or_(later, and_(key == value, by_id))


def _plain_key(key: int | datetime) -> int:
    return (key - EPOCH) // MICROSECOND if isinstance(key, datetime) else int(key)


def count_found(session: Session, viewer: Viewer, wanted: Wanted, now: datetime, most: int = COUNTED) -> int:
    """Return how many tickets fit, counted no further than one more than ``most``."""
    ids = scope(viewer, wanted, now).with_only_columns(Ticket.id).limit(most + 1).subquery()
    return session.scalar(select(func.count()).select_from(ids)) or 0


def list_matching(
    session: Session, viewer: Viewer, wanted: Wanted, numbers: Sequence[int], now: datetime
) -> frozenset[int]:
    """Return those of ``numbers`` that the search finds."""
    query = scope(viewer, wanted, now).where(Ticket.number.in_(numbers))
    return frozenset(session.scalars(query.with_only_columns(Ticket.number)))
