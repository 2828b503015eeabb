"""What the bot answers although a person is in the chat: the quiet half hour leaves them the rest. Pure.

A wish with details (a time, a key, a plate) is as plain as one without: the engine is less sure of many words
than of few, though nothing else could be meant.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from backend.conversations import about, again, forms, guests, matters, new_matters, own, subjects
from backend.conversations.beginning import NEW_WISH
from backend.conversations.state import OnTicket, Said, Turn
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
    that the bot put after that person had spoken. Chat, thanks, what is unclear and whatever belongs to the
    ticket that the person wrote of are left to them."""
    intent = meaning.intents[0]
    if own.named(talk, meaning.text):
        return True
    is_open = talk.state.form is not None or bool(talk.state.offered)
    if is_open and asked_since(talk):
        return True
    if _is_for_person(talk, meaning):
        return False
    return intent.act in ALWAYS or _is_plain(talk, meaning) or new_matters.is_told(talk, meaning)


def _is_for_person(talk: Talk, meaning: Meaning) -> bool:
    """News of the work, a question about it, more of a complaint, or praise where nothing is to be judged."""
    act = meaning.intents[0].act
    if act == Act.STATUS and again.tells_fault(meaning.text):
        return True  # "that socket still has no power" is news of the work, and asks nothing
    if act == Act.SATISFIED and not any(one.wants_follow_up for one in talk.facts.tickets):
        return True
    if new_matters.is_for_worker(meaning):
        return True
    is_more = new_matters.is_more_of_voice(talk, meaning) or new_matters.is_news_of_work(talk, meaning)
    return is_more or new_matters.is_question_of_hand(talk, meaning)


def _is_plain(talk: Talk, meaning: Meaning) -> bool:
    """A wish that the engine is sure of, that names something, and nothing of which the person wrote."""
    intent = meaning.intents[0]
    if meaning.decision != "act" or intent.act not in NEW_WISH:
        return False
    if intent.act != Act.REQUEST or about.find(talk, talk.facts.staff_on) is None:
        return True
    words = meaning.text
    is_named = bool(subjects.things(words)) or subjects.orders(words) or subjects.tells_fault(words)
    return is_named and not new_matters.belongs(talk, meaning)


def after_staff(talk: Talk) -> Talk:
    """Of what a person wrote last the next words speak, and not of what the bot had asked before."""
    number = talk.facts.staff_on
    if number is None or number == talk.state.about or asked_since(talk):
        return talk
    return talk.with_state(talk.remember(about=number, expects=None))


def left_to_person(talk: Talk, heard: Said) -> Turn:
    """Nothing is said: words and photos belong to the ticket that the words name, else to the one staff wrote
    of last."""
    meaning = heard.meaning
    named = about.named(talk, talk.facts.tickets, meaning.text)
    told = about.find(talk, matters.number_of(meaning.intents[0])) or named
    last = talk.state.about if talk.facts.staff_on is None else talk.facts.staff_on
    ticket = told or about.find(talk, last) or next(iter(talk.facts.tickets), None)
    if ticket is None:
        return Turn(talk.state)
    photos = OnTicket("add", ticket.number, {"words": "", "file_ids": list(heard.file_ids)})
    return Turn(talk.remember(about=ticket.number), (), (photos,) if heard.file_ids else ())


def asked_since(talk: Talk) -> bool:
    """Whether the bot has spoken after the person who is in the chat."""
    replied, said_at = talk.facts.human_replied_at, talk.state.said_at
    return bool(said_at) and replied is not None and datetime.fromisoformat(said_at) > replied


def _begins_surely(talk: Talk, meaning: Meaning) -> bool:
    """Whether the read-back alone is enough to see to it that the right service begins."""
    intent = meaning.intents[0]
    item = talk.menu.find_item(intent.item) if intent.item else None
    is_read_back = item is not None and item.workflow not in forms.NO_READ_BACK | forms.AT_ONCE
    is_guest = guests.is_told(meaning, intent)
    return new_matters.is_told(talk, meaning) and (is_guest or (is_read_back and _stands_out(intent)))


def _stands_out(intent: Intent) -> bool:
    """Whether one service is likely and no other is nearly so."""
    second = max((one.confidence for one in intent.alternatives if one.item != intent.item), default=0.0)
    return intent.item is not None and intent.confidence >= max(LIKELY, second / HALF)


def taken_plainly(talk: Talk, heard: Said) -> Said:
    """The new matter begins: into a person's talk no list of services is put. Its read-back shows it."""
    meaning = heard.meaning
    if not talk.facts.is_quiet or meaning.decision == "act" or not _begins_surely(talk, meaning):
        return heard
    return replace(heard, meaning=replace(meaning, decision="act"))
