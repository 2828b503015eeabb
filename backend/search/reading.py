"""From the words of an address to what is looked for: homes in any spelling, phones, names, services."""

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from backend.people import homes, kept_phone, phones
from backend.people import queries as people_queries
from backend.people.viewer import Viewer
from backend.search import word_queries
from backend.search.asked import Asked, day_of
from backend.search.queries import Wanted
from backend.search.word_queries import Term
from backend.vault import Vault
from intents.menu import Category, Item, Menu
from intents.normalize import normalize

#: words of one search; more name nothing that anybody could keep in mind
MOST_TERMS: Final = 6
_BREAK: Final = re.compile(r"[\s,，、;；]+")
_FLAT: Final = re.compile(r"\d{3,4}[A-Za-z]?|\d{1,2}[A-Za-z]")
_NUMBER: Final = re.compile(r"(?:工单|ticket)?\s*[#＃№]?\s*(\d{1,15})", re.IGNORECASE)
#: a building, or a unit of it: 3号楼 · 3栋2单元 · Bldg 3 · building 3, unit 2 · 3-2
_HOUSE: Final = (
    re.compile(r"(?P<b>[A-Za-z]?\d{1,3}[A-Za-z]?|[A-Za-z])\s*(?:号楼|栋|幢|座)(?:\s*(?P<u>\w{1,2})\s*单元)?"),
    re.compile(
        r"(?:building|bldg\.?|block|tower)\s*(?P<b>[A-Za-z]?\d{1,3}[A-Za-z]?|[A-Za-z])"
        r"(?:\s*[,;]?\s*(?:unit|entrance)\s*(?P<u>\w{1,2}))?",
        re.IGNORECASE,
    ),
    re.compile(r"(?P<b>[A-Za-z]?\d{1,3}[A-Za-z]?)-(?P<u>\d{1,2})?-?"),
)


def number_in(text: str) -> int | None:
    """The ticket's number when ``text`` is nothing but one: 1042, #1042, 工单1042."""
    found = _NUMBER.fullmatch(unicodedata.normalize("NFKC", text).strip())
    number = int(found[1]) if found else 0
    return number if 0 < number < 2**53 else None


def is_flat(text: str) -> bool:
    """True for what may as well be the number of a flat: 1501, 12A."""
    return _FLAT.fullmatch(unicodedata.normalize("NFKC", text).strip()) is not None


def wanted_of(session: Session, viewer: Viewer, menu: Menu, vault: Vault, asked: Asked, zone: str) -> Wanted:
    """Look up everything that ``asked`` names; days are those of ``zone``."""
    workflow, _, step = asked.of("step").partition(".")
    butler = asked.of("butler")
    since, until = day_of(asked.of("since")), day_of(asked.of("until"))
    above = 0 if since or until else word_queries.depth(session)
    return Wanted(
        estate_ids=_estate_ids(session, viewer, asked.of("estate")),
        state=asked.of("state"),
        clock=asked.of("clock"),
        item_ids=items_named(menu, asked.of("service")) if asked.of("service") else None,
        workflow=workflow,
        step=step,
        building=asked.of("building"),
        home_ids=_homes(session, viewer, asked.of("home")) if asked.of("home") else None,
        butler_id=viewer.user_id if butler == "me" else int(butler) if _is_id(butler) else None,
        is_unassigned=butler == "none",
        resident_ids=_residents(session, viewer, vault, asked),
        channel=asked.of("channel"),
        language=asked.of("language"),
        since=_midnight(since, zone) if since else None,
        until=_midnight(until + timedelta(days=1), zone) if until else None,
        satisfaction=asked.of("satisfaction"),
        terms=terms_of(session, viewer, menu, vault, asked.of("q"), above),
    )


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def _estate_ids(session: Session, viewer: Viewer, code: str) -> frozenset[int] | None:
    if not code:
        return None
    return frozenset(one.id for one in people_queries.list_estates(session, viewer) if one.code == code)


def items_named(menu: Menu, text: str) -> list[str]:
    """The services that ``text`` names: by id, by category, by a name in either language, or by its part."""
    if text in menu.items:
        return [text]
    folded = normalize(text).text.strip()
    chapters = {one.id for one in menu.categories.values() if text == one.id or folded in _names(one)}
    tests: tuple[Callable[[Item], bool], ...] = (
        lambda item: item.category in chapters,
        lambda item: folded in _names(item),
        lambda item: any(folded in name for name in _names(item)),
    )
    for test in tests:
        found = [item.id for item in menu.items.values() if test(item)]
        if found:
            return found
    return []


def _names(one: Item | Category) -> tuple[str, ...]:
    return _folded(one.name.zh), _folded(one.name.en)


@lru_cache(maxsize=4096)
def _folded(name: str) -> str:
    return normalize(name).text


def _homes(session: Session, viewer: Viewer, text: str) -> list[int]:
    home = homes.parse_home(text)
    return word_queries.list_homes_named(session, viewer, home.code if home else text.upper())


def _residents(session: Session, viewer: Viewer, vault: Vault, asked: Asked) -> list[int] | None:
    found: list[set[int]] = []
    if asked.of("resident"):
        found.append({int(asked.of("resident"))})
    if asked.of("person"):
        phone = phones.normalise(asked.of("person"))
        named = (
            word_queries.list_residents_phoned(session, viewer, vault.digest(phone))
            if phone
            else _people(session, viewer, vault, asked.of("person"))
        )
        found.append(set(named))
    return sorted(set.intersection(*found)) if found else None


def _people(session: Session, viewer: Viewer, vault: Vault, word: str) -> list[int]:
    """The residents of this name, and those whose phone ends in it when it is four digits."""
    named = word_queries.list_residents_named(session, viewer, word)
    return named + people_ending(session, viewer, vault, word)


def people_ending(session: Session, viewer: Viewer, vault: Vault, word: str) -> list[int]:
    """The residents whose phone ends in ``word``; nobody when it is anything but four digits."""
    last4 = kept_phone.asked_last4(vault, word)
    return word_queries.list_residents_ending(session, viewer, last4) if last4 else []


def terms_of(
    session: Session, viewer: Viewer, menu: Menu, vault: Vault, text: str, above: int
) -> tuple[Term, ...]:
    """What the words of a search mean; a ticket must fit every one of them.

    A phone is looked up by its hash, and so are four digits that one may end in. A home in any spelling
    is that home, the rest are words.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    phone = phones.normalise(plain)
    if phone:
        named = word_queries.list_residents_phoned(session, viewer, vault.digest(phone))
        return (Term(resident_ids=named, words="" if named else plain, above=above),)
    found: list[Term] = []
    home = homes.parse_home(plain)
    homes_found = word_queries.list_homes_named(session, viewer, home.code) if home else []
    if homes_found:
        found.append(Term(home_ids=homes_found))
        plain = homes.without_homes(plain)
    elif ids := _house(session, viewer, plain):
        return (Term(home_ids=ids),)
    words = [word for word in _BREAK.split(plain) if word][:MOST_TERMS]
    found += [_term(session, viewer, menu, vault, word, above) for word in words]
    return tuple(found)


def _house(session: Session, viewer: Viewer, text: str) -> list[int]:
    """The homes of a building or a unit, when ``text`` is nothing else."""
    for pattern in _HOUSE:
        found = pattern.fullmatch(text)
        if found:
            parts = [part.upper() for part in (found["b"], found["u"]) if part]
            return word_queries.list_homes_like(session, viewer, "-".join(parts) + "-")
    return []


def _term(session: Session, viewer: Viewer, menu: Menu, vault: Vault, word: str, above: int) -> Term:
    number = number_in(word)
    if number is not None and word.startswith("#"):
        return Term(number=number)
    flats = word_queries.list_homes_named(session, viewer, flat=word) if is_flat(word) else []
    is_long = len(word) > 1
    return Term(
        number=number,
        home_ids=flats,
        resident_ids=_people(session, viewer, vault, word),
        item_ids=_items_with(menu, word) if is_long else (),
        words=word if is_long or not word.isascii() else "",
        above=above,
    )


def _items_with(menu: Menu, word: str) -> list[str]:
    """The services whose name in either language holds the word."""
    folded = normalize(word).text.strip()
    if not folded:
        return []
    return [item.id for item in menu.items.values() if any(folded in name for name in _names(item))]
