"""One turn: a stored message becomes state, tickets, clocks and replies, in one transaction.

Understanding happens before the write transaction; inside it the state's version is read again, and when
it changed meanwhile the message is understood again. A turn that raises leaves nothing behind: passing
faults of the database run the whole turn again, anything else parks the message and a person looks.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.orm import Session

from backend.conversations import (
    changing,
    directory,
    entering,
    facts,
    following,
    guesses,
    instead,
    keeping,
    links,
    queries,
    reading,
    settled,
    speaking,
)
from backend.conversations.dialogue import next_turn
from backend.conversations.orders import Desk
from backend.conversations.state import (
    Edited,
    EndDraft,
    Heard,
    KeepDraft,
    Open,
    Order,
    Reply,
    Said,
    State,
)
from backend.conversations.talk import CALL_ME
from backend.conversations.tools import Tools
from backend.errors import Busy, GuanjiaError
from backend.messages import live
from backend.messages import queries as message_queries
from backend.messages import service as messages
from backend.models import Message
from backend.people import phones
from backend.tickets import queries as ticket_queries
from backend.tickets import resident
from intents.meaning import Act, Meaning
from intents.only_time import orders

log = structlog.get_logger(__name__)
#: how sure a fragment with its beginning must be of a service
FAIRLY: Final = 0.6
#: a message this soon after the same person's previous one is read together with it (CON-06)
TOGETHER: Final = timedelta(seconds=3)
#: each time the state moved another turn of this chat was done
MOST_MOVES: Final = 50
#: after these nothing goes on with what was withdrawn
WITHDRAWN: Final = frozenset({"let_go", "dropped"})
UNCLEAR: Final = frozenset({"not_understood", "say_it_differently", "out_of_scope", "which", "what_again"})


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that waits for its turn, as it was read: its link, the estate's zone, open ticket numbers."""

    message: queries.WaitingMessage
    link: queries.WaitingLink
    timezone: str
    open_numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood, of which message in which wording, against which version of the link's state."""

    message_id: int
    conversation_id: int
    state_version: int
    wording: str
    text: str
    meaning: Meaning | None
    joins: dict[str, Any] | None


class StateMoved(GuanjiaError):
    """The link's state or the wording changed between understanding and writing: understand again."""


def take_turn(tools: Tools, conversation_id: int) -> int | None:
    """Run the turn of the conversation's oldest waiting message; its id, or None when none waits.

    Raises Busy when the database cannot be reached, or other turns were faster too often: the message waits.
    """
    tools = replace(tools)  # this turn's own: another engine may take the place of the present one
    for _ in range(MOST_MOVES):
        waiting = _next(tools, conversation_id)
        if waiting is None:
            return None
        try:
            if not entering.settle(tools, waiting.message, waiting.link):
                tools.db.run(partial(write, tools, understand(tools, waiting)))
        except StateMoved:
            continue
        except Busy:
            raise
        except Exception as error:
            park(tools, waiting.message.id, error)
        return waiting.message.id
    raise Busy("the state of this chat changed again and again")


def _next(tools: Tools, conversation_id: int) -> Waiting | None:
    with tools.db.read() as session:
        found = queries.find_next(session, conversation_id, tools.clock.real_now())
        return Waiting(*found, _open_numbers(session, conversation_id)) if found else None


def understand(tools: Tools, waiting: Waiting) -> Reading:
    """Ask the engine what the message means, outside any transaction."""
    message, link = waiting.message, waiting.link
    stored, version, zone = link.state, link.state_version, ZoneInfo(waiting.timezone)
    read_as = (message.id, message.conversation_id, version, message.text)
    if not reading.words_of(message):
        return Reading(*read_as, message.text, None, None)

    def read(text: str, state: dict[str, Any]) -> Meaning:
        now = State.from_json(state)
        hint = reading.hint_of(now, tools.menu, link.language, waiting.open_numbers, message.sent_at)
        ask = partial(tools.engine.understand, now=message.sent_at.astimezone(zone), hint=hint)
        return instead.understood(ask, text, now, tools.menu)

    alone = read(message.text, stored.get("now", {}))
    last = None if reading.is_reread(message) else joinable(stored, message)
    if last is not None and _may_join(alone, was_unclear=last["unclear"]):
        both = f"{last['text']}\n{message.text}"
        together = read(both, last["before"])
        if not is_unclear(together) or _is_clearer(together, alone, last):
            return Reading(*read_as, both, together, last)
    more = reading.with_offered(State.from_json(stored.get("now", {})), message.text)
    if more is not None and not alone.emergency and alone.intents[0].act in reading.SEEMING:
        together = read(more, stored.get("now", {}))
        if _goes_on(together, alone):
            return Reading(*read_as, more, together, None)
    question = following.together(State.from_json(stored.get("now", {})), message.text, message.sent_at)
    if question is not None and not alone.emergency:
        known, told = State.from_json(stored.get("now", {})), read(question, stored.get("now", {}))
        meaning = following.meant(known, message.text, told, tools.menu)
        return Reading(*read_as, question, meaning, None)
    return Reading(*read_as, message.text, alone, None)


def _goes_on(together: Meaning, alone: Meaning) -> bool:
    """Whether a fragment says with what was offered before surely what it does not say alone."""
    first, only = together.intents[0], alone.intents[0]
    is_wish = alone.decision == "act" and only.act == Act.REQUEST and only.item is not None
    if is_wish and ("where" in only.slots or orders(alone.text.lower())):
        return False  # a wish of its own: "关不严" is none
    surer = first.confidence >= FAIRLY and (only.item != first.item or first.confidence > only.confidence)
    return not together.emergency and first.act == Act.REQUEST and first.item is not None and surer


def _may_join(alone: Meaning, *, was_unclear: bool) -> bool:
    """A piece that means nothing alone, or a wish whose first piece meant nothing; never an alarm, and never
    what asks for a change of what was just read back."""
    if alone.emergency or changing.is_asked(alone.text):
        return False
    return is_unclear(alone) or (was_unclear and alone.intents[0].act == Act.REQUEST)


def _is_clearer(together: Meaning, alone: Meaning, last: Mapping[str, Any]) -> bool:
    """Two pieces that both say too little, and say together more surely what is wanted."""
    first = together.intents[0]
    both_unclear = last["unclear"] and is_unclear(alone)
    return both_unclear and first.item is not None and first.confidence > last.get("sure", 1.0)


def is_unclear(meaning: Meaning) -> bool:
    """True when a text by itself says nothing the bot can act on."""
    return meaning.decision != "act" or meaning.intents[0].act == Act.OUT_OF_SCOPE


def _open_numbers(session: Session, conversation_id: int) -> tuple[int, ...]:
    return tuple(ticket_queries.list_own_numbers(session, conversation_id))


def joinable(state: dict[str, Any], message: queries.WaitingMessage) -> dict[str, Any] | None:
    """The previous message's record, when this one may belong to it: same person, within three seconds,
    and the bot had asked nothing that this could answer, nor done anything that cannot be taken back.

    Whether it does is seen by reading: two whole messages stay two, a message in pieces becomes one."""
    last = state.get("last")
    if not last or not last.get("free"):
        return None
    gap = message.sent_at - datetime.fromisoformat(last["at"])
    return last if timedelta(0) <= gap <= TOGETHER else None


def write(tools: Tools, read: Reading, session: Session) -> None:
    """The turn's one transaction."""
    conversation = message_queries.lock_conversation(session, read.conversation_id)
    message, link = queries.hold_turn(session, read.message_id)
    if message.turn_state != message_queries.WAITING:
        return
    if link.state_version != read.state_version or message.text != read.wording:
        raise StateMoved
    now = tools.clock.now()
    around = reading.pointing(session, message, facts.gather(session, link, conversation, now))
    before = read.joins["before"] if read.joins else link.state.get("now", {})
    state = State.from_json(before)
    local = now.astimezone(ZoneInfo(around.estate.timezone))
    heard = reading.heard_of(session, message, read.meaning, link, around)
    turn = next_turn(state, heard, tools.menu, local, around.facts)
    message.values = guesses.kept(message.values, read.meaning)
    desk = Desk(session, tools.menu, around, message, now)
    done = desk.carry_out(turn.orders)
    if read.joins:
        _replace(session, read.joins, message.id, now)
        if turn.state.form is None and not any(isinstance(order, KeepDraft) for order in turn.orders):
            # begun by the first piece alone, and not meant; or there is a ticket instead
            is_opened = any(isinstance(order, Open) for order in turn.orders)
            desk.end_draft("handed_over" if is_opened else "dropped")
    replies = turn.replies
    if around.facts.language != link.language:
        spoken = facts.gather(session, link, conversation, now).facts
        replies = speaking.reworded(replies, around.facts, spoken)
        around = replace(around, facts=replace(spoken, pointed=around.facts.pointed))
    replies = directory.with_number(replies, _butler_phone(tools, around))
    is_urgent = any(reply.is_urgent for reply in replies)
    if not is_urgent:  # what keeps people safe is said first, even before who we are
        links.welcome_once(session, around, now)
    said = speaking.say(session, tools.menu, around, replies, done, now, message.id, desk.clocks)
    if is_urgent:
        links.welcome_once(session, around, now)
    spoken_of = next((t.number for t in done if t is not None), None) if turn.replies else None
    about = turn.state.about if spoken_of is None else spoken_of
    after = replace(turn.state, about=about)
    is_over = any(reply.kind in WITHDRAWN for reply in turn.replies)
    is_free = state.form is None and state.expects is None and _is_reversible(turn.orders) and not is_over
    last = {
        "id": message.id, "text": read.text, "at": message.sent_at.isoformat(),
        "before": before, "free": is_free, "replies": [m.id for m in said],
        "unclear": any(r.kind in UNCLEAR for r in turn.replies),
        "sure": read.meaning.intents[0].confidence if read.meaning is not None else 1.0,
    }  # fmt: skip
    asked = settled.close(session, link, after, said, now)
    link.state = {"now": after.to_json(), "last": _last(heard, last), "asked": asked}
    link.state_version += 1
    message.turn_state = "done"
    message.values = {k: v for k, v in message.values.items() if k != "reread"}
    if around.facts.is_quiet and not turn.replies:
        is_nothing_new = _is_courtesy(read.meaning) or isinstance(heard, Edited)
        _leave(session, around, message, after.about, now, is_nothing_new=is_nothing_new)
    _show_in_ticket(session, around, message, now)


def _is_reversible(orders: tuple[Order, ...]) -> bool:
    return all(isinstance(order, KeepDraft) for order in orders)


def _last(heard: Heard, last: dict[str, Any]) -> dict[str, Any] | None:
    """What the next message may belong to, or its author may edit: words that were read just now."""
    return last if isinstance(heard, Said) else None


def _replace(session: Session, joins: dict[str, Any], by_id: int, now: datetime) -> None:
    """The earlier reply gives way to the one that read both messages (CON-06), in the channel's chat too."""
    for message_id in joins["replies"]:
        message_queries.get_message(session, message_id).replaced_by_id = by_id
        messages.take_back(session, message_id, now)


def _is_courtesy(meaning: Meaning | None) -> bool:
    return meaning is not None and meaning.intents[0].act in (Act.THANKS, Act.GOODBYE, Act.GREETING)


def _leave(
    session: Session, around: facts.Surroundings, message: Message, number: int | None, now: datetime, *,
    is_nothing_new: bool,
) -> None:  # fmt: skip
    """What is left to the person in the chat belongs to their ticket, and rings for whoever answers for it.

    What the bot answers in that half hour is a matter of its own.
    """
    ticket, since = around.tickets.get(number or 0), around.facts.human_replied_at
    if ticket is None or message.ticket_id not in (None, ticket.id):
        return
    message.ticket_id = ticket.id
    if since is not None and not is_nothing_new:
        resident.wrote(session, ticket, since, now)


def _show_in_ticket(session: Session, around: facts.Surroundings, message: Message, now: datetime) -> None:
    """A message in a chat with open tickets belongs to the one it was about; open pages hear of it."""
    if message.ticket_id is None and around.facts.pointed is not None:
        message.ticket_id = around.tickets[around.facts.pointed].id
    live.emit_all(session, around.estate.id, "ticket", [{"number": n} for n in around.tickets], now)


def park(tools: Tools, message_id: int, error: Exception) -> None:
    """A message whose turn failed: logged with an id, shown as needing attention, handed to a person."""
    error_id = secrets.token_hex(6)
    log.error("turn_failed", error_id=error_id, message_id=message_id, exc_info=error)
    try:
        tools.db.run(lambda session: _park(tools, session, message_id, error_id))
    except Exception as second:
        log.error("parking_failed", error_id=error_id, message_id=message_id, exc_info=second)
        tools.db.run(lambda session: _give_up(session, message_id, error_id))


def _butler_phone(tools: Tools, around: facts.Surroundings) -> str:
    """As it stands on the card of a chat that is linked to a home; "" elsewhere, and where there is none."""
    butler = around.butler if around.resident is not None else None
    return phones.pretty(tools.vault.unseal(butler.phone_sealed)) if butler and butler.phone_sealed else ""


def _park(tools: Tools, session: Session, message_id: int, error_id: str) -> None:
    seen = message_queries.get_message(session, message_id)
    conversation = message_queries.lock_conversation(session, seen.conversation_id)
    message, link = queries.hold_turn(session, message_id)
    if message.turn_state != message_queries.WAITING:
        return
    now = tools.clock.now()
    around = facts.gather(session, link, conversation, now)
    state = State.from_json(link.state.get("now", {}))
    words = _said_so_far(state, message.text)
    order = Open(CALL_ME, {}, words, message.sent_at.isoformat(), "failed", keeping.files_of(state))
    done = Desk(session, tools.menu, around, message, now).carry_out((EndDraft("handed_over"), order))
    reply = Reply("failed", {"address": around.facts.address_as}, order=1)
    speaking.say(session, tools.menu, around, (reply,), done, now, message.id)
    link.state, link.state_version = {}, link.state_version + 1
    _give_up(session, message_id, error_id)


def _said_so_far(state: State, words: str) -> str:
    """What is under way and what waits end with the failed turn: the person who looks reads them too."""
    begun = state.form.words if state.form is not None else ""
    return keeping.all_words(begun, (*keeping.words_of(state), words))


def _give_up(session: Session, message_id: int, error_id: str) -> None:
    message = message_queries.get_message(session, message_id)
    message.turn_state, message.error_id = "parked", error_id
    entering.forget_secrets(message)


def run_waiting(tools: Tools, conversation_id: int, until: int | None = None) -> None:
    """Run the waiting turns of one conversation in order, all of them or up to message ``until``."""
    while (done := take_turn(tools, conversation_id)) is not None:
        if done == until:
            return
