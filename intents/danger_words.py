"""Finds what danger is said with: every word of a lexicon in a text, in one pass, slips of the pen included.

A lexicon names tags ("smell", "stuck", …) and the words of each; a Chinese word is looked for anywhere,
a Latin one is whole words or, with ``*`` at its end, the beginning of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from operator import add

from intents.normalize import normalize

Span = tuple[int, int]
Found = dict[str, list[Span]]

_NOT = re.compile(
    r"\b(?:(?:ca|wo|do|does|did|is|are|was|were|has|have|had|could|would|ai)n'?t|cannot|unable to|"
    r"(?:can|could|will|would|does|do|did|is|are|am|was|has|have) not)\b"
)
_HYPHEN = re.compile(r"(?<=[a-z])-(?=[a-z])")
_HISS = re.compile(r"\bs{3,}h*\b|\bp?s{2,}h+\b")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_BLANKS = re.compile(r"\s+")
_SPACED_OUT = re.compile(r"(?<![\u3400-\u9fff])(?:[\u3400-\u9fff] ){2,}[\u3400-\u9fff](?![\u3400-\u9fff])")
_TOKEN = re.compile(r"[a-z0-9][a-z0-9']*")
_LONG_ENOUGH = 6  # shorter words are a letter away from too many others


def folded(text: str) -> str:
    """The comparable form in which words of danger are looked for; "can't" and its like become "not"."""
    plain = _HYPHEN.sub(" ", normalize(text, limit=None).text)
    plain = _NOT.sub("not", plain)
    plain = _DRAWN_OUT.sub(r"\1", _HISS.sub("hiss", plain))
    return _SPACED_OUT.sub(lambda found: found.group().replace(" ", ""), _BLANKS.sub(" ", plain))


class Lexicon:
    """The words of all tags; of ``misspelt`` ones a slip is understood, unless it is an ``ordinary`` word."""

    def __init__(
        self, tags: Mapping[str, Iterable[str]], misspelt: Iterable[str] = (), ordinary: Iterable[str] = ()
    ) -> None:
        self._anywhere: dict[str, list[tuple[str, str]]] = {}
        self._words: dict[str, list[tuple[str, bool, str]]] = {}  # what follows, may it go on, and the tag
        self._stems: dict[str, list[tuple[str, str]]] = {}
        self._slips: dict[str, set[str]] = {}
        for tag, words in tags.items():
            for word in words:
                self._add(tag, word)
        self._anywhere = {
            key: told for key, told in self._anywhere.items() if not key[0].isascii() or key[0] == "!"
        }
        self._ordinary = {*ordinary, *self._words}
        for word in misspelt:
            for shortened in _shortened(word):
                self._slips.setdefault(shortened, set()).add(word)

    def _add(self, tag: str, written: str) -> None:
        word = folded(written.rstrip("*")).strip()
        if not word:
            return
        if not _TOKEN.match(word):
            self._anywhere.setdefault(word[:2], []).append((word, tag))
            return
        if written.endswith("*") and " " not in word:
            self._stems.setdefault(word[:3], []).append((word, tag))
        else:
            first = _TOKEN.match(word)
            rest = word[first.end() :] if first else ""
            told = (rest, written.endswith("*"), tag)
            self._words.setdefault(word[: len(word) - len(rest)], []).append(told)

    def find(self, text: str) -> Found:
        """The spans of every tag in a folded text, each list in the order of the text."""
        found: Found = {}
        self._find_anywhere(text, found)
        for token in _TOKEN.finditer(text):
            self._find_latin(text, token.group(), token.start(), found)
        for spans in found.values():
            spans.sort()
        return found

    def _find_anywhere(self, text: str, found: Found) -> None:
        if text.isascii() and "!" not in text:
            return
        listed = self._anywhere.get
        pairs = zip(map(listed, map(add, text, text[1:])), map(listed, text), strict=False)
        for place, (longer, alone) in enumerate(chain(pairs, [(None, listed(text[-1:]))])):
            for word, tag in chain(alone or (), longer or ()):
                if text.startswith(word, place):
                    found.setdefault(tag, []).append((place, place + len(word)))

    def _find_latin(self, text: str, token: str, start: int, found: Found) -> None:
        known = False
        for word in _singular(token) if token not in self._words else (token,):
            after = start + len(word)
            for rest, goes_on, tag in self._words.get(word, ()):
                if not rest:
                    found.setdefault(tag, []).append((start, after))
                elif text.startswith(rest, after):
                    end = after + len(rest)
                    if goes_on or not "a" <= text[end : end + 1] <= "z":
                        found.setdefault(tag, []).append((start, end))
                known = True
        for stem, tag in self._stems.get(token[:3], ()):
            if token.startswith(stem):
                found.setdefault(tag, []).append((start, start + len(token)))
                known = True
        if not known and self._slips and len(token) >= _LONG_ENOUGH - 1:
            self._find_slip(token, start, found)

    def _find_slip(self, token: str, start: int, found: Found) -> None:
        """A word one letter away from a word of danger, unless it is an ordinary word of its own."""
        if token in self._ordinary:
            return
        meant: set[str] = set()
        for shortened in _shortened(token):
            meant |= self._slips.get(shortened, set())
        for word in meant:
            for tag in {*self._tags_of(word)}:
                found.setdefault(tag, []).append((start, start + len(token)))

    def mended(self, text: str) -> str:
        """A folded text with the words that are meant in place of slips."""
        return _TOKEN.sub(lambda found: self._meant(found.group()), text)

    def _meant(self, token: str) -> str:
        is_known = any(token.startswith(stem) for stem, _ in self._stems.get(token[:3], ()))
        if (
            len(token) < _LONG_ENOUGH - 1
            or is_known
            or any(one in self._ordinary for one in _singular(token))
        ):
            return token
        meant = (self._slips[one] for one in _shortened(token) if one in self._slips)
        return min((word for words in meant for word in words), default=token)

    def _tags_of(self, word: str) -> Iterator[str]:
        yield from (tag for rest, goes_on, tag in self._words.get(word, ()) if not rest and not goes_on)
        yield from (tag for stem, tag in self._stems.get(word[:3], ()) if word.startswith(stem))


def _singular(token: str) -> tuple[str, ...]:
    """The word, and without what English hangs on to it."""
    if token.endswith("'s"):
        return token[:-2], token[:-2] + "s"
    return (token, token[:-1]) if token.endswith("s") and len(token) > 4 else (token,)


def _shortened(word: str) -> Iterator[str]:
    """The word itself and with any one letter left out."""
    yield word
    for place in range(1, len(word)):
        yield word[:place] + word[place + 1 :]
