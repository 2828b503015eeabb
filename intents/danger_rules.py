"""Rules of danger: what must be said together, how near, and where in a text they are met.

A rule is written ``sign other > later ~40 !without``; see the comments of ``emergency_signs.toml``.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from intents.danger_words import Found, Span

_REACH = 60
_ANCHORS = 40  # signs looked at closely for one rule; a longer text repeats itself
_SENTENCE = re.compile(r"[。!?;]+|\.(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Rule:
    """Tags that together speak of a kind of danger; ``reach`` in steps (see ``Sketch``)."""

    kind: str
    strength: int
    tags: tuple[str, ...]
    ordered: bool
    reach: int
    without: tuple[str, ...]
    needs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that is met: the span of its sign, and the span of all that it met."""

    rule: Rule
    sign: Span
    span: Span


def parse_rule(kind: str, strength: int, written: str) -> Rule:
    """The rule behind its written form. Raises ValueError where the form is wrong."""
    tags: list[str] = []
    without: list[str] = []
    reach, ordered = _REACH, False
    for part in written.split():
        if part == ">":
            ordered = True
        elif part.startswith("~"):
            reach = int(part[1:])
        elif part.startswith("!"):
            without.append(part[1:])
        else:
            tags.append(part)
    if not tags:
        raise ValueError("no tag")
    return Rule(kind, strength, tuple(tags), ordered, reach, tuple(without), frozenset(tags))


class Sketch:
    """A folded text with what was found in it, its sentences and its distances.

    A distance is counted in steps: a Chinese character is three, anything else one.
    """

    def __init__(self, text: str, found: Found) -> None:
        self.text = text
        self.found = found

    @cached_property
    def _ends(self) -> list[int]:
        return [match.end() for match in _SENTENCE.finditer(self.text)]

    @cached_property
    def _steps(self) -> list[int]:
        return list(accumulate((3 if one > "\u3000" else 1 for one in self.text), initial=0))

    def sentence(self, span: Span) -> Span:
        """The sentence a span stands in."""
        which = bisect_left(self._ends, span[1])
        start = self._ends[bisect_left(self._ends, span[0] + 1) - 1] if self._ends else 0
        start = start if start <= span[0] else 0
        return start, self._ends[which] if which < len(self._ends) else len(self.text)

    def apart(self, one: Span, other: Span) -> int:
        """The steps between two spans; less than nothing when they share a character."""
        if one[0] > other[0]:
            one, other = other, one
        if one[1] > other[0]:
            return -1
        return self._steps[other[0]] - self._steps[one[1]]

    def has(self, tag: str, within: Span) -> bool:
        """Whether a tag is said within a span."""
        spans = self.found.get(tag)
        if not spans:
            return False
        place = bisect_left(spans, (within[0], 0))
        return place < len(spans) and spans[place][0] < within[1]


def hits_of(rule: Rule, sketch: Sketch) -> list[Hit]:
    """Every place where a rule is met."""
    anchors = sketch.found.get(rule.tags[0], [])
    if len(anchors) > _ANCHORS:
        anchors = anchors[: _ANCHORS // 2] + anchors[-_ANCHORS // 2 :]
    return [hit for anchor in anchors if (hit := _at(rule, anchor, sketch)) is not None]


def _at(rule: Rule, anchor: Span, sketch: Sketch) -> Hit | None:
    parts = [anchor]
    for tag in rule.tags[1:]:
        part = _nearest(sketch.found.get(tag, []), parts, rule, sketch)
        if part is None:
            return None
        parts.append(part)
    span = min(start for start, _ in parts), max(end for _, end in parts)
    if any(sketch.has(tag, sketch.sentence(span)) for tag in rule.without):
        return None
    return Hit(rule, anchor, span)


def _nearest(spans: Sequence[Span], parts: Sequence[Span], rule: Rule, sketch: Sketch) -> Span | None:
    """The span nearest to the sign within reach that shares no character with what is taken already."""
    anchor = parts[0]
    place = bisect_left(spans, anchor)
    best, least = None, rule.reach + 1
    for span in spans[max(0, place - 4) : place + 5]:
        if rule.ordered and span[0] < anchor[1]:
            continue
        apart = sketch.apart(anchor, span)
        if 0 <= apart < least and all(sketch.apart(span, part) >= 0 for part in parts):
            best, least = span, apart
    return best
