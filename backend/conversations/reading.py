"""From a stored message to what was heard: words, a press, files, a place, an edit; and what it answers."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from backend.conversations import again, alarm, link_queries, press
from backend.conversations.facts import Surroundings
from backend.conversations.queries import WaitingMessage
from backend.conversations.state import Attachment, Edited, Heard, Odd, Press, Said, State
from backend.messages import queries as message_queries
from backend.models import ChannelLink, Message
from backend.tickets import consent
from intents.meaning import Act, Hint, Meaning
from intents.menu import Menu
from locales import t

#: characters of a fragment that may go on with what was offered
_FRAGMENT: Final = 16
#: acts that a fragment may only seem to do: "不凉" complains of nothing
SEEMING: Final = frozenset({
    Act.REQUEST, Act.ENQUIRY, Act.COMPLAINT, Act.SUGGESTION, Act.PRAISE, Act.SATISFIED, Act.DISSATISFIED,
    Act.GREETING, Act.GOODBYE, Act.OUT_OF_SCOPE, Act.INFORM, Act.AMEND,
})  # fmt: skip
#: kinds whose text is not the person's words
WORDLESS: Final = frozenset({"start", "contact", "location", "sticker", "unsupported"})


def words_of(message: Message | WaitingMessage) -> str:
    """What there is to understand; "" for presses, commands and messages without words."""
    is_said = message.pressed is None and message.kind not in WORDLESS
    if not is_said or (press.typed(message.text) is not None and not is_reread(message)):
        return ""
    return message.text


def hint_of(state: State, menu: Menu, language: str, open_tickets: tuple[int, ...], at: datetime) -> Hint:
    """What was asked or told just before `at`, so that a bare answer is read as one."""
    spoke = datetime.fromisoformat(state.said_at) if state.said_at else None
    in_alarm = state.expects == "alarm" and alarm.is_fresh(spoke, at)
    told = Hint(language, open_tickets=open_tickets, in_alarm=in_alarm)
    if state.form is not None and state.form.asking:
        spec = menu.slots.get(state.form.asking)
        options = tuple(option.id for option in spec.options) if spec else ()
        return replace(told, expected_slot=state.form.asking, options=options)
    return replace(told, expected_slot="when") if state.expects == "new_time" else told


def with_offered(state: State, text: str) -> str | None:
    """A fragment together with the words for which services were offered just now ("空调", then "不凉"), or
    with those of which it was asked what they speak of ("又坏了", then "空调")."""
    if state.expects == again.THING and len(text.strip()) <= _FRAGMENT:
        return again.of_thing(state.offered_words, text)
    is_fragment = bool(state.offered and state.offered_words) and len(text.strip()) <= _FRAGMENT
    return f"{state.offered_words}\n{text}" if is_fragment else None


def is_reread(message: Message | WaitingMessage) -> bool:
    """True for a message that had its turn already and was edited since."""
    return bool(message.values.get("reread"))


def heard_of(
    session: Session, message: Message, meaning: Meaning | None, link: ChannelLink, around: Surroundings
) -> Heard:
    """Return what the dialogue hears."""
    if message.pressed is not None:
        return _pressed(session, message.pressed, around)
    if is_reread(message) and meaning is not None:
        return _edited(session, message, meaning, link, around)
    if message.kind == "start" or "code" in message.values:
        return Press("start", {"code": message.values.get("code")})
    command = press.typed(message.text) if meaning is None else None
    return command or _special(message, link.language) or _written(session, message, meaning)


def _pressed(session: Session, pressed: Mapping[str, Any], around: Surroundings) -> Press:
    """The press; an owner's word that is settled, or was asked of another, counts as an old button."""
    values = pressed["values"]
    is_owner = pressed["action"] == "owner"
    if is_owner and consent.find_asked(session, around.resident, int(values["number"])) is None:
        return Press("old", {})
    return Press(pressed["action"], values)


def _special(message: Message, language: str) -> Heard | None:
    if message.kind == "contact":
        return Odd("foreign_contact")
    if message.kind == "location":
        return Attachment(words=place_words(language, message.values))
    return Odd(message.kind) if message.kind in ("sticker", "unsupported") else None


def _written(session: Session, message: Message, meaning: Meaning | None) -> Heard:
    """Words, files, or both; a file that could not be taken is told of, and the words still count."""
    has_files = message.kind != "text"
    rows = message_queries.list_files(session, [message.id]) if has_files else ()
    files = tuple(row.id for row in rows if row.state != "missing")
    refused = _reason([message.values.get("refused"), *(row.reason for row in rows)])
    if meaning is None and refused and not files:
        return Odd("refused", refused)
    is_voice = message.kind == "voice" and not (meaning is not None and meaning.emergency)
    if is_voice or meaning is None:
        return Attachment(files, message.kind == "voice", refused=refused)
    return Said(meaning, files, refused)


def _reason(told: list[Any]) -> str:
    """Why a file was refused at once; one that only failed to arrive is not the person's concern here."""
    return next((reason for reason in told if reason in ("too_large", "kind")), "")


def _edited(
    session: Session, message: Message, meaning: Meaning, link: ChannelLink, around: Surroundings
) -> Edited:
    last = link.state.get("last") or {}
    ticket = next((n for n, one in around.tickets.items() if one.id == message.ticket_id), None)
    return Edited(
        Said(meaning),
        is_last=not link_queries.has_written_since(session, message),
        before=link_queries.find_former_wording(session, message.id),
        ticket=ticket,
        was_unclear=bool(last.get("unclear")) and last.get("id") == message.id,
    )


def place_words(language: str, values: dict[str, Any]) -> str:
    """A shared place in words: its name, if it has one, and its degrees to about a metre."""
    degrees = {k: f"{float(values[k]):.5f}" for k in ("latitude", "longitude")}
    title = str(values.get("title") or "").strip()
    if title:
        return t(language, "{title} ({latitude}, {longitude})", title=title, **degrees)
    return t(language, "shared location {latitude}, {longitude}", **degrees)


def pointing(session: Session, message: Message, around: Surroundings) -> Surroundings:
    """Know the open ticket whose message is answered by the channel's own reply."""
    answered = session.get(Message, message.reply_to_id) if message.reply_to_id is not None else None
    if answered is None or answered.ticket_id is None:
        return around
    number = next((n for n, one in around.tickets.items() if one.id == answered.ticket_id), None)
    return replace(around, facts=replace(around.facts, pointed=number))
