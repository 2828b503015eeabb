"""A model of acts for a data folder: the lessons, and what the scorer that was just trained sees of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np

from intents.act_lessons import act_lessons
from intents.act_model import ActLesson, ActModel, train_acts
from intents.act_sight import sight_of
from intents.encoder import Encoder
from intents.likeness import Floats
from intents.matching import ItemMatcher
from intents.reading import EngineData
from intents.scorer import Scorer
from intents.training import Tell, Vectors


class _Remembering:
    """An encoder that has met these texts already; for anything else it asks the one behind it."""

    def __init__(self, encoder: Encoder, known: Mapping[str, Floats]) -> None:
        self._encoder, self._known = encoder, known

    def vectors(self, texts: Sequence[str]) -> Floats:
        if all(text in self._known for text in texts):
            return np.stack([self._known[text] for text in texts])
        return self._encoder.vectors(texts)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._encoder, name)


def train_act_model(
    read: EngineData, trained: Scorer, encoder: Encoder, vectors: Vectors, tell: Tell
) -> ActModel:
    """The model of what `read` says; vectors are taken with `vectors`, which may remember them."""
    told = act_lessons(read.wordings, ItemMatcher(read.menu, (), read.wordings.same_words))
    rows = vectors([one.bare for one in told], tell)
    tell("acts", 0, 2)
    sights = _sights([one.bare for one in told], rows, trained, encoder)
    tell("acts", 1, 2)
    model = train_acts(
        [ActLesson(one.text, one.act, sight, one.voice) for one, sight in zip(told, sights, strict=True)]
    )
    tell("acts", 2, 2)
    return model


def _sights(texts: Sequence[str], rows: Floats, trained: Scorer, encoder: Encoder) -> list[Floats]:
    """What the scorer sees of each text; nothing where there is no encoder."""
    if not encoder.size:
        return [np.zeros(0, dtype=np.float32) for _ in texts]
    known = dict(zip(texts, rows, strict=True))
    remembering = cast("Encoder", _Remembering(encoder, known))
    scorer = Scorer(trained.items, trained.vocabulary, trained.space, trained.kinds, remembering)
    seen = {text: _sight(scorer, text, row) for text, row in known.items()}
    return [seen[text] for text in texts]


def _sight(scorer: Scorer, text: str, row: Floats) -> Floats:
    vector, scores = scorer.vector(text), scorer.scores(text)
    return sight_of(row if vector is None else vector, scores.ranked, scores.in_scope)
