"""With which characters a pattern may begin, so that it is tried only where one of them stands.

A long pattern of alternatives is tried in vain at most places of a text. What is told here may be too much,
but never too little: characters that a look ahead would refuse count, and nothing is said of the second one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_DIGITS = frozenset("0123456789")
_SPACES = frozenset(" \t\n\r\f\v\x1c\x1d\x1e\x1f")
_AMOUNT = re.compile(r"\{(\d*)(?:,\d*)?\}")
_NAME = re.compile(r"\(\?P<(\w+)>")
_OPENING = re.compile(r"\?(?::|P<\w+>)")
_LOOKING = re.compile(r"\?<?[=!]")


def alternatives(pattern: str) -> list[str]:
    """The alternatives at the top of a pattern."""
    found, depth, within = [""], 0, False
    for piece in re.findall(r"\\.|.", pattern, re.DOTALL):
        if within:
            within = piece != "]"
        elif piece == "[":
            within = True
        else:
            depth += (piece == "(") - (piece == ")")
        if piece == "|" and not depth and not within:
            found.append("")
        else:
            found[-1] += piece
    return found


def beginnings(pattern: str) -> frozenset[str] | None:
    """The characters that what a pattern matches may begin with; None where it may be any, or nothing."""
    found, may_be_empty, _ = _either(pattern, 0)
    return None if may_be_empty else found


Told = tuple[frozenset[str] | None, bool, int]
"""What it may begin with (None: with anything), whether it may be empty, and where it ends."""


def _either(pattern: str, place: int) -> Told:
    """Alternatives up to the end of the pattern or of the group."""
    found, may_be_empty = frozenset[str](), False
    whole: frozenset[str] | None = found
    while True:
        first, empty, place = _row(pattern, place)
        whole = None if first is None or whole is None else whole | first
        may_be_empty |= empty
        if not pattern.startswith("|", place):
            return whole, may_be_empty, place
        place += 1


def _row(pattern: str, place: int) -> Told:
    """Pieces one after the other."""
    whole: frozenset[str] | None = frozenset()
    empty = True
    while place < len(pattern) and pattern[place] not in "|)":
        first, may_lack, place = _piece(pattern, place)
        if pattern[place : place + 1] in ("?", "*", "+") or _AMOUNT.match(pattern, place):
            may_lack |= pattern[place] in "?*"
            amount = _AMOUNT.match(pattern, place)
            may_lack |= amount is not None and int(amount.group(1) or 0) == 0
            place = amount.end() if amount else place + 1
            place += pattern[place : place + 1] in ("?", "+")
        if empty:
            whole = None if first is None or whole is None else whole | first
        empty &= may_lack
    return whole, empty, place


def _piece(pattern: str, place: int) -> Told:
    character = pattern[place]
    if character == "(":
        looking = _LOOKING.match(pattern, place + 1)
        opening = looking or _OPENING.match(pattern, place + 1)
        first, empty, end = _either(pattern, opening.end() if opening else place + 1)
        return (frozenset(), True, end + 1) if looking else (first, empty, end + 1)
    if character == "[":
        return _class(pattern, place)
    if character == ".":
        return None, False, place + 1
    if character in "^$":
        return frozenset(), True, place + 1
    if character != "\\":
        return frozenset(character), False, place + 1
    first, end = _escaped(pattern, place)
    return first, pattern[place + 1] in "bBAZ", end


def _escaped(pattern: str, place: int) -> tuple[frozenset[str] | None, int]:
    kind = pattern[place + 1]
    if kind == "u":
        return frozenset(chr(int(pattern[place + 2 : place + 6], 16))), place + 6
    if kind in "bBAZ":
        return frozenset(), place + 2
    if kind in "wWDS" or kind.isdigit():
        return None, place + 2
    return {"d": _DIGITS, "s": _SPACES}.get(kind, frozenset(kind)), place + 2


def _class(pattern: str, place: int) -> Told:
    """A class in brackets; a negated one may be anything."""
    negated = pattern[place + 1] == "^"
    place += 1 + negated
    found: frozenset[str] | None = frozenset()
    last = ""
    while pattern[place] != "]":
        if pattern[place] == "\\":
            first, place = _escaped(pattern, place)
        else:
            first, place = frozenset(pattern[place]), place + 1
        if last and pattern[place - 1] == "-" and pattern[place] != "]":
            end, place = _end_of_range(pattern, place)
            first, last = frozenset(map(chr, range(ord(last), ord(end) + 1))), ""
        else:
            last = next(iter(first)) if first is not None and len(first) == 1 else ""
        found = None if first is None or found is None else found | first
    return None if negated else found, False, place + 1


def _end_of_range(pattern: str, place: int) -> tuple[str, int]:
    if pattern[place] != "\\":
        return pattern[place], place + 1
    first, end = _escaped(pattern, place)
    return next(iter(first or "\0")), end


class ByBeginning:
    """Patterns in their order, of which at each place only what may begin there is tried."""

    def __init__(self, patterns: Iterable[str]) -> None:
        whole = list(patterns)
        parts = [(kind, one) for kind, pattern in enumerate(whole) for one in alternatives(pattern)]
        fitting: dict[str, list[int]] = {" ": [], "0": []}
        for place, (_, one) in enumerate(parts):
            found = beginnings(one)
            if found is None:
                raise ValueError(f"{one} may begin with anything")
            for character in found:
                fitting.setdefault(character, []).append(place)
        chosen = {character: tuple(places) for character, places in fitting.items()}
        names = [_NAME.findall(pattern) for pattern in whole]
        compiled = {one: _grouped([parts[place] for place in one], names) for one in set(chosen.values())}
        self._at = {character: compiled[places] for character, places in chosen.items()}

    def anywhere(self, before_letters: str) -> str:
        """A pattern of the characters with which anything begins; Latin letters only behind what is given."""
        letters = "".join(sorted(one for one in self._at if "a" <= one <= "z"))
        others = re.escape("".join(sorted(one for one in self._at if not "a" <= one <= "z")))
        return rf"[{others}\d\s]|{before_letters}[{letters}]"

    def at(self, character: str) -> re.Pattern[str] | None:
        """What may begin with a character, with a group around each pattern: "k" and its number."""
        found = self._at.get(character)
        if found is None and not character.isascii():  # of other scripts' digits and blanks none is named
            return self._at["0"] if character.isdecimal() else self._at[" "] if character.isspace() else None
        return found


def _grouped(parts: list[tuple[int, str]], names: list[list[str]]) -> re.Pattern[str]:
    """The parts of each pattern in a group, with all names of the pattern, whichever parts there are."""
    kinds: dict[int, list[str]] = {}
    for kind, one in parts:
        kinds.setdefault(kind, []).append(one)
    for kind, own in kinds.items():
        missing = set(names[kind]) - set(_NAME.findall("|".join(own)))
        if missing:
            own.append("(?!)" + "".join(f"(?P<{name}>)" for name in sorted(missing)))
    return re.compile("|".join(f"(?P<k{kind}>{'|'.join(own)})" for kind, own in kinds.items()))
