"""A second ear for danger: a linear model over short runs of characters and words, beside the rules.

It hears danger said in words that no rule foresaw. Its weights are a small file made by
``python -m tools.learn_dangers``; without the file the rules work alone. It knows nothing of services.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from intents.likeness import features_of

BUCKETS = 1 << 16
LOOKED_AT = 300  # characters; in longer messages danger is left to the rules
PLACE = "danger_weights.npz"


def buckets_of(plain: str) -> NDArray[np.int64]:
    """Where the features of a folded text are counted, each once."""
    return np.array(sorted(_places_of(plain)), dtype=np.int64)


def _places_of(plain: str) -> set[int]:
    return {zlib.crc32(name.encode()) % BUCKETS for name in features_of(plain[:LOOKED_AT])}


class DangerModel:
    """Weights by bucket; a score above nothing speaks for danger, one below against it."""

    def __init__(self, weights: NDArray[np.int8], scale: float, bias: float) -> None:
        self._weights = weights
        self._each = memoryview(weights.tobytes()).cast("b")
        self._scale = scale
        self._bias = bias

    @classmethod
    def load(cls, folder: Path) -> DangerModel | None:
        """The model of a data folder, or None where there is none that can be read."""
        try:
            with np.load(folder / PLACE, allow_pickle=False) as stored:
                weights, scale, bias = stored["weights"], float(stored["scale"]), float(stored["bias"])
        except (OSError, KeyError, ValueError):
            return None
        if weights.shape != (BUCKETS,) or weights.dtype != np.int8:
            return None
        return cls(weights, scale, bias)

    @classmethod
    def of(cls, weights: NDArray[np.float64], bias: float) -> DangerModel:
        """The model of learnt weights, rounded to what the file keeps."""
        scale = float(np.abs(weights).max()) / 127 or 1.0
        return cls(np.round(weights / scale).astype(np.int8), scale, bias)

    def save(self, folder: Path) -> None:
        np.savez_compressed(folder / PLACE, weights=self._weights, scale=self._scale, bias=self._bias)

    def score(self, plain: str) -> float:
        """How much a folded text sounds like danger."""
        return sum(map(self._each.__getitem__, _places_of(plain))) * self._scale + self._bias


def rows_of(texts: Iterable[str]) -> list[NDArray[np.int64]]:
    """The buckets of many folded texts, for learning."""
    return [buckets_of(text) for text in texts]
