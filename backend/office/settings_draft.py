"""Hours and holidays as they are typed: read, checked field by field, and written as a calendar. Pure."""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import pairwise
from typing import Any, Final

from backend.deadlines.calendar import WEEK, Calendar, Shift, Shifts, Year, parse_calendars
from backend.deadlines.faults import DataFaults, NoOpenDay
from locales import N_

STATES: Final = ("published", "provisional", "missing")
#: empty rows that a year of the form ends with
SPARE: Final = 2
MOST_HOLIDAYS: Final = 40
_PAIR: Final = re.compile(r"(\d{1,2}):(\d\d)\s*(?:-|–|—|~|至|到)\s*(\d{1,2}):(\d\d)")
_DAY: Final = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_CLOSED: Final = frozenset({"", "-", "–", "休息", "不上班", "closed"})


@dataclass(frozen=True, slots=True)
class HolidayDraft:
    """One row of a year, as typed."""

    zh: str = ""
    en: str = ""
    first: str = ""
    last: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.zh or self.en or self.first or self.last)


@dataclass(frozen=True, slots=True)
class YearDraft:
    """One year, as typed; ``status`` missing: not entered yet."""

    year: int
    status: str = "missing"
    holidays: tuple[HolidayDraft, ...] = ()
    days: str = ""
    hours: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A calendar as typed: hours of each weekday from Monday, and the years."""

    week: tuple[str, ...]
    years: tuple[YearDraft, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: the name of the field, and a sentence with its values."""

    field: str
    sentence: str
    values: Mapping[str, Any]


def draft_of(calendar: Calendar, years: Sequence[int]) -> Draft:
    """Return a calendar as its form shows it, with these years."""
    known = {one.year: one for one in calendar.years}
    week = tuple(hours_text(shifts) for shifts in calendar.week)
    return Draft(week, tuple(_year_of(year, known.get(year)) for year in years))


def _year_of(number: int, year: Year | None) -> YearDraft:
    if year is None:
        return YearDraft(number)
    holidays = tuple(
        HolidayDraft(one.zh, one.en, one.first.isoformat(), one.last.isoformat()) for one in year.holidays
    )
    days = ", ".join(one.isoformat() for one in sorted(year.make_up_days))
    status = "published" if year.is_published else "provisional"
    return YearDraft(number, status, holidays, days, hours_text(year.make_up_shifts))


def hours_text(shifts: Shifts) -> str:
    return ", ".join(f"{one.opens:%H:%M}–{one.closes:%H:%M}" for one in shifts)


def read(fields: Mapping[str, str], years: Sequence[int]) -> Draft:
    """Return what the form holds; nothing is judged yet."""
    week = tuple(fields.get(f"week.{day}", "").strip() for day in WEEK)
    return Draft(week, tuple(_read_year(fields, year) for year in years))


def _read_year(fields: Mapping[str, str], year: int) -> YearDraft:
    rows = []
    for place in range(MOST_HOLIDAYS):
        names = ("zh", "en", "first", "last")
        texts = [fields.get(f"h.{year}.{place}.{name}", "").strip()[:80] for name in names]
        rows.append(HolidayDraft(*texts))
    status = fields.get(f"year.{year}.status", "missing")
    return YearDraft(
        year,
        status if status in STATES else "missing",
        tuple(one for one in rows if not one.is_empty),
        fields.get(f"year.{year}.days", "").strip(),
        fields.get(f"year.{year}.hours", "").strip(),
    )


def read_hours(text: str) -> Shifts | None:
    """Return typed shifts (``09:00–12:00, 13:00–18:00``), () for a closed day, None for no hours."""
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    if plain in _CLOSED:
        return ()
    found = _PAIR.findall(plain)
    rest = _PAIR.sub("", plain).replace("、", "").replace(";", "").replace(",", "").strip()
    if not found or rest:
        return None
    try:
        shifts = [Shift(_time(*pair[:2]), _time(*pair[2:])) for pair in found]
    except ValueError:
        return None
    return tuple(sorted(shifts, key=lambda one: one.opens))


def _time(hour: str, minute: str) -> time:
    return time(0, 0) if (hour, minute) == ("24", "00") else time(int(hour), int(minute))


def read_day(text: str) -> date | None:
    found = _DAY.fullmatch(unicodedata.normalize("NFKC", text).strip())
    try:
        return date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        return None


def read_days(text: str) -> list[date | None]:
    """Return the dates of a typed list; None for each part that is no date."""
    plain = unicodedata.normalize("NFKC", text).replace("、", ",").replace(";", ",").replace("\n", ",")
    return [read_day(part) for part in plain.split(",") if part.strip()]


def faults_of(draft: Draft) -> list[Fault]:
    """Name every fault of a draft, each at its field."""
    return [*_week_faults(draft), *(fault for year in draft.years for fault in _year_faults(year))]


def _week_faults(draft: Draft) -> Iterator[Fault]:
    read = [read_hours(text) for text in draft.week]
    for day, shifts in zip(WEEK, read, strict=True):
        yield from _hours_faults(f"week.{day}", shifts)
    if not any(shifts is None or shifts for shifts in read):
        yield Fault("week.mon", N_("A week without any open day could never keep a promise."), {})
    for place, shifts in enumerate(read):
        after = read[(place + 1) % 7]
        if shifts and after and shifts[-1].crosses_midnight and shifts[-1].closes > after[0].opens:
            said = N_("The night shift is not over when the first one of the next day begins.")
            yield Fault(f"week.{WEEK[place]}", said, {})


def _hours_faults(field: str, shifts: Shifts | None) -> Iterator[Fault]:
    if shifts is None:
        yield Fault(field, N_("Please write hours like 09:00–12:00, 13:00–18:00, or leave it empty."), {})
        return
    for earlier, later in pairwise(shifts):
        if earlier.crosses_midnight or later.opens < earlier.closes:
            values = {"first": f"{earlier.opens:%H:%M}", "second": f"{later.opens:%H:%M}"}
            yield Fault(field, N_("The shifts that open at {first} and {second} overlap."), values)


def _year_faults(year: YearDraft) -> Iterator[Fault]:
    if year.status == "missing":
        if year.holidays or year.days:
            said = N_("Please say whether the days of {year} are published or provisional.")
            yield Fault(f"year.{year.year}.status", said, {"year": year.year})
        return
    for place, one in enumerate(year.holidays):
        yield from _holiday_faults(f"h.{year.year}.{place}", one, year.year)
    yield from _make_up_faults(year)


def _holiday_faults(field: str, one: HolidayDraft, year: int) -> Iterator[Fault]:
    for name, text in (("zh", one.zh), ("en", one.en)):
        if not text:
            yield Fault(f"{field}.{name}", N_("Please name the holiday in both languages."), {})
    first, last = read_day(one.first), read_day(one.last or one.first)
    typed = (("first", first), ("last", last)) if one.last else (("first", first),)
    for name, day in typed:
        if day is None:
            yield Fault(f"{field}.{name}", N_("Please write a date like {year}-10-01."), {"year": year})
        elif day.year != year:
            yield Fault(f"{field}.{name}", N_("This day is not in {year}."), {"year": year})
    if first and last and last < first:
        yield Fault(f"{field}.last", N_("The last day is before the first."), {})


def _make_up_faults(year: YearDraft) -> Iterator[Fault]:
    field, days = f"year.{year.year}.days", read_days(year.days)
    spans = [(read_day(one.first), read_day(one.last or one.first)) for one in year.holidays]
    if None in days:
        yield Fault(
            field, N_("Please write days like {year}-10-10, with commas between."), {"year": year.year}
        )
    for day in (one for one in days if one):
        if day.year != year.year:
            yield Fault(field, N_("{day} is not in {year}."), {"day": day.isoformat(), "year": year.year})
        elif any(first and last and first <= day <= last for first, last in spans):
            yield Fault(field, N_("{day} is a holiday as well."), {"day": day.isoformat()})
    shifts = read_hours(year.hours)
    yield from _hours_faults(f"year.{year.year}.hours", shifts)
    if days and shifts == ():
        said = N_("Days worked in exchange need hours.")
        yield Fault(f"year.{year.year}.hours", said, {})


def calendar_of(draft: Draft, base: Calendar, name: str, edition: int, dated: date) -> tuple[Calendar, str]:
    """Return a draft without faults as edition ``edition`` of calendar ``name``, and as its text.

    Years that the draft does not hold are taken over from ``base``. Raises DataFaults, and NoOpenDay for a
    calendar that is closed for more than a year on end.
    """
    held = {one.year for one in draft.years}
    former = tuple(_year_of(one.year, one) for one in base.years if one.year not in held)
    years = tuple(sorted((*former, *draft.years), key=lambda one: one.year))
    text = "\n".join(_lines(Draft(draft.week, years), base.zone.key, name, edition, dated)) + "\n"
    calendar = parse_calendars(text, name).newest(name)
    for year in calendar.years:
        next(calendar.open_days(date(year.year, 1, 1)))
    return calendar, text


def _lines(draft: Draft, zone: str, name: str, edition: int, dated: date) -> Iterator[str]:
    yield from ("[[calendars]]", f"id = {_quoted(name)}", f"edition = {edition}", f"dated = {dated}")
    yield from (f"zone = {_quoted(zone)}", "", "[calendars.week]")
    yield from (f"{day} = {_shifts(text)}" for day, text in zip(WEEK, draft.week, strict=True))
    for year in draft.years:
        if year.status == "missing":
            continue
        yield from ("", "[[calendars.years]]", f"year = {year.year}", f"status = {_quoted(year.status)}")
        days = sorted({str(one) for one in read_days(year.days) if one})
        yield from (f"make_up_shifts = {_shifts(year.hours)}", f"make_up_days = [{', '.join(days)}]")
        yield "holidays = ["
        for one in year.holidays:
            first, last = read_day(one.first), read_day(one.last or one.first)
            yield f"  {{ zh = {_quoted(one.zh)}, en = {_quoted(one.en)}, first = {first}, last = {last} }},"
        yield "]"


def _shifts(text: str) -> str:
    rows = (f"{{ opens = {one.opens}, closes = {one.closes} }}" for one in read_hours(text) or ())
    return f"[{', '.join(rows)}]"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def faults_in_text(text: str) -> tuple[Calendar | None, str]:
    """Return the newest calendar of an uploaded TOML text, or what is wrong with it."""
    try:
        found = parse_calendars(text, "calendar.toml")
        calendar = max(found.all, key=lambda one: one.edition)
        for year in calendar.years:
            next(calendar.open_days(date(year.year, 1, 1)))
    except (DataFaults, NoOpenDay) as wrong:
        return None, str(wrong)
    return calendar, ""
