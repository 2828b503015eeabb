"""Which service a text is about: exact names first, then likeness to names and residents' own phrases.

Likeness is the cosine of tf-idf over character 1–3-grams (Chinese) and words with their 3-grams
(Latin letters), looked up in an inverted index: nearest examples, plus the item's examples taken together.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache

import numpy as np
from rapidfuzz import fuzz, process

from intents.likeness import Floats, LikenessIndex, features_of
from intents.meaning import Alternative
from intents.menu import Menu
from intents.normalize import normalize
from intents.wordings import Example

#: a name that stands in the text: how likely its item must be anyway, among how many, and what it is worth then
NAMED_FROM = 0.40
NAMED_AMONG = 3
NAMED_PART = 0.25
NAMED = 0.85
#: by how many characters names are looked up; the shortest telling one has as many
_START = 3
_LETTER = re.compile(r"\w")

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
    ) -> None:
        self._menu = menu
        self._same = _same_words_pattern(same_words)
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
        self._short_names = _short_names(menu, self)
        self._telling = _TellingNames(self._short_names)
        self._by_length: dict[int, list[str]] = {}
        for name in self._short_names:
            self._by_length.setdefault(len(name), []).append(name)
        self._near_length = cache(self._names_near)

    def real(self, items: Iterable[str]) -> tuple[str, ...]:
        found = (self._menu.find_item(item) for item in items)
        return tuple(dict.fromkeys(item.id for item in found if item is not None))

    def prepare(self, text: str) -> str:
        """Normalised text with regional words replaced by the common ones (冷气 → 空调)."""
        return self.common_words(normalize(text).text)

    def common_words(self, text: str) -> str:
        """The same replacement for a text that is normalised already."""
        pattern, words = self._same
        return pattern.sub(lambda found: words[found.group()], text) if words else text

    def rank(self, text: str, limit: int = 5) -> list[Alternative]:
        """The likeliest items for a normalised text, best first, with scores from 0 to 1."""
        prepared = self.common_words(text)
        exact = self._exact(prepared)
        if not features_of(prepared):
            return exact
        scores = self._scores(prepared)
        order = np.argsort(-scores)[: limit + len(exact)]
        ranked = [
            Alternative(self._items[int(i)], float(scores[int(i)])) for i in order if scores[int(i)] > 0
        ]
        known = {one.item for one in exact}
        found = [*exact, *(one for one in ranked if one.item not in known)]
        return self._by_name(prepared, found)[:limit]

    def _by_name(self, text: str, ranked: list[Alternative]) -> list[Alternative]:
        """A likely item whose own name stands in the text word for word is what was asked for."""
        named = self._named(text)
        if len(named) != 1:
            return ranked
        likely = [one for one in ranked[:NAMED_AMONG] if one.item in named and one.confidence >= NAMED_FROM]
        if not likely:
            return ranked
        first = Alternative(likely[0].item, max(NAMED, likely[0].confidence))
        return [first, *(one for one in ranked if one.item != first.item)]

    def _named(self, text: str) -> set[str]:
        """The items whose name or alias makes up a good part of the text; in a long story it is only mentioned."""
        least = len(text) * NAMED_PART
        spots = [name for name in self._telling.find(text) if len(name) >= least]
        return {item for name in spots for item in self._short_names[name]}

    def strangeness(self, text: str) -> float:
        """How like a text is to what no estate can do, from 0 to 1."""
        near = self._near(self.common_words(text))[self._inside :]
        return float(near.max()) if len(near) else 0.0

    def _likeness(self, text: str) -> Floats:
        return self._index.likeness(features_of(text))

    def _reckoned(self, text: str) -> Floats:
        near = self._near(text)[: self._inside] * self._weights
        best = np.zeros(len(self._items), dtype=np.float32)
        np.maximum.at(best, self._pair_items, near[self._pair_rows])
        together = self._classes.likeness(features_of(text))
        scores: Floats = np.interp(0.3 * best + 0.7 * together, _SCORES, _CONFIDENCES).astype(np.float32)
        return scores

    def _exact(self, text: str) -> list[Alternative]:
        """A name or alias that is the whole text, give or take a typing slip and small words."""
        core = _core(text)
        if not core or len(core) > 24:
            return []
        if core in self._short_names:
            return [Alternative(item, 0.98) for item in self._short_names[core][:3]]
        if len(core) < 4:
            return []
        best = process.extractOne(core, self._near_length(len(core)), scorer=fuzz.ratio, score_cutoff=88)
        return (
            [Alternative(item, best[1] / 100 * 0.95) for item in self._short_names[best[0]][:2]]
            if best
            else []
        )

    def _names_near(self, length: int) -> list[str]:
        """The names about as long as a text of this length: those that could be it but for a slip."""
        allowed = max(1, length // 5)
        lengths = range(length - allowed, length + allowed + 1)
        return [name for one in lengths for name in self._by_length.get(one, ())]


def _gathered(
    rows: Sequence[Mapping[str, int]], pairs: list[tuple[int, int]], count: int
) -> list[Counter[str]]:
    together: list[Counter[str]] = [Counter() for _ in range(count)]
    for row, item in pairs:
        together[item].update(rows[row].keys())
    return together


_SMALL_WORDS = re.compile(
    r"^(?:请问|请|麻烦(?:你|您)?|劳驾|我想要?|我要|帮我|帮忙|需要|预约|预订|订|约)+|(?:一下|吧|呢|啊|谢谢|服务|吗)+$"
    r"|^(?:please|pls|i need|i want|i'd like|need|book|can i have|i would like)\s+(?:to\s+)?(?:book\s+|have\s+)?(?:an?\s+|the\s+|some\s+)?"
    r"|\s+(?:please|pls|service|thanks)$"
)  # fmt: skip


def _core(text: str) -> str:
    bare = re.sub(r"[^\w\u3400-\u9fff']+", " ", text).strip()
    return _SMALL_WORDS.sub("", bare).strip() or bare


def names_of(menu: Menu) -> Iterable[Example]:
    for item in menu.items.values():
        target = (item.alias_of or item.id,)
        for text, weight in ((item.name, 1.0), (item.staff_name, 0.8)):
            yield Example(target, text.zh, weight)
            yield Example(target, text.en, weight)
        for alias in item.aliases:
            yield Example(target, alias)


def _short_names(menu: Menu, matcher: ItemMatcher) -> dict[str, tuple[str, ...]]:
    gathered: dict[str, list[str]] = {}
    for example in names_of(menu):
        core = _core(matcher.prepare(example.text))
        items = gathered.setdefault(core, [])
        items.extend(item for item in example.items if item not in items)
    return {core: tuple(items) for core, items in gathered.items() if core}


class _TellingNames:
    """Names of one item only, long enough to mean it wherever they stand, looked up by how they begin."""

    def __init__(self, short_names: Mapping[str, tuple[str, ...]]) -> None:
        telling = [name for name, items in short_names.items() if len(items) == 1 and _is_telling(name)]
        self._by_start: dict[str, list[str]] = {}
        for name in sorted(telling, key=len, reverse=True):
            self._by_start.setdefault(name[:_START], []).append(name)

    def find(self, text: str) -> Iterator[str]:
        """The names that stand in the text, from left to right, where several begin the longest."""
        ended = 0
        for spot in range(len(text)):
            names = self._by_start.get(text[spot : spot + _START])
            if names is None or spot < ended:
                continue
            found = next(
                (one for one in names if text.startswith(one, spot) and _is_whole(one, text, spot)), ""
            )
            if found:
                ended = spot + len(found)
                yield found


def _is_whole(name: str, text: str, spot: int) -> bool:
    """In Latin letters a name stands between others' letters by chance; in Chinese nothing parts words."""
    return not name.isascii() or (_is_edge(text, spot) and _is_edge(text, spot + len(name)))


def _is_edge(text: str, spot: int) -> bool:
    """True where a word begins or ends."""
    before, after = text[spot - 1 : spot] if spot else "", text[spot : spot + 1]
    return bool(_LETTER.match(before)) != bool(_LETTER.match(after))


def _is_telling(name: str) -> bool:
    return len(name) >= 8 and " " in name if name.isascii() else len(name) >= 3


def _same_words_pattern(words: Mapping[str, str]) -> tuple[re.Pattern[str], Mapping[str, str]]:
    def written(word: str) -> str:
        return rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word)

    return re.compile("|".join(written(word) for word in sorted(words, key=len, reverse=True))), words


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
