"""All SQL of the deadlines room. Nothing here commits."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from backend.deadlines.calling import Holders, Person
from backend.deadlines.reckoning import most_urgent
from backend.models import Alert, Deadline, DeadlinePause, Estate, Ticket, User, UserEstate
from backend.models.base import Instant

RUNNING: tuple[ColumnElement[bool], ...] = (Deadline.met_at.is_(None), Deadline.cancelled_at.is_(None))


def get_estate(session: Session, estate_id: int) -> Estate:
    """Return the estate; its calendar and zone say what a working day is."""
    return session.get_one(Estate, estate_id)


def lock_clocks(session: Session, ticket_id: int) -> list[Deadline]:
    """Return every clock of a ticket, locked against the sweep until the transaction ends."""
    return list(session.scalars(_held_clocks(), {"ticket_id": ticket_id}))


# What turns ask is built once: building a statement takes longer than running it.


@cache
def _held_clocks() -> Select[Deadline]:
    return (
        select(Deadline)
        .where(Deadline.ticket_id == bindparam("ticket_id"))
        .order_by(Deadline.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def list_deadlines(session: Session, ticket_ids: Collection[int]) -> dict[int, list[Deadline]]:
    """Return every clock of these tickets, running or over, by ticket; by due instant within one."""
    rows = session.scalars(
        select(Deadline).where(Deadline.ticket_id.in_(ticket_ids)).order_by(Deadline.due_at, Deadline.id)
    )
    return _by_ticket(rows.all())


def list_running(session: Session, ticket_ids: Collection[int]) -> dict[int, list[Deadline]]:
    """Return the running clocks of these tickets, by ticket; the next one due first."""
    rows = session.scalars(_running_clocks(), {"ticket_ids": list(ticket_ids)})
    return _by_ticket(rows.all())


@cache
def _running_clocks() -> Select[Deadline]:
    return (
        select(Deadline)
        .where(Deadline.ticket_id.in_(bindparam("ticket_ids", expanding=True)), *RUNNING)
        .order_by(Deadline.due_at, Deadline.id)
    )


def most_urgent_of(session: Session, ticket_ids: Collection[int]) -> dict[int, Deadline]:
    """Return the one clock a queue row shows for each ticket; tickets without a running one are absent."""
    found = {ticket: most_urgent(rows) for ticket, rows in list_running(session, ticket_ids).items()}
    return {ticket: deadline for ticket, deadline in found.items() if deadline is not None}


def list_pauses(session: Session, deadline_ids: Collection[int]) -> dict[int, list[DeadlinePause]]:
    """Return the pauses of these clocks, by clock, in order."""
    rows = session.scalars(
        select(DeadlinePause)
        .where(DeadlinePause.deadline_id.in_(deadline_ids))
        .order_by(DeadlinePause.from_at, DeadlinePause.id)
    )
    found: dict[int, list[DeadlinePause]] = defaultdict(list)
    for row in rows:
        found[row.deadline_id].append(row)
    return dict(found)


def end_pause(session: Session, deadline_id: int, at: datetime) -> None:
    session.execute(
        update(DeadlinePause)
        .where(DeadlinePause.deadline_id == deadline_id, DeadlinePause.until_at.is_(None))
        .values(until_at=at)
    )


def list_team(session: Session, estate_ids: Collection[int]) -> dict[int, list[Person]]:
    """Return the active staff of these estates, by estate."""
    rows = session.execute(
        select(UserEstate.estate_id, User.id, User.role, User.is_on_duty, User.deputy_id)
        .join(User, User.id == UserEstate.user_id)
        .where(UserEstate.estate_id.in_(estate_ids), User.is_active)
        .order_by(User.id)
    )
    found: dict[int, list[Person]] = defaultdict(list)
    for estate_id, user_id, role, is_on_duty, deputy_id in rows:
        found[estate_id].append(Person(user_id, role, is_on_duty, deputy_id))
    return dict(found)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A clock to look at, with what the sweep must know of its ticket and estate."""

    deadline: Deadline
    ticket_number: int
    holders: Holders
    calendar: str
    timezone: str


def claim_due(session: Session, now: datetime, limit: int, only: int | None = None) -> list[Claimed]:
    """Return clocks whose next look is due, oldest first, locked for this sweeper until it commits.

    What another sweeper has locked is skipped (PostgreSQL); SQLite has one writer at a time anyway.
    ``only``: this one clock, when it is due.
    """
    statement = (
        select(
            Deadline,
            Ticket.number,
            Ticket.butler_id,
            Ticket.worker_id,
            Ticket.hidden_from_id,
            Estate.calendar,
            Estate.timezone,
        )
        .join(Ticket, Ticket.id == Deadline.ticket_id)
        .join(Estate, Estate.id == Deadline.estate_id)
        .where(Deadline.next_check_at <= now)
        .order_by(Deadline.next_check_at, Deadline.id)
        .limit(limit)
        .with_for_update(of=Deadline, key_share=True, skip_locked=True)
    )
    if only is not None:
        statement = statement.where(Deadline.id == only)
    return [
        Claimed(deadline, number, Holders(butler, worker, hidden), calendar, zone)
        for deadline, number, butler, worker, hidden, calendar, zone in session.execute(statement)
    ]


def list_due_ids(session: Session, now: datetime, limit: int) -> list[int]:
    """Return the ids of clocks whose next look is due, oldest first, without locking them."""
    rows = session.scalars(
        select(Deadline.id)
        .where(Deadline.next_check_at <= now)
        .order_by(Deadline.next_check_at, Deadline.id)
        .limit(limit)
    )
    return list(rows)


@dataclass(frozen=True, slots=True)
class Climb:
    """How far a clock's ladder was climbed. ``breached_at``: set by the first look that sees a breach."""

    deadline: Deadline
    rung: int
    next_at: datetime | None
    breached_at: datetime | None


def take_rungs(session: Session, climbs: Sequence[Climb]) -> int:
    """Write the climbs where nobody was there first; return how many were written.

    ``breached_at`` once written stays.
    """
    if not climbs:
        return 0
    done = session.connection().execute(TAKE_RUNGS, [_climb_values(one) for one in climbs])
    return done.rowcount


TAKE_RUNGS = (
    update(Deadline)
    .where(
        Deadline.id == bindparam("the_id"),
        Deadline.rung == bindparam("old_rung"),
        Deadline.next_check_at == bindparam("old_look"),
        Deadline.paused_at.is_(None),
        *RUNNING,
    )
    .values(
        rung=bindparam("new_rung"),
        next_check_at=bindparam("new_look"),
        breached_at=func.coalesce(Deadline.breached_at, bindparam("breach", type_=Instant())),
    )
)


def _climb_values(climb: Climb) -> dict[str, Any]:
    return {
        "the_id": climb.deadline.id,
        "old_rung": climb.deadline.rung,
        "old_look": climb.deadline.next_check_at,
        "new_rung": climb.rung,
        "new_look": climb.next_at,
        "breach": climb.breached_at,
    }


def look_again(session: Session, deadline_id: int, now: datetime, later: datetime) -> None:
    """Set a clock that cannot be handled aside until ``later``, so that it does not stop the line."""
    session.execute(
        update(Deadline)
        .where(Deadline.id == deadline_id, Deadline.next_check_at <= now)
        .values(next_check_at=later)
        .execution_options(synchronize_session=False)
    )


def add_alerts(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert alerts; one whose ``dedupe_key`` is there already changes nothing, a digest grows instead."""
    single = [dict(row) for row in rows if row["kind"] != "digest"]
    digests = [dict(row) for row in rows if row["kind"] == "digest"]
    if single:
        session.execute(_insert(session).on_conflict_do_nothing(index_elements=["dedupe_key"]), single)
    if digests:
        grown = _insert(session)
        session.execute(
            grown.on_conflict_do_update(
                index_elements=["dedupe_key"], set_={"values": grown.excluded["values"], "seen_at": None}
            ),
            digests,
        )


def _insert(session: Session) -> postgresql.Insert | sqlite.Insert:
    # Two near-identical statements of two dialects: the plain insert has no "on conflict".
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    return postgresql.insert(Alert) if is_postgresql else sqlite.insert(Alert)


def _by_ticket(rows: Sequence[Deadline]) -> dict[int, list[Deadline]]:
    found: dict[int, list[Deadline]] = defaultdict(list)
    for row in rows:
        found[row.ticket_id].append(row)
    return dict(found)
