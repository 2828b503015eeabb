"""What the guards of a ticket's steps may look at, gathered from its row. Reads, decides nothing."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, Final

from sqlalchemy.orm import Session, object_session

from backend.models import Estate, Resident, Ticket
from backend.tickets import expiring, seat_queries
from backend.tickets.guards import ASKED, Facts
from backend.tickets.lifecycle import MACHINES
from backend.tickets.limits import Limits, limits_of

#: columns of the row that a step may ask for by the same name
COLUMNS: Final = ("department", "severity", "decision")
#: said of one step only (a reason given once is none for the next refusal), or kept in a column
PASSING: Final = frozenset({"reason", "alternative", "limit"})
#: figures and words that guards weigh, beside those that answer a guard by name
WEIGHED: Final = frozenset(
    {"kind", "price", "area", "damage", "amount_used", "seats_left", "class", "severity"}
)
#: kept with the facts: the cycle whose outcome the resident has judged
JUDGED: Final = "judged"
EMPTY: Final[tuple[Any, ...]] = (None, "", [], {})


def resident_kind(session: Session, ticket: Ticket) -> str | None:
    """Return owner, tenant or family; None for a visitor and for whoever is not in the register."""
    resident = session.get(Resident, ticket.resident_id) if ticket.resident_id else None
    return resident.kind if resident else None


def facts_of(
    ticket: Ticket, kind: str | None, given: Mapping[str, Any] | None = None, actor: str | None = None,
    now: datetime | None = None,
) -> Facts:  # fmt: skip
    """Return the facts of a ticket with those of the record just ``given`` on top; ``actor`` takes the step,
    at ``now`` (None: whether a pass is within its time is not asked).

    What was said of an earlier round no longer counts: the work was done again since.
    """
    seats = _seats_left(ticket)
    is_judged = ticket.facts.get(JUDGED, 1) == ticket.cycle
    return Facts(
        workflow=ticket.workflow,
        resident_kind=kind,
        slots=ticket.slots,
        known=known_of(ticket) | dict(given or {}) | ({} if seats is None else {"seats_left": seats}),
        class_=ticket.class_,
        satisfaction=ticket.satisfaction if is_judged else None,
        actor=actor,
        limits=_limits(ticket),
        is_good_now=now is None or _is_good(ticket, (given or {}).get("left_at"), now),
    )


def window_of(ticket: Ticket) -> expiring.Window:
    """Return when a pass is good: as agreed with staff, else as the resident said."""
    if ticket.appointment_start is not None or ticket.appointment_end is not None:
        return expiring.Window(ticket.appointment_start, ticket.appointment_end)
    return expiring.window_of(ticket.slots)


def _is_good(ticket: Ticket, left_at: Any, now: datetime) -> bool:
    """True within the time of a pass; what is written down later counts from when the goods left."""
    window = window_of(ticket)
    at = expiring.instant(left_at)
    if at is not None or not left_at:
        return window.holds(at if at is not None and at <= now else now)
    return date.fromisoformat(left_at) <= now.date() and window.touches(date.fromisoformat(left_at))


def _seats_left(ticket: Ticket) -> int | None:
    """The seats of an event that are left, where they are counted (WF-22)."""
    session = object_session(ticket) if ticket.workflow == seat_queries.WORKFLOW else None
    return seat_queries.left(session, ticket) if session else None


def _limits(ticket: Ticket) -> Limits:
    """The lines that the ticket's estate draws; the shipped ones for a ticket that is in no session."""
    session = object_session(ticket)
    estate = session.get(Estate, ticket.estate_id) if session else None
    return limits_of(estate.settings if estate else {})


@cache
def lasting() -> frozenset[str]:
    """Return the names that later steps may ask for: what else a record says stays in the record."""
    needed = {name for machine in MACHINES.values() for move in machine.moves for name in move.fields}
    answers = {name for names in ASKED.values() for name in names}
    return frozenset(needed | answers | WEIGHED) - PASSING


def known_of(ticket: Ticket) -> dict[str, Any]:
    """Return what is known by name: the row's columns, then what its records have settled."""
    own: dict[str, Any] = {name: getattr(ticket, name) for name in COLUMNS}
    own |= {
        "class": ticket.class_,
        "limit": ticket.limit_at.isoformat() if ticket.limit_at else None,
    }
    return {name: value for name, value in own.items() if value not in EMPTY} | ticket.facts
