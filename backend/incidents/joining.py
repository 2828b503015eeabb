"""A report added to an open incident whose reporter has just been told of it. Nothing here commits."""

from datetime import datetime

from sqlalchemy.orm import Session

from backend.deadlines import service as deadlines
from backend.incidents.sweep import TOLD
from backend.models import Incident, Ticket
from backend.tickets import telling


def join_told(session: Session, ticket: Ticket, incident_id: int, now: datetime) -> bool:
    """Put a ticket just opened into the incident that its reporter knows: the sweep does not tell them again.

    False where the incident is over by now: the ticket then stands for itself.
    """
    incident = session.get(Incident, incident_id)
    if incident is None or incident.state != "open" or incident.estate_id != ticket.estate_id:
        return False
    ticket.incident_id = incident_id
    text = incident.text_zh if ticket.language == "zh" else incident.text_en
    telling.record(session, ticket, TOLD, now, actor="S", by_user_id=incident.opened_by_id, note=text,
                   incident=incident_id, is_heard=True)  # fmt: skip
    session.flush()
    # A person's words to this very resident: the response clock stops (SLA-01).
    deadlines.on_event(session, ticket, "replied", now)
    return True
