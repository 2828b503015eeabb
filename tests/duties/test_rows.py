"""Every row of the periodic duties, by what its plan asks for in a month, a quarter, a year."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from backend.deadlines.calendar import Calendar, standard_calendars
from backend.duties import plan
from backend.duties.rules import Duty, find, standard_duties

SHANGHAI = ZoneInfo("Asia/Shanghai")


def cn() -> Calendar:
    return standard_calendars().newest("cn").in_zone("Asia/Shanghai")


def duty(name: str) -> Duty:
    found = find(standard_duties(), name)
    assert found is not None
    return found


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def due_in(name: str, first: str, last: str) -> list[str]:
    """Return when the tasks of a duty fall due that open after one day and not after another."""
    found = plan.opening(
        duty(name), cn(), local(f"{first}T00:00") - timedelta(seconds=1), local(f"{last}T23:59")
    )
    return [f"{one.due_at.astimezone(SHANGHAI):%m-%d %H:%M}" for one in found]


@pytest.mark.parametrize(
    ("name", "first", "last", "due"),
    [
        ("SLA-17", "2026-03-11", "2026-03-11", ["03-11 12:00", "03-11 15:00", "03-11 18:00"]),
        ("SLA-40", "2026-03-01", "2026-03-31", ["03-05 18:00"]),
        ("SLA-41", "2026-03-01", "2026-03-31", ["03-03 18:00"]),
        ("SLA-42", "2026-03-01", "2026-03-31", ["03-05 18:00"]),
        ("SLA-43", "2026-03-09", "2026-03-15", ["03-13 18:00"]),
        ("SLA-45-service", "2026-03-11", "2026-03-12", ["03-11 18:00", "03-12 18:00"]),
        ("SLA-45-engineering", "2026-03-11", "2026-03-11", ["03-11 18:00"]),
        ("SLA-45-security", "2026-03-11", "2026-03-11", ["03-11 22:00"]),
        ("SLA-46", "2026-03-11", "2026-03-11", ["03-11 10:00", "03-11 12:00", "03-11 15:30", "03-11 17:30"]),
        ("SLA-47", "2026-03-11", "2026-03-12", ["03-11 18:00", "03-12 18:00"]),
        ("SLA-48", "2026-01-01", "2026-06-30", ["03-31 18:00", "06-30 18:00"]),
        ("SLA-50", "2026-01-01", "2026-06-30", ["03-31 18:00", "06-30 18:00"]),
        ("SLA-51-day", "2026-03-11", "2026-03-11", ["03-11 20:00"]),
        ("SLA-51-week", "2026-03-09", "2026-03-15", ["03-13 18:00"]),
        ("SLA-51-month", "2026-03-01", "2026-03-31", ["03-10 18:00"]),
        ("SLA-53-review", "2026-03-11", "2026-03-11", ["03-11 20:00"]),
        ("SLA-55-weekly", "2026-03-09", "2026-03-15", ["03-15 18:00"]),
        ("SLA-55-two", "2026-03-01", "2026-03-31", ["03-15 18:00", "03-31 18:00"]),
        ("SLA-55-three", "2026-03-01", "2026-03-31", ["03-10 18:00", "03-20 18:00", "03-31 18:00"]),
        ("SLA-55-four", "2026-03-01", "2026-03-31",
         ["03-07 18:00", "03-15 18:00", "03-23 18:00", "03-31 18:00"]),
        ("SLA-56", "2026-01-01", "2026-12-31", ["06-30 18:00", "12-30 18:00"]),
        ("SLA-59", "2026-03-01", "2026-03-31", ["03-05 18:00"]),
    ],
)  # fmt: skip
def test_each_periodic_duty_falls_due_as_its_row_says(
    name: str, first: str, last: str, due: list[str]
) -> None:
    assert due_in(name, first, last) == due


def test_the_building_is_inspected_once_in_two_years() -> None:
    found = plan.opening(duty("SLA-49"), cn(), local("2025-12-31T23:59"), local("2029-12-31T23:59"))
    assert len(found) == 2
    assert found[1].opens_at - found[0].opens_at >= timedelta(days=729)


def test_todays_vouchers_are_told_the_same_day() -> None:
    row = duty("SLA-44")
    assert (row.every, row.per) == ("event", "day")
    slot = plan.of_event(cn(), "2026-03-11", local("2026-03-11T10:00"))
    assert slot.due_at == local("2026-03-12T00:00")
