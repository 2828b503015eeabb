"""After a move-out is closed the home is no longer theirs: the residency ends, the chat speaks of no home.

Who else lives there stays, an owner after a tenant's leaving as well. Nothing here commits.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from backend.messages import queries as message_queries
from backend.models import Ticket
from backend.tickets import leaving_queries

MOVE_OUT = "move_out"


def unlink(session: Session, ticket: Ticket, now: datetime) -> None:
    """End the residency of who moved out (WF-09); of a ticket without home or resident nothing is known."""
    if ticket.workflow != MOVE_OUT or ticket.step != "closed" or not (ticket.resident_id and ticket.home_id):
        return
    residency = leaving_queries.find_current(session, ticket.resident_id, ticket.home_id, now)
    if residency is not None:
        residency.ends_at = now
    if ticket.conversation_id is not None:
        conversation = message_queries.lock_conversation(session, ticket.conversation_id)
        if conversation.home_id == ticket.home_id:
            conversation.home_id = None
