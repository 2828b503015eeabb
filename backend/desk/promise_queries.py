"""All SQL of today's promises: which clocks fall due today, how they stand, and tomorrow's appointments."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, case, func, literal, or_, select, union
from sqlalchemy.orm import Session, aliased

from backend.deadlines.policy import standard_policies
from backend.desk.queries import PAGE, Cursor, in_tab
from backend.desk.scope_queries import ACTIVE
from backend.models import Deadline, Estate, Home, Resident, Ticket, TicketEvent, User
from backend.models.base import Instant
from backend.people.viewer import Viewer
from backend.tickets.queries import visible

#: how a promise of today stands. kept and broken (late or missed) are what the day's share counts: an aim
#: (a target) is listed with the others, but is no promise that could be broken
STATES: Final = ("late", "soon", "ok", "paused", "done", "missed", "kept", "broken")
#: every clock there can be: named one by one, they lead through the index to the day's rows alone
CLOCKS: Final = tuple(f"SLA-{n:02d}" for n in range(1, 100))
#: rows of a printed sheet; a day with more is told in figures
MOST: Final = 200
_WAITS = and_(Deadline.paused_at.is_not(None), Deadline.paused_at < Deadline.due_at)
_RUNS = and_(Deadline.met_at.is_(None), Deadline.cancelled_at.is_(None))


@dataclass(frozen=True, slots=True)
class Day:
    """What a page of promises asks for: a local day (half-open), whose promises, and which of them."""

    start: datetime
    end: datetime
    now: datetime
    tab: str = "mine"
    state: str = ""
    butler_id: int | None = None
    after: Cursor | None = None


@dataclass(frozen=True, slots=True)
class Promised:
    """One promise of the day with what a row shows; ``rank`` is the cursor of the page that follows it."""

    deadline: Deadline
    ticket: Ticket
    home: Home | None
    resident: Resident | None
    butler: User | None
    estate: Estate
    rank: Cursor


def _is_today(day: Day) -> ColumnElement[bool]:
    """What runs and is due by the end of the day, late ones of before too; and what ended of today's.

    A promise that was withdrawn before it fell due is no promise any more.
    """
    ended = and_(
        Deadline.due_at >= day.start,
        or_(Deadline.met_at.is_not(None), Deadline.breached_at.is_not(None)),
    )
    return and_(Deadline.due_at < day.end, or_(_RUNS, ended))


def is_in_state(state: str, now: datetime) -> ColumnElement[bool]:
    """How a promise stands at ``now``, whether or not the sweep has seen it."""
    late = and_(_RUNS, ~_WAITS, Deadline.due_at <= now)
    missed = and_(~_RUNS, Deadline.breached_at.is_not(None))
    ahead = and_(_RUNS, ~_WAITS, Deadline.due_at > now)
    done = and_(Deadline.met_at.is_not(None), Deadline.breached_at.is_(None))
    is_promise = Deadline.clock.not_in(_targets())
    return {
        "late": late,
        "missed": missed,
        "broken": and_(or_(late, missed), is_promise),
        "kept": and_(done, is_promise),
        "soon": and_(ahead, Deadline.warn_at <= now),
        "ok": and_(ahead, or_(Deadline.warn_at.is_(None), Deadline.warn_at > now)),
        "paused": and_(_RUNS, _WAITS),
        "done": done,
    }[state]


def _targets() -> list[str]:
    """The clocks that are aims: missing one is told, but breaks no promise."""
    return [one.id for one in standard_policies().all if one.is_target]


def _scope(viewer: Viewer, day: Day, *columns: Any) -> Select[Any]:
    scope = in_tab(visible(viewer), viewer, day.tab).with_only_columns(*columns).select_from(Ticket)
    scope = scope.join(Deadline, Deadline.ticket_id == Ticket.id)
    if day.butler_id is not None:
        same = Ticket.butler_id == day.butler_id if day.butler_id else Ticket.butler_id.is_(None)
        scope = scope.where(same)
    near = _near(viewer, day).subquery()
    return scope.join(near, near.c.id == Deadline.id).where(_is_today(day))


def _near(viewer: Viewer, day: Day) -> CompoundSelect[int]:
    """The rows that may be the day's, found by indexes: those due on it, and what unfinished tickets owe
    from before. The years of kept promises are not looked through."""
    due = select(Deadline.id).where(
        Deadline.estate_id.in_(viewer.estate_ids),
        Deadline.clock.in_(CLOCKS),
        Deadline.due_at >= day.start,
        Deadline.due_at < day.end,
    )
    owed = (
        select(Deadline.id)
        .join(Ticket, Ticket.id == Deadline.ticket_id)
        .where(Ticket.estate_id.in_(viewer.estate_ids), Ticket.state.in_(ACTIVE))
        .where(_RUNS, Deadline.due_at < day.end)
    )
    return union(due, owed)


def _group() -> ColumnElement[int]:
    """What runs first (so that late ones lead), then what waits, then what is over."""
    return case((and_(_RUNS, ~_WAITS), 0), (_RUNS, 1), else_=2)


def list_promises(session: Session, viewer: Viewer, day: Day, limit: int = PAGE + 1) -> list[Promised]:
    """Return one page and one row more, late ones first, then by due instant."""
    query = _detailed(viewer, day)
    if day.state:
        query = query.where(is_in_state(day.state, day.now))
    if day.after:
        query = query.where(_follows(day.after))
    query = query.order_by(_group(), Deadline.due_at, Deadline.id).limit(limit)
    return [_promised(row) for row in session.execute(query)]


def _detailed(viewer: Viewer, day: Day) -> Select[Any]:
    butler = aliased(User)
    return (
        _scope(viewer, day, Deadline, Ticket, Home, Resident, butler, Estate, _group())
        .join(Estate, Estate.id == Ticket.estate_id)
        .outerjoin(Home, Home.id == Ticket.home_id)
        .outerjoin(Resident, Resident.id == Ticket.resident_id)
        .outerjoin(butler, butler.id == Ticket.butler_id)
    )


def _promised(row: Any) -> Promised:
    deadline, ticket, home, resident, butler, estate, group = row
    rank = Cursor(group, deadline.due_at, deadline.id)
    return Promised(deadline, ticket, home, resident, butler, estate, rank)


def _follows(cursor: Cursor) -> ColumnElement[bool]:
    moment, group = literal(cursor.at, Instant()), _group()
    later = or_(Deadline.due_at > moment, and_(Deadline.due_at == moment, Deadline.id > cursor.number))
    return or_(group > cursor.group, and_(group == cursor.group, later))


def list_of_tickets(session: Session, viewer: Viewer, day: Day, numbers: Iterable[int]) -> list[Promised]:
    """Return today's promises of these tickets, in whatever state."""
    query = _detailed(viewer, day).where(Ticket.number.in_(list(numbers)))
    return [_promised(row) for row in session.execute(query.order_by(Deadline.due_at, Deadline.id))]


def list_matching(session: Session, viewer: Viewer, day: Day, numbers: Iterable[int]) -> frozenset[int]:
    """Return which promises of these tickets belong in the list that ``day`` describes."""
    query = _scope(viewer, day, Deadline.id).where(Ticket.number.in_(list(numbers)))
    if day.state:
        query = query.where(is_in_state(day.state, day.now))
    return frozenset(session.scalars(query))


def list_ids(session: Session, viewer: Viewer, numbers: Iterable[int]) -> Sequence[int]:
    """Return every clock of these tickets: what a page may still show of them."""
    query = visible(viewer).with_only_columns(Deadline.id).select_from(Ticket)
    query = query.join(Deadline, Deadline.ticket_id == Ticket.id).where(Ticket.number.in_(list(numbers)))
    return session.scalars(query).all()


def count_states(session: Session, viewer: Viewer, day: Day) -> dict[str, int]:
    """Return how many of the day's promises stand in each state."""
    sums = [func.sum(case((is_in_state(state, day.now), 1), else_=0)) for state in STATES]
    row = session.execute(_scope(viewer, day, *sums)).one()
    return {state: int(number or 0) for state, number in zip(STATES, row, strict=True)}


def count_by_butler(session: Session, viewer: Viewer, day: Day) -> list[tuple[User | None, dict[str, int]]]:
    """Return for each butler (None: nobody) how their promises of the day stand."""
    flags = [case((is_in_state(s, day.now), 1), else_=0).label(s) for s in STATES]
    rows = _scope(viewer, day, Ticket.butler_id.label("butler_id"), *flags).subquery()
    sums = [func.sum(rows.c[state]) for state in STATES]
    found = session.execute(select(rows.c.butler_id, *sums).group_by(rows.c.butler_id)).all()
    users = {
        user.id: user for user in session.scalars(select(User).where(User.id.in_([one[0] for one in found])))
    }
    counted = [(users.get(key), dict(zip(STATES, map(int, sums), strict=True))) for key, *sums in found]
    return sorted(counted, key=lambda one: (one[0] is None, one[0].id if one[0] else 0))


def last_notes(session: Session, ticket_ids: Iterable[int]) -> dict[int, str]:
    """Return the newest words on each ticket's timeline: why it is late, if anybody said so."""
    newest = (
        select(func.max(TicketEvent.id))
        .where(TicketEvent.ticket_id.in_(list(ticket_ids)), TicketEvent.note != "")
        .group_by(TicketEvent.ticket_id)
    )
    rows = session.execute(select(TicketEvent.ticket_id, TicketEvent.note).where(TicketEvent.id.in_(newest)))
    return {row.ticket_id: row.note for row in rows}


def list_appointments(
    session: Session, viewer: Viewer, tab: str, start: datetime, end: datetime
) -> list[tuple[Ticket, Home | None, Resident | None, User | None]]:
    """Return the visits agreed for between ``start`` and ``end``, by time, with who does the work."""
    worker = aliased(User)
    query = (
        in_tab(visible(viewer), viewer, tab)
        .with_only_columns(Ticket, Home, Resident, worker)
        .select_from(Ticket)
        .outerjoin(Home, Home.id == Ticket.home_id)
        .outerjoin(Resident, Resident.id == Ticket.resident_id)
        .outerjoin(worker, worker.id == Ticket.worker_id)
        .where(Ticket.state.in_(ACTIVE), Ticket.appointment_start >= start, Ticket.appointment_start < end)
        .order_by(Ticket.appointment_start, Ticket.id)
        .limit(MOST)
    )
    return [(ticket, home, resident, user) for ticket, home, resident, user in session.execute(query)]
