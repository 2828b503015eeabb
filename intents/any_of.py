"""Many wordings as one pattern, tried only at the places of a text where one of them may begin.

Some hundred such patterns are asked of every message. With which characters their wordings may begin, up to
three of them, is reckoned once; each text is then walked through once for all patterns. What is told of a
wording may be too much, never too little: what a look around would refuse counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from functools import lru_cache
from itertools import chain, zip_longest
from operator import add

from intents.beginnings import alternatives

Openings = frozenset[str]
"""With what a piece of a pattern may begin; `_ON` at the end says that anything may follow."""

_ON, _DIGIT, _BLANK = "\0", "\1", "\2"
_CLOSED = frozenset((_ON, _DIGIT, _BLANK))
_NOTHING, _ANYTHING = frozenset({""}), frozenset({_ON})
_LONGEST, _LONGEST_CHINESE = 3, 2
_MANY = 1500  # openings of a pattern that are told apart
_AMOUNT = re.compile(r"\{(\d*)(?:,\d*)?\}")
_GROUP = re.compile(r"\?(?::|P<\w+>)")
_LOOKING = re.compile(r"\?<?[=!]")
_ESCAPED = {"d": _DIGIT, "s": _BLANK, "n": "\n", "t": "\t"}
_EDGE = r"\b"
_WORD_BEGINS = re.compile(r"\b\w")
_STRANGE = re.compile(r"(?![\x00-\x7f])[\d\s]")
_SPACES = " \t\n\r\f\v\x1c\x1d\x1e\x1f"


def openings(pattern: str) -> Openings:
    """The one to three characters that what a pattern matches may begin with; "" where it may be any."""
    found: set[str] = set()
    for one in _either(pattern, 0)[0]:
        bare = one.removesuffix(_ON)
        if bare[-1:] == _DIGIT:
            found.update("0123456789")
        elif bare[-1:] == _BLANK:
            found.update(_SPACES)
        else:
            found.add(bare)
    return frozenset(found)


def _either(pattern: str, place: int) -> tuple[Openings, int]:
    """Alternatives up to the end of the pattern or of the group."""
    found, place = _row(pattern, place)
    while pattern.startswith("|", place):
        other, place = _row(pattern, place + 1)
        found |= other
    return found, place


def _row(pattern: str, place: int) -> tuple[Openings, int]:
    """Pieces one after the other; those behind what is known well enough are only passed over."""
    found = _NOTHING
    while place < len(pattern) and pattern[place] not in "|)":
        piece, place = _piece(pattern, place)
        mark = pattern[place : place + 1]
        amount = _AMOUNT.match(pattern, place) if mark == "{" else None
        if mark in ("?", "*", "+") or amount:
            place = amount.end() if amount else place + 1
            place += pattern[place : place + 1] in ("?", "+")
            if mark != "?":
                piece = frozenset(one if one == "" or one[-1] in _CLOSED else one + _ON for one in piece)
            if mark in ("?", "*") or (amount and int(amount.group(1) or 0) == 0):
                piece |= _NOTHING
        found = _behind(found, piece)
    return found, place


def _behind(first: Openings, then: Openings) -> Openings:
    """What two pieces may begin with, one behind the other."""
    if then == _NOTHING:
        return first
    known = {one for one in first if _is_full(one)}
    rest = first - known
    if len(rest) * len(then) > _MANY:
        return frozenset(known | {one + _ON for one in rest})
    for one in rest:
        for other in then:
            if one and other[:1] in (_DIGIT, _BLANK):
                known.add(one + _ON)
            else:
                known.add(_cut(one + other))
    return frozenset(known)


def _cut(one: str) -> str:
    longest = _LONGEST if one[:_LONGEST_CHINESE].isascii() else _LONGEST_CHINESE
    return one[:longest] if len(one) > longest and one[longest:] != _ON else one


def _is_full(one: str) -> bool:
    if one[-1:] in _CLOSED and one:
        return True
    return len(one) >= (_LONGEST if one.isascii() else _LONGEST_CHINESE)


def _piece(pattern: str, place: int) -> tuple[Openings, int]:
    character = pattern[place]
    if character == "(":
        looking = _LOOKING.match(pattern, place + 1)
        group = looking or _GROUP.match(pattern, place + 1)
        found, end = _either(pattern, group.end() if group else place + 1)
        return (_NOTHING if looking else found), end + 1
    if character == "[":
        return _class(pattern, place)
    if character == ".":
        return _ANYTHING, place + 1
    if character in "^$":
        return _NOTHING, place + 1
    if character != "\\":
        return frozenset(character), place + 1
    return _escaped(pattern, place)


def _escaped(pattern: str, place: int) -> tuple[Openings, int]:
    kind = pattern[place + 1]
    if kind == "u":
        return frozenset(chr(int(pattern[place + 2 : place + 6], 16))), place + 6
    if kind in "bBAZ":
        return _NOTHING, place + 2
    if kind in "wWDS" or kind.isdigit():
        return _ANYTHING, place + 2
    return frozenset(_ESCAPED.get(kind, kind)), place + 2


def _class(pattern: str, place: int) -> tuple[Openings, int]:
    """A class in brackets; a negated one, or one with a range, may be anything."""
    negated = pattern[place + 1] == "^"
    place += 1 + negated
    found: set[str] = set()
    wide = negated
    while pattern[place] != "]":
        wide |= pattern[place] == "-" and bool(found) and pattern[place + 1] != "]"
        some, place = (
            _escaped(pattern, place) if pattern[place] == "\\" else (frozenset(pattern[place]), place + 1)
        )
        found |= some
    return (_ANYTHING if wide or _ON in found else frozenset(found)), place + 1


class _Register:
    """By which beginnings the wordings of all patterns are known, each pattern by its number."""

    def __init__(self) -> None:
        self.size = 0
        self.anywhere: dict[str, tuple[int, ...]] = {}
        self.at_edges: dict[str, tuple[int, ...]] = {}
        self.places = lru_cache(maxsize=32)(self._places)  # a message is asked for all patterns

    def add(self, anywhere: set[str], at_edges: set[str]) -> int:
        """A new pattern's number; its wordings begin like this, some of them only where a word does."""
        number, self.size = self.size, self.size + 1
        for known, fresh in ((self.anywhere, anywhere), (self.at_edges, at_edges)):
            for one in fresh:
                known[one] = (*known.get(one, ()), number)
        self.places.cache_clear()
        return number

    def _places(self, text: str) -> Mapping[int, Sequence[int]]:
        """Where in a text a wording of each pattern may begin."""
        found: dict[int, list[int]] = {}
        get = self.anywhere.get
        alone = text if text.isascii() else _STRANGE.sub(_as_ours, text)
        pairs = [*map(add, text, text[1:])]
        told = zip_longest(map(get, alone), map(get, pairs), map(get, map(add, pairs, text[2:])))
        for place, numbers in enumerate(told):
            for number in chain.from_iterable(filter(None, numbers)):
                found.setdefault(number, []).append(place)
        _walk_words(text, self.at_edges, found)
        return found


def _as_ours(found: re.Match[str]) -> str:
    """A digit or a blank: other scripts have their own."""
    return "0" if found.group().isdecimal() else " "


def _walk_words(text: str, known: Mapping[str, tuple[int, ...]], found: dict[int, list[int]]) -> None:
    """Notes by number what may begin where a word does."""
    get, longest = known.get, len(text)
    for one in _WORD_BEGINS.finditer(text):
        place, first = one.start(), one.group()
        if not first.isascii() and first.isdecimal():
            first = "0"
        for number in get(first, ()):
            found.setdefault(number, []).append(place)
        for end in (place + 2, place + 3):
            for number in get(text[place:end], ()) if end <= longest else ():
                found.setdefault(number, []).append(place)


_REGISTER = _Register()


class AnyOf:
    """Many wordings as one pattern."""

    __slots__ = ("_anchored", "_elsewhere", "_told", "is_anywhere", "number")

    def __init__(self, pattern: str) -> None:
        parts = alternatives(pattern)
        anchored = [one for one in parts if one.startswith("^")]
        told, elsewhere = [], []
        anywhere, at_edges = set[str](), set[str]()
        for one in (part for part in parts if not part.startswith("^")):
            begins = openings(one)
            if "" in begins:
                elsewhere.append(one)
                continue
            told.append(one)
            is_edged = one.startswith(_EDGE) and all(_is_of_word(begin) for begin in begins)
            (at_edges if is_edged else anywhere).update(begins)
        self.number = _REGISTER.add(anywhere, at_edges)
        self._told = _compiled(told).match if told else None
        self._anchored = _compiled(anchored).match if anchored else None
        self._elsewhere = _compiled(elsewhere).search if elsewhere else None
        #: whether some wording may stand in any text
        self.is_anywhere = bool(anchored or elsewhere)

    def search(self, text: str) -> re.Match[str] | None:
        """One of the wordings in a text, not necessarily the first."""
        found = None
        if self._told is not None:
            for place in _REGISTER.places(text).get(self.number, ()):
                found = self._told(text, place)
                if found is not None:
                    return found
        if self._anchored is not None:
            found = self._anchored(text)
        if found is None and self._elsewhere is not None:
            found = self._elsewhere(text)
        return found


def standing_in(text: str, numbers: Set[int]) -> Set[int]:
    """Of patterns by their numbers those of which a wording may stand in a text: far quicker than a search.

    What is told of those that may stand anywhere (`AnyOf.is_anywhere`) is not the whole.
    """
    return _REGISTER.places(text).keys() & numbers


def _compiled(parts: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(parts))


def _is_of_word(begin: str) -> bool:
    return begin[0].isalnum() or begin[0] == "_"
