"""Messages of channels that are not the web chat: stored first, their turns run by the worker."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.conversations import queries
from backend.errors import UnknownButton
from backend.messages import files
from backend.messages import queries as message_queries
from backend.messages import service as messages
from backend.messages.schemas import InboundMessage
from backend.models import ChannelLink
from locales import pick_locale


def store_all(inbound: list[InboundMessage], now: datetime, real_now: datetime, session: Session) -> int:
    """Store a batch in one transaction, each once; return how many were new.

    Chat by chat, so that two batches hold conversations in the same order; within a chat as they came.
    """
    in_order = sorted(inbound, key=lambda one: (one.channel, one.account, one.chat))
    return sum(_store(session, one, now, real_now) for one in in_order)


def _store(session: Session, one: InboundMessage, now: datetime, real_now: datetime) -> bool:
    link = message_queries.find_link(session, one.channel, one.account, one.chat) or _new_link(
        session, one, now
    )
    pressed = None
    if one.button is not None:
        # A button that no longer fits is stored as pressed nothing: the dialogue then shows the menu.
        pressed = _press(session, link, one.button, now) or {"action": "menu", "values": {}, "label": ""}
    incoming = messages.Incoming(
        external_id=one.external_id, text=one.text[: messages.MAX_TEXT], pressed=pressed,
        file_ids=tuple(one.files), sent_at=one.sent_at,
    )  # fmt: skip
    return messages.store(session, link, incoming, now=now, real_now=real_now)[1]


def add_file(session: Session, file_id: str, checked: files.Checked, name: str, now: datetime) -> None:
    """Know a file before its message: it belongs to no conversation until a message names it."""
    estate = queries.find_estate(session, None)
    files.add(session, file_id=file_id, checked=checked, name=name, estate_id=estate.id,
              conversation_id=None, now=now)  # fmt: skip


def _press(session: Session, link: ChannelLink, value: str, now: datetime) -> dict[str, object] | None:
    try:
        message, pressed = messages.resolve_button(session, link.conversation_id, value, link.language)
    except UnknownButton:
        return None
    is_free = not pressed["single"] or message_queries.use_buttons(session, message.id, now)
    return pressed if is_free else None


def _new_link(session: Session, one: InboundMessage, now: datetime) -> ChannelLink:
    """A chat nobody knows yet is a visitor's, owned by the estate's desk; another process may be first."""
    try:
        with session.begin_nested():
            return _add_link(session, one, now)
    except IntegrityError:
        link = message_queries.find_link(session, one.channel, one.account, one.chat)
        if link is None:
            raise
        return link


def _add_link(session: Session, one: InboundMessage, now: datetime) -> ChannelLink:
    estate = queries.find_estate(session, one.estate)
    conversation = messages.new_conversation(session, estate.id, now)
    link = ChannelLink(
        estate_id=estate.id, conversation_id=conversation.id, channel=one.channel, account=one.account,
        address=one.chat, language=pick_locale(one.language), created_at=now, state={},
    )  # fmt: skip
    session.add(link)
    session.flush()
    return link
