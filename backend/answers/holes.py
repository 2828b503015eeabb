"""Holes of a ready answer: what may stand in them, how they are filled, and which are still open. Pure."""

import re
from collections.abc import Mapping
from typing import Final

from backend.web.holed import HOLE, HoleView, Piece, pieces
from locales import N_, t

#: hole -> what it is called where somebody must fill it by hand
LABELS: Final[Mapping[str, str]] = {
    "name": N_("form of address"),
    "number": N_("ticket number"),
    "service": N_("service"),
    "home": N_("flat"),
    "time": N_("time of the visit"),
    "butler": N_("sender's name"),
    "hotline": N_("hotline"),
    "estate": N_("estate"),
}
#: hole → what it may be filled with, in Chinese and in English
_EXAMPLES: Final[Mapping[str, tuple[str, str]]] = {
    "name": ("陈先生", "Mr Chen"),
    "number": ("1042", "1042"),
    "service": ("水管维修", "Pipe repair"),
    "home": ("3-2-1501", "3-2-1501"),
    "time": ("周四10:00–12:00", "Thu 5 Dec, 10:00–12:00"),
    "butler": ("赵敏", "Zhao Min"),
}
_NAME: Final = re.compile(r"[ ]?\{name\}")


def names_in(text: str) -> frozenset[str]:
    """Return what stands between braces in ``text``."""
    return frozenset(HOLE.findall(text))


def fill(text: str, values: Mapping[str, str], language: str) -> str:
    """Fill the holes; one without a value stays, called as ``language`` calls it.

    Nobody is called by a name that is not known: that hole closes without a trace.
    """
    if not values.get("name"):
        text = _NAME.sub("", text)

    def filled(found: re.Match[str]) -> str:
        hole = found[1]
        if hole not in LABELS:
            return found[0]
        return values.get(hole) or "{" + t(language, LABELS[hole]) + "}"

    return HOLE.sub(filled, text)


def named(text: str, language: str) -> tuple[Piece, ...]:
    """``text`` for a list: each hole by its name in ``language``."""
    return pieces(text, {hole: t(language, label) for hole, label in LABELS.items()})


def known(language: str) -> tuple[HoleView, ...]:
    """Every hole that may be written, what fills it and an example."""
    side = 0 if language == "zh" else 1
    return tuple(
        HoleView(f"{{{hole}}}", t(language, label), _EXAMPLES.get(hole, ("", ""))[side])
        for hole, label in LABELS.items()
    )


def open_holes(text: str) -> tuple[str, ...]:
    """Return the holes of ``text`` that nobody has filled, as they stand there, in order."""
    known = set(LABELS) | {t(language, label) for label in LABELS.values() for language in ("zh", "en")}
    return tuple(dict.fromkeys(found[0] for found in HOLE.finditer(text) if found[1] in known))
