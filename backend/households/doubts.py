"""What an import takes over and asks to be looked at once: a home written without its zeros, a person who
lives elsewhere already; and who serves a home of a building that has one butler. Pure.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from backend.households.rows import Fault, Row
from backend.people.homes import HomeName
from locales import N_

if TYPE_CHECKING:
    from backend.households.plan import Known, KnownHome

#: Excel takes 0301 for a number and drops its zero
SAME_HOME: Final = N_(
    "“{text}” is taken for {home}, which differs by leading zeros alone: Excel drops them from numbers."
)
LIVES_ELSEWHERE: Final = N_(
    "A resident of this name and telephone number lives in {home} already. If this is the same person, "
    "check the home; who has two homes may stand in both."
)


def without_zeros(code: str) -> str:
    """``3-2-0301`` as ``3-2-301``: what stays the same when Excel takes a flat for a number."""
    return "-".join(re.sub(r"^0+(?=\d)", "", part) for part in code.split("-"))


def one_spelling(rows: Sequence[Row], known: Iterable[str]) -> tuple[list[Row], list[Fault]]:
    """Return the rows with each home written as the estate has it, else as the longest row has it.

    ``known``: the codes of its homes. Where the estate has both spellings, each row keeps its own.
    """
    codes = set(known)
    spelt: dict[str, str] = {}
    for code in sorted(row.code for row in rows):
        key = without_zeros(code)
        spelt[key] = max(spelt.get(key, ""), code, key=len)
    spelt |= {without_zeros(code): code for code in sorted(codes, reverse=True)}
    found, doubts = [], []
    for row in rows:
        code = row.code if row.code in codes else spelt[without_zeros(row.code)]
        found.append(row if code == row.code else _spelt(row, code))
        if code != row.code:
            doubts.append(Fault(row.number, "flat", SAME_HOME, {"text": row.code, "home": code}))
    return found, doubts


def _spelt(row: Row, code: str) -> Row:
    building, *unit, flat = code.split("-")
    name = HomeName(building, "-".join(unit), flat)
    return replace(row, building=name.building, unit=name.unit, flat=name.flat)


def homes_of_people(homes: Mapping[str, "KnownHome"]) -> dict[tuple[str, str], str]:
    """Return in which home each resident lives, by name and kept phone."""
    return {
        (one.name.casefold(), one.phone_hash): code
        for code, home in homes.items()
        for one in home.people
        if one.phone_hash and not one.has_left
    }


def butlers_of_buildings(known: "Known") -> dict[str, int]:
    """Return who serves each building that is served by one butler alone, as it is given under Team."""
    found: dict[str, set[int | None]] = defaultdict(set)
    for code, home in known.homes.items():
        found[code.split("-")[0]].add(home.butler_id)
    at_work = {one.id for one in known.butlers}
    alone = {building: next(iter(who)) for building, who in found.items() if len(who) == 1}
    return {building: one for building, one in alone.items() if one in at_work}
