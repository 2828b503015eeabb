"""The upper layers of the encoder, fitted to what people say of these very labels: one more kind of evidence.

The encoder was made for all sentences; what sets one repair from another it hardly tells. Its dense layers
are small, so a training goes on where its makers stopped: every text is drawn towards a direction of its
labels and away from the others'. Stochastic gradients in plain numpy (AdamW, one warm-up, falling rate), so
that nothing but numpy is needed, where the service runs and where it is trained.

Measured: docs/understanding.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import cos, pi
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intents.dense import Dense, laid
from intents.encoder_file import LAYERS
from intents.forward import even, upper
from intents.large_pages import in_large_pages
from intents.likeness import Floats
from intents.sparse import Ints

#: how sharply a cosine counts; the rate of the layers, of the directions beside it, and what is forgotten
SHARPNESS, RATE, SWIFT, DECAY = 20.0, 5e-4, 3.0, 0.1
#: the share of a text's features that a pass hides, and the part of warm-up
HIDDEN, WARM = 0.2, 0.15
#: texts in one step where they are few and where they are many; the rate grows with the root of them
BATCHES = (64, 256)
_FEW = 4000
_FIRST, _SECOND, _LEAST = 0.9, 0.999, 1e-8  # Adam's own
_SEED = 7
_TINY = np.float32(1e-24)  # added, for reckoning with still smaller numbers takes ten times as long
#: tells how much of the work is done
Told = Callable[[int, int], None]
Layers = dict[str, Floats]


@dataclass(frozen=True, slots=True)
class Lessons:
    """What the encoder makes of texts before its dense layers, and the labels of each row, in pairs."""

    means: Floats
    pair_rows: Ints
    pair_classes: Ints
    classes: int

    def wanted(self) -> Floats:
        """How much of each row belongs to each class: rows × classes, each row adding up to one."""
        share = 1 / np.bincount(self.pair_rows, minlength=len(self.means))[self.pair_rows]
        found = np.zeros((len(self.means), self.classes), dtype=np.float32)
        found[self.pair_rows, self.pair_classes] = share
        return found

    def of_rows(self, kept: NDArray[np.bool_]) -> Lessons:
        """The same with only the rows that are kept."""
        numbers = np.cumsum(kept, dtype=np.int32) - 1
        pairs = kept[self.pair_rows]
        return Lessons(
            self.means[kept], numbers[self.pair_rows[pairs]], self.pair_classes[pairs], self.classes
        )


class Lens:
    """The fitted layers. Read-only, so threads may share it."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """`arrays` as `Fitting.arrays` gives them."""
        own = in_large_pages({**laid(arrays, "lens."), "classes": arrays["lens.classes"]})
        self._classes = own["classes"]
        self._dense = Dense(own, "lens.")

    def scores(self, mean: Floats) -> Floats:
        """The cosine of a text to the direction of every class."""
        return np.asarray(self._classes @ self._dense.vector(mean), dtype=np.float32)


class Fitting:
    """A lens being fitted; it may learn from some rows first and from more of them later."""

    def __init__(self, lessons: Lessons, layers: Mapping[str, Floats]) -> None:
        """Begins with the encoder's own `layers`, and the mean direction of each class."""
        self._learnt: Layers = {name: layers[name].astype(np.float32) for name in LAYERS}
        told = even(upper(lessons.means, self._learnt))[0]
        self._learnt["classes"] = even(lessons.wanted().T @ told)[0]
        self._chance = np.random.default_rng(_SEED)

    def learn(self, lessons: Lessons, passes: int, told: Told | None = None) -> None:
        """So many passes over all lessons."""
        wanted, many = lessons.wanted(), len(lessons.means)
        batch = BATCHES[many > _FEW]
        steps = Steps(self._learnt, passes * -(-many // batch), RATE * (batch / BATCHES[0]) ** 0.5)
        for _ in range(passes):
            order = self._chance.permutation(many)
            for start in range(0, many, batch):
                rows = order[start : start + batch]
                steps.take(self._slopes(self._hidden(lessons.means[rows]), wanted[rows]))
                if told is not None:
                    told(steps.done, steps.all)

    def _hidden(self, means: Floats) -> Floats:
        kept = self._chance.random(means.shape, dtype=np.float32) >= HIDDEN
        return np.asarray(means * kept / np.float32(1 - HIDDEN), dtype=np.float32)

    def _slopes(self, means: Floats, wanted: Floats) -> Layers:
        """Which way surprise grows: the gradient of the cross-entropy, by layer."""
        of = self._learnt
        first = np.maximum(means @ of["d0"], 0)
        second = np.maximum(means @ of["p1"] + first @ of["d1"], 0)
        third = np.maximum(second @ of["d2"], 0)
        raw = np.tanh(second @ of["p3"] + third @ of["d3"])
        told, lengths = even(raw)
        classes, sizes = even(of["classes"])
        apart = _surprise(SHARPNESS * (told @ classes.T), wanted)
        apart *= np.float32(SHARPNESS / len(means))
        outer = _through(apart @ classes, told, lengths) * (1 - raw * raw)
        inner = (outer @ of["d3"].T) * (third > 0)
        middle = (outer @ of["p3"].T + inner @ of["d2"].T) * (second > 0)
        lowest = (middle @ of["d1"].T) * (first > 0)
        return {
            "d0": means.T @ lowest, "p1": means.T @ middle, "d1": first.T @ middle, "d2": second.T @ inner,
            "p3": second.T @ outer, "d3": third.T @ outer,
            "classes": _through(apart.T @ told, classes, sizes),
        }  # fmt: skip

    def arrays(self) -> dict[str, NDArray[np.float16]]:
        """What a Lens is made of."""
        layers = {f"lens.{name}": self._learnt[name].astype(np.float16) for name in LAYERS}
        return {**layers, "lens.classes": even(self._learnt["classes"])[0].astype(np.float16)}


class Steps:
    """AdamW: each number moves by its own pace, and a little of every layer is forgotten."""

    def __init__(self, learnt: Layers, steps: int, rate: float) -> None:
        self.done, self.all, self._rate = 0, steps, rate
        self._learnt = learnt
        self._way = {name: np.zeros_like(layer) for name, layer in learnt.items()}
        self._spread = {name: np.zeros_like(layer) for name, layer in learnt.items()}

    def take(self, slopes: Mapping[str, Floats]) -> None:
        """One step against the slopes."""
        self.done += 1
        rate = self._rate * _pace(self.done / max(1, self.all))
        even = np.sqrt(1 - _SECOND**self.done) / (1 - _FIRST**self.done)
        for name, slope in slopes.items():
            layer, way, spread = self._learnt[name], self._way[name], self._spread[name]
            way *= _FIRST
            way += np.float32(1 - _FIRST) * slope + _TINY
            spread *= _SECOND
            spread += np.float32(1 - _SECOND) * slope * slope + _TINY
            directions = name == "classes"
            if not directions:
                layer *= np.float32(1 - rate * DECAY)
            swift = SWIFT if directions else 1.0
            layer -= np.float32(swift * rate * even) * way / (np.sqrt(spread) + np.float32(_LEAST))


def _pace(part: float) -> float:
    """The rate rises from a twenty-fifth to one, and falls to nothing, each along half a cosine."""
    if part < WARM:
        return 1 / 25 + (1 - 1 / 25) * (1 - cos(pi * part / WARM)) / 2
    return (1 + cos(pi * min(1.0, (part - WARM) / (1 - WARM)))) / 2


def _through(slopes: Floats, evened: Floats, lengths: Floats) -> Floats:
    """Slopes of evened rows as slopes of the rows before."""
    along = np.einsum("ij,ij->i", slopes, evened)[:, None]
    return np.asarray((slopes - evened * along) / lengths, dtype=np.float32)


def _surprise(scores: Floats, wanted: Floats) -> Floats:
    """The slopes of the cross-entropy of scores."""
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    return np.asarray(shares - wanted, dtype=np.float32)
