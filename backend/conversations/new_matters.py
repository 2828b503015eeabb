"""Whether words open a matter of their own, or belong to one in hand, while a person is in the chat. Pure.

What fails or is ordered, and is another thing or in another room than the tickets in hand speak of, is new:
its clock must start. What a ticket speaks of, and what answers, adds or asks about it, is for the person.
"""

import re
from dataclasses import replace
from typing import Final

from backend.conversations import about, again, guests, subjects
from backend.conversations.state import OpenTicket, Said
from backend.conversations.talk import Talk
from intents.meaning import Act, Alternative, Intent, Meaning

#: what is ordered without naming a thing ("I want to borrow something") must be this likely some service
HARDLY: Final = 0.2
#: a guess less likely than this is none
GUESS: Final = 0.1
#: what goes on with a complaint or an idea, by the workflow of its ticket
_VOICES: Final = {
    "complaint": frozenset({Act.COMPLAINT, Act.DISSATISFIED, Act.SUGGESTION}),
    "suggestion": frozenset({Act.SUGGESTION}),
}
_TO_TAKE: Final = (Act.REQUEST, Act.ENQUIRY)
_QUESTIONS: Final = frozenset({Act.ENQUIRY, Act.STATUS})
#: acts that a fault may only seem to be: "门铃不响了" is no verdict
_SEEMING: Final = frozenset({
    Act.SATISFIED, Act.DISSATISFIED, Act.AMEND, Act.INFORM, Act.OUT_OF_SCOPE, Act.ENQUIRY, Act.GOODBYE,
    Act.AFFIRM, Act.DENY, Act.RESCHEDULE, Act.COMPLAINT, Act.URGE,
})  # fmt: skip
#: complained of in so many words
_COMPLAINS: Final = re.compile(r"投诉|举报|抗议|\bcomplain", re.IGNORECASE)
#: displeasure is told, and not merely taken out of "这是地漏"
_DISPLEASED: Final = re.compile(
    r"不满|投诉|差劲|[太很真好]差|失望|生气|气[愤死]|太慢|敷衍|糟|烂|不负责|骗|态度|垃圾|不像话|过分|离谱|受不了|搞什么|怎么搞"
    r"|\b(?:unhappy|dissatisfied|disappoint\w*|complain\w*|terrible|awful|bad|rude|poor\w*|unacceptable|ridiculous|useless"
    r"|worst|angry|annoy\w*|fed up)\b|\bnot (?:\w+ )?(?:happy|satisfied|good|acceptable|impressed|on)\b",
    re.IGNORECASE,
)
_STATUS: Final = re.compile(
    r"进度|进展|单子|工单|单号|状态|到哪一?步|(?<![0-9A-Za-z])#?\d{4}(?!\d)"
    r"|\b(?:status|progress|tickets?|requests?|any news|update)\b",
    re.IGNORECASE,
)


def is_told(talk: Talk, meaning: Meaning) -> bool:
    """Whether the words plainly open a matter of their own, however unsure the engine is of its service."""
    intent, words = meaning.intents[0], meaning.text
    if talk.facts.pointed is not None or likeliest(intent) is None:
        return False
    if guests.is_told(meaning, intent):
        return not _is_of_visit(talk, meaning)
    if subjects.tells_fault(words):
        return bool(subjects.things(words)) and not belongs(talk, meaning)
    return subjects.orders(words) and _is_ordered(talk, meaning) and not belongs(talk, meaning)


def likeliest(intent: Intent) -> str | None:
    """The service that the engine thinks of first, where it thinks of any."""
    own = (Alternative(intent.item, intent.confidence),) if intent.item else ()
    best = max((*own, *intent.alternatives), key=lambda one: one.confidence, default=None)
    return best.item if best is not None and best.confidence >= GUESS else None


def belongs(talk: Talk, meaning: Meaning) -> bool:
    """Whether the words are of a ticket in hand: its service or thing, in its room, and none beside it."""
    return any(_is_of(talk, ticket, meaning) for ticket in _in_hand(talk))


def is_question_of_hand(talk: Talk, meaning: Meaning) -> bool:
    """Whether a question names nothing but what is in hand ("how much will it be?"): the person answers."""
    intent, words = meaning.intents[0], meaning.text
    if intent.act not in _QUESTIONS or talk.facts.staff_on is None:
        return False
    if intent.act == Act.STATUS:
        return _STATUS.search(words) is None
    named = subjects.things(words)
    of_hand = frozenset[str]().union(*(_things_of(talk, ticket) for ticket in _in_hand(talk)))
    if not named:  # a stored answer is about something that was named
        return True
    return meaning.faq is None and (bool(named & of_hand) or subjects.tells_worker(words))


def is_more_of_voice(talk: Talk, meaning: Meaning) -> bool:
    """Whether a complaint or an idea only goes on with the one of which a person has written."""
    ticket = about.find(talk, talk.facts.staff_on)
    kinds = _VOICES.get(ticket.workflow, frozenset()) if ticket is not None else frozenset()
    is_anew = _COMPLAINS.search(meaning.text) is not None or subjects.adds_another(meaning.text)
    return meaning.intents[0].act in kinds and not is_anew


def complains(words: str) -> bool:
    """Whether it is complained of something in so many words."""
    return _COMPLAINS.search(words) is not None


def asks_status(words: str) -> bool:
    """Whether tickets and how they stand are spoken of in so many words."""
    return _STATUS.search(words) is not None


def is_for_worker(meaning: Meaning) -> bool:
    """Whether it is said to whoever comes, and neither fails nor is complained of."""
    words = meaning.text
    is_voice = meaning.intents[0].act in (*_TO_TAKE, Act.COMPLAINT, Act.SUGGESTION, Act.DISSATISFIED)
    is_plain = not subjects.tells_fault(words) and _COMPLAINS.search(words) is None
    return is_voice and is_plain and subjects.tells_worker(words)


def is_news_of_work(talk: Talk, meaning: Meaning) -> bool:
    """Whether what is in hand fails still, or is complained of by half, with nothing to be judged."""
    intent, words = meaning.intents[0], meaning.text
    if any(one.wants_follow_up for one in talk.facts.tickets):
        return False
    if intent.act == Act.COMPLAINT:
        is_told = _COMPLAINS.search(words) or _DISPLEASED.search(words)
        return meaning.decision != "act" and not is_told
    if intent.act == Act.DISSATISFIED and not _DISPLEASED.search(words):
        return True
    is_seeming = intent.act in (Act.STATUS, Act.DISSATISFIED) and again.tells_fault(words)
    return is_seeming and (not subjects.things(words) or belongs(talk, meaning))


def as_wish(talk: Talk, heard: Said) -> Said:
    """A fault that only seems to be a verdict or small talk, read as the wish that it is."""
    intent = heard.meaning.intents[0]
    is_sure = heard.meaning.decision == "act" and intent.act != Act.SATISFIED
    is_seeming = intent.act in _SEEMING and not is_sure and talk.state.form is None
    if not is_seeming or len(heard.meaning.intents) > 1 or not is_plain_fault(talk, heard.meaning):
        return heard
    best, *others = sorted(intent.alternatives, key=lambda one: -one.confidence)
    wish = replace(intent, act=Act.REQUEST, item=best.item, confidence=best.confidence,
                   alternatives=tuple(others))  # fmt: skip
    return replace(heard, meaning=replace(heard.meaning, intents=(wish,), decision="ask"))


def is_plain_fault(talk: Talk, meaning: Meaning) -> bool:
    """Whether a thing is told to fail that no ticket is about, and no work waits for a verdict."""
    intent, words = meaning.intents[0], meaning.text
    best = max((one.confidence for one in intent.alternatives), default=0.0)
    if (
        best < HARDLY
        or meaning.faq
        or _COMPLAINS.search(words)
        or any(one.wants_follow_up for one in talk.facts.tickets)
    ):
        return False
    return subjects.tells_fault(words) and bool(subjects.things(words)) and not belongs(talk, meaning)


def _in_hand(talk: Talk) -> tuple[OpenTicket, ...]:
    """All open tickets, that of which staff wrote last before the others."""
    first = talk.facts.staff_on
    return tuple(sorted(talk.facts.tickets, key=lambda one: one.number != first))


def _is_of(talk: Talk, ticket: OpenTicket, meaning: Meaning) -> bool:
    intent, words = meaning.intents[0], meaning.text
    is_spoken_of = talk.facts.staff_on in (None, ticket.number)
    if subjects.adds_another(words) or _is_elsewhere(talk, ticket, intent, words):
        return False
    named, item = subjects.things(words), likeliest(intent)
    if named & _things_of(talk, ticket):
        return is_spoken_of or not subjects.orders(words) or subjects.tells_fault(words)
    return is_spoken_of and (item == ticket.item or _is_of_trade(talk, ticket, item, meaning))


def _is_of_trade(talk: Talk, ticket: OpenTicket, item: str | None, meaning: Meaning) -> bool:
    """An unsure guess at the ticket's own kind of work is more of it: "the pipe is broken" of a tap."""
    one, other = (talk.menu.find_item(which) if which else None for which in (ticket.item, item))
    is_sure = meaning.decision == "act"
    return one is not None and other is not None and one.category == other.category and not is_sure


def _is_elsewhere(talk: Talk, ticket: OpenTicket, intent: Intent, words: str) -> bool:
    """Whether another room is named than the ticket's own; an answer tells the room anew."""
    rooms = {option.id for option in talk.menu.slots["where"].options}
    where = intent.slots.get("where")
    return {where, ticket.where} <= rooms and where != ticket.where and not subjects.answers(words)


def _things_of(talk: Talk, ticket: OpenTicket) -> frozenset[str]:
    """The things that a ticket is about: as its service calls them, and as they were told."""
    item = talk.menu.find_item(ticket.item)
    names = (ticket.name, item.name.zh, item.name.en, *item.aliases) if item else (ticket.name,)
    return subjects.things(" ; ".join((*names, ticket.words)))


def _is_ordered(talk: Talk, meaning: Meaning) -> bool:
    """An order names what is ordered, or can hardly be anything but some other service."""
    intent = meaning.intents[0]
    if intent.act in (Act.CANCEL, Act.RESCHEDULE, Act.AMEND, Act.DENY):
        return False
    if subjects.things(meaning.text):
        return True
    best = max((intent.confidence if intent.item else 0.0, *(one.confidence for one in intent.alternatives)))
    return best >= HARDLY


def _is_of_visit(talk: Talk, meaning: Meaning) -> bool:
    """A guest of whom staff have just written, unless it is one more, on a day of their own."""
    ticket = about.find(talk, talk.facts.staff_on)
    if ticket is None or ticket.item != guests.VISITOR:
        return False
    return not guests.is_one_more(meaning)
