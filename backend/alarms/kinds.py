"""What sensors and buttons report, and what is opened for it. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from backend.people.homes import parse_home
from locales import N_, t

HELP: Final = "common.fire.panic-button"
#: kind → (service of the menu, name); what has another name opens the general emergency under that name
KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "smoke": (HELP, N_("Smoke alarm")),
    "fire": (HELP, N_("Fire alarm")),
    "gas": ("common.fire.gas-leak", N_("Gas alarm")),
    "water": (HELP, N_("Water alarm")),
    "panic": (HELP, N_("Panic button")),
    "lift": (HELP, N_("Lift emergency call")),
    "intrusion": ("common.security.incident", N_("Intrusion alarm")),
    "medical": (HELP, N_("Medical emergency call")),
    "power": (HELP, N_("Power failure alarm")),
}
_BUILDING: Final = re.compile(
    r"(?:\b(?:building|bldg\.?|block|tower)\s*)([A-Za-z]?\d{1,3}[A-Za-z]?|[A-Za-z])\b"
    r"|([A-Za-z]?\d{1,3}[A-Za-z]?|[A-Za-z])\s*(?:号楼|栋|幢|座)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where it rang: the code of a home where one is named, and the building, "" where none is."""

    code: str
    building: str


def item_of(kind: str) -> str:
    """Return the service that is opened; an alarm of an unknown kind is an emergency too."""
    return KINDS.get(kind, (HELP, ""))[0]


def worded(language: str, kind: str, place: str) -> str:
    """Word an alarm as the ticket's first line."""
    name = t(language, KINDS[kind][1]) if kind in KINDS else kind
    return t(language, "{alarm}: {place}", alarm=name, place=place)


def read_place(text: str) -> Place:
    """Return the home or at least the building that a place names."""
    home = parse_home(text)
    if home is not None:
        return Place(home.code, home.building)
    found = _BUILDING.search(text)
    return Place("", (found[1] or found[2]).upper() if found else "")
