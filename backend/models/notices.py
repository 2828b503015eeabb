"""How staff hear of alerts where they are, what sensors told, and many alike reports as one incident."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, EstateKey, Key, reference


class StaffAddress(Base):
    """Where staff hear of alerts: a group robot or an address of one person.

    ``channel``: wecom, dingtalk, feishu, email, sms, telegram. ``user_id`` None: a group, which hears what is
    for anybody of ``role`` ("" for all). ``sealed`` holds the address and its secret.
    """

    __tablename__ = "staff_addresses"
    __table_args__ = (Index(None, "estate_id", "is_active"),)
    id: Mapped[Key]
    estate_id: Mapped[EstateKey]
    user_id: Mapped[int | None] = reference("users.id")
    role: Mapped[str] = mapped_column(default="")
    channel: Mapped[str]
    label: Mapped[str] = mapped_column(default="")
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    language: Mapped[str] = mapped_column(default="zh")
    is_active: Mapped[bool] = mapped_column(default=True)
    tested_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    fault: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class Delivery(Base):
    """One message to one staff address, kept until it is sent or dead; ``dedupe_key`` makes it once.

    ``state``: queued, leased, sent, dead. ``not_before``: the earliest instant, later after each failure.
    Leases and retries go by real time, not by the demo clock.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("dedupe_key"),
        Index(
            "ix_deliveries_waiting",
            "not_before",
            sqlite_where=text("state in ('queued', 'leased')"),
            postgresql_where=text("state in ('queued', 'leased')"),
        ),
        Index(
            "ix_deliveries_dead",
            "created_at",
            sqlite_where=text("state = 'dead'"),
            postgresql_where=text("state = 'dead'"),
        ),
    )
    id: Mapped[Key]
    estate_id: Mapped[EstateKey]
    address_id: Mapped[int] = reference("staff_addresses.id")
    dedupe_key: Mapped[str]
    kind: Mapped[str]
    title: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    fault: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class Alarm(Base):
    """One report of a sensor or a panic button; ``event`` of the source makes it once."""

    __tablename__ = "alarms"
    __table_args__ = (UniqueConstraint("estate_id", "source", "event"),)
    id: Mapped[Key]
    estate_id: Mapped[EstateKey]
    source: Mapped[str]
    event: Mapped[str]
    kind: Mapped[str]
    place: Mapped[str]
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    ticket_id: Mapped[int | None] = reference("tickets.id")
    at: Mapped[datetime]
    received_at: Mapped[datetime]


class Incident(Base):
    """Many alike reports from one building as one matter (突发事件); tickets name it in ``incident_id``.

    ``state``: proposed, open, over. ``text_zh`` and ``text_en`` are what everybody who reported is told.
    """

    __tablename__ = "incidents"
    __table_args__ = (Index(None, "estate_id", "state", "id"),)
    id: Mapped[Key]
    estate_id: Mapped[EstateKey]
    topic: Mapped[str]
    building: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="open")
    text_zh: Mapped[str] = mapped_column(Text, default="")
    text_en: Mapped[str] = mapped_column(Text, default="")
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int | None] = reference("users.id")
    over_at: Mapped[datetime | None]
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
