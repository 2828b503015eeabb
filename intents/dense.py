"""The dense layers above all of the encoder, for one text: as few of their weights are read as can be.

A message waits for the weights to come from memory more than for the reckoning. Layers that are given the
same numbers lie side by side; and of what two layers let through nine in ten numbers are nothing, so that
only the others' rows of the next weights are read.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intents.likeness import Floats

#: how the layers lie: the first two and the last but one are given what the others are not
LAID = ("lower", "d1", "higher", "d3")


def laid(layers: Mapping[str, NDArray[Any]], before: str = "") -> dict[str, NDArray[Any]]:
    """The layers as `Dense` takes them, by name; their names, and those given back, begin with `before`."""
    own = {name: layers[before + name] for name in ("d0", "p1", "d1", "d2", "p3", "d3")}
    together = {"lower": np.hstack([own["d0"], own["p1"]]), "higher": np.hstack([own["d2"], own["p3"]])}
    return {before + name: {**own, **together}[name] for name in LAID}


class Dense:
    """Dense layers. Read-only, so threads may share them."""

    def __init__(self, arrays: Mapping[str, Floats], before: str = "") -> None:
        """`arrays` as `laid` gives them."""
        self._lower, self._d1, self._higher, self._d3 = (arrays[before + name] for name in LAID)
        self._first, self._third = len(self._d1), len(self._d3)

    @property
    def layers(self) -> Mapping[str, Floats]:
        """The layers one by one, under the package's names."""
        return {
            "d0": self._lower[:, : self._first], "p1": self._lower[:, self._first :], "d1": self._d1,
            "d2": self._higher[:, : self._third], "p3": self._higher[:, self._third :], "d3": self._d3,
        }  # fmt: skip

    def vector(self, mean: Floats) -> Floats:
        """What they make of the mean of one text, of unit length."""
        lower = np.asarray(mean @ self._lower, dtype=np.float32)
        np.maximum(lower[: self._first], 0, out=lower[: self._first])
        second = lower[self._first :]
        second += _of_few(lower[: self._first], self._d1)
        np.maximum(second, 0, out=second)
        higher = np.asarray(second @ self._higher, dtype=np.float32)
        np.maximum(higher[: self._third], 0, out=higher[: self._third])
        found = higher[self._third :]
        found += _of_few(higher[: self._third], self._d3)
        np.tanh(found, out=found)
        found /= np.float32(max(math.sqrt(float(found @ found)), 1e-9))
        return found


def _of_few(numbers: Floats, weights: Floats) -> Floats:
    """The product of numbers, most of which are nothing, and weights."""
    there = numbers.nonzero()[0]
    found: Floats = numbers.take(there) @ weights.take(there, axis=0)
    return found
