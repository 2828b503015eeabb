"""Rows that tell open pages what changed; written in the transaction that changed it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, cast, delete, func, insert, select, text
from sqlalchemy.orm import Session
from sqlalchemy.types import String

from backend.models import LiveEvent


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a reader has read: (transaction id, row id); the transaction id is 0 on SQLite."""

    xid: int = 0
    id: int = 0


@dataclass(frozen=True, slots=True)
class Live:
    """One change: ``kind`` (ticket, message, alert, clock), its estate and payload (ids only)."""

    cursor: Cursor
    estate_id: int
    kind: str
    payload: dict[str, Any]


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def emit(session: Session, estate_id: int, kind: str, payload: dict[str, Any], at: datetime) -> None:
    """Add a live event to this transaction; open pages see it within a second of the commit."""
    event = LiveEvent(estate_id=estate_id, kind=kind, payload=payload, created_at=at)
    if _is_postgresql(session):
        event.xid = _own_xid()
    session.add(event)


def emit_all(
    session: Session, estate_id: int, kind: str, payloads: list[dict[str, Any]], at: datetime
) -> None:
    """Add several events of a kind at once, in one statement."""
    if not payloads:
        return
    statement = insert(LiveEvent.__table__)  # type: ignore[arg-type]
    if _is_postgresql(session):
        statement = statement.values(xid=_own_xid())
    rows = [{"estate_id": estate_id, "kind": kind, "payload": one, "created_at": at} for one in payloads]
    session.execute(statement, rows)


def _own_xid() -> ColumnElement[int]:
    return cast(cast(func.pg_current_xact_id(), String), BigInteger)


def latest(session: Session) -> Cursor:
    """Return the cursor from which a new reader starts: everything so far is known to its page."""
    if _is_postgresql(session):
        horizon = _horizon(session)
        row = session.execute(
            select(LiveEvent.xid, LiveEvent.id)
            .where(LiveEvent.xid < horizon)
            .order_by(LiveEvent.xid.desc(), LiveEvent.id.desc())
            .limit(1)
        ).first()
        return Cursor(row[0] or 0, row[1]) if row else Cursor()
    return Cursor(0, session.scalar(select(func.max(LiveEvent.id))) or 0)


def forget(session: Session, before: datetime) -> int:
    """Remove events recorded before ``before``, which every open page has long read; return how many."""
    gone = session.execute(delete(LiveEvent).where(LiveEvent.created_at < before))
    return int(getattr(gone, "rowcount", 0))


def _horizon(session: Session) -> int:
    """The oldest transaction still open: rows at or after it may yet be joined by earlier ones."""
    return int(session.scalar(text("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint")) or 0)


def list_after(session: Session, cursor: Cursor, limit: int = 500) -> list[Live]:
    """Return committed events after ``cursor`` in order; a late commit is never skipped."""
    query = select(LiveEvent).limit(limit)
    if _is_postgresql(session):
        horizon = _horizon(session)
        query = query.where(
            LiveEvent.xid < horizon,
            (LiveEvent.xid > cursor.xid) | ((LiveEvent.xid == cursor.xid) & (LiveEvent.id > cursor.id)),
        ).order_by(LiveEvent.xid, LiveEvent.id)
    else:
        query = query.where(LiveEvent.id > cursor.id).order_by(LiveEvent.id)
    return [
        Live(Cursor(row.xid or 0, row.id), row.estate_id, row.kind, row.payload)
        for row in session.scalars(query)
    ]
