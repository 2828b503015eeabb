"""What must hold in the demo's data before it is told: people who exist, times that can be read, real items.

Every fault of every file is found in one go, as ``file: item: field: what is wrong``.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from backend.demo.stories import FILES, is_instant
from backend.people.address import Form
from backend.people.homes import parse_home
from backend.people.roles import ACTIONS, Role
from intents.menu import Menu
from intents.rows import Faults, Row, Source, read_source

PEOPLE: Final = "people.toml"
#: what a resident does in a story besides speaking; a butler may open a ticket for somebody who phoned
RESIDENT_ACTS: Final = frozenset({"says", "satisfied", "partly", "unsatisfied", "helped", "cancel", "chose"})
BOT_ACTS: Final = frozenset({"says", "opens", "fails", "undelivered"})
#: steps that say how: which fault, why it did not arrive
WITH_A_REASON: Final = frozenset({"fails", "undelivered"})
CHANNELS: Final = ("web", "telegram")
STAFF_ACTS: Final = (ACTIONS - {"open"}) | {"opens"}
KINDS: Final = ("owner", "tenant", "family")
TIERS: Final = ("standard", "high")


@dataclass(slots=True)
class Cast:
    """Who and what the stories may name; ``is_whole`` is false when the file of people cannot be read."""

    estates: list[str]
    staff: list[str]
    residents: list[str]
    is_whole: bool


def check_demo(folder: Path, menu: Menu | None, faults: Faults) -> None:
    """Add the faults of ``people.toml`` and the stories; items are only looked up in a ``menu``."""
    cast = _people(read_source(folder, PEOPLE, faults), faults)
    keys: list[str] = []
    for name in FILES:
        source = read_source(folder, name, faults)
        if source.readable:
            source.whole(faults).only("stories")
        for row in source.rows("stories", faults, key="key"):
            _story(row, cast, menu)
            if row.values.get("key") in keys:
                row.fault("key", f"{row.values['key']!r} stands twice")
            keys.append(str(row.values.get("key")))


def _people(source: Source, faults: Faults) -> Cast:
    cast = Cast([], [], [], source.readable)
    if source.readable:
        source.whole(faults).only("estates", "zones", "users", "groups")
    for row in source.rows("estates", faults, key="code"):
        row.only("code", "name", "hotline", "address", "desk_hours")
        row.string("hotline")
        for field in ("name", "address", "desk_hours"):
            row.text(field)
        cast.estates.append(str(row.values.get("code")))
    zones = []
    for row in source.rows("zones", faults, key="code"):
        row.only("estate", "code", "name")
        row.text("name")
        row.choice("estate", cast.estates)
        zones.append((row.values.get("estate"), row.values.get("code")))
    _staff(source, cast, faults)
    for row in source.rows("groups", faults, key=""):
        _group(row, cast, zones)
    for field, names in (("users", cast.staff), ("groups", cast.residents), ("estates", cast.estates)):
        for name, times in Counter(names).items():
            if times > 1:
                faults.add(source.name, field, "name", f"{name!r} stands twice")
    return cast


def _staff(source: Source, cast: Cast, faults: Faults) -> None:
    rows = list(source.rows("users", faults, key="username"))
    cast.staff += [str(row.values.get("username")) for row in rows]
    for row in rows:
        row.only("username", "role", "name", "estates", "deputy", "phone")
        row.choice("role", list(Role))
        row.text("name")
        for estate in row.strings("estates"):
            if estate not in cast.estates:
                row.fault("estates", f"there is no estate {estate!r}")
        if "deputy" in row.values:
            row.choice("deputy", cast.staff)
        if "phone" in row.values:
            row.string("phone")


def _group(row: Row, cast: Cast, zones: list[tuple[Any, Any]]) -> None:
    row.only("estate", "zone", "butler", "tier", "homes")
    estate = row.choice("estate", cast.estates)
    row.choice("butler", cast.staff)
    row.choice("tier", TIERS)
    if (estate, row.string("zone")) not in zones:
        row.fault("zone", f"estate {estate!r} has no zone {row.values.get('zone')!r}")
    for home in row.rows("homes", key="home"):
        home.only("home", "residents")
        name = home.values.get("home")
        if isinstance(name, str) and name.strip() and parse_home(name) is None:
            home.fault("home", f"{name!r} is no home; write it as 1-2-0901")
        for person in home.rows("residents", key="name"):
            _resident(person)
            cast.residents.append(str(person.values.get("name")))


def _resident(row: Row) -> None:
    row.only("name", "form", "surname_en", "phone", "language", "kind", "is_large_type", "code")
    row.boolean("is_large_type", default=False)
    choices: Mapping[str, Collection[str]] = {"form": list(Form), "language": ("zh", "en"), "kind": KINDS}
    for field, allowed in choices.items():
        if field in row.values:
            row.choice(field, allowed)
    for field in ("surname_en", "phone", "code"):
        if field in row.values:
            row.string(field)


def _story(row: Row, cast: Cast, menu: Menu | None) -> None:
    row.only(
        "key", "resident", "estate", "item", "reason", "language", "channel", "day", "window", "slots",
        "words", "nobody_on_duty", "steps",
    )  # fmt: skip
    item = row.string("item")
    if menu and item and item not in menu.items:
        row.fault("item", f"there is no item {item!r}")
    for field, allowed in (("resident", cast.residents), ("estate", cast.estates)):
        if field in row.values and cast.is_whole:
            row.choice(field, allowed)
    if "resident" not in row.values and "estate" not in row.values:
        row.fault("resident", "a story without a resident needs the estate of its visitor")
    if "channel" in row.values:
        row.choice("channel", CHANNELS)
    row.mapping("slots")
    row.boolean("nobody_on_duty", default=False)
    if "day" in row.values:
        row.integer("day")
    _times(row)
    steps = row.values.get("steps")
    if not isinstance(steps, list) or not steps:
        row.fault("steps", "should be a list of at least one step")
        return
    for place, step in enumerate(steps, start=1):
        _step(row, f"steps[{place}]", step, cast)


def _times(row: Row) -> None:
    window = row.values.get("window")
    if window is None:
        return
    if not isinstance(window, list) or len(window) != 2 or not all(is_instant(one) for one in window):
        row.fault("window", 'should be two times like ["+2 09:00", "+2 12:00"]')


def _step(row: Row, place: str, step: object, cast: Cast) -> None:
    if not isinstance(step, list) or len(step) < 3:
        row.fault(place, "should be a list of a time, who, what and what belongs to it")
        return
    at, who, what = step[:3]
    if not is_instant(at):
        row.fault(place, f"{at!r} is no time like 09:12, +1 10:00 or -1h30m")
    if who not in ("resident", "bot") and who not in cast.staff and cast.is_whole:
        row.fault(place, f"there is nobody called {who!r}")
    allowed = {"resident": RESIDENT_ACTS, "bot": BOT_ACTS}.get(str(who), STAFF_ACTS)
    if what not in allowed:
        row.fault(place, f"{who} cannot do {what!r}")
    elif what == "says" and (len(step) < 4 or not isinstance(step[3], str) or not step[3].strip()):
        row.fault(place, "says nothing")
    elif what in WITH_A_REASON and (len(step) < 4 or not isinstance(step[3], str)):
        row.fault(place, f"{what} needs its reason")
