"""When promises fall due, warn, wait and escalate: a table of named cases."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from backend.deadlines.calendar import Calendar, Interval, standard_calendars
from backend.deadlines.faults import BeyondTheLimit, NaiveInstant, NoOpenDay
from backend.deadlines.policy import Policy, standard_policies
from backend.deadlines.reckoning import (
    Course,
    Pause,
    Status,
    breach_instant,
    due_steps,
    explain,
    ladder,
    most_urgent,
    next_instant,
    plan,
    resumed,
    status,
)

CN = standard_calendars().newest("cn")


def policy(clock: str) -> Policy:
    found = standard_policies().find(clock)
    assert found is not None
    return found


def local(text: str, zone: str = "Asia/Shanghai") -> datetime:
    """Return the instant of ``11-20 10:00`` (of 2026, unless a year is said) on the clocks of a zone."""
    said = text if text[4] == "-" else f"2026-{text}"
    return datetime.fromisoformat(said).replace(tzinfo=ZoneInfo(zone))


CHINA, LONDON, NEW_YORK = "Asia/Shanghai", "Europe/London", "America/New_York"
RESPOND, FEEDBACK, ATTEND = policy("SLA-01"), policy("SLA-02"), policy("SLA-05")
ANSWER, REPLY, REGISTER = policy("SLA-08"), policy("SLA-09"), policy("SLA-12")


@pytest.mark.parametrize(
    ("case", "clock", "zone", "start", "due"),
    [
        ("a response, by day", "SLA-01", CHINA, "11-20 10:00", "11-20 10:10"),
        ("a response, over midnight", "SLA-01", CHINA, "11-20 23:59", "11-21 00:09"),
        ("a response, in Spring Festival", "SLA-01", CHINA, "02-17 03:00", "02-17 03:10"),
        ("feedback over a weekend", "SLA-02", CHINA, "11-20 18:00", "11-21 18:00"),
        ("feedback, London springs forward", "SLA-02", LONDON, "03-28 12:00", "03-29 13:00"),
        ("feedback, London falls back", "SLA-02", LONDON, "10-24 12:00", "10-25 11:00"),
        ("feedback, New York springs forward", "SLA-02", NEW_YORK, "03-07 20:00", "03-08 21:00"),
        ("feedback, New York falls back", "SLA-02", NEW_YORK, "10-31 20:00", "11-01 19:00"),
        ("a response in the missing hour", "SLA-01", NEW_YORK, "03-08 01:55", "03-08 03:05"),
        ("three days before Spring Festival", "SLA-09", CHINA, "02-13 16:00", "02-25 18:00"),
        ("three days over the October holiday", "SLA-09", CHINA, "09-30 09:00", "10-10 18:00"),
        ("a make-up Sunday counts", "SLA-09", CHINA, "09-18 09:00", "09-22 18:00"),
        ("received on a make-up day", "SLA-09", CHINA, "02-14 10:00", "02-26 18:00"),
        ("received on a holiday", "SLA-09", CHINA, "05-03 10:00", "05-08 18:00"),
        ("Friday at closing time", "SLA-09", CHINA, "11-20 18:00", "11-25 18:00"),
        ("Friday at 23:59", "SLA-09", CHINA, "11-20 23:59", "11-25 18:00"),
        ("Saturday at 00:00", "SLA-09", CHINA, "11-21 00:00", "11-25 18:00"),
        ("Monday morning, the day itself never counts", "SLA-09", CHINA, "11-23 00:00", "11-26 18:00"),
        ("over the turn of the year", "SLA-09", CHINA, "12-30 12:00", "2027-01-05 18:00"),
        ("working days, London springs forward", "SLA-09", LONDON, "03-27 12:00", "04-01 18:00"),
        ("working days, New York falls back", "SLA-09", NEW_YORK, "10-30 12:00", "11-04 18:00"),
    ],
)  # fmt: skip
def test_a_promise_falls_due_when_it_was_said(case: str, clock: str, zone: str, start: str, due: str) -> None:
    made = plan(policy(clock), local(start, zone), CN.in_zone(zone))
    assert made.due_at == local(due, zone), case
    assert made.due_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("clock", "start", "warn"),
    [
        ("SLA-01", "11-20 10:00", "11-20 10:05"),
        ("SLA-02", "11-20 10:00", "11-21 04:00"),
        ("SLA-12", "11-20 10:00", "11-20 11:30"),
        # 27 working hours, of which the last 6 h 45 min begin at 11:15 of the third day.
        ("SLA-09", "02-13 16:00", "02-25 11:15"),
    ],
)
def test_a_warning_counts_on_the_clock_of_its_promise(clock: str, start: str, warn: str) -> None:
    assert plan(policy(clock), local(start), CN).warn_at == local(warn)


def test_an_appointment_is_due_at_the_end_of_its_window_and_warns_an_hour_before() -> None:
    made = plan(ATTEND, local("11-20 10:00"), CN, agreed_at=local("11-24 12:00"))
    assert (made.due_at, made.warn_at) == (local("11-24 12:00"), local("11-24 11:00"))


def test_an_appointment_entered_after_its_time_has_no_warning_left() -> None:
    made = plan(ATTEND, local("11-20 10:00"), CN, agreed_at=local("11-20 09:30"))
    assert (made.due_at, made.warn_at) == (local("11-20 09:30"), None)


def test_an_appointment_without_a_window_cannot_be_promised() -> None:
    with pytest.raises(BeyondTheLimit):
        plan(ATTEND, local("11-20 10:00"), CN)


def test_an_enquiry_is_due_at_the_agreed_time() -> None:
    agreed = local("11-25 12:00")
    assert plan(ANSWER, local("11-20 10:00"), CN, agreed_at=agreed).due_at == agreed


def test_a_suggestion_may_be_promised_earlier_but_never_later_than_three_working_days() -> None:
    start = local("11-20 10:00")
    assert plan(REPLY, start, CN, agreed_at=local("11-24 12:00")).due_at == local("11-24 12:00")
    with pytest.raises(BeyondTheLimit):
        plan(REPLY, start, CN, agreed_at=local("11-25 18:01"))
    with pytest.raises(BeyondTheLimit):
        plan(RESPOND, start, CN, agreed_at=local("11-20 10:05"))


def test_a_due_date_in_an_unpublished_year_is_provisional() -> None:
    assert plan(REPLY, local("12-30 12:00"), CN).is_provisional
    assert not plan(REPLY, local("12-22 12:00"), CN).is_provisional
    assert not plan(FEEDBACK, local("12-31 12:00"), CN).is_provisional


def test_a_start_without_a_zone_is_refused() -> None:
    with pytest.raises(NaiveInstant):
        plan(RESPOND, datetime(2026, 11, 20, 10), CN)  # noqa: DTZ001


def test_a_calendar_that_never_opens_fails_at_once() -> None:
    never = Calendar("never", 1, date(2026, 1, 1), ZoneInfo("Asia/Shanghai"), ((),) * 7)
    with pytest.raises(NoOpenDay):
        plan(REPLY, local("11-20 10:00"), never)


def course(clock: str, start: str) -> Course:
    made = plan(policy(clock), local(start), CN)
    return Course(policy(clock).basis, local(start), made.due_at, made.warn_at)


def pause(start: str, end: str) -> Interval:
    return Interval(local(start).astimezone(UTC), local(end).astimezone(UTC))


@pytest.mark.parametrize(
    ("case", "clock", "began", "ended", "due", "warn"),
    [
        ("elapsed", "SLA-02", "11-20 12:00", "11-20 15:30", "11-21 13:30", "11-21 07:30"),
        ("elapsed, warned before", "SLA-02", "11-21 05:00", "11-21 06:00", "11-21 11:00", "11-21 04:00"),
        ("elapsed, beyond the end", "SLA-02", "11-21 09:00", "11-23 09:00", "11-23 10:00", "11-21 04:00"),
        ("already late", "SLA-02", "11-21 10:00", "11-23 09:00", "11-21 10:00", "11-21 04:00"),
        ("on the day of receipt", "SLA-09", "11-20 11:00", "11-20 17:00", "11-25 18:00", "11-25 11:15"),
        ("over a weekend only", "SLA-09", "11-20 19:00", "11-23 09:00", "11-25 18:00", "11-25 11:15"),
        ("one working day", "SLA-09", "11-23 09:00", "11-24 09:00", "11-26 18:00", "11-26 11:15"),
        ("two working hours", "SLA-09", "11-23 09:00", "11-23 11:00", "11-26 11:00", "11-25 13:15"),
        ("an evening and two hours", "SLA-09", "11-23 17:00", "11-24 10:00", "11-26 11:00", "11-25 13:15"),
    ],
)  # fmt: skip
def test_a_pause_moves_a_promise_by_the_counted_time_it_took(
    case: str, clock: str, began: str, ended: str, due: str, warn: str
) -> None:
    moved = resumed(course(clock, "11-20 10:00"), pause(began, ended), CN)
    assert (moved.due_at, moved.warn_at) == (local(due), local(warn)), case


NOON, ELEVEN = local("11-20 12:00"), local("11-20 11:00")


@dataclass(frozen=True)
class Row:
    due_at: datetime = NOON
    warn_at: datetime | None = ELEVEN
    met_at: datetime | None = None
    breached_at: datetime | None = None
    cancelled_at: datetime | None = None
    paused_at: datetime | None = None


@pytest.mark.parametrize(
    ("row", "now", "expected"),
    [
        (Row(), "10:00", Status.OK),
        (Row(), "11:00", Status.SOON),
        (Row(warn_at=None), "11:59", Status.OK),
        (Row(), "12:00", Status.LATE),
        (Row(breached_at=local("11-20 12:00")), "10:00", Status.LATE),
        (Row(paused_at=local("11-20 11:30")), "11:30", Status.PAUSED),
        (Row(paused_at=local("11-20 11:30")), "15:00", Status.PAUSED),
        (Row(paused_at=local("11-20 12:00")), "15:00", Status.LATE),
        (Row(met_at=local("11-20 11:59")), "15:00", Status.DONE),
        (Row(met_at=local("11-20 12:00")), "15:00", Status.MISSED),
        (
            Row(met_at=local("11-20 13:00"), breached_at=local("11-20 12:00")),
            "15:00",
            Status.MISSED,
        ),
        (Row(cancelled_at=local("11-20 11:00")), "15:00", Status.DONE),
        (Row(cancelled_at=local("11-20 13:00")), "15:00", Status.MISSED),
    ],
)
def test_how_a_promise_stands_is_worked_out_when_somebody_looks(row: Row, now: str, expected: Status) -> None:
    assert status(row, local(f"11-20 {now}")) is expected


def test_a_breach_is_dated_when_it_fell_not_when_it_was_noticed() -> None:
    assert breach_instant(Row(), local("11-20 12:07")) == local("11-20 12:00")
    assert breach_instant(Row(), local("11-20 11:59")) is None


def test_the_most_urgent_promise_is_the_next_one_due_that_does_not_wait() -> None:
    waiting = Row(due_at=local("11-20 09:00"), paused_at=local("11-20 08:00"))
    met = Row(due_at=local("11-20 08:00"), met_at=local("11-20 07:00"))
    later = Row(due_at=local("11-20 18:00"))
    assert most_urgent([met, waiting, later, Row()]) == Row()
    assert most_urgent([met, waiting]) is waiting
    assert most_urgent([met]) is None


def test_a_late_promise_that_waits_is_still_the_most_urgent() -> None:
    late = Row(due_at=local("11-20 09:00"), paused_at=local("11-20 10:00"))
    assert most_urgent([Row(), late]) is late


def test_the_ladder_of_a_response_is_butler_supervisor_manager() -> None:
    steps = ladder(RESPOND, course("SLA-01", "11-20 10:00"), CN)
    assert [(one.role, one.at) for one in steps] == [
        ("butler", local("11-20 10:05")),
        ("supervisor", local("11-20 10:10")),
        ("manager", local("11-20 10:20")),
    ]


def test_the_ladder_after_an_offset_and_of_working_days() -> None:
    feedback = ladder(FEEDBACK, course("SLA-02", "11-20 10:00"), CN)
    assert feedback[-1].at == local("11-21 12:00")
    reply = ladder(REPLY, course("SLA-09", "02-13 16:00"), CN)
    assert {one.role for one in reply if one.at == local("02-25 18:00")} == {"supervisor", "manager"}


def test_steps_already_taken_are_not_taken_again() -> None:
    steps = ladder(RESPOND, course("SLA-01", "11-20 10:00"), CN)
    now = local("11-20 10:12")
    assert [one.role for one in due_steps(steps, 0, now)] == ["butler", "supervisor"]
    assert [one.role for one in due_steps(steps, 1, now)] == ["supervisor"]
    assert next_instant(steps, 2) == local("11-20 10:20")
    assert next_instant(steps, 3) is None


def hours(text: str) -> datetime:
    return local(f"11-20 {text}")


def test_an_explanation_lists_every_counted_and_every_paused_interval() -> None:
    waits = [Pause(hours("10:20"), hours("11:05"), "waiting for you")]
    told = explain("cal", hours("09:00"), hours("12:00"), waits, CN)
    assert [(one.kind, one.start, one.end) for one in told] == [
        ("counted", hours("09:00"), hours("10:20")),
        ("paused", hours("10:20"), hours("11:05")),
        ("counted", hours("11:05"), hours("12:00")),
    ]
    assert told[1].reason == "waiting for you"


def test_an_explanation_of_working_days_leaves_out_nights_and_weekends() -> None:
    waits = [Pause(local("11-24 16:00"), None)]
    told = explain("wd", local("11-20 16:00"), local("11-25 12:00"), waits, CN)
    assert [(one.kind, one.start, one.counted) for one in told] == [
        ("counted", local("11-23 09:00"), timedelta(hours=9)),
        ("counted", local("11-24 09:00"), timedelta(hours=7)),
        ("paused", local("11-24 16:00"), timedelta(hours=5)),
    ]


def test_a_pause_on_a_holiday_is_shown_and_takes_nothing() -> None:
    waits = [Pause(local("10-02 09:00"), local("10-03 09:00"))]
    told = explain("wd", local("09-29 09:00"), local("10-09 12:00"), waits, CN)
    assert [(one.kind, one.counted) for one in told][1] == ("paused", timedelta(0))


def test_pauses_within_one_minute_are_two_pauses() -> None:
    second = timedelta(seconds=1)
    start = hours("09:00")
    waits = [Pause(start + 10 * second, start + 20 * second), Pause(start + 30 * second, start + 40 * second)]
    told = explain("cal", start, start + 60 * second, waits, CN)
    assert sum(one.counted.total_seconds() for one in told if one.kind == "counted") == 40
    assert [one.kind for one in told] == ["counted", "paused"] * 2 + ["counted"]


def test_nothing_is_explained_before_counting_begins() -> None:
    assert explain("wd", hours("09:00"), hours("12:00"), [], CN) == ()
