"""All data of understanding in one go: the menu, what residents say, the words of danger."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from intents.dangers import Dangers, danger_lines, read_dangers
from intents.loader import DATA, read_menu
from intents.menu import Menu
from intents.rows import DataFaults, Faults
from intents.wordings import Wordings, read_wordings


@dataclass(frozen=True, slots=True)
class EngineData:
    """What an engine is built from."""

    menu: Menu
    wordings: Wordings
    dangers: Dangers


def read_data(folder: Path = DATA, *, phrases: bool = True) -> EngineData:
    """The checked data of a folder. Raises DataFaults, which lists every fault of every file.

    Without `phrases` what residents say of services is left unread: a trained engine has no need of it.
    """
    faults = Faults()
    menu, unread = read_menu(folder, faults)
    items_complete = not any(name.startswith("items/") for name in unread) and bool(menu.items)
    wordings = read_wordings(folder, menu, faults, items_complete=items_complete, phrases=phrases)
    dangers = read_dangers(folder, faults)
    if phrases:
        danger_lines(folder, faults)
    _refuse_strangers(folder, faults)
    if faults.found:
        raise DataFaults(faults.found)
    return EngineData(menu, wordings, dangers)


_READ = frozenset(
    {"slots.toml", "menus.toml", "doors.toml", "words.toml", "faq.toml"}
    | {"emergencies.toml", "emergency_signs.toml", "everyday.toml"}
)


def _refuse_strangers(folder: Path, faults: Faults) -> None:
    """A file that nobody reads has a misspelt name or stands in the wrong folder."""
    for path in sorted(folder.rglob("*.toml")):
        name = path.relative_to(folder).as_posix()
        parent, _, file = name.rpartition("/")
        if name not in _READ and not (parent in ("items", "phrases", "acts", "dangers") and file):
            faults.add(name, "", "", "nobody reads this file; is its name right?")
