"""When a promise falls due, when it warns, who is called next, and how it stands. Pure: no clock of its own.

Everything is half-open: a promise is kept by an act *before* its due instant, late from that instant on.
``cal`` promises are elapsed time, reckoned in UTC, so a change of summer time gives or takes no hour.
``wd`` promises end with the closing time of the n-th working day after the local date of the start, and
move, when they have been paused, by the working time that the pause took.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import Literal, Protocol, TypeVar, cast

from backend.deadlines.calendar import Calendar, Interval
from backend.deadlines.faults import BeyondTheLimit, in_utc
from backend.deadlines.policy import Basis, Policy, Rung, When

NOTHING = timedelta(0)


class Status(StrEnum):
    """How a promise stands. Late outranks paused; done and missed are final."""

    OK = "ok"
    SOON = "soon"
    LATE = "late"
    PAUSED = "paused"
    DONE = "done"
    MISSED = "missed"


class Promise(Protocol):
    """The columns of a deadline that say how it stands."""

    @property
    def due_at(self) -> datetime: ...
    @property
    def warn_at(self) -> datetime | None: ...
    @property
    def met_at(self) -> datetime | None: ...
    @property
    def breached_at(self) -> datetime | None: ...
    @property
    def cancelled_at(self) -> datetime | None: ...
    @property
    def paused_at(self) -> datetime | None: ...


class Running(Protocol):
    """The columns of a deadline that say how it runs."""

    @property
    def basis(self) -> str: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def due_at(self) -> datetime: ...
    @property
    def warn_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """A promise as made: due and warning instants (UTC), and whether a holiday may still move the first."""

    due_at: datetime
    warn_at: datetime | None
    is_provisional: bool


@dataclass(frozen=True, slots=True)
class Course:
    """How one promise runs: on which clock, since when, until when, and when it warns (all UTC)."""

    basis: Basis
    started_at: datetime
    due_at: datetime
    warn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch in which a clock waited, for what; ``end`` None while it still waits."""

    start: datetime
    end: datetime | None
    reason: str = ""
    waits_for: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One rung of one promise's ladder: its place, its instant, whom it calls."""

    place: int
    when: When
    role: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Stretch:
    """One line of an explanation. ``counted`` is the time it used, or the counted time a pause gave back."""

    kind: Literal["counted", "paused"]
    start: datetime
    end: datetime
    counted: timedelta
    reason: str = ""
    waits_for: str | None = None


def plan(policy: Policy, started_at: datetime, calendar: Calendar, agreed_at: datetime | None = None) -> Plan:
    """Return the due and warning instants of a promise that starts now.

    ``agreed_at``: the end of an appointment's window (SLA-05), a time agreed with the resident (SLA-08,
    SLA-09), or the date set for this very ticket (SLA-28). Raises BeyondTheLimit when it is later than the
    promise allows, NoOpenDay for a closed calendar.
    """
    start = in_utc(started_at)
    due_at = _due(policy, start, calendar, in_utc(agreed_at) if agreed_at else None)
    warn_at = _warning(policy, start, due_at, calendar)
    return Plan(due_at, warn_at, is_provisional(Course(policy.basis, start, due_at, warn_at), calendar))


def _due(policy: Policy, start: datetime, calendar: Calendar, agreed: datetime | None) -> datetime:
    if policy.limit.is_window:
        if agreed is None:
            raise BeyondTheLimit(f"{policy.id} has no limit of its own: it needs the end of a window.")
        return agreed
    limit = limit_instant(policy, start, calendar)
    if agreed is None:
        return limit
    if policy.limit.is_agreed:
        return agreed
    if policy.agreed == "never" or (policy.agreed == "earlier" and agreed > limit):
        raise BeyondTheLimit(f"{policy.id} falls due at {limit.isoformat()}, not at {agreed.isoformat()}.")
    return agreed


def limit_instant(policy: Policy, started_at: datetime, calendar: Calendar) -> datetime:
    """Return the latest instant the promise itself allows, without an agreed time and without pauses."""
    start = in_utc(started_at)
    if policy.limit.working_days is not None:
        return working_days_after(start, policy.limit.working_days, calendar)
    return start + (policy.limit.elapsed or NOTHING)


def working_days_after(start: datetime, days: int, calendar: Calendar) -> datetime:
    """Return the closing time of the n-th working day after the local date of ``start``, at least one."""
    open_days = calendar.open_days(calendar.local_day(start))
    return calendar.closing(next(islice(open_days, days - 1, None)))


def is_provisional(course: Course, calendar: Calendar) -> bool:
    """Tell whether an unpublished year may still move the promise; elapsed time knows no holidays."""
    ends = (course.started_at, course.due_at)
    return course.basis == "wd" and any(calendar.is_provisional(calendar.local_day(one)) for one in ends)


def _warning(policy: Policy, start: datetime, due_at: datetime, calendar: Calendar) -> datetime | None:
    """A warning counts on the same clock as its promise; None when nothing is left to warn of."""
    since = counting_from(policy.basis, start, calendar)
    span = counted_time(policy.basis, Interval(since, due_at), calendar)
    if span <= NOTHING:
        return None
    return advance(policy.basis, since, span - policy.warn.lead(span), calendar)


def counting_from(basis: Basis, started_at: datetime, calendar: Calendar) -> datetime:
    """Return when counting begins: at once, or for working days with the day after the day of receipt."""
    start = in_utc(started_at)
    if basis == "cal":
        return start
    day = calendar.local_day(start)
    tomorrow = calendar.midnight(day + timedelta(days=1))
    # A night shift that began on the day of receipt still belongs to it.
    return max([tomorrow, *(one.end for one in calendar.intervals(day))])


def counted_time(basis: Basis, within: Interval, calendar: Calendar) -> timedelta:
    """Return how much of the interval counts: all of it, or its working time."""
    return sum((one.length for one in counted_parts(basis, within, calendar)), NOTHING)


def counted_parts(basis: Basis, within: Interval, calendar: Calendar) -> tuple[Interval, ...]:
    """Return the counted parts of an interval, in order; none of an empty interval."""
    if within.start >= within.end:
        return ()
    if basis == "cal":
        return (within,)
    parts = []
    for one in calendar.working_time(within.start):
        if one.start >= within.end:
            break
        parts.append(Interval(one.start, min(one.end, within.end)))
    return tuple(parts)


def advance(basis: Basis, at: datetime, span: timedelta, calendar: Calendar) -> datetime:
    """Return the first instant by which ``span`` has been counted since ``at``; ``at`` itself for no span."""
    start = in_utc(at)
    if basis == "cal" or span <= NOTHING:
        return start + max(span, NOTHING)
    left = span
    for one in calendar.working_time(start):
        if left <= one.length:
            return one.start + left
        left -= one.length
    raise AssertionError("working time never ends; a calendar without any raises NoOpenDay")


def resumed(course: Course, pause: Interval, calendar: Calendar) -> Course:
    """Return the course after a pause: due and warning instants moved by the counted time it took.

    What had passed when the pause began stays where it was: lateness is never undone by waiting.
    """
    if pause.start >= course.due_at:
        return course
    since = max(pause.start, counting_from(course.basis, course.started_at, calendar))
    taken = counted_time(course.basis, Interval(since, pause.end), calendar)
    warn_at = course.warn_at
    if warn_at is not None and warn_at > pause.start:
        warn_at = advance(course.basis, warn_at, taken, calendar)
    return replace(course, due_at=advance(course.basis, course.due_at, taken, calendar), warn_at=warn_at)


def status(promise: Promise, now: datetime) -> Status:
    """Return how a promise stands at ``now``, whether or not the sweep has seen it yet."""
    missed = breach_instant(promise, now) is not None
    if promise.met_at is not None or promise.cancelled_at is not None:
        return Status.MISSED if missed else Status.DONE
    if missed:
        return Status.LATE
    if promise.paused_at is not None:
        return Status.PAUSED
    return Status.SOON if promise.warn_at is not None and promise.warn_at <= now else Status.OK


def breach_instant(promise: Promise, now: datetime) -> datetime | None:
    """Return when the promise was broken, which is its due instant and never the moment of noticing.

    None while it is kept. It is judged when it was met, cancelled or paused, else now.
    """
    if promise.breached_at is not None:
        return promise.breached_at
    ended = [one for one in (promise.met_at, promise.cancelled_at, promise.paused_at) if one is not None]
    judged_at = min(ended, default=now)
    return promise.due_at if judged_at >= promise.due_at else None


def basis_of(text: str) -> Basis:
    """Return the basis that a row names; raise ValueError for any other word."""
    if text not in ("cal", "wd"):
        raise ValueError(f"{text!r} is not a basis: cal or wd")
    return cast(Basis, text)


def ladder(policy: Policy, course: Course, calendar: Calendar, *, is_owned: bool = True) -> tuple[Step, ...]:
    """Return every rung of the promise with its instant, in the order in which they are climbed.

    What nobody owns is nobody's to be warned of: its butler's warning comes at once, to the next one up.
    """
    return tuple(
        Step(place, rung.when, rung.role, _rung_instant(rung, policy, course, calendar, is_owned))
        for place, rung in enumerate(policy.ladder)
    )


def _rung_instant(rung: Rung, policy: Policy, course: Course, calendar: Calendar, is_owned: bool) -> datetime:
    if rung.when == "start" or (rung.when == "before" and rung.role == "butler" and not is_owned):
        return course.started_at
    if rung.when == "before":
        return course.warn_at or course.due_at
    if rung.factor is None:
        return course.due_at + (rung.offset or NOTHING)
    since = counting_from(course.basis, course.started_at, calendar)
    limit = limit_instant(policy, course.started_at, calendar)
    whole = counted_time(course.basis, Interval(since, limit), calendar)
    return advance(course.basis, course.due_at, whole * (rung.factor - 1), calendar)


def due_steps(steps: Iterable[Step], taken: int, now: datetime) -> tuple[Step, ...]:
    """Return the rungs that are due and not yet taken (``taken`` counts the ones that are)."""
    return tuple(one for one in steps if one.place >= taken and one.at <= now)


def next_instant(steps: Iterable[Step], taken: int) -> datetime | None:
    """Return when the ladder must be looked at again; None above its last rung."""
    return min((one.at for one in steps if one.place >= taken), default=None)


P = TypeVar("P", bound=Promise)


def most_urgent(promises: Iterable[P]) -> P | None:
    """Return the running promise that falls due first, waiting ones last; None when none runs."""
    running = [one for one in promises if one.met_at is None and one.cancelled_at is None]
    return min(running, key=lambda one: (_is_waiting(one), one.due_at), default=None)


def _is_waiting(promise: Promise) -> bool:
    return promise.paused_at is not None and promise.paused_at < promise.due_at


def explain(
    basis: Basis, started_at: datetime, until: datetime, pauses: Iterable[Pause], calendar: Calendar
) -> tuple[Stretch, ...]:
    """Return every counted and every paused interval from the start to ``until``, in order.

    A pause tells how much counted time it took, so that one on a holiday is seen to take none.
    """
    since, end = counting_from(basis, started_at, calendar), in_utc(until)
    waits = [
        (Interval(in_utc(one.start), min(in_utc(one.end or end), end)), (one.reason, one.waits_for))
        for one in pauses
    ]
    waits.sort(key=lambda wait: wait[0].start)
    found = [
        Stretch("paused", wait.start, wait.end, _taken(basis, wait, since, calendar), *why)
        for wait, why in waits
        if wait.start < wait.end
    ]
    for gap in _between(Interval(since, end), [wait for wait, _ in waits]):
        parts = counted_parts(basis, gap, calendar)
        found += [Stretch("counted", one.start, one.end, one.length) for one in parts]
    return tuple(sorted(found, key=lambda one: one.start))


def _taken(basis: Basis, wait: Interval, since: datetime, calendar: Calendar) -> timedelta:
    return counted_time(basis, Interval(max(wait.start, since), wait.end), calendar)


def _between(whole: Interval, waits: Iterable[Interval]) -> list[Interval]:
    """Return what is left of ``whole`` outside the waits, which come in order."""
    gaps, reached = [], whole.start
    for wait in waits:
        gaps.append(Interval(reached, min(wait.start, whole.end)))
        reached = max(reached, wait.end)
    gaps.append(Interval(reached, whole.end))
    return [gap for gap in gaps if gap.start < gap.end]
