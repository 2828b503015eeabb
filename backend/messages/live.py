"""Rows that tell open pages what changed; written in the transaction that changed it."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Insert,
    Integer,
    Select,
    bindparam,
    cast,
    delete,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import String

from backend.models import LiveEvent
from backend.models.base import Big


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
    emit_all(session, estate_id, kind, [payload], at)


def emit_all(
    session: Session, estate_id: int, kind: str, payloads: list[dict[str, Any]], at: datetime
) -> None:
    """Add several events of a kind at once, in one statement."""
    if not payloads:
        return
    rows = [{"estate_id": estate_id, "kind": kind, "payload": one, "created_at": at} for one in payloads]
    session.connection().execute(_added(_is_postgresql(session)), rows)


@cache
def _added(is_postgresql: bool) -> Insert:
    """Written past the session's unit of work, which takes longer than the row is worth."""
    add = insert(LiveEvent.__table__)  # type: ignore[arg-type]
    return add.values(xid=_own_xid()) if is_postgresql else add


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
    is_postgresql = _is_postgresql(session)
    asked = {"after": cursor.id, "most": limit}
    if is_postgresql:
        asked |= {"xid": cursor.xid, "horizon": _horizon(session)}
    rows = session.execute(_after(is_postgresql), asked)
    return [Live(Cursor(xid or 0, row_id), *rest) for row_id, xid, *rest in rows]


@cache
def _after(is_postgresql: bool) -> Select[int, int | None, int, str, dict[str, Any]]:
    """Asked several times a second: built once."""
    columns = select(LiveEvent.id, LiveEvent.xid, LiveEvent.estate_id, LiveEvent.kind, LiveEvent.payload)
    query = columns.limit(bindparam("most", type_=Integer))
    after, xid = bindparam("after", type_=Big), bindparam("xid", type_=Big)
    if not is_postgresql:
        return query.where(LiveEvent.id > after).order_by(LiveEvent.id)
    return query.where(
        LiveEvent.xid < bindparam("horizon", type_=Big),
        (LiveEvent.xid > xid) | ((LiveEvent.xid == xid) & (LiveEvent.id > after)),
    ).order_by(LiveEvent.xid, LiveEvent.id)
