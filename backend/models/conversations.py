"""What was said: conversations, links, messages, files, the outbox, drafts."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, Big, EstateKey, Key, reference


class Conversation(Base):
    """One resident in one estate over all channels; a visitor's has no resident.

    ``last_link_id``: where the person last wrote from, or the chat they opened while they have not written.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        Index(None, "resident_id"),
        Index(
            "ix_conversations_typing",
            "typing_until",
            sqlite_where=text("typing_until is not null"),
            postgresql_where=text("typing_until is not null"),
        ),
    )
    id: Mapped[Key]
    estate_id: Mapped[EstateKey]
    resident_id: Mapped[int | None] = reference("residents.id")
    home_id: Mapped[int | None] = reference("homes.id")
    last_seq: Mapped[int] = mapped_column(Big, default=0)
    last_link_id: Mapped[int | None] = mapped_column(Big)
    human_replied_at: Mapped[datetime | None]
    typing_until: Mapped[datetime | None]
    created_at: Mapped[datetime]


#: nothing can be sent there any more
_LOST = text("status in ('blocked', 'deactivated', 'gone')")


class ChannelLink(Base):
    """One Telegram chat or one web session; dialogue state and language belong to it.

    ``address``: the token's hash for the web, the chat id for Telegram. ``status``: active, ended (signed
    out), or why nothing can be sent there: blocked, deactivated, gone. ``status_at``: since when (real time).
    ``name``: how the person calls themselves on that channel.
    """

    __tablename__ = "channel_links"
    __table_args__ = (
        UniqueConstraint("channel", "account", "address"),
        Index(None, "conversation_id"),
        Index("ix_channel_links_lost", "id", sqlite_where=_LOST, postgresql_where=_LOST),
    )
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
    status_at: Mapped[datetime | None]
    name: Mapped[str] = mapped_column(default="")
    is_large_type: Mapped[bool] = mapped_column(default=False)
    last_inbound_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Message(Base):
    """One message, in or out. ``author``: resident, bot, butler, system. Notes are never messages.

    Inbound rows carry a ``turn_state`` (received, done, parked). ``pressed`` is the resolved button
    of an inbound press: ``{"message_id", "index", "action", "values"}``. ``buttons`` of an outbound
    row: ``[{"label", "action", "values"}]``. ``values`` are the holes of ``reply_kind``; ``answers_id``
    is the inbound message that a reply answers, ``reply_to_id`` the message that a person answered by the
    channel's own reply. ``album_id`` joins photos sent together; ``edited_at`` is the last change by its
    author (earlier wordings are MessageVersions); ``reaction``: the person's emoji on it, if any.
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
        Index(
            "ix_messages_parked",
            "id",
            sqlite_where=text("turn_state = 'parked'"),
            postgresql_where=text("turn_state = 'parked'"),
        ),
        Index(None, "ticket_id"),
        Index(
            "ix_messages_misses",
            "estate_id",
            "sent_at",
            sqlite_where=text("reply_kind in ('not_understood', 'say_it_differently', 'out_of_scope')"),
            postgresql_where=text("reply_kind in ('not_understood', 'say_it_differently', 'out_of_scope')"),
        ),
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
    reply_to_id: Mapped[int | None] = mapped_column(Big)
    album_id: Mapped[str | None]
    edited_at: Mapped[datetime | None]
    reaction: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime]
    stored_at: Mapped[datetime]


class MessageVersion(Base):
    """An earlier wording of a message its author edited; ``external_id`` names the edit that ended it."""

    __tablename__ = "message_versions"
    __table_args__ = (UniqueConstraint("message_id", "external_id"),)
    id: Mapped[Key]
    estate_id: Mapped[EstateKey]
    message_id: Mapped[int] = reference("messages.id")
    external_id: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    until_at: Mapped[datetime]


class RemoteMessage(Base):
    """What a channel calls a message of ours: one row a part, an album or a long text has several."""

    __tablename__ = "remote_messages"
    __table_args__ = (UniqueConstraint("link_id", "remote_id"), Index(None, "message_id"))
    id: Mapped[Key]
    estate_id: Mapped[EstateKey]
    link_id: Mapped[int] = reference("channel_links.id")
    remote_id: Mapped[str]
    message_id: Mapped[int] = reference("messages.id")


class StoredFile(Base):
    """A file under MEDIA_DIR: ``id`` is random (128 bit).

    ``state``: here (its bytes were synced before this was committed), expected (the channel still has them
    under ``remote_id``; a process fetches them under a lease), missing (``reason`` says why). ``width`` and
    ``height``: pixels of a photo; one that was kept before small copies were made does not tell.
    """

    __tablename__ = "files"
    __table_args__ = (
        Index(
            "ix_files_expected",
            "channel",
            "created_at",
            sqlite_where=text("state = 'expected'"),
            postgresql_where=text("state = 'expected'"),
        ),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    estate_id: Mapped[EstateKey]
    conversation_id: Mapped[int | None] = reference("conversations.id")
    message_id: Mapped[int | None] = mapped_column(Big, index=True)
    ticket_id: Mapped[int | None] = mapped_column(Big, index=True)
    duty_id: Mapped[int | None] = mapped_column(Big, index=True)
    kind: Mapped[str]
    name: Mapped[str]
    content_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    width: Mapped[int | None]
    height: Mapped[int | None]
    state: Mapped[str] = mapped_column(default="here")
    channel: Mapped[str | None]
    account: Mapped[str | None]
    remote_id: Mapped[str | None]
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    created_at: Mapped[datetime]


class OutboxRow(Base):
    """One delivery to a link: queued → leased → sent | failed(retry_at) | dead(reason).

    A queued row with ``retry_at`` waits for the resident's morning, in estate time; that of a failed one is
    real.
    ``op``: send the message; edit (show it in place of message ``target_id``); strip (take the buttons off
    the message); delete (take the message back). ``doubts``: how many answers about it were lost.
    """

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
        Index(
            "ix_outbox_dead",
            "id",
            sqlite_where=text("state = 'dead'"),
            postgresql_where=text("state = 'dead'"),
        ),
        Index(None, "message_id"),
        Index(None, "link_id", "state"),
    )
    id: Mapped[Key]
    estate_id: Mapped[EstateKey]
    message_id: Mapped[int] = reference("messages.id")
    link_id: Mapped[int] = reference("channel_links.id")
    channel: Mapped[str]
    op: Mapped[str] = mapped_column(default="send")
    target_id: Mapped[int | None] = mapped_column(Big)
    priority: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(default="queued")
    leased_until: Mapped[datetime | None]
    leased_by: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    doubts: Mapped[int] = mapped_column(default=0)
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


class ChannelState(Base):
    """How a channel's bot fares, told by its process: working, unreachable, standing_by or refused.

    Instants are real time; a state not told anew for two minutes means that no process speaks for it.
    ``holder`` names the process that fetches its messages, alone until ``leads_until``.
    """

    __tablename__ = "channel_states"
    channel: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    mode: Mapped[str] = mapped_column(default="")
    detail: Mapped[str] = mapped_column(default="")
    since_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    holder: Mapped[str] = mapped_column(default="")
    leads_until: Mapped[datetime | None]
