"""How alike two texts are: the cosine of tf-idf over what they are made of, by inverted index.

Features are character 1–3-grams (Chinese), and words with their pairs and 3-grams (Latin letters).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

_HAN_RUN = re.compile(r"[\u3400-\u9fff]+")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+")
_ENDINGS = re.compile(r"(?<=[a-z]{3})(?:ing|ed|es|s|'s|ly)$")
_SMALL_ENGLISH = """
    a an the to of in on at for and or is are am be was were i my me we our us you your it its he
    she they them please pls can could would will do does did have has had with from that this there
    here so just hi hello thanks thank some any want need like get got send someone somebody may
    shall should i'd i'm it's
help know about wondering wonder question tell let guys dear sir madam possible anyone anybody something would
i've i'll we're we'd there's that's also too very really if but looking wanted wants needs needed kindly ask
asking sorry ok okay yes
"""
_STOP = frozenset(_SMALL_ENGLISH.split())
_COMMON_HAN = frozenset(
    "的了吗呢吧啊呀哦请我你您他她们是在有个一下这那就都也要想能可以给帮来去说好不没么什怎"
)


@lru_cache(maxsize=64)
def features_of(text: str) -> Mapping[str, int]:
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

    def __init__(self, rows: Sequence[Mapping[str, int]]) -> None:
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

    def likeness(self, row: Mapping[str, int]) -> Floats:
        """The cosine to every example, 0 to 1."""
        return self._postings.gathered(self._weigh(row), self.size)


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
        self._counts = counts
        self._starts = np.concatenate([[0], np.cumsum(counts)[:-1]])

    def gathered(self, weights: Mapping[str, float], size: int) -> Floats:
        """The sum of products with every row, of which there are `size`."""
        known = [
            (self._place[feature], value) for feature, value in weights.items() if feature in self._place
        ]
        if not known:
            return np.zeros(size, dtype=np.float32)
        places = np.array([place for place, _ in known])
        counts = self._counts[places]
        ends = np.cumsum(counts)
        # Where each posting lies, one range after the other, without a loop over features.
        taken = np.arange(ends[-1]) + np.repeat(self._starts[places] - ends + counts, counts)
        values = self._weights[taken] * np.repeat(np.array([value for _, value in known]), counts)
        return np.bincount(self._rows[taken], weights=values, minlength=size).astype(np.float32)
