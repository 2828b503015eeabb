"""Hours and holidays in words: the form with what is wrong, an example of what it promises, the notice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from backend.deadlines.calendar import WEEK, Calendar
from backend.deadlines.reckoning import working_days_after
from backend.office.settings_draft import SPARE, STATES, Draft, Fault, HolidayDraft, YearDraft
from locales import N_, t
from locales.dates import format_full

DAYS: Final = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"),
)  # fmt: skip
STATE_WORDS: Final[Mapping[str, str]] = {
    "published": N_("Published by the State Council"),
    "provisional": N_("Provisional: due dates are marked as such"),
    "missing": N_("Not entered yet"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of the form."""

    name: str
    label: str
    value: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class YearView:
    year: int
    status: str
    states: tuple[tuple[str, str], ...]
    status_error: str
    rows: tuple[tuple[Cell, ...], ...]
    days: Cell
    hours: Cell


@dataclass(frozen=True, slots=True)
class FormView:
    """The whole form; ``summary`` names every fault once more above it."""

    week: tuple[Cell, ...]
    years: tuple[YearView, ...]
    held: str
    summary: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """What a promise of three working days comes to."""

    start: str
    due: str
    is_provisional: bool


def form_of(language: str, draft: Draft, faults: Sequence[Fault]) -> FormView:
    """Word the form, each fault at its field."""
    errors = {one.field: t(language, one.sentence, **one.values) for one in reversed(faults)}
    week = tuple(
        Cell(f"week.{day}", t(language, DAYS[place]), draft.week[place], errors.get(f"week.{day}", ""))
        for place, day in enumerate(WEEK)
    )
    return FormView(
        week=week,
        years=tuple(_year(language, one, errors) for one in draft.years),
        held=",".join(str(one.year) for one in draft.years),
        summary=tuple(_named(language, draft, one) for one in faults),
    )


def _named(language: str, draft: Draft, fault: Fault) -> str:
    """A fault with the place it is at: ``2026: …``, ``2026 National Day: …``, ``Monday: …``."""
    kind, where, *rest = fault.field.split(".")
    if kind == "week":
        where = t(language, DAYS[WEEK.index(where)])
    elif kind == "h":
        row = next(one for one in draft.years if str(one.year) == where).holidays[int(rest[0])]
        name = (row.zh or row.en) if language == "zh" else (row.en or row.zh)
        where = f"{where} {name}".strip()
    sentence = t(language, fault.sentence, **fault.values)
    return f"{where}：{sentence}" if language == "zh" else f"{where}: {sentence}"


def _year(language: str, year: YearDraft, errors: Mapping[str, str]) -> YearView:
    prefix = f"year.{year.year}"
    rows = [*year.holidays, *[HolidayDraft()] * SPARE]
    states = tuple((name, t(language, STATE_WORDS[name])) for name in STATES)
    days, hours = t(language, "Days worked in exchange"), t(language, "Hours on those days")
    return YearView(
        year=year.year,
        status=year.status,
        states=states,
        status_error=errors.get(f"{prefix}.status", ""),
        rows=tuple(_row(language, f"h.{year.year}.{place}", one, errors) for place, one in enumerate(rows)),
        days=Cell(f"{prefix}.days", days, year.days, errors.get(f"{prefix}.days", "")),
        hours=Cell(f"{prefix}.hours", hours, year.hours, errors.get(f"{prefix}.hours", "")),
    )


def _row(language: str, prefix: str, one: HolidayDraft, errors: Mapping[str, str]) -> tuple[Cell, ...]:
    given = (
        ("zh", N_("Name in Chinese"), one.zh), ("en", N_("Name in English"), one.en),
        ("first", N_("First day"), one.first), ("last", N_("Last day"), one.last),
    )  # fmt: skip
    return tuple(
        Cell(f"{prefix}.{name}", t(language, label), value, errors.get(f"{prefix}.{name}", ""))
        for name, label, value in given
    )


def examples(language: str, calendar: Calendar, now: datetime) -> list[Example]:
    """What three working days come to: from the coming Friday at 16:00, and from before the next holidays.

    Raises NoOpenDay.
    """
    today = calendar.local_day(now)
    friday = today + timedelta(days=(4 - today.weekday()) % 7)
    days = {friday, *_eves(calendar, today)}
    return [_example(language, calendar, day) for day in sorted(days)]


def _eves(calendar: Calendar, today: date) -> list[date]:
    """The last working days before the next two holidays."""
    firsts = sorted(one.first for year in calendar.years for one in year.holidays if one.first > today)
    found = []
    for first in firsts[:2]:
        before = (first - timedelta(days=back) for back in range(1, 15))
        found += [next((day for day in before if calendar.is_open(day)), first)]
    return found


def _example(language: str, calendar: Calendar, day: date) -> Example:
    zone = calendar.zone.key
    start = datetime.combine(day, time(16), ZoneInfo(zone))
    due = working_days_after(start, 3, calendar)
    ends = (day, calendar.local_day(due))
    return Example(format_full(language, start, zone), format_full(language, due, zone),
                   any(calendar.is_provisional(one) for one in ends))  # fmt: skip
