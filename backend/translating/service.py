"""Keeping a message's other wording beside it; the message itself never changes. Nothing here commits."""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from backend.models import Message, Translation
from backend.translating import queries

#: the "provider" of what we have worded ourselves in both languages
OURS: Final = "guanjia"
#: the "provider" of the words that somebody wrote before a machine translated them
ORIGINAL: Final = "original"


def keep(
    session: Session, message: Message, language: str, text: str, provider: str, now: datetime
) -> Translation:
    """Keep ``text`` as the wording of ``message`` in ``language``; a newer one takes an older one's place."""
    row = queries.find_translation(session, message.id, language)
    if row is None:
        row = Translation(message_id=message.id, language=language, estate_id=message.estate_id, text="",
                          provider="", at=now)  # fmt: skip
        session.add(row)
    row.text, row.provider, row.at = text, provider, now
    return row
