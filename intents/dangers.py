"""The words and signs of danger, as data: read from ``emergencies.toml`` and ``emergency_signs.toml``.

What is said in return (safety lines, numbers) stands in the same file and is read where it is worded.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from intents.rows import Faults, Row, read_source

KINDS = ("gas", "fire", "flood", "trapped", "intruder", "illness", "electric")
SIDES = ("zh", "en")
_OVER_ALL = ("calm", "still_danger", "no_danger")

Patterns = tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class Danger:
    """One kind of emergency: fixed words, what only sounds like them, and signs as patterns."""

    kind: str
    words: tuple[str, ...]
    lookalikes: tuple[str, ...]
    signs: Patterns


@dataclass(frozen=True, slots=True)
class Dangers:
    """All kinds, and the patterns over all of them (see the comments of ``emergency_signs.toml``)."""

    kinds: tuple[Danger, ...]
    calm: Patterns
    still_danger: Patterns
    no_danger: Patterns


def read_dangers(folder: Path, faults: Faults) -> Dangers:
    """The dangers of ``folder`` as far as they can be read; every fault goes to ``faults``."""
    signs = _signs(folder, faults)
    source = read_source(folder, "emergencies.toml", faults)
    if source.readable:
        source.whole(faults).only("number", "emergency")
    found: dict[str, Danger] = {}
    for row in source.rows("emergency", faults, key="kind"):
        row.only("kind", "numbers", "words", "lookalikes", "safety")
        kind = row.choice("kind", KINDS)
        if kind in found:
            row.fault("kind", f"{kind!r} stands twice")
        found[kind] = Danger(
            kind, tuple(_both(row, "words")), tuple(_both(row, "lookalikes")), signs.get(kind, ())
        )
    for kind in KINDS if source.readable else ():
        if kind not in found:
            faults.add(source.name, kind, "kind", "is missing: nothing would raise this alarm")
    over_all = {name: signs.get(name, ()) for name in _OVER_ALL}
    return Dangers(tuple(found.values()), **over_all)


def _both(row: Row, name: str) -> Iterator[str]:
    lists = row.mapping(name)
    for extra in lists.keys() - set(SIDES):
        row.fault(f"{name}.{extra}", "there is no such field")
    for side in SIDES:
        said = row.said(f"{name}.{side}", lists)
        for word, times in Counter(said).items():
            if times > 1:
                row.fault(f"{name}.{side}", f"{word!r} stands twice")
        yield from said


def _signs(folder: Path, faults: Faults) -> Mapping[str, Patterns]:
    source = read_source(folder, "emergency_signs.toml", faults)
    if not source.readable:
        return {}
    row = source.whole(faults)
    row.only(*KINDS, *_OVER_ALL)
    return {name: tuple(_patterns(row, name)) for name in (*KINDS, *_OVER_ALL)}


def _patterns(row: Row, name: str) -> Iterator[re.Pattern[str]]:
    for place, written in enumerate(row.said(name, marks=False), start=1):
        try:
            pattern = re.compile(written)
        except re.error as wrong:
            row.fault(f"{name}[{place}]", f"is no regular expression: {wrong}")
            continue
        if pattern.search(""):
            row.fault(f"{name}[{place}]", "fits an empty text, so it would fit every text")
        yield pattern
