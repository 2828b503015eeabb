"""What happens to messages and chats after the fact: edits, reactions, a blocked bot and its return."""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from backend.conversations import losses
from backend.conversations.reading import WORDLESS
from backend.messages import live, outbox
from backend.messages import queries as message_queries
from backend.messages import service as messages
from backend.messages.schemas import InboundMessage
from backend.models import ChannelLink, Message, MessageVersion
from backend.tickets import queries as ticket_queries

KINDS: Final = frozenset({"edit", "reaction", "blocked", "returned"})


def apply(
    session: Session, link: ChannelLink, one: InboundMessage, now: datetime, real_now: datetime
) -> bool:
    """Apply one change; False when it changes nothing, or speaks of a message that nobody knows."""
    message_queries.lock_conversation(session, link.conversation_id)
    if one.kind == "blocked":
        return _blocked(session, link, one.sent_at or real_now, now)
    if one.kind == "returned":
        return _returned(session, link, one.sent_at or real_now, now)
    message = message_queries.find_by_remote_id(session, link.id, one.remote_id or "")
    if message is None:
        return False
    at = told_at(one, now, real_now) or now
    is_new = _edited(session, link, message, one, at) if one.kind == "edit" else _reacted(message, one)
    if is_new:
        live.emit(session, message.estate_id, "message", {"conversation": message.conversation_id}, now)
    return is_new or one.kind == "edit"


def _edited(session: Session, link: ChannelLink, message: Message, one: InboundMessage, at: datetime) -> bool:
    """Keep the earlier wording and take the new one; a message that was read already is read again.

    Not so a command, which was carried out, nor a start, whose code must not be kept. What was written in a
    conversation that the chat has left since stays there as it was read.
    """
    if message.pressed is not None or message.kind in WORDLESS:
        return False
    text = messages.clean_text(one.text[: messages.MAX_TEXT])
    is_older = message.edited_at is not None and at < message.edited_at
    if is_older or message.author != "resident" or text == message.text:
        return False
    if message_queries.has_version(session, message.id, one.external_id):
        return False
    session.add(
        MessageVersion(estate_id=message.estate_id, message_id=message.id, external_id=one.external_id,
                       text=message.text, until_at=at)
    )  # fmt: skip
    message.text, message.edited_at = text, at
    if message.turn_state == "done" and message.conversation_id == link.conversation_id:
        message.values, message.turn_state = {**message.values, "reread": True}, message_queries.WAITING
    return True


def _reacted(message: Message, one: InboundMessage) -> bool:
    reaction = "".join(one.reactions)
    if message.reaction == reaction:
        return False
    message.reaction = reaction
    return True


def _is_older(link: ChannelLink, at: datetime) -> bool:
    """A change that was delivered again after a later one must not undo it. Channels count whole seconds."""
    return link.status_at is not None and at < link.status_at.replace(microsecond=0)


def _blocked(session: Session, link: ChannelLink, at: datetime, now: datetime) -> bool:
    if link.status in outbox.LOST or _is_older(link, at):
        return False
    link.status, link.status_at = "blocked", at
    losses.tell(session, link, None, "blocked", now)
    return True


def _returned(session: Session, link: ChannelLink, at: datetime, now: datetime) -> bool:
    """What waits may go now; pages that said "cannot be reached" hear of it."""
    if link.status not in outbox.LOST or _is_older(link, at):
        return False
    outbox.regain(session, link, at)
    live.emit(session, link.estate_id, "message", {"conversation": link.conversation_id}, now)
    own = ticket_queries.list_own_numbers(session, link.conversation_id)
    live.emit_all(session, link.estate_id, "ticket", [{"number": number} for number in own], now)
    return True


def told_at(one: InboundMessage, now: datetime, real_now: datetime) -> datetime | None:
    """When it was sent, by the house's clock: a channel tells real time, a demo's clock may have moved on."""
    return one.sent_at + (now - real_now) if one.sent_at else None
