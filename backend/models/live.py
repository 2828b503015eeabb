"""Rows that tell open pages what changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, Big, EstateKey, Key


class LiveEvent(Base):
    """One change for open pages. ``xid``: the PostgreSQL transaction id, so that a late commit is not
    skipped; None on SQLite, where ids are handed out under the write lock."""

    __tablename__ = "live_events"
    __table_args__ = (Index(None, "xid", "id"), {"sqlite_autoincrement": True})
    id: Mapped[Key]
    estate_id: Mapped[EstateKey]
    xid: Mapped[int | None] = mapped_column(Big)
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
