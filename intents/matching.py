"""Which service a text is about: exact names first, then likeness to names and residents' own phrases.

A trained scorer (`intents/scorer.py`) says how likely each item is. Without one, likeness is the cosine of
tf-idf over character 1–3-grams (Chinese) and words with their 3-grams (Latin letters), looked up in an
inverted index: nearest examples, plus the item's examples taken together.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from intents.act_sight import sight_of
from intents.gate import Gate
from intents.likeness import Floats, LikenessIndex, features_of
from intents.meaning import Alternative
from intents.menu import Menu
from intents.names import Names, core_of, names_of
from intents.normalize import normalize
from intents.scorer import Scorer
from intents.wordings import Example

#: a name that stands in the text: among how many first items it counts
NAMED_AMONG = 3
PLACE_ALONE = 0.3  # the most that anything is worth where only a room is named
BEHIND = 0.6  # the most that anything else is worth beside an approved wording

# What a raw score is worth, read off a sample of unseen messages.
_SCORES = (0.0, 0.09, 0.2, 0.35, 0.6, 1.0)
_CONFIDENCES = (0.0, 0.2, 0.5, 0.75, 0.93, 0.97)


class ItemMatcher:
    """Ranks the items of a menu for a text; alias items are never returned."""

    def __init__(
        self,
        menu: Menu,
        phrases: Iterable[Example],
        same_words: Mapping[str, str],
        strange: Iterable[str] = (),
        scorer: Scorer | None = None,
        gate: Gate = Gate(),
    ) -> None:
        self._menu = menu
        self._same = _same_words_pattern(same_words)
        # One message is prepared to be looked at, to be ranked, and for its strangeness.
        self._in_common_words = lru_cache(maxsize=64)(self._replaced)
        self._gate = gate
        self._scorer = scorer
        self._taught: Mapping[str, tuple[str, ...]] = {}
        self._names = Names(menu, self.prepare)
        if scorer is None:
            self._read(menu, phrases, strange)

    def _read(self, menu: Menu, phrases: Iterable[Example], strange: Iterable[str]) -> None:
        """Indexes names, phrases and what is strange, where no trained scorer has done it."""
        examples = [*names_of(menu), *phrases]
        kept = [one for one in examples if self.real(one.items)]
        self._items = sorted({item for one in kept for item in self.real(one.items)})
        place = {item: index for index, item in enumerate(self._items)}
        rows = [features_of(self.prepare(one.text)) for one in kept]
        self._weights = np.array([one.weight for one in kept], dtype=np.float32)
        outside = [features_of(self.prepare(text)) for text in strange]
        self._index = LikenessIndex([*rows, *outside])
        self._inside = len(rows)
        pairs = [(row, place[item]) for row, one in enumerate(kept) for item in self.real(one.items)]
        self._pair_rows = np.array([row for row, _ in pairs], dtype=np.int32)
        self._pair_items = np.array([item for _, item in pairs], dtype=np.int32)
        self._classes = LikenessIndex(_gathered(rows, pairs, len(self._items)))
        # One message asks for the same likeness as a ranking, as a clause, and for its strangeness.
        self._near = lru_cache(maxsize=16)(self._likeness)
        self._scores = lru_cache(maxsize=16)(self._reckoned)
        self._added: tuple[LikenessIndex, NDArray[np.int32]] | None = None

    @property
    def scorer(self) -> Scorer | None:
        """The trained scorer, if there is one."""
        return self._scorer

    def taught(
        self, names: Mapping[str, tuple[str, ...]], scorer: Scorer | None, examples: Sequence[Example] = ()
    ) -> ItemMatcher:
        """A twin that knows these wordings (by `core_of`) as aliases, with this scorer; see `additions`."""
        twin = copy(self)
        twin._taught, twin._scorer = names, scorer
        if scorer is None:
            twin._learn(examples)
        return twin

    def _learn(self, examples: Sequence[Example]) -> None:
        """By words alone an added example counts as the nearest one may."""
        place = {item: number for number, item in enumerate(self._items)}
        pairs = [
            (row, place[x]) for row, one in enumerate(examples) for x in self.real(one.items) if x in place
        ]
        rows = [features_of(self.prepare(one.text)) for one in examples]
        self._added = (LikenessIndex(rows), np.array(pairs, dtype=np.int32).T) if pairs else None
        self._scores = lru_cache(maxsize=16)(self._reckoned)

    def real(self, items: Iterable[str]) -> tuple[str, ...]:
        found = (self._menu.find_item(item) for item in items)
        return tuple(dict.fromkeys(item.id for item in found if item is not None))

    def prepare(self, text: str) -> str:
        """Normalised text with regional words replaced by the common ones (冷气 → 空调)."""
        return self.common_words(normalize(text).text)

    def common_words(self, text: str) -> str:
        """The same replacement for a text that is normalised already."""
        return self._in_common_words(text)

    def _replaced(self, text: str) -> str:
        pattern, words = self._same
        return pattern.sub(lambda found: words[found.group()], text) if words else text

    def begin(self) -> None:
        """Forgets the last message of this thread: what is read next stands by itself."""
        if self._scorer is not None:
            self._scorer.begin()

    def look_within(self, text: str, clause: str) -> None:
        """Says that a clause of the text ranked last will be ranked: it is seen as it stands there."""
        prepared = self.common_words(clause)
        if self._scorer is not None and self._scorer.sees and features_of(prepared):
            self._scorer.look_within(self.common_words(text), prepared)

    def vector(self, text: str) -> Floats | None:
        """The sentence vector of a normalised text, taken once; None where nothing was trained."""
        prepared = self.common_words(text)
        if self._scorer is None or not features_of(prepared):
            return None
        return self._scorer.vector(prepared)

    def sight(self, text: str) -> Floats | None:
        """What the trained scorer sees of a normalised text, for its act; None where nothing was trained."""
        prepared = self.common_words(text)
        if self._scorer is None or not features_of(prepared):
            return None
        vector = self.vector(text)
        if vector is None:
            return None
        scores = self._scorer.scores(prepared)
        return sight_of(vector, scores.ranked, scores.in_scope)

    def is_unheard(self, text: str) -> bool:
        """Whether a normalised text is mostly made of what nobody ever wrote."""
        prepared = self.common_words(text)
        return self._scorer is not None and bool(features_of(prepared)) and self._scorer.is_unheard(prepared)

    def is_name(self, text: str) -> bool:
        """Whether a normalised text is the name of a service in full, give or take small words."""
        return self.common_words(text) in self._names

    def is_taught(self, text: str) -> bool:
        """Whether a person has said what service this very wording of a normalised text means."""
        return bool(self._taught) and core_of(self.common_words(text)) in self._taught

    def promised(self, text: str) -> tuple[str, float]:
        """The item whose words a normalised clause shares most, and how much of them: quickly found."""
        prepared = self.common_words(text)
        if self._scorer is not None:
            return self._scorer.promise(prepared)
        likely = self._likely(prepared, 1) if features_of(prepared) else ()
        return (likely[0].item, likely[0].confidence) if likely else ("", 0.0)

    def by_words(self, text: str) -> float:
        """How surely the words alone of a normalised clause tell a service, from 0 to 1: quickly found."""
        prepared = self.common_words(text)
        if self._scorer is not None:
            return self._scorer.by_words(prepared)
        return self.promised(text)[1]

    def akin(self, one: str, other: str) -> bool:
        """Whether two items are asked for in the same words, so that both are hardly meant."""
        return one == other or (self._scorer is not None and self._scorer.akin(one, other))

    def rank(self, text: str, limit: int = 5) -> list[Alternative]:
        """The likeliest items for a normalised text, best first, with scores from 0 to 1."""
        prepared = self.common_words(text)
        known_by_heart = self._taught.get(core_of(prepared), ()) if self._taught else ()
        exact = [Alternative(item, 0.98) for item in known_by_heart[:3]] or self._names.exact(prepared)
        if not features_of(prepared):
            return exact
        known = {one.item for one in exact}
        likely = self._likely(prepared, limit + len(exact))
        found = [*exact, *(one for one in likely if one.item not in known)]
        if known_by_heart:  # a person has said what this wording means: nothing comes near
            return [
                *exact,
                *(Alternative(one.item, min(one.confidence, BEHIND)) for one in found[len(exact) :]),
            ][:limit]
        most = PLACE_ALONE if self._names.is_place(prepared) else 1.0
        found = self._by_name(prepared, found)[:limit]
        return [Alternative(one.item, min(one.confidence, most)) for one in found] if most < 1.0 else found

    def _likely(self, prepared: str, limit: int) -> Sequence[Alternative]:
        """The likeliest items by evidence, best first."""
        if self._scorer is not None:
            return self._scorer.scores(prepared).ranked[:limit]
        scores = self._scores(prepared)
        order = np.argsort(-scores)[:limit]
        return [Alternative(self._items[int(i)], float(scores[int(i)])) for i in order if scores[int(i)] > 0]

    def _by_name(self, text: str, ranked: list[Alternative]) -> list[Alternative]:
        """A likely item whose own name stands in the text word for word is what was asked for."""
        named = self._names.standing_in(text)
        if len(named) != 1:
            return ranked
        least = self._gate.named_from
        likely = [one for one in ranked[:NAMED_AMONG] if one.item in named and one.confidence >= least]
        if not likely:
            return ranked
        first = Alternative(likely[0].item, max(self._gate.named, likely[0].confidence))
        return [first, *(one for one in ranked if one.item != first.item)]

    def strangeness(self, text: str) -> float:
        """How like a text is to what no estate can do, from 0 to 1."""
        prepared = self.common_words(text)
        if self._scorer is not None and self._names.is_part(prepared):
            return 0.0
        if self._scorer is not None:
            return 1 - self._scorer.scores(prepared).in_scope if features_of(prepared) else 0.0
        near = self._near(prepared)[self._inside :]
        return float(near.max()) if len(near) else 0.0

    def _likeness(self, text: str) -> Floats:
        return self._index.likeness(features_of(text))

    def _reckoned(self, text: str) -> Floats:
        near = self._near(text)[: self._inside] * self._weights
        best = np.zeros(len(self._items), dtype=np.float32)
        np.maximum.at(best, self._pair_items, near[self._pair_rows])
        if self._added is not None:
            index, (added, items) = self._added
            np.maximum.at(best, items, index.likeness(features_of(text))[added])
        together = self._classes.likeness(features_of(text))
        scores: Floats = np.interp(0.3 * best + 0.7 * together, _SCORES, _CONFIDENCES).astype(np.float32)
        return scores


def _gathered(
    rows: Sequence[Mapping[str, int]], pairs: list[tuple[int, int]], count: int
) -> list[Counter[str]]:
    together: list[Counter[str]] = [Counter() for _ in range(count)]
    for row, item in pairs:
        together[item].update(rows[row].keys())
    return together


def _same_words_pattern(words: Mapping[str, str]) -> tuple[re.Pattern[str], Mapping[str, str]]:
    longest = sorted(words, key=len, reverse=True)
    latin = "|".join(re.escape(word) for word in longest if word.isascii())
    others = [re.escape(word) for word in longest if not word.isascii()]
    return re.compile("|".join([*others, rf"\b(?:{latin})\b"] if latin else others)), words


class FaqMatcher:
    """Finds the FAQ entry whose question a text asks."""

    def __init__(self, asked: Sequence[tuple[str, str]], matcher: ItemMatcher) -> None:
        self._matcher = matcher
        self._keys = [key for key, _ in asked]
        self._index = LikenessIndex([features_of(matcher.prepare(text)) for _, text in asked])

    def find(self, text: str) -> tuple[str, float] | None:
        """The nearest entry's key and the likeness, for a normalised text; None when nothing is shared."""
        if not self._keys:
            return None
        likeness = self._index.likeness(features_of(self._matcher.common_words(text)))
        best = int(np.argmax(likeness))
        return (self._keys[best], float(likeness[best])) if likeness[best] > 0 else None
