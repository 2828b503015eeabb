"""What is asked once before something is recorded that its resident is told at once: an arrival hours before
its time, and a price that nobody agreed to. A question, never a refusal. Reads no row.
"""

from datetime import datetime
from typing import Final

from backend.models import VISITOR, Ticket
from backend.tickets import arriving, facts, wording
from intents.menu import Menu
from locales import N_, t
from locales.dates import format_moment

GUEST: Final = N_("The visitor is expected {when}. Has the visitor really arrived now?")
VISIT: Final = N_("The visit is agreed for {when}. Has somebody really arrived now?")
#: rules of charging under which the bot promises the price first (``conversations.details``)
PRICE_FIRST: Final = frozenset({"listed", "quote", "quote+3rd"})
UNAGREED: Final = N_(
    "The resident was promised the price first and a start only once they agree. No agreement to {amount} is "
    "on record, and they read this amount now. Record it all the same?"
)
#: stands for an amount that is still being typed
HOLE: Final = "{amount}"


def arrives_early(language: str, ticket: Ticket, now: datetime, zone: str) -> str:
    """Return the question before an arrival hours too soon, "" where none is due."""
    start = arriving.awaited_from(ticket)
    if start is None or not arriving.is_early(ticket, now):
        return ""
    when = format_moment(language, start, zone, now)
    return t(language, GUEST if ticket.item_id == VISITOR else VISIT, when=when)


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
