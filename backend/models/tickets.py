"""What was promised to be done: tickets, their timeline, the number counter, idempotency keys."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, Big, EstateKey, Key, reference

#: the item of a visitor's pass: its workflow is the bookings', its steps are those of the gate
VISITOR: Final = "common.security.visitor-registration"
CUSTODY: Final = "common.desk.item-custody"
#: item -> the manner of its own in which its steps are told
_MANNERS: Final = {VISITOR: "visitor", CUSTODY: "custody"}


class Ticket(Base):
    """One ticket 工单. ``state`` is the short outer one (open, waiting, done, closed, cancelled),
    ``step`` the workflow's own; item id, menu version and both names are kept as they were.

    ``butler_id`` answers for it, ``first_butler_id`` was asked first (首问责任), ``worker_id`` does the
    work. ``asked_at``: first message of the matter; ``received_at``: the confirming message, or when a
    phone, desk or paper request arrived; ``entered_at``: when it was recorded. ``hidden_from_id``: the
    member of staff complained about. ``facts``: what the records of its moves have settled (quote, consent,
    papers, keys, …), which guards look at. ``limit_at``: the date set for this very ticket (SLA-28).
    ``is_late_entry``: it was recorded later than the plans allow (SLA-07). ``snoozed_until``: somebody has
    put it aside till then, with a reason in the timeline; its clocks run on. ``merged_into_id``: it was the
    same matter as another, ``split_from_id``: it was a part of another.
    """

    __tablename__ = "tickets"
    __table_args__ = (
        Index(None, "estate_id", "state", "id"),
        Index(None, "butler_id", "state"),
        Index(None, "worker_id", "state"),
        Index(None, "resident_id", "state"),
        Index(None, "conversation_id", "id"),
        Index(None, "reopened_from_id"),
        Index(None, "incident_id"),
        Index(None, "home_id", "id"),
        Index(None, "estate_id", "item_id", "id"),
        Index(None, "estate_id", "received_at"),
        Index(None, "merged_into_id"),
        Index(None, "split_from_id"),
        Index(
            "ix_tickets_closed",
            "estate_id",
            "closed_at",
            sqlite_where=text("closed_at is not null"),
            postgresql_where=text("closed_at is not null"),
        ),
        Index(
            "ix_tickets_done",
            "estate_id",
            "done_at",
            sqlite_where=text("done_at is not null"),
            postgresql_where=text("done_at is not null"),
        ),
        Index(
            "ix_tickets_visits",
            "estate_id",
            "appointment_start",
            sqlite_where=text("appointment_start is not null"),
            postgresql_where=text("appointment_start is not null"),
        ),
        Index(
            "ix_tickets_aside",
            "snoozed_until",
            sqlite_where=text("snoozed_until is not null"),
            postgresql_where=text("snoozed_until is not null"),
        ),
        Index(
            "ix_tickets_dated",
            "limit_at",
            sqlite_where=text("limit_at is not null and closed_at is null"),
            postgresql_where=text("limit_at is not null and closed_at is null"),
        ),
    )
    id: Mapped[Key]
    number: Mapped[int] = mapped_column(Big, unique=True)
    estate_id: Mapped[EstateKey]
    item_id: Mapped[str]
    menu_version: Mapped[str]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    workflow: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    step: Mapped[str]
    cycle: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)
    home_id: Mapped[int | None] = reference("homes.id")
    resident_id: Mapped[int | None] = reference("residents.id")
    conversation_id: Mapped[int | None] = reference("conversations.id")
    link_id: Mapped[int | None] = reference("channel_links.id")
    butler_id: Mapped[int | None] = reference("users.id")
    first_butler_id: Mapped[int | None] = reference("users.id")
    worker_id: Mapped[int | None] = reference("users.id")
    hidden_from_id: Mapped[int | None] = reference("users.id")
    reopened_from_id: Mapped[int | None] = reference("tickets.id")
    channel: Mapped[str]
    language: Mapped[str]
    words: Mapped[str] = mapped_column(Text, default="")
    slots: Mapped[dict[str, Any]] = mapped_column(default=dict)
    is_urgent: Mapped[bool] = mapped_column(default=False)
    class_: Mapped[str | None] = mapped_column("class")
    severity: Mapped[str | None]
    department: Mapped[str | None]
    decision: Mapped[str | None]
    reason: Mapped[str | None] = mapped_column(Text)
    appointment_start: Mapped[datetime | None]
    appointment_end: Mapped[datetime | None]
    satisfaction: Mapped[str | None]
    score: Mapped[int | None]
    asked_at: Mapped[datetime]
    received_at: Mapped[datetime]
    entered_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = reference("users.id")
    accepted_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    limit_at: Mapped[datetime | None]
    is_late_entry: Mapped[bool] = mapped_column(default=False)
    incident_id: Mapped[int | None] = reference("incidents.id")
    snoozed_until: Mapped[datetime | None]
    snoozed_by_id: Mapped[int | None] = reference("users.id")
    merged_into_id: Mapped[int | None] = reference("tickets.id")
    split_from_id: Mapped[int | None] = reference("tickets.id")

    @property
    def manner(self) -> str:
        """The workflow in whose words its steps are told: a visitor's pass is no errand with a price, and
        what is kept for somebody is not lent to them."""
        return _MANNERS.get(self.item_id, self.workflow)

    def name(self, language: str) -> str:
        return self.name_zh if language == "zh" else self.name_en


class TicketEvent(Base):
    """One row of a ticket's timeline: who did what when, for whom, from which step to which.

    ``actor``: R resident, BOT, B butler, S supervisor, M manager, D desk, E engineer, SEC, SYS.
    A note is an event of kind ``note``: it cannot reach a resident, since only messages are sent.
    """

    __tablename__ = "ticket_events"
    __table_args__ = (Index(None, "ticket_id", "id"),)
    id: Mapped[Key]
    estate_id: Mapped[EstateKey]
    ticket_id: Mapped[int] = reference("tickets.id")
    at: Mapped[datetime]
    kind: Mapped[str]
    actor: Mapped[str]
    by_user_id: Mapped[int | None] = reference("users.id")
    acting_for: Mapped[str | None]
    from_step: Mapped[str | None]
    to_step: Mapped[str | None]
    note: Mapped[str] = mapped_column(Text, default="")
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Counter(Base):
    """A named counter; ``ticket`` gives the ticket numbers, from 1001."""

    __tablename__ = "counters"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int] = mapped_column(Big)


class IdempotencyKey(Base):
    """The kept first answer to a staff POST, per user and key, for 24 hours."""

    __tablename__ = "idempotency_keys"
    user_id: Mapped[int] = mapped_column(Big, primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    body_hash: Mapped[str]
    status: Mapped[int]
    response: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class ComposerDraft(Base):
    """What a member of staff has typed on a ticket and not yet sent; reply and note apart."""

    __tablename__ = "composer_drafts"
    user_id: Mapped[int] = mapped_column(Big, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(Big, primary_key=True)
    mode: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]
