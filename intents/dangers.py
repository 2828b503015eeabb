"""The words, signs and rules of danger, as data: read from ``emergencies.toml`` and ``emergency_signs.toml``.

What is said in return (safety lines, numbers) stands in the same file and is read where it is worded.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from intents.danger_rules import Rule, parse_rule
from intents.rows import Faults, Row, read_source

KINDS = ("gas", "fire", "flood", "trapped", "intruder", "illness", "electric")
SAID, ALIKE = "said-", "alike-"  # what the fixed words of a kind, and their look-alikes, are called
SIDES = ("zh", "en")
STRENGTHS = {"strong": 3, "medium": 2, "weak": 0}
NONE = "none"  # what lines that only sound like danger stand under
LINES = "dangers"  # the folder of what danger is learnt from, a file for each writer
_SIGNS = "emergency_signs.toml"

Words = Mapping[str, tuple[str, ...]]
Line = tuple[str, str]  # kind ("" for none) and text


@dataclass(frozen=True, slots=True)
class Dangers:
    """What danger is said with.

    ``fixed`` has the words of ``emergencies.toml`` as "said-KIND" and, as "alike-KIND", what only sounds
    like them; ``tags`` what the rules put together; ``misspelt`` words of which a slip is understood,
    ``ordinary`` ones that are no slip; ``calm`` and ``now`` say by how much a tag takes from a sign or adds
    to it.
    """

    fixed: Words
    tags: Words
    misspelt: tuple[str, ...]
    ordinary: tuple[str, ...]
    rules: tuple[Rule, ...]
    calm: Mapping[str, int]
    now: Mapping[str, int]


def read_dangers(folder: Path, faults: Faults) -> Dangers:
    """The dangers of ``folder`` as far as they can be read; every fault goes to ``faults``."""
    fixed = _fixed(folder, faults)
    by_word = tuple(parse_rule(kind, STRENGTHS["strong"], SAID + kind) for kind in KINDS)
    source = read_source(folder, _SIGNS, faults)
    if not source.readable:
        return Dangers(fixed, {}, (), (), by_word, {}, {})
    row = source.whole(faults)
    row.only("tags", "misspelt", "ordinary", *STRENGTHS, "calm", "now")
    tags = {name: tuple(_parted(row, name)) for name in row.mapping("tags")}
    rules = tuple(rule for name in STRENGTHS for rule in _rules(row, name, tags))
    misspelt, ordinary = (tuple(row.string(name).split()) for name in ("misspelt", "ordinary"))
    calm, now = (_weights(row, name, tags) for name in ("calm", "now"))
    return Dangers(fixed, tags, misspelt, ordinary, by_word + rules, calm, now)


def _fixed(folder: Path, faults: Faults) -> dict[str, tuple[str, ...]]:
    source = read_source(folder, "emergencies.toml", faults)
    if source.readable:
        source.whole(faults).only("number", "emergency")
    found: dict[str, tuple[str, ...]] = {}
    for row in source.rows("emergency", faults, key="kind"):
        row.only("kind", "numbers", "words", "lookalikes", "safety")
        kind = row.choice("kind", KINDS)
        if SAID + kind in found:
            row.fault("kind", f"{kind!r} stands twice")
        found[SAID + kind] = tuple(_both(row, "words"))
        found[ALIKE + kind] = tuple(_both(row, "lookalikes"))
    for kind in KINDS if source.readable else ():
        if SAID + kind not in found:
            faults.add(source.name, kind, "kind", "is missing: nothing would raise this alarm")
    return found


def _both(row: Row, name: str) -> Iterator[str]:
    lists = row.mapping(name)
    for extra in lists.keys() - set(SIDES):
        row.fault(f"{name}.{extra}", "there is no such field")
    for side in SIDES:
        said = row.said(f"{name}.{side}", lists)
        for word, times in Counter(said).items():
            if times > 1:
                row.fault(f"{name}.{side}", f"{word!r} stands twice")
        yield from (f"{word}*" if word[-1].isascii() and word[-1].isalpha() else word for word in said)


def _parted(row: Row, name: str) -> Iterator[str]:
    written = row.mapping("tags").get(name)
    if not isinstance(written, str) or not written.strip("| \n"):
        row.fault(f"tags.{name}", "should be words parted by |")
        return
    yield from (word for part in re.split(r"[|\n]", written) if (word := part.strip()))


def _rules(row: Row, strength: str, tags: Words) -> Iterator[Rule]:
    for kind in row.mapping(strength):
        if kind not in KINDS:
            row.fault(f"{strength}.{kind}", "there is no such kind of danger")
            continue
        for place, written in enumerate(row.said(f"{strength}.{kind}", row.mapping(strength)), start=1):
            try:
                rule = parse_rule(kind, STRENGTHS[strength], written)
            except ValueError as wrong:
                row.fault(f"{strength}.{kind}[{place}]", f"is no rule: {wrong}")
                continue
            for tag in {*rule.tags, *rule.without} - tags.keys():
                row.fault(f"{strength}.{kind}[{place}]", f"there is no tag {tag!r}")
            yield rule


def _weights(row: Row, name: str, tags: Words) -> Mapping[str, int]:
    weights: dict[str, int] = {}
    for tag, weight in row.mapping(name).items():
        if tag not in tags:
            row.fault(f"{name}.{tag}", "there is no such tag")
        elif type(weight) is not int or weight < 1:
            row.fault(f"{name}.{tag}", "should be a whole number from 1")
        else:
            weights[tag] = weight
    return weights


def danger_lines(folder: Path, faults: Faults) -> Mapping[str, tuple[Line, ...]]:
    """What danger is learnt from, by file; every fault goes to ``faults``."""
    names = sorted(path.relative_to(folder).as_posix() for path in (folder / LINES).glob("*.toml"))
    return {name: tuple(_lines(folder, name, faults)) for name in names}


def _lines(folder: Path, name: str, faults: Faults) -> Iterator[Line]:
    source = read_source(folder, name, faults)
    if not source.readable:
        return
    row = source.whole(faults)
    row.only(*KINDS, NONE)
    for kind in (*KINDS, NONE):
        both = row.mapping(kind)
        for side in SIDES:
            for text in row.said(f"{kind}.{side}", both, marks=False):
                yield (kind if kind != NONE else ""), text
