"""How the assistant reads words, for people who check it: the nearest services with their scores."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from intents.menu import Menu
from intents.understand import Engine
from locales import t

MOST: Final = 3
#: a share of less than this says nothing
LEAST: Final = 0.005


@dataclass(frozen=True, slots=True)
class Guess:
    """One service the words may mean; ``percent``: how sure the assistant is."""

    item: str
    name: str
    percent: int


def guesses_of(
    engine: Engine, menu: Menu, text: str, language: str, now: datetime, most: int = MOST
) -> tuple[Guess, ...]:
    """Return the services that ``text`` most likely means, the surest first; none for empty words."""
    if not text.strip():
        return ()
    found: Any = engine.explain(text[:2000], now).get("items")
    rows = found if isinstance(found, list) else []
    guesses = (_guess(menu, row, language) for row in rows if row.get("score", 0) >= LEAST)
    return tuple(one for one in guesses if one is not None)[:most]


def read_as(language: str, menu: Menu, values: Mapping[str, Any]) -> str:
    """How the words of a ticket were read when it was opened, from the ``values`` of that event; else ""."""
    read = values.get("read") or {}
    item = menu.find_item(str(read.get("item", "")))
    if item is None:
        return ""
    name = item.name.in_(language)
    return t(
        language, "The assistant read “{service}”, {percent}% sure.", service=name, percent=read["percent"]
    )


def _guess(menu: Menu, row: dict[str, Any], language: str) -> Guess | None:
    item = menu.find_item(str(row.get("item", "")))
    if item is None:
        return None
    return Guess(item.id, item.name.in_(language), round(100 * float(row["score"])))
