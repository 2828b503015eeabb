"""Keys hit at random: text that is no language at all."""

from __future__ import annotations

import re

_NO_LETTER = re.compile(r"[^a-z0-9\u3400-\u9fff]+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[a-z0-9]+")
_VOWEL = re.compile(r"[aeiouy]")


def gibberish(text: str) -> bool:
    """Keys hit at random, one character over and over."""
    letters = _NO_LETTER.sub("", text)
    if len(letters) < 4:
        return False
    if len(set(letters)) <= max(1, len(letters) // 5) and not letters.isdigit():
        return True
    if _HAN.search(text) or letters.isdigit():
        return False
    words = _WORD.findall(text)
    strange = [word for word in words if _strange(word)]
    return len(strange) >= max(1, 0.6 * len(words)) and len(letters) >= 5


def _strange(word: str) -> bool:
    if word.isdigit() or len(word) < 2:
        return False
    mixed = bool(re.fullmatch(r"(?=.*\d)(?=.*[a-z])[a-z0-9]+", word)) and not re.fullmatch(
        r"[a-z]?\d+(?:st|nd|rd|th|am|pm|h|m|km|kg|w|cm|sqm)?", word
    )
    return (
        mixed
        or (len(word) >= 4 and not _VOWEL.search(word))
        or bool(re.search(r"[bcdfghjklmnpqrstvwxz]{5,}", word))
    )
