"""Danger first: word lists over the whole text, with the look-alikes struck out before (MANNERS scene 4).

The lists (words, look-alikes, signs that need two things said together, sentences that tell of something
past, settled or supposed) come from `dangers`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from intents.dangers import Danger, Dangers
from intents.normalize import normalize

# The item a ticket for each kind is opened under.
ITEM_OF_KIND = {
    "gas": "common.fire.gas-leak",
    "fire": "common.security.incident",
    "flood": "common.security.incident",
    "trapped": "common.security.incident",
    "intruder": "common.security.incident",
    "illness": "value.home.sudden-illness",
    "electric": "common.security.incident",
}
# When several kinds sound, the one that kills first decides the lines said at once.
_ORDER = {
    kind: index
    for index, kind in enumerate(("gas", "fire", "illness", "electric", "trapped", "intruder", "flood"))
}


class WordList:
    """Finds any of many fixed words in a text in one pass; Latin words begin at a word's beginning."""

    def __init__(self, words: Iterable[str]) -> None:
        self._by_start: dict[str, list[str]] = {}
        for word in {_folded(word) for word in words} - {""}:
            self._by_start.setdefault(word[:2], []).append(word)
        for listed in self._by_start.values():
            listed.sort(key=len, reverse=True)

    def may_stand_in(self, text: str, places: Mapping[str, list[int]]) -> bool:
        """Whether any word is written in the text at all; `places` are those of its pairs of characters."""
        return any(
            text.startswith(word, place)
            for start in self._by_start.keys() & places.keys()
            for place in places[start]
            for word in self._by_start[start]
        )

    def find(self, text: str) -> list[tuple[int, int]]:
        """The spans of all words found, longest first at each place, not overlapping."""
        spans: list[tuple[int, int]] = []
        place = 0
        while place < len(text):
            word = self._at(text, place)
            if word:
                spans.append((place, place + len(word)))
                place += len(word)
            else:
                place += 1
        return spans

    def _at(self, text: str, place: int) -> str | None:
        if place and "a" <= text[place] <= "z" and "a" <= text[place - 1] <= "z":
            return None
        listed = self._by_start.get(text[place : place + 2], ())
        return next((word for word in listed if text.startswith(word, place)), None)


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    words: WordList
    lookalikes: WordList
    signs: tuple[re.Pattern[str], ...]


class EmergencyDetector:
    """Says whether a text tells of danger now, and of which kind."""

    def __init__(self, dangers: Dangers) -> None:
        self._kinds = tuple(_kind(danger) for danger in dangers.kinds)
        self._calm = dangers.calm
        self._urgent = dangers.still_danger
        self._silent = dangers.no_danger

    def find(self, text: str) -> str | None:
        """The kind of danger in a text (raw or normalised), or None. The whole text is searched."""
        whole = normalize(text, limit=None).text
        places = _places_of_pairs(whole)
        plain = self._without_harmless(whole)
        found = [kind.name for kind in self._kinds if self._sounds(kind, whole, plain, places)]
        if not found or self._calmed(whole):
            return None
        return min(found, key=lambda name: _ORDER.get(name, len(_ORDER)))

    def _sounds(self, kind: _Kind, text: str, plain: str, places: Mapping[str, list[int]]) -> bool:
        """Most texts have no look-alike and no word of a kind; `plain` is the text without the harmless."""
        rest = plain
        if kind.lookalikes.may_stand_in(text, places):
            struck = list(text)
            for start, end in kind.lookalikes.find(text):
                struck[start:end] = "\x01" * (end - start)
            rest = self._without_harmless("".join(struck))
        if kind.words.may_stand_in(text, places) and kind.words.find(rest):
            return True
        return any(sign.search(rest) for sign in kind.signs)

    def _without_harmless(self, text: str) -> str:
        for pattern in self._silent:
            text = pattern.sub(lambda found: "\x01" * len(found.group()), text)
        return text

    def _calmed(self, text: str) -> bool:
        """Past, settled or only supposed, and nothing says that it goes on."""
        calm = any(pattern.search(text) for pattern in self._calm)
        return calm and not any(pattern.search(text) for pattern in self._urgent)


def _kind(danger: Danger) -> _Kind:
    return _Kind(danger.kind, WordList(danger.words), WordList(danger.lookalikes), danger.signs)


def _places_of_pairs(text: str) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for place in range(len(text)):
        places.setdefault(text[place : place + 2], []).append(place)
    return places


def _folded(word: str) -> str:
    return normalize(word, limit=None).text.strip()
