"""The words that details came from: as they stand in the text, and as the person really wrote them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from intents.meaning import Intent
from intents.normalize import Normal
from intents.slot_shapes import Found

#: values by slot id, and the words that they came from
Details = tuple[dict[str, object], dict[str, str]]
#: details whose value is the person's own words
OWN_WORDS = frozenset({"origin", "dest"})
LONGEST = 120


def told(found: Mapping[str, Found], text: str) -> Details:
    """The details found in a normalised text, and the words of it that each came from."""
    values = {slot_id: one.value for slot_id, one in found.items()}
    return values, {slot_id: text[one.start : one.end] for slot_id, one in found.items()}


def in_own_words(intent: Intent, normal: Normal, raw: str) -> Intent:
    """The intent with the words of its details as `raw` has them: 衛生間, Master Bedroom."""
    if not intent.said:
        return intent
    said = {slot_id: _as_written(words, normal, raw) for slot_id, words in intent.said.items()}
    slots = {
        slot_id: said[slot_id] if slot_id in OWN_WORDS and value == intent.said.get(slot_id) else value
        for slot_id, value in intent.slots.items()
    }
    return replace(intent, slots=slots, said=said)


def _as_written(words: str, normal: Normal, raw: str) -> str:
    place = normal.text.find(words)
    if place >= 0:
        start, end = normal.original_span(place, place + len(words))
        words = raw[start:end]
    return " ".join(words.replace("\x00", " ").split())[:LONGEST]
