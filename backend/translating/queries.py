"""SQL of translations."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.models import Translation


def find_translation(session: Session, message_id: int, language: str) -> Translation | None:
    return session.get(Translation, (message_id, language))


def list_translations(
    session: Session, message_ids: Collection[int], language: str
) -> dict[int, Translation]:
    """Return what is kept in ``language`` for these messages, by message."""
    if not message_ids:
        return {}
    query = select(Translation).where(
        Translation.message_id.in_(message_ids), Translation.language == language
    )
    return {row.message_id: row for row in session.scalars(query)}
