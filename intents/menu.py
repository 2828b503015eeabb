"""The service menu as the rest of the house sees it: plain, frozen values.

An ``Item`` is one thing a resident can ask for. Items belong to a category and a menu (which decides the
charge rule) and are reached by hand through eight doors of at most eight lines each. The files of ``data/``
are read and checked by ``intents.loader``; nothing here reads a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

LANGUAGES = ("zh", "en")

WORKFLOWS = frozenset(
    {
        "repair",
        "paid",
        "housekeeping",
        "complaint",
        "suggestion",
        "enquiry",
        "benefit",
        "move_in",
        "move_out",
        "decoration",
        "parking",
        "warranty",
        "visit",
        "online_info",
        "booking",
        "aid",
        "lend",
        "emergency",
        "release_pass",
        "permit",
        "event",
        "records",
        "standing_report",
    }
)
"""The ids of the state machines a ticket may follow (WF-01 … WF-24)."""

APPOINTMENTS = frozenset({"required", "optional", "none"})
CHARGES = frozenset({"included", "free", "listed", "quote", "quote+3rd", "respond_first", "fee"})
SCOPES = frozenset({"core", "extended", "reference", "estate"})
SLOT_TYPES = frozenset(
    {"account", "area_or_length", "attestation", "bool", "company", "contact", "date_range", "datetime"}
    | {"datetime_window", "document", "document_list", "enum", "file", "hours", "image_or_video", "integer"}
    | {"money", "month", "person", "persons", "place", "plate", "recurrence", "text", "ticket_no"}
    | {"voucher_no"}
)

LINES_PER_LEVEL = 8
"""No level of the menu shows more lines than this: more cannot be taken in at a glance on a phone."""

QUESTIONS_BEFORE_READ_BACK = 3
"""A resident answers at most this many questions before the bot reads the request back."""

NEVER_ASKED = frozenset({"photo", "parts", "brand_model", "size", "contact_pref"})
"""Slots that are gathered after the ticket exists, through one button 补充 / add details."""


class UnknownItem(KeyError):
    """The id names nothing on the menu: no item, no door, no group."""

    def __init__(self, item_id: str) -> None:
        super().__init__(item_id)
        self.item_id = item_id

    def __str__(self) -> str:
        return f"{self.item_id!r} names nothing on the service menu"


@dataclass(frozen=True, slots=True)
class Text:
    """One thing said in both languages, as data."""

    zh: str
    en: str

    def in_(self, language: str) -> str:
        """The wording for ``language``; anything but ``en`` gets Chinese, the estate's first language."""
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Option:
    """One value of an enumerated slot; ``also`` are other wordings of it, both languages mixed."""

    id: str
    name: Text
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SlotSpec:
    """One detail a request may need: its type, the question that asks for it and, for choices, the values."""

    id: str
    type: str
    prompt: Text
    options: tuple[Option, ...] = ()

    def option(self, option_id: str) -> Option | None:
        """The value with this id, or None."""
        return next((option for option in self.options if option.id == option_id), None)


@dataclass(frozen=True, slots=True)
class Price:
    """A published price: ``fen`` (CNY 0.01) per ``unit``, a key of ``Menu.units``; without one, per job."""

    fen: int
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One service. ``name`` is what residents read, ``staff_name`` the wording of the estate's own catalogue.

    ``ask`` lists, in order, what the bot really asks before it reads the request back; ``required_slots`` is
    what the ticket needs in the end, whoever asks for it. ``on_site`` items need somebody to be let into the
    home. ``listed`` items are reached through a door, the others are understood only. ``alias_of`` points to
    the item that really does the work; aliases are resolved by ``Menu.item``.
    """

    id: str
    menu: str
    category: str
    name: Text
    staff_name: Text
    aliases: tuple[str, ...]
    workflow: str
    appointment: str
    required_slots: tuple[str, ...]
    optional_slots: tuple[str, ...]
    ask: tuple[str, ...]
    on_site: bool
    charge: str
    price: Price | None
    scope: str
    listed: bool
    urgent: bool
    alias_of: str | None = None


@dataclass(frozen=True, slots=True)
class Category:
    """A chapter of one of the menus; ``order`` is its place in the catalogue."""

    id: str
    menu: str
    name: Text
    order: int


@dataclass(frozen=True, slots=True)
class Group:
    """A page behind a door: at most eight items."""

    id: str
    name: Text
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Door:
    """One of the eight first choices. A door with one group opens straight on its items."""

    id: str
    name: Text
    icon: str
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Menu:
    """The whole menu. ``version`` is the first 12 hex digits of the SHA-256 over its data files."""

    version: str
    items: Mapping[str, Item]
    slots: Mapping[str, SlotSpec]
    categories: Mapping[str, Category]
    doors: tuple[Door, ...]
    menus: Mapping[str, Text] = field(default_factory=dict)
    units: Mapping[str, Text] = field(default_factory=dict)

    def find_item(self, item_id: str) -> Item | None:
        """The item that does the work asked for under this id (an alias gives its target), or None."""
        item = self.items.get(item_id)
        if item is not None and item.alias_of is not None:
            return self.items.get(item.alias_of)
        return item

    def item(self, item_id: str) -> Item:
        """Like ``find_item``, for an id that must exist. Raises UnknownItem."""
        item = self.find_item(item_id)
        if item is None:
            raise UnknownItem(item_id)
        return item

    def workflow_of(self, item_id: str) -> str:
        """The state machine a ticket for this item follows. Raises UnknownItem."""
        return self.item(item_id).workflow

    def find_door(self, door_id: str) -> Door | None:
        """The door with this id, or None."""
        return next((door for door in self.doors if door.id == door_id), None)

    def door(self, door_id: str) -> Door:
        """The door with this id. Raises UnknownItem."""
        door = self.find_door(door_id)
        if door is None:
            raise UnknownItem(door_id)
        return door

    def find_group(self, group_id: str) -> Group | None:
        """The group with this id, behind whichever door, or None. Group ids are unique in the whole menu."""
        return next((group for door in self.doors for group in door.groups if group.id == group_id), None)

    def group(self, group_id: str) -> Group:
        """The group with this id, behind whichever door. Raises UnknownItem."""
        group = self.find_group(group_id)
        if group is None:
            raise UnknownItem(group_id)
        return group

    def slots_to_ask(self, item_id: str) -> tuple[SlotSpec, ...]:
        """What is asked before the read-back of this item, in order. Raises UnknownItem."""
        return tuple(self.slots[slot] for slot in self.item(item_id).ask)
