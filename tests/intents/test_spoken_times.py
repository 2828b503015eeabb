"""Times as other people say them; the rows stand in spoken_times_table.py and spoken_times_again.py."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from intents.normalize import normalize
from intents.times import Times, read_times
from tests.intents.spoken_times_again import MAY
from tests.intents.spoken_times_table import ANY_TIME, DECEMBER, JUNE, MARCH, SEPTEMBER

ZONE = ZoneInfo("Asia/Shanghai")
_MOMENTS = (
    (datetime(2026, 3, 11, 10, 0, tzinfo=ZONE), MARCH),
    (datetime(2026, 9, 18, 16, 40, tzinfo=ZONE), SEPTEMBER),
    (datetime(2026, 12, 27, 21, 15, tzinfo=ZONE), DECEMBER),
    (datetime(2026, 6, 1, 8, 5, tzinfo=ZONE), JUNE),
    (datetime(2026, 3, 11, 10, 0, tzinfo=ZONE), ANY_TIME),
    (datetime(2026, 5, 20, 14, 15, tzinfo=ZONE), MAY),
)
_ROWS = [(now, text, meaning) for now, rows in _MOMENTS for text, meaning in rows]


def _moment(written: str, year: int) -> datetime | None:
    if not written:
        return None
    day, _, clock = written.partition(" ")
    day = day if len(day) == 10 else f"{year}-{day}"
    return datetime.fromisoformat(f"{day} {clock or '00:00'}").replace(tzinfo=ZONE)


def _repetition(found: Times) -> str:
    """A repetition as the table writes it."""
    often, hours = found.recurrence, found.time_of_day
    if often is None:
        return ""
    said = often.freq + (f"/{often.interval}" if often.interval != 1 else "")
    said += "".join(f" {day}" for day in often.days)
    if hours is not None:
        said += f" @ {hours['start']}" + (f"-{hours['end']}" if hours["end"] else "")
    return said + (f" # {' '.join(map(str, often.month_days))}" if often.month_days else "")


def fits(found: Times, meaning: str, year: int) -> bool:
    """Whether what was read is what the table says."""
    if meaning == "none":
        return found.when is None and found.problem is None and found.recurrence is None
    if meaning in ("past", "impossible"):
        return found.when is None and found.problem == meaning
    if meaning.startswith("="):
        return found.duration_minutes == int(meaning[2:]) and found.when is None
    if ".." not in meaning:
        return _repetition(found) == meaning and found.when is None
    start, _, end = meaning.partition("..")
    window = found.when
    return window is not None and (window.start, window.end) == (
        _moment(start.strip(), year),
        _moment(end.strip(), year),
    )


@pytest.mark.parametrize(("now", "text", "meaning"), _ROWS)
def test_a_time_is_read_as_it_was_meant(now: datetime, text: str, meaning: str) -> None:
    found = read_times(normalize(text).text, now)
    assert fits(found, meaning, now.year), found
