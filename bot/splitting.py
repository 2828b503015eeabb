"""Cutting a long text into parts that Telegram takes, where a reader would pause. Pure.

Telegram counts UTF-16 units: a Chinese character is one, an emoji two or more. Nothing is added or lost: the
parts put together are the text. What a reader sees as one sign (a family emoji, a flag, a letter with its
accents) stays whole unless it alone is longer than a part.
"""

import re
import unicodedata
from typing import Final

TEXT_LIMIT: Final = 4096
CAPTION_LIMIT: Final = 1024

#: from the best place to pause to the worst; the cut is after the match
_BORDERS: Final = (
    re.compile(r"\n[^\S\n]*\n\s*"),
    re.compile(r"\n\s*"),
    re.compile(r"(?:[。！？；…]|[.!?](?=[\"'”’»)\]）」』】]*\s))[\"'”’»)\]）」』】]*\s*"),
    re.compile(r"\s+|[，、：]"),
)
_NEVER_FIRST: Final = frozenset("。！？；，、：…”’」』】）》.,!?;:)")
_LOOK_BACK: Final = 64  # characters; the longest sign in use has 14
_JOINER: Final = "\u200d"
_REGIONAL: Final = range(0x1F1E6, 0x1F200)
_SKIN: Final = range(0x1F3FB, 0x1F400)
_TAGS: Final = range(0xE0020, 0xE0080)


def units(text: str) -> int:
    """Return how long Telegram takes ``text`` to be."""
    return len(text) + sum(char > "\uffff" for char in text)


def split(text: str, limit: int = TEXT_LIMIT) -> list[str]:
    """Return ``text`` in parts of at most ``limit`` (≥ 2) UTF-16 units; one empty part for an empty text."""
    parts = []
    while units(text) > limit:
        cut = _cut(text, limit)
        parts.append(text[:cut])
        text = text[cut:]
    return [*parts, text] if text or not parts else parts


def first_sentence(text: str) -> str:
    """Return ``text`` up to the end of its first sentence, all of it when it is one."""
    end = next((match.end() for match in _BORDERS[2].finditer(text)), len(text))
    return text[:end]


def _cut(text: str, limit: int) -> int:
    """Return the best place to cut: a border in the second half of what fits, else between two signs."""
    end = _reach(text, limit)
    window = text[: end + 1]  # one more, so that a full stop at the end sees the blank behind it
    for border in _BORDERS:
        matches = border.finditer(window, end // 2)
        # what of a border does not fit may be blanks only: no part begins with a full stop
        places = (min(match.end(), end) for match in matches if not window[end : match.end()].strip())
        found = [place for place in places if place > 0 and not _is_inside(text, place)]
        if found:
            return found[-1]
    near = range(end, max(0, end - _LOOK_BACK), -1)
    between = [place for place in near if not _is_inside(text, place)] or [end]
    return next((place for place in between if text[place] not in _NEVER_FIRST), between[0])


def _reach(text: str, limit: int) -> int:
    """Return how many characters of ``text`` fit into ``limit`` units."""
    used = 0
    for index, char in enumerate(text):
        used += 2 if char > "\uffff" else 1
        if used > limit:
            return index
    return len(text)


def _is_inside(text: str, place: int) -> bool:
    """True when a cut at ``place`` would tear apart what a reader sees as one sign."""
    before, after = text[place - 1], text[place]
    if _JOINER in (before, after) or (before == "\r" and after == "\n"):
        return True
    if unicodedata.category(after) in ("Mn", "Me", "Mc") or ord(after) in _SKIN or ord(after) in _TAGS:
        return True
    return ord(after) in _REGIONAL and _flags_before(text, place) % 2 == 1


def _flags_before(text: str, place: int) -> int:
    """Return how many regional letters end right before ``place``; two of them are one flag."""
    start = place
    while start > 0 and ord(text[start - 1]) in _REGIONAL:
        start -= 1
    return place - start
