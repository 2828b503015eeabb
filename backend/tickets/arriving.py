"""Whether an arrival comes hours before its time, so that it is asked about before the resident is told, and
whether somebody is there. Reads no row."""

from datetime import datetime, timedelta
from typing import Final

from backend.models import VISITOR, Ticket
from backend.tickets import facts, lifecycle

#: whoever comes earlier than this is asked about
EARLY: Final = timedelta(hours=2)
#: where checking in means that somebody stands at the door (a loan is handed out, a booking confirmed)
VISITS: Final = frozenset(
    {"repair", "housekeeping", "paid", "warranty", "visit", "move_in", "emergency", "general"}
)


def awaited_from(ticket: Ticket) -> datetime | None:
    """Return from when somebody is awaited: a visitor as their host said, else an agreed visit, never a mere
    wish; None where no time stands."""
    return facts.window_of(ticket).start if ticket.item_id == VISITOR else ticket.appointment_start


def is_early(ticket: Ticket, now: datetime) -> bool:
    """Tell whether an arrival now is hours too soon."""
    start = awaited_from(ticket)
    return start is not None and start - now > EARLY


def is_at_the_place(ticket: Ticket) -> bool:
    """Tell whether the ticket stands at the step that an arrival leads to, and nothing was done after it."""
    machine = lifecycle.machine_of(ticket.workflow, ticket.step)
    is_there = ticket.step == machine.aims.get("check_in") and ticket.step not in machine.done
    return is_there and ticket.workflow in VISITS
