"""What the bot answers although a person is in the chat: the quiet half hour leaves them the rest. Pure.

A wish with details (a time, a key, a plate) is as plain as one without: the engine is less sure of many words
than of few, though nothing else could be meant.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from backend.conversations import about, again, guests, matters, own
from backend.conversations.beginning import NEW_WISH
from backend.conversations.state import Said, Turn
from backend.conversations.talk import Talk
from intents.meaning import Act, Intent, Meaning

ALWAYS: Final = frozenset({
    Act.SATISFIED, Act.DISSATISFIED, Act.CANCEL, Act.URGE, Act.COMPLAINT, Act.STATUS,
})  # fmt: skip
#: a wish this likely is one, where no other service is half as likely
LIKELY: Final = 0.5
HALF: Final = 0.5


def wakes(talk: Talk, meaning: Meaning) -> bool:
    """Verdicts, complaints, a plain new wish or question (its clock must start), and answers to a question
    that the bot put after that person had spoken. Chat, thanks and what is unclear are left to the person."""
    intent = meaning.intents[0]
    is_plain = meaning.decision == "act" and intent.act in NEW_WISH
    if intent.act == Act.STATUS and again.tells_fault(meaning.text):
        return False  # "that socket still has no power" is news of the work, and asks nothing
    if own.named(talk, meaning.text) or intent.act in ALWAYS or is_plain or is_new_matter(talk, meaning):
        return True
    is_open = talk.state.form is not None or bool(talk.state.offered)
    return is_open and asked_since(talk)


def after_staff(talk: Talk) -> Talk:
    """Of what a person wrote last the next words speak, and not of what the bot had asked before."""
    number = talk.facts.staff_on
    if number is None or number == talk.state.about or asked_since(talk):
        return talk
    return talk.with_state(talk.remember(about=number, expects=None))


def left_to_person(talk: Talk, meaning: Meaning) -> Turn:
    """Nothing is said: the words belong to the ticket that they name, else to the one staff wrote of last."""
    named = about.named(talk, talk.facts.tickets, meaning.text)
    told = about.find(talk, matters.number_of(meaning.intents[0])) or named
    last = talk.state.about if talk.facts.staff_on is None else talk.facts.staff_on
    ticket = told or about.find(talk, last) or next(iter(talk.facts.tickets), None)
    return Turn(talk.remember(about=ticket.number) if ticket else talk.state)


def asked_since(talk: Talk) -> bool:
    """Whether the bot has spoken after the person who is in the chat."""
    replied, said_at = talk.facts.human_replied_at, talk.state.said_at
    return bool(said_at) and replied is not None and datetime.fromisoformat(said_at) > replied


def is_new_matter(talk: Talk, meaning: Meaning) -> bool:
    """Whether words with details surely are of another service than everything that is in hand."""
    intent = meaning.intents[0]
    if talk.facts.pointed is not None or intent.act != Act.REQUEST or meaning.faq is not None:
        return False
    if guests.is_told(meaning, intent):
        return True
    in_hand = [ticket.item for ticket in talk.facts.tickets]
    return _stands_out(intent) and all(matters.is_of_another_kind(talk, intent, item) for item in in_hand)


def _stands_out(intent: Intent) -> bool:
    """Whether one service is likely and no other is nearly so."""
    second = max((one.confidence for one in intent.alternatives if one.item != intent.item), default=0.0)
    return intent.item is not None and intent.confidence >= max(LIKELY, second / HALF)


def taken_plainly(talk: Talk, heard: Said) -> Said:
    """The new matter begins: into a person's talk no list of services is put. Its read-back shows it."""
    meaning = heard.meaning
    if not talk.facts.is_quiet or meaning.decision == "act" or not is_new_matter(talk, meaning):
        return heard
    return replace(heard, meaning=replace(meaning, decision="act"))
