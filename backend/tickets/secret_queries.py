"""SQL of what is hidden from somebody: words that belong to a complaint about them."""

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

from backend.models import Message, Ticket
from backend.people.viewer import Viewer


def was_said_of(viewer: Viewer, message: type[Message] = Message) -> ColumnElement[bool]:
    """A message of a complaint about the viewer, or said without a ticket while that was being told."""
    secret = aliased(Ticket)
    while_told = and_(
        message.ticket_id.is_(None),
        secret.asked_at <= message.sent_at,
        secret.received_at >= message.sent_at,
    )
    told = select(secret.id).where(
        secret.conversation_id == message.conversation_id,
        secret.hidden_from_id == viewer.user_id,
        or_(message.ticket_id == secret.id, while_told),
    )
    return told.correlate(message).exists()
