"""Times that belong to what is over: the hour of yesterday, last month's fifth, the feast of last year."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from intents.times.shapes import Day, Token

_TOUCHING = re.compile(r"[\s的]*")
_OF_A_DAY = frozenset({"part", "clock", "bare", "at", "fill", "to"})
_TIMES = frozenset({"day", "part", "clock", "bare"})


def gone_by(tokens: Sequence[Token], text: str) -> list[Token]:
    """The tokens, with those that say more of a past time made past themselves.

    What follows at once belongs to it, unless a day counted from today is named (昨天说的明天来); before it
    in English the hour may stand ("at three yesterday").
    """
    found = list(tokens)
    for place, token in enumerate(tokens):
        if token.kind != "past":
            continue
        for index in (*_after(found, place, text), *_before(found, place, text)):
            if found[index].kind in _TIMES:
                found[index] = replace(found[index], kind="past", value=None)
    return found


def _after(tokens: Sequence[Token], place: int, text: str) -> list[int]:
    taken: list[int] = []
    for index in range(place + 1, len(tokens)):
        token, last = tokens[index], tokens[index - 1]
        if not _TOUCHING.fullmatch(text, last.end, max(token.start, last.end)):
            break
        if text[token.start : token.end].strip() in {",", "，", "、"}:
            break
        counted = isinstance(token.value, Day) and token.value.kind == "offset"
        if counted or token.kind not in _OF_A_DAY | {"day"}:
            break
        taken.append(index)
    return taken


def _before(tokens: Sequence[Token], place: int, text: str) -> list[int]:
    taken: list[int] = []
    if not text[tokens[place].start : tokens[place].end].isascii():
        return taken
    for index in range(place - 1, -1, -1):
        token, following = tokens[index], tokens[index + 1]
        if text[token.end : following.start].strip() or token.kind not in _OF_A_DAY:
            break
        taken.append(index)
    return taken
