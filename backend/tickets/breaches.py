"""A broken promise that moves a ticket: a contractor who did not mend in time makes it overdue (WF-12).

Which tickets these are is read off the clocks themselves, never handed over by the sweep: a process killed
between an alert and the move loses nothing. Nothing here commits.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from backend.models import Ticket
from backend.tickets import expiring, lifecycle, queries
from backend.tickets.steps import Walker


def list_late(session: Session, now: datetime, limit: int) -> list[int]:
    """Return the ids of tickets that a broken promise must move, and has not yet."""
    return [
        ticket_id
        for expiry in expiring.EXPIRIES
        if expiry.clocks
        for ticket_id in queries.list_breached(session, now, expiry, limit)
    ]


def on_breach(session: Session, ticket: Ticket, now: datetime) -> bool:
    """Move a held ticket whose promise is broken; False where it is not, or no longer at such a step."""
    expiry = expiring.expiry_of(ticket.workflow, ticket.step)
    if expiry is None or not expiry.clocks:
        return False
    if ticket.id not in queries.list_breached(session, now, expiry, 1, ticket.id):
        return False
    move = lifecycle.machine_of(ticket.workflow, ticket.step).move(ticket.step, expiry.to_step)
    if move is None:
        return False
    Walker(session, ticket, now, "SYS").walk("moved", (move,))
    return True
