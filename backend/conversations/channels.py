"""Messages of channels that are not the web chat: stored first, their turns run by the worker."""

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.conversations import changes, facts, queries, taps
from backend.conversations.flood import Flood
from backend.messages import expected, files
from backend.messages import queries as message_queries
from backend.messages import service as messages
from backend.messages.schemas import InboundMessage
from backend.models import ChannelLink, Conversation, Estate, Message
from backend.vault import Vault
from locales import N_, pick_locale, t

#: parts of an album come as messages of their own: its turn waits this long after the last of them
ALBUM_WAIT: Final = timedelta(seconds=1)
#: who floods a chat is told so once in this time
TOLD_AGAIN: Final = timedelta(minutes=10)
TOO_MUCH: Final = "too_much"
FLOOD: Final = N_(
    "That is more than I can take at once, so your last messages were not kept. Please wait a minute and "
    "send what matters again. If anybody is in danger, please call 110, 119 or 120."
)
FLOOD_HOTLINE: Final = N_(
    "That is more than I can take at once, so your last messages were not kept. Please wait a minute and "
    "send what matters again. If anybody is in danger, please call {hotline}, or 110, 119 or 120."
)
log = structlog.get_logger(__name__)


#: a message that was stored: its link, its row, as it came
Named = tuple[ChannelLink, Message, InboundMessage]


@dataclass(frozen=True, slots=True)
class Arrival:
    """What storing needs: the session, the keeper of secrets, the instants."""

    session: Session
    vault: Vault
    now: datetime
    real_now: datetime


def store_all(inbound: list[InboundMessage], vault: Vault, now: datetime, real_now: datetime,
              session: Session, *, flood: Flood | None = None) -> int:  # fmt: skip
    """Store a batch in one transaction, each once; return how many were new.

    Chat by chat, so that two batches hold conversations in the same order; within a chat as they came.
    ``flood`` leaves out what is more than one chat may bring; its person is told, once in a while.
    """
    at = Arrival(session, vault, now, real_now)
    taken, refused = flood.split(inbound, real_now.timestamp()) if flood is not None else (inbound, [])
    in_order = sorted(taken, key=_chat_of)
    stored = sum(
        _store_words(at, list(some)) if is_plain else sum(_store(at, one) for one in some)
        for is_plain, some in groupby(in_order, _is_plain)
    )
    for chat in sorted({_chat_of(one) for one in refused}):
        _tell_of_flood(at, chat)
    return stored


def _tell_of_flood(at: Arrival, chat: tuple[str, str, str]) -> None:
    """Say what became of the rest, in the person's language, unless that was said a short while ago."""
    at.session.flush()
    link = message_queries.find_link(at.session, *chat)
    if link is None:
        return
    conversation = message_queries.lock_conversation(at.session, link.conversation_id)
    if queries.was_told_since(at.session, conversation, TOO_MUCH, at.now - TOLD_AGAIN):
        return
    hotline = facts.hotline(at.session.get_one(Estate, link.estate_id))
    said = FLOOD_HOTLINE if hotline else FLOOD
    out = messages.Outgoing(author="bot", language=link.language, reply_kind=TOO_MUCH,
                            text=t(link.language, said, hotline=hotline))  # fmt: skip
    messages.send(at.session, conversation, link, out, at.now)
    log.warning("channels.flood", channel=link.channel, link_id=link.id)


def _chat_of(one: InboundMessage) -> tuple[str, str, str]:
    return one.channel, one.account, one.chat


def _is_plain(one: InboundMessage) -> bool:
    """Words and nothing else: what people send most, and the whole of a flood."""
    has_more = one.command or one.album or one.files or one.attachments or one.reply_to
    return one.kind == "message" and one.button is None and not has_more


def _store_words(at: Arrival, words: list[InboundMessage]) -> int:
    """Store plain words with a few statements: those behind a flood wait for this.

    Chat by chat they are held and looked at, and written all at once.
    """
    at.session.flush()
    made: list[Named] = []
    held: set[int] = set()
    with at.session.no_autoflush:
        for _, run in groupby(words, _chat_of):
            made += _words_of_chat(at, list(run), held)
    at.session.flush()
    _name_all(at, made)
    return len(made)


def _words_of_chat(at: Arrival, run: list[InboundMessage], held: set[int]) -> list[Named]:
    first = run[0]
    link = message_queries.find_link(at.session, *_chat_of(first)) or _new_link(at, first)
    if link.conversation_id in held:  # of another chat of the same person: read anew only when it is written
        at.session.flush()
    held.add(link.conversation_id)
    conversation, stored = messages.hold_for(at.session, link, [one.external_id for one in run])
    link.name = run[-1].name or link.name
    new = list({one.external_id: one for one in run if one.external_id not in stored}.values())
    if not new:
        return []
    incoming = [_incoming(at, link, one, None) for one in new]
    made = messages.add_all(at.session, conversation, link, incoming, now=at.now, real_now=at.real_now)
    return [(link, message, one) for message, one in zip(made, new, strict=True)]


def _store(at: Arrival, one: InboundMessage) -> bool:
    known = message_queries.find_link(at.session, one.channel, one.account, one.chat)
    if one.kind in changes.KINDS:
        if known is not None and changes.apply(at.session, known, one, at.now, at.real_now):
            return True
        if one.kind != "edit":
            return False
    link = known or _new_link(at, one)
    conversation, stored = messages.hold(at.session, link, one.external_id)
    link.name = one.name or link.name  # not before the conversation is held: a turn holds them in that order
    if stored is not None or _is_known_part(at.session, link, one):
        return False
    if one.album and _joins_album(at, conversation, link, one):
        return True
    pressed = None
    if one.button is not None:
        pressed = taps.press(at.session, conversation, link, one, at.now, at.real_now)
        if pressed is None:  # the same tap twice: its first press has had its effect
            return False
    message = messages.add(
        at.session, conversation, link, _incoming(at, link, one, pressed), now=at.now, real_now=at.real_now
    )
    _remember(at, link, message, one)
    return True


def _is_known_part(session: Session, link: ChannelLink, one: InboundMessage) -> bool:
    """True for a part of an album that is kept already: the album's row has another part's external id."""
    is_part = bool(one.album and one.remote_id)
    return is_part and message_queries.find_by_remote_id(session, link.id, str(one.remote_id)) is not None


def _name_all(at: Arrival, made: list[Named]) -> None:
    """Keep what the channel calls these messages."""
    message_queries.remember_remote(
        at.session,
        [
            message_queries.RemoteName(link.estate_id, link.id, one.remote_id, message.id)
            for link, message, one in made
            if one.remote_id
        ],
    )


def _remember(at: Arrival, link: ChannelLink, message: Message, one: InboundMessage) -> None:
    if one.button is None:
        _name_all(at, [(link, message, one)])
    if one.attachments:
        expected.expect(at.session, link, message, one.attachments, at.now)


def _incoming(
    at: Arrival, link: ChannelLink, one: InboundMessage, pressed: dict[str, Any] | None
) -> messages.Incoming:
    answered = None
    if one.reply_to:
        answered = message_queries.find_by_remote_id(at.session, link.id, one.reply_to)
    kind, values = special(at.vault, one)
    if one.command is not None:
        argument = messages.clean_text(one.text[: messages.MAX_TEXT])
        pressed = {"action": one.command, "values": {"argument": argument}, "label": f"/{one.command}",
                   "single": False, "message_id": None, "index": None}  # fmt: skip
    return messages.Incoming(
        external_id=one.external_id, text=_text(one, pressed), pressed=pressed, file_ids=tuple(one.files),
        sent_at=changes.told_at(one, at.now, at.real_now), kind=kind, values=values,
        reply_to_id=answered.id if answered else None, album_id=one.album,
        not_before=at.real_now + ALBUM_WAIT if one.album else None,
    )  # fmt: skip


def _text(one: InboundMessage, pressed: dict[str, Any] | None) -> str:
    if pressed is not None:
        return str(pressed["label"])
    if one.kind == "start":
        return "/start"
    return one.text[: messages.MAX_TEXT] if one.kind in ("message", "edit") else ""


def special(vault: Vault, one: InboundMessage) -> tuple[str, dict[str, Any]]:
    """Return the kind and values of a message that is more than words, files or a button.

    Codes and numbers are sealed: they are opened once, by the turn, which then forgets them.
    """
    if one.kind == "start":
        return "start", {"code_sealed": _seal(vault, one.text)} if one.text else {}
    if one.kind == "contact":
        own = one.contact is not None and one.contact.is_own
        phone = one.contact.phone if own and one.contact is not None else None
        return "contact", {"is_own": own, **({"phone_sealed": _seal(vault, phone)} if phone else {})}
    if one.kind == "location" and one.location is not None:
        return "location", one.location.model_dump(exclude_defaults=True)
    if one.kind in ("sticker", "unsupported"):
        return one.kind, {}
    return _with_files(one)


def _with_files(one: InboundMessage) -> tuple[str, dict[str, Any]]:
    """A message whose every file is refused at once says why; the others are files or plain words."""
    refusals = [expected.refusal(file) for file in one.attachments]
    usable = [file for file, reason in zip(one.attachments, refusals, strict=True) if reason is None]
    if usable:
        return ("voice" if any(f.kind == "voice" for f in usable) else "file"), {}
    first = next((reason for reason in refusals if reason), None)
    return ("file" if first else ""), ({"refused": first} if first else {})


def _seal(vault: Vault, text: str) -> str:
    return base64.b64encode(vault.seal(text)).decode()


def _joins_album(at: Arrival, conversation: Conversation, link: ChannelLink, one: InboundMessage) -> bool:
    """Put a part to its album's message; True when there is one. A late part joins what was made of it.

    Words that come when the rest was read already are a message of their own, so that they are read too.
    """
    message = message_queries.find_album(at.session, conversation, link.id, str(one.album))
    if message is None or (one.text and message.turn_state != message_queries.WAITING):
        return False
    if one.text and not message.text:
        message.text = messages.clean_text(one.text[: messages.MAX_TEXT])
    if message.turn_state == message_queries.WAITING:
        message.next_attempt_at = at.real_now + ALBUM_WAIT
    _remember(at, link, message, one)
    return True


def add_file(session: Session, file_id: str, checked: files.Checked, name: str, now: datetime) -> None:
    """Know a file before its message: it belongs to no conversation until a message names it."""
    estate = queries.find_estate(session, None)
    files.add(session, file_id=file_id, checked=checked, name=name, estate_id=estate.id,
              conversation_id=None, now=now)  # fmt: skip


def _new_link(at: Arrival, one: InboundMessage) -> ChannelLink:
    """A chat nobody knows yet is a visitor's, owned by the estate's desk; another process may be first."""
    try:
        with at.session.begin_nested():
            return _add_link(at, one)
    except IntegrityError:
        link = message_queries.find_link(at.session, one.channel, one.account, one.chat)
        if link is None:
            raise
        return link


def _add_link(at: Arrival, one: InboundMessage) -> ChannelLink:
    estate = queries.find_estate(at.session, one.estate)
    conversation = messages.new_conversation(at.session, estate.id, at.now)
    link = ChannelLink(
        estate_id=estate.id, conversation_id=conversation.id, channel=one.channel, account=one.account,
        address=one.chat, language=pick_locale(one.language), name=one.name, created_at=at.now, state={},
    )  # fmt: skip
    at.session.add(link)
    at.session.flush()
    return link
