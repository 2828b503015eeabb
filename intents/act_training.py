"""A model of acts for a data folder: the lessons, and what the scorer that was just trained sees of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np

from intents.act_lessons import act_lessons
from intents.act_model import ActLesson, ActModel, train_acts
from intents.act_sight import sight_of
from intents.encoder import Encoder, Windows
from intents.likeness import Floats
from intents.matching import ItemMatcher
from intents.reading import EngineData
from intents.scorer import Scorer
from intents.training import Sights, Tell, Trained


class _Remembering:
    """An encoder that has met these texts already; for anything else it asks the one behind it."""

    def __init__(self, encoder: Encoder, means: Mapping[str, Floats]) -> None:
        self._encoder, self._means = encoder, means

    def means(self, texts: Sequence[str]) -> Floats:
        if all(text in self._means for text in texts):
            return np.stack([self._means[text] for text in texts])
        return self._encoder.means(texts)

    def windows(self, text: str) -> Windows:
        return Windows(text, self.means([text]))

    def mean(self, windows: Windows, clause: str) -> Floats | None:
        return windows.rows[0] if clause == windows.text else None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._encoder, name)


def train_act_model(
    read: EngineData, trained: Trained, encoder: Encoder, sights: Sights, tell: Tell
) -> ActModel:
    """The model of what `read` says; `sights` may remember what the encoder makes of texts.

    What the scorer sees of a wish must be what it sees of a stranger's: wishes are taken from the writers
    that were left out, and seen by the scorer that never read them.
    """
    matcher = ItemMatcher(read.menu, (), read.wordings.same_words)
    told = act_lessons(read.wordings, matcher, trained.unread)
    means, _ = sights([one.bare for one in told], tell)
    tell("acts", 0, 2)
    rows = _seen([one.bare for one in told], means, trained.judged, encoder)
    tell("acts", 1, 2)
    model = train_acts(
        [ActLesson(one.text, one.act, row, one.voice) for one, row in zip(told, rows, strict=True)]
    )
    tell("acts", 2, 2)
    return model


def _seen(texts: Sequence[str], means: Floats, judged: Scorer, encoder: Encoder) -> list[Floats]:
    """What the scorer sees of each text; nothing where there is no encoder."""
    if not encoder.size:
        return [np.zeros(0, dtype=np.float32) for _ in texts]
    known = dict(zip(texts, means, strict=True))
    remembering = cast("Encoder", _Remembering(encoder, known))
    scorer = Scorer(judged.items, judged.vocabulary, judged.space, judged.kinds, remembering)
    found = {text: _sight(scorer, text, encoder, row) for text, row in known.items()}
    return [found[text] for text in texts]


def _sight(scorer: Scorer, text: str, encoder: Encoder, row: Floats) -> Floats:
    vector, scores = scorer.vector(text), scorer.scores(text)
    vector = encoder.told(row[None])[0] if vector is None else vector
    return sight_of(vector, scores.ranked, scores.in_scope)
