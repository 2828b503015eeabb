"""SQL about what arises from duties: whose home it is, the photos of a task, visits that were made."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from backend.duties.queries import IS_OPEN
from backend.models import Duty, Residency, Resident, StoredFile, Ticket, TicketEvent

#: tickets asked for at once
CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class Place:
    """The home that a task is about, and who is to be spoken to there."""

    home_id: int | None = None
    resident: Resident | None = None


def place_of(session: Session, task: Duty) -> Place:
    """Return where a task takes place: its home, its resident's, its site's; nowhere for public places."""
    kind, _, number = task.subject.partition(":")
    if kind == "ticket" and task.ticket_id is not None:
        site = session.get_one(Ticket, task.ticket_id)
        resident = session.get(Resident, site.resident_id) if site.resident_id else None
        return Place(site.home_id, resident)
    if kind == "residency" and number:
        row = session.get_one(Residency, int(number))
        return Place(row.home_id, session.get_one(Resident, row.resident_id))
    if kind == "home" and number:
        return Place(int(number), _resident_of(session, int(number)))
    return Place()


def _resident_of(session: Session, home_id: int) -> Resident | None:
    """Who has lived in a home for longest, the owner before anybody else."""
    return session.scalars(
        select(Resident)
        .join(Residency, Residency.resident_id == Resident.id)
        .where(Residency.home_id == home_id, Residency.ends_at.is_(None))
        .order_by(Resident.kind != "owner", Residency.id)
    ).first()


def list_photos(session: Session, task_id: int, ids: Collection[str] = ()) -> Sequence[StoredFile]:
    """Return the photos of a task, in the order in which they came; those of ``ids`` where some are named."""
    query = select(StoredFile).where(StoredFile.duty_id == task_id)
    if ids:
        query = query.where(StoredFile.id.in_(ids))
    return session.scalars(query.order_by(StoredFile.created_at, StoredFile.id)).all()


def list_loose_photos(session: Session, task: Duty, ids: Collection[str]) -> Sequence[StoredFile]:
    """Return those photos of ``ids`` that are the task's, or its estate's and nobody's yet."""
    nobodys = (
        StoredFile.estate_id == task.estate_id,
        StoredFile.duty_id.is_(None),
        StoredFile.message_id.is_(None),
        StoredFile.ticket_id.is_(None),
        StoredFile.conversation_id.is_(None),
    )
    mine = StoredFile.duty_id == task.id
    return session.scalars(select(StoredFile).where(StoredFile.id.in_(ids), or_(mine, and_(*nobodys)))).all()


def list_arranged_done(
    session: Session, until: Mapping[str, Sequence[str]], *, lock: bool = False
) -> list[tuple[Duty, int | None, datetime]]:
    """Return the open tasks whose ticket has come to a step of ``until``, by duty: who took it, and when."""
    arranged = (Duty.ticket_id.is_not(None), *IS_OPEN, Duty.duty.in_(until))
    tasks = session.scalars(select(Duty).where(*arranged)).all()
    steps = _steps_of(session, [one.ticket_id for one in tasks if one.ticket_id])
    arrived = {task.id: _first(steps.get(task.ticket_id or 0, ()), until[task.duty]) for task in tasks}
    done = [task for task in tasks if arrived[task.id] is not None]
    if lock and done:
        done = _held(session, [task.id for task in done])
    return [(task, step.by_user_id, step.at) for task in done if (step := arrived[task.id]) is not None]


def _held(session: Session, ids: Sequence[int]) -> list[Duty]:
    """Those of these tasks that are open still, held for a change."""
    query = select(Duty).where(Duty.id.in_(ids), *IS_OPEN).order_by(Duty.id)
    rows = session.scalars(query.with_for_update(key_share=True).execution_options(populate_existing=True))
    return list(rows)


def _first(steps: Sequence[TicketEvent], wanted: Collection[str]) -> TicketEvent | None:
    return next((step for step in steps if step.to_step in wanted), None)


def _steps_of(session: Session, ticket_ids: Sequence[int]) -> dict[int, list[TicketEvent]]:
    """The timelines of these tickets, asked for by their ids, in the order in which they were written."""
    found: dict[int, list[TicketEvent]] = {}
    for start in range(0, len(ticket_ids), CHUNK):
        part = ticket_ids[start : start + CHUNK]
        rows = session.scalars(select(TicketEvent).where(TicketEvent.ticket_id.in_(part)))
        for row in sorted(rows, key=lambda one: one.id):
            found.setdefault(row.ticket_id, []).append(row)
    return found
