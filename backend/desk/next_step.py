"""What a ticket wants next, so that its row in the queue and its own page say the same."""

from collections.abc import Collection
from typing import Final

from backend.models import Ticket
from locales import N_

#: workflows in which somebody goes to the home, at a time that was agreed
SENT: Final = frozenset({"repair", "housekeeping", "warranty"})
LABELS: Final = {"assign": N_("Assign"), "schedule": N_("Agree a visit")}
MOVE: Final = N_("Move the visit")


def to_arrange(ticket: Ticket, allowed: Collection[str]) -> str:
    """What comes before anybody can go there: "assign", then "schedule"; "" where nothing is lacking.

    Whoever has arrived ("check_in" is over) needs no time any more.
    """
    if ticket.workflow not in SENT or "check_in" not in allowed:
        return ""
    lacks = "assign" if ticket.worker_id is None else "schedule" if ticket.appointment_start is None else ""
    return lacks if lacks in allowed else ""


def title_of(ticket: Ticket, action: str, title: str) -> str:
    """The title of an action's form: a time that stands already is moved."""
    return MOVE if action == "schedule" and ticket.appointment_start is not None else title
