"""The ready answers that a new estate begins with, read once. Pure reader."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from backend.answers import holes
from intents.menu import Menu, Text
from intents.rows import DataFaults, Faults, Row, read_source

FILE: Final = "starter.toml"
PLACE: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Starter:
    """One answer: what is typed after ``/``, its name and its words; ``item``: it belongs to this service."""

    shortcut: str
    title: Text
    text: Text
    item: str | None


@cache
def standard_answers() -> tuple[Starter, ...]:
    """Return the shipped answers. Raises DataFaults."""
    return load_answers(PLACE)


def load_answers(folder: Path, menu: Menu | None = None) -> tuple[Starter, ...]:
    """Read ``starter.toml``; with ``menu`` also check its services. Raises DataFaults with every fault."""
    faults = Faults()
    found: dict[str, Starter] = {}
    for row in read_source(folder, FILE, faults).rows("answer", faults, key="shortcut"):
        row.only("shortcut", "title", "text", "item")
        row.put(found, row.string("shortcut"), _starter(row, menu))
    if not found and not faults.found:
        faults.add(FILE, "-", "answer", "there is no answer")
    if faults.found:
        raise DataFaults(faults.found)
    return tuple(found.values())


def _starter(row: Row, menu: Menu | None) -> Starter:
    title, text = row.text("title"), row.text("text")
    in_zh, in_en = holes.names_in(text.zh), holes.names_in(text.en)
    if unknown := sorted((in_zh | in_en) - holes.LABELS.keys()):
        row.fault("text", f"unknown holes: {', '.join(unknown)}")
    if in_zh != in_en:
        row.fault("text", "both languages must have the same holes")
    item = row.string("item") if "item" in row.values else None
    if item and menu is not None and menu.find_item(item) is None:
        row.fault("item", f"no such service: {item}")
    return Starter(row.string("shortcut"), title, text, item)
