"""Taking and doing the tasks of duties. The caller owns the transaction: nothing here commits."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from backend.duties import queries
from backend.duties.queries import Entry
from backend.duties.rules import Duty, find, standard_duties
from backend.errors import Forbidden, Refusal
from backend.messages import live
from backend.models import Duty as Task
from backend.people import roles
from backend.people.queries import get_user
from backend.people.viewer import Viewer
from backend.tickets import records
from backend.tickets.forms import find_form
from backend.tickets.work import ACTORS
from locales import N_, t
from locales.dates import format_full, format_moment, local


class TaskRefused(Refusal):
    """A task cannot be taken or done now: it is over, not open yet, or a colleague has it."""

    status: ClassVar[int] = 409
    title: ClassVar[str] = N_("This step is not possible now.")


@dataclass(frozen=True, slots=True)
class Board:
    """The tasks somebody sees: overdue, open now, done today, and coming; each the first due first."""

    overdue: tuple[Entry, ...]
    open: tuple[Entry, ...]
    coming: tuple[Entry, ...]
    done: tuple[Entry, ...]


def may_do(viewer: Viewer, task: Task) -> bool:
    """True for those of the task's role, for whoever has it, and for leaders."""
    is_own = viewer.role == task.role or viewer.user_id == task.user_id
    return viewer.works_in(task.estate_id) and (is_own or roles.is_leader(viewer.role))


def board(session: Session, viewer: Viewer, now: datetime, zone: str, *, everybody: bool = False) -> Board:
    """Return today's tasks of the viewer's role, of everybody's where ``everybody``; coming ones for a day.

    Done ones are those of today, overdue ones those of the last seven days.
    """
    midnight = now.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    wanted = None if everybody else [viewer.role]
    until = now + timedelta(days=1)
    found = queries.list_tasks(session, viewer, since=midnight, until=until, roles=wanted)

    def standing(state: str) -> tuple[Entry, ...]:
        return tuple(one for one in found if state_of(one.duty, now) == state)

    return Board(standing("overdue"), standing("open"), standing("coming"), standing("done"))


def duty_of(task: Task) -> Duty | None:
    """Return the duty a task belongs to; None when it is no longer one."""
    return find(standard_duties(), task.duty)


def title_of(task: Task, language: str) -> str:
    duty = duty_of(task)
    return duty.title(language) if duty else task.duty


def state_of(task: Task, now: datetime) -> str:
    """How a task stands: done, overdue, open or coming."""
    if task.done_at is not None:
        return "done"
    if task.due_at <= now:
        return "overdue"
    return "open" if task.opens_at <= now else "coming"


def take(session: Session, viewer: Viewer, task_id: int, now: datetime) -> Task:
    """Put the task into the viewer's hands. Raises NotFound, Forbidden, TaskRefused."""
    task = held(session, viewer, task_id, now)
    if task.user_id not in (None, viewer.user_id) and not roles.is_leader(viewer.role):
        raise TaskRefused(N_("{who} has already taken this task."), who=_who(session, task.user_id, viewer))
    task.user_id = viewer.user_id
    tell(session, task, now)
    return task


def do(
    session: Session, viewer: Viewer, task_id: int, values: Mapping[str, Any], now: datetime
) -> Task:  # fmt: skip
    """Write down that the task is done, with its form's fields as a record.

    ``values`` are the fields of the form. Raises NotFound, Forbidden, TaskRefused, RecordRefused.
    """
    task = held(session, viewer, task_id, now)
    duty = duty_of(task)
    if duty is None:
        raise TaskRefused(N_("This is no longer a duty here."))
    if duty.page:
        raise TaskRefused(N_("This is done on a page of its own: {page}."), page=duty.page)
    filled = {**_by_itself(session, viewer, task, duty, now), **values}
    records.write(
        session, duty.form, filled, at=now, by=viewer.user_id, actor=ACTORS[viewer.role], duty=task,
        needed=duty.needs,
    )  # fmt: skip
    finish(task, viewer.user_id, now)
    tell(session, task, now)
    return task


def _by_itself(session: Session, viewer: Viewer, task: Task, duty: Duty, now: datetime) -> dict[str, Any]:
    """What a form need not be told: the day, who checked, and what the duty sets."""
    form = find_form(duty.form)
    zone = queries.get_estate(session, task.estate_id).timezone
    name = viewer.name("zh")
    known = {"date": local(now, zone).date().isoformat(), "checker": name, "staff": name, "butler": name}
    known["visited_at"] = now.isoformat()
    own = {one.id for one in form.fields} if form else set()
    return {name: value for name, value in known.items() if name in own} | dict(duty.sets)


def finish(task: Task, user_id: int | None, now: datetime) -> None:
    """Mark a task as done now; one that is late is missed all the same."""
    task.done_at, task.done_by_id, task.user_id, task.next_check_at = now, user_id, user_id, None
    if now > task.due_at and task.missed_at is None:
        task.missed_at = task.due_at


def missed(session: Session, viewer: Viewer, year: int, month: int, zone: str) -> Sequence[Entry]:
    """Return what was missed in a month of the estate's clocks (who, what, when), the oldest first."""
    place = ZoneInfo(zone)
    start = datetime(year, month, 1, tzinfo=place)
    end = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=place)
    return queries.list_missed(session, viewer, start, end)


def read_month(text: str, now: datetime, zone: str) -> tuple[int, int]:
    """Return year and month of ``2026-03``; the present month of the estate for anything else."""
    today = local(now, zone)
    found = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", text)
    return (int(found[1]), int(found[2])) if found else (today.year, today.month)


def held(session: Session, viewer: Viewer, task_id: int, now: datetime) -> Task:
    """The task, held for the change that follows, if it can be done now."""
    task = queries.get_task(session, viewer, task_id, lock=True)
    if not may_do(viewer, task):
        raise Forbidden
    if task.done_at is not None:
        estate = queries.get_estate(session, task.estate_id)
        when = format_moment(viewer.language, task.done_at, estate.timezone, now)
        who = _who(session, task.done_by_id, viewer)
        raise TaskRefused(N_("{who} has already done this, {when}."), who=who, when=when)
    if now < task.opens_at:
        estate = queries.get_estate(session, task.estate_id)
        when = format_full(viewer.language, task.opens_at, estate.timezone)
        raise TaskRefused(N_("This can be done from {when} on."), when=when)
    return task


def _who(session: Session, user_id: int | None, viewer: Viewer) -> str:
    user = get_user(session, user_id)
    return user.name(viewer.language) if user else t(viewer.language, "A colleague")


def tell(session: Session, task: Task, now: datetime) -> None:
    live.emit(session, task.estate_id, "duty", {"task": task.id}, now)
