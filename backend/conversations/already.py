"""What stands in the words of a wish already: nobody is asked what they have just said. Pure."""

from collections.abc import Callable, Container, Mapping
from typing import Final

from backend.conversations import headcount
from intents.menu import Item
from intents.told_things import guest_in, thing_in


def _guests_in(words: str) -> str:
    return headcount.with_name(guest_in(words), words)


#: the details that are read from a person's own words, and by what
_READERS: Final[Mapping[str, Callable[[str], str]]] = {"visitor": _guests_in, "item": thing_in}

NAMED: Final = frozenset(_READERS)


def told(item: Item, words: str, known: Container[str]) -> dict[str, str]:
    """The guest and the thing that the words name, where the service asks for them and they are not known."""
    wanted = {*item.required_slots, *item.optional_slots, *item.ask}
    found = {slot: read(words) for slot, read in _READERS.items() if slot in wanted and slot not in known}
    return {slot: value for slot, value in found.items() if value}
