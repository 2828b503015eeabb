"""What the scorer sees of a text, as evidence for its act: the sentence vector, and how far a service fits.

A complaint is hardly like any service; a wish is; what an item for complaints is like may be one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from intents.likeness import Floats
from intents.meaning import Act, Alternative

#: how far a sentence vector counts beside the n-grams and what services it is like
VECTOR = 6.0
#: the items that stand for an act
VOICE_ACTS = {
    "common.voice.complaint": Act.COMPLAINT,
    "common.voice.complaint-person": Act.COMPLAINT,
    "common.voice.complaint-rework": Act.COMPLAINT,
    "common.voice.complaint-redo": Act.COMPLAINT,
    "common.voice.complaint-severe": Act.COMPLAINT,
    "common.voice.suggestion": Act.SUGGESTION,
    "common.voice.praise": Act.PRAISE,
    "common.voice.callback": Act.HUMAN,
    "common.voice.status-query": Act.STATUS,
}
VOICES = (Act.COMPLAINT, Act.SUGGESTION, Act.PRAISE, Act.HUMAN, Act.STATUS, Act.ENQUIRY)
_VOICED = {**VOICE_ACTS, "common.voice.enquiry": Act.ENQUIRY}
_LIKELIEST = 5
_POOR = 0.3  # a chance below which no service fits
SEEN = len(VOICES) + 4


def sight_of(vector: Floats, ranked: Sequence[Alternative], in_scope: float) -> Floats:
    """One row for the model of acts."""
    row = np.zeros(SEEN, dtype=np.float32)
    for one in ranked[:_LIKELIEST]:
        if (act := _VOICED.get(one.item)) is not None:
            row[VOICES.index(act)] += one.confidence
    likely = ranked[0].confidence if ranked else 0.0
    row[len(VOICES) :] = (in_scope, likely, in_scope < _POOR, likely < _POOR)
    return np.concatenate([vector * np.float32(VECTOR), row])
