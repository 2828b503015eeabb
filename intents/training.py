"""Trains the scorer: `run_bot.py train`, in a process of its own, a minute for the whole menu.

Writers repeat themselves, so a scorer judged on phrases whose neighbours it saw thinks too well of itself:
every fold leaves out whole writers. What is fitted on the folds (how to weigh the evidence, how far to trust
it, where to act, to ask and to refuse) therefore holds for people who wrote none of the phrases.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intents.calibration import fit_chance, fit_fusion, greatest_for_refusals, least_for_precision
from intents.encoder import Encoder, Seen
from intents.kernel import FEW
from intents.lens import Fitting
from intents.likeness import Floats
from intents.scorer import Scorer, Weights, chance, fused, judge_features, scope_features
from intents.space import BLIND, Evidence, Labelled, Space
from intents.sparse import Vocabulary, counted

#: what a training tells: the step, how much of it is done, and how much there is
Tell = Callable[[str, int, int], None]
#: rows of numbers for texts, and all that an encoder makes of them
Vectors = Callable[[Sequence[str], Tell], Floats]
Sights = Callable[[Sequence[str], Tell], Seen]
PRECISION = 0.95  # of what is acted on
SELDOM = 15  # messages in scope for each that is not, where it is decided from when to act
REFUSALS = 0.04  # of what is in scope, handed to a person without a service
DENIALS = 0.01  # of what is in scope, told that no estate does it
_SAMPLE = 4000  # held-out phrases that are looked at
_ENOUGH = 12  # phrases of other writers an item needs, for its held-out ones to be a fair question
_FIRST = {True: (16.0, 0.1, 0.0, 8.0), False: (16.0,)}  # which classes are looked at, before the fit
#: passes of a lens over its lessons: where they are few, where they are many, and over those left out first
FEW_PASSES, PASSES, MORE_PASSES = 20, 5, 2
#: what part of its phrases an item must keep: robbed of more, it asks more of the scorer than life will
_KEPT = 0.6
_FEW = 200  # so few fair questions calibrate nothing: then all are asked
_DEALT = 5  # folds, where writers cannot be left out
_ROBBED = 0.02  # of all labels, those that may keep less


@dataclass(frozen=True, slots=True)
class Lesson:
    """One prepared text, the labels it fairly fits, what it counts, and who wrote it ("" is nobody)."""

    text: str
    labels: tuple[str, ...]
    weight: float = 1.0
    voice: str = ""


@dataclass(frozen=True, slots=True)
class Trained:
    """The scorer, and what its held-out phrases said about it: shares from 0 to 1, by kind of evidence.

    `judged` is the scorer that has not read the writers `unread`: what it makes of their phrases is what the
    scorer in service makes of strangers'. Where no writers could be left out, it is the one in service.
    """

    scorer: Scorer
    held_out: Mapping[str, Mapping[str, float]]
    judged: Scorer
    unread: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Held:
    """A text left out: its evidence, which of its classes are right (none outside), which fair.

    Writers name one or two items for a line that three would fit; an item that some table names together
    with a right one is counted as a fair answer where the bands are chosen, and nowhere else.
    """

    evidence: Evidence
    right: NDArray[np.bool_]
    fair: NDArray[np.bool_]
    outside: bool


def quiet(_step: str, _done: int, _all: int) -> None:
    """Tells nobody."""


def train(
    lessons: Sequence[Lesson], outside: Sequence[str], encoder: Encoder, sights: Sights, tell: Tell = quiet
) -> Trained:
    """A scorer for the labels of `lessons`; `outside` are prepared texts that none of them fits."""
    labels = sorted({label for lesson in lessons for label in lesson.labels})
    texts = [*(lesson.text for lesson in lessons), *outside]
    vocabulary, labelled = _labelled(lessons, labels, texts, sights(texts, tell))
    folds = folds_of(lessons, labels, len(outside))
    lenses = Lenses(labelled, encoder.layers, int(folds.max()) + 1, tell)
    held, spaces = _held_out(texts, vocabulary, labelled, folds, lenses, tell)
    kinds: dict[str, Weights] = {}
    figures: dict[str, Mapping[str, float]] = {}
    for kind, those in held.items():
        kinds[kind], figures[kind] = _fitted(those)
    kinds.setdefault("seeing", kinds["blind"])
    tell("index", 0, 1)
    scorer = Scorer(labels, vocabulary, Space.build(labelled, lenses.whole()), kinds, encoder)
    tell("index", 1, 1)
    unread = frozenset(one.voice for one, fold in zip(lessons, folds, strict=False) if fold >= 0)
    if len(spaces) > 1:
        return Trained(scorer, figures, scorer, frozenset())
    return Trained(scorer, figures, Scorer(labels, vocabulary, spaces[0], kinds, encoder), unread)


class Lenses:
    """Fits a lens for every fold and one for service.

    Where there is one fold, the lens of service goes on where that of the fold stopped: a second fitting
    from the beginning would take as long again and end at nearly the same.
    """

    def __init__(self, labelled: Labelled, layers: Mapping[str, Floats], folds: int, tell: Tell) -> None:
        self._all, self._layers, self._tell = labelled.lessons(), layers, tell
        self._passes = FEW_PASSES if labelled.few else PASSES
        self._one = folds == 1
        self._last: Fitting | None = None

    def without(self, left_out: NDArray[np.bool_]) -> dict[str, NDArray[Any]]:
        """The arrays of a lens that never saw these rows; none without an encoder."""
        if not self._layers:
            return {}
        lessons = self._all.of_rows(~left_out[: len(self._all.means)])
        self._last = Fitting(lessons, self._layers)
        self._last.learn(lessons, self._passes, partial(self._tell, "lens"))
        return dict(self._last.arrays())

    def whole(self) -> dict[str, NDArray[Any]]:
        """The arrays of the lens that saw everything."""
        if not self._layers:
            return {}
        if self._one and self._last is not None:
            self._last.learn(self._all, MORE_PASSES, partial(self._tell, "lens, once more"))
            return dict(self._last.arrays())
        return self.without(np.zeros(len(self._all.means), dtype=bool))


def encoded(encoder: Encoder) -> Sights:
    """What an encoder makes of texts, without a cache."""

    def sights(texts: Sequence[str], tell: Tell) -> Seen:
        parts = [np.zeros((0, encoder.size), dtype=np.float32)]
        for start in range(0, len(texts), 128):
            tell("vectors", start, len(texts))
            parts.append(encoder.means(texts[start : start + 128]))
        tell("vectors", len(texts), len(texts))
        means = np.concatenate(parts)
        return Seen(means, encoder.told(means))

    return sights


def _labelled(
    lessons: Sequence[Lesson], labels: Sequence[str], texts: Sequence[str], sights: Seen
) -> tuple[Vocabulary, Labelled]:
    place = {label: number for number, label in enumerate(labels)}
    vocabulary, found = counted(texts)
    pairs = [(row, place[label]) for row, one in enumerate(lessons) for label in dict.fromkeys(one.labels)]
    labelled = Labelled(
        found=found,
        width=len(vocabulary),
        vectors=sights.vector,
        weights=np.array([lesson.weight for lesson in lessons], dtype=np.float32),
        pair_rows=np.array([row for row, _ in pairs], dtype=np.int32),
        pair_classes=np.array([number for _, number in pairs], dtype=np.int32),
        classes=len(labels),
        inside=len(lessons),
        few=len(lessons) <= FEW,
        means=sights.mean,
    )
    return vocabulary, labelled


def folds_of(lessons: Sequence[Lesson], labels: Sequence[str], outside: int) -> NDArray[np.int64]:
    """The fold that leaves each row out; -1 is never left out (names, which nobody wrote).

    There is one fold where whole writers can be left out together while each label keeps most of its
    phrases; else phrases are dealt out to several by chance.
    """
    left = _writers_left_out(lessons, labels)
    if not left:
        named = any(one.voice for one in lessons)
        dealt = [_chance_of(one.text) % _DEALT if one.voice or not named else -1 for one in lessons]
        return np.array([*dealt, *(place % _DEALT for place in range(outside))])
    # Of what no label fits half is left out: the other half must be there to tell it by.
    beyond = [-(place % 2) for place in range(outside)]
    return np.array([*(0 if one.voice in left else -1 for one in lessons), *beyond])


def _writers_left_out(lessons: Sequence[Lesson], labels: Sequence[str]) -> set[str]:
    """The writers judged by what the others wrote; nobody where that is no fair question."""
    written = Counter(one.voice for one in lessons if one.voice)
    every = Counter(label for one in lessons if one.voice for label in one.labels)
    by_voice: dict[str, Counter[str]] = {voice: Counter() for voice in written}
    for one in lessons:
        if one.voice:
            by_voice[one.voice].update(one.labels)
    left: set[str] = set()
    gone: Counter[str] = Counter()
    for voice, _ in sorted(written.items(), key=lambda each: (-each[1], each[0])):
        after = gone + by_voice[voice]
        robbed = sum(every[label] * (1 - _KEPT) < after[label] for label in by_voice[voice])
        if robbed <= _ROBBED * len(labels):
            left.add(voice)
            gone = after
    judged = sum(written[voice] for voice in left)
    return left if judged >= _FEW else set()


def _chance_of(text: str) -> int:
    """A number that looks drawn by chance, but is the same at every training."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "little")


def _held_out(
    texts: Sequence[str],
    vocabulary: Vocabulary,
    labelled: Labelled,
    folds: NDArray[np.int64],
    lenses: Lenses,
    tell: Tell,
) -> tuple[dict[str, list[_Held]], list[Space]]:
    """The evidence for texts left out from everything else, with sentence vectors and without; the spaces."""
    spaces: list[Space] = []
    left = _left(folds, labelled)
    enough = min(_ENOUGH, max(1, int(np.median(left)) // 2))
    chosen = _sample(texts, folds, labelled, left, enough)
    together = _together(labelled)
    held: dict[str, list[_Held]] = {"seeing": [], "blind": []} if labelled.vectors.shape[1] else {"blind": []}
    for fold in range(int(folds.max()) + 1):
        out = (folds == fold) | _only_of(labelled, left[fold] < enough)
        space = Space.build(labelled.without(out), lenses.without(out))
        spaces.append(space)
        for row in chosen[folds[chosen] == fold]:
            query = vocabulary.query(texts[row])
            wanted = labelled.pair_classes[labelled.pair_rows == row]
            for kind, those in held.items():
                sight = _sight(labelled, row) if kind == "seeing" else None
                evidence = space.evidence(query, sight, _FIRST[sight is not None])
                right = np.isin(evidence.classes, wanted)
                fair = right | together[np.ix_(evidence.classes, wanted)].any(axis=1)
                those.append(_Held(evidence, right, fair, row >= labelled.inside))
            if len(held["blind"]) % 50 == 0:
                tell("held out", len(held["blind"]), len(chosen))
    tell("held out", len(chosen), len(chosen))
    return held, spaces


def _sight(labelled: Labelled, row: int) -> Seen:
    means = labelled.means if labelled.means is not None else labelled.vectors
    return Seen(means[row], labelled.vectors[row])


def _left(folds: NDArray[np.int64], labelled: Labelled) -> NDArray[np.int64]:
    """How many phrases each class keeps when a fold is left out: folds × classes."""
    spread = np.zeros((int(folds.max()) + 1, labelled.classes), dtype=np.int64)
    out = folds[labelled.pair_rows] >= 0
    np.add.at(spread, (folds[labelled.pair_rows[out]], labelled.pair_classes[out]), 1)
    left: NDArray[np.int64] = np.bincount(labelled.pair_classes, minlength=labelled.classes) - spread
    return left


def _only_of(labelled: Labelled, classes: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The rows that belong to these classes alone.

    A class that a fold robs of its phrases would stand there by its name only, which draws everything that
    shares a word with it; in the menu as trained every class has phrases.
    """
    others = np.zeros(len(labelled.vectors), dtype=bool)
    others[labelled.pair_rows[~classes[labelled.pair_classes]]] = True
    others[labelled.inside :] = True
    return ~others


def _together(labelled: Labelled) -> NDArray[np.bool_]:
    """Which classes some row names together."""
    order = np.argsort(labelled.pair_rows, kind="stable")
    parts = np.split(labelled.pair_classes[order], np.flatnonzero(np.diff(labelled.pair_rows[order])) + 1)
    together = np.zeros((labelled.classes, labelled.classes), dtype=bool)
    for classes in parts:
        if len(classes) > 1:
            together[np.ix_(classes, classes)] = True
    return together


def _sample(
    texts: Sequence[str], folds: NDArray[np.int64], labelled: Labelled, left: NDArray[np.int64], enough: int
) -> NDArray[np.intp]:
    """The rows to hold out: all outside; of the rest as many as time allows, where it is a fair question."""
    out = folds[labelled.pair_rows] >= 0
    rows, classes = labelled.pair_rows[out], labelled.pair_classes[out]
    there = left[folds[rows], classes]
    most = there >= _KEPT * np.bincount(labelled.pair_classes, minlength=labelled.classes)[classes]
    kept = _rows_of(rows, ~most | (there < enough))
    if len(kept) < _FEW:
        kept = np.unique(rows[there >= enough])
    ordered = sorted(kept.tolist(), key=lambda row: _chance_of(texts[row]))[:_SAMPLE]
    return np.array([*sorted(ordered), *range(labelled.inside, len(texts))], dtype=np.intp)


def _rows_of(rows: NDArray[np.int32], unfair: NDArray[np.bool_]) -> NDArray[np.int32]:
    """The rows none of whose labels is an unfair one."""
    return np.setdiff1d(rows, rows[unfair])


def _fitted(held: Sequence[_Held]) -> tuple[Weights, Mapping[str, float]]:
    """The three small models and the bands, from what was left out; and how well that went."""
    columns = np.stack([one.evidence.columns for one in held]).astype(np.float64)
    right = np.stack([one.right for one in held]).astype(np.float64)
    fusion = fit_fusion(columns, right)
    shared = [(one, *fused(one.evidence, fusion)) for one in held]
    judged = np.stack([judge_features(one.evidence, shares, order) for one, shares, order in shared])
    scoped = np.stack([scope_features(one.evidence, shares, order) for one, shares, order in shared])
    hit = np.array([bool(one.right[order[0]]) for one, _, order in shared])
    three = np.array([bool(one.right[order[:3]].any()) for one, _, order in shared])
    inside = np.array([not one.outside for one in held])
    fair = np.array([bool(one.fair[order[0]]) for one, _, order in shared])
    judge, scope = fit_chance(judged, fair), fit_chance(scoped, inside)
    sure = [chance(features, judge) for features in judged]
    fits = np.array([chance(features, scope) for features in scoped])
    lifelike = inside | (np.cumsum(~inside) <= inside.sum() / SELDOM)
    act = least_for_precision(np.array(sure)[lifelike], fair[lifelike], PRECISION)
    below, far = (greatest_for_refusals(list(fits[inside]), share) for share in (REFUSALS, DENIALS))
    acted = inside & (np.array(sure) >= act)
    figures = {
        "texts": float(inside.sum()), "top1": float(hit[inside].mean()), "top3": float(three[inside].mean()),
        "acts": float(acted[inside].mean()), "precision": float(fair[acted].mean()) if acted.any() else 0.0,
        "precision_strict": float(hit[acted].mean()) if acted.any() else 0.0,
        "outside": float((~inside).sum()),
        "outside_refused": float((fits[~inside] < below).mean()) if (~inside).any() else 0.0,
    }  # fmt: skip
    return Weights(fusion, judge, scope, act, below, far), figures


def describe(trained: Trained) -> Iterator[str]:
    """The figures of the held-out phrases, one line for each kind of evidence."""
    for kind, one in trained.held_out.items():
        how = "with sentence vectors" if kind == "seeing" else "by words alone"
        yield (
            f"{one['texts']:.0f} phrases of writers left out, {how}: right {one['top1']:.1%}, among the "
            f"first three {one['top3']:.1%}; acts on {one['acts']:.1%}, fair in {one['precision']:.1%}; "
            f"{one['outside_refused']:.1%} of {one['outside']:.0f} lines outside refused"
        )


def facts(trained: Trained) -> dict[str, Any]:
    """What the artefact remembers of its training."""
    return {"held_out": trained.held_out, "evidence": {"seeing": trained.scorer.space.names, "blind": BLIND}}
