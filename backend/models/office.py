"""What the office keeps for itself: saved views, answers, texts, calendars, notes, imports, the audit log."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, Big, EstateKey, Key, reference


class SavedView(Base):
    """A search somebody wants again: the filters of the address, its columns and sort.

    ``query`` is the address's own query string; ``is_shared``: the whole team of the estate sees it.
    """

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("estate_id", "user_id", "page", "name"),)
    id: Mapped[Key]
    estate_id: Mapped[EstateKey]
    user_id: Mapped[int] = reference("users.id")
    page: Mapped[str] = mapped_column(default="tickets")
    name: Mapped[str]
    query: Mapped[str] = mapped_column(Text, default="")
    columns: Mapped[list[Any]] = mapped_column(default=list)
    is_shared: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class AuditEntry(Base):
    """Who changed what, from where, before → after. Written once: the database refuses changes and removals.

    ``action`` as ``user.add``, ``settings.hours``; ``subject`` and ``subject_id`` name the row that changed.
    Personal data and secrets never stand in ``before`` or ``after``.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index(None, "estate_id", "id"),
        Index(None, "user_id", "id"),
        Index(None, "subject", "subject_id"),
    )
    id: Mapped[Key]
    estate_id: Mapped[int | None] = reference("estates.id")
    at: Mapped[datetime]
    user_id: Mapped[int | None] = reference("users.id")
    action: Mapped[str]
    subject: Mapped[str] = mapped_column(default="")
    subject_id: Mapped[str] = mapped_column(default="")
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    address: Mapped[str] = mapped_column(default="")


class CannedAnswer(Base):
    """An answer the butlers give again and again, in both languages, with ``{name}`` holes.

    A language whose text is empty blocks sending in that language. ``shortcut`` is typed after ``/``.
    """

    __tablename__ = "canned_answers"
    __table_args__ = (UniqueConstraint("estate_id", "shortcut"),)
    id: Mapped[Key]
    estate_id: Mapped[EstateKey]
    shortcut: Mapped[str]
    title_zh: Mapped[str]
    title_en: Mapped[str]
    text_zh: Mapped[str] = mapped_column(Text, default="")
    text_en: Mapped[str] = mapped_column(Text, default="")
    item_id: Mapped[str | None]
    times: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = reference("users.id")


class EstateText(Base):
    """An estate's own wording of a sentence of the bot; ``msgid`` is the sentence in the code."""

    __tablename__ = "estate_texts"
    __table_args__ = (UniqueConstraint("estate_id", "msgid"),)
    id: Mapped[Key]
    estate_id: Mapped[EstateKey]
    msgid: Mapped[str] = mapped_column(Text)
    text_zh: Mapped[str] = mapped_column(Text, default="")
    text_en: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = reference("users.id")


class CalendarEdition(Base):
    """One edition of an estate's own calendar; promises keep the ``version`` they were reckoned by.

    ``text`` is the whole calendar in the form of ``calendar.toml``. An edition never changes; a change of
    hours or holidays is the next one, and ``estates.calendar`` names the latest.
    """

    __tablename__ = "calendar_editions"
    __table_args__ = (UniqueConstraint("calendar", "edition"), Index(None, "estate_id"))
    version: Mapped[str] = mapped_column(primary_key=True)
    estate_id: Mapped[EstateKey]
    calendar: Mapped[str]
    edition: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = reference("users.id")


class Presence(Base):
    """Who has a ticket open and who types there; what is older than half a minute counts no more."""

    __tablename__ = "presences"
    __table_args__ = (Index(None, "ticket_id", "seen_at"),)
    user_id: Mapped[int] = mapped_column(Big, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(Big, primary_key=True)
    estate_id: Mapped[EstateKey]
    seen_at: Mapped[datetime]
    typing_until: Mapped[datetime | None]


class Translation(Base):
    """A machine's translation of a message, beside the words themselves, which stay as they are."""

    __tablename__ = "translations"
    message_id: Mapped[int] = mapped_column(Big, primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    estate_id: Mapped[EstateKey]
    text: Mapped[str] = mapped_column(Text)
    provider: Mapped[str]
    at: Mapped[datetime]


class Remark(Base):
    """What staff should know about a home or a resident; never shown to residents.

    One of ``home_id`` and ``resident_id`` is set. ``removed_at``: taken back, kept for the audit.
    """

    __tablename__ = "remarks"
    __table_args__ = (Index(None, "home_id"), Index(None, "resident_id"))
    id: Mapped[Key]
    estate_id: Mapped[EstateKey]
    home_id: Mapped[int | None] = reference("homes.id")
    resident_id: Mapped[int | None] = reference("residents.id")
    text: Mapped[str] = mapped_column(Text)
    by_user_id: Mapped[int] = reference("users.id")
    at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class Import(Base):
    """An Excel sheet of homes and residents that was read, and what would come of it.

    ``id`` is random. ``state``: read (nothing written yet), done, refused. ``rows`` hold what was read,
    phones sealed; ``faults`` name row, column and sentence. Rows are forgotten once it is done.
    """

    __tablename__ = "imports"
    __table_args__ = (Index(None, "estate_id", "created_at"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    estate_id: Mapped[EstateKey]
    user_id: Mapped[int | None] = reference("users.id")
    kind: Mapped[str]
    name: Mapped[str]
    rows: Mapped[list[Any]] = mapped_column(default=list)
    faults: Mapped[list[Any]] = mapped_column(default=list)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(default="read")
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class SignOffRequest(Base):
    """A resident's confirmation of finished work under way: a link, a spoken code, or a finger on a screen.

    ``token_hash``: of the link's random part; ``code_hash``: of six digits, five tries. ``method``: what was
    used in the end (link, code, signature). ``file_id``: the drawn signature.
    """

    __tablename__ = "sign_off_requests"
    __table_args__ = (UniqueConstraint("token_hash"), Index(None, "ticket_id"))
    id: Mapped[Key]
    estate_id: Mapped[EstateKey]
    ticket_id: Mapped[int] = reference("tickets.id")
    cycle: Mapped[int] = mapped_column(default=1)
    token_hash: Mapped[str]
    code_hash: Mapped[str]
    tries: Mapped[int] = mapped_column(default=0)
    by_user_id: Mapped[int] = reference("users.id")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    signed_at: Mapped[datetime | None]
    method: Mapped[str | None]
    signed_name: Mapped[str] = mapped_column(default="")
    file_id: Mapped[str | None]
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
