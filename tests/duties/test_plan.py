"""The plan of duties: what opens when, in every zone, and never twice however one looks."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.deadlines.calendar import Calendar, standard_calendars
from backend.duties import plan
from backend.duties.plan import Slot
from backend.duties.rules import Duties, Duty, Window, find, standard_duties

ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]
MOMENTS = st.integers(0, 3 * 365 * 24 * 60).map(
    lambda n: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=n)
)
CLOSED = Calendar("closed", 1, date(2026, 1, 1), ZoneInfo("UTC"), ((),) * 7)


def cn(zone: str = "Asia/Shanghai") -> Calendar:
    return standard_calendars().newest("cn").in_zone(zone)


def duty(name: str) -> Duty:
    found = find(standard_duties(), name)
    assert found is not None
    return found


def local(text: str, zone: str = "Asia/Shanghai") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def said(slots: list[Slot], zone: str = "Asia/Shanghai") -> list[tuple[str, str, str]]:
    """Names with local ends, as one reads them."""

    def on_the_wall(instant: datetime) -> str:
        return f"{instant.astimezone(ZoneInfo(zone)):%m-%d %H:%M}"

    return [(one.name, on_the_wall(one.opens_at), on_the_wall(one.due_at)) for one in slots]


CALENDAR_BOUND: Duties = tuple(
    one for one in standard_duties() if one.every in ("day", "week", "month", "year")
)


@given(
    which=st.sampled_from(CALENDAR_BOUND),
    zone=st.sampled_from(ZONES),
    since=MOMENTS,
    cuts=st.lists(st.integers(0, 60 * 24 * 120), max_size=5),
    subject=st.integers(0, 500),
)
def test_ranges_join_without_gap_or_double(
    which: Duty, zone: str, since: datetime, cuts: list[int], subject: int
) -> None:
    calendar = cn(zone)
    ends = [since + timedelta(minutes=cut) for cut in sorted({0, 60 * 24 * 130, *cuts})]
    whole = plan.opening(which, calendar, ends[0], ends[-1], subject)
    parts = [
        slot for begin, end in pairwise(ends) for slot in plan.opening(which, calendar, begin, end, subject)
    ]
    assert sorted(parts, key=lambda one: (one.due_at, one.name)) == whole
    assert len({slot.name for slot in whole}) == len(whole)


@given(
    which=st.sampled_from(CALENDAR_BOUND),
    zone=st.sampled_from(ZONES),
    since=MOMENTS,
)
def test_a_task_ends_after_it_opens_and_is_never_open_longer_than_one_looks_back(
    which: Duty, zone: str, since: datetime
) -> None:
    for slot in plan.opening(which, cn(zone), since, since + timedelta(days=90), 7):
        assert slot.opens_at < slot.due_at <= slot.opens_at + plan.longest(which)
        assert slot.opens_at <= plan.warning(slot.opens_at, slot.due_at) < slot.due_at


@given(since=MOMENTS)
def test_a_calendar_that_never_opens_ends_the_search(since: datetime) -> None:
    for which in CALENDAR_BOUND:
        found = plan.opening(which, CLOSED, since, since + timedelta(days=60), 1)
        assert found == [] if which.every == "week" and which.working_days else True


def test_four_rounds_a_day_have_hours_of_their_own() -> None:
    found = plan.opening(duty("SLA-46"), cn(), local("2026-03-11T00:00"), local("2026-03-11T23:00"))
    assert said(found) == [
        ("2026-03-11#1", "03-11 07:30", "03-11 10:00"),
        ("2026-03-11#2", "03-11 10:00", "03-11 12:00"),
        ("2026-03-11#3", "03-11 13:30", "03-11 15:30"),
        ("2026-03-11#4", "03-11 15:30", "03-11 17:30"),
    ]


def test_a_week_that_ends_in_a_holiday_is_due_on_its_last_working_day() -> None:
    # 1 May 2026 is a Friday and a holiday.
    found = plan.opening(duty("SLA-51-week"), cn(), local("2026-04-26T12:00"), local("2026-04-30T12:00"))
    assert said(found) == [("2026-W18", "04-27 00:00", "04-30 18:00")]


def test_a_month_pack_waits_for_a_working_day() -> None:
    # 5 April 2026 is a Sunday, the next day the Qingming holiday.
    found = plan.opening(duty("SLA-40"), cn(), local("2026-03-31T12:00"), local("2026-04-02T12:00"))
    assert said(found) == [("2026-04", "04-01 00:00", "04-07 18:00")]


@pytest.mark.parametrize(
    ("day", "name", "opens", "due"),
    [
        ("2026-02-14", "2026-04", "04-01 00:00", "06-30 18:00"),
        ("2026-10-02", "2027-01", "01-01 00:00", "03-31 18:00"),
    ],
)
def test_the_tanks_are_washed_every_quarter(day: str, name: str, opens: str, due: str) -> None:
    since = local(f"{day}T00:00")
    found = plan.opening(duty("SLA-48"), cn(), since, since + timedelta(days=95))
    assert said(found)[:1] == [(name, opens, due)]


def test_the_checks_after_delivery_come_in_month_3_11_23_and_35() -> None:
    found = plan.anchored(duty("SLA-52"), cn(), local("2026-11-30T15:00"))
    assert said(found) == [
        ("m3", "02-28 00:00", "03-14 18:00"),
        ("m11", "10-30 00:00", "11-13 18:00"),
        ("m23", "10-30 00:00", "11-13 18:00"),
        ("m35", "10-30 00:00", "11-13 18:00"),
    ]
    assert [one.opens_at.astimezone(UTC).year for one in found] == [2027, 2027, 2028, 2029]


def test_a_new_resident_is_known_within_a_month_of_moving_in() -> None:
    found = plan.anchored(duty("SLA-54"), cn(), local("2026-01-31T15:00"))
    assert said(found) == [("m1", "01-31 15:00", "02-28 18:00")]


def test_the_visits_of_a_year_are_spread_over_its_months() -> None:
    since, until = local("2025-12-31T12:00"), local("2026-12-31T00:00")
    months = {
        subject: plan.opening(duty("SLA-57"), cn(), since, until, subject)[0].opens_at.month
        for subject in range(12)
    }
    assert len(set(months.values())) == 12


def test_a_handover_opens_before_the_shift_ends_and_is_due_soon_after() -> None:
    slot = plan.of_shift(9, local("2026-03-11T08:00"), local("2026-03-11T16:00"))
    assert said([slot]) == [("shift:9", "03-11 15:30", "03-11 16:30")]


@pytest.mark.parametrize(("at", "due"), [("10:00", "03-12 00:00"), ("23:30", "03-12 01:30")])
def test_a_new_fact_is_entered_the_same_day(at: str, due: str) -> None:
    slot = plan.of_event(cn(), "e1", local(f"2026-03-11T{at}"))
    assert said([slot])[0][2] == due


@pytest.mark.parametrize(
    ("zone", "day", "length"),
    [
        ("Europe/Berlin", "2026-03-29", 9),  # the clock goes forward at 02:00
        ("Europe/Berlin", "2026-10-25", 11),  # and back at 03:00
        ("Asia/Shanghai", "2026-03-29", 10),
    ],
)
def test_hours_are_those_of_the_estates_clocks_when_these_change(zone: str, day: str, length: int) -> None:
    night = Duty(
        "SLA-99", "夜巡", "Night round", "guard", "supervisor", "REC-25", "day", "estate", "", "",
        windows=(Window(time(22), time(8)),),
    )  # fmt: skip
    before = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone)) - timedelta(days=1)
    found = plan.opening(night, cn(zone), before, before + timedelta(days=1))
    assert [(one.due_at - one.opens_at) / timedelta(hours=1) for one in found] == [length]


def test_a_task_in_an_hour_that_does_not_exist_is_still_one_task() -> None:
    lost = Duty(
        "SLA-99", "夜巡", "Night round", "guard", "supervisor", "REC-25", "day", "estate", "", "",
        windows=(Window(time(2, 15), time(3, 10)),),
    )  # fmt: skip
    since = local("2026-03-28T12:00", "Europe/Berlin")
    found = plan.opening(lost, cn("Europe/Berlin"), since, since + timedelta(days=1))
    assert [one.name for one in found] == ["2026-03-29#1"]


def test_a_duty_of_working_days_rests_on_the_others() -> None:
    office = Duty(
        "SLA-99", "值班", "Duty", "desk", "supervisor", "REC-25", "day", "estate", "", "",
        windows=(Window(time(9), time(18)),), working_days=True,
    )  # fmt: skip
    # 14 February 2026 is a Saturday that is worked, 16 February a Monday of the Spring Festival.
    found = plan.opening(office, cn(), local("2026-02-13T20:00"), local("2026-02-16T20:00"))
    assert [one.name for one in found] == ["2026-02-14#1"]


def test_nobody_misses_what_they_could_not_have_done() -> None:
    whole = Slot("x", local("2026-03-11T08:00"), local("2026-03-11T18:00"))
    quarter = Slot("y", local("2026-01-01T00:00"), local("2026-03-31T18:00"))
    assert plan.is_fair(whole, local("2026-03-11T12:59"))
    assert not plan.is_fair(whole, local("2026-03-11T13:01"))
    assert plan.is_fair(quarter, local("2026-03-30T17:00"))
    assert not plan.is_fair(quarter, local("2026-03-31T17:00"))
