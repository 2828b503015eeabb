"""A chat that can no longer be written to: whoever answers for the resident hears of it at once."""

from datetime import datetime

from sqlalchemy.orm import Session

from backend.conversations import facts
from backend.messages import live
from backend.messages import queries as message_queries
from backend.messages.outbox import Loss
from backend.models import Alert, ChannelLink, Message, Ticket
from backend.tickets import queries as ticket_queries
from backend.tickets import telling


def tell_loss(session: Session, loss: Loss, now: datetime) -> None:
    """Tell a loss that a send has shown."""
    tell(session, loss.link, loss.message, loss.reason, now)


def tell(session: Session, link: ChannelLink, message: Message | None, reason: str, now: datetime) -> None:
    """Ring the butler once, and put it on the timeline of every open ticket of the conversation."""
    conversation = message_queries.lock_conversation(session, link.conversation_id)
    around = facts.gather(session, link, conversation, now)
    tickets = list(around.tickets.values())
    for ticket in tickets:
        telling.record(session, ticket, "unreachable", now, actor="SYS", reason=reason)
        telling.changed(session, ticket, now, None)
    name = around.resident.name if around.resident else link.name
    about = _ticket_of(message, tickets)
    user_id = (about.butler_id if about else None) or (around.butler.id if around.butler else None)
    if user_id is not None:
        _ring(session, link, user_id, about, {"what": "unreachable", "name": name, "reason": reason}, now)
    live.emit(session, link.estate_id, "message", {"conversation": conversation.id}, now)


def _ticket_of(message: Message | None, tickets: list[Ticket]) -> Ticket | None:
    known = [t for t in tickets if message is not None and t.id == message.ticket_id]
    return next(iter(known or tickets), None)


def _ring(
    session: Session,
    link: ChannelLink,
    user_id: int,
    ticket: Ticket | None,
    values: dict[str, str],
    now: datetime,
) -> None:
    since = int(link.status_at.timestamp()) if link.status_at else 0
    key = f"unreachable:{link.id}:{since}"
    if ticket_queries.has_alert(session, key):
        return
    session.add(
        Alert(estate_id=link.estate_id, user_id=user_id, ticket_id=ticket.id if ticket else None,
              kind="attention", dedupe_key=key, values=values, at=now, created_at=now)
    )  # fmt: skip
    live.emit(session, link.estate_id, "alert", {"users": [user_id]}, now)
