"""The acts by what writers wrote: a linear model over n-grams, cues of build, and what the scorer sees.

Rules know the wordings that somebody thought of; on writers whom nobody had read this model is right more
often than they are. It is trained by `run_bot.py train` and lies beside the scorer. There are two sets of
weights, with the scorer's sight (`intents/act_sight.py`) and without, so that it works without an encoder.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from operator import add
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intents.act_cues import NAMES, cues_of
from intents.artefact import ArtefactRefused, read_artefact, write_artefact
from intents.descent import lowest
from intents.hashed import Hashed
from intents.likeness import Floats
from intents.meaning import Act
from intents.ridge import Sparse

ACT_FORMAT = 2
NEW = (Act.ENQUIRY, Act.REQUEST)
#: how far a cue and a pair of cues count beside the n-grams, and they beside a sight; set on writers left out
CUE, PAIR, GRAMS = 0.35, 0.25, 5.0
#: n-grams weighed by their rarity have about this length
_SCALE = np.float32(6.0)
RIDGE = 1.0
#: how much dearer the weights of a sight are: what it makes of a fragment that is like no lesson is a mere
#: guess; on writers left out 81.9 % of acts are right by this, 80.4 % where both cost the same
SIGHT_RIDGE = 8.0
_HELD = (
    3  # every third writer is left out, to see how sharp chances may be; without writers, every third example
)
_HEATS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2, 1.4)
#: by words alone chances are no sharper: of what is then done unasked 95 to 97 % is right on messages
#: kept apart, 92 % with the heat that left-out lessons call for
_BLIND_HEAT = 0.9
_HAN = re.compile(r"[\u3400-\u9fff]+")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|[?]|\d+")
_LONG = 4
_WORDS = 2048  # English words of which the parts are kept
_STEPS, _STEPS_HELD = 60, 40
_COMMON = 3  # examples an n-gram must stand in
_PLACES = {name: place for place, name in enumerate(NAMES)}
Doubles = NDArray[np.float64]


@lru_cache(maxsize=8)  # one message is weighed for danger, and for its act
def grams_of(text: str) -> Set[str]:
    """Character 1-4-grams of Chinese runs; words, their pairs and triples, beginnings and ends."""
    found: set[str] = set()
    for run in _HAN.findall(text):
        marked = f"^{run}$"
        pairs = [*map(add, marked, marked[1:])]
        triples = [*map(add, pairs, marked[2:])]
        found.update(marked, pairs, triples, map(add, triples, marked[3:]))
    words = ["<", *("#" if word.isdigit() else word for word in _WORD.findall(text)), ">"]
    alone, behind = ["=" + word for word in words], [" " + word for word in words[1:]]
    twos = [*map(add, alone, behind)]
    found.update(alone, twos, map(add, twos, behind[1:]), *map(_parts_of_word, words))
    return found


@lru_cache(maxsize=_WORDS)
def _parts_of_word(word: str) -> tuple[str, ...]:
    """Beginning and end of a long word, and the 3- and 4-grams of one of letters."""
    found = [f"-{word[:_LONG]}", f"+{word[-3:]}"] if len(word) > _LONG else []
    if word.isalpha():
        marked = f"_{word}_"
        for size in (3, 4):
            found += ["~" + marked[start : start + size] for start in range(len(marked) - size + 1)]
    return tuple(found)


def cue_row(text: str) -> Floats:
    """The cues of a text as a row."""
    row = np.zeros(len(NAMES), dtype=np.float32)
    for name in cues_of(text):
        row[_PLACES[name]] = PAIR if "+" in name else CUE
    return row


@dataclass(frozen=True, slots=True)
class ActLesson:
    """A normalised text, what it does, what the scorer sees of it without times and homes, who wrote it."""

    text: str
    act: Act
    sight: Floats
    voice: str = ""


@dataclass(frozen=True, slots=True)
class _Weights:
    """One column per act: for n-grams, cues and sight, where it begins, and how sharp chances are."""

    grams: NDArray[np.floating]
    cues: Floats
    sight: Floats
    start: Floats
    heat: float


class ActModel:
    """Chances of each act for a text. Read-only after the build, so threads may share it."""

    def __init__(self, acts: Sequence[Act], grams: Sequence[str], kinds: Mapping[str, _Weights]) -> None:
        self.acts = tuple(acts)
        self._written = "\n".join(grams)
        # Looked up by hash among sorted ones: a dictionary of so many takes 5 MB and longer.
        keys = np.fromiter(map(hash, grams), dtype=np.int64, count=len(grams))
        self._numbers = np.argsort(keys, kind="stable").astype(np.int32)
        self._keys = Hashed(keys[self._numbers])
        self._kinds = kinds

    def chances(self, text: str, sight: Floats | None) -> dict[Act, float]:
        """The chance of each act for a normalised text; without a sight of it by words alone."""
        own = self._kinds["seeing" if sight is not None and "seeing" in self._kinds else "blind"]
        scores = own.start + cue_row(text) @ own.cues
        places = self._places(text)
        if len(places):
            sums = np.add.reduce(own.grams.take(places, axis=0), axis=0, dtype=np.float32)
            scores += sums / np.float32(math.sqrt(len(places)))
        if sight is not None and len(own.sight):
            scores += sight @ own.sight
        return dict(zip(self.acts, _few_chances(scores.tolist(), own.heat), strict=True))

    def _places(self, text: str) -> NDArray[np.int32]:
        """The rows of the n-grams of a text that are known."""
        keys = np.fromiter(map(hash, grams_of(text)), dtype=np.int64)
        keys.sort()
        found = self._numbers.take(self._keys.find(keys)[0])
        found.sort()  # what is summed in one order has one sum, in every process
        return found

    def save(self, path: Path, about: Mapping[str, Any]) -> int:
        """Writes the file; returns its size in bytes."""
        arrays: dict[str, NDArray[Any]] = {"grams": np.frombuffer(self._written.encode(), dtype=np.uint8)}
        for kind, own in self._kinds.items():
            for name in ("grams", "cues", "sight"):
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
                grams=arrays[f"{kind}.grams"],  # as they lie in the file: widened, they take 5 MB more
                cues=arrays[f"{kind}.cues"].astype(np.float32),
                sight=arrays[f"{kind}.sight"].astype(np.float32),
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


@dataclass(frozen=True, slots=True)
class _School:
    """All lessons as rows: their n-grams, their cues and sights, and the places of their acts."""

    words: Sparse
    dense: Floats
    marks: NDArray[np.intp]
    acts: int

    @property
    def size(self) -> int:
        """Rows of weights: n-grams, cues and sights, and where each act begins."""
        return self.words.width + int(self.dense.shape[1]) + 1

    def scores(self, weights: Floats) -> Floats:
        """The last row of the weights is where each act begins."""
        found = self.words.times(weights[: self.words.width]) + self.dense @ weights[self.words.width : -1]
        return np.asarray(found + weights[-1], dtype=np.float32)

    def turned(self, rows: Floats) -> Floats:
        found: Floats = np.concatenate([self.words.turned(rows), self.dense.T @ rows, rows.sum(axis=0)[None]])
        return found

    def counted(self, kept: NDArray[np.bool_]) -> Floats:
        """How much each lesson counts: those of seldom acts more, those that are not kept nothing."""
        often = np.maximum(np.bincount(self.marks[kept], minlength=self.acts), 1)
        shares = np.where(kept, (1 / np.sqrt(often))[self.marks], 0.0)
        return np.asarray(shares / shares[kept].mean(), dtype=np.float32)


def train_acts(lessons: Sequence[ActLesson]) -> ActModel:
    """A model of what these lessons do; how sharp its chances are is set on writers that it did not see."""
    acts = sorted({lesson.act for lesson in lessons} | set(NEW))
    found = [grams_of(lesson.text) for lesson in lessons]
    spread = Counter(gram for grams in found for gram in grams)
    # A set has another order in every process, and sums would end otherwise by a last bit.
    grams = sorted(gram for gram, count in spread.items() if count >= _COMMON)
    rarity = [np.log((1 + len(lessons)) / (1 + spread[gram])) + 1 for gram in grams]
    rare = np.array(rarity, np.float32) * np.float32(GRAMS) / _SCALE
    words = Sparse.build(found, {gram: place for place, gram in enumerate(grams)}, rare)
    cues = np.stack([cue_row(lesson.text) for lesson in lessons])
    sights = np.stack([lesson.sight for lesson in lessons])
    marks = np.array([acts.index(lesson.act) for lesson in lessons])
    kept = ~_left_out(lessons)
    kinds, heat = {}, 0.0
    for kind in ("seeing", "blind") if sights.shape[1] else ("blind",):
        dense = np.concatenate([cues, sights], axis=1) if kind == "seeing" else cues
        school = _School(words, dense, marks, len(acts))
        if not heat:
            scores = school.scores(_solved(school, kept, _STEPS_HELD))[~kept]
            heat = _heat(scores.astype(np.float64), marks[~kept])
        weights = _solved(school, np.ones(len(marks), dtype=bool), _STEPS)
        own = heat if kind == "seeing" else min(heat, _BLIND_HEAT)
        kinds[kind] = _taken_apart(weights, own, len(grams), rare)
    return ActModel(acts, grams, kinds)


def _left_out(lessons: Sequence[ActLesson]) -> NDArray[np.bool_]:
    """Every third writer; of lessons without a writer none, unless there is nobody else."""
    voices = sorted({lesson.voice for lesson in lessons} - {""})
    if len(voices) < _HELD:
        return np.asarray(np.arange(len(lessons)) % _HELD == 0, dtype=np.bool_)
    return np.array([lesson.voice in voices[::_HELD] for lesson in lessons], dtype=np.bool_)


def _taken_apart(weights: Floats, heat: float, size: int, rare: Floats) -> _Weights:
    """The weights as a query needs them: what an n-gram is worth already in them."""
    return _Weights(
        grams=weights[:size] * rare[:, None],
        cues=weights[size : size + len(NAMES)],
        sight=weights[size + len(NAMES) : -1],
        start=weights[-1],
        heat=heat,
    )


def _solved(school: _School, kept: NDArray[np.bool_], steps: int) -> Floats:
    """Weights by which the acts of the kept lessons are likeliest, none of them larger than it need be."""
    counted = school.counted(kept)[:, None]
    rows = np.arange(len(school.marks))
    hold = np.full((school.size, 1), RIDGE, dtype=np.float32)
    hold[school.words.width + len(NAMES) :] = SIGHT_RIDGE
    hold[-1] = 0.0  # where an act begins is free

    def loss(weights: Floats) -> tuple[float, Floats]:
        chances = _chances(school.scores(weights), 1.0).astype(np.float32)
        own = np.log(np.maximum(chances[rows, school.marks], 1e-12))
        chances[rows, school.marks] -= 1.0
        held = hold * weights
        value = -float((own * counted[:, 0]).sum()) + float((held * weights).sum()) / 2
        return value, np.asarray(school.turned(chances * counted) + held, dtype=np.float32)

    return lowest(loss, np.zeros((school.size, school.acts), dtype=np.float32), steps)


def _heat(scores: Doubles, marks: NDArray[np.intp]) -> float:
    """How sharp chances must be for those of held-out examples to be likeliest."""

    def surprise(heat: float) -> float:
        chances = _chances(scores, heat)
        return -float(np.log(chances[np.arange(len(marks)), marks] + 1e-12).mean())

    return min(_HEATS, key=surprise)


def _few_chances(scores: list[float], heat: float) -> list[float]:
    """`_chances` of one text: so few numbers are quicker without arrays."""
    most = max(scores)
    raised = [math.exp((one - most) * heat) for one in scores]
    whole = sum(raised)
    return [one / whole for one in raised]


def _chances(scores: NDArray[Any], heat: float) -> Doubles:
    raised = np.exp((scores - scores.max(axis=-1, keepdims=True)) * heat)
    found: Doubles = raised / raised.sum(axis=-1, keepdims=True)
    return found
