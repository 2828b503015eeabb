"""Bringing a ticket's outer state in line with the step it stands at. Nothing here commits."""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from backend.deadlines import queries as deadline_queries
from backend.deadlines import service as deadlines
from backend.models import Ticket
from backend.tickets import lifecycle, telling
from backend.tickets.machines.table import Move
from backend.tickets.steps import Walker

#: after a visitor has left there is nothing to be followed up
GONE: Final = Move("fulfilled", "closed", "the visitor has left", "SYS")


def settle(session: Session, ticket: Ticket, now: datetime, *, is_paused: bool | None = None) -> None:
    """Bring the outer state in line with the step, and date the end of the work and of the ticket.

    Work that goes on waits no longer, nor does a ticket of which no clock waits any more (the time it waited
    for is agreed), and a ticket that is over leaves no clock running.
    """
    _end_pass(session, ticket, now)
    was_waiting = ticket.state == "waiting"
    paused = was_waiting and _still_waits(session, ticket, now) if is_paused is None else is_paused
    ticket.state = lifecycle.outer_state(
        lifecycle.machine_of(ticket.workflow, ticket.step), ticket.step, paused
    )
    if was_waiting and ticket.state == "done":
        deadlines.resume(session, ticket, now)
    if ticket.state == "done" and ticket.done_at is None:
        ticket.done_at = now
    if ticket.state in ("closed", "cancelled") and ticket.closed_at is None:
        ticket.closed_at = now
        deadlines.on_event(session, ticket, "closed", now)


def _still_waits(session: Session, ticket: Ticket, now: datetime) -> bool:
    session.flush()
    clocks = deadline_queries.list_running(session, [ticket.id]).get(ticket.id, [])
    if any(one.paused_at is not None for one in clocks):
        return True
    telling.record(session, ticket, "resumed", now, actor="SYS")
    return False


def _end_pass(session: Session, ticket: Ticket, now: datetime) -> None:
    """A visitor's pass is over when they have left: nobody is asked how it was."""
    if ticket.manner == "visitor" and ticket.step == GONE.from_step:
        Walker(session, ticket, now, "SYS").pass_on((GONE,))
