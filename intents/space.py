"""The evidence for every class: how near a text lies to its examples, by words and by sentence vector.

Built from labelled texts in bulk, so that training can build it again without the phrases of each writer in
turn. `whitened` is the distance to class means after the spread that all classes share is taken out (linear
discriminants): it costs one product of matrices, learns in a second, and beats a linear SVM on our phrases.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intents.likeness import Floats
from intents.sparse import Counts, Index, Ints, Query, gathered, ranges

#: classes looked at closely; among so many the right one stands nearly always
CANDIDATES = 24
#: how much of the average variance is added to every direction, how many examples at the middle of all
#: examples each class is given, and how far the length of its mean counts: set by cross-validation
RIDGE, SHRINK, LENGTH = 2.0, 3.0, 0.45
_GRAIN = 127.0  # vectors of unit length are kept as whole numbers from -127 to 127
_NEAREST = 3
_NEVER = 1e4  # added to the distance of classes without any example


@dataclass(frozen=True, slots=True)
class Labelled:
    """Labelled rows in bulk: rows from `inside` on are what no class fits."""

    found: Counts
    width: int
    vectors: Floats
    weights: Floats
    pair_rows: Ints
    pair_classes: Ints
    classes: int
    inside: int

    def without(self, left_out: NDArray[np.bool_]) -> Labelled:
        """The same without some rows; classes keep their numbers."""
        kept = ~left_out
        numbers = np.cumsum(kept, dtype=np.int32) - 1
        pairs = kept[self.pair_rows]
        return Labelled(
            self.found.of_rows(kept),
            self.width,
            self.vectors[kept],
            self.weights[kept[: self.inside]],
            numbers[self.pair_rows[pairs]].astype(np.int32),
            self.pair_classes[pairs],
            self.classes,
            int(kept[: self.inside].sum()),
        )


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for each of the likeliest classes, one row each: columns as in `NAMES`."""

    classes: NDArray[np.intp]
    columns: Floats
    outside_words: float
    outside_vector: float


NAMES = ("together", "nearest", "whitened", "close")
BLIND = ("together", "nearest")


class Space:
    """All examples, ready to be compared with a text. Read-only, so threads may share it."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]], classes: int, inside: int) -> None:
        self.arrays = arrays
        self.size, self.inside = classes, inside
        self._near = _index(arrays, "near", len(arrays["vectors"]))
        self._classes = _index(arrays, "classes", classes)
        self._weights = arrays["weights"]
        self._pair_rows, self._starts = arrays["pair_rows"], arrays["pair_starts"]
        self._filled = np.flatnonzero(np.diff(self._starts))
        self._project = (arrays["means"].astype(np.float32) @ arrays["whitener"]).astype(np.float32)
        lengths = np.einsum("cd,cd->c", self._project, arrays["means"].astype(np.float32))
        self._lengths = LENGTH * lengths + self._project @ arrays["middle"]
        self._lengths[np.diff(self._starts) == 0] = _NEVER
        self.sees = bool(arrays["vectors"].shape[1])

    @classmethod
    def build(cls, labelled: Labelled) -> Space:
        order = np.argsort(labelled.pair_classes, kind="stable")
        rows, classes = labelled.pair_rows[order], labelled.pair_classes[order]
        counts = np.bincount(classes, minlength=labelled.classes)
        by_row = np.argsort(labelled.pair_rows, kind="stable")
        together = gathered(
            labelled.found, labelled.pair_rows[by_row], labelled.pair_classes[by_row], labelled.classes
        )
        arrays: dict[str, NDArray[Any]] = {
            "weights": labelled.weights,
            "pair_rows": rows.astype(np.int32),
            "pair_starts": np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
            "vectors": np.rint(labelled.vectors * _GRAIN).astype(np.int8),
            **_index_arrays("near", Index.build(labelled.found, labelled.width)),
            **_index_arrays("classes", Index.build(together, labelled.width)),
            **_whitened(labelled),
        }
        return cls(arrays, labelled.classes, labelled.inside)

    def evidence(self, query: Query, vector: Floats | None, first: NDArray[np.float64]) -> Evidence:
        """The evidence for the likeliest classes; `first` weighs the columns that choose them."""
        near = self._near.likeness(query)
        columns = [self._classes.likeness(query), self._best(near[: self.inside] * self._weights)]
        if vector is not None:
            columns.append(self._project @ vector - self._lengths)
        rough = sum(column * weight for column, weight in zip(columns, first, strict=False))
        kept = np.argsort(-np.asarray(rough))[:CANDIDATES]
        chosen = [column[kept] for column in columns]
        if vector is not None:
            chosen.append(self._close(kept, vector))
        outside = near[self.inside :]
        return Evidence(
            kept,
            np.stack(chosen, axis=1).astype(np.float32),
            float(outside.max()) if len(outside) else 0.0,
            self._outside(vector),
        )

    def _best(self, near: Floats) -> Floats:
        best = np.zeros(self.size, dtype=np.float32)
        if len(self._filled):
            best[self._filled] = np.maximum.reduceat(near[self._pair_rows], self._starts[self._filled])
        return best

    def _close(self, classes: NDArray[np.intp], vector: Floats) -> Floats:
        """The mean cosine of the three nearest examples of each class."""
        starts, lengths = self._starts[classes], self._starts[classes + 1] - self._starts[classes]
        rows = self._pair_rows[ranges(starts, lengths)]
        likeness = self.arrays["vectors"][rows].astype(np.float32) @ vector / _GRAIN
        # One row per class, filled up with what no cosine is as far as, so that all are sorted at once.
        table = np.full((len(classes), max(_NEAREST, int(lengths.max()))), -2.0, dtype=np.float32)
        table[np.arange(table.shape[1]) < lengths[:, None]] = likeness
        best = np.sort(table, axis=1)[:, -_NEAREST:]
        there = best > -2.0
        sums = np.where(there, best, 0.0).sum(axis=1)
        return np.asarray(sums / np.maximum(there.sum(axis=1), 1), dtype=np.float32)

    def _outside(self, vector: Floats | None) -> float:
        strange = self.arrays["vectors"][self.inside :]
        if vector is None or not len(strange):
            return 0.0
        return float((strange.astype(np.float32) @ vector).max() / _GRAIN)


def _whitened(labelled: Labelled) -> dict[str, NDArray[Any]]:
    """Class means around the middle of everything, and the inverse of what varies inside classes."""
    inside = labelled.vectors[: labelled.inside]
    size = inside.shape[1]
    if not size:
        none = np.zeros((0, 0), np.float32)
        return {
            "means": np.zeros((labelled.classes, 0), np.float32),
            "whitener": none,
            "middle": np.zeros(0, np.float32),
        }
    rows, classes = labelled.pair_rows, labelled.pair_classes
    share = 1.0 / np.bincount(rows, minlength=len(inside))[rows]
    middle = inside.mean(axis=0)
    around = inside - middle
    weights = (share * labelled.weights[rows]).astype(np.float32)
    means = np.zeros((labelled.classes, size), dtype=np.float32)
    np.add.at(means, classes, around[rows] * weights[:, None])
    means /= (np.bincount(classes, weights=weights, minlength=labelled.classes) + SHRINK)[:, None]
    rest = around.copy()
    np.subtract.at(rest, rows, means[classes] * share[:, None].astype(np.float32))
    spread = rest.T @ rest / max(1, len(rest))
    spread[np.diag_indices_from(spread)] += RIDGE * np.trace(spread) / size + 1e-6
    whitener = np.linalg.inv(spread).astype(np.float32)
    return {"means": means.astype(np.float16), "whitener": whitener, "middle": middle}


def _index_arrays(name: str, index: Index) -> dict[str, NDArray[Any]]:
    return {
        f"{name}.idf": index.idf,
        f"{name}.starts": index.starts,
        f"{name}.rows": index.rows,
        f"{name}.weights": index.weights,
    }


def _index(arrays: Mapping[str, NDArray[Any]], name: str, size: int) -> Index:
    idf, starts, rows, weights = (arrays[f"{name}.{part}"] for part in ("idf", "starts", "rows", "weights"))
    return Index(idf, starts, rows, weights, size)
