"""Reads and checks the service menu from ``intents/data``.

Every fault of every file is found in one go and named as ``file: item: field: what is wrong``, so that
whoever edits the data mends all of them at once instead of meeting them one start after the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from intents import menu_checks
from intents.menu import (
    APPOINTMENTS,
    CHARGES,
    SCOPES,
    SLOT_TYPES,
    WORKFLOWS,
    Category,
    Door,
    Group,
    Item,
    Menu,
    Option,
    Price,
    SlotSpec,
    Text,
)
from intents.rows import DataFaults, Faults, Row, Source, read_source

__all__ = ["DATA", "DataFaults", "load_menu", "read_menu"]

DATA = Path(__file__).parent / "data"


def load_menu(data: Path | None = None) -> Menu:
    """The checked menu of the folder ``data`` (the shipped one by default).

    Raises DataFaults, which lists every fault of every file.
    """
    faults = Faults()
    menu, _ = read_menu(DATA if data is None else data, faults)
    if faults.found:
        raise DataFaults(faults.found)
    return menu


def read_menu(folder: Path, faults: Faults) -> tuple[Menu, frozenset[str]]:
    """The menu as far as it can be read, and the files that cannot be; its faults go to ``faults``."""
    sources = _read_all(folder, faults)
    items, files = _items(sources, faults)
    menu = Menu(
        version=_version(sources.values()),
        items=MappingProxyType(items),
        slots=MappingProxyType(_slots(sources["slots.toml"], faults)),
        categories=MappingProxyType(_categories(sources["menus.toml"], faults)),
        doors=_doors(sources["doors.toml"], faults),
        menus=MappingProxyType(_menus(sources["menus.toml"], faults)),
        units=MappingProxyType(_units(sources["menus.toml"], faults)),
    )
    unread = frozenset(name for name, source in sources.items() if not source.readable)
    menu_checks.check(menu, files, faults, unread)
    return menu, unread


def _read_all(folder: Path, faults: Faults) -> dict[str, Source]:
    names = ["slots.toml", "menus.toml", "doors.toml"]
    found = sorted(f"items/{path.name}" for path in (folder / "items").glob("*.toml"))
    if not found:
        faults.add("items", "", "", "there is no file of items in this folder")
    return {name: read_source(folder, name, faults) for name in [*names, *found]}


def _version(sources: Iterable[Source]) -> str:
    digest = hashlib.sha256()
    for source in sorted(sources, key=lambda source: source.name):
        digest.update(f"{source.name}\0{len(source.raw)}\0".encode())
        digest.update(source.raw)
    return digest.hexdigest()[:12]


def _slots(source: Source, faults: Faults) -> dict[str, SlotSpec]:
    slots: dict[str, SlotSpec] = {}
    for row in source.rows("slots", faults):
        row.only("id", "type", "prompt", "options")
        options = tuple(_option(option) for option in row.rows("options"))
        menu_checks.no_duplicates(row, "options", [option.id for option in options])
        spec = SlotSpec(row.id, row.choice("type", SLOT_TYPES), row.text("prompt"), options)
        row.put(slots, spec.id, spec)
    return slots


def _option(row: Row) -> Option:
    row.only("id", "name", "also")
    return Option(row.id, row.text("name"), row.strings("also", default=()))


def _units(source: Source, faults: Faults) -> dict[str, Text]:
    table = source.table.get("units", {})
    if not isinstance(table, Mapping):
        faults.add(source.name, "", "units", "should be a table of units, each with zh and en")
        return {}
    row = Row(faults, source.name, "units", table)
    return {unit: row.text(unit) for unit in table}


def _menus(source: Source, faults: Faults) -> dict[str, Text]:
    menus: dict[str, Text] = {}
    for row in source.rows("menus", faults):
        row.only("id", "name")
        row.put(menus, row.id, row.text("name"))
    return menus


def _categories(source: Source, faults: Faults) -> dict[str, Category]:
    categories: dict[str, Category] = {}
    for row in source.rows("categories", faults):
        row.only("id", "menu", "name", "order")
        category = Category(row.id, row.string("menu"), row.text("name"), row.integer("order"))
        row.put(categories, category.id, category)
    return categories


def _items(sources: Mapping[str, Source], faults: Faults) -> tuple[dict[str, Item], dict[str, str]]:
    """All items, and the file each stands in."""
    menu_of = {row.id: row.values.get("menu") for row in sources["menus.toml"].rows("categories", Faults())}
    items: dict[str, Item] = {}
    files: dict[str, str] = {}
    for source in sources.values():
        if not source.name.startswith("items/") or not source.readable:
            continue
        shared = _shared(source, faults, menu_of)
        for row in source.rows("items", faults, shared):
            row.put(items, row.id, _item(row))
            files.setdefault(row.id, source.name)
    return items, files


def _shared(source: Source, faults: Faults, menu_of: Mapping[str, object]) -> dict[str, object]:
    """What the head of an item file says for all of its items."""
    head = Row(faults, source.name, "", source.table)
    head.only("category", "defaults", "items")
    defaults = Row(faults, source.name, "defaults", head.mapping("defaults"))
    defaults.only(*_ITEM_FIELDS)
    known = {name: value for name, value in defaults.values.items() if name in _ITEM_FIELDS}
    category = head.string("category")
    return {"category": category, "menu": menu_of.get(category) or menu_checks.UNKNOWN, **known}


_ITEM_FIELDS = frozenset(
    {"id", "menu", "category", "name", "staff_name", "aliases", "workflow", "appointment", "required_slots"}
    | {"optional_slots", "ask", "on_site", "charge", "price", "scope", "listed", "urgent", "alias_of"}
)


def _item(row: Row) -> Item:
    row.only(*_ITEM_FIELDS)
    return Item(
        id=row.id,
        menu=row.string("menu"),
        category=str(row.values.get("category", "")),
        name=row.text("name"),
        staff_name=row.text("staff_name"),
        aliases=row.strings("aliases", default=()),
        workflow=row.choice("workflow", WORKFLOWS),
        appointment=row.choice("appointment", APPOINTMENTS),
        required_slots=row.strings("required_slots"),
        optional_slots=row.strings("optional_slots", default=()),
        ask=row.strings("ask"),
        on_site=row.boolean("on_site", default=False),
        charge=row.choice("charge", CHARGES),
        price=_price(row),
        scope=row.choice("scope", SCOPES),
        listed=row.boolean("listed", default=True),
        urgent=row.boolean("urgent", default=False),
        alias_of=row.string("alias_of") if "alias_of" in row.values else None,
    )


def _price(row: Row) -> Price | None:
    if "price" not in row.values:
        return None
    price = row.mapping("price")
    fen, unit = price.get("fen"), price.get("unit")
    if type(fen) is not int or fen < 0:
        row.fault("price", "fen should be a whole number of fen (CNY 0.01), not negative")
        return None
    if unit is not None and not isinstance(unit, str):
        row.fault("price", "unit should be the id of a unit")
        return None
    return Price(fen, unit)


def _doors(source: Source, faults: Faults) -> tuple[Door, ...]:
    doors: dict[str, Door] = {}
    for row in source.rows("doors", faults):
        row.only("id", "name", "icon", "groups")
        groups = tuple(_group(group) for group in row.rows("groups"))
        row.put(doors, row.id, Door(row.id, row.text("name"), row.string("icon"), groups))
    return tuple(doors.values())


def _group(row: Row) -> Group:
    row.only("id", "name", "items")
    return Group(row.id, row.text("name"), row.strings("items"))
