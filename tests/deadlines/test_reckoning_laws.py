"""Laws of the reckoning that hold on any calendar, in any zone."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from backend.deadlines.calendar import Calendar, Holiday, Interval, Shift, Year
from backend.deadlines.faults import NoOpenDay
from backend.deadlines.policy import Basis, Limit, Policy, Rung, Warn
from backend.deadlines.reckoning import (
    Course,
    Pause,
    Status,
    advance,
    counted_time,
    counting_from,
    explain,
    ladder,
    plan,
    resumed,
    status,
)

ZONES = ["Asia/Shanghai", "Europe/London", "America/New_York", "Australia/Lord_Howe", "UTC"]
instants = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
spans = st.timedeltas(timedelta(0), timedelta(days=20))


@st.composite
def shifts(draw: st.DrawFn) -> tuple[Shift, ...]:
    """Up to two shifts of a day from six o'clock on; a night shift is over by six, before the next one."""
    edges = sorted(draw(st.sets(st.integers(24, 95), min_size=4, max_size=4)))
    at = [time(edge // 4, edge % 4 * 15) for edge in edges]
    both = (Shift(at[0], at[1]), Shift(at[2], at[3]))
    night = (Shift(at[2], time(draw(st.integers(0, 6)))),)
    return draw(st.sampled_from([(), both[:1], both, night]))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """A calendar with at least one working day a week, a holiday and a make-up day of its own."""
    week = draw(st.lists(shifts(), min_size=7, max_size=7).filter(any))
    first = draw(st.dates(date(2026, 1, 1), date(2026, 12, 1)))
    holiday = Holiday("节", "Holiday", first, first + timedelta(days=draw(st.integers(0, 9))))
    make_up = draw(st.dates(date(2026, 1, 1), date(2026, 12, 31)).filter(lambda day: not holiday.covers(day)))
    year = Year(2026, True, (holiday,), frozenset({make_up}), draw(shifts().filter(bool)))
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    return Calendar("random", 1, date(2026, 1, 1), zone, tuple(week), (year,))


def a_policy(limit: Limit) -> Policy:
    basis: Basis = "wd" if limit.working_days else "cal"
    warn = Warn(0.25, timedelta(minutes=5), timedelta(hours=24))
    rungs = (Rung("before", "butler"), Rung("at", "supervisor"), Rung("after", "manager", factor=2.0))
    return Policy(
        "SLA-09", "reply", "建议答复", "Reply", limit, basis, ("opened",), ("decided",), ("*",), "butler",
        "never", True, warn, rungs, "SLA-09", "",
    )  # fmt: skip


limits = st.one_of(
    st.builds(Limit, elapsed=st.timedeltas(timedelta(minutes=1), timedelta(days=8))),
    st.builds(Limit, working_days=st.integers(1, 6)),
)


@given(calendars(), limits, instants, spans)
def test_who_starts_later_is_never_due_earlier(
    calendar: Calendar, limit: Limit, start: datetime, later: timedelta
) -> None:
    policy = a_policy(limit)
    assert plan(policy, start, calendar).due_at <= plan(policy, start + later, calendar).due_at


@given(calendars(), st.integers(1, 6), instants)
def test_more_working_days_are_never_due_earlier(calendar: Calendar, days: int, start: datetime) -> None:
    shorter = plan(a_policy(Limit(working_days=days)), start, calendar)
    longer = plan(a_policy(Limit(working_days=days + 1)), start, calendar)
    assert start < shorter.due_at <= longer.due_at


@given(calendars(), st.integers(1, 6), instants, st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_closing_a_day_never_makes_a_promise_earlier(
    calendar: Calendar, days: int, start: datetime, closed: date
) -> None:
    (year,) = calendar.years
    more = replace(
        year,
        holidays=(*year.holidays, Holiday("节", "Holiday", closed, closed)),
        make_up_days=year.make_up_days - {closed},
    )
    policy = a_policy(Limit(working_days=days))
    before = plan(policy, start, calendar).due_at
    assert before <= plan(policy, start, replace(calendar, years=(more,))).due_at


@given(calendars(), st.integers(1, 6), instants)
def test_a_promise_in_working_days_ends_with_the_closing_of_an_open_day(
    calendar: Calendar, days: int, start: datetime
) -> None:
    due_at = plan(a_policy(Limit(working_days=days)), start, calendar).due_at
    today = calendar.local_day(due_at)
    candidates = [day for day in (today, today - timedelta(days=1)) if calendar.is_open(day)]
    assert due_at in [calendar.closing(day) for day in candidates if calendar.intervals(day)]
    assert calendar.local_day(start) not in candidates or len(candidates) == 2


@given(calendars(), limits, instants)
def test_a_warning_comes_after_the_start_and_before_the_end(
    calendar: Calendar, limit: Limit, start: datetime
) -> None:
    made = plan(a_policy(limit), start, calendar)
    assert made.warn_at is not None
    assert start <= made.warn_at < made.due_at
    assert made.due_at - made.warn_at >= min(timedelta(minutes=5), made.due_at - start)


@given(calendars(), limits, instants)
def test_the_ladder_is_climbed_upwards(calendar: Calendar, limit: Limit, start: datetime) -> None:
    policy = a_policy(limit)
    made = plan(policy, start, calendar)
    steps = ladder(policy, Course(policy.basis, start, made.due_at, made.warn_at), calendar)
    assert [one.at for one in steps] == sorted(one.at for one in steps)


@given(calendars(), instants, st.timedeltas(timedelta(minutes=1), timedelta(days=8)), spans, spans)
def test_a_pause_shifts_elapsed_time_by_its_own_length(
    calendar: Calendar, start: datetime, limit: timedelta, wait: timedelta, length: timedelta
) -> None:
    due_at = start + limit
    paused = Interval(start + wait, start + wait + length)
    moved = resumed(Course("cal", start, due_at, due_at), paused, calendar)
    assert moved.due_at - due_at == (length if wait < limit else timedelta(0))


@given(calendars(), st.integers(1, 6), instants, spans, spans)
def test_a_pause_takes_nothing_from_the_working_time_that_was_left(
    calendar: Calendar, days: int, start: datetime, wait: timedelta, length: timedelta
) -> None:
    policy = a_policy(Limit(working_days=days))
    made = plan(policy, start, calendar)
    paused = Interval(start + wait, start + wait + length)
    moved = resumed(Course("wd", start, made.due_at, made.warn_at), paused, calendar)
    since = counting_from("wd", start, calendar)
    left_before = counted_time("wd", Interval(max(paused.start, since), made.due_at), calendar)
    left_after = counted_time("wd", Interval(max(paused.end, since), moved.due_at), calendar)
    assert moved.due_at >= made.due_at
    assert paused.start >= made.due_at or left_after == left_before


@given(calendars(), instants, spans)
def test_advancing_counts_exactly_what_was_asked(
    calendar: Calendar, start: datetime, span: timedelta
) -> None:
    span %= timedelta(hours=60)
    reached = advance("wd", start, span, calendar)
    assert counted_time("wd", Interval(start, reached), calendar) == span


@given(
    calendars(), st.sampled_from(["cal", "wd"]), instants, spans,
    st.lists(st.tuples(spans, spans), max_size=3),
)  # fmt: skip
def test_an_explanation_adds_up(
    calendar: Calendar,
    basis: Basis,
    start: datetime,
    length: timedelta,
    waits: list[tuple[timedelta, timedelta]],
) -> None:
    end = start + length
    pauses, reached = [], start
    for wait, lasting in waits:
        pauses.append(Pause(reached + wait, reached + wait + lasting))
        reached += wait + lasting
    told = explain(basis, start, end, pauses, calendar)
    since = counting_from(basis, start, calendar)
    whole = counted_time(basis, Interval(since, end), calendar)
    assert sum((one.counted for one in told), timedelta(0)) == whole
    assert [one.start for one in told] == sorted(one.start for one in told)


@given(calendars(), st.integers(1, 6), instants, spans)
def test_a_pause_without_working_time_moves_nothing(
    calendar: Calendar, days: int, start: datetime, wait: timedelta
) -> None:
    made = plan(a_policy(Limit(working_days=days)), start, calendar)
    began = start + wait
    nothing = Interval(began, began)
    assert resumed(Course("wd", start, made.due_at, made.warn_at), nothing, calendar).due_at == made.due_at


@given(calendars(), st.integers(1, 6), instants, spans, spans, spans)
def test_one_long_pause_is_as_good_as_two_that_follow_each_other(
    calendar: Calendar, days: int, start: datetime, wait: timedelta, first: timedelta, second: timedelta
) -> None:
    made = plan(a_policy(Limit(working_days=days)), start, calendar)
    began, between = start + wait, start + wait + first
    course = Course("wd", start, made.due_at, None)
    whole = resumed(course, Interval(began, between + second), calendar)
    half = resumed(course, Interval(began, between), calendar)
    again = resumed(half, Interval(between, between + second), calendar)
    assert again.due_at == whole.due_at or began >= made.due_at


@given(calendars(), st.integers(1, 6), instants, spans, spans)
def test_a_longer_pause_is_never_due_earlier(
    calendar: Calendar, days: int, start: datetime, wait: timedelta, length: timedelta
) -> None:
    made = plan(a_policy(Limit(working_days=days)), start, calendar)
    course, began = Course("wd", start, made.due_at, made.warn_at), start + wait
    shorter = resumed(course, Interval(began, began + length), calendar)
    longer = resumed(course, Interval(began, began + length + timedelta(hours=7)), calendar)
    assert made.due_at <= shorter.due_at <= longer.due_at


@given(
    st.sets(st.integers(0, 6), max_size=7),
    st.integers(0, 900),
    st.integers(1, 40),
    instants,
    st.sampled_from(ZONES),
)
def test_however_long_a_calendar_is_closed_the_search_ends(
    open_on: set[int], closed_for: int, days: int, start: datetime, zone: str
) -> None:
    """A week that may have no open day at all, and a holiday that may last for years."""
    week = tuple((Shift(time(9), time(18)),) if day in open_on else () for day in range(7))
    calendar = Calendar("maybe", 1, date(2026, 1, 1), ZoneInfo(zone), week, _closed(start, closed_for))
    looked: list[date] = []
    counting = _Counting(calendar, looked)
    try:
        due_at = plan(a_policy(Limit(working_days=days)), start, cast(Calendar, counting)).due_at
    except NoOpenDay:
        assert not open_on or closed_for > 390
    else:
        assert due_at > start
    assert len(looked) < 5_000


def _closed(start: datetime, days: int) -> tuple[Year, ...]:
    """Years in which ``days`` days from the start on are a holiday, each year's part of it."""
    first, last = start.date(), start.date() + timedelta(days=days)
    parts = {
        year: (max(first, date(year, 1, 1)), min(last, date(year, 12, 31)))
        for year in range(first.year, last.year + 1)
    }
    return tuple(Year(year, True, (Holiday("休", "Closed", *part),)) for year, part in parts.items())


class _Counting:
    """A calendar that notes each day it is asked about."""

    def __init__(self, calendar: Calendar, looked: list[date]) -> None:
        self._calendar, self._looked = calendar, looked

    def __getattr__(self, name: str) -> Any:
        return getattr(self._calendar, name)

    def intervals(self, day: date) -> tuple[Interval, ...]:
        self._looked.append(day)
        return self._calendar.intervals(day)

    def open_days(self, after: date) -> Iterator[date]:
        return Calendar.open_days(cast(Calendar, self), after)

    def closing(self, day: date) -> datetime:
        return Calendar.closing(cast(Calendar, self), day)

    def working_time(self, since: datetime) -> Iterator[Interval]:
        return Calendar.working_time(cast(Calendar, self), since)


@dataclass(frozen=True)
class Row:
    due_at: datetime
    warn_at: datetime | None
    met_at: datetime | None = None
    breached_at: datetime | None = None
    cancelled_at: datetime | None = None
    paused_at: datetime | None = None


@given(instants, spans, spans, st.booleans())
def test_who_was_late_once_is_never_in_time_again(
    due_at: datetime, late_by: timedelta, more: timedelta, is_paused: bool
) -> None:
    noticed, later = due_at + late_by, due_at + late_by + more
    row = Row(due_at, None, paused_at=noticed if is_paused else None)
    assert status(row, noticed) is Status.LATE
    assert status(row, later) is Status.LATE
    assert status(replace(row, met_at=later, paused_at=None), later) is Status.MISSED
