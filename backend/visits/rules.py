"""Where a visit stands on the day's sheet, and what it collides with. Pure; every instant is UTC.

A day has as many quarters of an hour as really pass between its midnights: 92, 96 or 100.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from backend.deadlines.calendar import Interval
from backend.tickets import spans

QUARTER: Final = timedelta(minutes=15)
HOUR: Final = timedelta(hours=1)
USUAL: Final = spans.USUAL
LOOSE: Final = spans.LOOSE
span_of = spans.span_of
#: the way from one building to another, from door to door
WAY: Final = timedelta(minutes=10)
#: parts of a day that residents are offered, in hours from midnight (``conversations.forms``)
OFFERED: Final = ((8, 12), (13, 18), (18, 22))
#: visits beside each other in a lane; more stand in the last column
MOST_COLUMNS: Final = 6


@dataclass(frozen=True, slots=True)
class Planned:
    """One visit as the rules see it. ``person``: who goes, 0 for nobody yet; ``place``: the building."""

    number: int
    person: int
    span: Interval
    place: str = ""

    @property
    def is_loose(self) -> bool:
        return self.span.length > LOOSE


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something that speaks against a visit. ``kind``: overlap, way, shift, closed or holiday.

    ``other``: the number of the visit it collides with; ``minutes``: what lies between the two.
    """

    kind: str
    other: int = 0
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Agreed:
    """What spoke against a visit when it was planned all the same, as (kind, other), and the reason given."""

    reason: str
    seen: frozenset[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Hours:
    """A local day of an estate: when it is open, whether it is a holiday, and who has which shifts.

    ``shifts`` holds only people who are judged by the rota on this day (somebody of their role has a shift).
    """

    day: Interval
    open: tuple[Interval, ...]
    is_holiday: bool
    shifts: Mapping[int, tuple[Interval, ...]]


def closed(day: Interval, opened: Iterable[Interval]) -> list[Interval]:
    """Return what of ``day`` is not within ``opened``, in order."""
    found, reached = [], day.start
    for one in sorted(opened, key=lambda each: each.start):
        if one.start > reached:
            found.append(Interval(reached, min(one.start, day.end)))
        reached = max(reached, one.end)
        if reached >= day.end:
            return found
    return [*found, Interval(reached, day.end)]


def joined(spans: Iterable[Interval]) -> list[Interval]:
    """Return the same time in as few stretches as there are, in order: two shifts that touch are one."""
    found: list[Interval] = []
    for one in sorted(spans, key=lambda each: each.start):
        if found and one.start <= found[-1].end:
            found[-1] = Interval(found[-1].start, max(found[-1].end, one.end))
        else:
            found.append(one)
    return found


def is_covered(span: Interval, opened: Iterable[Interval]) -> bool:
    """Tell whether all of ``span`` lies within ``opened``."""
    return not closed(span, opened)


def shown(day: Interval, opened: Sequence[Interval], spans: Iterable[Interval]) -> Interval:
    """Return the part of the day that the sheet shows: an hour around the working time and every visit.

    The hours are whole on the clocks of midnight; a day without working time shows twelve of them.
    """
    usual = opened or (Interval(day.start + 8 * HOUR, day.start + 20 * HOUR),)
    inside = [one.within(day) for one in (*usual, *spans)]
    first = min(one.start for one in inside if one)
    last = max(one.end for one in inside if one)
    start = day.start + max(0, int((first - day.start) / HOUR) - 1) * HOUR
    end = min(day.end, day.start + (-(-(last - day.start) // HOUR) + 1) * HOUR)
    return Interval(start, end)


def quarters(frame: Interval, span: Interval) -> tuple[int, int]:
    """Return at which quarter of ``frame`` a visit begins, from 0, and how many it takes: two at least."""
    total = -(-frame.length // QUARTER)
    first = max(0, (span.start - frame.start) // QUARTER)
    last = min(total, -(-(span.end - frame.start) // QUARTER))
    first = min(first, total - 2)
    return first, max(2, last - first)


def columns(spans: Sequence[Interval]) -> list[tuple[int, int]]:
    """Return for each span its column (from 1) and how many stand beside each other there.

    What overlaps, directly or through others, shares the width; what stands alone has all of it.
    """
    order = sorted(range(len(spans)), key=lambda i: (spans[i].start, spans[i].end))
    found: list[tuple[int, int]] = [(1, 1)] * len(spans)
    group: list[int] = []
    reached: datetime | None = None
    for i in order:
        if reached is not None and spans[i].start >= reached:
            _spread(spans, group, found)
            group, reached = [], None
        group.append(i)
        reached = spans[i].end if reached is None else max(reached, spans[i].end)
    _spread(spans, group, found)
    return found


def _spread(spans: Sequence[Interval], group: Sequence[int], found: list[tuple[int, int]]) -> None:
    ends: list[datetime] = []
    placed: dict[int, int] = {}
    for i in group:
        free = next((n for n, end in enumerate(ends) if end <= spans[i].start), len(ends))
        ends[free : free + 1] = [spans[i].end]
        placed[i] = min(free + 1, MOST_COLUMNS)
    for i, column in placed.items():
        found[i] = (column, min(len(ends), MOST_COLUMNS))


def conflicts(visits: Iterable[Planned], hours: Hours) -> dict[int, tuple[Conflict, ...]]:
    """Return what speaks against each visit of a day, by its number; those without anything are left out."""
    fixed = [one for one in visits if not one.is_loose]
    found: dict[int, list[Conflict]] = {one.number: _against_hours(one, hours) for one in fixed}
    people: dict[int, list[Planned]] = {}
    for one in fixed:
        if one.person:
            people.setdefault(one.person, []).append(one)
    for own in people.values():
        for number, more in _between(own).items():
            found[number] += more
    return {number: tuple(own) for number, own in found.items() if own}


def reason_of(number: int, conflict: Conflict, agreed: Mapping[int, Agreed]) -> str:
    """Return why a visit was planned in spite of this conflict; "" where nobody has looked at it.

    One reason is enough for the two visits that collide.
    """
    for one, kind_and_other in ((number, conflict.other), (conflict.other, number)):
        known = agreed.get(one)
        if known and (conflict.kind, kind_and_other) in known.seen:
            return known.reason
    return ""


def _against_hours(one: Planned, hours: Hours) -> list[Conflict]:
    found = []
    if hours.is_holiday:
        found.append(Conflict("holiday"))
    elif not is_covered(one.span, hours.open) and not _is_offered(one.span, hours):
        found.append(Conflict("closed"))
    if one.person in hours.shifts and not is_covered(one.span, hours.shifts[one.person]):
        found.append(Conflict("shift"))
    return found


def _is_offered(span: Interval, hours: Hours) -> bool:
    """Tell whether it is a part of the day that we offer ourselves, and can be kept while the estate is open:
    whoever is to come between 8 and 12 comes after 9."""
    parts = [Interval(hours.day.start + first * HOUR, hours.day.start + last * HOUR)
             for first, last in OFFERED]  # fmt: skip
    return span in parts and any(one.within(span) for one in hours.open)


def _between(own: Sequence[Planned]) -> dict[int, list[Conflict]]:
    """What the visits of one person have against each other."""
    found: dict[int, list[Conflict]] = {one.number: [] for one in own}
    order = sorted(own, key=lambda one: (one.span.start, one.number))
    for place, one in enumerate(order):
        for other in order[place + 1 :]:
            if other.span.start < one.span.end:
                found[one.number].append(Conflict("overlap", other.number))
                found[other.number].append(Conflict("overlap", one.number))
    for one, other in pairwise(order):
        gap = other.span.start - one.span.end
        if timedelta() <= gap < WAY and one.place and other.place and one.place != other.place:
            minutes = int(gap.total_seconds() // 60)
            found[one.number].append(Conflict("way", other.number, minutes))
            found[other.number].append(Conflict("way", one.number, minutes))
    return found
