"""Holes of a ready answer: what may stand in them, how they are filled, and which are still open. Pure."""

import re
from collections.abc import Mapping
from typing import Final

from locales import N_, t

#: hole -> what it is called where somebody must fill it by hand
LABELS: Final[Mapping[str, str]] = {
    "name": N_("name"),
    "number": N_("ticket number"),
    "service": N_("service"),
    "home": N_("flat"),
    "time": N_("time of the visit"),
    "butler": N_("butler's name"),
    "hotline": N_("hotline"),
    "estate": N_("estate"),
}
HOLE: Final = re.compile(r"\{([^{}\n]{1,40})\}")
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


def open_holes(text: str) -> tuple[str, ...]:
    """Return the holes of ``text`` that nobody has filled, as they stand there, in order."""
    known = set(LABELS) | {t(language, label) for label in LABELS.values() for language in ("zh", "en")}
    return tuple(dict.fromkeys(found[0] for found in HOLE.finditer(text) if found[1] in known))
