"""All SQL about shifts. Every staff query takes the viewer. Nothing here commits."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.models import Shift
from backend.people.rota import AROUND
from backend.people.viewer import Viewer


def list_shifts(session: Session, estate_id: int, start: datetime, end: datetime) -> list[Shift]:
    """Return the shifts of an estate that begin in the range, in order."""
    rows = session.scalars(
        select(Shift)
        .where(Shift.estate_id == estate_id, Shift.starts_at >= start, Shift.starts_at < end)
        .order_by(Shift.starts_at, Shift.id)
    )
    return list(rows)


def list_shifts_around(session: Session, estate_ids: Collection[int], now: datetime) -> list[Shift]:
    """Return the shifts that say who is on duty now, or that an estate keeps a rota at all."""
    rows = session.scalars(
        select(Shift).where(
            Shift.estate_id.in_(estate_ids), Shift.starts_at < now + AROUND, Shift.ends_at > now - AROUND
        )
    )
    return list(rows)


def find_shift(session: Session, viewer: Viewer, shift_id: int) -> Shift | None:
    return session.scalars(
        select(Shift).where(Shift.id == shift_id, Shift.estate_id.in_(viewer.estate_ids))
    ).first()


def has_overlap(session: Session, user_id: int, start: datetime, end: datetime) -> bool:
    """Tell whether this person has a shift that shares time with the range."""
    query = select(Shift.id).where(Shift.user_id == user_id, Shift.starts_at < end, Shift.ends_at > start)
    return session.scalars(query.limit(1)).first() is not None


def remove_shift(session: Session, shift_id: int) -> None:
    session.execute(delete(Shift).where(Shift.id == shift_id))
