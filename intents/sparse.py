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

from intents.likeness import Floats, features_of

Ints = NDArray[np.int32]
#: of more texts than this, what stands in one alone is not kept: it is half of all features and tells nobody
MANY = 20_000


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
        self._keys = keys[self._numbers]
        self._written = "\n".join(words).encode()

    def __len__(self) -> int:
        return len(self._keys)

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
        places = np.minimum(np.searchsorted(self._keys, keys), len(self) - 1)
        known = self._keys[places] == keys
        return Query(self._numbers[places[known]], logs[known], logs[~known])


def _keys(words: Collection[str]) -> NDArray[np.int64]:
    """The hashes of words; "1h" has that of 栱, made of the same bytes in memory, but another length."""
    hashes = np.fromiter(map(hash, words), dtype=np.int64, count=len(words))
    return hashes ^ np.fromiter(map(len, words), dtype=np.int64, count=len(words))


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
        lengths = self._lengths[query.features]
        taken = ranges(self.starts[query.features], lengths)
        values = self._quick[taken]
        values *= np.repeat(raw / np.float32(length), lengths)
        return np.bincount(self.rows[taken], weights=values, minlength=self.size).astype(np.float32)


def ranges(starts: NDArray[np.integer], lengths: NDArray[np.integer]) -> NDArray[np.int64]:
    """All places of many ranges, one range after the other, without a loop."""
    ends = np.cumsum(lengths, dtype=np.int64)
    total = int(ends[-1]) if len(ends) else 0
    taken: NDArray[np.int64] = np.arange(total) + np.repeat(starts - ends + lengths, lengths)
    return taken
