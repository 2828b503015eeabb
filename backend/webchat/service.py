"""The web chat's verbs: opening a session, storing a message, running its turns, showing what was said."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from backend.conversations import links
from backend.conversations import service as conversations
from backend.conversations.tools import Tools
from backend.errors import BadInput, BadInvitation, NotSignedIn, TooMany, UnknownButton
from backend.messages import files, queries
from backend.messages import service as messages
from backend.models import ChannelLink, Conversation, Message, StoredFile, Ticket, User
from backend.people.guessing import counting_guesses
from backend.webchat import schemas
from backend.webchat.queries import tickets_of
from locales import N_
from locales.dates import format_day, format_time

PER_MINUTE: Final = 60
#: a long code: letters, and digits or hyphens; short ones are typed into the box that counts wrong tries
_CODE: Final = re.compile(r"(?=.*[A-Za-z])(?=.*[0-9-])[A-Za-z0-9][A-Za-z0-9 -]{8,30}")


@dataclass(frozen=True, slots=True)
class Caller:
    """A web session that was recognised by its token."""

    link_id: int
    conversation_id: int
    estate_id: int
    language: str


def recognise(tools: Tools, token: str) -> Caller:
    """Return the session behind a token. Raises NotSignedIn for a wrong or ended one."""
    with tools.db.read() as session:
        link = queries.find_link(session, messages.WEB, "", links.hash_of(token)) if token else None
        if link is None or link.status != "active":
            raise NotSignedIn
        return Caller(link.id, link.conversation_id, link.estate_id, link.language)


def post(tools: Tools, caller: Caller, body: schemas.MessageBody, address: str = "") -> tuple[int, bool]:
    """Store one message exactly once per client id and run the turns of its conversation.

    Returns its id, and whether it was an invitation code that has just linked this chat.
    """
    message_id, is_new = tools.db.run(lambda session: _store(tools, session, caller, body))
    if is_new and body.text and _try_code(tools, caller, message_id, body.text, address):
        return message_id, True
    conversations.run_waiting(tools, caller.conversation_id)
    return message_id, False


def _store(tools: Tools, session: Session, caller: Caller, body: schemas.MessageBody) -> tuple[int, bool]:
    link = session.get_one(ChannelLink, caller.link_id)
    queries.lock_conversation(session, link.conversation_id)  # or the same press sent twice fails once
    external_id = f"{link.id}:{body.client_id}"
    known = queries.find_by_external_id(session, link.channel, link.account, external_id)
    if known is not None:
        return known.id, False
    now, real_now = tools.clock.now(), tools.clock.real_now()
    if queries.count_inbound_since(session, link.id, real_now - timedelta(minutes=1)) >= PER_MINUTE:
        raise TooMany
    pressed = _press(session, link, body.button, now) if body.button else None
    text = messages.clean_text(str(pressed["label"]) if pressed else body.text or "")
    has_files = bool(queries.list_free_files(session, link.conversation_id, body.files))
    if not text and not has_files:
        raise BadInput(N_("There is nothing in this message. Please write something or add a photo."))
    incoming = messages.Incoming(external_id, text, pressed, tuple(body.files), body.client_id)
    message, is_new = messages.store(session, link, incoming, now=now, real_now=real_now)
    return message.id, is_new


def _press(session: Session, link: ChannelLink, value: str, now: datetime) -> dict[str, object]:
    """Resolve a button to this person's own message; a single-use one works once, for the first press."""
    message, pressed = messages.resolve_button(session, link.conversation_id, value, link.language)
    if pressed["single"] and not queries.use_buttons(session, message.id, now):
        raise UnknownButton
    return pressed


def _try_code(tools: Tools, caller: Caller, message_id: int, text: str, address: str) -> bool:
    """A visitor who writes an invitation code is linked by it; any other text takes its usual way.

    Wrong codes count as guesses here too, and whoever guessed too often is no longer listened to.
    """
    if not _CODE.fullmatch(text.strip()):
        return False

    def bind(session: Session) -> bool:
        link = session.get_one(ChannelLink, caller.link_id)
        if session.get_one(Conversation, link.conversation_id).resident_id is not None:
            return False
        message = queries.get_message(session, message_id)
        links.bind(session, tools.vault, tools.menu, link, text, tools.clock.now(), real_now, message_id)
        message.turn_state = "done"
        return True

    real_now = tools.clock.real_now()
    try:
        with counting_guesses(tools.db, text, address, real_now):
            return tools.db.run(bind)
    except (BadInvitation, TooMany):
        return False


def replies_to(session: Session, message_id: int) -> Sequence[Message]:
    return queries.list_replies(session, message_id)


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom messages are shown: language, zone, instant, and the key that signs file links."""

    language: str
    zone: str
    now: datetime
    real_now: datetime
    secret: str


def show(session: Session, rows: Sequence[Message], reader: Reader) -> list[schemas.MessageOut]:
    """Return messages as the API tells them."""
    ids = [row.id for row in rows]
    by_message: dict[int, list[StoredFile]] = {}
    for file in queries.list_files(session, ids):
        by_message.setdefault(file.message_id or 0, []).append(file)
    tickets = tickets_of(session, {row.ticket_id for row in rows if row.ticket_id})
    users = {row.by_user_id for row in rows if row.by_user_id}
    names = {i: session.get_one(User, i) for i in users}
    replaced = queries.list_replaced(session, [row.answers_id for row in rows if row.answers_id])
    shown = [_message(row, tickets, names, by_message.get(row.id, []), reader) for row in rows]
    for row, out in zip(rows, shown, strict=True):
        out.replaces = replaced.get(row.answers_id or 0, [])
    return shown


def _message(
    row: Message,
    tickets: dict[int, Ticket],
    names: dict[int, User],
    attached: list[StoredFile],
    reader: Reader,
) -> schemas.MessageOut:
    ticket = tickets.get(row.ticket_id or 0)
    by = names.get(row.by_user_id or 0)
    return schemas.MessageOut.model_validate(
        {
            "seq": row.seq,
            "author": row.author,
            "language": row.language,
            "text": row.text,
            "buttons": buttons_of(row),
            "style": "list" if row.values.get("list") else "choices",
            "ticket": {"number": ticket.number, "item": ticket.item_id, "state": ticket.state}
            if ticket
            else None,
            "files": [_file(file, reader) for file in attached],
            "client_id": row.client_id,
            "name": by.name(reader.language) if by else None,
            "sent_at": utc(row.sent_at),
            "time": format_time(row.sent_at, reader.zone),
            "day": format_day(reader.language, row.sent_at, reader.zone, reader.now),
        }
    )


def buttons_of(row: Message) -> list[dict[str, str]]:
    """Buttons with their short values; used ones are gone."""
    if row.buttons_used_at is not None:
        return []
    return [{"label": b["label"], "value": f"{row.seq}.{i}"} for i, b in enumerate(row.buttons)]


def _file(file: StoredFile, reader: Reader) -> dict[str, object]:
    url = files.sign(reader.secret, file.id, reader.real_now)
    return {"id": file.id, "kind": file.kind, "name": file.name, "size": file.size, "url": url}


def utc(instant: datetime) -> str:
    """An instant as the API writes it: UTC with Z, to the second."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
