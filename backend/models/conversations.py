"""What was said: conversations, links, messages, files, the outbox, drafts."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, Big, EstateKey, Key, reference


class Conversation(Base):
    """One resident in one estate over all channels; a visitor's has no resident."""

    __tablename__ = "conversations"
    __table_args__ = (Index(None, "resident_id"),)
    id: Mapped[Key]
    estate_id: Mapped[EstateKey]
    resident_id: Mapped[int | None] = reference("residents.id")
    home_id: Mapped[int | None] = reference("homes.id")
    last_seq: Mapped[int] = mapped_column(Big, default=0)
    last_link_id: Mapped[int | None] = mapped_column(Big)
    human_replied_at: Mapped[datetime | None]
    typing_until: Mapped[datetime | None]
    created_at: Mapped[datetime]


class ChannelLink(Base):
    """One Telegram chat or one web session; dialogue state and language belong to it.

    ``address``: the token's hash for the web, the chat id for Telegram.
    """

    __tablename__ = "channel_links"
    __table_args__ = (UniqueConstraint("channel", "account", "address"), Index(None, "conversation_id"))
    id: Mapped[Key]
    estate_id: Mapped[EstateKey]
    conversation_id: Mapped[int] = reference("conversations.id")
    channel: Mapped[str]
    account: Mapped[str] = mapped_column(default="")
    address: Mapped[str]
    language: Mapped[str] = mapped_column(default="zh")
    state: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state_version: Mapped[int] = mapped_column(default=0)
    status: Mapped[str] = mapped_column(default="active")
    is_large_type: Mapped[bool] = mapped_column(default=False)
    last_inbound_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Message(Base):
    """One message, in or out. ``author``: resident, bot, butler, system. Notes are never messages.

    Inbound rows carry a ``turn_state`` (received, done, parked). ``pressed`` is the resolved button
    of an inbound press: ``{"message_id", "index", "action", "values"}``. ``buttons`` of an outbound
    row: ``[{"label", "action", "values"}]``. ``values`` are the holes of ``reply_kind``; ``answers_id``
    is the inbound message that a reply answers.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("channel", "account", "external_id"),
        Index(
            "ix_messages_waiting",
            "conversation_id",
            "seq",
            sqlite_where=text("turn_state = 'received'"),
            postgresql_where=text("turn_state = 'received'"),
        ),
        Index(None, "ticket_id"),
    )
    id: Mapped[Key]
    estate_id: Mapped[EstateKey]
    conversation_id: Mapped[int] = reference("conversations.id")
    link_id: Mapped[int | None] = reference("channel_links.id")
    seq: Mapped[int] = mapped_column(Big)
    author: Mapped[str]
    by_user_id: Mapped[int | None] = reference("users.id")
    kind: Mapped[str] = mapped_column(default="text")
    language: Mapped[str]
    text: Mapped[str] = mapped_column(Text, default="")
    reply_kind: Mapped[str | None]
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    buttons: Mapped[list[Any]] = mapped_column(default=list)
    buttons_used_at: Mapped[datetime | None]
    pressed: Mapped[dict[str, Any] | None]
    ticket_id: Mapped[int | None] = reference("tickets.id")
    channel: Mapped[str | None]
    account: Mapped[str | None]
    external_id: Mapped[str | None]
    client_id: Mapped[str | None]
    turn_state: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    error_id: Mapped[str | None]
    answers_id: Mapped[int | None] = mapped_column(Big, index=True)
    replaced_by_id: Mapped[int | None] = mapped_column(Big, index=True)
    sent_at: Mapped[datetime]
    stored_at: Mapped[datetime]


class StoredFile(Base):
    """A file under MEDIA_DIR: ``id`` is random (128 bit); the bytes were synced before this row."""

    __tablename__ = "files"
    id: Mapped[str] = mapped_column(primary_key=True)
    estate_id: Mapped[EstateKey]
    conversation_id: Mapped[int | None] = reference("conversations.id")
    message_id: Mapped[int | None] = mapped_column(Big, index=True)
    ticket_id: Mapped[int | None] = mapped_column(Big, index=True)
    kind: Mapped[str]
    name: Mapped[str]
    content_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    created_at: Mapped[datetime]


class OutboxRow(Base):
    """One delivery of a message to a link: queued → leased → sent | failed(retry_at) | dead(reason)."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_open",
            "channel",
            "priority",
            "id",
            sqlite_where=text("state in ('queued','leased','failed')"),
            postgresql_where=text("state in ('queued','leased','failed')"),
        ),
        Index(None, "message_id"),
    )
    id: Mapped[Key]
    estate_id: Mapped[EstateKey]
    message_id: Mapped[int] = reference("messages.id")
    link_id: Mapped[int] = reference("channel_links.id")
    channel: Mapped[str]
    priority: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(default="queued")
    leased_until: Mapped[datetime | None]
    leased_by: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    remote_id: Mapped[str | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class Draft(Base):
    """A wish under way, not yet a ticket. ``own_words``: begun in the person's own words, not by taps.

    ``state``: open → to_confirm (5 silent minutes) → handed_over (30) | confirmed | dropped | lapsed.
    """

    __tablename__ = "drafts"
    __table_args__ = (Index(None, "state", "last_at"), Index(None, "link_id"))
    id: Mapped[Key]
    estate_id: Mapped[EstateKey]
    conversation_id: Mapped[int] = reference("conversations.id")
    link_id: Mapped[int] = reference("channel_links.id")
    resident_id: Mapped[int | None] = reference("residents.id")
    home_id: Mapped[int | None] = reference("homes.id")
    item_id: Mapped[str]
    slots: Mapped[dict[str, Any]] = mapped_column(default=dict)
    words: Mapped[str] = mapped_column(Text, default="")
    own_words: Mapped[bool] = mapped_column(default=True)
    state: Mapped[str] = mapped_column(default="open")
    ticket_id: Mapped[int | None] = mapped_column(Big)
    asked_at: Mapped[datetime]
    last_at: Mapped[datetime]
    nudged_at: Mapped[datetime | None]
