"""All SQL about shifts. Every staff query takes the viewer. Nothing here commits."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.models import Shift, User
from backend.people.viewer import Viewer


def list_shifts(session: Session, estate_id: int, start: datetime, end: datetime) -> list[Shift]:
    """Return the shifts of an estate that begin in the range, in order."""
    rows = session.scalars(
        select(Shift)
        .where(Shift.estate_id == estate_id, Shift.starts_at >= start, Shift.starts_at < end)
        .order_by(Shift.starts_at, Shift.id)
    )
    return list(rows)


def find_shift(session: Session, viewer: Viewer, shift_id: int) -> Shift | None:
    return session.scalars(
        select(Shift).where(Shift.id == shift_id, Shift.estate_id.in_(viewer.estate_ids))
    ).first()


def get_shift(session: Session, shift_id: int) -> Shift | None:
    return session.get(Shift, shift_id, populate_existing=True) if shift_id else None


def find_running(session: Session, user_id: int, now: datetime) -> Shift | None:
    """Return the shift that this person works just now."""
    return session.scalars(
        select(Shift)
        .where(Shift.user_id == user_id, Shift.starts_at <= now, Shift.ends_at > now)
        .order_by(Shift.ends_at)
    ).first()


def find_next(session: Session, shift: Shift, near: timedelta) -> int | None:
    """Return who of the same role begins near the end of a shift, the first of them."""
    role = select(User.role).where(User.id == shift.user_id).scalar_subquery()
    return session.scalars(
        select(Shift.user_id)
        .join(User, User.id == Shift.user_id)
        .where(Shift.estate_id == shift.estate_id, Shift.user_id != shift.user_id, User.role == role)
        .where(Shift.starts_at >= shift.ends_at - near, Shift.starts_at <= shift.ends_at + near)
        .where(User.is_active)
        .order_by(Shift.starts_at, Shift.id)
    ).first()


def hold_rota(session: Session, user_id: int) -> None:
    """Let nobody else add a shift of this person until the transaction ends."""
    session.scalars(select(User.id).where(User.id == user_id).with_for_update(key_share=True)).first()


def has_overlap(session: Session, user_id: int, start: datetime, end: datetime) -> bool:
    """Tell whether this person has a shift that shares time with the range."""
    query = select(Shift.id).where(Shift.user_id == user_id, Shift.starts_at < end, Shift.ends_at > start)
    return session.scalars(query.limit(1)).first() is not None


def remove_shift(session: Session, shift_id: int) -> None:
    session.execute(delete(Shift).where(Shift.id == shift_id))
