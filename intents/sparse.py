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
#: what it counts to stand in a text so often
_MOST = 2000
_DAMPED = (0.0, *(1 + math.log(count) for count in range(1, _MOST + 1)))
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
        logs = np.array([_DAMPED[min(count, _MOST)] for count in found.values()], dtype=np.float32)
        if not len(self):
            return Query(np.zeros(0, dtype=np.int32), logs[:0], logs)
        places, known = self._keys.find(keys)
        if len(known) == len(logs):
            return Query(self._numbers.take(places), logs, logs[:0])
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
        self._seldom = np.where(self._among < 0, self._lengths, 0)

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
        raw = query.logs * self.idf.take(query.features)
        strange = float(query.strange @ query.strange) * self._unseen**2 if len(query.strange) else 0.0
        length = math.sqrt(float(raw @ raw) + strange) or 1.0
        raw /= np.float32(length)
        seldom = self._of_seldom(query.features, raw)
        if not len(self._common):
            return seldom.astype(np.float32)
        places = self._among.take(query.features)
        common = (places >= 0).nonzero()[0]
        rows = self._common.take(places.take(common), axis=0)
        found = np.asarray(raw.take(common) @ rows, dtype=np.float32)
        found += seldom
        return found

    def _of_seldom(self, features: Ints, raw: Floats) -> NDArray[np.float64]:
        """What features that stand in few rows add to each; those that stand in many add nothing."""
        lengths = self._seldom.take(features)
        taken = ranges(self.starts.take(features), lengths)
        values = self._quick.take(taken)
        values *= raw.repeat(lengths)
        return np.asarray(np.bincount(self.rows.take(taken), values, self.size), dtype=np.float64)


def ranges(starts: NDArray[np.integer], lengths: NDArray[np.integer]) -> NDArray[np.int64]:
    """All places of many ranges, one range after the other, without a loop."""
    ends = lengths.cumsum(dtype=np.int64)
    total = int(ends[-1]) if len(ends) else 0
    taken: NDArray[np.int64] = (starts - ends + lengths).repeat(lengths)
    taken += np.arange(total)
    return taken
