"""All SQL of the calendar of visits. Every query takes the viewer. Nothing here commits."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select
from sqlalchemy.orm import Session

from backend.models import VISITOR, ChannelLink, Duty, Home, Shift, Ticket, TicketEvent
from backend.people import roles
from backend.people.viewer import Viewer
from backend.tickets.lifecycle import MACHINES
from backend.tickets.queries import visible

#: visits of the days that are shown; an estate with more looks at single people or buildings
MOST: Final = 300
#: tickets that wait for a time, the oldest first
MOST_WAITING: Final = 40
#: in the values of a note: what it was that spoke against a visit, as it stood then, and the reason
AGREED: Final = "agreed"
#: visits by plan that are still to be agreed, the first to be due; the page of duties has them all
MOST_DUTIES: Final = 8
#: what a visit may still change, and what is shown beside it
ACTIVE: Final = ("open", "waiting")
SHOWN: Final = (*ACTIVE, "done", "closed")
APPOINTED: Final = tuple(sorted(name for name, machine in MACHINES.items() if machine.is_appointed))
#: nobody comes to a home for these: goods leave by the gate, and a permit is papers alone
PAPERS: Final = frozenset({"release_pass", "permit"})
#: mostly papers: somebody comes at these steps only
COMES_AT: Final[Mapping[str, frozenset[str]]] = {
    "decoration": frozenset({"concealed_check", "completion_check"}),
    "benefit": frozenset({"reserved"}),
}
#: somebody is there already, or has been
CAME: Final[Mapping[str, frozenset[str]]] = {
    "repair": frozenset({"on_site", "diagnosed"}),
    "paid": frozenset({"in_service"}),
    "housekeeping": frozenset({"on_site"}),
    "warranty": frozenset({"in_work"}),
    "general": frozenset({"in_work"}),
    "standing_report": frozenset({"corrected"}),
    "visit": frozenset({"visited", "pending"}),
    "move_in": frozenset({"inspected", "accepted", "paid"}),
    "move_out": frozenset({"eng_cleared", "fin_cleared", "sec_cleared", "keys_returned"}),
}


def own(viewer: Viewer, estate_id: int) -> Select[Ticket]:
    """Tickets of an estate that may stand in this viewer's calendar: whoever works on site sees their own."""
    query = visible(viewer).where(Ticket.estate_id == estate_id)
    return query if roles.sees_all_tickets(viewer.role) else query.where(Ticket.worker_id == viewer.user_id)


def list_numbers(
    session: Session, viewer: Viewer, estate_id: int, start: datetime, end: datetime
) -> list[int]:
    """Return the numbers of the visits that touch the range, by time, and one more than are shown."""
    last = func.coalesce(Ticket.appointment_end, Ticket.appointment_start)
    query = (
        own(viewer, estate_id)
        .with_only_columns(Ticket.number)
        .where(Ticket.state.in_(SHOWN), Ticket.appointment_start < end)
        .where(or_(Ticket.appointment_start >= start, and_(last > start, _began_of_late(start))))
        .order_by(Ticket.appointment_start, Ticket.id)
        .limit(MOST + 1)
    )
    return list(session.scalars(query))


def _began_of_late(start: datetime) -> ColumnElement[bool]:
    """No agreed window is longer than a fortnight: so the index leads to a few rows only."""
    return Ticket.appointment_start >= start - timedelta(days=14)


def list_waiting(session: Session, viewer: Viewer, estate_id: int) -> list[Ticket]:
    """Return open tickets that somebody is still to come for and that have no time, the oldest first.

    A visitor who is announced comes by themselves, and a pass is looked at at the gate: no time is agreed.
    """
    query = (
        own(viewer, estate_id)
        .where(Ticket.state.in_(ACTIVE), Ticket.appointment_start.is_(None))
        .where(_is_to_come(), Ticket.item_id != VISITOR, Ticket.merged_into_id.is_(None))
        .order_by(Ticket.id)
        .limit(5 * MOST_WAITING)
    )
    return list(session.scalars(query))


def _is_to_come() -> ColumnElement[bool]:
    usual = [name for name in APPOINTED if name not in PAPERS | COMES_AT.keys()]
    came = (and_(Ticket.workflow == name, Ticket.step.in_(steps)) for name, steps in CAME.items())
    later = (and_(Ticket.workflow == name, Ticket.step.in_(steps)) for name, steps in COMES_AT.items())
    return or_(and_(Ticket.workflow.in_(usual), not_(or_(*came))), *later)


def has_open_link(session: Session, conversation_id: int) -> bool:
    """Tell whether a conversation, of a ticket the viewer may see, has a chat that is open."""
    mine = ChannelLink.conversation_id == conversation_id
    query = select(ChannelLink.id).where(mine, ChannelLink.status == "active")
    return session.scalar(query.limit(1)) is not None


def list_shifts(session: Session, estate_id: int, start: datetime, end: datetime) -> Sequence[Shift]:
    """Return the shifts of an estate that share time with the range."""
    return session.scalars(
        select(Shift)
        .where(Shift.estate_id == estate_id, Shift.starts_at < end, Shift.ends_at > start)
        .order_by(Shift.starts_at, Shift.id)
    ).all()


def list_agreed(session: Session, ticket_ids: Sequence[int]) -> list[tuple[int, Any]]:
    """Return (ticket, what its note keeps) where a visit was planned in spite of a conflict, oldest first.

    ``ticket_ids``: of tickets that the viewer may see."""
    if not ticket_ids:
        return []
    notes = select(TicketEvent.ticket_id, TicketEvent.values).where(
        TicketEvent.ticket_id.in_(ticket_ids), TicketEvent.kind == "note"
    )
    rows = session.execute(notes.order_by(TicketEvent.id)).all()
    return [(ticket_id, values[AGREED]) for ticket_id, values in rows if AGREED in values]


def list_duties(
    session: Session, estate_id: int, kinds: Iterable[str], start: datetime, end: datetime
) -> Sequence[Duty]:
    """Return the open tasks of these duties that may be done in the range and have no ticket yet."""
    return session.scalars(
        select(Duty)
        .where(Duty.estate_id == estate_id, Duty.duty.in_(list(kinds)), Duty.ticket_id.is_(None))
        .where(Duty.done_at.is_(None), Duty.cancelled_at.is_(None), Duty.missed_at.is_(None))
        .where(Duty.opens_at < end, Duty.due_at > start)
        .order_by(Duty.due_at, Duty.id)
        .limit(MOST_DUTIES)
    ).all()


def list_buildings(session: Session, estate_id: int) -> list[str]:
    """Return the names of an estate's buildings."""
    return list(session.scalars(select(Home.building).where(Home.estate_id == estate_id).distinct()))
