"""SQL of the web chat."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.deadlines import queries as deadline_queries
from backend.models import ChannelLink, Conversation, Deadline, Estate, Ticket
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


def get_link(session: Session, link_id: int) -> ChannelLink:
    return session.get_one(ChannelLink, link_id)


def get_pair(session: Session, link_id: int) -> tuple[ChannelLink, Conversation]:
    """Return a link and the conversation it leads to now."""
    row = session.execute(
        select(ChannelLink, Conversation)
        .join(Conversation, Conversation.id == ChannelLink.conversation_id)
        .where(ChannelLink.id == link_id)
    ).one()
    return row[0], row[1]


def reading_of(session: Session, link_id: int) -> tuple[str, str]:
    """Return the language of a link and the time zone of its estate."""
    row = session.execute(
        select(ChannelLink.language, Estate.timezone)
        .join(Estate, Estate.id == ChannelLink.estate_id)
        .where(ChannelLink.id == link_id)
    ).one()
    return row[0], row[1]


def zone_and_typing(session: Session, conversation_id: int) -> tuple[str, datetime | None]:
    """Return a conversation's time zone and until when the butler counts as typing."""
    row = session.execute(
        select(Estate.timezone, Conversation.typing_until)
        .join(Estate, Estate.id == Conversation.estate_id)
        .where(Conversation.id == conversation_id)
    ).one()
    return row[0], row[1]
