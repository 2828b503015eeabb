"""What the second ear for danger learns from: lines of several writers, and what residents say of all else.

The lines lie in `data/dangers/`, a file for each writer: tables by kind, and "none" for what only sounds like
danger, each with Chinese and English lines.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from intents.additions import prepared
from intents.danger_words import folded
from intents.dangers import ALIKE, LINES, SAID, Line, danger_lines
from intents.emergency import ITEM_OF_KIND, EmergencyDetector
from intents.matching import ItemMatcher
from intents.reading import EngineData
from intents.rows import DataFaults, Faults
from intents.wordings import Example

#: what counts how much: a line of a writer, a phrase of an emergency, a fixed word
_LINE, _ALARM, FIXED = 8.0, 4.0, 3.0
#: everything else together counts as much as the lines together, so that more phrases shift no threshold
_REST = 0.0
_ORDINARY = 25_000  # phrases of ordinary services
#: items whose phrases tell of danger, or may
ALARMING = frozenset(ITEM_OF_KIND.values()) | {"common.fire.panic-button"}
_KIND_OF_ITEM = {
    item: kind for kind, item in ITEM_OF_KIND.items() if list(ITEM_OF_KIND.values()).count(item) == 1
}


#: words with which an emergency's phrases may ask, test or call off
_MAY_BE_CALM = re.compile(
    r"[?？吗呢]|哪|误|没事|不用|试|测|按钮|铃|绳|表|昨|上次|怎么|button|cord|alarm|false|accident|test|where|aed|meter"
    r"|yesterday|how|what if|number"
)


class Said(NamedTuple):
    """A folded text, the kind of danger it tells of, its worth, and what its sentence vector is taken of."""

    text: str
    kind: str
    worth: float
    bare: str


def has_danger_lines(folder: Path) -> bool:
    """Whether there is anything to learn danger from; a small menu may have none."""
    return any((folder / LINES).glob("*.toml"))


def read_danger_lines(folder: Path) -> Mapping[str, tuple[Line, ...]]:
    """The lines of each file of a data folder. Raises DataFaults, which lists every fault."""
    faults = Faults()
    found = danger_lines(folder, faults)
    if faults.found:
        raise DataFaults(faults.found)
    return found


def danger_lessons(read: EngineData, lines: Mapping[str, tuple[Line, ...]]) -> list[Said]:
    """All that the model learns from, each text once."""
    matcher = ItemMatcher(read.menu, (), read.wordings.same_words)
    found: dict[str, tuple[str, float]] = {}
    for kind, text in (line for own in lines.values() for line in own):
        found[text] = kind, _LINE
    for text, kind, worth in _others(read):
        found.setdefault(text, (kind, worth))
    worths = [worth for _, worth in found.values()]
    rest = _LINE * worths.count(_LINE) / max(worths.count(_REST), 1)
    return [
        Said(folded(text), kind, worth or rest, prepared(matcher, text))
        for text, (kind, worth) in found.items()
    ]


def _others(read: EngineData) -> Iterator[tuple[str, str, float]]:
    """Fixed words of danger, phrases of emergencies, and what is said of all else.

    A phrase that no rule hears is left out, for it may be either, unless its service is one kind of danger.
    """
    rules, said = EmergencyDetector(read.dangers), read.wordings
    for name, words in read.dangers.fixed.items():
        kind = "" if name.startswith(ALIKE) else name.removeprefix(SAID)
        yield from ((word.rstrip("*"), kind, FIXED) for word in words)
    for one in said.phrases:
        if ALARMING.intersection(one.items) and (filed := _kind_of(one, rules.find(one.text))):
            yield one.text, filed, _ALARM
    ordinary = [one.text for one in said.phrases if not ALARMING.intersection(one.items)]
    calm = [
        *_some(ordinary, _ORDINARY), *said.strange, *(text for _, text in said.questions),
        *(text for _, text in said.acts),
    ]  # fmt: skip
    yield from ((text, "", _REST) for text in calm if rules.find(text) is None)


def _kind_of(one: Example, heard: str | None) -> str | None:
    """The kind of danger that a phrase of an emergency tells of, if it surely tells of any."""
    filed = {_KIND_OF_ITEM.get(item) for item in one.items}
    known = next((kind for kind in filed if kind), heard)
    if heard is not None:
        return known
    return known if len(filed) == 1 and not _MAY_BE_CALM.search(folded(one.text)) else None


def _some(texts: list[str], size: int) -> list[str]:
    """So many of them, as if drawn by chance, but the same ones at every training."""
    return sorted(texts, key=lambda text: hashlib.sha256(text.encode()).digest())[:size]
