"""Trains the scorer: `run_bot.py train`, in a process of its own, a minute for the whole menu.

Writers repeat themselves, so a scorer judged on phrases whose neighbours it saw thinks too well of itself:
every fold leaves out whole writers. What is fitted on the folds (how to weigh the evidence, how far to trust
it, where to act, to ask and to refuse) therefore holds for people who wrote none of the phrases.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intents.calibration import fit_chance, fit_fusion, greatest_for_refusals, least_for_precision
from intents.encoder import Encoder
from intents.kernel import FEW
from intents.likeness import Floats
from intents.scorer import Scorer, Weights, chance, fused, judge_features, scope_features
from intents.space import BLIND, Evidence, Labelled, Space
from intents.sparse import Vocabulary, counted

#: what a training tells: the step, how much of it is done, and how much there is
Tell = Callable[[str, int, int], None]
Vectors = Callable[[Sequence[str], Tell], Floats]
PRECISION = 0.95  # of what is acted on
SELDOM = 15  # messages in scope for each that is not, where it is decided from when to act
REFUSALS = 0.04  # of what is in scope, handed to a person without a service
DENIALS = 0.01  # of what is in scope, told that no estate does it
_SAMPLE = 4000  # held-out phrases that are looked at
_ENOUGH = 12  # phrases of other writers an item needs, for its held-out ones to be a fair question
_FIRST = {True: (16.0, 0.15, 0.0), False: (16.0,)}  # which classes are looked at, before the fit
#: what part of its phrases an item must keep: robbed of more, it asks more of the scorer than life will
_KEPT = 0.6
_FEW = 200  # so few fair questions calibrate nothing: then all are asked
_PARTS = 2  # each writer's phrases are left out in so many parts


@dataclass(frozen=True, slots=True)
class Lesson:
    """One prepared text, the labels it fairly fits, what it counts, and who wrote it ("" is nobody)."""

    text: str
    labels: tuple[str, ...]
    weight: float = 1.0
    voice: str = ""


@dataclass(frozen=True, slots=True)
class Trained:
    """The scorer, and what its held-out phrases said about it: shares from 0 to 1, by kind of evidence."""

    scorer: Scorer
    held_out: Mapping[str, Mapping[str, float]]


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
    lessons: Sequence[Lesson], outside: Sequence[str], encoder: Encoder, vectors: Vectors, tell: Tell = quiet
) -> Trained:
    """A scorer for the labels of `lessons`; `outside` are prepared texts that none of them fits."""
    labels = sorted({label for lesson in lessons for label in lesson.labels})
    texts = [*(lesson.text for lesson in lessons), *outside]
    vocabulary, labelled = _labelled(lessons, labels, texts, vectors(texts, tell))
    folds = folds_of(lessons, labels, len(outside))
    kinds: dict[str, Weights] = {}
    figures: dict[str, Mapping[str, float]] = {}
    seeing = ("seeing",) if encoder.size else ()
    for kind in (*seeing, "blind"):
        held = list(_held_out(texts, vocabulary, labelled, folds, kind == "seeing", tell))
        kinds[kind], figures[kind] = _fitted(held)
    kinds.setdefault("seeing", kinds["blind"])
    tell("index", 0, 1)
    scorer = Scorer(labels, vocabulary, Space.build(labelled), kinds, encoder)
    tell("index", 1, 1)
    return Trained(scorer, figures)


def encoded(encoder: Encoder) -> Vectors:
    """Vectors straight from an encoder, without a cache."""

    def vectors(texts: Sequence[str], tell: Tell) -> Floats:
        parts = [np.zeros((0, encoder.size), dtype=np.float32)]
        for start in range(0, len(texts), 128):
            tell("vectors", start, len(texts))
            parts.append(encoder.vectors(texts[start : start + 128]))
        tell("vectors", len(texts), len(texts))
        return np.concatenate(parts)

    return vectors


def _labelled(
    lessons: Sequence[Lesson], labels: Sequence[str], texts: Sequence[str], vectors: Floats
) -> tuple[Vocabulary, Labelled]:
    place = {label: number for number, label in enumerate(labels)}
    vocabulary, found = counted(texts)
    pairs = [(row, place[label]) for row, one in enumerate(lessons) for label in dict.fromkeys(one.labels)]
    labelled = Labelled(
        found=found,
        width=len(vocabulary),
        vectors=vectors,
        weights=np.array([lesson.weight for lesson in lessons], dtype=np.float32),
        pair_rows=np.array([row for row, _ in pairs], dtype=np.int32),
        pair_classes=np.array([number for _, number in pairs], dtype=np.int32),
        classes=len(labels),
        inside=len(lessons),
        few=len(lessons) <= FEW,
    )
    return vocabulary, labelled


def folds_of(lessons: Sequence[Lesson], labels: Sequence[str], outside: int) -> NDArray[np.int64]:
    """The fold that leaves each row out; -1 is never left out (names, which nobody wrote).

    Writers that share no label are left out together, and each in parts, so that a label loses one writer
    while its neighbours keep theirs. Where there is one writer only, its phrases are dealt out by chance.
    """
    voices = sorted({one.voice for one in lessons if one.voice})
    if len(voices) < 2:
        dealt = [_chance_of(one.text) % 5 for one in lessons]
        return np.array([*dealt, *(place % 5 for place in range(outside))])
    packs = _packs(
        {voice: {x for one in lessons if one.voice == voice for x in one.labels} for voice in voices}
    )
    count = (max(packs.values()) + 1) * _PARTS
    folds = [
        packs[one.voice] * _PARTS + _chance_of(one.labels[0]) % _PARTS if one.voice else -1 for one in lessons
    ]
    return np.array([*folds, *(place % count for place in range(outside))])


def _packs(labels: Mapping[str, set[str]]) -> dict[str, int]:
    """Voices by pack: the first in which nobody writes of the same labels."""
    taken: list[set[str]] = []
    packs: dict[str, int] = {}
    for voice in sorted(labels, key=lambda one: (-len(labels[one]), one)):
        pack = next((at for at, there in enumerate(taken) if not there & labels[voice]), len(taken))
        if pack == len(taken):
            taken.append(set())
        taken[pack] |= labels[voice]
        packs[voice] = pack
    return packs


def _chance_of(text: str) -> int:
    """A number that looks drawn by chance, but is the same at every training."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "little")


def _held_out(
    texts: Sequence[str],
    vocabulary: Vocabulary,
    labelled: Labelled,
    folds: NDArray[np.int64],
    seeing: bool,
    tell: Tell,
) -> Iterator[_Held]:
    """The evidence for texts that were left out, from everything else."""
    left = _left(folds, labelled)
    enough = min(_ENOUGH, max(1, int(np.median(left)) // 2))
    chosen = _sample(texts, folds, labelled, left, enough)
    together = _together(labelled)
    step, done, first = ("held out" if seeing else "held out, blind"), 0, _FIRST[seeing]
    for fold in range(int(folds.max()) + 1):
        space = Space.build(labelled.without((folds == fold) | _only_of(labelled, left[fold] < enough)))
        for row in chosen[folds[chosen] == fold]:
            query = vocabulary.query(texts[row])
            evidence = space.evidence(query, labelled.vectors[row] if seeing else None, first)
            wanted = labelled.pair_classes[labelled.pair_rows == row]
            right = np.isin(evidence.classes, wanted)
            fair = right | together[np.ix_(evidence.classes, wanted)].any(axis=1)
            yield _Held(evidence, right, fair, row >= labelled.inside)
            done += 1
            if done % 50 == 0:
                tell(step, done, len(chosen))
    tell(step, len(chosen), len(chosen))


def _left(folds: NDArray[np.int64], labelled: Labelled) -> NDArray[np.int64]:
    """How many written phrases each class keeps when a fold is left out: folds × classes."""
    spread = np.zeros((int(folds.max()) + 1, labelled.classes), dtype=np.int64)
    written = folds[labelled.pair_rows] >= 0
    np.add.at(spread, (folds[labelled.pair_rows[written]], labelled.pair_classes[written]), 1)
    left: NDArray[np.int64] = spread.sum(axis=0) - spread
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
    written = folds[labelled.pair_rows] >= 0
    rows, classes = labelled.pair_rows[written], labelled.pair_classes[written]
    there = left[folds[rows], classes]
    most = there >= _KEPT * np.bincount(classes, minlength=labelled.classes)[classes]
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
