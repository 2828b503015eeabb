"""What must hold between the parts of the menu: ids that name something, and the limits of good manners."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Set

from intents.menu import (
    LINES_PER_LEVEL,
    NEVER_ASKED,
    QUESTIONS_BEFORE_READ_BACK,
    Item,
    Menu,
)
from intents.rows import Faults, Row

_HAN = re.compile("[\u4e00-\u9fff]")
UNKNOWN = "?"
"""Stands for what another file failed to say, so that one fault is not told once per item."""
NAME_HAN = 12
"""A Chinese name on a button has at most this many characters."""
NAME_LETTERS = 40
"""An English name on a button has at most this many letters."""


def no_duplicates(row: Row, field_name: str, ids: Iterable[str]) -> None:
    """A list in which an id stands twice is a fault."""
    for one, times in Counter(ids).items():
        if one and times > 1:
            row.fault(field_name, f"{one!r} stands twice")


def check(menu: Menu, files: Mapping[str, str], faults: Faults, unread: Set[str]) -> None:
    """Adds the faults between files; ``files`` says where each item stands.

    What an ``unread`` file would have said is not missed here: its own fault has been named already.
    """
    items_complete = not any(name.startswith("items/") for name in unread)
    for item in menu.items.values():
        file = files[item.id]
        _check_slots(menu, item, faults, file, known="slots.toml" not in unread)
        _check_belonging(menu, item, faults, file, known="menus.toml" not in unread)
        _check_name(item, faults, file)
        if items_complete:
            _check_alias(menu, item, faults, file)
    for category in menu.categories.values():
        if category.menu and category.menu not in menu.menus:
            faults.add("menus.toml", category.id, "menu", f"there is no menu {category.menu!r}")
    if "doors.toml" not in unread:
        _check_doors(menu, faults, items_complete=items_complete)
    if items_complete and "doors.toml" not in unread:
        _check_listed(menu, files, faults)
    _check_wordings(menu, files, faults)


def _check_slots(menu: Menu, item: Item, faults: Faults, file: str, *, known: bool) -> None:
    for name, slots in (
        ("required_slots", item.required_slots),
        ("optional_slots", item.optional_slots),
        ("ask", item.ask),
    ):
        for slot in slots:
            if known and slot not in menu.slots:
                faults.add(file, item.id, name, f"there is no slot {slot!r}")
    if len(item.ask) > QUESTIONS_BEFORE_READ_BACK:
        faults.add(file, item.id, "ask", f"asks {len(item.ask)} questions; at most three")
    for slot in item.ask:
        if slot in NEVER_ASKED:
            faults.add(file, item.id, "ask", f"{slot!r} is gathered after the ticket, never asked before")
        elif slot not in item.required_slots and slot not in item.optional_slots:
            faults.add(file, item.id, "ask", f"{slot!r} is not a required or optional slot of the item")


def _check_belonging(menu: Menu, item: Item, faults: Faults, file: str, *, known: bool) -> None:
    if not known:
        return
    if item.category and item.category not in menu.categories:
        faults.add(file, "", "category", f"there is no category {item.category!r}")
    elif item.menu and item.menu != UNKNOWN and item.menu not in menu.menus:
        faults.add(file, item.id, "menu", f"there is no menu {item.menu!r}")
    if item.price is not None and item.price.unit is not None and item.price.unit not in menu.units:
        faults.add(file, item.id, "price", f"there is no unit {item.price.unit!r}")


def _check_name(item: Item, faults: Faults, file: str) -> None:
    if len(_HAN.findall(item.name.zh)) > NAME_HAN:
        faults.add(file, item.id, "name.zh", f"{item.name.zh!r} is longer than {NAME_HAN} characters")
    if len(item.name.en) > NAME_LETTERS:
        faults.add(file, item.id, "name.en", f"{item.name.en!r} is longer than {NAME_LETTERS} letters")


def _check_alias(menu: Menu, item: Item, faults: Faults, file: str) -> None:
    if item.alias_of is None:
        return
    target = menu.items.get(item.alias_of)
    if target is None:
        faults.add(file, item.id, "alias_of", f"there is no item {item.alias_of!r}")
    elif target.alias_of is not None:
        faults.add(file, item.id, "alias_of", f"{item.alias_of!r} is itself an alias")
    if item.listed:
        faults.add(file, item.id, "listed", "an alias is understood, its target is what is listed")


def _check_doors(menu: Menu, faults: Faults, *, items_complete: bool) -> None:
    if len(menu.doors) > LINES_PER_LEVEL:
        faults.add("doors.toml", "", "doors", f"there are {len(menu.doors)} doors; at most eight a level")
    groups = Counter(group.id for door in menu.doors for group in door.groups)
    for door in menu.doors:
        if not door.groups:
            faults.add("doors.toml", door.id, "groups", "there is nothing behind this door")
        if len(door.groups) > LINES_PER_LEVEL:
            what = f"there are {len(door.groups)} groups; at most eight a level"
            faults.add("doors.toml", door.id, "groups", what)
        for group in door.groups:
            label = f"{door.id}: {group.id}"
            if group.id and groups[group.id] > 1:
                faults.add("doors.toml", label, "id", f"{group.id!r} stands twice")
            _check_group(menu, faults, label, group.items, items_complete=items_complete)


def _check_group(
    menu: Menu, faults: Faults, label: str, items: tuple[str, ...], *, items_complete: bool
) -> None:
    if not items:
        faults.add("doors.toml", label, "items", "there is nothing in this group")
    if len(items) > LINES_PER_LEVEL:
        faults.add("doors.toml", label, "items", f"there are {len(items)} items; at most eight a level")
    for item_id, times in Counter(items).items():
        item = menu.items.get(item_id)
        if times > 1:
            faults.add("doors.toml", label, "items", f"{item_id!r} stands twice")
        if item is None and items_complete:
            faults.add("doors.toml", label, "items", f"there is no item {item_id!r}")
        elif item is not None and not item.listed:
            faults.add("doors.toml", label, "items", f"{item_id!r} says listed = false")


def _check_listed(menu: Menu, files: Mapping[str, str], faults: Faults) -> None:
    shown = {item for door in menu.doors for group in door.groups for item in group.items}
    for item in menu.items.values():
        if item.listed and item.alias_of is None and item.id not in shown:
            faults.add(files[item.id], item.id, "listed", "no door leads to this item")


def _check_wordings(menu: Menu, files: Mapping[str, str], faults: Faults) -> None:
    """A name or an alias that means two items would make an exact hit a coin toss."""
    owner: dict[str, str] = {}
    said = [(item, "name.zh", item.name.zh) for item in menu.items.values()]
    said += [(item, "name.en", item.name.en) for item in menu.items.values()]
    said += [(item, "aliases", alias) for item in menu.items.values() for alias in item.aliases]
    for item, field_name, wording in said:
        key = unicodedata.normalize("NFKC", wording).casefold().strip()
        first = owner.setdefault(key, item.id)
        if key and first != item.id:
            faults.add(files[item.id], item.id, field_name, f"{wording!r} already means {first!r}")
