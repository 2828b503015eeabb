"""Storing and answering: the verbs about messages. Nothing here commits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Final, TypeVar

from sqlalchemy import Insert, insert
from sqlalchemy.orm import Session

from backend.errors import TextTooLong, UnknownButton
from backend.messages import live, outbox, queries
from backend.models import ChannelLink, Conversation, Message, OutboxRow

Known = TypeVar("Known")
#: as long as the longest message of any channel (Telegram: 4,096 characters)
MAX_TEXT: Final = 4096
WEB: Final = queries.WEB
#: replies that show a level of the menu: pressing one turns it into the next, in place
MENUS: Final = frozenset({"menu", "menu_level"})


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message as a channel hands it over. ``external_id`` is the channel's own stable key.

    ``kind`` where it is none of text, file and button; ``not_before``: when its turn may run at the earliest
    (real time), while parts of it may still come.
    """

    external_id: str
    text: str = ""
    pressed: dict[str, Any] | None = None
    file_ids: tuple[str, ...] = ()
    client_id: str | None = None
    sent_at: datetime | None = None
    kind: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    reply_to_id: int | None = None
    album_id: str | None = None
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to a resident, already worded. ``not_before``: it waits until then, in estate time."""

    author: str
    language: str
    text: str
    reply_kind: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    buttons: list[dict[str, Any]] = field(default_factory=list)
    ticket_id: int | None = None
    answers_id: int | None = None
    by_user_id: int | None = None
    is_urgent: bool = False
    file_ids: tuple[str, ...] = ()
    not_before: datetime | None = None


def clean_text(text: str) -> str:
    """Return the text without NUL, lone surrogates and direction marks that could disguise it.

    Raises TextTooLong above 4,096 characters.
    """
    sound = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    kept = "".join(c for c in sound if c in "\n\t" or (c >= " " and c not in _DISGUISES))
    if len(kept) > MAX_TEXT:
        raise TextTooLong(None, limit=MAX_TEXT)
    return kept.strip()


_DISGUISES: Final = frozenset(
    "\u007f\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
)


def conversation_of(
    session: Session, resident_id: int, estate_id: int, home_id: int, now: datetime
) -> Conversation:
    """Return the one conversation of a resident, begun now when they have none yet."""
    known = queries.find_conversation_of(session, resident_id)
    if known is not None:
        return known
    queries.lock_resident(session, resident_id)
    known = queries.find_conversation_of(session, resident_id)
    return known or new_conversation(session, estate_id, now, resident_id=resident_id, home_id=home_id)


def new_conversation(
    session: Session,
    estate_id: int,
    now: datetime,
    *,
    resident_id: int | None = None,
    home_id: int | None = None,
) -> Conversation:
    """Begin a conversation; without a resident it is a visitor's."""
    made = Conversation(estate_id=estate_id, resident_id=resident_id, home_id=home_id, created_at=now)
    session.add(made)
    session.flush()
    return made


def next_seq(conversation: Conversation) -> int:
    conversation.last_seq += 1
    return conversation.last_seq


def store(
    session: Session, link: ChannelLink, incoming: Incoming, *, now: datetime, real_now: datetime
) -> tuple[Message, bool]:
    """Store an inbound message exactly once per (channel, account, external id).

    Returns the stored row and whether it is new. The caller's commit is the durability point.
    """
    conversation, known = hold(session, link, incoming.external_id)
    if known is not None:
        return known, False
    return add(session, conversation, link, incoming, now=now, real_now=real_now), True


def hold(session: Session, link: ChannelLink, external_id: str) -> tuple[Conversation, Message | None]:
    """Hold the conversation and look whether this message is stored already: a second sender waits here.

    A link that was bound to a resident while we waited has moved: then the new conversation is held.
    """
    return _hold(session, link, lambda: queries.find_stored(session, link, external_id))


def hold_for(
    session: Session, link: ChannelLink, external_ids: Sequence[str]
) -> tuple[Conversation, frozenset[str]]:
    """The same for several messages of one chat; of the external ids those that are stored already."""
    return _hold(session, link, lambda: queries.list_stored(session, link, external_ids))


def _hold(
    session: Session, link: ChannelLink, look: Callable[[], tuple[int, Known]]
) -> tuple[Conversation, Known]:
    conversation = queries.lock_conversation(session, link.conversation_id)
    now_in, known = look()
    if now_in != conversation.id:
        session.flush()  # what is held already in this transaction would be read over
        session.refresh(link)
        conversation = queries.lock_conversation(session, link.conversation_id)
        _now_in, known = look()
    return conversation, known


def add(
    session: Session,
    conversation: Conversation,
    link: ChannelLink,
    incoming: Incoming,
    *,
    now: datetime,
    real_now: datetime,
) -> Message:
    """Add a message that ``hold`` did not find."""
    (message,) = add_all(session, conversation, link, [incoming], now=now, real_now=real_now)
    session.flush()
    attach(session, message, incoming.file_ids)
    return message


def add_all(
    session: Session,
    conversation: Conversation,
    link: ChannelLink,
    incoming: Sequence[Incoming],
    *,
    now: datetime,
    real_now: datetime,
) -> list[Message]:
    """Add messages of one chat, in their order; files are attached by ``add`` alone.

    They are not written yet: the caller flushes before it asks for their ids.
    """
    made = [
        Message(
            estate_id=link.estate_id, conversation_id=conversation.id, link_id=link.id,
            seq=next_seq(conversation), author="resident", kind=_kind(one),
            language=link.language, text=clean_text(one.text), pressed=one.pressed,
            values=one.values, reply_to_id=one.reply_to_id, album_id=one.album_id,
            channel=link.channel, account=link.account, external_id=one.external_id,
            client_id=one.client_id, turn_state=queries.WAITING, next_attempt_at=one.not_before,
            sent_at=one.sent_at or now, stored_at=real_now,
        )
        for one in incoming
    ]  # fmt: skip
    session.add_all(made)
    conversation.last_link_id = link.id
    link.last_inbound_at = now
    if link.status in outbox.LOST:  # whoever writes can be written to again
        outbox.regain(session, link, real_now)
    live.emit(session, link.estate_id, "message", {"conversation": conversation.id}, now)
    return made


def _kind(incoming: Incoming) -> str:
    if incoming.kind:
        return incoming.kind
    if incoming.pressed is not None:
        return "button"
    return "file" if incoming.file_ids else "text"


def attach(session: Session, message: Message, file_ids: Sequence[str]) -> None:
    """Give uploaded files of this conversation to the message; foreign or used ids are left alone."""
    if not file_ids:
        return
    for file in queries.list_free_files(session, message.conversation_id, file_ids):
        file.message_id = message.id
        file.conversation_id, file.estate_id = message.conversation_id, message.estate_id
        if file.kind == "voice":
            message.kind = "voice"
    session.flush()


def send(
    session: Session, conversation: Conversation, link: ChannelLink | None, out: Outgoing, now: datetime
) -> Message:
    """Store an outbound message and queue its delivery to the link the person last wrote from.

    The web chat shows every message of the conversation by itself, so its rows are born sent.
    """
    message = Message(
        estate_id=conversation.estate_id, conversation_id=conversation.id,
        link_id=link.id if link else None, seq=next_seq(conversation), author=out.author,
        by_user_id=out.by_user_id, language=out.language, text=out.text, reply_kind=out.reply_kind,
        values=out.values, buttons=out.buttons, ticket_id=out.ticket_id, answers_id=out.answers_id,
        sent_at=now, stored_at=now,
    )  # fmt: skip
    session.add(message)
    session.flush()
    attach(session, message, out.file_ids)
    if link is not None:
        session.connection().execute(_queued(), _delivery(session, message, link, out, now))
    live.emit(session, conversation.estate_id, "message", {"conversation": conversation.id}, now)
    return message


@cache
def _queued() -> Insert:
    """Written past the session's unit of work: nobody needs the row in this transaction."""
    return insert(OutboxRow.__table__)  # type: ignore[arg-type]


def _delivery(
    session: Session, message: Message, link: ChannelLink, out: Outgoing, now: datetime
) -> dict[str, Any]:
    is_web = link.channel == WEB
    target_id = None if is_web else _edits(session, message)
    return {
        "estate_id": message.estate_id, "message_id": message.id, "link_id": link.id, "channel": link.channel,
        "op": "edit" if target_id else "send", "target_id": target_id,
        "priority": 0 if out.is_urgent else 1, "state": "sent" if is_web else "queued", "attempts": 0,
        "doubts": 0, "created_at": now, "sent_at": now if is_web else None,
        "retry_at": None if is_web else out.not_before,
    }  # fmt: skip


def _edits(session: Session, message: Message) -> int | None:
    """Return the menu message in whose place this one is shown: the one whose button it answers."""
    if message.reply_kind not in MENUS or message.answers_id is None:
        return None
    answered = session.get_one(Message, message.answers_id)
    pressed = (answered.pressed or {}).get("message_id")
    menu = session.get(Message, pressed) if pressed else None
    return menu.id if menu is not None and menu.reply_kind in MENUS else None


def take_back(session: Session, message_id: int, now: datetime) -> None:
    """A reply gives way to a later one (CON-06): withdrawn, or deleted in the chat where it was shown."""
    outbox.take_back(session, session.get_one(Message, message_id), now)


def resolve_button(
    session: Session, conversation_id: int, value: str, language: str
) -> tuple[Message, dict[str, Any]]:
    """Return the message and button that ``value`` (``seq.index``) names in this conversation.

    Raises UnknownButton for a forged, foreign or malformed value.
    """
    seq, _, index = value.partition(".")
    if len(value) > 16 or not (seq.isascii() and seq.isdigit() and index.isascii() and index.isdigit()):
        raise UnknownButton
    message = queries.find_message_by_seq(session, conversation_id, int(seq))
    if message is None or int(index) >= len(message.buttons):
        raise UnknownButton
    button = message.buttons[int(index)]
    return message, {
        "message_id": message.id, "index": int(index), "action": button["action"],
        "values": button["values"], "label": button["label"], "single": button.get("single", True),
    }  # fmt: skip


def last_link(session: Session, conversation: Conversation) -> ChannelLink | None:
    """Return the link the person last wrote from, or the one they opened; None when there is no chat yet."""
    if conversation.last_link_id is None:
        return None
    return session.get(ChannelLink, conversation.last_link_id)
