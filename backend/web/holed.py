"""A text with holes as staff read it in lists and previews: each hole by its name, without braces. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

HOLE: Final = re.compile(r"\{([^{}\n]{1,40})\}")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words as they stand there, or the name of a hole."""

    text: str
    is_hole: bool = False


@dataclass(frozen=True, slots=True)
class HoleView:
    """A hole as it is written, what it is filled with, and an example of that."""

    written: str
    label: str
    example: str


def pieces(text: str, names: Mapping[str, str]) -> tuple[Piece, ...]:
    """Return ``text`` in pieces; a hole without a name is called by what stands between its braces."""
    found, at = [], 0
    for hole in HOLE.finditer(text):
        found += [Piece(text[at : hole.start()]), Piece(names.get(hole[1], hole[1]), is_hole=True)]
        at = hole.end()
    return tuple(one for one in (*found, Piece(text[at:])) if one.text)


def plain(text: str, names: Mapping[str, str]) -> str:
    """The same as one text, for whoever hears it or looks for it."""
    return "".join(f"[{one.text}]" if one.is_hole else one.text for one in pieces(text, names))
