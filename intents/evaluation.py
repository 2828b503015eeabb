"""How well messages were understood: each reading beside what was wanted, and the figures of many.

Pure: readings come in, figures go out. Each reading gets marks, one for every measure that its line counts
for; a figure is the share of marks that are true. What the measures mean stands in `MEASURES`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from intents.acts import SMALL_TALK
from intents.labelled import Line, Wish
from intents.meaning import Act, Meaning, Recurrence, TimeWindow

#: acts whose lines must name an item
SERVICE = frozenset({"request", "enquiry", "complaint", "suggestion", "emergency"})
#: acts on a ticket that is there: they are never a new order
ON_TICKETS = frozenset(
    {"cancel", "reschedule", "amend", "status", "urge", "satisfied", "dissatisfied", "deny"}
)
EMERGENCY, OUTSIDE = "emergency", "out_of_scope"
LOOKALIKE = "emergency-lookalike"
FIRST = 3


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is measured; `aim` is a floor unless `is_ceiling`, None where nothing is promised."""

    name: str
    about: str
    aim: float | None = None
    is_ceiling: bool = False

    def is_reached(self, share: float) -> bool:
        """Whether a share is as good as the aim."""
        if self.aim is None:
            return True
        return share <= self.aim if self.is_ceiling else share >= self.aim


MEASURES = (
    Measure("top1", "right item first", 0.90),
    Measure("top3", "right item among the first three", 0.97),
    Measure("act", "right act", 0.95),
    Measure("precision", "right item when it acts without asking", 0.95),
    Measure("acts", "acts without asking, of messages about a service"),
    Measure("out_of_scope", "out of scope refused or handed over", 0.90),
    Measure("false_refusals", "wishes refused or handed over without an item", 0.05, is_ceiling=True),
    Measure("emergencies", "emergencies recognised", 0.99),
    Measure("lookalikes", "look-alikes of emergencies raised", 0.05, is_ceiling=True),
    Measure("false_alarms", "alarm raised where there is no emergency"),
    Measure("new_orders", "acts on a ticket taken for a new order", 0.0, is_ceiling=True),
    Measure("several", "several wishes all found, of messages with several", None),
    Measure("split", "one wish taken for several", None),
    Measure("times", "times exact", 0.95),
)
#: marks that are bad when they are true
BAD = frozenset({"false_refusals", "lookalikes", "false_alarms", "new_orders", "split"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """One line, what was made of it, and its marks by measure."""

    line: Line
    meaning: Meaning
    marks: Mapping[str, bool]

    @property
    def language(self) -> str:
        """The line's own language, else the one that was read."""
        return self.line.language or self.meaning.language

    @property
    def missed(self) -> list[str]:
        """The measures it fails; a wrong order is not told a second time."""
        failed = [name for name, mark in self.marks.items() if mark == (name in BAD)]
        known = {"precision": "top1", "top3": "top1", "lookalikes": "false_alarms"}
        return [name for name in failed if name != "acts" and known.get(name) not in failed]


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `of`."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        """The share, from 0 to 1."""
        return self.hits / self.of if self.of else 0.0

    def to_json(self) -> dict[str, object]:
        """The share with what it is a share of."""
        return {"share": round(self.value, 4), "hits": self.hits, "of": self.of}


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often one answer was given for another, with the lines."""

    kind: str
    wanted: str
    got: str
    verdicts: tuple[Verdict, ...]


def judge(line: Line, meaning: Meaning, real: Callable[[str], str | None]) -> Verdict:
    """The marks of one reading; `real` gives the item an id stands for (an alias its target)."""
    marks: dict[str, bool] = {}
    if len(line.wishes) == 1:
        marks |= _marks_of_wish(_resolved(line.wishes[0], real), line, meaning)
    elif line.wishes:
        marks["several"] = _all_found([_resolved(wish, real) for wish in line.wishes], meaning)
    if line.wishes:
        marks |= _alarm_marks(line, meaning)
    if line.times is not None:
        marks["times"] = are_times_right(line.times, meaning.intents[0].slots)
    return Verdict(line, meaning, marks)


def _resolved(wish: Wish, real: Callable[[str], str | None]) -> Wish:
    items = tuple(dict.fromkeys(real(item) or item for item in wish.items))
    return Wish(wish.act, wish.acts, items)


def _marks_of_wish(wish: Wish, line: Line, meaning: Meaning) -> dict[str, bool]:
    first = meaning.intents[0]
    wishes = [one for one in meaning.intents if one.act not in SMALL_TALK]
    marks = {"act": str(first.act) in wish.acts, "split": len(wishes) > 1}
    if wish.act == OUTSIDE:
        marks["out_of_scope"] = is_refused(meaning)
    if wish.act in ON_TICKETS and "request" not in wish.acts:
        marks["new_orders"] = any(one.act is Act.REQUEST for one in meaning.intents)
    about_service = wish.act in SERVICE and bool(wish.items)
    if about_service:
        marks["top1"] = first.item in wish.items
        marks["top3"] = any(item in wish.items for item in named(meaning)[:FIRST])
    if about_service and wish.act != EMERGENCY:
        marks["false_refusals"] = is_refused(meaning)
        marks["acts"] = meaning.decision == "act"
    named_none = not wish.items and not SERVICE.isdisjoint(wish.acts)  # only its act was labelled
    answered = about_service or (_orders(meaning) and not named_none)
    if meaning.decision == "act" and not meaning.emergency and answered:
        marks["precision"] = first.item in wish.items
    return marks


def _orders(meaning: Meaning) -> bool:
    """Whether it would open a ticket or answer for an item."""
    first = meaning.intents[0]
    return first.act in (Act.REQUEST, Act.ENQUIRY) and first.item is not None


def _alarm_marks(line: Line, meaning: Meaning) -> dict[str, bool]:
    if any(wish.act == EMERGENCY for wish in line.wishes):
        return {"emergencies": meaning.emergency}
    if any(EMERGENCY in wish.acts for wish in line.wishes):
        return {}
    marks = {"false_alarms": meaning.emergency}
    return {**marks, "lookalikes": meaning.emergency} if LOOKALIKE in line.tags else marks


def named(meaning: Meaning) -> list[str]:
    """The items of the first intent, best first."""
    first = meaning.intents[0]
    items = [first.item, *(one.item for one in first.alternatives)]
    return list(dict.fromkeys(item for item in items if item is not None))


def is_refused(meaning: Meaning) -> bool:
    """Whether a message was refused, or handed to a person without an item."""
    first = meaning.intents[0]
    return first.act is Act.OUT_OF_SCOPE or (meaning.decision == "hand_over" and first.item is None)


def _all_found(wishes: Sequence[Wish], meaning: Meaning) -> bool:
    """Whether each wish has an intent of its own."""
    left = list(meaning.intents)
    for wish in sorted(wishes, key=lambda one: -len(one.items)):
        fitting = [
            one for one in left if str(one.act) in wish.acts and (not wish.items or one.item in wish.items)
        ]
        if not fitting:
            return False
        left.remove(fitting[0])
    return True


def are_times_right(wanted: Mapping[str, object], slots: Mapping[str, object]) -> bool:
    """Whether every time field that a line gives is exact; `when` null wants no time of any kind."""
    if "when" in wanted and wanted["when"] is None and not wanted.keys() - {"when"}:
        return all(slots.get(name) is None for name in ("when", "recurrence", "duration_minutes"))
    compare: Mapping[str, Callable[[object, object], bool]] = {
        "when": _same_window,
        "recurrence": _same_recurrence,
        "time_of_day": _same_hours,
        "duration_minutes": lambda one, other: one == other,
    }
    return all(compare[name](value, slots.get(name)) for name, value in wanted.items())


def _same_window(wanted: object, got: object) -> bool:
    if wanted is None or not isinstance(wanted, Mapping):
        return got is None
    if not isinstance(got, TimeWindow):
        return False
    return _minute(wanted["start"]) == _minute(got.start) and _minute(wanted["end"]) == _minute(got.end)


def _minute(moment: object) -> int | None:
    return int(moment.timestamp()) // 60 if isinstance(moment, datetime) else None


def _same_recurrence(wanted: object, got: object) -> bool:
    if not isinstance(wanted, Mapping) or not isinstance(got, Recurrence):
        return False
    same_days = set(wanted.get("days") or ()) == set(got.days)
    same_month = tuple(wanted.get("month_days") or ()) == got.month_days
    same_step = int(wanted.get("interval") or 1) == got.interval
    return wanted.get("freq") == got.freq and same_days and same_month and same_step


def _same_hours(wanted: object, got: object) -> bool:
    if not isinstance(wanted, Mapping) or not isinstance(got, Mapping):
        return False
    return all(wanted.get(side) == got.get(side) for side in ("start", "end"))


def shares(verdicts: Iterable[Verdict]) -> dict[str, Share]:
    """The figure of each measure that some line counts for, in the order of MEASURES."""
    hits: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for verdict in verdicts:
        seen.update(verdict.marks.keys())
        hits.update(name for name, mark in verdict.marks.items() if mark)
    return {one.name: Share(hits[one.name], seen[one.name]) for one in MEASURES if seen[one.name]}


def grouped(
    verdicts: Sequence[Verdict], keys: Callable[[Verdict], Iterable[str]]
) -> dict[str, list[Verdict]]:
    """The verdicts by each of their keys, the largest group first."""
    groups: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        for key in keys(verdict):
            groups.setdefault(key, []).append(verdict)
    return dict(sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0])))


def confusions(verdicts: Iterable[Verdict]) -> list[Confusion]:
    """Acts and items taken for others, the most frequent first."""
    found: dict[tuple[str, str, str], list[Verdict]] = {}
    for verdict in verdicts:
        for kind in ("act", "item"):
            if verdict.marks.get("top1" if kind == "item" else kind) is False:
                pair = (kind, wanted_of(verdict, kind), got_of(verdict, kind))
                found.setdefault(pair, []).append(verdict)
    most = sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return [Confusion(*pair, tuple(those)) for pair, those in most]


def wanted_of(verdict: Verdict, kind: str) -> str:
    """What a line wants of the first kind: the best act or item, or its times."""
    line = verdict.line
    if kind == "times":
        return shown_times(line.times or {})
    if kind == "several":
        return " + ".join(f"{one.act} {one.items[0] if one.items else ''}".strip() for one in line.wishes)
    wish = line.wishes[0]
    return (wish.items[0] if wish.items else "no item") if kind == "item" else wish.act


def got_of(verdict: Verdict, kind: str) -> str:
    """What it got instead."""
    intents = verdict.meaning.intents
    if kind == "times":
        names = ("when", "recurrence", "time_of_day", "duration_minutes")
        return shown_times({name: intents[0].slots[name] for name in names if name in intents[0].slots})
    if kind == "several":
        return " + ".join(f"{one.act} {one.item or ''}".strip() for one in intents)
    return (intents[0].item or "no item") if kind == "item" else str(intents[0].act)


def shown_times(times: Mapping[str, object]) -> str:
    """Times as one reads them in a list of misses."""
    return ", ".join(f"{name} {_shown(value)}" for name, value in times.items()) or "no time"


def _shown(value: object) -> str:
    if isinstance(value, TimeWindow):
        value = {"start": value.start, "end": value.end}
    if isinstance(value, Recurrence):
        value = value.to_json()
    if isinstance(value, Mapping):
        return "–".join(_shown(one) for one in value.values())
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return "…" if value is None else str(value)
