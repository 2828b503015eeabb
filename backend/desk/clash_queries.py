"""SQL about visits at the same time. Nothing here commits."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from backend.deadlines.calendar import Interval
from backend.models import Ticket
from backend.people.viewer import Viewer
from backend.tickets.queries import visible
from backend.tickets.spans import LOOSE


def list_near(session: Session, viewer: Viewer, ticket: Ticket, span: Interval) -> Sequence[Ticket]:
    """Return the other visits of the estate that may touch ``span`` and that somebody is named for."""
    query = (
        visible(viewer)
        .where(Ticket.estate_id == ticket.estate_id, Ticket.state.in_(("open", "waiting")))
        .where(Ticket.worker_id.is_not(None), Ticket.id != ticket.id)
        .where(Ticket.appointment_start < span.end, Ticket.appointment_start > span.start - LOOSE)
        .order_by(Ticket.appointment_start, Ticket.id)
    )
    return session.scalars(query).all()
