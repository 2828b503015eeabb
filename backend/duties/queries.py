"""All SQL about the tasks of duties. Every staff query takes the viewer. Nothing commits."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from backend.errors import NotFound
from backend.models import (
    Duty,
    Estate,
    Home,
    Record,
    Residency,
    Resident,
    Shift,
    Ticket,
    TicketEvent,
    User,
)
from backend.people.viewer import Viewer
from backend.tickets.queries import IS_UNFINISHED

#: the row that remembers until when an estate's tasks were made: ``opens_at`` since when there are any,
#: ``due_at`` when it was last looked. It is no task: its ``cancelled_at`` is set from the start.
MARK = ""
IS_TASK: tuple[ColumnElement[bool], ...] = (Duty.cancelled_at.is_(None), Duty.duty != MARK)
OVERDUE_SHOWN = timedelta(days=7)
IS_OPEN: tuple[ColumnElement[bool], ...] = (*IS_TASK, Duty.done_at.is_(None))


@dataclass(frozen=True, slots=True)
class Subject:
    """What tasks are about: its name in the row, since when, and who and which ticket go with it."""

    name: str
    number: int
    began: datetime
    user_id: int | None = None
    ticket_id: int | None = None
    role: str = ""
    until: datetime | None = None


def list_unmarked_estates(session: Session) -> list[int]:
    """Return the estates for which no task was ever made."""
    marked = select(Duty.id).where(Duty.estate_id == Estate.id, Duty.duty == MARK)
    return list(session.scalars(select(Estate.id).where(~marked.exists()).order_by(Estate.id)))


def add_marks(session: Session, estate_ids: Iterable[int], now: datetime) -> None:
    """Let duties begin in these estates; somebody else's mark stays."""
    rows = [
        {
            "estate_id": one, "duty": MARK, "subject": "", "slot": "made", "role": "", "opens_at": now,
            "due_at": now, "cancelled_at": now, "rung": 0, "next_check_at": now, "values": {},
        }
        for one in estate_ids
    ]  # fmt: skip
    add_tasks(session, rows)


def list_due_ids(session: Session, now: datetime, limit: int) -> list[int]:
    """Return the rows whose next look is due, marks first, without locking them."""
    rows = session.scalars(
        select(Duty.id).where(Duty.next_check_at <= now).order_by(Duty.duty != MARK, Duty.id).limit(limit)
    )
    return list(rows)


def claim(session: Session, ids: Collection[int], now: datetime) -> list[Duty]:
    """Return those of these rows that are still due, held until the transaction ends."""
    rows = session.scalars(
        select(Duty)
        .where(Duty.id.in_(ids), Duty.next_check_at <= now)
        .order_by(Duty.due_at, Duty.id)
        .with_for_update(key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return list(rows)


def get_estate(session: Session, estate_id: int) -> Estate:
    return session.get_one(Estate, estate_id)


def list_task_keys(session: Session, estate_id: int, since: datetime) -> set[tuple[str, str, str]]:
    """Return (duty, subject, slot) of the tasks due after ``since``, whatever became of them."""
    rows = session.execute(
        select(Duty.duty, Duty.subject, Duty.slot).where(Duty.estate_id == estate_id, Duty.due_at > since)
    )
    return {(duty, subject, slot) for duty, subject, slot in rows}


def add_tasks(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert tasks; one that is there already changes nothing."""
    if not rows:
        return
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert(Duty) if is_postgresql else sqlite.insert(Duty)
    key = ["estate_id", "duty", "subject", "slot"]
    session.execute(insert.on_conflict_do_nothing(index_elements=key), [dict(row) for row in rows])


def list_tickets_at(session: Session, estate_id: int, workflow: str, step: str) -> list[Subject]:
    """Return the unfinished tickets that stand at a step, with the instant they came to it."""
    came = (
        select(func.max(TicketEvent.at))
        .where(TicketEvent.ticket_id == Ticket.id, TicketEvent.to_step == step)
        .correlate(Ticket)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Ticket.id, Ticket.changed_at, came)
        .where(Ticket.estate_id == estate_id, Ticket.workflow == workflow, Ticket.step == step, IS_UNFINISHED)
        .order_by(Ticket.id)
    )
    return [Subject(f"ticket:{id_}", id_, at or changed, ticket_id=id_) for id_, changed, at in rows]


def list_delivered_homes(session: Session, estate_id: int, since: datetime) -> list[Subject]:
    """Return the homes that were delivered after ``since``."""
    rows = session.execute(
        select(Home.id, Home.delivered_at)
        .where(Home.estate_id == estate_id, Home.delivered_at > since)
        .order_by(Home.id)
    )
    return [Subject(f"home:{id_}", id_, at) for id_, at in rows if at]


def list_homes(session: Session, estate_id: int, began: datetime) -> list[Subject]:
    """Return the homes that somebody lives in, with the butler of each."""
    lived_in = select(Residency.home_id).where(Residency.ends_at.is_(None))
    rows = session.execute(
        select(Home.id, Home.butler_id)
        .where(Home.estate_id == estate_id, Home.id.in_(lived_in))
        .order_by(Home.id)
    )
    return [Subject(f"home:{id_}", id_, began, user_id=butler) for id_, butler in rows]


def list_new_residencies(session: Session, estate_id: int, since: datetime) -> list[Subject]:
    """Return who moved in after ``since`` and has not left, with the home's butler."""
    rows = session.execute(
        select(Residency.id, Residency.starts_at, Home.butler_id)
        .join(Home, Home.id == Residency.home_id)
        .where(Residency.estate_id == estate_id, Residency.starts_at > since, Residency.ends_at.is_(None))
        .order_by(Residency.id)
    )
    return [Subject(f"residency:{id_}", id_, at, user_id=butler) for id_, at, butler in rows]


def list_ending_shifts(
    session: Session, estate_id: int, roles: Collection[str], since: datetime, until: datetime
) -> list[Subject]:
    """Return the shifts of people with one of ``roles`` that end within the range."""
    rows = session.execute(
        select(Shift, User.role)
        .join(User, User.id == Shift.user_id)
        .where(Shift.estate_id == estate_id, Shift.ends_at > since, Shift.ends_at <= until)
        .where(User.role.in_(roles), User.is_active)
        .order_by(Shift.id)
    )
    return [
        Subject("", one.id, one.starts_at, one.user_id, role=role, until=one.ends_at) for one, role in rows
    ]


def list_steps_taken(
    session: Session, estate_id: int, workflow: str, steps: Collection[str], since: datetime
) -> list[Subject]:
    """Return the steps of such tickets taken after ``since``; ``number`` is that of the timeline's row.

    Such a ticket is under way still, or ended after ``since``: the others of its kind are not looked at.
    """
    rows = session.execute(
        select(TicketEvent.id, TicketEvent.at, Ticket.id, Ticket.butler_id)
        .join(Ticket, Ticket.id == TicketEvent.ticket_id)
        .where(Ticket.estate_id == estate_id, Ticket.workflow == workflow)
        .where(or_(IS_UNFINISHED, Ticket.closed_at > since))
        .where(TicketEvent.to_step.in_(steps), TicketEvent.at > since)
        .order_by(TicketEvent.id)
    )
    return [Subject(f"ticket:{ticket}", id_, at, butler, ticket) for id_, at, ticket, butler in rows]


def look_soon(session: Session, estate_id: int, now: datetime) -> None:
    """Let the next sweep see what has changed in an estate: its rota, its settings."""
    session.execute(
        update(Duty)
        .where(Duty.estate_id == estate_id, Duty.duty == MARK, Duty.next_check_at > now)
        .values(next_check_at=now)
        .execution_options(synchronize_session=False)
    )


def cancel_open(
    session: Session, estate_id: int, duty: str, subjects: Collection[str] | None, now: datetime
) -> None:
    """Take back what is not due yet of a duty whose subject is gone; ``subjects`` None: all of it."""
    gone = [Duty.subject.not_in(subjects)] if subjects is not None else []
    session.execute(
        update(Duty)
        .where(Duty.estate_id == estate_id, Duty.duty == duty, Duty.due_at > now, *IS_OPEN, *gone)
        .values(cancelled_at=now, next_check_at=None)
        .execution_options(synchronize_session=False)
    )


def cancel_slot(session: Session, estate_id: int, slot: str, now: datetime) -> None:
    """Take back the task of one slot, unless it is done or was missed."""
    session.execute(
        update(Duty)
        .where(Duty.estate_id == estate_id, Duty.slot == slot, Duty.missed_at.is_(None), *IS_OPEN)
        .values(cancelled_at=now, next_check_at=None)
        .execution_options(synchronize_session=False)
    )


def find_slot(session: Session, estate_id: int, duty: str, slot: str) -> Duty | None:
    """Return the task of one slot of the estate, held for a change; None when there is none."""
    return session.scalars(
        select(Duty)
        .where(Duty.estate_id == estate_id, Duty.duty == duty, Duty.subject == "", Duty.slot == slot)
        .where(*IS_TASK)
        .with_for_update(key_share=True)
    ).first()


# ------------------------------------------------------------------- looking


@dataclass(frozen=True, slots=True)
class Entry:
    """One task with what a row shows of it."""

    duty: Duty
    ticket: Ticket | None
    home: Home | None
    resident: Resident | None
    user: User | None
    estate: Estate


def list_tasks(
    session: Session,
    viewer: Viewer,
    *,
    since: datetime,
    until: datetime,
    roles: Collection[str] | None = None,
    limit: int = 300,
) -> list[Entry]:
    """Return the tasks that open before ``until`` and are open, or were done after ``since``.

    What was due a week before ``since`` is for the report alone. ``roles``: only theirs, and what the viewer
    has. The first to be due comes first.
    """
    query = select(Duty).where(
        Duty.estate_id.in_(viewer.estate_ids),
        *IS_TASK,
        Duty.opens_at <= until,
        or_(Duty.done_at >= since, and_(Duty.done_at.is_(None), Duty.due_at > since - OVERDUE_SHOWN)),
    )
    if roles is not None:
        query = query.where(or_(Duty.role.in_(roles), Duty.user_id == viewer.user_id))
    rows = session.scalars(query.order_by(Duty.due_at, Duty.id).limit(limit))
    return _entries(session, rows.all())


def list_missed(session: Session, viewer: Viewer, start: datetime, end: datetime) -> list[Entry]:
    """Return what was missed from ``start`` until before ``end``, the oldest first."""
    rows = session.scalars(
        select(Duty)
        .where(Duty.estate_id.in_(viewer.estate_ids), *IS_TASK)
        .where(Duty.missed_at >= start, Duty.missed_at < end)
        .order_by(Duty.missed_at, Duty.id)
    )
    return _entries(session, rows.all())


def get_task(session: Session, viewer: Viewer, task_id: int, *, lock: bool = False) -> Duty:
    """Return a task. Raises NotFound for an unknown, foreign or cancelled one alike."""
    query = select(Duty).where(Duty.id == task_id, Duty.estate_id.in_(viewer.estate_ids), *IS_TASK)
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = session.scalars(query).first()
    if found is None:
        raise NotFound
    return found


def find_record_of(session: Session, task_id: int) -> Record | None:
    """Return the record that a task was done with."""
    return session.scalars(select(Record).where(Record.duty_id == task_id).order_by(Record.id.desc())).first()


def entry_of(session: Session, duty: Duty) -> Entry:
    return _entries(session, [duty])[0]


def _entries(session: Session, rows: Sequence[Duty]) -> list[Entry]:
    numbers: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        kind, _, number = row.subject.partition(":")
        if number:
            numbers[kind].add(int(number))
    tickets = _by_id(session, Ticket, {one.ticket_id for one in rows if one.ticket_id})
    sites = {one.id: one.home_id for one in tickets.values() if one.home_id}
    homes = _by_id(session, Home, numbers["home"] | set(sites.values()))
    people = _residents(session, numbers["residency"])
    estates = _by_id(session, Estate, {one.estate_id for one in rows})
    users = _by_id(session, User, {one.user_id or one.done_by_id for one in rows} - {None})
    return [
        Entry(
            row,
            tickets.get(row.ticket_id or 0),
            homes.get(_number_of(row, "home") or sites.get(row.ticket_id or 0, 0))
            or _home_of(people, _number_of(row, "residency")),
            people.get(_number_of(row, "residency"), (None, None))[0],
            users.get(row.user_id or row.done_by_id or 0),
            estates[row.estate_id],
        )
        for row in rows
    ]


def _number_of(row: Duty, kind: str) -> int:
    name, _, number = row.subject.partition(":")
    return int(number) if name == kind and number else 0


def _home_of(people: Mapping[int, tuple[Resident, Home]], number: int) -> Home | None:
    return people[number][1] if number in people else None


def _by_id(session: Session, table: Any, ids: Collection[Any]) -> dict[int, Any]:
    if not ids:
        return {}
    return {row.id: row for row in session.scalars(select(table).where(table.id.in_(ids)))}


def _residents(session: Session, ids: Collection[int]) -> dict[int, tuple[Resident, Home]]:
    if not ids:
        return {}
    rows = session.execute(
        select(Residency.id, Resident, Home)
        .join(Resident, Resident.id == Residency.resident_id)
        .join(Home, Home.id == Residency.home_id)
        .where(Residency.id.in_(ids))
    )
    return {number: (resident, home) for number, resident, home in rows}
