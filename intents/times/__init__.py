"""The bilingual time grammar: windows, recurrences and lengths in one pass, without any library.

`read_times` takes a normalised text and the moment it was written (estate-local, aware) and returns
everything of time in it, in the shape of DESIGN §4.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from intents.meaning import Recurrence, TimeWindow
from intents.times.days import NoSuchDay
from intents.times.habits import with_their_days
from intents.times.lexer import tokens_of
from intents.times.past import gone_by
from intents.times.runs import Run, runs_of
from intents.times.windows import spread_of_weekdays, time_of_day, window_of

_NEW_TIME = re.compile(
    r"(?:改到|改成|改为|改在|改|换到|换成|换|挪到|挪|推到|推迟到|延到|延|调到|调成|调|提前到|移到|往|还是|不如)\s*$"
    r"|\b(?:to|make it|instead|change it to|rather|let's do|how about|what about|but)\s*(?:the\s+|on\s+)?$"
)
_OLD_TIME_BEFORE = re.compile(
    r"(?:不要|不是|别|除了|不在)\s*$|\b(?:instead of|rather than|not|no longer|except|but not|can't do|cannot do)\s*(?:on\s+)?(?:the\s+)?$"
)
_NOT_OFTEN = re.compile(
    r"(?<![可要])(?:不要|并?不是|不用|不必|不需要|别)\s*$|\b(?:not|no|instead of|rather than)\s*(?:on a |a )?$"
)
_OLD_TIME_AFTER = re.compile(
    r"^\s*(?:的|那[次个天]|上门|的?预约)?\s*(?:不行|不方便|没空|没时间|不在|有事|有课|有会|去不了|来不了|不能|不合适|改)"
    r"|^\s*(?:doesn't|does not|won't|isn't|is not|no longer|is no good|is bad)\b"
)
_CHANGES = re.compile(
    r"改|换|挪|推迟|延|调到|提前到|\b(?:move|change|reschedule|shift|push|postpone|switch|bring)\b"
)

_TELLING = frozenset({"day", "part", "clock", "bare", "span", "often", "past"})
_MOST = 64  # times of a text that are reckoned; one with more of them is no message
_BEFORE = 40  # characters before a time in which a word may say that it is the new one


@dataclass(frozen=True, slots=True)
class Times:
    """Everything of time in a text; `problem` is past or impossible when a time was named that cannot be."""

    when: TimeWindow | None = None
    recurrence: Recurrence | None = None
    time_of_day: dict[str, str | None] | None = None
    duration_minutes: int | None = None
    problem: str | None = None
    past: bool = False  # only times gone by are mentioned (yesterday)
    spans: tuple[tuple[int, int], ...] = ()


def read_times(text: str, now: datetime) -> Times:
    """All times in a normalised text seen from `now`; never raises on any text."""
    told = list(tokens_of(text))
    if _TELLING.isdisjoint([token.kind for token in told]):
        return Times()  # only words that may stand beside a time
    tokens = gone_by(told, text)
    runs = with_their_days(runs_of(tokens, text), text)
    often = next((run for run in runs if _is_often(run, text)), None)
    windows, problem = _windows([run for run in runs if run is not often][:_MOST], text, now)
    when = None if often else _chosen(windows, text)
    return Times(
        when=when,
        recurrence=_recurrence(often),
        time_of_day=_hours(often, runs) if often else None,
        duration_minutes=_duration(runs),
        problem=problem if when is None and not often else None,
        past=any(token.kind == "past" for token in tokens),
        spans=_covered(runs, [(token.start, token.end) for token in tokens if token.kind == "past"]),
    )


def _is_often(run: Run, text: str) -> bool:
    """Whether a run says how often; "not monthly" says that it is not."""
    if not (run.often or spread_of_weekdays(run)):
        return False
    return not run.often or _NOT_OFTEN.search(text, max(0, run.start - 16), run.start) is None


def _covered(runs: list[Run], past: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    return tuple(sorted([(run.start, run.end) for run in runs] + past))


def _recurrence(run: Run | None) -> Recurrence | None:
    if run is None:
        return None
    return run.often[0].recurrence if run.often else spread_of_weekdays(run)


def _hours(often: Run, runs: list[Run]) -> dict[str, str | None] | None:
    """The hours said beside the recurrence, or in the only other run that names hours and no day."""
    hours = time_of_day(often, often.often[0].part if often.often else None)
    if hours is not None:
        return hours
    timed = [run for run in runs if run is not often and not any(side.days for side in run.sides)]
    return next((found for run in timed if (found := time_of_day(run, None))), None)


def _windows(runs: list[Run], text: str, now: datetime) -> tuple[list[tuple[Run, TimeWindow]], str | None]:
    found: list[tuple[Run, TimeWindow]] = []
    problem: str | None = None
    changes = any(len(run.sides) > 1 for run in runs) and _CHANGES.search(text)
    for run in runs:
        changed = len(run.sides) > 1 and changes
        try:
            window = window_of(_closing_only(run) if changed else run, now)
        except (NoSuchDay, OverflowError, ValueError) as fault:
            problem = fault.reason if isinstance(fault, NoSuchDay) else "impossible"
            continue
        if window is not None:
            found.append((run, replace(window, day_named=run.names_day)))
    return found, problem


def _closing_only(run: Run) -> Run:
    """In a change "from Tuesday to Thursday" is no range: the new time is the last one."""
    opening, closing = run.sides[0], run.sides[-1]
    if not opening.days and closing.days:
        return run
    if opening.days and closing.clock is not None and not closing.days and opening.clock is not None:
        return run
    if closing.clock is not None and not closing.days and opening.days:
        closing.days = opening.days
    return Run(run.start, run.end, [closing], run.spans, run.often, run.marks - {"after"})


def _chosen(windows: list[tuple[Run, TimeWindow]], text: str) -> TimeWindow | None:
    """The time that is meant: the new one of a change, else the first that was not turned down."""
    kept = [pair for pair in windows if not _turned_down(pair[0], text)]
    for run, window in reversed(kept):
        if _NEW_TIME.search(text, max(0, run.start - _BEFORE), run.start):
            return window
    if len(kept) > 1 and _CHANGES.search(text):
        return kept[-1][1]
    chosen = kept or windows
    return chosen[0][1] if chosen else None


def _turned_down(run: Run, text: str) -> bool:
    before = text[max(0, run.start - 16) : run.start]
    return bool(_OLD_TIME_BEFORE.search(before) or _OLD_TIME_AFTER.match(text[run.end : run.end + 14]))


def _duration(runs: list[Run]) -> int | None:
    """The first length below a day that is not itself a point in time (半小时以后)."""
    for run in runs:
        for span in run.spans:
            timed = any(not side.empty for side in run.sides)
            if (timed or not run.marks & {"after", "in", "within", "by"}) and 0 < span.minutes < 1440:
                return span.minutes
    return None
