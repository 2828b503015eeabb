"""Who is told what and how loudly: singly, in a digest, at 09, 14 and 18; one sound a minute."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from backend.deadlines.bundling import Call, Hearer, bundled, digest_values, next_digest

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI).astimezone(UTC)
BUTLER, MANAGER = 1, 2
HEARERS = {BUTLER: Hearer("butler", SHANGHAI), MANAGER: Hearer("manager", SHANGHAI)}


def call(user: int = BUTLER, number: int = 1001, kind: str = "warn", *, is_live: bool = False) -> Call:
    values = {"number": number, "due_at": (NOW + timedelta(minutes=number - 1001)).isoformat()}
    return Call(7, user, kind, NOW, f"{kind}:{number}", clock="SLA-01", values=values, is_live=is_live)


def test_one_of_several_alerts_sounds_and_that_is_the_worst() -> None:
    told = bundled([call(number=1003), call(number=1001), call(number=1002, kind="breach")], HEARERS, NOW)
    assert [(one.values["number"], one.is_quiet) for one in told.singles] == [
        (1002, False),
        (1001, True),
        (1003, True),
    ]


@pytest.mark.parametrize(("seconds", "is_quiet"), [(59, True), (60, False)])
def test_nobodys_device_sounds_twice_a_minute(seconds: int, is_quiet: bool) -> None:
    heard = {BUTLER: Hearer("butler", SHANGHAI, NOW - timedelta(seconds=seconds))}
    (only,) = bundled([call()], heard, NOW).singles
    assert only.is_quiet is is_quiet


def test_what_is_live_always_sounds_and_never_waits_for_a_digest() -> None:
    heard = {MANAGER: Hearer("manager", SHANGHAI, NOW)}
    calls = [call(MANAGER, number, "escalate", is_live=True) for number in range(1001, 1021)]
    told = bundled(calls, heard, NOW, is_backlog=True)
    assert len(told.singles) == 20
    assert not any(one.is_quiet for one in told.singles)
    assert told.digests == ()


def test_a_manager_reads_the_rest_in_the_next_digest() -> None:
    told = bundled([call(MANAGER, kind="escalate")], HEARERS, NOW)
    assert told.singles == ()
    assert [one.is_quiet for one in told.held] == [True]
    (digest,) = told.digests
    assert digest.is_daily
    assert digest.at == NOW + timedelta(hours=4)


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("2026-03-11T08:59:59", "2026-03-11T09:00"),
        ("2026-03-11T09:00", "2026-03-11T14:00"),
        ("2026-03-11T17:59", "2026-03-11T18:00"),
        ("2026-03-11T18:00", "2026-03-12T09:00"),
        ("2026-12-31T23:00", "2027-01-01T09:00"),
    ],
)
def test_digests_are_told_at_nine_two_and_six(local: str, expected: str) -> None:
    now = datetime.fromisoformat(local).replace(tzinfo=SHANGHAI)
    assert next_digest(SHANGHAI, now) == datetime.fromisoformat(expected).replace(tzinfo=SHANGHAI)


def test_the_hours_of_digests_are_the_estates_own_in_summer_and_winter() -> None:
    london = ZoneInfo("Europe/London")
    night = datetime(2026, 3, 28, 23, tzinfo=london)
    assert next_digest(london, night) == datetime(2026, 3, 29, 8, tzinfo=UTC)


def test_more_than_five_at_once_are_one_digest() -> None:
    five = bundled([call(number=1001 + one) for one in range(5)], HEARERS, NOW)
    six = bundled([call(number=1001 + one) for one in range(6)], HEARERS, NOW)
    assert (len(five.singles), len(five.digests)) == (5, 0)
    assert (len(six.singles), len(six.digests)) == (0, 1)


def test_in_a_backlog_even_one_alert_goes_into_the_digest() -> None:
    told = bundled([call()], HEARERS, NOW, is_backlog=True)
    assert told.singles == ()
    assert [len(one.calls) for one in told.digests] == [1]


def test_a_digest_lists_the_worst_first_and_counts_all() -> None:
    calls = [call(number=1001 + one) for one in range(30)] + [call(number=1999, kind="breach")]
    values = digest_values(calls)
    assert (values["count"], values["late"]) == (31, 1)
    assert values["numbers"][:3] == [1999, 1001, 1002]
    assert len(values["numbers"]) == 31
    assert [one["number"] for one in values["worst"]][:2] == [1999, 1001]
    assert len(values["worst"]) == 20


def test_a_digest_that_grows_stays_in_order() -> None:
    values = digest_values([call(number=1005)])
    values = digest_values([call(number=1002, kind="breach"), call(number=1001)], values)
    assert (values["count"], values["late"], values["numbers"]) == (3, 1, [1002, 1001, 1005])


def test_one_person_is_called_once_for_each_thing() -> None:
    assert len(bundled([call(), call()], HEARERS, NOW).singles) == 1


def test_a_severe_complaint_and_a_handover_are_told_at_once_even_to_a_manager() -> None:
    calls = [call(MANAGER, 1001, "severe"), call(MANAGER, 1002, "handover_offered")]
    told = bundled(calls, HEARERS, NOW, is_backlog=True)
    assert [(one.kind, one.is_quiet) for one in told.singles] == [
        ("severe", False),
        ("handover_offered", False),
    ]
