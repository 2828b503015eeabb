"""The estate's working calendar: 2026 as published, 2027 as far as it is known, shifts, faults."""

from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from textwrap import dedent
from zoneinfo import ZoneInfo

import pytest

from backend.deadlines.calendar import Calendar, Interval, Shift, load_calendars, standard_calendars
from backend.deadlines.faults import DataFaults, NaiveInstant, NoOpenDay, UnknownCalendar

CN = standard_calendars().newest("cn")


def a_calendar(week: dict[int, tuple[Shift, ...]], zone: str = "Asia/Shanghai") -> Calendar:
    shifts = tuple(week.get(day, ()) for day in range(7))
    return Calendar("test", 1, date(2026, 1, 1), ZoneInfo(zone), shifts)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 4),  # 元旦调休
        date(2026, 2, 14),  # 春节调休
        date(2026, 2, 24),
        date(2026, 2, 28),
        date(2026, 5, 9),
        date(2026, 9, 20),
        date(2026, 9, 30),
        date(2026, 10, 8),
        date(2026, 10, 10),
    ],
)
def test_these_days_are_worked(day: date) -> None:
    assert CN.is_open(day)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 1),
        date(2026, 1, 2),
        date(2026, 2, 15),
        date(2026, 2, 16),
        date(2026, 2, 23),
        date(2026, 4, 6),
        date(2026, 5, 5),
        date(2026, 6, 19),
        date(2026, 9, 25),
        date(2026, 10, 1),
        date(2026, 10, 7),
        date(2026, 10, 11),
        date(2026, 11, 21),
    ],
)
def test_these_days_are_off(day: date) -> None:
    assert not CN.is_open(day)


def test_the_year_2026_has_as_many_working_days_as_its_weeks_holidays_and_make_up_days_say() -> None:
    days = [day for day in islice(CN.open_days(date(2025, 12, 31)), 300) if day.year == 2026]
    # 261 weekdays less 19 weekdays off, and 6 weekend days worked in exchange.
    assert len(days) == 261 - 19 + 6


def test_a_holiday_has_a_name_in_both_languages() -> None:
    holiday = CN.holiday(date(2026, 2, 17))
    assert holiday is not None
    assert (holiday.zh, holiday.en) == ("春节", "Spring Festival (Chinese New Year)")
    assert CN.holiday(date(2026, 2, 14)) is None


def test_only_a_published_year_is_certain() -> None:
    assert not CN.is_provisional(date(2026, 12, 31))
    assert CN.is_provisional(date(2027, 1, 1))
    assert CN.is_provisional(date(2031, 1, 1))


def test_an_older_edition_is_still_found_by_its_version() -> None:
    assert standard_calendars().get("cn@1").id == "cn"
    with pytest.raises(UnknownCalendar, match="cn@99"):
        standard_calendars().get("cn@99")
    with pytest.raises(UnknownCalendar, match="mars"):
        standard_calendars().newest("mars")


def test_a_shift_over_midnight_belongs_to_the_day_on_which_it_opens() -> None:
    night = a_calendar({4: (Shift(time(22), time(6)),)})
    (worked,) = night.intervals(date(2026, 11, 20))
    assert worked == Interval(datetime(2026, 11, 20, 14, tzinfo=UTC), datetime(2026, 11, 20, 22, tzinfo=UTC))
    assert night.intervals(date(2026, 11, 21)) == ()


def test_a_day_and_night_calendar_has_no_closed_minute_at_midnight() -> None:
    always = a_calendar({day: (Shift(time(0), time(0)),) for day in range(7)})
    first, second = islice(always.working_time(datetime(2026, 11, 21, 8, tzinfo=UTC)), 2)
    assert first.end == second.start


def test_a_working_day_with_a_lunch_break_is_two_shifts() -> None:
    lunch = a_calendar({5: (Shift(time(8), time(12)), Shift(time(14), time(18)))})
    worked = list(islice(lunch.working_time(datetime(2026, 11, 21, 3, tzinfo=UTC)), 2))
    assert [one.length.total_seconds() / 3600 for one in worked] == [1, 4]


def test_a_shift_that_a_clock_change_swallows_is_not_worked() -> None:
    swallowed = a_calendar({6: (Shift(time(1, 45), time(2, 0)),)}, "Europe/London")
    assert swallowed.intervals(date(2026, 3, 29)) == ()
    assert len(swallowed.intervals(date(2026, 4, 5))) == 1


def test_a_shift_in_the_doubled_hour_works_both_halves() -> None:
    doubled = a_calendar({6: (Shift(time(1, 0), time(1, 30)),)}, "Europe/London")
    (worked,) = doubled.intervals(date(2026, 10, 25))
    assert worked.length.total_seconds() == 90 * 60


def test_a_calendar_that_never_opens_says_so_instead_of_searching_for_ever() -> None:
    never = a_calendar({})
    with pytest.raises(NoOpenDay, match="test@1 has no open day in the 400 days"):
        next(never.open_days(date(2026, 1, 1)))
    with pytest.raises(NoOpenDay):
        never.closing(date(2026, 1, 1))


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(NaiveInstant):
        CN.local_day(datetime(2026, 1, 1, 12))  # noqa: DTZ001


def test_every_fault_of_a_calendar_file_is_named_at_once(tmp_path: Path) -> None:
    file = tmp_path / "calendar.toml"
    file.write_text(
        dedent("""
        [[calendars]]
        id = "CN 1"
        edition = 0
        dated = "soon"
        zone = "Asia/Atlantis"
        colour = "red"
        [calendars.week]
        mon = [{ opens = 09:00:00, closes = 12:00:00 }, { opens = 11:00:00, closes = 18:00:00 }]
        tue = [{ opens = "9:00", closes = 18:00:00 }]
        thu = [{ opens = 22:00:00, closes = 08:00:00 }]
        fri = [{ opens = 07:00:00, closes = 12:00:00 }]
        [[calendars.years]]
        year = 2026
        status = "guessed"
        make_up_days = [2027-01-02, 2026-10-01]
        holidays = [{ zh = "国庆节", en = "", first = 2026-10-01, last = 2026-09-01 },
                    { zh = "国庆节", en = "National Day", first = 2026-10-01, last = 2026-10-07 }]
        [[calendars.years]]
        year = 2026
        status = "published"
        """),
        encoding="utf-8",
    )
    with pytest.raises(DataFaults) as caught:
        load_calendars(file)
    assert [one.split(": ", 3)[1:3] for one in caught.value.faults] == [
        ["CN 1", "colour"],
        ["CN 1", "id"],
        ["CN 1.week", "mon"],
        ["CN 1.week tue[0]", "opens"],
        ["CN 1.week", "thu"],
        ["CN 1 2026 holidays[0]", "en"],
        ["CN 1 2026 holidays[0]", "last"],
        ["CN 1 2026", "make_up_shifts"],
        ["CN 1 2026", "make_up_days"],
        ["CN 1 2026", "make_up_days"],
        ["CN 1 2026", "status"],
        ["CN 1", "years"],
        ["CN 1", "edition"],
        ["CN 1", "dated"],
        ["CN 1", "zone"],
    ]
    assert all(one.startswith("calendar.toml: ") for one in caught.value.faults)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("calendars = 3", "calendars: a list of tables is expected"),
        ("", "at least one calendar is expected"),
        ("= = =", "whole file: cannot be read"),
        (
            '[[calendars]]\nid = "x"\nedition = 1\ndated = 2026-01-01\nzone = "UTC"\n[calendars.week]\n',
            "open day",
        ),
    ],
)
def test_a_file_without_a_usable_calendar_is_refused(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "calendar.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DataFaults, match=said):
        load_calendars(file)


def test_two_calendars_of_one_edition_are_refused(tmp_path: Path) -> None:
    own = Path(__file__).parents[2] / "backend" / "deadlines" / "calendar.toml"
    file = tmp_path / "calendar.toml"
    file.write_text(own.read_text(encoding="utf-8") * 2, encoding="utf-8")
    with pytest.raises(DataFaults, match="cn@1: edition: this edition is there twice"):
        load_calendars(file)


EDITIONS = {"cn@1": "5f59e7a9a2fff7d5"}


def digest(calendar: Calendar) -> str:
    """A mark of every working minute of the calendar's years, and of what is published."""
    said = [f"{year.year} {year.is_published}" for year in calendar.years]
    for year in calendar.years:
        first = date(year.year, 1, 1)
        said += [repr(calendar.intervals(first + timedelta(days=day))) for day in range(366)]
    return sha256("\n".join(said).encode()).hexdigest()[:16]


def test_an_edition_once_used_never_changes() -> None:
    """Promises keep the edition they were reckoned from: enter a change as a new edition, with its digest."""
    assert {one.version: digest(one) for one in standard_calendars().all} == EDITIONS
