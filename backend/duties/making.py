"""Makes the tasks of an estate, and takes back what is no longer wanted. Nothing here commits."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session, object_session

from backend.deadlines import own_calendars
from backend.deadlines.calendar import Calendar
from backend.deadlines.rules import standard_rules
from backend.duties import plan, queries
from backend.duties.plan import Slot
from backend.duties.queries import Subject
from backend.duties.rules import Duties, Duty, standard_duties
from backend.duties.settings import with_settings
from backend.models import Duty as Task
from backend.models import Estate

#: tasks are made so long before they open
AHEAD: Final = timedelta(hours=24)
LOOK_EVERY: Final = timedelta(minutes=10)
#: after a longer absence, what fell into the time before is no longer made as missed
FURTHEST_BACK: Final = timedelta(days=92)
#: a step taken in a transaction that ended late is still seen
OVERLAP: Final = timedelta(minutes=30)
MONTH: Final = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Looking:
    """One look at an estate: since when it has duties, when one last looked, now."""

    estate: Estate
    calendar: Calendar
    began: datetime
    last: datetime
    now: datetime

    @property
    def until(self) -> datetime:
        return self.now + AHEAD

    def wants(self, slot: Slot, began: datetime) -> bool:
        """Tell whether this slot is to be a task: open soon, not past at the last look, and fair."""
        since = max(self.began, began)
        return slot.opens_at <= self.until and slot.due_at > self.last and plan.is_fair(slot, since)


def duties_of(estate: Estate) -> Duties:
    """Return the duties as this estate has them, switched off ones too."""
    return with_settings(standard_duties(), estate.settings)


def calendar_of(estate: Estate) -> Calendar:
    """Return the working calendar of an estate. Raises UnknownCalendar."""
    session, rules = object_session(estate), standard_rules()
    if session is not None:
        rules = own_calendars.with_own(session, rules, [estate.calendar])
    return rules.calendar_in_force(estate.calendar, estate.timezone)


def make(session: Session, mark: Task, now: datetime) -> int:
    """Make the tasks of the mark's estate and take back what is not wanted any more; return how many.

    Raises UnknownCalendar when the estate's calendar is gone.
    """
    estate = queries.get_estate(session, mark.estate_id)
    last = max(mark.due_at, now - FURTHEST_BACK)
    looking = Looking(estate, calendar_of(estate), mark.opens_at, last, now)
    known = queries.list_task_keys(session, estate.id, min(last, now))
    rows: list[dict[str, Any]] = []
    for duty in duties_of(estate):
        rows += _rows_of(session, looking, duty, known)
    queries.add_tasks(session, rows)
    mark.due_at, mark.next_check_at = now, now + LOOK_EVERY
    return len(rows)


def _rows_of(
    session: Session, looking: Looking, duty: Duty, known: Collection[tuple[str, str, str]]
) -> list[dict[str, Any]]:
    has_rows = any(name == duty.id for name, _, _ in known)
    if not duty.is_on:
        if has_rows:
            queries.cancel_open(session, looking.estate.id, duty.id, None, looking.now)
        return []
    subjects = _subjects(session, looking, duty)
    if has_rows and duty.of in ("ticket", "residency") and duty.every != "event":
        gone = {one.name for one in subjects}
        queries.cancel_open(session, looking.estate.id, duty.id, gone, looking.now)
    found = (
        _row(looking, duty, one, slot)
        for one in subjects
        for slot in _slots(looking, duty, one)
        if looking.wants(slot, one.began)
    )
    return [row for row in found if (duty.id, row["subject"], row["slot"]) not in known]


def _subjects(session: Session, looking: Looking, duty: Duty) -> list[Subject]:
    """What a duty is about just now: the estate, sites, homes, people who moved in, shifts, steps."""
    estate, last = looking.estate.id, looking.last
    if duty.every == "event":
        since = last - OVERLAP
        return queries.list_steps_taken(session, estate, duty.workflow, duty.steps, since)
    if duty.every == "shift":
        since = last - plan.AFTER_END
        return queries.list_ending_shifts(session, estate, duty.roles, since, looking.until + plan.BEFORE_END)
    if duty.every == "anchor":
        reach = max(one.due[0] * MONTH + timedelta(days=one.due[1] + 1) for one in duty.stretches)
        if duty.of == "home":
            return queries.list_delivered_homes(session, estate, last - reach)
        return queries.list_new_residencies(session, estate, last - reach)
    if duty.of == "ticket":
        return queries.list_tickets_at(session, estate, duty.workflow, duty.step)
    if duty.of == "home":
        return queries.list_homes(session, estate, looking.began)
    return [Subject("", 0, looking.began)]


def _slots(looking: Looking, duty: Duty, subject: Subject) -> Iterator[Slot]:
    if duty.every == "event":
        day = looking.calendar.local_day(subject.began).isoformat()
        name = day if duty.per == "day" else f"e{subject.number}"
        yield plan.of_event(looking.calendar, name, subject.began)
    elif duty.every == "shift":
        yield plan.of_shift(subject.number, subject.began, subject.until or subject.began)
    elif duty.every == "anchor":
        yield from plan.anchored(duty, looking.calendar, subject.began)
    else:
        since = looking.last - plan.longest(duty)
        yield from plan.opening(duty, looking.calendar, since, looking.until, subject.number)


def _row(looking: Looking, duty: Duty, subject: Subject, slot: Slot) -> dict[str, Any]:
    is_of_day = duty.every == "event" and duty.per == "day"
    return {
        "estate_id": looking.estate.id,
        "duty": duty.id,
        "subject": "" if is_of_day else subject.name,
        "slot": slot.name,
        "role": subject.role or duty.role,
        "user_id": subject.user_id,
        "ticket_id": None if is_of_day else subject.ticket_id,
        "opens_at": slot.opens_at,
        "due_at": slot.due_at,
        "cancelled_at": None,
        "rung": 0,
        # A handover is prepared as soon as it opens; anything else is reminded of near its end.
        "next_check_at": slot.opens_at if duty.every == "shift" else plan.warning(slot.opens_at, slot.due_at),
        "values": {},
    }
