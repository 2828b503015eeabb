"""A tap on a button in a channel's chat: whose it is, whether it still stands, whether it came before."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from backend.errors import UnknownButton
from backend.messages import outbox
from backend.messages import queries as message_queries
from backend.messages import service as messages
from backend.messages.schemas import InboundMessage
from backend.models import ChannelLink, Conversation, Message

#: the same button pressed again so soon is one tap of a nervous thumb; where it has had its one effect, the
#: thumb may have waited for a slow answer
DOUBLE_TAP: Final = timedelta(seconds=3)
SETTLED_TAP: Final = timedelta(seconds=60)
#: a button that stands for nothing here any more, was forged, or belongs to somebody else
OLD: Final[dict[str, Any]] = {
    "action": "old", "values": {}, "label": "", "single": False, "message_id": None, "index": None,
}  # fmt: skip


def press(
    session: Session,
    conversation: Conversation,
    link: ChannelLink,
    one: InboundMessage,
    now: datetime,
    real_now: datetime,
) -> dict[str, Any] | None:
    """Return what was pressed, OLD for a button that no longer stands, None for the same tap again."""
    pressed = _resolve(session, link, one)
    before = _same_before(session, conversation, link, pressed)
    patience = SETTLED_TAP if pressed["single"] else DOUBLE_TAP
    if before is not None and before.stored_at > real_now - patience:
        return None
    if pressed["single"]:
        message = session.get_one(Message, pressed["message_id"])
        if not message_queries.use_buttons(session, message.id, now):
            return OLD
        outbox.touch(session, message, "strip", now)
    return pressed


def _resolve(session: Session, link: ChannelLink, one: InboundMessage) -> dict[str, Any]:
    """The button behind the data of a tap, if this chat was really shown it."""
    try:
        message, pressed = messages.resolve_button(
            session, link.conversation_id, one.button or "", link.language
        )
    except UnknownButton:
        return OLD
    shown = message_queries.find_by_remote_id(session, link.id, one.remote_id) if one.remote_id else None
    # A chat that was bound to a resident counts anew: an old keyboard's data may name another message there.
    is_other = shown is not None and shown.id != message.id
    return OLD if is_other or message.link_id != link.id else pressed


def _same_before(
    session: Session, conversation: Conversation, link: ChannelLink, pressed: dict[str, Any]
) -> Message | None:
    """The latest press of the very same button, if there was one lately."""
    key = (pressed["message_id"], pressed["index"], pressed["action"])
    for row in message_queries.list_last_presses(session, conversation, link.id):
        known = row.pressed or {}
        if (known.get("message_id"), known.get("index"), known.get("action")) == key:
            return row
    return None
