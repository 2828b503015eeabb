"""The statistical half of the acts: a linear model over n-grams, cues of build, and the sentence vector.

Rules know the wordings that somebody thought of; this model answers for the others. It is trained by
`run_bot.py train` in some seconds and lies beside the scorer. There are two sets of weights, with sentence
vectors and without, so that it works where there is no encoder.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intents.act_cues import NAMES, cues_of
from intents.artefact import ArtefactRefused, read_artefact, write_artefact
from intents.likeness import Floats
from intents.meaning import Act
from intents.ridge import Sparse, conjugate

ACT_FORMAT = 1
NEW = (Act.ENQUIRY, Act.REQUEST)
#: how far a sentence vector, a cue and a pair of cues count beside the n-grams, whose length is one
VECTOR, CUE, PAIR = 1.5, 0.35, 0.25
#: n-grams weighed by their rarity have about this length
_SCALE = np.float32(6.0)
RIDGE = 1.0  # set by cross-validation, as the weights above
_HELD = 4  # every fourth example is left out, to see how sharp chances may be
_HEATS = (1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 8.0)
_HAN = re.compile(r"[\u3400-\u9fff]+")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|[?]|\d+")
_LONG = 4
_COMMON = 3  # examples an n-gram must stand in
_PLACES = {name: place for place, name in enumerate(NAMES)}
Doubles = NDArray[np.float64]


def grams_of(text: str) -> set[str]:
    """Character 1-4-grams of Chinese runs; words, their pairs and triples, beginnings and ends."""
    found: set[str] = set()
    for run in _HAN.findall(text):
        marked = f"^{run}$"
        for size in (1, 2, 3, 4):
            found.update(marked[start : start + size] for start in range(len(marked) - size + 1))
    words = ["<", *("#" if word.isdigit() else word for word in _WORD.findall(text)), ">"]
    for size in (1, 2, 3):
        found.update("=" + " ".join(words[start : start + size]) for start in range(len(words) - size + 1))
    for word in words:
        if len(word) > _LONG:
            found.update((f"-{word[:_LONG]}", f"+{word[-3:]}"))
    return found


def cue_row(text: str) -> Floats:
    """The cues of a text as a row."""
    row = np.zeros(len(NAMES), dtype=np.float32)
    for name in cues_of(text):
        row[_PLACES[name]] = PAIR if "+" in name else CUE
    return row


@dataclass(frozen=True, slots=True)
class ActLesson:
    """A normalised text, what it does, and the sentence vector of it without its times and homes.

    Without an act it is a new wish, and nobody has said whether it asks or orders.
    """

    text: str
    act: Act | None
    vector: Floats


@dataclass(frozen=True, slots=True)
class _Weights:
    """One column per act: for n-grams, cues and vector, where it begins, and how sharp chances are."""

    grams: Floats
    cues: Floats
    vector: Floats
    start: Floats
    heat: float


class ActModel:
    """Chances of each act for a text. Read-only after the build, so threads may share it."""

    def __init__(self, acts: Sequence[Act], grams: Sequence[str], kinds: Mapping[str, _Weights]) -> None:
        self.acts = tuple(acts)
        self._grams = {gram: place for place, gram in enumerate(grams)}
        self._kinds = kinds

    def chances(self, text: str, vector: Floats | None) -> dict[Act, float]:
        """The chance of each act for a normalised text; without a vector it goes by words alone."""
        own = self._kinds["seeing" if vector is not None and "seeing" in self._kinds else "blind"]
        scores = own.start + cue_row(text) @ own.cues
        places = [place for gram in grams_of(text) if (place := self._grams.get(gram)) is not None]
        if places:
            scores = scores + own.grams[places].sum(axis=0) / np.sqrt(np.float32(len(places)))
        if vector is not None and len(own.vector):
            scores = scores + vector @ own.vector
        return dict(zip(self.acts, _chances(scores.astype(np.float64), own.heat).tolist(), strict=True))

    def save(self, path: Path, about: Mapping[str, Any]) -> int:
        """Writes the file; returns its size in bytes."""
        arrays: dict[str, NDArray[Any]] = {
            "grams": np.frombuffer("\n".join(self._grams).encode(), dtype=np.uint8)
        }
        for kind, own in self._kinds.items():
            for name in ("grams", "cues", "vector"):
                arrays[f"{kind}.{name}"] = getattr(own, name).astype(np.float16)
            arrays[f"{kind}.start"] = own.start.astype(np.float32)
        heading = {**about, "format": ACT_FORMAT, "acts": [str(act) for act in self.acts], "cues": NAMES}
        heading["heat"] = {kind: own.heat for kind, own in self._kinds.items()}
        return write_artefact(path, heading, arrays)


def read_act_model(path: Path) -> ActModel:
    """The model of a file. Raises ArtefactRefused when it is broken or of another format."""
    artefact = read_artefact(path)
    about, arrays = artefact.about, artefact.arrays
    if about.get("format") != ACT_FORMAT or tuple(about.get("cues", ())) != NAMES:
        raise ArtefactRefused(f"{path} is of another release's format; train again.")
    try:
        kinds = {
            kind: _Weights(
                grams=arrays[f"{kind}.grams"].astype(np.float32),
                cues=arrays[f"{kind}.cues"].astype(np.float32),
                vector=arrays[f"{kind}.vector"].astype(np.float32),
                start=arrays[f"{kind}.start"],
                heat=float(heat),
            )
            for kind, heat in about["heat"].items()
        }
        return ActModel(
            [Act(act) for act in about["acts"]], bytes(arrays["grams"]).decode().split("\n"), kinds
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise ArtefactRefused(f"{path} is no sound model of acts ({error}); train again.") from error


def train_acts(lessons: Sequence[ActLesson]) -> ActModel:
    """A model of what these lessons do; how sharp its chances are is set on some that it did not see."""
    acts = sorted({lesson.act for lesson in lessons if lesson.act} | set(NEW))
    found = [grams_of(lesson.text) for lesson in lessons]
    spread = Counter(gram for grams in found for gram in grams)
    grams = [gram for gram, count in spread.items() if count >= _COMMON]
    rare = (
        np.array([np.log((1 + len(lessons)) / (1 + spread[gram])) + 1 for gram in grams], np.float32) / _SCALE
    )
    words = Sparse.build(found, {gram: place for place, gram in enumerate(grams)}, rare)
    cues = np.stack([cue_row(lesson.text) for lesson in lessons])
    vectors = np.stack([lesson.vector for lesson in lessons]) * np.float32(VECTOR)
    marks = np.array([acts.index(lesson.act) if lesson.act else -1 for lesson in lessons])
    kept = np.arange(len(marks)) % _HELD != 0
    kinds, heat = {}, 0.0
    for kind in ("seeing", "blind") if vectors.shape[1] else ("blind",):
        dense = np.concatenate([cues, vectors], axis=1) if kind == "seeing" else cues
        if not heat:
            heat = _heat_of(*_solved(words, dense, marks, acts, kept), words, dense, marks, ~kept)
        weights, start = _solved(words, dense, marks, acts, np.ones(len(marks), dtype=bool))
        kinds[kind] = _taken_apart(weights, start, heat, len(grams), rare)
    return ActModel(acts, grams, kinds)


def _taken_apart(weights: Floats, start: Floats, heat: float, size: int, rare: Floats) -> _Weights:
    """The weights as a query needs them: what an n-gram is worth already in them."""
    return _Weights(
        grams=weights[:size] * rare[:, None],
        cues=weights[size : size + len(NAMES)],
        vector=weights[size + len(NAMES) :] * np.float32(VECTOR),
        start=start,
        heat=heat,
    )


def _heat_of(
    weights: Floats,
    start: Floats,
    words: Sparse,
    dense: Floats,
    marks: NDArray[np.intp],
    out: NDArray[np.bool_],
) -> float:
    """The heat that suits what was left out."""
    out = out & (marks >= 0)
    scores = words.times(weights[: words.width]) + dense @ weights[words.width :] + start
    return _heat(scores[out].astype(np.float64), marks[out])


def _solved(
    words: Sparse, dense: Floats, marks: NDArray[np.intp], acts: Sequence[Act], kept: NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """Ridge regression on ±1, seldom acts counting more, by conjugate gradients: one column per act."""
    wanted = np.full((len(marks), len(acts)), -1.0, dtype=np.float32)
    wanted[np.flatnonzero(marks >= 0), marks[marks >= 0]] = 1.0
    for act in NEW:
        wanted[marks < 0, acts.index(act)] = 0.0
    own = np.where(marks < 0, acts.index(Act.REQUEST), marks)
    shares = (1 / np.sqrt(np.maximum(np.bincount(own[kept], minlength=len(acts)), 1)))[own]
    counted: Floats = np.where(kept, shares / shares[kept].mean(), 0.0).astype(np.float32)[:, None]
    start = np.asarray((wanted * counted).sum(axis=0) / counted.sum(), dtype=np.float32)

    def turned(rows: Floats) -> Floats:
        found: Floats = np.concatenate([words.turned(rows), dense.T @ rows])
        return found

    def product(weights: Floats) -> Floats:
        scores = words.times(weights[: words.width]) + dense @ weights[words.width :]
        rows = np.asarray(scores * counted, dtype=np.float32)
        return np.asarray(turned(rows) + np.float32(RIDGE) * weights, dtype=np.float32)

    rest = np.asarray((wanted - start) * counted, dtype=np.float32)
    return conjugate(product, turned(rest)), start


def _heat(scores: Doubles, marks: NDArray[np.intp]) -> float:
    """How sharp chances must be for those of held-out examples to be likeliest."""

    def surprise(heat: float) -> float:
        chances = _chances(scores, heat)
        return -float(np.log(chances[np.arange(len(marks)), marks] + 1e-12).mean())

    return min(_HEATS, key=surprise)


def _chances(scores: Doubles, heat: float) -> Doubles:
    raised = np.exp((scores - scores.max(axis=-1, keepdims=True)) * heat)
    found: Doubles = raised / raised.sum(axis=-1, keepdims=True)
    return found
