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
from operator import add

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
    found: list[str] = []
    for run in _HAN_RUN.findall(text):
        found += [character for character in run if character not in _COMMON_HAN]
        found += map(add, run, run[1:])
        found += [run[start : start + 3] for start in range(len(run) - 2)]
    words = [word for word in _WORD.findall(text) if word not in _STOP]
    for word in words:
        found += _features_of_word(word)
    stems = [*map(_stem, words)]
    found += [f"={first} {second}" for first, second in pairwise(stems)]
    return Counter(found)


@cache
def _stem(word: str) -> str:
    return _ENDINGS.sub("", word)


def _features_of_word(word: str) -> list[str]:
    marked = f"_{word}_"
    return [*(["=" + _stem(word)] * 4), *(marked[start : start + 3] for start in range(len(word)))]


Floats = NDArray[np.float32]


class LikenessIndex:
    """Cosine likeness of a text to many examples, by inverted index. Rows keep the order they came in."""

    def __init__(self, rows: Sequence[Mapping[str, int]]) -> None:
        self.size = len(rows)
        self._place: dict[str, int] = {}
        find = self._place.setdefault
        features = np.array([find(name, len(self._place)) for row in rows for name in row], dtype=np.int32)
        raw = np.array([1 + math.log(count) for row in rows for count in row.values()], dtype=np.float32)
        owners = np.repeat(np.arange(self.size, dtype=np.int32), [len(row) for row in rows])
        self._counts = np.bincount(features, minlength=len(self._place))
        self._idf = (np.log((1 + self.size) / (1 + self._counts)) + 1).astype(np.float32)
        self._unseen = math.log(1 + self.size) + 1
        raw *= self._idf[features]
        lengths = np.sqrt(np.bincount(owners, weights=raw * raw, minlength=self.size))
        order = np.argsort(features, kind="stable")
        self._rows = owners[order]
        self._weights = (raw / np.maximum(lengths, 1e-9)[owners])[order].astype(np.float32)
        self._starts = np.concatenate([[0], np.cumsum(self._counts)[:-1]])

    def likeness(self, row: Mapping[str, int]) -> Floats:
        """The cosine to every example, 0 to 1; features never seen keep strange texts far."""
        find, places, known, strange = self._place.get, [], [], 0.0
        for name, count in row.items():
            place, value = find(name), 1 + math.log(count)
            if place is None:
                strange += (value * self._unseen) ** 2
            else:
                places.append(place)
                known.append(value)
        if not places:
            return np.zeros(self.size, dtype=np.float32)
        raw = np.array(known, dtype=np.float32) * self._idf[places]
        raw /= np.float32(math.sqrt(float(raw @ raw) + strange))
        counts = self._counts[places]
        ends = np.cumsum(counts)
        # Where each posting lies, one range after the other, without a loop over features.
        taken = np.arange(ends[-1]) + np.repeat(self._starts[places] - ends + counts, counts)
        values = self._weights[taken] * np.repeat(raw, counts)
        return np.bincount(self._rows[taken], weights=values, minlength=self.size).astype(np.float32)
