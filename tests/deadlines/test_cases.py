"""Named cases of reckoning: several shifts a day, holidays, make-up days, summer time, pauses."""

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from textwrap import dedent
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from backend.deadlines.calendar import Calendar, Calendars, Interval, load_calendars
from backend.deadlines.faults import NoOpenDay
from backend.deadlines.promises import Limit, Policy, Rung, Warn
from backend.deadlines.reckoning import Course, advance, counted_time, plan, resumed

DATA: Final = dedent("""
    [[calendars]]
    id = "noon"            # closed over midday, half a day on Saturdays, summer time
    edition = 1
    dated = 2026-01-01
    zone = "Europe/London"
    [calendars.week]
    mon = [{ opens = 09:00:00, closes = 12:00:00 }, { opens = 14:00:00, closes = 18:00:00 }]
    tue = [{ opens = 09:00:00, closes = 12:00:00 }, { opens = 14:00:00, closes = 18:00:00 }]
    wed = [{ opens = 09:00:00, closes = 12:00:00 }, { opens = 14:00:00, closes = 18:00:00 }]
    thu = [{ opens = 09:00:00, closes = 12:00:00 }, { opens = 14:00:00, closes = 18:00:00 }]
    fri = [{ opens = 09:00:00, closes = 12:00:00 }, { opens = 14:00:00, closes = 17:00:00 }]
    sat = [{ opens = 09:00:00, closes = 12:00:00 }]
    sun = []
    [[calendars.years]]
    year = 2026
    status = "published"
    make_up_shifts = [{ opens = 10:00:00, closes = 15:00:00 }]
    make_up_days = [2026-03-15]
    holidays = [{ zh = "节", en = "A Monday off", first = 2026-03-16, last = 2026-03-16 }]

    [[calendars]]
    id = "night"           # one shift that ends the next morning
    edition = 1
    dated = 2026-01-01
    zone = "America/New_York"
    [calendars.week]
    mon = [{ opens = 22:00:00, closes = 06:00:00 }]
    tue = [{ opens = 22:00:00, closes = 06:00:00 }]
    wed = [{ opens = 22:00:00, closes = 06:00:00 }]
    thu = [{ opens = 22:00:00, closes = 06:00:00 }]
    fri = [{ opens = 22:00:00, closes = 06:00:00 }]
    sat = [{ opens = 22:00:00, closes = 06:00:00 }]
    sun = [{ opens = 22:00:00, closes = 06:00:00 }]
    """)  # fmt: skip


@pytest.fixture(scope="module")
def calendars(tmp_path_factory: pytest.TempPathFactory) -> Calendars:
    file: Path = tmp_path_factory.mktemp("calendars") / "calendar.toml"
    file.write_text(DATA, encoding="utf-8")
    return load_calendars(file)


@cache
def a_promise(days: int | None = None, hours: int | None = None) -> Policy:
    limit = Limit(working_days=days) if days else Limit(elapsed=timedelta(hours=hours or 0))
    warn = Warn(0.25, timedelta(minutes=5), timedelta(hours=24))
    return Policy(
        "SLA-09", "reply", "答复", "Reply", limit, "wd" if days else "cal", ("opened",), ("decided",), ("*",),
        "butler", "never", True, warn, (Rung("at", "supervisor"),), "SLA-09", "…",
    )  # fmt: skip


def at(text: str, calendar: Calendar) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=calendar.zone)


@pytest.mark.parametrize(
    ("case", "name", "start", "days", "due"),
    [
        ("two shifts a day end with the second", "noon", "03-09 10:00", 1, "03-10 18:00"),
        ("received over midday, the day itself never counts", "noon", "03-09 13:00", 1, "03-10 18:00"),
        ("a Friday closes earlier", "noon", "03-12 10:00", 1, "03-13 17:00"),
        ("half a Saturday is a working day", "noon", "03-13 16:00", 1, "03-14 12:00"),
        ("a make-up Sunday has hours of its own", "noon", "03-14 11:00", 1, "03-15 15:00"),
        ("a holiday after a make-up day", "noon", "03-15 11:00", 1, "03-17 18:00"),
        ("received on the holiday", "noon", "03-16 11:00", 1, "03-17 18:00"),
        ("five days over both", "noon", "03-13 08:00", 5, "03-19 18:00"),
        ("the clocks go forward on the Sunday between", "noon", "03-27 16:00", 2, "03-30 18:00"),
        ("the clocks go back on the Sunday between", "noon", "10-23 16:00", 2, "10-26 18:00"),
        ("a night shift closes the next morning", "night", "03-10 12:00", 1, "03-12 06:00"),
        ("a night with an hour less", "night", "03-06 12:00", 1, "03-08 06:00"),
        ("received in the middle of the night shift", "night", "03-10 03:00", 1, "03-12 06:00"),
    ],
)  # fmt: skip
def test_working_days_end_with_the_last_closing_of_the_last_day(
    calendars: Calendars, case: str, name: str, start: str, days: int, due: str
) -> None:
    calendar = calendars.newest(name)
    made = plan(a_promise(days), at(start, calendar), calendar)
    assert made.due_at == at(due, calendar), case


@pytest.mark.parametrize(
    ("case", "name", "start", "end", "hours"),
    [
        ("a whole day with midday closed", "noon", "03-09 00:00", "03-10 00:00", 7),
        ("over midday nothing counts", "noon", "03-09 12:00", "03-09 14:00", 0),
        ("from one shift into the next", "noon", "03-09 11:00", "03-09 15:00", 2),
        ("a holiday counts nothing", "noon", "03-16 00:00", "03-17 00:00", 0),
        ("a make-up day counts its own hours", "noon", "03-15 00:00", "03-16 00:00", 5),
        ("a week with everything", "noon", "03-13 00:00", "03-18 00:00", 6 + 3 + 5 + 0 + 7),
        ("a night with an hour less", "night", "03-07 21:00", "03-08 12:00", 7),
        ("a night with an hour more", "night", "10-31 21:00", "11-01 12:00", 9),
    ],
)  # fmt: skip
def test_only_working_time_counts(
    calendars: Calendars, case: str, name: str, start: str, end: str, hours: int
) -> None:
    calendar = calendars.newest(name)
    within = Interval(at(start, calendar), at(end, calendar))
    assert counted_time("wd", within, calendar) == timedelta(hours=hours), case


@pytest.mark.parametrize(
    ("case", "began", "ended", "due"),
    [
        ("over midday", "03-10 12:00", "03-10 14:00", "03-11 18:00"),
        ("one hour before midday", "03-10 11:00", "03-10 14:00", "03-12 10:00"),
        ("two hours over midday, which is one", "03-10 11:30", "03-10 14:30", "03-12 10:00"),
        ("a whole day", "03-10 09:00", "03-10 18:00", "03-12 18:00"),
        ("before the counting has begun", "03-09 10:00", "03-09 18:00", "03-11 18:00"),
        ("over a weekend and a holiday", "03-11 17:00", "03-17 09:00", "03-17 10:00"),
    ],
)  # fmt: skip
def test_a_pause_shifts_by_the_working_time_it_took(
    calendars: Calendars, case: str, began: str, ended: str, due: str
) -> None:
    calendar = calendars.newest("noon")
    start = at("03-09 10:00", calendar)
    course = Course("wd", start, plan(a_promise(2), start, calendar).due_at, None)
    moved = resumed(course, Interval(at(began, calendar), at(ended, calendar)), calendar)
    assert moved.due_at == at(due, calendar), case


@pytest.mark.parametrize(
    ("case", "zone", "start", "due"),
    [
        ("Shanghai knows no summer time", "Asia/Shanghai", "03-28 12:00", "03-29 12:00"),
        ("London springs forward", "Europe/London", "03-28 12:00", "03-29 13:00"),
        ("London falls back", "Europe/London", "10-24 12:00", "10-25 11:00"),
        ("Lord Howe moves by half an hour", "Australia/Lord_Howe", "04-04 12:00", "04-05 11:30"),
    ],
)  # fmt: skip
def test_twenty_four_hours_are_twenty_four_hours_wherever_the_clocks_change(
    calendars: Calendars, case: str, zone: str, start: str, due: str
) -> None:
    calendar = calendars.newest("noon").in_zone(zone)
    assert plan(a_promise(hours=24), at(start, calendar), calendar).due_at == at(due, calendar), case


def test_a_closed_year_is_given_up_at_once(calendars: Calendars) -> None:
    closed = Calendar("closed", 1, calendars.newest("noon").dated, ZoneInfo("Asia/Shanghai"), ((),) * 7)
    start = datetime(2026, 3, 9, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
    with pytest.raises(NoOpenDay, match="400 days"):
        plan(a_promise(3), start, closed)
    with pytest.raises(NoOpenDay, match="400 days"):
        advance("wd", start, timedelta(hours=1), closed)
    assert plan(a_promise(hours=24), start, closed).due_at == start + timedelta(hours=24)
