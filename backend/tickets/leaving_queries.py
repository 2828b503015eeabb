"""The statement behind leaving a home."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend.models import Residency


def find_current(session: Session, resident_id: int, home_id: int, now: datetime) -> Residency | None:
    """Return the residency that has not ended yet."""
    return session.scalars(
        select(Residency).where(
            Residency.resident_id == resident_id,
            Residency.home_id == home_id,
            or_(Residency.ends_at.is_(None), Residency.ends_at > now),
        )
    ).first()
