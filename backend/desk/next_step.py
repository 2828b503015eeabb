"""What a ticket wants next, so that its row in the queue and its own page say the same."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from backend.models import VISITOR, Ticket
from backend.tickets.lifecycle import machine_of
from backend.tickets.spans import WISHED
from locales import N_

#: workflows in which somebody goes to the home, at a time that was agreed
SENT: Final = frozenset({"repair", "housekeeping", "warranty"})
#: workflows that a step of their own leads on (a paper approved, a consent given), and nobody sent to a home
PAPERS: Final = frozenset({
    "move_in", "move_out", "parking", "release_pass", "permit", "records", "decoration", "provider",
    "referral", "event",
})  # fmt: skip
#: papers that whoever is at the gate ends: nobody is given them, and no time is agreed
AT_THE_GATE: Final = frozenset({"release_pass"})
#: hours at which a visit may be proposed to begin, and where the next day's visits begin
VISIT_HOURS: Final = range(8, 20)
FIRST_VISIT_HOUR: Final = 9
#: what comes after a paper is approved, and stands behind "More" until then; at the gate for good
LATER: Final = frozenset({"assign", "schedule", "complete"})
LABELS: Final = {"assign": N_("Assign"), "schedule": N_("Agree a visit")}
MOVE: Final = N_("Move the visit")
#: a visitor comes to the resident, and nobody of ours to the home
ANOTHER: Final = N_("Change the time")


def to_arrange(ticket: Ticket, allowed: Collection[str]) -> str:
    """What comes before anybody can go there: "assign", then "schedule"; "" where nothing is lacking.

    Whoever has arrived ("check_in" is over) needs no time any more. Another time that the resident asked for
    comes before all: it is to be confirmed or declined.
    """
    if WISHED in ticket.slots and "schedule" in allowed:
        return "schedule"
    if ticket.workflow not in SENT or "check_in" not in allowed:
        return ""
    lacks = "assign" if ticket.worker_id is None else "schedule" if ticket.appointment_start is None else ""
    return lacks if lacks in allowed else ""


def is_later(ticket: Ticket, action: str) -> bool:
    """Whether the paper is to be approved before this is done, or leaves it to the gate altogether."""
    if ticket.item_id == VISITOR:
        return action in LATER and not (action == "schedule" and WISHED in ticket.slots)
    if action not in LATER or ticket.workflow not in PAPERS:
        return False
    machine = machine_of(ticket.workflow, ticket.step)
    return ticket.workflow in AT_THE_GATE or machine.move(ticket.step, "approved") is not None


def title_of(ticket: Ticket, action: str, title: str) -> str:
    """The title of an action's form: a time that stands already is moved."""
    if action == "schedule" and ticket.item_id == VISITOR:
        return ANOTHER
    return MOVE if action == "schedule" and ticket.appointment_start is not None else title


def next_full_hour(now: datetime) -> datetime:
    """Return the next full hour after ``now``."""
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def proposed_start(ticket: Ticket, now: datetime, zone: str) -> datetime:
    """Return when a visit without a time may begin: the next full hour by day in ``zone``, else the morning.

    What is urgent does not wait for it.
    """
    start = next_full_hour(now.astimezone(ZoneInfo(zone)))
    if ticket.is_urgent or start.hour in VISIT_HOURS:
        return start
    morning = start if start.hour < VISIT_HOURS.start else start + timedelta(days=1)
    return morning.replace(hour=FIRST_VISIT_HOUR)
