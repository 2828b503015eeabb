"""All SQL of the bell: one line for what rang again and again about the same, its newest. Nothing commits."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.orm import Session

from backend.desk.queries import PAGE
from backend.models import Alert, Home, Ticket
from backend.people.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Rung:
    """The newest alert about one thing, and how often that rang; with ticket and home if any."""

    alert: Alert
    times: int = 1
    ticket: Ticket | None = None
    home: Home | None = None


def _own(viewer: Viewer, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Alert.user_id == viewer.user_id, Alert.at <= now


def _lines(*of: ColumnElement[bool]) -> Select[int, int]:
    """One row for each kind of alert and promise of a ticket; what has no ticket stands alone."""
    alike = func.coalesce(Alert.ticket_id, -Alert.id), Alert.kind, func.coalesce(Alert.clock, "")
    newest, times = func.max(Alert.id).label("newest"), func.count().label("times")
    return select(newest, times).where(*of).group_by(*alike)


def list_alerts(session: Session, viewer: Viewer, now: datetime, before: int | None = None) -> list[Rung]:
    """Return a page of the viewer's own alerts and one more, newest first.

    A digest is shown from its hour on. ``before``: only those that are older than this one.
    """
    line = _lines(*_own(viewer, now)).subquery()
    query = (
        select(Alert, line.c.times, Ticket, Home)
        .join(line, line.c.newest == Alert.id)
        .outerjoin(Ticket, Ticket.id == Alert.ticket_id)
        .outerjoin(Home, Home.id == Ticket.home_id)
    )
    query = query.where(Alert.id < before) if before is not None else query
    rows = session.execute(query.order_by(Alert.id.desc()).limit(PAGE + 1))
    return [Rung(*row) for row in rows]


def count_alerts(session: Session, viewer: Viewer, now: datetime) -> int:
    """Return how many things the viewer has had alerts about."""
    return _count(session, *_own(viewer, now))


def count_unseen(session: Session, viewer: Viewer, now: datetime) -> int:
    """Return how many things that rang the viewer has not looked at."""
    return _count(session, *_own(viewer, now), Alert.seen_at.is_(None))


def _count(session: Session, *of: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(_lines(*of).subquery())) or 0


def mark_seen(session: Session, viewer: Viewer, now: datetime) -> None:
    """Mark all of the viewer's alerts as seen."""
    unseen = (*_own(viewer, now), Alert.seen_at.is_(None))
    session.execute(update(Alert).where(*unseen).values(seen_at=now))
