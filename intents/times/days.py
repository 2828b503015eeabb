"""Which calendar days a word means, seen from now (weeks start on Monday)."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from intents.times.feasts import feast_in
from intents.times.shapes import Day

_JUST_GONE = 60  # a date so few days ago is asked about; one longer ago means next year
_FEAST_JUST_GONE = 7


class NoSuchDay(ValueError):
    """The day is past or does not exist; `reason` is past or impossible."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def days_of(day: Day, today: date, after: date | None = None) -> tuple[date, date]:
    """First day and the day after the last. Raises NoSuchDay.

    `after` is the first day of a range that the word closes.
    """
    base = after or today
    if day.kind == "offset":
        return _single(today + timedelta(days=day.number))
    if day.kind == "weekday":
        return _single(_weekday(day, today, after))
    if day.kind == "weekend":
        saturday = _monday(today) + timedelta(days=5 + 7 * (day.ahead or 0))
        return saturday, saturday + timedelta(days=2)
    if day.kind == "week":
        monday = _monday(today) + timedelta(days=7 * (day.ahead or 0))
        return monday, monday + timedelta(days=7)
    if day.kind in ("date", "feast"):
        return _single(_dated(day, today, base))
    if day.kind == "day_of_month":
        return _single(_day_of_month(day, today, base))
    if day.kind == "nth_weekday":
        return _single(_nth_weekday(day, today))
    return _of_month(day, today)


def _nth_weekday(day: Day, today: date) -> date:
    """The first, second … or last such weekday of a month; of the next one when this month's is over."""
    for ahead in (day.ahead or 0, (day.ahead or 0) + 1):
        first, following = _month_first(today, ahead), _month_first(today, ahead + 1)
        early = first + timedelta(days=(day.number - first.weekday()) % 7 + 7 * (day.month - 1))
        late = following - timedelta(days=(following.weekday() - day.number - 1) % 7 + 1)
        chosen = late if day.month == 5 else early
        if chosen >= today:
            return chosen
    raise NoSuchDay("past")


def _single(day: date) -> tuple[date, date]:
    return day, day + timedelta(days=1)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _weekday(day: Day, today: date, after: date | None) -> date:
    if after is not None and day.ahead is None:
        return after + timedelta(days=(day.number - after.weekday()) % 7)
    extra = 7 * day.month  # "Friday week" is the Friday after the next one
    if day.ahead is not None:
        chosen = _monday(today) + timedelta(days=7 * day.ahead + day.number)
        if chosen < today:
            raise NoSuchDay("past")
        return chosen + timedelta(days=extra)
    return today + timedelta(days=(day.number - today.weekday() - 1) % 7 + 1 + extra)


def _valid(year: int, month: int, number: int) -> date:
    try:
        return date(year, month, number)
    except ValueError:
        raise NoSuchDay("impossible") from None


def _dated(day: Day, today: date, base: date) -> date:
    if day.kind == "feast":
        return _feast(day.number, today) + timedelta(days=day.month)
    if day.year or day.ahead is not None:
        chosen = _valid(day.year or today.year + (day.ahead or 0), day.month, day.number)
        if chosen < today:
            raise NoSuchDay("past")
        return chosen
    if day.month == 2 and day.number == 29:
        return _leap_day(base)
    chosen = _valid(base.year, day.month, day.number)
    if chosen >= base:
        return chosen
    if base is today and (today - chosen).days < _JUST_GONE:
        raise NoSuchDay("past")
    return _valid(base.year + 1, day.month, day.number)


def _leap_day(base: date) -> date:
    for year in (base.year, base.year + 1):
        if calendar.isleap(year) and date(year, 2, 29) >= base:
            return date(year, 2, 29)
    raise NoSuchDay("impossible")


def _feast(number: int, today: date) -> date:
    for year in (today.year, today.year + 1):
        chosen = feast_in(number, year)
        if chosen is not None and chosen >= today:
            return chosen
        if chosen is not None and (today - chosen).days < _FEAST_JUST_GONE:
            raise NoSuchDay("past")
    raise NoSuchDay("past")


def _month_first(today: date, ahead: int) -> date:
    months = today.year * 12 + today.month - 1 + ahead
    return date(months // 12, months % 12 + 1, 1)


def _day_of_month(day: Day, today: date, base: date) -> date:
    if not 1 <= day.number <= 31:
        raise NoSuchDay("impossible")
    if day.ahead is not None:
        first = _month_first(today, day.ahead)
        chosen = _valid(first.year, first.month, day.number)
        if chosen < today:
            raise NoSuchDay("past")
        return chosen
    for ahead in range(3):
        first = _month_first(base, ahead)
        if day.number <= calendar.monthrange(first.year, first.month)[1]:
            chosen = first.replace(day=day.number)
            if chosen >= base:
                return chosen
    raise NoSuchDay("impossible")


def _of_month(day: Day, today: date) -> tuple[date, date]:
    if day.kind == "year_end":
        return _single(date(today.year, 12, 31))
    ahead = day.ahead or 0
    if day.kind == "month_start" and day.ahead is None and today.day > 5:
        ahead = 1
    if day.month:
        ahead = (day.month - today.month) % 12 if 1 <= day.month <= 12 else 0
    first, following = _month_first(today, ahead), _month_first(today, ahead + 1)
    if day.kind == "month_end":
        return following - timedelta(days=1), following
    if day.kind == "month_start":
        return _single(first)
    return first, following


def add_months(day: date, months: int) -> date:
    """The same day some months on, or the month's last when it has no such day."""
    first = _month_first(day, months)
    return first.replace(day=min(day.day, calendar.monthrange(first.year, first.month)[1]))


def merge(days: list[Day]) -> Day:
    """One day from words that describe it together: 下周 + 周三, next month + the 5th, Thursday + 5 March."""
    chosen = days[0]
    for other in days[1:]:
        chosen = _merged(chosen, other)
    return chosen


def _merged(one: Day, other: Day) -> Day:
    for first, second in ((one, other), (other, one)):
        if first.kind == "week" and second.kind in ("weekday", "weekend"):
            return Day(second.kind, second.number, first.ahead)
        if first.kind == "month" and second.kind in ("day_of_month", "month_end", "month_start"):
            return Day(second.kind, second.number, first.ahead)
    ranks = {"offset": 0, "date": 1, "feast": 1, "day_of_month": 2}
    return min((one, other), key=lambda day: ranks.get(day.kind, 3))
