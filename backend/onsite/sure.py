"""What is asked once before something is recorded that its resident is told at once: an arrival hours before
its time (a price that nobody agreed to: ``tickets.prices``). A question, never a refusal. Reads no row.
"""

from datetime import datetime
from typing import Final

from backend.models import VISITOR, Ticket
from backend.tickets import arriving
from locales import N_, t
from locales.dates import format_moment

GUEST: Final = N_("The visitor is expected {when}. Has the visitor really arrived now?")
VISIT: Final = N_("The visit is agreed for {when}. Has somebody really arrived now?")
#: stands for an amount that is still being typed
HOLE: Final = "{amount}"


def arrives_early(language: str, ticket: Ticket, now: datetime, zone: str) -> str:
    """Return the question before an arrival hours too soon, "" where none is due."""
    start = arriving.awaited_from(ticket)
    if start is None or not arriving.is_early(ticket, now):
        return ""
    when = format_moment(language, start, zone, now)
    return t(language, GUEST if ticket.item_id == VISITOR else VISIT, when=when)
