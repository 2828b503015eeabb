"""Wording an answer for the person who asks: the estate's own facts in the holes, or words for their lack."""

import re
from collections.abc import Mapping
from typing import Final

from backend.knowledge.faq import HOLES, Faq, standard_faq
from backend.models import Estate, User
from backend.people import phones

_SENTENCE_START: Final = re.compile(r"(^|[.!?] )([a-z])")
_SPACE_AROUND_HANZI: Final = re.compile(r"(?<=[一-鿿]) (?=[一-鿿])")


def answer(key: str, language: str, values: Mapping[str, str], faq: Faq | None = None) -> str:
    """Return the answer to a question with ``values`` in its holes. Raises UnknownAnswer.

    A fact that is empty or not given is put in general words; where the whole answer turns on it, the
    answer made for that case is given.
    """
    known = faq or standard_faq()
    entry = known.get(key)
    missing = {hole for hole in HOLES if not values.get(hole)}
    chosen = next((text for hole, text in entry.without.items() if hole in missing), entry.answer)
    words = {hole: values.get(hole) or known.general_words[hole].in_(language) for hole in HOLES}
    return _smoothed(chosen.in_(language).format_map(words), language)


def values_of(estate: Estate, butler: User | None, language: str) -> dict[str, str]:
    """Return what fills the holes for a person of this estate; empty texts for what it never told.

    ``estate.settings["desk_hours"]`` is ``{"zh", "en"}``.
    """
    hours = estate.settings.get("desk_hours") or {}
    return {
        "estate": estate.name(language),
        "butler": butler.name(language) if butler else "",
        "hotline": _hotline(estate.hotline),
        "desk_hours": str(hours.get(language, "")),
    }


def list_questions(language: str, faq: Faq | None = None) -> list[tuple[str, str]]:
    """Return (key, question) of every answer, in the order of the data."""
    known = faq or standard_faq()
    return [(entry.key, entry.question.in_(language)) for entry in known.entries.values()]


def _hotline(text: str) -> str:
    number = phones.normalise(text)
    return phones.pretty(number) if number else text


def _smoothed(text: str, language: str) -> str:
    """General words meet their sentence: no gap between Chinese words, a capital where a sentence begins."""
    if language == "zh":
        return _SPACE_AROUND_HANZI.sub("", text)
    return _SENTENCE_START.sub(lambda found: found[1] + found[2].upper(), text)
