"""SQL of who has a ticket open."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.models import Presence, Ticket, User
from backend.people.viewer import Viewer

#: how long after a sign of life somebody still counts as being here
HERE: Final = timedelta(seconds=30)
_FORGOTTEN: Final = timedelta(days=1)


def find_own(session: Session, viewer: Viewer, ticket: Ticket) -> Presence | None:
    return session.get(Presence, (viewer.user_id, ticket.id))


def list_others(
    session: Session, viewer: Viewer, ticket: Ticket, now: datetime
) -> Sequence[tuple[User, Presence]]:
    """Return who else has this ticket open, the longest here first; field staff and leaders alike."""
    rows = session.execute(
        select(User, Presence)
        .join(Presence, Presence.user_id == User.id)
        .where(
            Presence.ticket_id == ticket.id,
            Presence.user_id != viewer.user_id,
            Presence.seen_at > now - HERE,
        )
        .order_by(User.id)
    )
    return [(user, row) for user, row in rows]


def forget_old(session: Session, viewer: Viewer, now: datetime) -> None:
    """Remove what the viewer left behind a day ago and more."""
    session.execute(
        delete(Presence).where(Presence.user_id == viewer.user_id, Presence.seen_at < now - _FORGOTTEN)
    )
