"""Phrases that an operator approved, at once and without a training.

Their exact wording acts as an alias. As examples they join the evidence for their items: the nearest example,
the three nearest by sentence vector, and the middle of all examples, which each of them moves by its share.
The next training reads them like all other phrases; what it has read is not added again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from intents.likeness import Floats, features_of
from intents.matching import ItemMatcher
from intents.names import core_of
from intents.normalize import normalize
from intents.space import LENGTH, NAMES, SHRINK, Evidence
from intents.times import read_times
from intents.wishes import bare, homes_in
from intents.wordings import Example

if TYPE_CHECKING:
    from intents.scorer import Scorer

#: how near an added example must be, by words or by sentence vector, to bring in an item nothing else did
NEAR_WORDS, NEAR_VECTOR = 0.4, 0.6
#: times are blanked out of phrases; on which day they are read makes no difference
_ANY_DAY = datetime(2026, 3, 11, 10, tzinfo=UTC)
_TOGETHER, _WHITENED, _CLOSE = (NAMES.index(n) for n in ("together", "whitened", "close"))


@dataclass(frozen=True, slots=True)
class Phrase:
    """One approved wording, and every item it fairly fits."""

    text: str
    items: tuple[str, ...]

    @property
    def key(self) -> str:
        """What an artefact remembers of a phrase that its training has read."""
        written = "\n".join((normalize(self.text).text, *sorted(self.items)))
        return hashlib.sha256(written.encode()).hexdigest()[:16]


def prepared(matcher: ItemMatcher, text: str) -> str:
    """A phrase as the scorer meets it: regional words replaced, times and homes blanked out."""
    plain = normalize(text).text
    return matcher.common_words(bare(plain, read_times(plain, _ANY_DAY)))


def without_homes(text: str) -> str:
    """The text as it was written, but for the numbers of homes in it: a phrase is nobody's in particular."""
    normal = normalize(text, None)
    pieces, at = [], 0
    for start, end in homes_in(normal.text):
        first, last = normal.original_span(start, end)
        pieces.append(text[at:first])
        at = last
    return " ".join("".join([*pieces, text[at:]]).split())


def taught(matcher: ItemMatcher, phrases: Sequence[Phrase]) -> ItemMatcher:
    """The matcher with these phrases, in place of any it was taught before."""
    names: dict[str, tuple[str, ...]] = {}
    for one in phrases:
        core, items = core_of(prepared(matcher, one.text)), matcher.real(one.items)
        if core and items:
            names[core] = tuple(dict.fromkeys((*names.get(core, ()), *items)))
    if matcher.scorer is not None:
        return matcher.taught(names, with_examples(matcher.scorer, matcher, phrases))
    return matcher.taught(names, None, [Example(one.items, one.text) for one in phrases])


def with_examples(scorer: Scorer, matcher: ItemMatcher, phrases: Sequence[Phrase]) -> Scorer:
    """The scorer with the phrases its training has not read, in place of any it was given before."""
    place = {item: number for number, item in enumerate(scorer.items)}
    rows: dict[str, set[int]] = {}
    for one in phrases:
        classes = {place[item] for item in matcher.real(one.items) if item in place}
        text = prepared(matcher, one.text)
        if classes and features_of(text) and one.key not in scorer.folded:
            rows.setdefault(text, set()).update(classes)
    return scorer.with_added(Added(scorer, rows, scorer.added) if rows else None)


class Added:
    """The added examples of one scorer. Read-only after the build, so threads may share it."""

    def __init__(self, scorer: Scorer, rows: Mapping[str, set[int]], before: Added | None = None) -> None:
        """`rows`: prepared texts with their classes; `before` spares encoding what it has encoded."""
        self._texts = list(rows)
        self._classes = sorted({number for classes in rows.values() for number in classes})
        self._rows = [
            np.array([at for at, text in enumerate(self._texts) if number in rows[text]])
            for number in self._classes
        ]
        self._vocabulary = scorer.vocabulary
        self._idf = scorer.space.arrays["classes.idf"]
        self._unseen = float(np.log(1 + len(scorer.items)) + 1)
        self._postings, self._own_idf = self._indexed()
        self.vectors = _encoded(scorer, self._texts, before)
        self._shortened = scorer.space.shortened
        self._short = self._shortened(self.vectors) if scorer.sees else self.vectors
        self._known = np.diff(scorer.space.arrays["pair_starts"])[self._classes].astype(np.float32)
        self._centre(scorer)

    def by_text(self) -> dict[str, Floats]:
        """The sentence vector of each text; nothing where there is no encoder."""
        return dict(zip(self._texts, self.vectors, strict=True)) if self.vectors.shape[1] else {}

    def join(self, evidence: Evidence, text: str, vector: Floats | None) -> Evidence:
        """The evidence for a prepared text with what the added examples say."""
        words = self._words(text)
        close = self._close(vector) if vector is not None else np.zeros(len(words), np.float32)
        place = {int(number): at for at, number in enumerate(evidence.classes)}
        columns, strangers, fresh = evidence.columns.copy(), [], []
        least = evidence.columns.min(axis=0)
        for at, number in enumerate(self._classes):
            rows = self._rows[at]
            if number in place:
                row = columns[place[number]]
                self._raise(row, at, words[rows], close[rows], vector)
            elif words[rows].max() >= NEAR_WORDS or close[rows].max() >= NEAR_VECTOR:
                row = least.copy()
                self._raise(row, at, words[rows], close[rows], vector)
                strangers.append(number)
                fresh.append(row)
        if not fresh:
            return replace(evidence, columns=columns)
        classes: NDArray[np.intp] = np.array([*evidence.classes, *strangers], dtype=np.intp)
        return replace(evidence, classes=classes, columns=np.vstack([columns, *fresh]))

    def _close(self, vector: Floats) -> Floats:
        """The likeness to every added example, as the space compares single ones."""
        return np.asarray(self._short @ self._shortened(vector[None])[0], dtype=np.float32)

    def _raise(self, row: Floats, at: int, words: Floats, close: Floats, vector: Floats | None) -> None:
        """One class's evidence, in place. Of its three nearest trained examples only the mean is known."""
        known = self._known[at]
        row[_TOGETHER] = max(row[_TOGETHER], (known * row[_TOGETHER] + words.sum()) / (known + len(words)))
        if vector is None or len(row) <= _CLOSE:
            return
        row[_WHITENED] = self._project[at] @ vector - self._lengths[at]
        row[_CLOSE] = np.sort(np.concatenate([np.full(3, row[_CLOSE]), close]))[-3:].mean()

    def _words(self, text: str) -> Floats:
        """The cosine of tf-idf to every added example, reckoned as the trained index does."""
        found = np.zeros(len(self._texts), dtype=np.float32)
        for name, count in features_of(text).items():
            for row, weight in self._postings.get(name, ()):
                found[row] += weight * (1 + np.log(count)) * self._own_idf[name]
        return np.asarray(found / self._length(text), dtype=np.float32)

    def _length(self, text: str) -> float:
        query = self._vocabulary.query(text)
        raw = query.logs * self._idf[query.features]
        strange = query.strange * self._unseen
        return float(np.sqrt(raw @ raw + strange @ strange)) or 1.0

    def _indexed(self) -> tuple[dict[str, list[tuple[int, float]]], dict[str, float]]:
        """For each feature of the examples: the rows it stands in with its weight, and how telling it is."""
        own = {name for text in self._texts for name in features_of(text)}
        idf = dict.fromkeys(own, self._unseen)
        for number, name in enumerate(self._vocabulary.features):
            if name in own:
                idf[name] = float(self._idf[number])
        postings: dict[str, list[tuple[int, float]]] = {}
        for row, text in enumerate(self._texts):
            length = self._length(text)
            for name, count in features_of(text).items():
                weight = float((1 + np.log(count)) * idf[name]) / length
                postings.setdefault(name, []).append((row, weight))
        return postings, idf

    def _centre(self, scorer: Scorer) -> None:
        """Moves the mean of each class by the share of its new examples."""
        arrays = scorer.space.arrays
        if not self.vectors.shape[1]:
            return
        around = self.vectors - arrays["middle"]
        means = arrays["means"][self._classes].astype(np.float32)
        for at, rows in enumerate(self._rows):
            before = self._known[at] + SHRINK
            means[at] = (means[at] * before + around[rows].sum(axis=0)) / (before + len(rows))
        self._project = (means @ arrays["whitener"]).astype(np.float32)
        lengths = LENGTH * np.einsum("cd,cd->c", self._project, means)
        self._lengths = lengths + self._project @ arrays["middle"]


def _encoded(scorer: Scorer, texts: Sequence[str], before: Added | None) -> Floats:
    if not scorer.sees:
        return np.zeros((len(texts), 0), dtype=np.float32)
    known = before.by_text() if before is not None else {}
    new = [text for text in texts if text not in known]
    known |= dict(zip(new, scorer.encoded(new), strict=True))
    return np.stack([known[text] for text in texts])
