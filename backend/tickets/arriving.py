"""Whether an arrival comes hours before its time, so that it is asked about before the resident is told."""

from datetime import datetime, timedelta
from typing import Final

from backend.models import VISITOR, Ticket
from backend.tickets import facts

#: whoever comes earlier than this is asked about
EARLY: Final = timedelta(hours=2)


def awaited_from(ticket: Ticket) -> datetime | None:
    """Return from when somebody is awaited: a visitor as their host said, else an agreed visit, never a mere
    wish; None where no time stands."""
    return facts.window_of(ticket).start if ticket.item_id == VISITOR else ticket.appointment_start


def is_early(ticket: Ticket, now: datetime) -> bool:
    """Tell whether an arrival now is hours too soon."""
    start = awaited_from(ticket)
    return start is not None and start - now > EARLY
