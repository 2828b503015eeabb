"""Which service a text is about, learnt: evidence by words and by meaning, fused, with an honest confidence.

Three small linear models, fitted on phrases of writers that the evidence never saw (`intents/training.py`):
`fusion` weighs the evidence into a share for each likely item, `judge` says how likely the first is right,
and `scope` how likely any item fits at all. Each exists twice: with sentence vectors, and without.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from intents.artefact import Artefact, ArtefactRefused, read_artefact, write_artefact
from intents.encoder import Encoder
from intents.likeness import Floats
from intents.meaning import Alternative
from intents.space import Evidence, Space
from intents.sparse import Vocabulary

if TYPE_CHECKING:
    from intents.additions import Added

Doubles = NDArray[np.float64]
#: raised when older artefacts can no longer be read
FORMAT = 2
#: no evidence is as good as a name said in full (`intents.wishes.EXACT`)
CEILING = 0.93


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
    """What tells whether the first guess is right: its share and lead, and how far each evidence agrees."""
    first = order[0]
    second = float(shares[order[1]]) if len(order) > 1 else 0.0
    share = min(max(float(shares[first]), 1e-6), 1 - 1e-6)
    lead = np.log(share / max(second, 1e-6))
    own = evidence.columns[first]
    others = np.delete(evidence.columns, first, axis=0)
    ahead = own - others.max(axis=0) if len(others) else own
    return np.array([1.0, np.log(share / (1 - share)), min(lead, 8.0), *own, *ahead, *(ahead > 0)])


def scope_features(evidence: Evidence, shares: Doubles, order: NDArray[np.intp]) -> Doubles:
    """What tells whether a text is any item's: the best of each kind of evidence, against what fits none."""
    best = evidence.columns.max(axis=0)
    outside = (evidence.outside_words, evidence.outside_vector)
    return np.array([1.0, *best, *outside, float(shares[order[0]])])


def fused(evidence: Evidence, fusion: Sequence[float]) -> tuple[Doubles, NDArray[np.intp]]:
    """The share of each likely class (they add up to 1), and their order."""
    raw = evidence.columns.astype(np.float64) @ np.asarray(fusion)
    shares = np.exp(raw - raw.max())
    shares /= shares.sum()
    return shares, np.argsort(-shares, kind="stable")


def chance(features: Doubles, weights: Sequence[float]) -> float:
    """The logistic of a weighted sum."""
    return float(1 / (1 + np.exp(-np.clip(features @ np.asarray(weights), -30, 30))))


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
        self.vocabulary, self.space, self.kinds = vocabulary, space, weights
        self._encoder = encoder
        self.sees = bool(encoder.size) and space.sees
        self.weights = weights["seeing" if self.sees else "blind"]
        #: what it is known by, which approved phrases its training has read, and those added since
        self.checksum = ""
        self.folded: frozenset[str] = frozenset()
        self.added: Added | None = None
        self._foreseen: dict[str, Floats] = {}
        # One message is scored whole, as a clause, and for its strangeness.
        self._cached = lru_cache(maxsize=64)(self._scored)

    def foresee(self, texts: Sequence[str]) -> None:
        """Encodes several prepared texts at once, which takes hardly longer than one; scores come later."""
        if self.sees and len(texts) > 1:
            # Another thread may put its own in place: then this one encodes again, and nothing is wrong.
            self._foreseen = dict(zip(texts, self._encoder.vectors(texts), strict=True))

    def encoded(self, texts: Sequence[str]) -> Floats:
        """The sentence vectors of prepared texts."""
        return self._encoder.vectors(texts)

    def with_added(self, added: Added | None) -> Scorer:
        """A twin that weighs these examples as well, and no others that were added before."""
        twin = copy(self)
        twin.added = added
        twin._cached = lru_cache(maxsize=64)(twin._scored)
        return twin

    def _vector(self, text: str) -> Floats:
        found = self._foreseen.get(text)
        return self._encoder.vectors([text])[0] if found is None else found

    def scores(self, text: str) -> Scores:
        """The likeliest items for a prepared text (normalised, regional words replaced)."""
        return self._cached(text)

    def promise(self, text: str) -> float:
        """The confidence of the likeliest item by words alone: a fifth of the time of `scores`."""
        found = self._reckoned(text, self.kinds["blind"], None)
        return found.ranked[0].confidence if found.ranked else 0.0

    def _scored(self, text: str) -> Scores:
        return self._reckoned(text, self.weights, self._vector(text) if self.sees else None)

    def _reckoned(self, text: str, weights: Weights, vector: Floats | None) -> Scores:
        query = self.vocabulary.query(text)
        if query.is_empty and vector is None:
            return Scores((), 0.0)
        evidence = self.space.evidence(query, vector, np.asarray(weights.fusion))
        if self.added is not None:
            evidence = self.added.join(evidence, text, vector)
        shares, order = fused(evidence, weights.fusion)
        sure = min(CEILING, chance(judge_features(evidence, shares, order), weights.judge))
        first = max(float(shares[order[0]]), 1e-9)
        ranked = tuple(
            Alternative(self.items[int(evidence.classes[one])], sure * min(1.0, float(shares[one]) / first))
            for one in order
        )
        return Scores(ranked, chance(scope_features(evidence, shares, order), weights.scope))

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
    scorer.checksum, scorer.folded = artefact.checksum, frozenset(about.get("phrases", ()))
    return scorer
