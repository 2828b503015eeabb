"""Links: a web session (later a Telegram chat) and whose it is. Nothing here commits."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy.orm import Session

from backend.conversations import facts, link_queries, queries, speaking
from backend.conversations.state import Facts, Reply
from backend.conversations.talk import door_buttons, how_to_link
from backend.errors import BadInvitation
from backend.messages import queries as message_queries
from backend.messages import service as messages
from backend.models import ChannelLink, Consent, Conversation, DeviceCode, Message, Resident
from backend.people import invitations, setup
from backend.people.invitations import Redeemed
from backend.people.privacy import load_notice
from backend.tickets import opening
from backend.vault import Vault
from intents.menu import Menu
from locales import N_, t

TOKEN_BYTES: Final = 32
DEVICE_DIGITS: Final = 6
#: of a name that somebody gave themselves
NAME_LENGTH: Final = 60
DEVICE_LIFE: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Guest:
    """Who opens a chat: an invitation or none, the estate wished for, the language wished for."""

    language: str | None
    invitation: str | None
    estate: str | None
    fallback_language: str


def hash_of(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def open_web_session(
    session: Session, vault: Vault, menu: Menu, guest: Guest, now: datetime, real_now: datetime
) -> tuple[str, list[Message]]:
    """Create a web session with its greeting; return its token (told once) and the greeting.

    Raises BadInvitation for a code that does not work.
    """
    code = guest.invitation or ""
    origin = _origin_of(session, vault, code, real_now)
    redeemed = invitations.redeem_invitation(session, vault, code, real_now) if code and not origin else None
    if origin is not None:
        conversation, resident = session.get_one(Conversation, origin.conversation_id), None
        guest = replace(guest, language=guest.language or origin.language)
    else:
        conversation, resident = _conversation(session, vault, redeemed, guest, now)
    language = guest.language or (resident.language if resident else guest.fallback_language)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = ChannelLink(
        estate_id=conversation.estate_id, conversation_id=conversation.id, channel=messages.WEB,
        address=hash_of(token), language=language, created_at=now, state={},
        is_large_type=resident.is_large_type if resident else False,
    )  # fmt: skip
    session.add(link)
    session.flush()
    if conversation.last_link_id is None:  # nobody has written: what is sent stands in the open chat
        conversation.last_link_id = link.id
    if redeemed is not None and redeemed.resident is None:
        _ask_butler(session, menu, conversation, link, now)
    return token, greet(session, menu, link, now)


def _conversation(
    session: Session, vault: Vault, redeemed: Redeemed | None, guest: Guest, now: datetime
) -> tuple[Conversation, Resident | None]:
    if redeemed is None:
        estate = queries.find_estate(session, guest.estate)
        return messages.new_conversation(session, estate.id, now), None
    resident = redeemed.resident or setup.create_resident(
        session, vault, redeemed.home, now, name="", language=guest.language or guest.fallback_language,
        kind="tenant",
    )  # fmt: skip
    conversation = messages.conversation_of(session, resident.id, redeemed.estate.id, redeemed.home.id, now)
    conversation.home_id = redeemed.home.id
    return conversation, resident


def _ask_butler(
    session: Session, menu: Menu, conversation: Conversation, link: ChannelLink, now: datetime
) -> None:
    """A code that named a home but nobody in it: the butler confirms who has joined."""
    words = t(link.language, "A new person joined this home by invitation: please confirm.")
    if link.name:  # as the channel knows them, so that the butler need not ask who it is
        text = N_("A new person ({name}) joined this home by invitation: please confirm.")
        words = t(link.language, text, name=link.name.strip()[:NAME_LENGTH])
    new = opening.NewTicket(
        estate_id=conversation.estate_id, item_id="estate.general", channel=link.channel,
        language=link.language, words=words,
        asked_at=now, received_at=now, reason="confirmed", conversation_id=conversation.id, link_id=link.id,
        resident_id=conversation.resident_id, home_id=conversation.home_id,
    )  # fmt: skip
    opening.open_ticket(session, menu, new, now)


def greet(session: Session, menu: Menu, link: ChannelLink, now: datetime) -> list[Message]:
    """The first messages of a session: both languages, the privacy notice, then what can be done."""
    conversation = message_queries.lock_conversation(session, link.conversation_id)
    around = facts.gather(session, link, conversation, now)
    first = welcome(session, around, now)
    reply = Reply("greeting", {"address": around.facts.address_as}, door_buttons(menu))
    hint = () if around.facts.linked else how_to_link(around.facts)
    return [*first, *speaking.say(session, menu, around, (reply, *hint), [], now)]


def welcome_once(session: Session, around: facts.Surroundings, now: datetime) -> list[Message]:
    """The first words of a chat that was not opened by us (a channel's), once."""
    link = around.link
    if link.channel == messages.WEB or link.state or link_queries.has_consent(session, link.id):
        return []
    return welcome(session, around, now)


def welcome(session: Session, around: facts.Surroundings, now: datetime) -> list[Message]:
    """Say in both languages who speaks here, then show the privacy notice."""
    hello = " ".join(
        t(lang, "Hello, this is the butler service of {estate}.", estate=around.estate.name(lang))
        for lang in ("zh", "en")
    )
    first = _tell(session, around, "welcome_first", hello, now, "bot")
    return [first, *_notice(session, around, now)]


def _notice(session: Session, around: facts.Surroundings, now: datetime) -> list[Message]:
    """The privacy notice, before the first message is stored; which version was shown is kept."""
    notice, language = load_notice(), around.link.language
    text = notice.short.in_(
        language, estate=around.estate.name(language), hotline=facts.hotline(around.estate)
    )
    session.add(
        Consent(estate_id=around.estate.id, link_id=around.link.id, notice="privacy", version=notice.version,
                shown_at=now)
    )  # fmt: skip
    return [_tell(session, around, "privacy", text, now, "system")]


def _tell(
    session: Session, around: facts.Surroundings, kind: str, text: str, now: datetime, author: str
) -> Message:
    out = messages.Outgoing(author=author, language=around.link.language, text=text, reply_kind=kind)
    return messages.send(session, around.conversation, around.link, out, now)


def make_device_code(
    session: Session, vault: Vault, link: ChannelLink, real_now: datetime
) -> tuple[str, datetime]:
    """Return six digits that open this chat on another device, and until when; a former code dies."""
    queries.forget_device_codes(session, link.id)
    code = f"{secrets.randbelow(10**DEVICE_DIGITS):0{DEVICE_DIGITS}d}"
    until = real_now + DEVICE_LIFE
    session.merge(
        DeviceCode(code_hash=vault.digest(code), estate_id=link.estate_id, link_id=link.id, expires_at=until)
    )
    return code, until


def is_device_code(code: str) -> bool:
    """True for what may open a chat of another device."""
    digits = code.strip()
    return len(digits) == DEVICE_DIGITS and digits.isascii() and digits.isdigit()


def _origin_of(session: Session, vault: Vault, code: str, real_now: datetime) -> ChannelLink | None:
    """Return the link a device code was made on, using the code up; None for any other kind of code.

    Raises BadInvitation for six digits that stand for nothing.
    """
    if not is_device_code(code):
        return None
    origin_id = queries.take_device_code(session, vault.digest(code.strip()), real_now)
    if origin_id is None:
        raise BadInvitation
    return queries.get_link(session, origin_id)


def bind(
    session: Session,
    vault: Vault,
    menu: Menu,
    link: ChannelLink,
    code: str,
    now: datetime,
    real_now: datetime,
    answers_id: int | None = None,
) -> list[Message]:
    """Bind a running session to the resident an invitation stands for. Raises BadInvitation.

    A visitor's chat becomes the resident's own; when they have one already, the link moves there.
    """
    origin = _origin_of(session, vault, code, real_now)
    if origin is not None:
        return _move(session, menu, link, origin, now, answers_id)
    redeemed = invitations.redeem_invitation(session, vault, code, real_now)
    return enter(session, vault, menu, link, redeemed, now, answers_id)


def is_in_already(
    session: Session, vault: Vault, conversation: Conversation, code: str, now: datetime
) -> bool:
    """True when the code stands for the very person (or home) that this conversation belongs to.

    So a link that is opened again does nothing twice, though its code may be used up by now.
    """
    invitation = link_queries.find_invitation(session, vault.digest(invitations.clean_code(code)))
    if invitation is None or conversation.resident_id is None:
        return False
    if invitation.resident_id is not None:
        return invitation.resident_id == conversation.resident_id
    resident = session.get_one(Resident, conversation.resident_id)
    home = queries.find_home_of(session, resident, now)
    return home is not None and home.id == invitation.home_id


def enter(
    session: Session,
    vault: Vault,
    menu: Menu,
    link: ChannelLink,
    redeemed: Redeemed,
    now: datetime,
    answers_id: int | None = None,
) -> list[Message]:
    """Make a running chat that of a resident who has shown who they are, or who is new in a home."""
    conversation = message_queries.lock_conversation(session, link.conversation_id)
    resident = redeemed.resident or setup.create_resident(
        session, vault, redeemed.home, now, name=link.name.strip()[:NAME_LENGTH], language=link.language,
        kind="tenant",
    )  # fmt: skip
    visited = conversation
    message_queries.lock_resident(session, resident.id)
    known = message_queries.find_conversation_of(session, resident.id)
    is_at_home = conversation.estate_id == redeemed.estate.id
    if known is None and conversation.resident_id is None and is_at_home:
        conversation.resident_id = resident.id
    else:
        conversation = messages.conversation_of(
            session, resident.id, redeemed.estate.id, redeemed.home.id, now
        )
        link.conversation_id = conversation.id
    if link.channel != messages.WEB and not link.state:  # the channel's language was only a first guess
        link.language = resident.language
    link.estate_id, conversation.home_id = redeemed.estate.id, redeemed.home.id
    if visited.resident_id in (None, conversation.resident_id):
        queries.move_matters(session, visited.id, conversation)
    _forget_state(link)
    session.flush()
    if visited.id != conversation.id:
        link_queries.follow_link(session, link, visited.id, but=answers_id)
    if redeemed.resident is None:
        _ask_butler(session, menu, conversation, link, now)
    around = facts.gather(session, link, message_queries.lock_conversation(session, conversation.id), now)
    welcome_once(session, around, now)
    return speaking.say(session, menu, around, _linked(around.facts, menu), [], now, answers_id)


def _linked(known: Facts, menu: Menu) -> tuple[Reply, ...]:
    """The doors come apart where the first message takes the button for the own number away."""
    values = {"address": known.address_as, "home": known.home, "butler": known.butler}
    if known.channel != "telegram":
        return (Reply("linked", values, door_buttons(menu)),)
    return Reply("linked", values), Reply("menu", {}, door_buttons(menu))


def _move(
    session: Session,
    menu: Menu,
    link: ChannelLink,
    origin: ChannelLink,
    now: datetime,
    answers_id: int | None = None,
) -> list[Message]:
    """Go on here with the chat of another device: the same conversation, the same language."""
    visited = session.get_one(Conversation, link.conversation_id)
    link.conversation_id, link.estate_id = origin.conversation_id, origin.estate_id
    link.language = origin.language
    _forget_state(link)
    session.flush()
    conversation = message_queries.lock_conversation(session, link.conversation_id)
    if visited.resident_id is None and visited.id != conversation.id:
        queries.move_matters(session, visited.id, conversation)
    around = facts.gather(session, link, conversation, now)
    welcome_once(session, around, now)
    reply = Reply("greeting", {"address": around.facts.address_as}, door_buttons(menu))
    return speaking.say(session, menu, around, (reply,), [], now, answers_id)


def _forget_state(link: ChannelLink) -> None:
    """Nothing was asked in the chat they come to; a turn that has just read the old state reads again."""
    link.state, link.state_version = {}, link.state_version + 1


def set_language(
    session: Session, menu: Menu, link: ChannelLink, language: str, now: datetime
) -> list[Message]:
    """Switch by tap: from now on this person reads the other language; earlier messages stay."""
    conversation = message_queries.lock_conversation(session, link.conversation_id)
    if link.language == language:
        return []
    link.language = language
    if conversation.resident_id is not None:
        session.get_one(Resident, conversation.resident_id).language = language
    around = facts.gather(session, link, conversation, now)
    return speaking.say(session, menu, around, (Reply("language_set", {"language": language}),), [], now)
