"""The question before a price that nobody agreed to. Reads no row.

The rules of charging are the menu's; no price comes from anywhere but from a person.
"""

from typing import Final

from backend.models import Ticket
from backend.tickets import facts, wording
from intents.menu import Menu
from locales import N_, t

#: rules of charging under which the bot promises the price first (``conversations.details``)
PRICE_FIRST: Final = frozenset({"listed", "quote", "quote+3rd"})
UNAGREED: Final = N_(
    "The resident was promised the price first and a start only once they agree. No agreement to {amount} is "
    "on record, and they read this amount now. Record it all the same?"
)


def agreed_fen(menu: Menu, ticket: Ticket) -> int | None:
    """Return up to which price nothing need be asked: what was agreed, 0 where nothing was; None where no
    price was promised beforehand."""
    item = menu.find_item(ticket.item_id)
    if item is None or item.charge not in PRICE_FIRST:
        return None
    known = facts.facts_of(ticket, None)
    return int(known.number("price") or 0) if known.says_yes("consent") else 0


def unagreed(language: str, menu: Menu, ticket: Ticket, cost_fen: int | None) -> str:
    """Return the question before a price that was never agreed, naming it; "" where none is due."""
    agreed = agreed_fen(menu, ticket)
    if agreed is None or not cost_fen or cost_fen <= agreed:
        return ""
    return t(language, UNAGREED, amount=wording.money(cost_fen))
