"""SQL of the web chat."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.deadlines import queries as deadline_queries
from backend.models import Deadline, Ticket
from backend.tickets import queries as ticket_queries


def tickets_of(session: Session, ids: set[int]) -> dict[int, Ticket]:
    if not ids:
        return {}
    return {ticket.id: ticket for ticket in session.scalars(select(Ticket).where(Ticket.id.in_(ids)))}


def deadlines_of(session: Session, conversation_id: int) -> list[tuple[Ticket, list[Deadline]]]:
    """Return the newest tickets of a conversation with all their clocks."""
    tickets = ticket_queries.list_own_tickets(session, conversation_id, only_unfinished=False, limit=50)
    clocks = deadline_queries.list_deadlines(session, [t.id for t in tickets]) if tickets else {}
    return [(ticket, clocks.get(ticket.id, [])) for ticket in tickets]
