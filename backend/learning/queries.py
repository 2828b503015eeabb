"""SQL of phrases and publications."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from backend.errors import NotFound
from backend.models import Phrase, Publication

#: greater than any id of a row
TOO_LARGE: Final = 2**53


def get_phrase(session: Session, phrase_id: int, estate_ids: Collection[int] | None) -> Phrase:
    """Return a phrase of these estates (None: of any), held for a change. Raises NotFound."""
    found = session.scalars(
        select(Phrase).where(Phrase.id == phrase_id).with_for_update(key_share=True)
    ).first()
    if found is None or (estate_ids is not None and found.estate_id not in estate_ids):
        raise NotFound
    return found


def list_phrases(
    session: Session,
    estate_ids: Collection[int] | None,
    *,
    state: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> Sequence[Phrase]:
    """Return phrases of these estates (None: of any), newest first."""
    query = select(Phrase).order_by(Phrase.id.desc()).limit(limit)
    if estate_ids is not None:
        query = query.where(Phrase.estate_id.in_(estate_ids))
    if state is not None:
        query = query.where(Phrase.state == state)
    return session.scalars(query if before is None else query.where(Phrase.id < before)).all()


def list_approved(session: Session) -> list[tuple[str, tuple[str, ...]]]:
    """Return text and items of every approved phrase, the oldest first."""
    rows = session.execute(
        select(Phrase.text, Phrase.items).where(Phrase.state == "approved").order_by(Phrase.id)
    )
    return [(text, tuple(items)) for text, items in rows]


def find_same(session: Session, estate_id: int, key: str, item_id: str) -> Phrase | None:
    """Return what the estate has of these words for this item, in whatever state."""
    rows = session.scalars(
        select(Phrase).where(Phrase.estate_id == estate_id, Phrase.key == key).order_by(Phrase.id)
    )
    return next((row for row in rows if item_id in row.items), None)


def read_versions(session: Session) -> dict[str, str]:
    """Return the published version of each kind; "" for what was never published."""
    rows = session.scalars(select(Publication))
    return {"menu": "", "artefact": "", "phrases": ""} | {row.kind: row.version for row in rows}


def publish(session: Session, kind: str, version: str, now: datetime) -> None:
    row = _held(session, kind, now)
    row.version, row.changed_at = version, now


def count_on(session: Session, kind: str, now: datetime) -> None:
    """Raise a counted version by one; racers wait for each other, so that no change goes unseen."""
    row = _held(session, kind, now)
    row.version, row.changed_at = str(int(row.version or 0) + 1), now


def _held(session: Session, kind: str, now: datetime) -> Publication:
    session.execute(_insert(session).values(kind=kind, version="", changed_at=now).on_conflict_do_nothing())
    return session.scalars(
        select(Publication)
        .where(Publication.kind == kind)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _insert(session: Session) -> Any:
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    return postgresql.insert(Publication) if is_postgresql else sqlite.insert(Publication)
