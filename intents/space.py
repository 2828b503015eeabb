"""The evidence for every class: how near a text lies to its examples, by words and by sentence vector.

Built from labelled texts in bulk, so that training can build it again without the phrases of each writer in
turn. `whitened` is the distance to class means after the spread that all classes share is taken out (linear
discriminants): it costs one product of matrices, learns in a second, and beats a linear SVM on our phrases.
What was tried and left out, because held-out phrases showed no gain: the likest example by words, whole
vectors in place of their 128 main directions for `close`, and more classes looked at closely.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intents.encoder import Seen
from intents.kernel import Kernel, fit
from intents.large_pages import in_large_pages
from intents.lens import Lens, Lessons
from intents.likeness import Floats
from intents.sparse import Counts, Index, Ints, Query, gathered

#: classes looked at closely; among so many the right one stands nearly always
CANDIDATES = 12
#: how much of the average variance is added to every direction, how many examples at the middle of all
#: examples each class is given, and how far the length of its mean counts: set by cross-validation
RIDGE, SHRINK, LENGTH = 2.0, 3.0, 0.45
#: directions of the vectors that are kept to compare single examples
DIRECTIONS = 96
_GRAIN = 254.0  # numbers of a shortened vector of unit length are kept as whole ones from -127 to 127
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
    few: bool = False  # whether examples are few enough to be weighed one by one (see `intents.kernel`)
    means: Floats | None = None  # what the encoder makes of the rows below its dense layers

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
            self.few,
            None if self.means is None else self.means[kept],
        )

    def lessons(self) -> Lessons:
        """What a lens is fitted to."""
        means = np.zeros((0, 0), np.float32) if self.means is None else self.means[: self.inside]
        return Lessons(means, self.pair_rows, self.pair_classes, self.classes)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for each of the likeliest classes, one row each: columns as in `NAMES`."""

    classes: NDArray[np.intp]
    columns: Floats
    outside_words: float
    outside_vector: float
    #: which of all classes are named together: classes × classes, the same for every text
    kin: NDArray[np.bool_]


NAMES = ("together", "whitened", "close")
BLIND = ("together",)
LENS = "lens"  # one more where the encoder's upper layers were fitted (see `intents.lens`)
KERNEL = "kernel"  # and one where examples are few


class Space:
    """All examples, ready to be compared with a text. Read-only, so threads may share it."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]], classes: int, inside: int) -> None:
        self.arrays = arrays
        self.size, self.inside = classes, inside
        self._classes = _index(arrays, "classes", classes)
        self._starts = arrays["pair_starts"]
        self._examples = arrays["vectors"]
        listed = int(self._starts[-1])
        self._strange = _index(arrays, "strange", len(self._examples) - listed)
        self._project = (arrays["means"].astype(np.float32) @ arrays["whitener"]).astype(np.float32)
        lengths = np.einsum("cd,cd->c", self._project, arrays["means"].astype(np.float32))
        self._lengths = LENGTH * lengths + self._project @ arrays["middle"]
        self._lengths[np.diff(self._starts) == 0] = _NEVER
        lens = {name: array for name, array in arrays.items() if name.startswith("lens.")}
        own = in_large_pages(
            {
                "project": self._project,
                "shorten": arrays["directions"],
                "outside": self._examples[listed:],
            }
        )
        self._project, self._shorten, self._outside = own["project"], own["shorten"], own["outside"]
        self.kin = _kin(arrays["kin"], classes)
        self.sees = bool(len(self._shorten))
        few = "kernel.duals" in arrays
        self._kernel = Kernel(arrays, _index(arrays, "few", inside)) if few else None
        self._lens = Lens(lens) if lens else None
        #: the columns of evidence that is seen
        self.names = (*NAMES, *[LENS] * (self._lens is not None), *[KERNEL] * few)

    @classmethod
    def build(cls, labelled: Labelled, lens: Mapping[str, NDArray[Any]] = MappingProxyType({})) -> Space:
        """The space of labelled rows; `lens` are the arrays of a fitted one."""
        order = np.argsort(labelled.pair_classes, kind="stable")
        rows, classes = labelled.pair_rows[order], labelled.pair_classes[order]
        counts = np.bincount(classes, minlength=labelled.classes)
        by_row = np.argsort(labelled.pair_rows, kind="stable")
        pair_rows, pair_classes = labelled.pair_rows[by_row], labelled.pair_classes[by_row]
        together = gathered(labelled.found, pair_rows, pair_classes, labelled.classes)
        outside = np.arange(labelled.found.size) >= labelled.inside
        directions = _directions(labelled.vectors[: labelled.inside])
        short = _shortened(labelled.vectors - labelled.vectors[: labelled.inside].mean(axis=0), directions)
        listed = np.concatenate([short[rows], short[labelled.inside :]])  # those of a class lie together
        arrays: dict[str, NDArray[Any]] = {
            "pair_starts": np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
            "vectors": np.clip(np.rint(listed * _GRAIN), -127, 127).astype(np.int8),
            "directions": directions,
            "kin": np.stack(np.nonzero(_named_together(pair_rows, pair_classes, labelled.classes))).astype(
                np.uint16
            ),
            **_index_arrays("classes", Index.build(together, labelled.width)),
            **_index_arrays("strange", Index.build(labelled.found.of_rows(outside), labelled.width)),
            **_whitened(labelled),
            **_kernel(labelled),
            **lens,
        }
        return cls(arrays, labelled.classes, labelled.inside)

    def words(self, query: Query) -> Floats:
        """How far a text shares its words with each class, from 0 to 1: the cheapest of all looks."""
        return self._classes.likeness(query)

    def outside(self, query: Query) -> float:
        """How far a text shares its words with the likest that fits no class, from 0 to 1."""
        return float(np.maximum.reduce(self._strange.likeness(query), initial=0.0))

    def evidence(
        self,
        query: Query,
        seen: Seen | None,
        first: Sequence[float],
        words: Floats | None = None,
        strange: float | None = None,
    ) -> Evidence:
        """The evidence for the likeliest classes; `first` weighs the columns that choose them.

        `words` and what is `outside` of all classes are those of the query, where they are known already.
        """
        words = self.words(query) if words is None else words
        strange = self.outside(query) if strange is None else strange
        if seen is None:
            kept = _greatest(words)
            return Evidence(kept, words[kept, None], strange, 0.0, self.kin)
        vector = seen.vector
        apart = self._project @ vector - self._lengths
        rough = words * np.float32(first[0]) + apart * np.float32(first[1])
        if self._lens is not None:
            through = self._lens.scores(seen.mean)
            rough += through * np.float32(first[len(NAMES)])
        kept = _greatest(rough)
        short = self.shortened(vector[None])[0] / np.float32(_GRAIN)
        columns = np.empty((len(kept), len(self.names)), dtype=np.float32)
        columns[:, 0], columns[:, 1], columns[:, 2] = words[kept], apart[kept], self._close(kept, short)
        if self._lens is not None:
            columns[:, len(NAMES)] = through[kept]
        if self._kernel is not None:
            columns[:, -1] = self._kernel.scores(query, vector)[kept]
        far = float(np.maximum.reduce(self._outside @ short)) if len(self._outside) else 0.0
        return Evidence(kept, columns, strange, far, self.kin)

    def shortened(self, vectors: Floats) -> Floats:
        """Sentence vectors along the main directions alone, as single examples are compared."""
        return _shortened(vectors - self.arrays["middle"], self._shorten)

    def _close(self, classes: NDArray[np.intp], short: Floats) -> Floats:
        """The mean cosine of the three nearest examples of each class."""
        starts, ends = self._starts[classes], self._starts[classes + 1]
        longest = int(np.maximum.reduce(ends - starts, initial=_NEAREST))
        # One row per class, filled up with what no cosine is as far as, so that all are sorted at once.
        table = np.full((len(classes), longest), -2.0, dtype=np.float32)
        for row, start, end in zip(table, starts.tolist(), ends.tolist(), strict=True):
            # Widened class by class, the numbers are still at hand when they are multiplied.
            np.matmul(self._examples[start:end].astype(np.float32), short, out=row[: end - start])
        table.partition(longest - _NEAREST, axis=1)
        best = table[:, -_NEAREST:]
        there = best > -2.0
        sums = (best * there).sum(axis=1)
        return np.asarray(sums / np.maximum(there.sum(axis=1), 1), dtype=np.float32)


def _greatest(rough: Floats) -> NDArray[np.intp]:
    if len(rough) <= CANDIDATES:
        return np.arange(len(rough))
    return rough.argpartition(len(rough) - CANDIDATES)[-CANDIDATES:]


def _directions(inside: Floats) -> Floats:
    """The main directions of the examples, as columns."""
    if not inside.shape[1]:
        return np.zeros((0, 0), dtype=np.float32)
    around = inside - inside.mean(axis=0)
    _, found = np.linalg.eigh((around.T @ around).astype(np.float64))
    return np.ascontiguousarray(found[:, ::-1][:, :DIRECTIONS], dtype=np.float32)


def _shortened(around: Floats, directions: Floats) -> Floats:
    """Vectors, taken from the middle of all, along the main directions alone; of unit length again."""
    if not len(directions):
        return np.zeros((len(around), 0), dtype=np.float32)
    short = around @ directions
    lengths = np.sqrt(np.vecdot(short, short))
    return np.asarray(short / np.maximum(lengths, 1e-9)[:, None], dtype=np.float32)


def _named_together(rows: Ints, classes: Ints, size: int) -> NDArray[np.bool_]:
    """Which classes some row names together; `rows` are in order."""
    kin = np.zeros((size, size), dtype=bool)
    for named in np.split(classes, np.flatnonzero(np.diff(rows)) + 1):
        if len(named) > 1:
            kin[np.ix_(named, named)] = True
    return kin


def _kin(pairs: NDArray[np.uint16], size: int) -> NDArray[np.bool_]:
    kin = np.eye(size, dtype=bool)
    kin[pairs[0], pairs[1]] = True
    return kin


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


def _kernel(labelled: Labelled) -> dict[str, NDArray[Any]]:
    """What weighs single examples, where they are few and there are vectors; else nothing."""
    inside = np.arange(labelled.found.size) < labelled.inside
    vectors = labelled.vectors[: labelled.inside]
    if not labelled.few or not vectors.shape[1]:
        return {}
    found = labelled.found.of_rows(inside)
    index = Index.build(found, labelled.width)
    fitted = fit(found, index, vectors, labelled.pair_rows, labelled.pair_classes, labelled.classes)
    return {**fitted, **_index_arrays("few", index)}


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
