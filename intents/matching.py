"""Which service a text is about: exact names first, then likeness to names and residents' own phrases.

Likeness is the cosine of tf-idf over character 1–3-grams (Chinese) and words with their 3-grams
(Latin letters), looked up in an inverted index: nearest examples, plus the item's examples taken together.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

from __future__ import annotations

import math
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from intents.meaning import Alternative
from intents.menu import Menu
from intents.normalize import normalize

_HAN_RUN = re.compile(r"[\u3400-\u9fff]+")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+")
_ENDINGS = re.compile(r"(?<=[a-z]{3})(?:ing|ed|es|s|'s|ly)$")
_STOP = frozenset(
    [
        "a",
        "an",
        "the",
        "to",
        "of",
        "in",
        "on",
        "at",
        "for",
        "and",
        "or",
        "is",
        "are",
        "am",
        "be",
        "was",
        "were",
        "i",
        "my",
        "me",
        "we",
        "our",
        "us",
        "you",
        "your",
        "it",
        "its",
        "he",
        "she",
        "they",
        "them",
        "please",
        "pls",
        "can",
        "could",
        "would",
        "will",
        "do",
        "does",
        "did",
        "have",
        "has",
        "had",
        "with",
        "from",
        "that",
        "this",
        "there",
        "here",
        "so",
        "just",
        "hi",
        "hello",
        "thanks",
        "thank",
        "some",
        "any",
        "want",
        "need",
        "like",
        "get",
        "got",
        "send",
        "someone",
        "somebody",
        "may",
        "shall",
        "should",
        "i'd",
        "i'm",
        "it's",
    ]
)
_COMMON_HAN = frozenset(
    "的了吗呢吧啊呀哦请我你您他她们是在有个一下这那就都也要想能可以给帮来去说好不没么什怎"
)


# What a raw score is worth, read off a sample of unseen messages.
_SCORES = (0.0, 0.09, 0.2, 0.35, 0.6, 1.0)
_CONFIDENCES = (0.0, 0.2, 0.5, 0.75, 0.93, 0.97)


@dataclass(frozen=True, slots=True)
class Example:
    """One wording of one or more items; `weight` is below 1 for catalogue wordings nobody says."""

    items: tuple[str, ...]
    text: str
    weight: float = 1.0


def features_of(text: str) -> Counter[str]:
    """The counted features of a normalised text."""
    found: Counter[str] = Counter()
    for run in _HAN_RUN.findall(text):
        for size in (1, 2, 3):
            for start in range(len(run) - size + 1):
                gram = run[start : start + size]
                if size > 1 or gram not in _COMMON_HAN:
                    found[gram] += 1
    words = [word for word in _WORD.findall(text) if word not in _STOP]
    for word in words:
        _add_word(found, word)
    for first, second in pairwise(words):
        found[f"={_stem(first)} {_stem(second)}"] += 1
    return found


@cache
def _stem(word: str) -> str:
    return _ENDINGS.sub("", word)


def _add_word(found: Counter[str], word: str) -> None:
    found["=" + _stem(word)] += 4
    marked = f"_{word}_"
    for start in range(len(marked) - 2):
        found[marked[start : start + 3]] += 1


Floats = NDArray[np.float32]


class LikenessIndex:
    """Cosine likeness of a text to many examples, by inverted index. Rows keep the order they came in."""

    def __init__(self, rows: Sequence[Counter[str]]) -> None:
        self.size = len(rows)
        spread = Counter(feature for row in rows for feature in row)
        self._idf = {
            feature: math.log((1 + len(rows)) / (1 + count)) + 1 for feature, count in spread.items()
        }
        self._postings = _Postings([self._weigh(row) for row in rows])

    def _weigh(self, row: Mapping[str, int]) -> dict[str, float]:
        """Unit-length weights; features never seen lengthen the vector, so strange texts stay far."""
        unseen = math.log(1 + self.size) + 1
        raw = {
            feature: (1 + math.log(count)) * self._idf.get(feature, unseen) for feature, count in row.items()
        }
        length = math.sqrt(sum(value * value for value in raw.values())) or 1.0
        return {feature: value / length for feature, value in raw.items()}

    def likeness(self, row: Counter[str]) -> Floats:
        """The cosine to every example, 0 to 1."""
        total = np.zeros(self.size, dtype=np.float32)
        for feature, value in self._weigh(row).items():
            posting = self._postings.of(feature)
            if posting is not None:
                total[posting[0]] += posting[1] * value
        return total


class _Postings:
    """Rows and weights of every feature, one after the other in two flat arrays."""

    def __init__(self, rows: Sequence[Mapping[str, float]]) -> None:
        self._place: dict[str, int] = {}
        features: list[int] = []
        weights: list[float] = []
        for row in rows:
            features.extend(self._place.setdefault(feature, len(self._place)) for feature in row)
            weights.extend(row.values())
        owners = np.repeat(np.arange(len(rows), dtype=np.int32), [len(row) for row in rows])
        order = np.argsort(np.array(features, dtype=np.int32), kind="stable")
        self._rows = owners[order]
        self._weights = np.array(weights, dtype=np.float32)[order]
        counts = np.bincount(np.array(features, dtype=np.int64), minlength=len(self._place))
        self._ends = np.concatenate([[0], np.cumsum(counts)]).tolist()

    def of(self, feature: str) -> tuple[NDArray[np.int32], Floats] | None:
        """The rows that have a feature, with its weight in each; None when none has."""
        place = self._place.get(feature)
        if place is None:
            return None
        cut = slice(self._ends[place], self._ends[place + 1])
        return self._rows[cut], self._weights[cut]


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
        examples = [*_names(menu), *phrases]
        kept = [one for one in examples if self._real(one.items)]
        self._items = sorted({item for one in kept for item in self._real(one.items)})
        place = {item: index for index, item in enumerate(self._items)}
        rows = [features_of(self.prepare(one.text)) for one in kept]
        self._weights = np.array([one.weight for one in kept], dtype=np.float32)
        outside = [features_of(self.prepare(text)) for text in strange]
        self._index = LikenessIndex([*rows, *outside])
        self._inside = len(rows)
        pairs = [(row, place[item]) for row, one in enumerate(kept) for item in self._real(one.items)]
        self._pair_rows = np.array([row for row, _ in pairs], dtype=np.int32)
        self._pair_items = np.array([item for _, item in pairs], dtype=np.int32)
        self._classes = LikenessIndex(_gathered(rows, pairs, len(self._items)))
        self._short_names = _short_names(menu, self)
        self._by_length: dict[int, list[str]] = {}
        for name in self._short_names:
            self._by_length.setdefault(len(name), []).append(name)

    def _real(self, items: Iterable[str]) -> tuple[str, ...]:
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
        row = features_of(prepared)
        if not row:
            return exact
        scores = self._scores(row)
        order = np.argsort(-scores)[: limit + len(exact)]
        ranked = [
            Alternative(self._items[int(i)], float(scores[int(i)])) for i in order if scores[int(i)] > 0
        ]
        known = {one.item for one in exact}
        return [*exact, *(one for one in ranked if one.item not in known)][:limit]

    def strangeness(self, text: str) -> float:
        """How like a text is to what no estate can do, from 0 to 1."""
        near = self._index.likeness(features_of(self.common_words(text)))[self._inside :]
        return float(near.max()) if len(near) else 0.0

    def _scores(self, row: Counter[str]) -> Floats:
        near = self._index.likeness(row)[: self._inside] * self._weights
        best = np.zeros(len(self._items), dtype=np.float32)
        np.maximum.at(best, self._pair_items, near[self._pair_rows])
        together = self._classes.likeness(row)
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
        allowed = max(1, len(core) // 5)
        near = [
            name
            for length in range(len(core) - allowed, len(core) + allowed + 1)
            for name in self._by_length.get(length, ())
        ]
        best = process.extractOne(core, near, scorer=fuzz.ratio, score_cutoff=88)
        return (
            [Alternative(item, best[1] / 100 * 0.95) for item in self._short_names[best[0]][:2]]
            if best
            else []
        )


def _gathered(rows: list[Counter[str]], pairs: list[tuple[int, int]], count: int) -> list[Counter[str]]:
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


def _names(menu: Menu) -> Iterable[Example]:
    for item in menu.items.values():
        target = (item.alias_of or item.id,)
        for text, weight in ((item.name, 1.0), (item.staff_name, 0.8)):
            yield Example(target, text.zh, weight)
            yield Example(target, text.en, weight)
        for alias in item.aliases:
            yield Example(target, alias)


def _short_names(menu: Menu, matcher: ItemMatcher) -> dict[str, tuple[str, ...]]:
    gathered: dict[str, list[str]] = {}
    for example in _names(menu):
        core = _core(matcher.prepare(example.text))
        items = gathered.setdefault(core, [])
        items.extend(item for item in example.items if item not in items)
    return {core: tuple(items) for core, items in gathered.items() if core}


def _same_words_pattern(words: Mapping[str, str]) -> tuple[re.Pattern[str], Mapping[str, str]]:
    def written(word: str) -> str:
        return rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word)

    return re.compile("|".join(written(word) for word in sorted(words, key=len, reverse=True))), words


def load_phrases(folder: Path) -> list[Example]:
    """Every phrase of data/phrases/*.toml; a folder that is not there has none."""
    found: list[Example] = []
    for path in sorted(folder.glob("*.toml")):
        for table in tomllib.loads(path.read_text(encoding="utf-8")).get("phrases", []):
            items = tuple(table["items"])
            found.extend(Example(items, text) for side in ("zh", "en") for text in table.get(side, []))
    return found


def load_strange(path: Path) -> list[str]:
    """The sentences of data/phrases/out_of_scope.toml, if it is there."""
    if not path.is_file():
        return []
    table = tomllib.loads(path.read_text(encoding="utf-8")).get("out_of_scope", {})
    return [text for side in ("zh", "en") for text in table.get(side, ())]


class FaqMatcher:
    """Finds the FAQ entry whose question a text asks."""

    def __init__(self, entries: Sequence[Mapping[str, object]], matcher: ItemMatcher) -> None:
        self._matcher = matcher
        asked = [(str(entry["key"]), text) for entry in entries for text in _questions(entry)]
        self._keys = [key for key, _ in asked]
        self._index = LikenessIndex([features_of(matcher.prepare(text)) for _, text in asked])

    def find(self, text: str) -> tuple[str, float] | None:
        """The nearest entry's key and the likeness, for a normalised text; None when nothing is shared."""
        if not self._keys:
            return None
        likeness = self._index.likeness(features_of(self._matcher.common_words(text)))
        best = int(np.argmax(likeness))
        return (self._keys[best], float(likeness[best])) if likeness[best] > 0 else None


def _questions(entry: Mapping[str, object]) -> Iterable[str]:
    for field in ("question", "also"):
        sides = entry.get(field)
        if not isinstance(sides, Mapping):
            continue
        for side in ("zh", "en"):
            wordings = sides.get(side, ())
            yield from ((wordings,) if isinstance(wordings, str) else wordings)
