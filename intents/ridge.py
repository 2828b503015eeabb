"""Ridge regression over sparse n-grams beside dense columns, in numpy: what the small models learn by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intents.likeness import Floats

_STEPS = 30


def conjugate(product: Callable[[Floats], Floats], left: Floats) -> Floats:
    """The solution of product(x) = left, for all columns at once."""
    found = np.zeros_like(left)
    way = left.copy()
    size = (left * left).sum(axis=0)
    for _ in range(_STEPS):
        moved = product(way)
        step = size / np.maximum((way * moved).sum(axis=0), 1e-12)
        found += step * way
        left = left - step * moved
        new = (left * left).sum(axis=0)
        way = left + new / np.maximum(size, 1e-12) * way
        size = new
    return found


@dataclass(frozen=True, slots=True)
class Sparse:
    """Rows of n-grams, in the order of rows and in the order of n-grams, to be multiplied either way."""

    width: int
    by_row: tuple[NDArray[np.intp], NDArray[np.intp], Floats]
    by_gram: tuple[NDArray[np.intp], NDArray[np.intp], Floats]

    @classmethod
    def build(cls, found: Sequence[Set[str]], known: Mapping[str, int], rare: Floats) -> Sparse:
        kept = [
            [place for gram in sorted(grams) if (place := known.get(gram)) is not None] for grams in found
        ]
        rows = np.repeat(np.arange(len(kept)), [len(places) for places in kept])
        columns = np.array([place for places in kept for place in places], dtype=np.intp)
        lengths = np.sqrt(np.maximum(np.bincount(rows, minlength=len(kept)), 1))
        values = (rare[columns] / lengths[rows]).astype(np.float32)
        order = np.argsort(columns, kind="stable")
        first = np.searchsorted(rows, np.arange(len(kept)))
        return cls(
            len(known),
            (first, columns, values),
            (np.searchsorted(columns[order], np.arange(len(known))), rows[order], values[order]),
        )

    def times(self, weights: Floats) -> Floats:
        """The product with one column of weights per act."""
        return _summed(weights, *self.by_row)

    def turned(self, rows: Floats) -> Floats:
        """The product of the turned rows."""
        return _summed(rows, *self.by_gram)


def _summed(taken: Floats, first: NDArray[np.intp], places: NDArray[np.intp], values: Floats) -> Floats:
    """For each stretch of `places`, which begin at `first`, the sums of the rows taken there times `values`.

    Column by column: a column stays near the processor, a table of all of them does not.
    """
    found = np.zeros((taken.shape[1], len(first)), dtype=np.float32)
    padded = np.zeros(len(values) + 1, dtype=np.float32)
    empty = np.diff(np.append(first, len(values))) == 0
    for sums, column in zip(found, np.ascontiguousarray(taken.T), strict=True):
        np.multiply(column.take(places), values, out=padded[:-1])
        np.add.reduceat(padded, first, out=sums)
        sums[empty] = 0.0
    return np.ascontiguousarray(found.T)
