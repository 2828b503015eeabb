"""All SQL of the deadlines room. Nothing here commits."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, Select, Subquery, and_, bindparam, case, func, not_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from backend.deadlines.reckoning import most_urgent
from backend.models import (
    CalendarEdition,
    Deadline,
    DeadlinePause,
    Estate,
    Home,
    PolicyEdition,
    Ticket,
)

RUNNING: tuple[ColumnElement[bool], ...] = (Deadline.met_at.is_(None), Deadline.cancelled_at.is_(None))
#: late outranks paused: what was late before it was paused is not waited for
NOT_WAITING: ColumnElement[bool] = or_(Deadline.paused_at.is_(None), Deadline.paused_at >= Deadline.due_at)


def get_estate(session: Session, estate_id: int) -> Estate:
    """Return the estate; its calendar and zone say what a working day is."""
    return session.get_one(Estate, estate_id)


def list_estates(session: Session) -> Sequence[Estate]:
    """Return every estate of the house."""
    return session.scalars(select(Estate).order_by(Estate.id)).all()


def building_of(session: Session, home_id: int | None) -> str | None:
    """Return the building that a home stands in; None for a ticket of no home."""
    home = session.get(Home, home_id) if home_id is not None else None
    return home.building if home is not None else None


def keep_edition(session: Session, version: str, text: str, at: datetime) -> None:
    """Keep the text of a policy file under its version; one that is kept already stays as it is."""
    values = {"version": version, "text": text, "first_used_at": at}
    session.execute(_keep_edition(session.get_bind().dialect.name), values)


@cache
def _keep_edition(dialect: str) -> postgresql.Insert | sqlite.Insert:
    if dialect == "postgresql":
        return postgresql.insert(PolicyEdition).on_conflict_do_nothing(index_elements=["version"])
    return sqlite.insert(PolicyEdition).on_conflict_do_nothing(index_elements=["version"])


def list_editions(session: Session, versions: Collection[str]) -> dict[str, str]:
    """Return the kept texts of these policy files, by version."""
    rows = session.execute(
        select(PolicyEdition.version, PolicyEdition.text).where(PolicyEdition.version.in_(versions))
    )
    return {row.version: row.text for row in rows}


def find_first_use(session: Session, version: str) -> datetime | None:
    """Return when a clock was first made by this policy file; None while none was."""
    return session.scalar(select(PolicyEdition.first_used_at).where(PolicyEdition.version == version))


def list_calendar_editions(session: Session, versions: Collection[str]) -> dict[str, str]:
    """Return the texts of these editions of estates' own calendars, by version."""
    rows = session.execute(
        select(CalendarEdition.version, CalendarEdition.text).where(CalendarEdition.version.in_(versions))
    )
    return {row.version: row.text for row in rows}


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


def copy_pauses(session: Session, from_id: int, to_id: int) -> None:
    """Let one clock have waited when another did."""
    for one in list_pauses(session, [from_id]).get(from_id, []):
        session.add(
            DeadlinePause(estate_id=one.estate_id, deadline_id=to_id, from_at=one.from_at,
                          until_at=one.until_at, reason=one.reason, waits_for=one.waits_for)
        )  # fmt: skip


def end_pause(session: Session, deadline_id: int, at: datetime) -> None:
    session.execute(
        update(DeadlinePause)
        .where(DeadlinePause.deadline_id == deadline_id, DeadlinePause.until_at.is_(None))
        .values(until_at=at)
    )


def _by_ticket(rows: Sequence[Deadline]) -> dict[int, list[Deadline]]:
    found: dict[int, list[Deadline]] = defaultdict(list)
    for row in rows:
        found[row.ticket_id].append(row)
    return dict(found)


def nearest_clocks(scope: Select[Ticket]) -> Subquery:
    """For each ticket in scope the nearest instants of its running clocks, and of its waiting ones.

    A clock that was late before it was paused counts as running: late outranks paused.
    """
    ids = scope.with_only_columns(Ticket.id).subquery()
    return (
        select(
            ids.c.id,
            func.min(case((NOT_WAITING, Deadline.due_at))).label("due_at"),
            func.min(case((NOT_WAITING, Deadline.warn_at))).label("warn_at"),
            func.min(case((not_(NOT_WAITING), Deadline.due_at))).label("waiting_due_at"),
        )
        .outerjoin(
            Deadline,
            and_(Deadline.ticket_id == ids.c.id, Deadline.met_at.is_(None), Deadline.cancelled_at.is_(None)),
        )
        .group_by(ids.c.id)
        .subquery()
    )


def is_in_state(standing: Subquery, state: str, now: datetime) -> ColumnElement[bool]:
    """Whether the most pressing of a ticket's ``nearest_clocks`` stands so: late, soon, ok, paused, or none.

    Every ticket stands in just one of these; ``none``: no clock of its runs or waits.
    """
    due, warn = standing.c.due_at, standing.c.warn_at
    return {
        "late": due <= now,
        "soon": and_(due > now, warn <= now),
        "ok": and_(due > now, or_(warn.is_(None), warn > now)),
        "paused": and_(due.is_(None), standing.c.waiting_due_at.is_not(None)),
        "none": and_(due.is_(None), standing.c.waiting_due_at.is_(None)),
    }[state]
