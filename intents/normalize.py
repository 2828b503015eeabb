"""Text made comparable, with the place of every character in what the person really wrote.

NFKC, lower case, Traditional to Simplified (OpenCC), no control or direction marks, emoji as blanks,
and the fillers at the start (喂, 那个, um) blanked out. Every step works character by character or keeps
the length, so that `offsets[i]` is always the index of the original character behind `text[i]`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

import opencc

LOOKED_AT = 2000  # characters understood closely; emergencies are searched in the whole text

_LONGEST = 4  # what one character becomes at most: there are some that stand for whole sentences
_FILLERS = re.compile(
    r"^(?:[\s,，.。…!！~、]*(?:喂喂?|那个啥|那个(?=[\s,，])|这个(?=[\s,，])|嗯+|呃+|额(?=[\s,，])|啊(?=[\s,，])|唉|哎呀?|诶|"
    r"(?:um+|uh+|er+m?|hmm+|well|so|right|ok so|right so)(?=[\s,.…])))+[\s,，.。…、]*"
)
_KEPT_MARKS = {"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u201c": '"', "\u201d": '"', "\u3000": " "}
_DROPPED_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me"}


@dataclass(frozen=True, slots=True)
class Normal:
    """The comparable text and, for each of its characters, the index in the original."""

    text: str
    offsets: tuple[int, ...]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """The half-open span of the original behind text[start:end]; (0, 0) for an empty one."""
        if start >= end or not self.offsets:
            return (0, 0)
        return (self.offsets[start], self.offsets[end - 1] + 1)


def normalize(text: str, limit: int | None = LOOKED_AT) -> Normal:
    """The comparable form of the first `limit` characters (all of them when None); never raises."""
    made = _normalized(text if limit is None else text[:limit])
    if limit is None or len(made.text) <= limit:
        return made
    return Normal(made.text[:limit], made.offsets[:limit])


@lru_cache(maxsize=8)  # a message is looked at for danger, and then for everything else
def _normalized(text: str) -> Normal:
    made = [*map(_fold, text)]
    offsets: Iterable[int] = range(len(made))
    if any(len(one) != 1 for one in made):
        offsets = (index for index, one in enumerate(made) for _ in one)
    folded = _simplified("".join(made))
    return Normal(_without_fillers(folded), tuple(offsets))


@cache
def _fold(character: str) -> str:
    """What one character becomes: nothing, a blank, or one or more lower-case characters."""
    if character in _KEPT_MARKS:
        return _KEPT_MARKS[character]
    if character in "\t\n\r":
        return " "
    if character == "\ufe0f" or unicodedata.category(character) in _DROPPED_CATEGORIES:
        return " " if character == "\x00" else ""
    if unicodedata.category(character) == "So":
        return " "
    return unicodedata.normalize("NFKC", character).lower()[:_LONGEST]


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def _simplified(text: str) -> str:
    """Simplified characters of the same length; where a phrase changes length, character by character."""
    if text.isascii():
        return text
    whole = str(_converter().convert(text))
    if len(whole) == len(text):
        return whole
    return "".join(_simplified_character(character) for character in text)


@cache
def _simplified_character(character: str) -> str:
    one = str(_converter().convert(character))
    return one if len(one) == 1 else character


def _without_fillers(text: str) -> str:
    """The fillers before the first meaningful word become blanks, unless nothing else is there."""
    found = _FILLERS.match(text)
    if found is None or not text[found.end() :].strip():
        return text
    return " " * found.end() + text[found.end() :]
