"""Working calendars: several shifts a day, holidays and make-up days (调休), per estate and zone.

Pure. Days and shifts are local ideas of the estate's zone; every instant that leaves this module is UTC.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from backend.deadlines.faults import NoOpenDay, UnknownCalendar, in_utc
from backend.deadlines.tables import Faults, Reader, parse_table, read_text

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CLOSED_DAYS_IN_A_ROW = 400
"""A search gives up after so many closed days: longer than a closed year, short enough to fail at once."""

HOME = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Interval:
    """A half-open stretch of time in UTC: ``start`` belongs to it, ``end`` does not."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    def within(self, other: "Interval") -> "Interval | None":
        """Return the part of this interval that lies inside ``other``; None when nothing does."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Interval(start, end) if start < end else None


@dataclass(frozen=True, slots=True)
class Shift:
    """Local opening hours; one that closes at or before it opens runs into the next day."""

    opens: time
    closes: time

    @property
    def crosses_midnight(self) -> bool:
        return self.closes <= self.opens

    def on(self, day: date, zone: ZoneInfo) -> Interval | None:
        """Return the shift that opens on ``day``; None when a clock change leaves nothing of it."""
        last = day + timedelta(days=1) if self.crosses_midnight else day
        start = datetime.combine(day, self.opens, zone).astimezone(UTC)
        # The later of two equal local times: a shift that closes in the doubled hour works both halves.
        closings = (datetime.combine(last, self.closes, zone).replace(fold=fold) for fold in (0, 1))
        end = max(one.astimezone(UTC) for one in closings)
        return Interval(start, end) if start < end else None


Shifts = tuple[Shift, ...]


@dataclass(frozen=True, slots=True)
class Holiday:
    """Days off from ``first`` to ``last``, both included."""

    zh: str
    en: str
    first: date
    last: date

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Year:
    """What one year changes in the week: holidays, and make-up days with shifts of their own."""

    year: int
    is_published: bool
    holidays: tuple[Holiday, ...] = ()
    make_up_days: frozenset[date] = frozenset()
    make_up_shifts: Shifts = ()


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working time of an estate. ``version`` is kept with every promise reckoned from it."""

    id: str
    edition: int
    dated: date
    zone: ZoneInfo
    week: tuple[Shifts, ...]
    years: tuple[Year, ...] = ()

    @property
    def version(self) -> str:
        return f"{self.id}@{self.edition}"

    @property
    def stamp(self) -> str:
        """What a promise keeps of it: edition and clocks (``cn@1/Asia/Shanghai``), whatever changes later."""
        return f"{self.version}/{self.zone.key}"

    def in_zone(self, zone: str) -> "Calendar":
        """Return the same days and shifts as read on the clocks of ``zone`` (an IANA name)."""
        return replace(self, zone=ZoneInfo(zone))

    def is_provisional(self, day: date) -> bool:
        """Tell whether the holidays of that day's year are not yet published."""
        year = self._year(day)
        return year is None or not year.is_published

    def holiday(self, day: date) -> Holiday | None:
        """Return the holiday that takes this day off; None on any other day."""
        year = self._year(day)
        if year is None or day in year.make_up_days:
            return None
        return next((one for one in year.holidays if one.covers(day)), None)

    def shifts(self, day: date) -> Shifts:
        """Return the shifts that open on this local day; none on a closed day."""
        year = self._year(day)
        if year is not None and day in year.make_up_days:
            return year.make_up_shifts
        return () if self.holiday(day) else self.week[day.weekday()]

    def is_open(self, day: date) -> bool:
        return bool(self.shifts(day))

    def local_day(self, instant: datetime) -> date:
        """Return the date an ``instant`` has on the estate's clocks."""
        return in_utc(instant).astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        """Return the first instant of this local day, in UTC."""
        return datetime.combine(day, time.min, self.zone).astimezone(UTC)

    def open_days(self, after: date) -> Iterator[date]:
        """Yield the working days after ``after``, without end; raise NoOpenDay after 400 closed days."""
        day, closed = after, 0
        while closed < CLOSED_DAYS_IN_A_ROW:
            day += timedelta(days=1)
            closed += 1
            if self.intervals(day):
                closed = 0
                yield day
        raise NoOpenDay(f"Calendar {self.version} has no open day in the {closed} days before {day}.")

    def intervals(self, day: date) -> tuple[Interval, ...]:
        """Return the working time that opens on this local day, in order."""
        found = (shift.on(day, self.zone) for shift in self.shifts(day))
        return tuple(sorted((one for one in found if one), key=lambda one: one.start))

    def closing(self, day: date) -> datetime:
        """Return the closing time of an open day, in UTC; raise NoOpenDay on a closed one."""
        worked = self.intervals(day)
        if not worked:
            raise NoOpenDay(f"Calendar {self.version} is closed on {day}.")
        # A night shift of the day before may close later still; a later day must never close earlier.
        return max(one.end for one in (*self.intervals(day - timedelta(days=1)), *worked))

    def working_time(self, since: datetime) -> Iterator[Interval]:
        """Yield working time from ``since`` on, in order and once; raise NoOpenDay when it runs dry."""
        reached = in_utc(since)
        # Two days back: the shift of the evening before may still be running.
        for day in self.open_days(self.local_day(since) - timedelta(days=2)):
            for one in self.intervals(day):
                if one.end > reached:
                    yield Interval(max(one.start, reached), one.end)
                    reached = one.end

    def _year(self, day: date) -> Year | None:
        return next((one for one in self.years if one.year == day.year), None)


@dataclass(frozen=True, slots=True)
class Calendars:
    """Every edition of every calendar of the estates."""

    all: tuple[Calendar, ...]

    def newest(self, name: str) -> Calendar:
        """Return the edition in force; raise UnknownCalendar for a name nobody entered."""
        editions = [one for one in self.all if one.id == name]
        if not editions:
            raise UnknownCalendar(f"There is no calendar “{name}”.")
        return max(editions, key=lambda one: one.edition)

    def get(self, version: str) -> Calendar:
        """Return the edition a promise was reckoned from; raise UnknownCalendar when it is gone."""
        found = next((one for one in self.all if one.version == version), None)
        if found is None:
            raise UnknownCalendar(f"There is no calendar of version “{version}”.")
        return found


@cache
def standard_calendars() -> Calendars:
    """Return the calendars of the file beside this module, read once."""
    return load_calendars(HOME / "calendar.toml")


def load_calendars(path: Path) -> Calendars:
    """Return the calendars of ``path``; raise DataFaults with every fault as file, calendar and field."""
    return parse_calendars(read_text(path), path.name)


def parse_calendars(text: str, name: str) -> Calendars:
    """Return the calendars of a TOML text; raise DataFaults with every fault under ``name``."""
    faults = Faults(name)
    top = Reader(parse_table(text, name), "", faults)
    top.only("calendars")
    found = [_calendar(one) for one in top.each("calendars")]
    if not found:
        top.fault("calendars", "at least one calendar is expected")
    _refuse_twins(found, faults)
    faults.raise_if_any()
    return Calendars(tuple(found))


def _refuse_twins(found: list[Calendar], faults: Faults) -> None:
    versions = [one.version for one in found]
    for version in {one for one in versions if versions.count(one) > 1}:
        faults.add(version, "edition", "this edition is there twice")


def _calendar(table: Reader) -> Calendar:
    table.only("id", "edition", "dated", "zone", "week", "years")
    name = table.text("id")
    if name and not re.fullmatch(r"[a-z][a-z0-9_-]*", name):
        table.fault("id", "small letters, digits, - and _ are expected")
    week = table.inner("week")
    week.only(*WEEK)
    shifts = tuple(_shifts(week, day) for day in WEEK)
    if not any(shifts):
        table.fault("week", "a week without any open day could never keep a promise")
    _refuse_long_nights(week, shifts)
    years = tuple(_year(one) for one in table.each("years"))
    if len({one.year for one in years}) < len(years):
        table.fault("years", "a year is there twice")
    return Calendar(name, int(table.number("edition", 1)), table.day("dated"), _zone(table), shifts, years)


def _refuse_long_nights(table: Reader, week: tuple[Shifts, ...]) -> None:
    for place, today in enumerate(week):
        tomorrow = week[(place + 1) % 7]
        if today and tomorrow and today[-1].crosses_midnight and today[-1].closes > tomorrow[0].opens:
            table.fault(WEEK[place], "its night shift is not over when the next day's first one opens")


def _zone(table: Reader) -> ZoneInfo:
    name = table.text("zone")
    try:
        return ZoneInfo(name or "UTC")
    except (KeyError, ValueError, OSError):
        table.fault("zone", f"an IANA zone like Asia/Shanghai is expected, not {name!r}")
        return ZoneInfo("UTC")


def _shifts(table: Reader, field: str) -> Shifts:
    found = []
    for one in table.each(field):
        one.only("opens", "closes")
        found.append(Shift(one.time("opens"), one.time("closes")))
    found.sort(key=lambda shift: shift.opens)
    for earlier, later in pairwise(found):
        if earlier.crosses_midnight or later.opens < earlier.closes:
            table.fault(field, f"the shifts opening {earlier.opens} and {later.opens} overlap")
    return tuple(found)


def _year(table: Reader) -> Year:
    table.only("year", "status", "holidays", "make_up_days", "make_up_shifts")
    number = int(table.number("year", 2000))
    holidays = tuple(_holiday(one, number) for one in table.each("holidays"))
    days = table.days("make_up_days")
    shifts = _shifts(table, "make_up_shifts")
    if days and not shifts:
        table.fault("make_up_shifts", "make-up days need the shifts that are worked on them")
    for day in days:
        _check_make_up_day(table, day, number, holidays)
    published = table.one_of("status", ("published", "provisional")) == "published"
    return Year(number, published, holidays, frozenset(days), shifts)


def _check_make_up_day(table: Reader, day: date, year: int, holidays: tuple[Holiday, ...]) -> None:
    if day.year != year:
        table.fault("make_up_days", f"{day} is not in {year}")
    if any(one.covers(day) for one in holidays):
        table.fault("make_up_days", f"{day} is a holiday as well")


def _holiday(table: Reader, year: int) -> Holiday:
    table.only("zh", "en", "first", "last")
    found = Holiday(table.text("zh"), table.text("en"), table.day("first"), table.day("last"))
    if found.last < found.first:
        table.fault("last", f"{found.last} is before {found.first}")
    if {found.first.year, found.last.year} != {year}:
        table.fault("first", f"{found.first} to {found.last} is not within {year}")
    return found
