"""The time grammar, table by table; every row was thought of by the writer of the grammar."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from intents.normalize import normalize
from intents.times import Times, read_times
from tests.intents.times_table import DURATIONS, NO_TIME, PROBLEMS, RECURRENCES, WINDOWS

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 11, 10, 0, tzinfo=ZONE)


def times_in(text: str, now: datetime = NOW) -> Times:
    return read_times(normalize(text).text, now)


def moment(written: str) -> datetime | None:
    if not written:
        return None
    day, _, clock = written.partition(" ")
    day = day if len(day) == 10 else f"2026-{day}"
    return datetime.fromisoformat(f"{day} {clock or '00:00'}").replace(tzinfo=ZONE)


@pytest.mark.parametrize(("text", "start", "end"), WINDOWS)
def test_a_spoken_time_becomes_its_window(text: str, start: str, end: str) -> None:
    window = times_in(text).when
    assert window is not None
    assert (window.start, window.end) == (moment(start), moment(end))


@pytest.mark.parametrize("text", NO_TIME)
def test_homes_quantities_and_idioms_are_no_times(text: str) -> None:
    found = times_in(text)
    assert found.when is None
    assert found.problem is None


@pytest.mark.parametrize(("text", "minutes"), DURATIONS)
def test_a_length_is_counted_in_minutes(text: str, minutes: int) -> None:
    assert times_in(text).duration_minutes == minutes


@pytest.mark.parametrize(("text", "frequency", "days", "interval", "hours"), RECURRENCES)
def test_a_repetition_has_days_an_interval_and_hours(
    text: str, frequency: str, days: str, interval: int, hours: str
) -> None:
    found = times_in(text)
    assert found.recurrence is not None
    assert (found.recurrence.freq, found.recurrence.days, found.recurrence.interval) == (
        frequency,
        tuple(days.split()),
        interval,
    )
    start, _, end = hours.partition("-")
    assert found.time_of_day == ({"start": start, "end": end or None} if hours else None)


@pytest.mark.parametrize(("text", "reason"), PROBLEMS)
def test_a_time_that_cannot_be_is_named_as_a_problem(text: str, reason: str) -> None:
    found = times_in(text)
    assert found.when is None
    assert found.problem == reason


def test_a_bare_weekday_is_the_next_such_day_even_on_that_day() -> None:
    friday = datetime(2026, 3, 13, 9, 0, tzinfo=ZONE)
    window = times_in("周五", friday).when
    assert window is not None
    assert window.start == datetime(2026, 3, 20, tzinfo=ZONE)


def test_a_length_is_never_taken_for_a_point_in_time() -> None:
    assert times_in("for 2 hours").when is None
    assert times_in("两小时").when is None


def test_yesterday_is_a_mention_and_no_wish() -> None:
    found = times_in("昨天报的灯")
    assert found.when is None
    assert found.problem is None
    assert found.past


def test_every_minute_of_a_year_reads_common_times_without_fault() -> None:
    moment = datetime(2026, 1, 1, 0, 7, tzinfo=ZONE)
    while moment.year == 2026:
        for text in ("31号下午3点", "2月29号", "next friday at 9", "月底", "the 30th", "今晚12点"):
            times_in(text, moment)
        moment += timedelta(hours=53, minutes=11)
