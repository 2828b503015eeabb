"""A promise that was taken for kept by mistake runs again. Nothing here commits."""

from datetime import datetime

from sqlalchemy.orm import Session

from backend.deadlines import queries
from backend.deadlines.faults import in_utc
from backend.models import Ticket


def run_again(session: Session, ticket: Ticket, name: str, met_at: datetime, now: datetime) -> None:
    """Let the promises of this name run on that were met at this very instant (SLA-04, SLA-05).

    Their due instants stand, since nobody waited; what was broken already stays broken. The sweep looks at
    them at once, and calls whom a promise calls that is nearly due or late.
    """
    session.flush()
    for deadline in queries.lock_clocks(session, ticket.id):
        if deadline.name == name and deadline.met_at == in_utc(met_at):
            deadline.met_at = None
            deadline.next_check_at = in_utc(now)
