"""A message cut where a second wish may begin, each part with its place among the times of the whole."""

from __future__ import annotations

from dataclasses import dataclass

from intents.clauses import clauses_of


@dataclass(frozen=True, slots=True)
class Part:
    """One clause: its number, how it is cut off, whether it names a time, its bare text, where it begins."""

    place: int
    text: str
    cut: int
    timed: bool
    bare: str
    start: int = 0


def parts_of(text: str, blanked: str) -> tuple[Part, ...]:
    """The parts of a normalised text; `blanked` is the same text, its times and homes blanked out."""
    parts: list[Part] = []
    start = 0
    for place, (clause, cut) in enumerate(clauses_of(text)):
        start = text.index(clause, start)
        bare = blanked[start : start + len(clause)]
        parts.append(Part(place, clause, cut, bare != clause, bare, start))
        start += len(clause)
    return tuple(parts)
