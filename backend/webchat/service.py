"""The web chat's verbs: opening a session, storing a message and running its turn, files, language, linking.

Each opens its own transactions, and writes through ``Database.run``: what meets a lock is run again.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from backend.conversations import entering, links
from backend.conversations import service as conversations
from backend.conversations.tools import Tools
from backend.errors import BadInput, NotSignedIn, TooMany, UnknownButton
from backend.messages import files, queries
from backend.messages import service as messages
from backend.messages.files import Checked
from backend.models import ChannelLink
from backend.people.guessing import counting_guesses
from backend.webchat import queries as own
from backend.webchat import schemas, showing
from locales import N_

PER_MINUTE: Final = 60


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


def open_chat(tools: Tools, guest: links.Guest, address: str) -> schemas.SessionOut:
    """Open a session and greet; with an invitation it is a resident's. Raises BadInvitation, TooMany."""
    now, real_now = tools.clock.now(), tools.clock.real_now()

    def work(session: Session) -> schemas.SessionOut:
        token, said = links.open_web_session(session, tools.vault, tools.menu, guest, now, real_now)
        reader = showing.reader_of_link(session, tools, said[0].link_id or 0)
        return schemas.SessionOut(token=token, messages=showing.show(session, said, reader))

    with counting_guesses(tools.db, guest.invitation or "", address, real_now):
        return tools.db.run(work)


def end(tools: Tools, caller: Caller) -> None:
    """End this session: its token works no more."""

    def work(session: Session) -> None:
        own.get_link(session, caller.link_id).status = "ended"

    tools.db.run(work)


def converse(tools: Tools, caller: Caller, body: schemas.MessageBody, address: str) -> schemas.RepliesOut:
    """Store a message, run its turn, return the replies."""
    message_id, is_linked = post(tools, caller, body, address)
    with tools.db.read() as session:
        reader = showing.reader_of_link(session, tools, caller.link_id)
        shown = showing.show(session, queries.list_replies(session, message_id), reader)
    return schemas.RepliesOut(messages=shown, reset=is_linked)


def post(tools: Tools, caller: Caller, body: schemas.MessageBody, address: str = "") -> tuple[int, bool]:
    """Store one message exactly once per client id and run the turns of its conversation.

    Returns its id, and whether it was an invitation code that has just linked this chat.
    """
    message_id, is_new = tools.db.run(lambda session: _store(tools, session, caller, body))
    if is_new and body.text and _try_code(tools, message_id, body.text, address):
        return message_id, True
    conversations.run_waiting(tools, caller.conversation_id, until=message_id)
    return message_id, False


def _store(tools: Tools, session: Session, caller: Caller, body: schemas.MessageBody) -> tuple[int, bool]:
    link = own.get_link(session, caller.link_id)
    external_id = f"{link.id}:{body.client_id}"
    # Looked at before the button is: or the same press sent twice would be refused once.
    conversation, known = messages.hold(session, link, external_id)
    if known is not None:
        return known.id, False
    now, real_now = tools.clock.now(), tools.clock.real_now()
    since = real_now - timedelta(minutes=1)
    if queries.count_inbound_since(session, conversation, link.id, since) >= PER_MINUTE:
        raise TooMany
    pressed = _press(session, link, body.button, now) if body.button else None
    text = messages.clean_text(str(pressed["label"]) if pressed else body.text or "")
    if not text and not (body.files and queries.list_free_files(session, conversation.id, body.files)):
        raise BadInput(N_("There is nothing in this message. Please write something or add a photo."))
    incoming = messages.Incoming(external_id, text, pressed, tuple(body.files), body.client_id)
    return messages.add(session, conversation, link, incoming, now=now, real_now=real_now).id, True


def _press(session: Session, link: ChannelLink, value: str, now: datetime) -> dict[str, object]:
    """Resolve a button to this person's own message; a single-use one works once, for the first press."""
    message, pressed = messages.resolve_button(session, link.conversation_id, value, link.language)
    if pressed["single"] and not queries.use_buttons(session, message.id, now):
        raise UnknownButton
    return pressed


def _try_code(tools: Tools, message_id: int, text: str, address: str) -> bool:
    """A visitor who writes an invitation code is linked by it; any other text takes its usual way.

    Wrong codes count as guesses here too, and whoever guessed too often is no longer listened to. Short
    codes are typed into the page's own box.
    """
    if not entering.is_long_code(text):
        return False
    with tools.db.read() as session:
        message = queries.get_message(session, message_id)
    return entering.try_code(tools, message, text, address) == "linked"


def read(tools: Tools, caller: Caller, after: int) -> tuple[schemas.PolledOut, float]:
    """The messages after a sequence number (0: the latest), and whether the butler is typing.

    Also in how many seconds that ends by itself (infinite when nobody is typing).
    """
    with tools.db.read() as session:
        conversation_id = caller.conversation_id
        if after:
            rows = queries.list_shown_after(session, conversation_id, after)
        else:
            rows = queries.list_latest(session, conversation_id)
        zone, typing_until = own.zone_and_typing(session, conversation_id)
        reader = showing.reader_for(tools, caller.language, zone)
        left = (typing_until - reader.now).total_seconds() if typing_until else 0.0
        found = schemas.PolledOut(messages=showing.show(session, rows, reader), typing=left > 0)
        return found, left if left > 0 else math.inf


def keep_file(tools: Tools, caller: Caller, data: bytes, name: str) -> schemas.FileOut:
    """Check a file, put it on disk, then know it. Raises TooLarge, BadUpload, TooMany."""
    checked = files.check(data)
    file_id = files.keep(tools.settings.media_dir, checked)
    return tools.db.run(lambda session: _know_file(tools, session, caller, file_id, checked, name))


def _know_file(
    tools: Tools, session: Session, caller: Caller, file_id: str, checked: Checked, name: str
) -> schemas.FileOut:
    row = files.add(session, file_id=file_id, checked=checked, name=name, estate_id=caller.estate_id,
                    conversation_id=caller.conversation_id, now=tools.clock.now())  # fmt: skip
    url = files.sign(tools.settings.secret_key, row.id, tools.clock.real_now())
    return schemas.FileOut(id=row.id, kind=row.kind, name=row.name, size=row.size, url=url)


def list_tickets(tools: Tools, caller: Caller) -> list[schemas.TicketOut]:
    with tools.db.read() as session:
        reader = showing.reader_of_link(session, tools, caller.link_id)
        return showing.tickets_of(session, caller.conversation_id, reader)


def describe(tools: Tools, caller: Caller) -> schemas.MeOut:
    with tools.db.read() as session:
        return showing.who_is_there(session, tools, caller.link_id)


def set_language(tools: Tools, caller: Caller, language: str) -> schemas.MessagesOut:
    """Switch the language of the page, and of the bot from the next message on."""

    def work(session: Session) -> schemas.MessagesOut:
        link = own.get_link(session, caller.link_id)
        said = links.set_language(session, tools.menu, link, language, tools.clock.now())
        reader = showing.reader_of_link(session, tools, link.id)
        return schemas.MessagesOut(messages=showing.show(session, said, reader))

    return tools.db.run(work)


def set_large(tools: Tools, caller: Caller, is_large: bool) -> None:
    def work(session: Session) -> None:
        own.get_link(session, caller.link_id).is_large_type = is_large

    tools.db.run(work)


def make_code(tools: Tools, caller: Caller) -> schemas.CodeOut:
    """Six digits to go on with this chat on another device, good for ten minutes, once."""

    def work(session: Session) -> schemas.CodeOut:
        link = own.get_link(session, caller.link_id)
        code, until = links.make_device_code(session, tools.vault, link, tools.clock.real_now())
        return schemas.CodeOut(code=code, expires_at=showing.utc(until))

    return tools.db.run(work)


def bind(tools: Tools, caller: Caller, code: str, address: str) -> schemas.RepliesOut:
    """Bind this running session to a resident by an invitation. Raises BadInvitation, TooMany."""
    now, real_now = tools.clock.now(), tools.clock.real_now()

    def work(session: Session) -> schemas.RepliesOut:
        link = own.get_link(session, caller.link_id)
        said = links.bind(session, tools.vault, tools.menu, link, code, now, real_now)
        reader = showing.reader_of_link(session, tools, link.id)
        is_moved = link.conversation_id != caller.conversation_id
        return schemas.RepliesOut(messages=showing.show(session, said, reader), reset=is_moved)

    with counting_guesses(tools.db, code, address, real_now):
        return tools.db.run(work)
