"""The second ear for danger: a linear model over n-grams and the sentence vector of the whole text.

It hears danger said in words that no rule foresaw, and tells what only sounds like it. `run_bot.py train`
makes it from what several writers wrote (`intents/danger_lessons.py`); it needs neither the scorer nor the
encoder: there are two sets of weights, with sentence vectors and without.
"""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intents.act_model import grams_of
from intents.artefact import ArtefactRefused, read_artefact, write_artefact
from intents.hashed import Hashed
from intents.likeness import Floats
from intents.ridge import Sparse, conjugate

DANGER_FORMAT = 1
LOOKED_AT = 300  # characters; in longer messages danger is left to the rules
#: a text that the words alone hear less in than this is not worth a sentence vector
WORTH_A_VECTOR = -1.5
VECTOR = 0.5  # how far the sentence vector counts beside the n-grams, whose length is about one
_SCALE = np.float32(6.0)
_RIDGE = 1.5  # set by leaving out whole writers, as the one above
_COMMON = 2  # lessons an n-gram must stand in
_CELLS = {"seeing": True, "blind": False}

Vector = Callable[[], Floats | None]


def no_vector() -> None:
    """Where there is no encoder, or nobody to ask it."""
    return


@dataclass(frozen=True, slots=True)
class DangerLesson:
    """A folded text, the kind of danger it tells of ("" for none), its worth, and its sentence vector."""

    text: str
    kind: str
    worth: float
    vector: Floats


@dataclass(frozen=True, slots=True)
class Heard:
    """How much a text sounds like danger (0 is even), and like which kind."""

    score: float
    kinds: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class _Weights:
    """A column for danger at all and one for each kind: for n-grams and vector, and where it begins."""

    grams: NDArray[np.float16]
    vector: Floats
    start: Floats


class DangerModel:
    """Hears danger in folded texts. Read-only after the build, so threads may share it."""

    def __init__(self, kinds: Sequence[str], keys: NDArray[np.int64], ways: Mapping[str, _Weights]) -> None:
        """`keys` are the sorted hashes of the n-grams: a dictionary of so many would take 10 MB."""
        self.kinds = tuple(kinds)
        self._keys = Hashed(keys)
        self._ways = ways

    def hear(self, plain: str, vector: Vector = no_vector) -> Heard:
        """What a folded text sounds like; the vector is only asked for where the words are not clear."""
        places = self._places(plain)
        heard = self._heard(self._summed("blind", places))
        if heard.score < WORTH_A_VECTOR or "seeing" not in self._ways:
            return heard
        seen = vector()
        if seen is None:
            return heard
        return self._heard(self._summed("seeing", places) + seen @ self._ways["seeing"].vector)

    def _places(self, plain: str) -> NDArray[np.intp]:
        """The rows of the n-grams that are known."""
        keys = _keys(grams_of(plain[:LOOKED_AT]))
        keys.sort()  # what is summed in one order has one sum
        return self._keys.find(keys)[0]

    def _summed(self, way: str, places: NDArray[np.intp]) -> Floats:
        own = self._ways[way]
        if not len(places):
            return own.start
        sums = np.add.reduce(own.grams.take(places, axis=0), axis=0, dtype=np.float32)
        return np.asarray(sums / np.float32(math.sqrt(len(places))) + own.start, dtype=np.float32)

    def _heard(self, scores: Floats) -> Heard:
        danger, *kinds = scores.tolist()
        return Heard(danger + max(kinds), dict(zip(self.kinds, kinds, strict=True)))

    def save(self, path: Path, about: Mapping[str, Any]) -> int:
        """Writes the file; returns its size in bytes."""
        arrays: dict[str, NDArray[Any]] = {"keys": self._keys.keys}
        for way, own in self._ways.items():
            arrays |= {f"{way}.grams": own.grams, f"{way}.vector": own.vector, f"{way}.start": own.start}
        heading = {**about, "format": DANGER_FORMAT, "kinds": self.kinds, "ways": list(self._ways)}
        return write_artefact(path, heading, arrays)


def read_danger_model(path: Path) -> DangerModel:
    """The model of a file. Raises ArtefactRefused when it is broken or of another format."""
    artefact = read_artefact(path)
    about, arrays = artefact.about, artefact.arrays
    if about.get("format") != DANGER_FORMAT:
        raise ArtefactRefused(f"{path} is of another release's format; train again.")
    try:
        ways = {
            way: _Weights(*(arrays[f"{way}.{name}"] for name in ("grams", "vector", "start")))
            for way in about["ways"]
        }
        return DangerModel(about["kinds"], arrays["keys"], ways)
    except (KeyError, ValueError, TypeError) as error:
        raise ArtefactRefused(f"{path} is no sound model of danger ({error}); train again.") from error


def train_dangers(lessons: Sequence[DangerLesson], kinds: Sequence[str]) -> DangerModel:
    """A model of what these lessons tell of."""
    found = [grams_of(lesson.text[:LOOKED_AT]) for lesson in lessons]
    spread = Counter(gram for grams in found for gram in grams)
    # Of two n-grams with one hash the later stands for both, at training as afterwards.
    hashed = {key: gram for gram in spread if spread[gram] >= _COMMON for key in _keys([gram]).tolist()}
    keys = np.array(sorted(hashed), dtype=np.int64)
    grams = [hashed[key] for key in keys.tolist()]
    rare = np.array([np.log((1 + len(lessons)) / (1 + spread[gram])) + 1 for gram in grams], np.float32)
    rare /= _SCALE
    words = Sparse.build(found, {gram: place for place, gram in enumerate(grams)}, rare)
    vectors = np.stack([lesson.vector for lesson in lessons]) * np.float32(VECTOR)
    ways = {}
    for way, sees in _CELLS.items():
        if vectors.shape[1] or not sees:
            weights, start = _solved(words, vectors if sees else vectors[:, :0], lessons, kinds)
            own = (weights[: len(grams)] * rare[:, None]).astype(np.float16)
            ways[way] = _Weights(own, weights[len(grams) :] * np.float32(VECTOR), start)
    return DangerModel(kinds, keys, ways)


def _keys(grams: Iterable[str]) -> NDArray[np.int64]:
    return np.fromiter(map(zlib.crc32, map(str.encode, grams)), dtype=np.int64)


def _solved(
    words: Sparse, dense: Floats, lessons: Sequence[DangerLesson], kinds: Sequence[str]
) -> tuple[Floats, Floats]:
    """Ridge regression on ±1: one column for danger at all, one for each kind."""
    wanted = np.array(
        [[bool(one.kind), *(one.kind == kind for kind in kinds)] for one in lessons], dtype=np.float32
    )
    wanted = wanted * 2 - 1
    counted = np.array([[one.worth] for one in lessons], dtype=np.float32)
    counted /= counted.mean()
    start = np.asarray((wanted * counted).sum(axis=0) / counted.sum(), dtype=np.float32)

    def turned(rows: Floats) -> Floats:
        found: Floats = np.concatenate([words.turned(rows), dense.T @ rows])
        return found

    def product(weights: Floats) -> Floats:
        scores = words.times(weights[: words.width]) + dense @ weights[words.width :]
        return turned(np.asarray(scores * counted, dtype=np.float32)) + np.float32(_RIDGE) * weights

    return conjugate(product, turned(np.asarray((wanted - start) * counted, dtype=np.float32))), start
