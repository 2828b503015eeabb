"""Sparse counts of features, and the inverted index over them, in flat arrays.

The same reckoning as `likeness.LikenessIndex` (cosine of tf-idf), but built in bulk and kept in a file:
a menu with twenty thousand phrases would take seconds to index at every start.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intents.hashed import Hashed
from intents.likeness import Floats, features_of

Ints = NDArray[np.int32]
#: of more texts than this, what stands in one alone is not kept: it is half of all features and tells nobody
MANY = 20_000
#: a feature that stands in more than this share of the rows is kept as a row of its own
MANY_ROWS = 0.3


@dataclass(frozen=True, slots=True)
class Counts:
    """How often each feature stands in each row: three arrays side by side."""

    rows: Ints
    features: Ints
    counts: Floats
    size: int

    def of_rows(self, kept: NDArray[np.bool_]) -> Counts:
        """The same with only the rows that are kept; these are numbered anew."""
        numbers = np.cumsum(kept, dtype=np.int32) - 1
        inside = kept[self.rows]
        rows = numbers[self.rows[inside]].astype(np.int32)
        return Counts(rows, self.features[inside], self.counts[inside], int(kept.sum()))


@dataclass(frozen=True, slots=True)
class Query:
    """One text: known features, and how often they and features nobody has seen occur, damped."""

    features: Ints
    logs: Floats
    strange: Floats

    @property
    def is_empty(self) -> bool:
        return not len(self.features)

    @property
    def length(self) -> int:
        """Of how many different features the text is made."""
        return len(self.features) + len(self.strange)


class Vocabulary:
    """The features that occur, each with its number.

    They are looked up by hash among sorted ones: a dictionary of so many would take 25 MB.
    """

    def __init__(self, features: Iterable[str]) -> None:
        words = list(features)
        keys = _keys(words)
        self._numbers = np.argsort(keys, kind="stable").astype(np.int32)
        self._keys = Hashed(keys[self._numbers])
        self._written = "\n".join(words).encode()

    def __len__(self) -> int:
        return len(self._numbers)

    @property
    def features(self) -> list[str]:
        return self._written.decode().split("\n") if len(self) else []

    def query(self, text: str) -> Query:
        """A prepared text, ready to be looked up."""
        found = features_of(text)
        keys = _keys(found)
        logs = np.fromiter(found.values(), dtype=np.float32, count=len(found))
        logs = 1 + np.log(logs)
        if not len(self):
            return Query(np.zeros(0, dtype=np.int32), logs[:0], logs)
        places, known = self._keys.find(keys)
        strange = np.ones(len(logs), dtype=bool)
        strange[known] = False
        return Query(self._numbers.take(places), logs.take(known), logs[strange])


def _keys(words: Collection[str]) -> NDArray[np.int64]:
    """The hashes of words; "1h" has that of 栱, made of the same bytes in memory, but another length."""
    return np.fromiter([hash(word) ^ len(word) for word in words], dtype=np.int64, count=len(words))


def counted(texts: Sequence[str]) -> tuple[Vocabulary, Counts]:
    """The vocabulary of prepared texts, and their counts."""
    place: dict[str, int] = {}
    rows: list[Mapping[str, int]] = [features_of(text) for text in texts]
    if len(rows) > MANY:
        spread = Counter(name for row in rows for name in row)
        rows = [{name: count for name, count in row.items() if spread[name] > 1} for row in rows]
    features = [place.setdefault(name, len(place)) for row in rows for name in row]
    counts = [count for row in rows for count in row.values()]
    owners = np.repeat(np.arange(len(rows), dtype=np.int32), [len(row) for row in rows])
    found = Counts(owners, np.array(features, np.int32), np.array(counts, np.float32), len(rows))
    return Vocabulary(place), found


def gathered(found: Counts, pair_rows: Ints, pair_classes: Ints, classes: int) -> Counts:
    """How many rows of each class have each feature; a row may belong to several classes."""
    starts = np.searchsorted(found.rows, pair_rows)
    lengths = np.searchsorted(found.rows, pair_rows, side="right") - starts
    taken = ranges(starts, lengths)
    width = int(found.features.max()) + 1 if len(found.features) else 1
    keys = np.repeat(pair_classes.astype(np.int64), lengths) * width + found.features[taken]
    unique, counts = np.unique(keys, return_counts=True)
    rows, features = (unique // width).astype(np.int32), (unique % width).astype(np.int32)
    return Counts(rows, features, counts.astype(np.float32), classes)


class Index:
    """Cosine likeness of a text to every row, by inverted index."""

    def __init__(
        self, idf: Floats, starts: Ints, rows: NDArray[np.integer], weights: NDArray[np.float16], size: int
    ) -> None:
        self.idf, self.starts, self.rows, self.weights, self.size = idf, starts, rows, weights, size
        self._lengths = np.diff(starts)
        self._quick = weights.astype(np.float32)  # halves take as long to widen as all the rest
        self._unseen = float(np.log(1 + size) + 1)
        self._common, self._among = self._commonest()

    def _commonest(self) -> tuple[Floats, Ints]:
        """Features that stand in many rows as whole rows of weights, and each feature's place among them.

        They are most of all postings of a text, and a row is sooner multiplied than its postings are.
        """
        common = np.flatnonzero(self._lengths > self.size * MANY_ROWS)
        found = np.zeros((len(common), self.size), dtype=np.float32)
        taken = ranges(self.starts[common], self._lengths[common])
        places = np.repeat(np.arange(len(common)), self._lengths[common])
        found[places, self.rows[taken]] = self._quick[taken]
        among = np.full(len(self._lengths), -1, dtype=np.int32)
        among[common] = np.arange(len(common), dtype=np.int32)
        return found, among

    @classmethod
    def build(cls, found: Counts, width: int) -> Index:
        """The index over counts whose features are numbered below `width`."""
        spread = np.bincount(found.features, minlength=width)
        idf = (np.log((1 + found.size) / (1 + spread)) + 1).astype(np.float32)
        raw = (1 + np.log(found.counts)) * idf[found.features]
        lengths = np.sqrt(np.bincount(found.rows, weights=raw * raw, minlength=found.size))
        weights = raw / np.maximum(lengths, 1e-9)[found.rows]
        order = np.argsort(found.features, kind="stable")
        starts = np.concatenate([[0], np.cumsum(spread)]).astype(np.int32)
        return cls(
            idf,
            starts,
            found.rows[order].astype(np.uint16 if found.size < 1 << 16 else np.int32),
            weights[order].astype(np.float16),
            found.size,
        )

    def likeness(self, query: Query) -> Floats:
        """The cosine to every row, 0 to 1."""
        if query.is_empty:
            return np.zeros(self.size, dtype=np.float32)
        raw = query.logs * self.idf[query.features]
        strange = query.strange * np.float32(self._unseen)
        length = math.sqrt(float(raw @ raw) + float(strange @ strange)) or 1.0
        raw /= np.float32(length)
        if not len(self._common):
            return self._of_seldom(query.features, raw).astype(np.float32)
        places = self._among[query.features]
        common = places >= 0
        found = np.asarray(raw[common] @ self._common.take(places[common], axis=0), dtype=np.float32)
        found += self._of_seldom(query.features[~common], raw[~common])
        return found

    def _of_seldom(self, features: Ints, raw: Floats) -> NDArray[np.float64]:
        """What features that stand in few rows add to each."""
        lengths = self._lengths[features]
        taken = ranges(self.starts[features], lengths)
        values = self._quick[taken]
        values *= np.repeat(raw, lengths)
        return np.bincount(self.rows[taken], weights=values, minlength=self.size).astype(
            np.float64, copy=False
        )


def ranges(starts: NDArray[np.integer], lengths: NDArray[np.integer]) -> NDArray[np.int64]:
    """All places of many ranges, one range after the other, without a loop."""
    ends = np.cumsum(lengths, dtype=np.int64)
    total = int(ends[-1]) if len(ends) else 0
    taken: NDArray[np.int64] = np.arange(total) + np.repeat(starts - ends + lengths, lengths)
    return taken
