"""A month begins and ends at the estate's own midnight."""

from datetime import datetime

import pytest

from backend.reports.period import Month


def test_a_month_begins_at_midnight_of_the_estate() -> None:
    span = Month(2026, 2).bounds("Asia/Shanghai")
    assert span.start.isoformat() == "2026-01-31T16:00:00+00:00"
    assert span.end.isoformat() == "2026-02-28T16:00:00+00:00"


def test_the_last_evening_in_utc_is_the_next_month_here() -> None:
    assert str(Month.of(datetime.fromisoformat("2026-02-28T17:00:00+00:00"), "Asia/Shanghai")) == "2026-03"


def test_months_are_counted_over_the_turn_of_a_year() -> None:
    assert (Month(2026, 1).later(-1), Month(2025, 12).later(3)) == (Month(2025, 12), Month(2026, 3))


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-0", "二〇二六-02", "0000-01", "2026-02-01"])
def test_what_is_no_month_is_not_read_as_one(text: str) -> None:
    assert Month.read(text) is None
