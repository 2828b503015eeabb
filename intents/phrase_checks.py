"""Judges the phrases as a whole: enough of them, no two alike, none made by a template, none from a sample.

`intents/wordings.py` says what a file must look like; this says whether what stands in the files can teach
anything. Every fault is named with its file, its item and both sentences, and all are found in one go.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from intents.menu import Item, Menu
from intents.normalize import normalize
from intents.rows import DataFaults, Faults
from intents.skeletons import CHINESE, ENGLISH, Shapes, alike, framed
from intents.wordings import SIDES, Line, Wordings

LEAST = 12  # phrases of each language for an item that is offered
LEAST_EVERYDAY = 30  # for what people ask for week after week
LEAST_STRANGE = 400  # lines of each language that no item fits
NAMED = 0.25  # the share of an item's phrases that may say its name: people tell what is wrong instead
_MANNERS = {"zh": CHINESE, "en": ENGLISH}
_NOT_WORDS = re.compile(r"\W")


@dataclass(frozen=True, slots=True)
class _Said:
    """A line, its comparable form, and the names of its items."""

    line: Line
    plain: str
    names: tuple[str, ...]

    @property
    def bare(self) -> str:
        return _NOT_WORDS.sub("", self.plain)

    @property
    def label(self) -> str:
        return self.line.items[0] if self.line.items else "out_of_scope"

    def place(self) -> str:
        """Where the line stands, for a fault of another line."""
        return f"{self.line.text!r} ({self.line.file}: {' and '.join(self.line.items) or 'out_of_scope'})"


def check_phrases(
    wordings: Wordings, menu: Menu, faults: Faults, *, sample: Collection[str] = frozenset()
) -> None:
    """Sends every fault of the phrases to ``faults``; ``sample`` are fingerprints that no phrase may have."""
    _check_counts(wordings, menu, faults)
    lines = _said_of(wordings.lines, menu)
    _check_sample(lines, sample, faults)
    lines = _check_twice(lines, faults)
    _check_named(lines, menu, faults)
    for side in SIDES:
        _check_made([one for one in lines if one.line.side == side], side, faults)


def refuse_poor_phrases(wordings: Wordings, menu: Menu) -> None:
    """Raises DataFaults with every fault of the phrases: what is thin or copied should not be learnt from."""
    faults = Faults()
    check_phrases(wordings, menu, faults)
    if faults.found:
        raise DataFaults(faults.found)


def fingerprint(text: str) -> str:
    """What stands for a sentence where the sentence itself must not; its spelling variants have the same."""
    return _print_of(_NOT_WORDS.sub("", normalize(text).text))


def _print_of(bare: str) -> str:
    return hashlib.sha256(bare.encode()).hexdigest()[:16]


def _said_of(lines: Sequence[Line], menu: Menu) -> list[_Said]:
    names = {item.id: _called(item) for item in menu.items.values()}

    def of(items: tuple[str, ...]) -> tuple[str, ...]:
        """The names of all items, the longest first: one may stand in another."""
        known = {name for item in items for name in names.get(item, ())}
        return tuple(sorted(known, key=lambda name: (-len(name), name)))

    return [_Said(line, normalize(line.text).text, of(line.items)) for line in lines]


def _called(item: Item) -> tuple[str, ...]:
    """All names of an item, as they stand in comparable texts."""
    known = (normalize(name).text for name in (*_names(item), *item.aliases))
    return tuple(name for name in known if len(name) > 1)


def _names(item: Item) -> tuple[str, str]:
    return item.name.zh, item.name.en


def _check_counts(wordings: Wordings, menu: Menu, faults: Faults) -> None:
    counts = Counter((item, line.side) for line in wordings.lines for item in line.items)
    for item in menu.items.values():
        least = LEAST_EVERYDAY if item.id in wordings.everyday else LEAST
        if item.alias_of or item.scope == "reference":
            continue
        for side in SIDES:
            found = counts[item.id, side]
            if found < least:
                faults.add("phrases", item.id, side, f"{found} phrases; it needs {least}")
    strange = Counter(line.side for line in wordings.lines if not line.items)
    for side in SIDES:
        if strange[side] < LEAST_STRANGE:
            faults.add("phrases", "out_of_scope", side, f"{strange[side]} lines; it needs {LEAST_STRANGE}")


def _check_sample(lines: Sequence[_Said], sample: Collection[str], faults: Faults) -> None:
    for one in lines if sample else ():
        if _print_of(one.bare) in sample:
            _fault(one, "is a sentence of the sample that the understanding is measured on", faults)


def _check_twice(lines: Sequence[_Said], faults: Faults) -> list[_Said]:
    """The same sentence in other letters (Traditional for Simplified, …); returns the lines without it."""
    first: dict[str, _Said] = {}
    for one in lines:
        other = first.setdefault(one.bare, one)
        if other is not one:
            advice = _advice(one, other) or ": once is enough"
            _fault(one, f"stands already as {other.place()}{advice}", faults)
    return list(first.values())


def _check_named(lines: Sequence[_Said], menu: Menu, faults: Faults) -> None:
    names = {item.id: [normalize(name).text for name in _names(item)] for item in menu.items.values()}
    said: dict[str, list[bool]] = defaultdict(list)
    for one in lines:
        for item in one.line.items:
            said[item].append(any(name and name in one.plain for name in names.get(item, ())))
    for item, named in said.items():
        if sum(named) > max(1.0, NAMED * len(named)):
            what = f"{sum(named)} of its {len(named)} phrases say its own name; one in four is the most"
            faults.add("phrases", item, "", what)


def _check_made(lines: Sequence[_Said], side: str, faults: Faults) -> None:
    """Sentences that are one sentence with a word changed, or the same words in other places."""
    manner, shapes = _MANNERS[side], Shapes()
    made = [shapes.of(one.plain, one.names) for one in lines]
    told: set[int] = set()
    for group in _widest(framed(made, manner)):
        first = lines[group[0]]
        for place in group[1:]:
            if place not in told:
                what = f"is {first.place()} with a word or two changed{_advice(lines[place], first)}"
                _fault(lines[place], what, faults)
        told.update(group)
    for place, other in alike(made, manner):
        if not {place, other} <= told:
            what = f"has nearly the words of {lines[place].place()}{_advice(lines[other], lines[place])}"
            _fault(lines[other], what, faults)


def _widest(groups: Iterator[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Each group once, the largest first, so that its parts need not be told of again."""
    return sorted(set(groups), key=lambda group: (-len(group), group))


def _advice(one: _Said, other: _Said) -> str:
    same = set(one.line.items) == set(other.line.items)
    if same or not (one.line.items and other.line.items):
        return ""
    return ": where both items fit, name both in one table"


def _fault(one: _Said, what: str, faults: Faults) -> None:
    faults.add(one.line.file, one.label, one.line.side, f"{one.line.text!r} {what}")
