"""The pieces a time expression is made of, before they are put together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from intents.meaning import Recurrence


@dataclass(frozen=True, slots=True)
class Day:
    """A day or stretch of days still relative to now.

    kind: offset (number days away) · weekday (number 0…6) · weekend · date (month, number) · day_of_month
    (number) · feast (number, `month` days beside it) · nth_weekday (`month`: which, 5 the last) ·
    week · month · month_end · month_start (of `month`, when
    that is named) · year_end.
    `ahead` counts weeks or months: None = the bare word, 0 = this, 1 = next, 2 = the one after.
    """

    kind: str
    number: int = 0
    ahead: int | None = None
    month: int = 0
    year: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the day in whole hours, as DESIGN §4 fixes them."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Clock:
    """A time on a clock face; `exact` when it can be read in one way only (18:00, 3pm)."""

    hour: int
    minute: int = 0
    exact: bool = False
    bare: bool = False


#: an hour that no clock shows
NEVER = Clock(99, exact=True)


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time in minutes; months are counted apart because they have no fixed length."""

    minutes: int
    months: int = 0
    unit: str = "minute"


@dataclass(frozen=True, slots=True)
class Often:
    """A recurrence, with the part of the day its word names (every evening)."""

    recurrence: Recurrence
    part: Part | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """One recognised piece and where it stands in the text."""

    kind: str
    start: int
    end: int
    value: object = None


PARTS = {
    "dawn": Part("dawn", 0, 6),
    "early": Part("early", 6, 9),
    "morning": Part("morning", 8, 12),
    "noon": Part("noon", 11, 13),
    "afternoon": Part("afternoon", 13, 18),
    "dusk": Part("dusk", 17, 19),
    "evening": Part("evening", 18, 22),
    "night": Part("night", 22, 24),
}


def clock_time(minutes: int) -> str:
    """Minutes after midnight as HH:MM (24:00 becomes 00:00)."""
    minutes %= 24 * 60
    return time(minutes // 60, minutes % 60).strftime("%H:%M")
