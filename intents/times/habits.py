"""A repetition and the days said beside it: 周一到周五每天, fortnightly on Fridays."""

from __future__ import annotations

import re
from dataclasses import replace

from intents.meaning import Recurrence
from intents.times.repeats import DAYS
from intents.times.runs import Run, Side
from intents.times.shapes import Day

_JOINING = re.compile(r"[\s,，、和&及]*(?:and|on)?\s*")


def with_their_days(runs: list[Run], text: str) -> list[Run]:
    """The runs, the first repetition given the days that stand in its run or in those that touch it."""
    place = next((index for index, run in enumerate(runs) if run.often), None)
    if place is None or "after" in runs[place].marks:
        return runs
    run = runs[place]
    often = run.often[0]
    listed = _listed(runs, place, text)
    days = [day for one in (*listed, run) for day in _days_of(one)]
    found = _with_days(often.recurrence, days, [other.recurrence for other in run.often[1:]])
    if found is None:
        return runs
    sides = [replace(side, days=[]) for side in run.sides]
    kept = [side for side in sides if not side.empty] or [Side()]
    new = replace(run, often=[replace(often, recurrence=found)], sides=kept)
    return [new if one is run else one for one in runs if one not in listed]


def _listed(runs: list[Run], place: int, text: str) -> list[Run]:
    """The runs right before and after that only list days of the week."""
    found: list[Run] = []
    for step in (-1, 1):
        index, last = place + step, runs[place]
        while 0 <= index < len(runs) and _is_list(runs[index]):
            first, second = (runs[index], last) if step < 0 else (last, runs[index])
            if not _JOINING.fullmatch(text, first.end, max(first.end, second.start)):
                break
            found.append(runs[index])
            index, last = index + step, runs[index]
    return found


def _is_list(run: Run) -> bool:
    return not run.often and not run.spans and bool(_days_of(run)) and not run.marks & {"by", "after"}


def _days_of(run: Run) -> list[Day]:
    """The bare days of the week or the month in a run, a range filled up; none when it says anything else."""
    named = [side.days for side in run.sides if side.days]
    if any(len(days) != 1 or days[0].ahead is not None for days in named):
        return []
    days = [found[0] for found in named]
    if any(day.kind not in ("weekday", "day_of_month") for day in days):
        return []
    if len(days) == 2 and days[0].kind == days[1].kind == "weekday" and days[0].number < days[1].number:
        return [Day("weekday", number) for number in range(days[0].number, days[1].number + 1)]
    return days


def _with_days(found: Recurrence, days: list[Day], others: list[Recurrence]) -> Recurrence | None:
    if found.days or found.month_days:
        return None
    if found.freq == "monthly":
        numbers = tuple(day.number for day in days if day.kind == "day_of_month")
        return replace(found, month_days=numbers) if numbers else None
    said = {DAYS[day.number] for day in days if day.kind == "weekday"}
    said |= {day for other in others for day in other.days}
    if not said or (found.freq == "daily" and found.interval != 1):
        return None
    return Recurrence("weekly", tuple(day for day in DAYS if day in said), found.interval)
