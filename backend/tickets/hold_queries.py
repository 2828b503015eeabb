"""SQL about residents who were asked to wait (SLA-25)."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from backend.models import Deadline, Ticket, TicketEvent

#: an open clock is looked at again no later than its last rung after the due instant
NEXT_LOOK: Final = timedelta(minutes=10)


def list_holding(
    session: Session,
    clock: str,
    kind: str,
    now: datetime,
    too_late: timedelta,
    limit: int,
    ticket_id: int | None = None,
) -> list[int]:
    """Return the ids of tickets whose resident has been holding since the warning of ``clock``.

    One to whom ``kind`` was said since they began to hold is left out, and so is one who has held for longer
    than ``too_late``.
    """
    told = exists().where(
        TicketEvent.ticket_id == Deadline.ticket_id,
        TicketEvent.kind == kind,
        TicketEvent.at >= Deadline.started_at,
    )
    query = (
        select(Ticket.id)
        .join(Deadline, Deadline.ticket_id == Ticket.id)
        .where(
            # By the index of what is looked at next: a million other clocks are not read.
            Deadline.next_check_at.is_not(None),
            Deadline.next_check_at <= now + NEXT_LOOK,
            Deadline.clock == clock,
            Deadline.warn_at <= now,
            Deadline.started_at > now - too_late,
            Deadline.met_at.is_(None),
            Deadline.cancelled_at.is_(None),
            ~told,
        )
        .order_by(Ticket.id)
        .limit(limit)
    )
    if ticket_id is not None:
        query = query.where(Ticket.id == ticket_id)
    return list(session.scalars(query.distinct()))
