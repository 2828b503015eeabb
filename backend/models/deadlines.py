"""Promises as rows: deadlines, their pauses, alerts."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, EstateKey, Key, reference


class Deadline(Base):
    """One running or finished clock of a ticket (``clock`` SLA-01, ``name`` respond, …).

    ``next_check_at`` is when the sweep must look next (warning, due, next rung); None once finished, or
    paused before it was late. ``rung`` counts the ladder steps already taken. Lateness is computed on
    reading. ``waits_for``: a key of ``deadlines.waits`` while it is paused, None where only somebody's own
    words say why. What reports count is frozen when the clock ends: ``butler_id`` who answered for the
    ticket then, and its service, workflow and building.
    """

    __tablename__ = "deadlines"
    __table_args__ = (
        UniqueConstraint("ticket_id", "clock", "cycle"),
        Index(None, "estate_id", "clock", "due_at"),
        Index(
            "ix_deadlines_breached",
            "estate_id",
            "ticket_id",
            sqlite_where=text("breached_at is not null"),
            postgresql_where=text("breached_at is not null"),
        ),
        Index(
            "ix_deadlines_next_check",
            "next_check_at",
            sqlite_where=text("next_check_at is not null"),
            postgresql_where=text("next_check_at is not null"),
        ),
    )
    id: Mapped[Key]
    estate_id: Mapped[EstateKey]
    ticket_id: Mapped[int] = reference("tickets.id")
    clock: Mapped[str]
    name: Mapped[str]
    cycle: Mapped[int] = mapped_column(default=1)
    basis: Mapped[str]
    policy_version: Mapped[str]
    calendar_version: Mapped[str]
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    warn_at: Mapped[datetime | None]
    met_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    pause_reason: Mapped[str | None]
    waits_for: Mapped[str | None]
    rung: Mapped[int] = mapped_column(default=0)
    next_check_at: Mapped[datetime | None]
    agreed_at: Mapped[datetime | None]
    butler_id: Mapped[int | None] = reference("users.id")
    item_id: Mapped[str | None]
    workflow: Mapped[str | None]
    building: Mapped[str | None]


class PolicyEdition(Base):
    """The text of a policy file that rows were reckoned by; ``version`` is kept with each of them."""

    __tablename__ = "policy_editions"
    version: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    first_used_at: Mapped[datetime]


class DeadlinePause(Base):
    """One half-open interval in which the clock did not count; ``until_at`` None while it lasts.

    ``waits_for``: a key of ``deadlines.waits``; ``reason``: somebody's own words, "" for none.
    """

    __tablename__ = "deadline_pauses"
    __table_args__ = (Index(None, "deadline_id"),)
    id: Mapped[Key]
    estate_id: Mapped[EstateKey]
    deadline_id: Mapped[int] = reference("deadlines.id")
    from_at: Mapped[datetime]
    until_at: Mapped[datetime | None]
    reason: Mapped[str]
    waits_for: Mapped[str | None]


class Alert(Base):
    """Somebody must look: one row per person and rung, exactly once; delivering is another's work.

    ``kind``: warn, breach, escalate, unassigned, emergency, attention, digest. ``at``: when it fell due.
    ``dedupe_key`` makes it exactly once however many sweepers run. ``told_at``: when it was handed to the
    notifier, None until then.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        UniqueConstraint("dedupe_key"),
        Index(None, "user_id", "seen_at"),
        Index(
            "ix_alerts_untold",
            "id",
            sqlite_where=text("told_at is null"),
            postgresql_where=text("told_at is null"),
        ),
    )
    id: Mapped[Key]
    estate_id: Mapped[EstateKey]
    user_id: Mapped[int] = reference("users.id")
    ticket_id: Mapped[int | None] = reference("tickets.id")
    deadline_id: Mapped[int | None] = reference("deadlines.id")
    kind: Mapped[str]
    clock: Mapped[str | None]
    dedupe_key: Mapped[str]
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
