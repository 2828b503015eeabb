"""All SQL of the desk: which tickets stand in a queue, in which order, and what belongs to each of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import Session

from backend.deadlines.queries import is_in_state, nearest_clocks
from backend.desk import draft_queries
from backend.desk.beside_queries import list_covered, list_written
from backend.desk.channel_queries import list_unreachable
from backend.desk.scope_queries import awaits_a_time, is_to_do
from backend.incidents.queries import STANDING
from backend.models import Deadline, Estate, Home, Incident, Resident, Ticket, User
from backend.models.base import Instant
from backend.people import roles
from backend.people.viewer import Viewer
from backend.tickets.aside_queries import is_aside, is_shown, list_reasons
from backend.tickets.queries import visible

R = TypeVar("R", Home, Resident, User, Estate, Incident, Ticket)
PAGE: Final = 50
TABS: Final = ("mine", "team", "unassigned")
#: how the clocks of a ticket may stand: each one of a tab stands in just one of these
CLOCKED: Final = ("late", "soon", "ok", "paused", "none")
STATES: Final = (*CLOCKED, "done", "aside", "draft")
#: the queues of absent colleagues whose deputy somebody is (代班)
COVER: Final = "cover"


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the next page begins: after this rank. Ranks are (group, instant, number)."""

    group: int
    at: datetime
    number: int


@dataclass(frozen=True, slots=True)
class QueueQuery:
    """What a queue page asks for. ``day_start``: local midnight, for what was done today.

    ``covered``: the ids of the absent colleagues whose deputy the viewer is. ``until``: the rank of the last
    row of the page that is shown, None where the list ends on it.
    """

    tab: str
    now: datetime
    day_start: datetime
    state: str = ""
    text: str = ""
    after: Cursor | None = None
    covered: tuple[int, ...] = ()
    until: Cursor | None = None


@dataclass(slots=True)
class Entry:
    """One ticket with what a row shows; ``rank`` is the cursor of the page that follows it.

    ``merged_into``: the number of the ticket that it was the same matter as; 0 for none.
    """

    ticket: Ticket
    rank: Cursor
    home: Home | None = None
    resident: Resident | None = None
    butler: User | None = None
    estate: Estate | None = None
    deadlines: list[Deadline] = field(default_factory=list)
    unread: int = 0
    wrote_at: datetime | None = None
    is_unreachable: bool = False
    incident: Incident | None = None
    aside_why: str = ""
    merged_into: int = 0


def in_tab(query: Select[Ticket], viewer: Viewer, tab: str, covered: Sequence[int] = ()) -> Select[Ticket]:
    """Narrow tickets to a tab: mine (I answer for it or do it), unassigned, covered, or the whole team's."""
    if tab == COVER:
        return query.where(Ticket.butler_id.in_(covered))
    if tab == "mine":
        return query.where(or_(Ticket.butler_id == viewer.user_id, Ticket.worker_id == viewer.user_id))
    if tab == "unassigned":
        return query.where(Ticket.butler_id.is_(None))
    return query


def _rank(standing: Subquery) -> tuple[ColumnElement[int], ColumnElement[datetime]]:
    """What is pressing first: alarms, then running clocks by due instant, then waiting, then the rest."""
    is_alarm = and_(Ticket.workflow == "emergency", Ticket.state.in_(("open", "waiting")))
    group = case(
        (is_alarm, 0),
        (or_(standing.c.due_at.is_not(None), awaits_a_time()), 1),
        (standing.c.waiting_due_at.is_not(None), 2),
        else_=3,
    )
    at = func.coalesce(standing.c.due_at, standing.c.waiting_due_at, Ticket.received_at, type_=Instant())
    return group, at


def _after(group: ColumnElement[int], at: ColumnElement[datetime], cursor: Cursor) -> ColumnElement[bool]:
    moment = literal(cursor.at, Instant())
    later = or_(at > moment, and_(at == moment, Ticket.number > cursor.number))
    return or_(group > cursor.group, and_(group == cursor.group, later))


def list_queue(session: Session, viewer: Viewer, asked: QueueQuery) -> list[Entry]:
    """Return one page and one more (so that the caller knows whether it ends here), most pressing first."""
    query, group, at = _listed(viewer, asked)
    rows = session.execute(query.order_by(group, at, Ticket.number).limit(PAGE + 1))
    return _with_details(session, [Entry(t, Cursor(g, moment, t.number)) for t, g, moment in rows])


def list_numbers(session: Session, viewer: Viewer, asked: QueueQuery) -> Sequence[int]:
    """Return the tickets that stand on the page that is shown as it is now, at most two pages of them."""
    query, group, at = _listed(viewer, asked)
    if asked.until:
        query = query.where(not_(_after(group, at, asked.until)))
    ordered = query.order_by(group, at, Ticket.number).limit(2 * PAGE)
    return session.scalars(ordered.with_only_columns(Ticket.number)).all()


def _listed(
    viewer: Viewer, asked: QueueQuery
) -> tuple[Select[Ticket, int, datetime], ColumnElement[int], ColumnElement[datetime]]:
    """The tickets of a list after its cursor, and by what they are ranked."""
    scope = in_tab(_scope(viewer, asked), viewer, asked.tab, asked.covered)
    standing = nearest_clocks(scope)
    group, at = _rank(standing)
    query = select(Ticket, group, at).join(standing, standing.c.id == Ticket.id)
    if asked.state in CLOCKED:
        query = query.where(is_in_state(standing, asked.state, asked.now))
    if asked.after:
        query = query.where(_after(group, at, asked.after))
    return query, group, at


def _scope(viewer: Viewer, asked: QueueQuery) -> Select[Ticket]:
    """What is to do; a search and the chip "done today" look at finished ones too."""
    query = visible(viewer)
    if asked.text:
        return query.where(_matches(asked.text))
    if asked.state == "done":
        return query.where(_has_ended(asked.day_start))
    active = query.where(is_to_do(viewer))
    if asked.state == "aside":
        return active.where(is_aside(asked.now))
    active = active.where(is_shown(asked.now))
    is_plain = not asked.state and asked.tab != COVER and roles.sees_all_tickets(viewer.role)
    return active.where(not_(_FOLDED)) if is_plain else active


#: shown as one row with all that is alike, until the incident is over; an emergency always stands alone
_FOLDED: Final = and_(
    Ticket.workflow != "emergency",
    exists().where(Incident.id == Ticket.incident_id, Incident.state.in_(STANDING)),
)


def next_number(session: Session, viewer: Viewer, asked: QueueQuery, number: int) -> int | None:
    """Return the most pressing ticket of a tab other than this one; None where there is none."""
    scope = in_tab(_scope(viewer, asked), viewer, asked.tab, asked.covered)
    standing = nearest_clocks(scope.where(Ticket.number != number))
    group, at = _rank(standing)
    query = select(Ticket.number).join(standing, standing.c.id == Ticket.id)
    return session.scalar(query.order_by(group, at, Ticket.number).limit(1))


def list_folded(session: Session, viewer: Viewer, tab: str, incident_ids: Iterable[int]) -> list[Entry]:
    """Return the active tickets of a tab that stand behind these incidents' rows, most pressing first."""
    scope = visible(viewer).where(is_to_do(viewer), _FOLDED, Ticket.incident_id.in_(list(incident_ids)))
    return _ranked(session, in_tab(scope, viewer, tab))


def _has_ended(since: datetime) -> ColumnElement[bool]:
    """Closed since then, or done since then and not closed yet: each half has an index of its own."""
    return or_(Ticket.closed_at >= since, and_(Ticket.closed_at.is_(None), Ticket.done_at >= since))


def _matches(text: str) -> ColumnElement[bool]:
    """By number, home, name or form of address of the resident, or a word of the matter itself."""
    plain = text.strip().lstrip("#＃")
    pattern = "%" + plain.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    homes = select(Home.id).where(Home.code.ilike(pattern, escape="\\"))
    names = (Resident.name, Resident.address_as_zh, Resident.address_as_en)
    residents = select(Resident.id).where(or_(*(name.ilike(pattern, escape="\\") for name in names)))
    found: list[ColumnElement[bool]] = [
        Ticket.home_id.in_(homes),
        Ticket.resident_id.in_(residents),
        Ticket.name_zh.ilike(pattern, escape="\\"),
        Ticket.name_en.ilike(pattern, escape="\\"),
    ]
    if plain.isascii() and plain.isdigit() and len(plain) < 16:
        found.append(Ticket.number == int(plain))
    return or_(*found)


def list_rows(session: Session, viewer: Viewer, numbers: Iterable[int], now: datetime) -> list[Entry]:
    """Return these tickets as rows, as far as the viewer may see them, in the order of the queue."""
    return _ranked(session, visible(viewer).where(Ticket.number.in_(list(numbers))))


def _ranked(session: Session, scope: Select[Ticket]) -> list[Entry]:
    standing = nearest_clocks(scope)
    group, at = _rank(standing)
    rows = session.execute(
        select(Ticket, group, at)
        .join(standing, standing.c.id == Ticket.id)
        .order_by(group, at, Ticket.number)
    )
    return _with_details(session, [Entry(t, Cursor(g, moment, t.number)) for t, g, moment in rows])


def list_matching(
    session: Session, viewer: Viewer, asked: QueueQuery, numbers: Iterable[int]
) -> frozenset[int]:
    """Return those of ``numbers`` that belong in the list ``asked`` describes."""
    if asked.state == "draft":
        return frozenset()  # wishes only
    scope = in_tab(_scope(viewer, asked), viewer, asked.tab, asked.covered)
    scope = scope.where(Ticket.number.in_(list(numbers)))
    standing = nearest_clocks(scope)
    query = select(Ticket.number).join(standing, standing.c.id == Ticket.id)
    if asked.state in CLOCKED:
        query = query.where(is_in_state(standing, asked.state, asked.now))
    return frozenset(session.scalars(query))


def count_states(session: Session, viewer: Viewer, asked: QueueQuery) -> dict[str, int]:
    """Return how many tickets of the tab stand in each deadline state, and what else the chips count.

    Those of the deadline states (``CLOCKED``) add up to the tab's number; done, set aside and to be confirmed
    stand beside it.
    """
    every = in_tab(visible(viewer).where(is_to_do(viewer)), viewer, asked.tab, asked.covered)
    standing = nearest_clocks(every.where(is_shown(asked.now)))
    sums = [func.sum(case((is_in_state(standing, state, asked.now), 1), else_=0)) for state in CLOCKED]
    row = session.execute(select(*sums)).one()
    done = in_tab(visible(viewer).where(_has_ended(asked.day_start)), viewer, asked.tab, asked.covered)
    counts = {state: int(number or 0) for state, number in zip(CLOCKED, row, strict=True)}
    return {
        **counts,
        "done": _count(session, done),
        "aside": _count(session, every.where(is_aside(asked.now))),
        "draft": draft_queries.count_drafts(session, viewer, asked.tab, asked.covered),
    }


def count_tabs(session: Session, viewer: Viewer, asked: QueueQuery) -> dict[str, int]:
    """Return how many tickets each tab shows."""
    active = visible(viewer).where(is_to_do(viewer), is_shown(asked.now))
    tabs = (*TABS, *((COVER,) if asked.covered else ()))
    return {tab: _count(session, in_tab(active, viewer, tab, asked.covered)) for tab in tabs}


def count_needing(session: Session, viewer: Viewer, now: datetime) -> int:
    """Return how many tickets are late or nearly so that the viewer is to look after, their own and those of
    whoever they cover: the number in the tab's title."""
    butlers = (viewer.user_id, *(user.id for user in list_covered(session, viewer, now)))
    theirs = or_(Ticket.butler_id.in_(butlers), Ticket.worker_id == viewer.user_id)
    standing = nearest_clocks(visible(viewer).where(is_to_do(viewer), theirs))
    pressing = or_(standing.c.due_at <= now, standing.c.warn_at <= now)
    return session.scalar(select(func.count()).select_from(standing).where(pressing)) or 0


def _count(session: Session, query: Select[Any]) -> int:
    return (
        session.scalar(select(func.count()).select_from(query.with_only_columns(Ticket.id).subquery())) or 0
    )


def _with_details(session: Session, entries: list[Entry]) -> list[Entry]:
    """Give each row its home, people and clocks: as many statements however long the page."""
    tickets = [one.ticket for one in entries]
    homes = by_id(session, Home, (t.home_id for t in tickets))
    residents = by_id(session, Resident, (t.resident_id for t in tickets))
    users = by_id(session, User, (t.butler_id for t in tickets))
    estates = by_id(session, Estate, (t.estate_id for t in tickets))
    clocks = deadlines_of(session, [t.id for t in tickets])
    incidents = by_id(session, Incident, (t.incident_id for t in tickets))
    written = list_written(session, tickets)
    asides = list_reasons(session, tickets)
    lost = list_unreachable(session, (t.conversation_id for t in tickets))
    merged = by_id(session, Ticket, (t.merged_into_id for t in tickets))
    for one in entries:
        one.home = homes.get(one.ticket.home_id)
        one.resident = residents.get(one.ticket.resident_id)
        one.butler = users.get(one.ticket.butler_id)
        one.estate = estates.get(one.ticket.estate_id)
        one.deadlines = clocks.get(one.ticket.id, [])
        one.incident = incidents.get(one.ticket.incident_id)
        one.unread = len(written.get(one.ticket.id, ()))
        one.wrote_at = max(written.get(one.ticket.id, ()), default=None)
        one.is_unreachable = one.ticket.conversation_id in lost
        one.aside_why = asides.get(one.ticket.id, "")
        if (kept := merged.get(one.ticket.merged_into_id)) is not None:
            one.merged_into = kept.number
    return entries


def by_id(session: Session, model: type[R], ids: Iterable[int | None]) -> dict[int | None, R]:
    """Return the rows with these ids; None among them is passed over."""
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    key = model.__table__.c.id
    return {row.id: row for row in session.scalars(select(model).where(key.in_(wanted)))}


def deadlines_of(session: Session, ticket_ids: Sequence[int]) -> dict[int, list[Deadline]]:
    """Return the clocks of each ticket, in the order in which they began."""
    found: dict[int, list[Deadline]] = {}
    if ticket_ids:
        rows = session.scalars(
            select(Deadline)
            .where(Deadline.ticket_id.in_(ticket_ids))
            .order_by(Deadline.started_at, Deadline.id)
        )
        for row in rows:
            found.setdefault(row.ticket_id, []).append(row)
    return found


def first_estate(session: Session, viewer: Viewer) -> Estate | None:
    """Return the estate whose name and zone the viewer's pages carry."""
    query = select(Estate).where(Estate.id.in_(viewer.estate_ids)).order_by(Estate.id).limit(1)
    return session.scalars(query).first()


def list_estate_ids(session: Session) -> Sequence[int]:
    """Return every estate of the house: the demo clock is one for all of them."""
    return session.scalars(select(Estate.id).order_by(Estate.id)).all()


def has_homes(session: Session, viewer: Viewer) -> bool:
    """Tell whether anything of the viewer's estates is entered yet."""
    return session.scalar(select(Home.id).where(Home.estate_id.in_(viewer.estate_ids)).limit(1)) is not None
