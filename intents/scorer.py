"""Which service a text is about, learnt: evidence by words and by meaning, fused, with an honest confidence.

Three small linear models, fitted on phrases of writers that the evidence never saw (`intents/training.py`):
`fusion` weighs the evidence into a share for each likely item, `judge` says how likely the first is right,
and `scope` how likely any item fits at all. Each exists twice: with sentence vectors, and without.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from intents.artefact import Artefact, ArtefactRefused, read_artefact, write_artefact
from intents.at_hand import AtHand
from intents.encoder import Encoder, Seen, Windows
from intents.likeness import Floats
from intents.meaning import Alternative
from intents.space import Evidence, Space
from intents.sparse import Query, Vocabulary

if TYPE_CHECKING:
    from intents.additions import Added

Doubles = NDArray[np.float64]
#: raised when older artefacts can no longer be read
FORMAT = 6
#: no evidence is as good as a name said in full (`intents.wishes.EXACT`)
CEILING = 0.93
#: how many items a ranking has
SHOWN = 12
#: of how many features a text must be made to be acted on: one character may mean anything
ENOUGH = 3
#: made of more than this that nobody ever wrote, a text is not understood; what it is about is not denied
UNHEARD = 0.5


@dataclass(frozen=True, slots=True)
class Weights:
    """What was fitted for one kind of evidence, and where its bands begin (see `intents.gate`)."""

    fusion: tuple[float, ...]
    judge: tuple[float, ...]
    scope: tuple[float, ...]
    act: float
    outside: float
    far: float

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> Weights:
        fusion, judge, scope = (tuple(map(float, written[name])) for name in ("fusion", "judge", "scope"))
        act, outside, far = (float(written[name]) for name in ("act", "outside", "far"))
        return cls(fusion, judge, scope, act, outside, far)

    def to_json(self) -> dict[str, object]:
        return {
            "fusion": self.fusion, "judge": self.judge, "scope": self.scope, "act": self.act,
            "outside": self.outside, "far": self.far,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scores:
    """The likeliest items with their confidences, best first, and how likely any item fits at all."""

    ranked: tuple[Alternative, ...]
    in_scope: float


def judge_features(evidence: Evidence, shares: Doubles, order: NDArray[np.intp]) -> Doubles:
    """What tells whether the first guess is fair: its share and lead, and how far each evidence agrees.

    Items that writers name for the same wish (its kin) are no rivals: their shares count together, and the
    lead is the one over the first that is none of them.
    """
    first = int(order[0])
    kin = evidence.kin[evidence.classes[first]].take(evidence.classes).tolist()
    parts, columns = shares.tolist(), evidence.columns.tolist()  # so few are quicker without arrays
    others = [place for place, same in enumerate(kin) if not same and place != first]
    share, own = parts[first], columns[first]
    group = sum(parts) - sum(parts[place] for place in others)
    rest = map(max, zip(*(columns[place] for place in others), strict=True)) if others else [0.0] * len(own)
    ahead = [mine - best for mine, best in zip(own, rest, strict=True)]
    rival = max((parts[place] for place in others), default=0.0)
    lead = min(math.log(max(share, 1e-6) / max(rival, 1e-6)), 8.0)
    outside = (evidence.outside_words, evidence.outside_vector)
    leads = [one > 0 for one in ahead]
    return np.array([1.0, _logit(share), _logit(group), lead, *own, *ahead, *leads, *outside])


def _logit(share: float) -> float:
    kept = min(max(share, 1e-6), 1 - 1e-6)
    return math.log(kept / (1 - kept))


def scope_features(evidence: Evidence, shares: Doubles, order: NDArray[np.intp]) -> Doubles:
    """What tells whether a text is any item's: the best of each kind of evidence, against what fits none."""
    best = evidence.columns.max(axis=0)
    outside = (evidence.outside_words, evidence.outside_vector)
    return np.array([1.0, *best.tolist(), *outside, float(shares[order[0]])])


def fused(evidence: Evidence, fusion: Sequence[float]) -> tuple[Doubles, NDArray[np.intp]]:
    """The share of each likely class (they add up to 1), and their order."""
    raw = evidence.columns.astype(np.float64) @ np.asarray(fusion)
    shares = np.exp(raw - raw.max())
    shares /= shares.sum()
    return shares, np.argsort(-shares, kind="stable")


def chance(features: Doubles, weights: Sequence[float]) -> float:
    """The logistic of a weighted sum."""
    return 1 / (1 + math.exp(-min(max(float(features @ np.asarray(weights)), -30.0), 30.0)))


class Scorer:
    """Scores prepared texts. Read-only after the build, so threads may share it."""

    def __init__(
        self,
        items: Sequence[str],
        vocabulary: Vocabulary,
        space: Space,
        weights: Mapping[str, Weights],
        encoder: Encoder,
    ) -> None:
        self.items = tuple(items)
        self._places = {item: place for place, item in enumerate(items)}
        self.vocabulary, self.space, self.kinds = vocabulary, space, weights
        self._encoder = encoder
        self.sees = bool(encoder.size) and space.sees
        self.weights = weights["seeing" if self.sees else "blind"]
        #: what it is known by, which approved phrases its training has read, and those added since
        self.checksum = ""
        self.folded: frozenset[str] = frozenset()
        self.added: Added | None = None
        # One message is scored whole, as a clause, and for its strangeness; of a clause the words come first.
        self._sights: AtHand[Seen] = AtHand()
        self._scores: AtHand[Scores] = AtHand()
        self._windows: AtHand[Windows] = AtHand()
        self._looked_up = lru_cache(maxsize=16)(self._words)
        self._outside = lru_cache(maxsize=16)(self._strange)

    def begin(self) -> None:
        """Forgets the last message of this thread: what is read next stands by itself."""
        for kept in (self._sights, self._scores, self._windows):
            kept.begin()

    def vector(self, text: str) -> Floats | None:
        """The sentence vector of a prepared text, kept for its scores; None without an encoder."""
        if not self.sees:
            return None
        return self.seen(text).vector

    def seen(self, text: str) -> Seen:
        """What the encoder makes of a prepared text, kept for its scores."""
        known = self._sights.find(text)
        if known is not None:
            return known
        windows = self._windows.keep("", self._encoder.windows(text))
        return self._told(text, self._encoder.mean(windows, text))

    def look_within(self, text: str, clause: str) -> None:
        """Sees a prepared clause in the windows of the text that was seen last: nearly for nothing."""
        windows = self._windows.find("")
        if windows is not None and windows.text == text and self._sights.find(clause) is None:
            mean = self._encoder.mean(windows, clause)
            if mean is not None:
                self._told(clause, mean)

    def _told(self, text: str, mean: Floats | None) -> Seen:
        means = self._encoder.means([text]) if mean is None else mean[None]
        return self._sights.keep(text, Seen(means[0], self._encoder.told(means)[0]))

    def encoded(self, texts: Sequence[str]) -> Floats:
        """The sentence vectors of prepared texts."""
        return self._encoder.vectors(texts)

    def with_added(self, added: Added | None) -> Scorer:
        """A twin that weighs these examples as well, and no others that were added before."""
        twin = copy(self)
        twin.added = added
        twin._scores = AtHand()
        return twin

    def scores(self, text: str) -> Scores:
        """The likeliest items for a prepared text (normalised, regional words replaced)."""
        return self._scores.once(text, lambda: self._scored(text))

    def promise(self, text: str) -> tuple[str, float]:
        """The item whose words a prepared text shares most, and how much: far quicker than `scores`."""
        query, words = self._looked_up(text)
        if query.is_empty:
            return "", 0.0
        number = int(words.argmax())
        return self.items[number], float(words[number])

    def by_words(self, text: str) -> float:
        """How likely the first guess for a prepared text is by its words alone: quicker than `scores`."""
        ranked = self._reckoned(text, self.kinds["blind"], None).ranked
        return ranked[0].confidence if ranked else 0.0

    def akin(self, one: str, other: str) -> bool:
        """Whether writers name both items for the same wish."""
        known = one in self._places and other in self._places
        return known and bool(self.space.kin[self._places[one], self._places[other]])

    def is_unheard(self, text: str) -> bool:
        """Whether a prepared text is mostly made of what nobody ever wrote."""
        return _is_unheard(self._looked_up(text)[0])

    def _words(self, text: str) -> tuple[Query, Floats]:
        query = self.vocabulary.query(text)
        return query, self.space.words(query)

    def _strange(self, text: str) -> float:
        return self.space.outside(self._looked_up(text)[0])

    def _scored(self, text: str) -> Scores:
        return self._reckoned(text, self.weights, self.seen(text) if self.sees else None)

    def _reckoned(self, text: str, weights: Weights, sight: Seen | None) -> Scores:
        query, words = self._looked_up(text)
        if query.is_empty and sight is None:
            return Scores((), 0.0)
        evidence = self.space.evidence(query, sight, weights.fusion, words, self._outside(text))
        if self.added is not None:
            evidence = self.added.join(evidence, text, sight.vector if sight else None)
        shares, order = fused(evidence, weights.fusion)
        most = CEILING if query.length >= ENOUGH else weights.act / 2
        sure = min(most, chance(judge_features(evidence, shares, order), weights.judge))
        shown = order[:SHOWN]
        parts = sure * shares[shown] / max(float(shares[order[0]]), 1e-9)
        ranked = tuple(
            Alternative(self.items[number], part)
            for number, part in zip(evidence.classes[shown].tolist(), parts.tolist(), strict=True)
        )
        in_scope = chance(scope_features(evidence, shares, order), weights.scope)
        if _is_unheard(query):
            in_scope = max(in_scope, (weights.far + weights.outside) / 2)
        return Scores(ranked, in_scope)

    def save(self, path: Path, about: Mapping[str, Any]) -> int:
        """Writes the artefact; returns its size in bytes."""
        words = np.frombuffer("\n".join(self.vocabulary.features).encode(), dtype=np.uint8)
        heading = {
            **about,
            "format": FORMAT,
            "items": self.items,
            "inside": self.space.inside,
            "weights": {kind: one.to_json() for kind, one in self.kinds.items()},
        }
        return write_artefact(path, heading, {**self.space.arrays, "vocabulary": words})


def _is_unheard(query: Query) -> bool:
    return len(query.strange) >= UNHEARD * query.length


def read_scorer(path: Path, encoder: Encoder) -> Scorer:
    """The scorer of an artefact. Raises ArtefactRefused when it is broken, of another format or encoder."""
    artefact = read_artefact(path)
    if artefact.about.get("format") != FORMAT:
        raise ArtefactRefused(f"{path} is of another release's format; train again.")
    trained_with = artefact.about.get("encoder", {}).get("name")
    if encoder.size and trained_with != encoder.name:
        raise ArtefactRefused(f"{path} was trained with {trained_with}, not {encoder.name}; train again.")
    try:
        return _scorer(artefact, encoder)
    except (KeyError, ValueError, TypeError, IndexError) as error:
        raise ArtefactRefused(f"{path} is no sound understanding artefact ({error}); train again.") from error


def _scorer(artefact: Artefact, encoder: Encoder) -> Scorer:
    about, arrays = artefact.about, dict(artefact.arrays)
    words = bytes(arrays.pop("vocabulary")).decode().split("\n")
    kinds = {kind: Weights.read(one) for kind, one in about["weights"].items()}
    space = Space(arrays, len(about["items"]), int(about["inside"]))
    scorer = Scorer(about["items"], Vocabulary(words), space, kinds, encoder)
    encoder.expect(map(int, about.get("tokens", ())))
    scorer.checksum, scorer.folded = artefact.checksum, frozenset(about.get("phrases", ()))
    return scorer
