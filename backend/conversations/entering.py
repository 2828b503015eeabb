"""Becoming known: invitation codes and one's own number, settled before anything is understood.

Each is a transaction of its own; codes and numbers are opened here once and forgotten with the same commit.
"""

import base64
import re
from collections.abc import Callable
from functools import partial
from typing import Any, Final, Literal

from sqlalchemy.orm import Session

from backend.conversations import facts, link_queries, links, queries, reading, speaking
from backend.conversations.queries import WaitingLink, WaitingMessage
from backend.conversations.state import Reply, State
from backend.conversations.talk import how_to_link
from backend.conversations.tools import Tools
from backend.errors import BadInvitation, TooMany
from backend.messages import queries as message_queries
from backend.messages import service as messages
from backend.models import ChannelLink, Conversation, Message, Resident
from backend.people import kept_phone, phones
from backend.people.guessing import counting_guesses
from backend.people.invitations import Redeemed
from backend.vault import SealBroken, Vault

#: what stands in a conversation for a code that was written there
HIDDEN: Final = "••••••"
Outcome = Literal["linked", "bad", "too_many", "not_now"]
#: a long code: letters, and digits or hyphens
_LONG: Final = re.compile(r"(?=.*[A-Za-z])(?=.*[0-9-])[A-Za-z0-9][A-Za-z0-9 -]{8,30}")
#: a spoken code, or six digits from another device: typed where there is no box for them
_SHORT: Final = re.compile(r"[0-9]{4}[ -]?[0-9]{4}|[0-9]{6}")


def is_long_code(text: str) -> bool:
    """True for what may be a printed invitation code."""
    return bool(_LONG.fullmatch(text.strip()))


def settle(tools: Tools, message: WaitingMessage, link: WaitingLink) -> bool:
    """Settle a message that is no matter for the dialogue; False when it takes its usual turn."""
    if link.conversation_id != message.conversation_id:
        return _run(tools, message, _follow)
    if reading.is_reread(message):
        return not message.text and _run(tools, message, _done)
    if message.kind == "start" and "code_sealed" in message.values:
        return _started(tools, message, link)
    if message.kind == "contact" and message.values.get("is_own") and message.values.get("phone_sealed"):
        return _run(tools, message, partial(_share, tools))
    if link.channel != messages.WEB and message.kind == "text":
        return _typed(tools, message, link)
    return False


def _run(
    tools: Tools,
    message: Message | WaitingMessage,
    work: Callable[[Session, Conversation, Message, ChannelLink], None],
) -> bool:
    """Do ``work`` with conversation, message and link held, unless another process had the turn; True."""

    def held(session: Session) -> None:
        conversation = message_queries.lock_conversation(session, message.conversation_id)
        fresh, link = queries.hold_turn(session, message.id)
        if fresh.turn_state == message_queries.WAITING:
            work(session, conversation, fresh, link)

    tools.db.run(held)
    return True


def _follow(session: Session, _from: Conversation, message: Message, link: ChannelLink) -> None:
    """The chat moved to a resident's conversation while this waited: what waits follows it there."""
    link_queries.follow_link(session, link, message.conversation_id)


def _done(_session: Session, _conversation: Conversation, message: Message, _link: ChannelLink) -> None:
    message.values = {k: v for k, v in message.values.items() if k != "reread"}
    message.turn_state = "done"


def try_code(
    tools: Tools, message: Message | WaitingMessage, code: str, address: str, *, only_visitors: bool = True
) -> Outcome:
    """Bind the chat of a message by the code in it; wrong ones count as guesses of ``address``."""
    real_now = tools.clock.real_now()
    result: list[Outcome] = ["not_now"]

    def work(session: Session, conversation: Conversation, held: Message, link: ChannelLink) -> None:
        result[0] = "not_now"
        # Six digits in a link would let whoever made them read what a resident writes from then on.
        is_kept = only_visitors or links.is_device_code(code)
        if conversation.resident_id is not None and is_kept:
            return
        held.values = _forgetting(held)
        if links.is_in_already(session, tools.vault, conversation, code, tools.clock.now()):
            return
        links.bind(session, tools.vault, tools.menu, link, code, tools.clock.now(), real_now, held.id)
        held.turn_state = "done"
        if held.kind == "text":  # a code may be good for more than one use: nobody is to read it here
            held.text = HIDDEN
        result[0] = "linked"

    try:
        with counting_guesses(tools.db, code, address, real_now):
            _run(tools, message, work)
    except BadInvitation:
        return "bad"
    except TooMany:
        return "too_many"
    return result[0]


def _forgetting(message: Message) -> dict[str, Any]:
    return {k: v for k, v in message.values.items() if not k.endswith("_sealed")}


def forget_secrets(message: Message) -> None:
    """Drop codes and numbers of a message whose turn will never come."""
    if any(key.endswith("_sealed") for key in message.values):
        message.values = _forgetting(message)


def _address_of(link: WaitingLink) -> str:
    return f"{link.channel}:{link.address}"


def _started(tools: Tools, message: WaitingMessage, link: WaitingLink) -> bool:
    """``/start CODE``: the code is the person's own wish, so it also moves a chat that was known already."""
    code = _open(tools.vault, message.values["code_sealed"])
    outcome = try_code(tools, message, code, _address_of(link), only_visitors=False) if code else "bad"
    return outcome == "linked" or not _mark(tools, message, outcome)


def _typed(tools: Tools, message: WaitingMessage, link: WaitingLink) -> bool:
    """A code written into a chat by a stranger; what only looked like one is a message like any other."""
    is_short = bool(_SHORT.fullmatch(message.text.strip()))
    if not is_short and not is_long_code(message.text):
        return False
    outcome = try_code(tools, message, message.text.strip(), _address_of(link))
    if outcome == "linked":
        return True
    is_answer = State.from_json(link.state.get("now", {})).form is not None
    return is_short and not is_answer and not _mark(tools, message, outcome)


def _mark(tools: Tools, message: WaitingMessage, outcome: Outcome) -> bool:
    """Note for the turn that the code did not work; the code itself is forgotten."""

    def mark(_session: Session, _conversation: Conversation, held: Message, _link: ChannelLink) -> None:
        failed = {"code": outcome} if outcome in ("bad", "too_many") else {}
        held.values = {**_forgetting(held), **failed}

    return _run(tools, message, mark)


def _open(vault: Vault, sealed: str) -> str:
    """Return what was sealed; "" for what this house did not seal."""
    try:
        return vault.unseal(base64.b64decode(sealed)).strip()
    except (SealBroken, ValueError):
        return ""


def _share(
    tools: Tools, session: Session, conversation: Conversation, message: Message, link: ChannelLink
) -> None:
    """One's own number: who has it on the estate's list is known from now on."""
    now = tools.clock.now()
    number = _international(_open(tools.vault, message.values["phone_sealed"]))
    message.values, message.turn_state = _forgetting(message), "done"
    if conversation.resident_id is not None:
        kind = _keep(session, tools.vault, conversation.resident_id, number)
        _answer(tools, session, conversation, link, (Reply(kind, {}),), message.id)
        return
    found = link_queries.list_living_with_phone(session, tools.vault.digest(number), now) if number else []
    if len({resident.id for resident, _, _ in found}) == 1:
        resident, home, estate = found[0]
        redeemed = Redeemed(estate, home, resident, "phone")
        links.enter(session, tools.vault, tools.menu, link, redeemed, now, message.id)
        return
    _answer(tools, session, conversation, link, (Reply("phone_unknown"),), message.id, is_stranger=True)


def _international(number: str) -> str | None:
    """A number as a channel shares it: with its country, but often without the plus sign.

    Read as one written in China, +1 380… would be somebody else's mobile.
    """
    return phones.normalise(f"+{number.lstrip('+')}")


def _keep(session: Session, vault: Vault, resident_id: int, number: str | None) -> str:
    """Keep the number of a resident who has none on record; one that is there is the butler's to change."""
    resident = session.get_one(Resident, resident_id)
    if resident.phone_hash is not None:
        return "phone_known"
    if number is None:
        return "phone_unknown"
    kept_phone.keep(resident, vault, number)
    return "phone_kept"


def _answer(
    tools: Tools,
    session: Session,
    conversation: Conversation,
    link: ChannelLink,
    replies: tuple[Reply, ...],
    answers_id: int,
    *,
    is_stranger: bool = False,
) -> None:
    now = tools.clock.now()
    around = facts.gather(session, link, conversation, now)
    links.welcome_once(session, around, now)
    named = tuple(Reply(r.kind, {"address": around.facts.address_as}, r.buttons) for r in replies)
    # how to be invited comes without the button that was just used
    named += how_to_link(around.facts)[:1] if is_stranger else ()
    speaking.say(session, tools.menu, around, named, [], now, answers_id)
