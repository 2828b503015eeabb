"""The SQL of an estate's own settings: editions of its calendar, its own texts."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.models import CalendarEdition, Estate, EstateText


def lock_estate(session: Session, estate_id: int) -> Estate:
    """Return the estate, held until the transaction ends."""
    query = select(Estate).where(Estate.id == estate_id).with_for_update(key_share=True)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def last_edition(session: Session, calendar: str) -> int:
    """Return the number of the newest edition of a calendar, 0 where there is none."""
    query = select(func.max(CalendarEdition.edition)).where(CalendarEdition.calendar == calendar)
    return session.scalar(query) or 0


def list_editions(session: Session, estate_id: int, limit: int) -> Sequence[CalendarEdition]:
    """Return the newest editions of an estate's calendar."""
    query = select(CalendarEdition).where(CalendarEdition.estate_id == estate_id)
    return session.scalars(query.order_by(CalendarEdition.edition.desc()).limit(limit)).all()


def list_texts(session: Session, estate_id: int) -> Sequence[EstateText]:
    """Return every sentence that the estate words itself."""
    return session.scalars(select(EstateText).where(EstateText.estate_id == estate_id)).all()


def find_text(session: Session, estate_id: int, msgid: str) -> EstateText | None:
    """Return the estate's own wording of a sentence, held until the transaction ends."""
    query = select(EstateText).where(EstateText.estate_id == estate_id, EstateText.msgid == msgid)
    return session.scalars(query.with_for_update(key_share=True)).first()


def find_estate(session: Session, code: str) -> Estate | None:
    return session.scalars(select(Estate).where(Estate.code == code)).first()
