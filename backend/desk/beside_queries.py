"""SQL of the tickets that belong to a ticket, of what residents wrote since, of whose queue is covered."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from backend.duties.handover_queries import is_covering
from backend.duties.resuming import COVERS_FOR
from backend.models import Handover, Message, Ticket, User, UserEstate
from backend.people import butlers
from backend.people import queries as people_queries
from backend.people.viewer import Viewer
from backend.tickets.queries import visible

#: a wish is taken down a moment after it was written
A_TURN: Final = timedelta(minutes=1)
#: where no rota says when the giver is back, what was handed over is theirs again after a night
TAKEN_OVER_FOR: Final = COVERS_FOR


def list_linked(session: Session, viewer: Viewer, ticket: Ticket) -> list[tuple[str, int]]:
    """Return (how it belongs, number) of tickets merged with this one or split from it, as far as visible."""
    query = visible(viewer).where(
        or_(
            Ticket.id.in_([one for one in (ticket.merged_into_id, ticket.split_from_id) if one is not None]),
            Ticket.merged_into_id == ticket.id,
            Ticket.split_from_id == ticket.id,
        )
    )
    found = [(_how(ticket, one), one.number) for one in session.scalars(query.order_by(Ticket.number))]
    return [(how, number) for how, number in found if how]


def _how(ticket: Ticket, other: Ticket) -> str:
    if other.id == ticket.merged_into_id:
        return "merged_into"
    if other.merged_into_id == ticket.id:
        return "took_in"
    return "split_from" if other.id == ticket.split_from_id else "split_off"


def list_written(session: Session, tickets: Sequence[Ticket]) -> dict[int, list[datetime]]:
    """Return when the resident wrote, for tickets to which no person has answered since.

    Only what came after the ticket was taken on counts, and before that what was written of it alone: the
    ticket itself is news then. What led to a ticket of its own is that ticket's news.
    """
    taken = [one for one in tickets if one.conversation_id is not None]
    conversations = {one.conversation_id for one in taken}
    if not conversations:
        return {}
    answered = (
        select(Message.conversation_id, func.max(Message.seq).label("seq"))
        .where(Message.conversation_id.in_(conversations), Message.author == "butler")
        .group_by(Message.conversation_id)
        .subquery()
    )
    rows = session.execute(
        select(Message.conversation_id, Message.ticket_id, Message.sent_at)
        .outerjoin(answered, answered.c.conversation_id == Message.conversation_id)
        .where(
            Message.conversation_id.in_(conversations),
            Message.author == "resident",
            Message.kind != "button",
            Message.seq > func.coalesce(answered.c.seq, 0),
        )
    ).all()
    led = _list_led(session, {row.conversation_id for row in rows if row.ticket_id is None})
    fresh = [row for row in rows if row.ticket_id is not None or not _led_elsewhere(row, led)]
    return {one.id: [row.sent_at for row in fresh if _is_news(one, row)] for one in taken}


def _list_led(session: Session, conversations: set[int]) -> Sequence[Any]:
    """Return when the wish of each ticket of these conversations was first said, and when registered."""
    if not conversations:
        return ()
    said = select(Ticket.conversation_id, Ticket.asked_at, Ticket.entered_at)
    wanted = Ticket.conversation_id.in_(conversations), Ticket.is_late_entry.is_(False)
    return session.execute(said.where(*wanted)).all()


def _led_elsewhere(row: Any, led: Sequence[Any]) -> bool:
    """True for a message of a form that became a ticket: only the last word of a form bears its number."""
    return any(
        one.conversation_id == row.conversation_id and one.asked_at - A_TURN <= row.sent_at <= one.entered_at
        for one in led
    )


def _is_news(ticket: Ticket, row: Any) -> bool:
    if row.conversation_id != ticket.conversation_id:
        return False
    if ticket.accepted_at is None:
        return bool(row.ticket_id == ticket.id and row.sent_at > ticket.entered_at)
    return bool(row.ticket_id in (None, ticket.id) and row.sent_at > ticket.accepted_at)


def list_covered(session: Session, viewer: Viewer, now: datetime) -> list[User]:
    """Return the colleagues whose queue the viewer looks after now (代班).

    Those not on duty whose deputy the viewer is; and those who have handed their shift over to the viewer,
    until they begin another one.
    """
    query = (
        select(User)
        .join(UserEstate, UserEstate.user_id == User.id)
        .where(
            User.deputy_id == viewer.user_id,
            User.is_active.is_(True),
            UserEstate.estate_id.in_(viewer.estate_ids),
        )
    )
    theirs = list(session.scalars(query.distinct().order_by(User.id)))
    handed = _list_handed(session, viewer, now)
    if not theirs and not handed:
        return []
    shifts = people_queries.list_shifts_around(session, viewer.estate_ids, now)
    found = {user.id: user for user in theirs if not butlers.is_on_duty(user, shifts, now)}
    for user, decided_at in handed:
        if not any(one.user_id == user.id and decided_at < one.starts_at <= now for one in shifts):
            found[user.id] = user
    return [found[key] for key in sorted(found)]


def _list_handed(session: Session, viewer: Viewer, now: datetime) -> list[tuple[User, datetime]]:
    """Return who handed a shift over to the viewer lately, and when it was accepted."""
    query = (
        select(User, Handover.decided_at)
        .join(Handover, Handover.from_user_id == User.id)
        .where(
            Handover.to_user_id == viewer.user_id,
            Handover.estate_id.in_(viewer.estate_ids),
            Handover.state.in_(("accepted", "reviewed")),
            Handover.decided_at > now - TAKEN_OVER_FOR,
            is_covering(),
            User.is_active.is_(True),
        )
        .order_by(Handover.decided_at)
    )
    return [(user, decided_at) for user, decided_at in session.execute(query) if decided_at is not None]


def find_taken_over(session: Session, viewer: Viewer, now: datetime) -> tuple[User, datetime] | None:
    """Return who has the viewer's queue since their shift was handed over, and since when.

    None once the viewer has begun another shift: then it is theirs again, as for whoever covers it.
    """
    query = (
        select(User, Handover.decided_at)
        .join(Handover, Handover.to_user_id == User.id)
        .where(
            Handover.from_user_id == viewer.user_id,
            Handover.estate_id.in_(viewer.estate_ids),
            Handover.state.in_(("accepted", "reviewed")),
            Handover.decided_at > now - TAKEN_OVER_FOR,
            is_covering(),
            User.is_active.is_(True),
        )
        .order_by(Handover.decided_at.desc())
        .limit(1)
    )
    found = session.execute(query).first()
    if found is None or found[1] is None:
        return None
    shifts = people_queries.list_shifts_around(session, viewer.estate_ids, now)
    is_back = any(one.user_id == viewer.user_id and found[1] < one.starts_at <= now for one in shifts)
    return None if is_back else (found[0], found[1])
