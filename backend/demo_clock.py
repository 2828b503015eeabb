"""The demo clock: its offset is a row that only grows, read by every process each second."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.db import Database
from backend.errors import NotFound
from backend.models import Installation


def read_offset(database: Database) -> int:
    """Return the seconds by which estate time is ahead of real time; 0 without a demo."""
    with database.read() as session:
        return session.scalar(select(Installation.clock_offset_seconds).limit(1)) or 0


def advance(session: Session, seconds: int) -> int:
    """Move estate time on and return the whole offset. Raises NotFound where there is no demo."""
    step = (
        update(Installation)
        .where(Installation.is_demo.is_(True))
        .values(clock_offset_seconds=Installation.clock_offset_seconds + seconds)
        .returning(Installation.clock_offset_seconds)
    )
    offset = session.execute(step).scalar()
    if offset is None:
        raise NotFound
    return int(offset)


def is_demo(session: Session) -> bool:
    return bool(session.scalar(select(Installation.is_demo).limit(1)))
