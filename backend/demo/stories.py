"""The demo's history as data: stories of one matter each, read from ``stories_*.toml``. Pure.

A step says when (``"09:12"``, ``"+1 10:00"``: a day later, ``"-1h30m"``: before now), who and what; the
window of a visit may also lie ahead (``"+2h"``: from now on).
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

HERE: Final = Path(__file__).parent
FILES: Final = (
    "stories_repairs.toml",
    "stories_cleaning.toml",
    "stories_papers.toml",
    "stories_voice.toml",
    "stories_today.toml",
)
_LOCAL: Final = re.compile(r"(?:\+(?P<days>\d+) )?(?P<hour>\d\d):(?P<minute>\d\d)")
_FROM_NOW: Final = re.compile(r"(?P<sign>[+-])(?:(?P<hours>\d+)h)?(?:(?P<minutes>\d+)m)?")
#: people agree on quarters of an hour, whenever the demo starts
QUARTER: Final = 15
#: signs without a time behind them
SIGNS: Final = frozenset("+-")


class BadStory(ValueError):
    """A story that cannot be told; names the story and the place."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened at ``at``; ``values`` belong to ``what``."""

    at: datetime
    who: str
    what: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """One matter of one resident, or of a visitor when ``resident`` is ""; ``window`` is the agreed time.

    ``channel``: where the resident writes.
    """

    key: str
    item: str
    resident: str
    estate: str
    reason: str
    language: str
    channel: str
    slots: Mapping[str, Any]
    words: str
    window: tuple[datetime, datetime] | None
    nobody_on_duty: bool
    steps: tuple[Step, ...]


def load_stories(now: datetime, zone: str) -> tuple[Story, ...]:
    """Return all stories, told as seen from ``now``. Raises BadStory."""
    tables = [table for name in FILES for table in tomllib.loads((HERE / name).read_text("utf-8"))["stories"]]
    return tuple(_story(table, now.astimezone(ZoneInfo(zone))) for table in tables)


def _story(table: Mapping[str, Any], now: datetime) -> Story:
    key, day = table["key"], int(table.get("day", 0))
    window = table.get("window")
    steps = tuple(_step(row, key, day, now) for row in table["steps"])
    if any(step.at > now for step in steps):
        raise BadStory(f"{key}: a step lies in the future")
    return Story(
        key=key,
        item=table["item"],
        resident=table.get("resident", ""),
        estate=table.get("estate", ""),
        reason=table.get("reason", "confirmed"),
        language=table.get("language", ""),
        channel=table.get("channel", "web"),
        slots=table["slots"],
        words=table.get("words", ""),
        window=(_quarter(window[0], day, now), _quarter(window[1], day, now)) if window else None,
        nobody_on_duty=table.get("nobody_on_duty", False),
        steps=steps,
    )


def _quarter(text: str, day: int, now: datetime) -> datetime:
    """An instant of a window, brought down to a quarter of an hour."""
    at = instant(text, day, now)
    return at.replace(minute=at.minute // QUARTER * QUARTER, second=0, microsecond=0)


def _step(row: list[Any], key: str, day: int, now: datetime) -> Step:
    try:
        at = instant(row[0], day, now)
    except ValueError as error:
        raise BadStory(f"{key}: {error}") from error
    return Step(at, row[1], row[2], tuple(row[3:]))


def is_instant(text: object) -> bool:
    """True for a text that ``instant`` can read."""
    if not isinstance(text, str) or text in SIGNS:
        return False
    found = _LOCAL.fullmatch(text)
    if found:
        return int(found["hour"]) < 24 and int(found["minute"]) < 60
    return _FROM_NOW.fullmatch(text) is not None


def instant(text: str, day: int, now: datetime) -> datetime:
    """Return the instant that ``text`` means in a story that began ``day`` days before ``now`` (local)."""
    from_now = _FROM_NOW.fullmatch(text)
    if from_now and text not in SIGNS:
        apart = timedelta(hours=int(from_now["hours"] or 0), minutes=int(from_now["minutes"] or 0))
        return now - apart if from_now["sign"] == "-" else now + apart
    found = _LOCAL.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is no time")
    date = now.date() + timedelta(days=int(found["days"] or 0) - day)
    return datetime.combine(date, time(int(found["hour"]), int(found["minute"])), now.tzinfo)
