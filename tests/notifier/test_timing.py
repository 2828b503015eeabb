"""When staff are rung, and how long a failed send rests."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from backend.notifier.robots import MOST_BYTES, ROBOTS
from backend.notifier.texts import MOST_LINES, Note, Text, read_note, worded
from backend.notifier.timing import BACK_OFF, retry_after, ring_at

HERE = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HERE)


@pytest.mark.parametrize(
    ("kind", "is_on_duty", "now", "rings"),
    [
        ("urged", False, "2026-03-11 23:00", "2026-03-12 08:00"),
        ("urged", False, "2026-03-12 07:59", "2026-03-12 08:00"),
        ("urged", False, "2026-03-12 08:00", "2026-03-12 08:00"),
        ("urged", False, "2026-03-11 12:00", "2026-03-11 12:00"),
        ("urged", True, "2026-03-11 23:00", "2026-03-11 23:00"),
        ("breach", False, "2026-03-11 23:00", "2026-03-11 23:00"),
        ("emergency", False, "2026-03-11 03:00", "2026-03-11 03:00"),
    ],
)
def test_only_what_can_wait_waits_for_the_morning(kind: str, is_on_duty: bool, now: str, rings: str) -> None:
    assert ring_at(kind, is_on_duty=is_on_duty, now=at(now)) == at(rings)


def test_pauses_grow_are_spread_and_end() -> None:
    middle = [retry_after(n, None, 0.5) for n in range(1, len(BACK_OFF) + 2)]
    assert middle == [timedelta(seconds=n) for n in BACK_OFF] + [None]
    assert retry_after(1, None, 0) == timedelta(seconds=1.6)
    assert retry_after(1, 60, 0.5) == timedelta(seconds=60)


def test_a_long_bundle_names_the_first_and_counts_the_rest() -> None:
    notes = [Note("warn", number, "3") for number in range(1001, 1013)]
    lines = worded("en", notes, "Jade\nGarden", "http://here").body.splitlines()
    assert lines[0] == "[Jade Garden] 12 matters need you"
    assert len(lines) == MOST_LINES + 3
    assert lines[-2] == "and 4 more"


def test_a_note_survives_its_row() -> None:
    note = Note("breach", 1001, "A", "first response", 2)
    assert read_note(note.kept()) == note


def test_a_robot_is_never_sent_more_than_it_takes() -> None:
    text = Text("", "很长" * 2000)
    call = ROBOTS["wecom"].call({"host": "h", "key": "k"}, text, 0)
    assert len(call.body["text"]["content"].encode()) <= MOST_BYTES + 3
