"""What is to be done again and again, who is there for it, and what is written down about it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, EstateKey, Key, reference

#: done by a ticket that is open still
_ARRANGED = text("ticket_id is not null and done_at is null and cancelled_at is null")


class Duty(Base):
    """One task of a periodic duty (``duty`` SLA-46), with its own due time.

    ``subject``: what it is about where there are several ("ticket:1042", "home:17"), "" for the estate.
    ``slot``: which one it is ("2026-02-13#2"); with the subject it makes a task exactly once, however many
    tickers run. ``role`` does it, ``user_id`` who took or did it. ``missed_at`` is written when it was not
    done by ``due_at``; ``rung`` and ``next_check_at`` as with deadlines.
    """

    __tablename__ = "duties"
    __table_args__ = (
        UniqueConstraint("estate_id", "duty", "subject", "slot"),
        Index(None, "estate_id", "due_at"),
        Index(
            "ix_duties_next_check",
            "next_check_at",
            sqlite_where=text("next_check_at is not null"),
            postgresql_where=text("next_check_at is not null"),
        ),
        Index("ix_duties_arranged", "ticket_id", sqlite_where=_ARRANGED, postgresql_where=_ARRANGED),
    )
    id: Mapped[Key]
    estate_id: Mapped[EstateKey]
    duty: Mapped[str]
    subject: Mapped[str] = mapped_column(default="")
    slot: Mapped[str]
    role: Mapped[str]
    user_id: Mapped[int | None] = reference("users.id")
    ticket_id: Mapped[int | None] = reference("tickets.id")
    opens_at: Mapped[datetime]
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = reference("users.id")
    missed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    rung: Mapped[int] = mapped_column(default=0)
    next_check_at: Mapped[datetime | None]
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Record(Base):
    """One filled-in form of the service plans (``kind`` REC-03), never changed once written.

    ``number`` counts the records of a kind in an estate. ``values`` are the form's fields, ``at`` when it
    happened, ``acting_for`` whose step was recorded where that was somebody else's. A correction is a new
    record whose ``replaces_id`` names the old one.
    """

    __tablename__ = "records"
    __table_args__ = (
        UniqueConstraint("estate_id", "kind", "number"),
        Index(None, "ticket_id"),
        Index(None, "replaces_id"),
        Index(None, "estate_id", "kind", "at"),
        Index(
            "ix_records_duty_id",
            "duty_id",
            sqlite_where=text("duty_id is not null"),
            postgresql_where=text("duty_id is not null"),
        ),
    )
    id: Mapped[Key]
    estate_id: Mapped[EstateKey]
    kind: Mapped[str]
    number: Mapped[int]
    ticket_id: Mapped[int | None] = reference("tickets.id")
    duty_id: Mapped[int | None] = reference("duties.id")
    replaces_id: Mapped[int | None] = reference("records.id")
    at: Mapped[datetime]
    by_user_id: Mapped[int | None] = reference("users.id")
    actor: Mapped[str]
    acting_for: Mapped[str | None]
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]


class Shift(Base):
    """Somebody is on duty from ``starts_at`` until ``ends_at`` (班次)."""

    __tablename__ = "shifts"
    __table_args__ = (Index(None, "estate_id", "ends_at"), Index(None, "user_id", "ends_at"))
    id: Mapped[Key]
    estate_id: Mapped[EstateKey]
    user_id: Mapped[int] = reference("users.id")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class Handover(Base):
    """One shift handed to the next (交接班, WF-14).

    ``state``: prepared, offered, refused, accepted, reviewed.
    """

    __tablename__ = "handovers"
    __table_args__ = (Index(None, "estate_id", "state", "id"),)
    id: Mapped[Key]
    estate_id: Mapped[EstateKey]
    from_user_id: Mapped[int] = reference("users.id")
    to_user_id: Mapped[int | None] = reference("users.id")
    state: Mapped[str]
    note: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    prepared_at: Mapped[datetime]
    offered_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    reviewed_at: Mapped[datetime | None]
    reviewed_by_id: Mapped[int | None] = reference("users.id")
