"""The same scorer on any labelled set: trained on one file, measured on others, with nothing set by hand.

Pure. A line is a text and its intent; `oos` is what no intent fits. What is reported is what few-shot papers
report: accuracy in scope, how well the scorer tells what is out of scope (AUROC; recall where 95 % of what is
in scope is accepted), and the best Matthews coefficient over all thresholds, `oos` being one class more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from intents.encoder import Encoder
from intents.labelled import BadLine, Fields, read_objects
from intents.normalize import normalize
from intents.scorer import Scorer
from intents.training import Lesson, Tell, encoded, quiet, train

OUTSIDE = "oos"
ACCEPTED = 0.95  # the share in scope that is accepted where recall is read
Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sample:
    """One text with its intent."""

    text: str
    intent: str

    @property
    def is_outside(self) -> bool:
        """Whether no intent fits it."""
        return self.intent == OUTSIDE


@dataclass(frozen=True, slots=True)
class Guess:
    """What a sample was taken for, and how likely any intent fits, from 0 to 1."""

    sample: Sample
    intent: str
    fits: float

    @property
    def is_right(self) -> bool:
        """Whether the intent is the wanted one, whatever the threshold."""
        return self.intent == self.sample.intent


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares from 0 to 1; None where a file has no line out of scope, or no threshold was given."""

    inside: int
    outside: int
    accuracy: float
    auroc: float | None
    recall_at_95: float | None
    best_mcc: float
    best_threshold: float
    at_threshold: Mapping[str, float] | None = None

    def to_json(self) -> dict[str, object]:
        """The figures with four digits."""
        shown: dict[str, object] = {"lines": self.inside + self.outside, "out_of_scope": self.outside}
        for name in ("accuracy", "auroc", "recall_at_95", "best_mcc", "best_threshold"):
            value = getattr(self, name)
            shown[name] = None if value is None else round(value, 4)
        if self.at_threshold is not None:
            shown["at_valid_threshold"] = {name: round(x, 4) for name, x in self.at_threshold.items()}
        return shown


def read_samples(path: Path) -> list[Sample]:
    """The samples of a file, one `{"text", "intent"}` a line. Raises BadLine."""
    samples = []
    for number, found in read_objects(path):
        fields = Fields(path, number, found)
        intent = fields.text("intent")
        if not intent.strip():
            raise fields.wrong("intent should not be empty")
        samples.append(Sample(normalize(fields.text("text")).text, intent))
    if not samples:
        raise BadLine(f"{path} holds no line.")
    return samples


def check_train(path: Path, samples: Sequence[Sample]) -> None:
    """Raises BadLine when nothing can be learnt from the samples of this file."""
    if len({one.intent for one in samples if not one.is_outside}) < 2:
        raise BadLine(f"{path} should have examples of two intents or more.")


def check_known(path: Path, samples: Sequence[Sample], known: frozenset[str]) -> None:
    """Raises BadLine for an intent that training never saw: it could never be right."""
    for one in samples:
        if one.intent not in known and not one.is_outside:
            raise BadLine(f"{path}: intent {one.intent!r} has no example in the training file.")


def train_on(samples: Sequence[Sample], encoder: Encoder, tell: Tell = quiet) -> Scorer:
    """The scorer of these samples, with the settings of the menu's own."""
    lessons = [Lesson(one.text, (one.intent,)) for one in samples if not one.is_outside]
    outside = [one.text for one in samples if one.is_outside]
    return train(lessons, outside, encoder, encoded(encoder), tell).scorer


def guess(scorer: Scorer, sample: Sample) -> Guess:
    """What the scorer takes a sample for."""
    scores = scorer.scores(sample.text)
    return Guess(sample, scores.ranked[0].item if scores.ranked else OUTSIDE, scores.in_scope)


def figures(guesses: Sequence[Guess], threshold: float | None = None) -> Figures:
    """The figures of a file; `threshold` was chosen on another file."""
    inside = [one for one in guesses if not one.sample.is_outside]
    outside = [one for one in guesses if one.sample.is_outside]
    fits_in, fits_out = (np.array([one.fits for one in those]) for those in (inside, outside))
    mcc, best = best_mcc(guesses)
    both = bool(inside and outside)
    return Figures(
        inside=len(inside),
        outside=len(outside),
        accuracy=_share([one.is_right for one in inside]),
        auroc=auroc(fits_in, fits_out) if both else None,
        recall_at_95=float((fits_out < np.quantile(fits_in, 1 - ACCEPTED)).mean()) if both else None,
        best_mcc=mcc,
        best_threshold=best,
        at_threshold=None if threshold is None else _at(threshold, inside, outside),
    )


def _share(hits: Sequence[bool]) -> float:
    return sum(hits) / len(hits) if hits else 0.0


def _at(threshold: float, inside: Sequence[Guess], outside: Sequence[Guess]) -> dict[str, float]:
    """What a threshold does: accuracy with refusals as errors; recall and precision of what is outside."""
    refused_in = [one.fits < threshold for one in inside]
    refused_out = [one.fits < threshold for one in outside]
    refused = sum(refused_in) + sum(refused_out)
    found = {
        "threshold": threshold,
        "accuracy": _share([one.is_right and one.fits >= threshold for one in inside]),
    }
    if outside:
        found["recall"] = _share(refused_out)
        found["precision"] = sum(refused_out) / refused if refused else 0.0
    return found


def auroc(inside: Doubles, outside: Doubles) -> float:
    """The chance that something in scope scores higher than something outside; ties count half."""
    ordered = np.sort(outside)
    below = np.searchsorted(ordered, inside, side="left")
    not_above = np.searchsorted(ordered, inside, side="right")
    return float((below + not_above).mean() / 2 / len(outside))


def best_mcc(guesses: Sequence[Guess]) -> tuple[float, float]:
    """The best multi-class Matthews coefficient, and the threshold below which all is refused for it."""
    wanted = Counter(one.sample.intent for one in guesses)
    given = Counter(one.intent for one in guesses)
    right = sum(one.is_right for one in guesses)
    best, threshold = _mcc(right, wanted, given, len(guesses)), 0.0
    ordered = sorted(guesses, key=lambda one: one.fits)
    for place, one in enumerate(ordered):
        given[one.intent] -= 1
        given[OUTSIDE] += 1
        right += one.sample.is_outside - one.is_right
        following = ordered[place + 1].fits if place + 1 < len(ordered) else one.fits + 1e-9
        if following > one.fits:
            found = _mcc(right, wanted, given, len(guesses))
            if found > best:
                best, threshold = found, (one.fits + following) / 2
    return best, threshold


def _mcc(right: int, wanted: Mapping[str, int], given: Mapping[str, int], size: int) -> float:
    both = sum(count * wanted.get(intent, 0) for intent, count in given.items())
    apart = [size**2 - sum(count**2 for count in side.values()) for side in (wanted, given)]
    return (right * size - both) / (apart[0] * apart[1]) ** 0.5 if all(apart) else 0.0
