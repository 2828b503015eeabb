"""SQL of tickets that were set aside, and of those that come back by themselves."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select
from sqlalchemy.orm import Session

from backend.deadlines.queries import NOT_WAITING
from backend.models import Deadline, Message, Ticket, TicketEvent

KIND: Final = "set_aside"


def is_aside(now: datetime) -> ColumnElement[bool]:
    """Set aside still: the time has not come, no clock is pressing, the resident has not written since.

    Asked of the rows themselves, so that nothing stays hidden where the round that brings back is late.
    """
    return and_(Ticket.snoozed_until > now, not_(_is_pressing(now)), not_(_has_written()))


def is_shown(now: datetime) -> ColumnElement[bool]:
    """The opposite, which a ticket that was never set aside meets at once."""
    back = or_(Ticket.snoozed_until <= now, _is_pressing(now), _has_written())
    return or_(Ticket.snoozed_until.is_(None), back)


def _is_pressing(now: datetime) -> ColumnElement[bool]:
    """A clock that runs warns, or is late."""
    return exists().where(
        Deadline.ticket_id == Ticket.id,
        Deadline.met_at.is_(None),
        Deadline.cancelled_at.is_(None),
        NOT_WAITING,
        or_(Deadline.due_at <= now, Deadline.warn_at <= now),
    )


def _has_written() -> ColumnElement[bool]:
    """A message of the resident came after the one that stood last when it was set aside."""
    seen = (
        select(func.max(TicketEvent.values["seq"].as_integer()))
        .where(TicketEvent.ticket_id == Ticket.id, TicketEvent.kind == KIND)
        .correlate(Ticket)
        .scalar_subquery()
    )
    return exists().where(
        Message.conversation_id == Ticket.conversation_id,
        Message.author == "resident",
        or_(Message.ticket_id.is_(None), Message.ticket_id == Ticket.id),
        Message.seq > seen,
    )


def list_reasons(session: Session, tickets: Iterable[Ticket]) -> dict[int, str]:
    """Return why each of these was set aside last, by its id; asks nothing where none is."""
    wanted = [one.id for one in tickets if one.snoozed_until is not None]
    if not wanted:
        return {}
    query = (
        select(TicketEvent.ticket_id, TicketEvent.note)
        .where(TicketEvent.ticket_id.in_(wanted), TicketEvent.kind == KIND)
        .order_by(TicketEvent.id)
    )
    return {row.ticket_id: row.note for row in session.execute(query)}


def list_waking(session: Session, now: datetime, limit: int, ticket_id: int | None = None) -> list[int]:
    """Return the ids of tickets that were set aside and come back now."""
    query = select(Ticket.id).where(Ticket.snoozed_until.is_not(None), is_shown(now))
    if ticket_id is not None:
        query = query.where(Ticket.id == ticket_id)
    return list(session.scalars(query.order_by(Ticket.snoozed_until).limit(limit)))


def is_clock_pressing(session: Session, ticket_id: int, now: datetime) -> bool:
    """Tell whether a clock of this ticket warns or is late."""
    return bool(session.scalar(select(exists().where(Ticket.id == ticket_id, _is_pressing(now)))))
