"""Which tasks a duty has, and when each opens and is due. Pure.

A day, a week and a month are local ideas of the estate's calendar and zone; instants that leave are UTC. A
slot's name is the same whenever it is reckoned, so that a task is made once however often one looks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from backend.deadlines.calendar import WEEK, Calendar
from backend.deadlines.faults import in_utc
from backend.duties.rules import After, Duty, Span, Window

DAY: Final = timedelta(days=1)
#: how far a due day that is no working day may move
MOST_MOVED: Final = 20
#: how long before its shift's end a handover opens, and how long after it is due
BEFORE_END: Final = timedelta(minutes=30)
AFTER_END: Final = timedelta(minutes=30)
#: what is due the same day gives at least this long
LEAST_EVENT: Final = timedelta(hours=2)
#: the shortest task there is, where a change of clocks swallows the rest
LEAST: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Slot:
    """One task to be: its name within duty and subject, and when it opens and is due (UTC)."""

    name: str
    opens_at: datetime
    due_at: datetime


def opening(duty: Duty, calendar: Calendar, since: datetime, until: datetime, subject: int = 0) -> list[Slot]:
    """Return the slots that open after ``since`` and not after ``until``, the first to be due first.

    ``subject``: number of the home, which decides the month of its yearly visit. Duties bound to anchors,
    shifts and events have no calendar of their own: see ``anchored``, ``of_shift`` and ``of_event``.
    """
    first, last = calendar.local_day(since), calendar.local_day(until)
    made = {
        "day": lambda: _daily(duty, calendar, first, last),
        "week": lambda: _weekly(duty, calendar, first, last),
        "month": lambda: _monthly(duty, calendar, first, last),
        "year": lambda: _yearly(duty, calendar, first, last, subject),
    }.get(duty.every)
    start, end = in_utc(since), in_utc(until)
    found = [one for one in (made() if made else ()) if start < one.opens_at <= end]
    return sorted(found, key=lambda one: (one.due_at, one.name))


def longest(duty: Duty) -> timedelta:
    """How long a task of this duty may be open at most: so far back one looks for those still open."""
    months = max((one.last_month for one in duty.spans), default=1)
    days = {"day": 2, "week": 8, "month": 32 * months + MOST_MOVED, "year": 32}
    return timedelta(days=days.get(duty.every, 0))


def _slot(name: str, opens_at: datetime, due_at: datetime) -> Slot:
    return Slot(name, opens_at, max(due_at, opens_at + LEAST))


def _at(calendar: Calendar, day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, calendar.zone).astimezone(UTC)


def _days(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += DAY


def _daily(duty: Duty, calendar: Calendar, first: date, last: date) -> Iterator[Slot]:
    for day in _days(first, last):
        if WEEK[day.weekday()] in duty.days and (calendar.is_open(day) or not duty.working_days):
            for place, window in enumerate(duty.windows, start=1):
                yield _of_window(calendar, day, place, window)


def _of_window(calendar: Calendar, day: date, place: int, window: Window) -> Slot:
    end = day + DAY if window.due <= window.opens else day
    return _slot(f"{day}#{place}", _at(calendar, day, window.opens), _at(calendar, end, window.due))


def _weekly(duty: Duty, calendar: Calendar, first: date, last: date) -> Iterator[Slot]:
    opens, due = WEEK.index(duty.opens_on), WEEK.index(duty.on_day)
    monday = first - timedelta(days=first.weekday())
    while monday <= last:
        days = [monday + timedelta(days=place) for place in range(opens, due + 1)]
        worked = [day for day in days if calendar.is_open(day)] if duty.working_days else days
        if worked:
            year, week, _ = monday.isocalendar()
            opens_at = calendar.midnight(days[0])
            yield _slot(f"{year}-W{week:02d}", opens_at, _at(calendar, worked[-1], duty.due))
        monday += timedelta(days=7)


def _monthly(duty: Duty, calendar: Calendar, first: date, last: date) -> Iterator[Slot]:
    """Periods are counted from the year 0, so that a quarter is one of the calendar."""
    period, end = _month_number(first) // duty.months, _month_number(last) // duty.months
    while period <= end:
        for place, span in enumerate(duty.spans, start=1):
            yield _of_span(duty, calendar, period * duty.months, place, span)
        period += 1


def _of_span(duty: Duty, calendar: Calendar, month: int, place: int, span: Span) -> Slot:
    opens = _day_of(month, span.first)
    due = _day_of(month + span.last_month - 1, span.last)
    if duty.working_days:
        due = _moved_on(calendar, due)
    name = f"{opens:%Y-%m}#{place}" if len(duty.spans) > 1 else f"{opens:%Y-%m}"
    return _slot(name, calendar.midnight(opens), _at(calendar, due, duty.due))


def _moved_on(calendar: Calendar, day: date) -> date:
    """The day itself or the next one that is worked; the day itself where none is near."""
    near = (day + timedelta(days=more) for more in range(MOST_MOVED))
    return next((one for one in near if calendar.is_open(one)), day)


def _yearly(duty: Duty, calendar: Calendar, first: date, last: date, subject: int) -> Iterator[Slot]:
    """Each home has its own month, so that a year's visits are spread over the year."""
    for year in range(first.year, last.year + 1):
        month = year * 12 + subject % 12
        opens, due = _day_of(month, 1), _day_of(month, 31)
        yield _slot(str(year), calendar.midnight(opens), _at(calendar, due, duty.due))


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _day_of(month: int, day: int) -> date:
    """The day of a month counted from the year 0, or the month's last one."""
    year, index = divmod(month, 12)
    following = date(year + (index == 11), (index + 1) % 12 + 1, 1)
    return min(date(year, index + 1, 1) + timedelta(days=day - 1), following - DAY)


def anchored(duty: Duty, calendar: Calendar, anchor: datetime) -> list[Slot]:
    """Return every slot of a duty that counts from an anchor: a delivery, a day of moving in."""
    day = calendar.local_day(anchor)
    return [_of_stretch(duty, calendar, anchor, day, one) for one in duty.stretches]


def _of_stretch(duty: Duty, calendar: Calendar, anchor: datetime, day: date, stretch: After) -> Slot:
    opens = _later(day, *stretch.opens)
    opens_at = max(calendar.midnight(opens), in_utc(anchor))
    return _slot(stretch.name, opens_at, _at(calendar, _later(day, *stretch.due), duty.due))


def _later(day: date, months: int, days: int) -> date:
    """So many months later, on the month's last day where it is shorter, and days on from there."""
    return _day_of(_month_number(day) + months, day.day) + timedelta(days=days)


def of_shift(shift_id: int, starts_at: datetime, ends_at: datetime) -> Slot:
    """Return the handover of one shift (SLA-53)."""
    opens_at = max(in_utc(starts_at), in_utc(ends_at) - BEFORE_END)
    return _slot(f"shift:{shift_id}", opens_at, in_utc(ends_at) + AFTER_END)


def of_event(calendar: Calendar, name: str, at: datetime) -> Slot:
    """Return the task for something that happened: due the same local day, two hours later at least."""
    end = calendar.midnight(calendar.local_day(at) + DAY)
    return _slot(name, in_utc(at), max(end, in_utc(at) + LEAST_EVENT))


def is_fair(slot: Slot, began: datetime) -> bool:
    """Tell whether somebody who is given the task at ``began`` has half of its time, or a whole day.

    A duty does not reach back before the estate or its subject came: nothing is missed on the first day.
    """
    left = slot.due_at - max(in_utc(began), slot.opens_at)
    return left >= min((slot.due_at - slot.opens_at) / 2, DAY)


def warning(opens_at: datetime, due_at: datetime) -> datetime:
    """When the doers are reminded: a fifth of the time before the end, 15 minutes to a day, never earlier."""
    span = due_at - opens_at
    lead = min(max(span / 5, timedelta(minutes=15)), DAY, span)
    return due_at - lead


def next_slots(duty: Duty, calendar: Calendar, after: datetime, within: timedelta) -> Sequence[Slot]:
    """Return what opens next within ``within``, for a list of what is coming; nothing is made of it."""
    return opening(duty, calendar, after, after + within)
