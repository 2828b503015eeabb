"""From a run to a window of estate-local instants, by the conventions of DESIGN §4."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from intents.meaning import Recurrence, TimeWindow
from intents.times.days import NoSuchDay, add_months, days_of, merge
from intents.times.repeats import DAYS
from intents.times.runs import Run, Side
from intents.times.shapes import NEVER, Clock, Day, Part, Span, clock_time

EARLIEST, LATEST = 8, 20  # a bare "at 3" is meant within these hours


def window_of(run: Run, now: datetime) -> TimeWindow | None:
    """The window a run names, or None when it names none. Raises NoSuchDay for past and impossible ones."""
    if run.spans and all(side.empty for side in run.sides):
        return _relative(run, now)
    sides = [side for side in run.sides if not side.empty]
    if not sides:
        return None
    window = (
        _range(sides, now) if len(sides) > 1 else _single(sides[0], now, bool(run.marks & {"by", "after"}))
    )
    return _opened(window, run, now)


def _opened(window: TimeWindow, run: Run, now: datetime) -> TimeWindow:
    """ "by X" has no start, "after X" no end; anything wholly over is past."""
    if run.marks & {"by", "within"} and len(run.sides) == 1:
        end = window.end or window.start
        _refuse_past(end, now)
        return TimeWindow(None, end, window.grain)
    if "after" in run.marks and len(run.sides) == 1:
        return TimeWindow(window.start, None, window.grain)
    _refuse_past(window.end or window.start, now)
    return window


def _refuse_past(moment: datetime | None, now: datetime) -> None:
    if moment is not None and moment < now - timedelta(minutes=1):
        raise NoSuchDay("past")


def _relative(run: Run, now: datetime) -> TimeWindow | None:
    """半小时以后, in a fortnight, within two hours; a bare length is no point in time."""
    span = run.spans[-1]
    if not run.marks & {"after", "in", "within", "by"}:
        return None
    target = _later(now, span)
    if "within" in run.marks or ("by" in run.marks and "in" not in run.marks):
        return TimeWindow(None, target, "minute")
    if span.unit == "minute":
        return TimeWindow(target, None, "minute")
    day = target.date()
    return TimeWindow(_at(day, 0, now), _at(day + timedelta(days=1), 0, now), "day")


def _later(now: datetime, span: Span) -> datetime:
    moved = now.replace(second=0, microsecond=0) + timedelta(minutes=span.minutes)
    if not span.months:
        return moved
    return datetime.combine(add_months(moved.date(), span.months), moved.timetz())


def _single(side: Side, now: datetime, open_ended: bool) -> TimeWindow:
    if side.clock is not None:
        start = _clock_instant(side, side.clock, now)
        return TimeWindow(start, None, "minute" if side.clock.minute else "hour")
    if side.part is not None:
        return _part_window(side, side.part, now, open_ended)
    first, last = days_of(merge(side.days), now.date())
    grain = "week" if side.days and merge(side.days).kind == "week" else "day"
    return TimeWindow(_at(first, 0, now), _at(last, 0, now), grain)


def _part_window(side: Side, part: Part, now: datetime, open_ended: bool) -> TimeWindow:
    first, last = _days(side, now)
    end_hour = 12 if open_ended and part.name == "noon" else part.end
    start_hour = 12 if open_ended and part.name == "noon" else part.start
    last_day = last - timedelta(days=1)
    if not side.days and _at(last_day, end_hour, now) <= now:
        first, last_day = first + timedelta(days=1), last_day + timedelta(days=1)
    return TimeWindow(_at(first, start_hour, now), _at(last_day, end_hour, now), "part_of_day")


def _days(side: Side, now: datetime) -> tuple[date, date]:
    if side.days:
        return days_of(merge(side.days), now.date())
    return now.date(), now.date() + timedelta(days=1)


def _clock_instant(side: Side, clock: Clock, now: datetime) -> datetime:
    first, _ = _days(side, now)
    if clock == NEVER:
        raise NoSuchDay("impossible")
    hours = hours_meant(clock, side.part)
    candidates = [_minutes(first, hour * 60 + clock.minute, now) for hour in hours]
    future = [moment for moment in candidates if moment >= now]
    if future:
        return future[0]
    if side.days:
        return candidates[-1]
    return min(moment + timedelta(days=1) for moment in candidates)


def hours_meant(clock: Clock, part: Part | None) -> list[int]:
    """The hours of the day a clock may mean, plausible ones only, earliest first."""
    hour = clock.hour
    if clock.exact and not (part is not None and hour < 12 and part.start >= 12):
        return [hour]
    if part is not None:
        return [_hour_in(part, hour)]
    if hour >= 13 or hour == 0:
        return [hour]
    plausible = [one for one in (hour % 12, hour % 12 + 12) if EARLIEST <= one <= LATEST]
    return plausible or [hour]


def _hour_in(part: Part, hour: int) -> int:
    if hour > 12:
        return hour
    if part.name == "noon":
        return hour + 12 if hour < 10 else hour
    if part.name in ("evening", "night"):
        if hour == 12:
            return 24
        return hour + 12 if hour >= 5 else hour + 24
    if part.start >= 12:
        return hour % 12 + 12
    return hour % 12 if part.name == "dawn" else hour


def _range(sides: list[Side], now: datetime) -> TimeWindow:
    left, right = sides[0], sides[-1]
    if len(sides) > 2 and left.days and sides[1].days:
        right = sides[-1]
    if left.clock is None and right.clock is None and left.part is None and right.part is None:
        return _day_range(left, right, now)
    if right.days and not left.days:
        left.days = right.days  # "between 2 and 4 tomorrow"
    first, _ = _days(left, now)
    if right.days:
        last, _ = days_of(merge(right.days), now.date(), first)
    else:
        last = first
    start, end = _range_minutes(left, right)
    if not left.days and not right.days and _minutes(first, end, now) <= now:
        first, last = first + timedelta(days=1), last + timedelta(days=1)
    if last == first and end <= start:
        end += 24 * 60
    whole_hours = left.clock is not None or right.clock is not None
    return TimeWindow(
        _minutes(first, start, now), _minutes(last, end, now), "hour" if whole_hours else "part_of_day"
    )


def _day_range(left: Side, right: Side, now: datetime) -> TimeWindow:
    opening, closing = merge(left.days), merge(right.days)
    if opening.kind == "day_of_month" and closing.kind == "date":
        opening = Day("date", opening.number, month=closing.month)
    first, _ = days_of(opening, now.date())
    if closing.kind == "day_of_month" and opening.kind in ("date", "day_of_month") and closing.ahead is None:
        closing = Day("day_of_month", closing.number)
    _, last = days_of(closing, now.date(), first)
    return TimeWindow(_at(first, 0, now), _at(last, 0, now), "day")


def _range_minutes(left: Side, right: Side) -> tuple[int, int]:
    """Minutes after midnight of both ends; each side lends the other its part of the day."""
    if left.clock is None:
        start = (left.part.start if left.part else EARLIEST) * 60
        if left.part is not None and left.part.name == "noon" and right.clock is not None:
            start = 12 * 60  # "between noon and two"
        end = _side_minutes(right, right.part or left.part, start)
        return start, end
    part = left.part or (None if left.clock.exact else _lent(left.clock, right))
    start = _side_minutes(left, part, None)
    if right.clock is not None and right.part is None and not right.clock.exact and left.part is None:
        return start, _next_after(right.clock, start)
    return start, _side_minutes(right, right.part or left.part, start)


def _lent(clock: Clock, right: Side) -> Part | None:
    """The part of the day a closing side gives its opening one: "2 to 4 pm", but not "9 to 5 pm"."""
    if right.clock is not None and right.clock.exact and right.clock.hour >= 13:
        return (
            Part("afternoon", 12, 24) if clock.hour % 12 < right.clock.hour - 12 else Part("morning", 0, 12)
        )
    if right.clock is not None and right.clock.exact:
        return Part("morning", 0, 12)
    if right.part is not None and right.part.name == "noon" and right.clock is None:
        return Part("morning", 0, 12)
    return right.part if right.clock is not None else None


def _next_after(clock: Clock, start: int) -> int:
    minutes = clock.hour % 12 * 60 + clock.minute
    while minutes <= start:
        minutes += 12 * 60
    return minutes


def _side_minutes(side: Side, part: Part | None, start: int | None) -> int:
    if side.clock is None:
        if part is None:
            return 24 * 60
        return (12 if part.name == "noon" else part.end) * 60
    minutes = hours_meant(side.clock, part)[0] * 60 + side.clock.minute
    if start is not None and minutes <= start and side.clock.hour <= 12 and not side.clock.exact:
        minutes += 12 * 60
    return minutes


def _at(day: date, hour: int, now: datetime) -> datetime:
    return _minutes(day, hour * 60, now)


def _minutes(day: date, minutes: int, now: datetime) -> datetime:
    extra, rest = divmod(minutes, 24 * 60)
    clock = time(rest // 60, rest % 60, tzinfo=now.tzinfo)
    return datetime.combine(day + timedelta(days=extra), clock)


def time_of_day(run: Run, part: Part | None) -> dict[str, str | None] | None:
    """The hours a recurrence falls in: {"start","end"} as HH:MM, end null for a point; None when not said."""
    sides = [side for side in run.sides if side.clock is not None or side.part is not None]
    if not sides:
        return (
            None if part is None else {"start": clock_time(part.start * 60), "end": clock_time(part.end * 60)}
        )
    if len(sides) > 1:
        start, end = _range_minutes(sides[0], sides[-1])
        return {"start": clock_time(start), "end": clock_time(end)}
    side = sides[0]
    chosen = side.part or part
    if side.clock is None:
        assert chosen is not None  # the side has a clock or a part
        return {"start": clock_time(chosen.start * 60), "end": clock_time(chosen.end * 60)}
    start = hours_meant(side.clock, chosen)[0] * 60 + side.clock.minute
    return {"start": clock_time(start), "end": None}


def spread_of_weekdays(run: Run) -> Recurrence | None:
    """周一到周五下午2点到6点: several days with the same hours repeat weekly."""
    named = [side.days[0] for side in run.sides if side.days]
    timed = any(side.clock is not None or side.part is not None for side in run.sides)
    if len(named) != 2 or not timed or any(day.kind != "weekday" or day.ahead is not None for day in named):
        return None
    if named[1].number <= named[0].number:
        return None
    return Recurrence("weekly", DAYS[named[0].number : named[1].number + 1], 1)
