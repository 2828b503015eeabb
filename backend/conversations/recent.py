"""What is told right after a ticket, and means nothing alone: its details, or another time for it. Pure."""

import re
from datetime import timedelta
from typing import Final

from backend.conversations import about
from backend.conversations.state import OpenTicket, Said, Turn, slot_values
from backend.conversations.talk import Talk
from intents.meaning import Act, Intent, Meaning
from intents.only_time import speaks_of_the_visit

#: words this soon after a ticket that mean nothing by themselves belong to it
JUST_NOW: Final = timedelta(minutes=5)
#: less sure than this, nothing but a greeting or a verdict was guessed; and a service was
GUESSED: Final = 0.75
HARDLY: Final = 0.5
#: so much for several services together is a wish for one of them
LEANS: Final = 0.4
_LONGEST: Final = 60
_ASKS: Final = re.compile(r"帮|请|麻烦|约|订|想|\b(?:please|could|can|would|need|want|book)\b", re.IGNORECASE)
_WISHES: Final = frozenset({Act.REQUEST, Act.ENQUIRY})
_ON_PURPOSE: Final = frozenset({
    Act.CANCEL, Act.HUMAN, Act.LANGUAGE, Act.MENU, Act.STATUS, Act.URGE, Act.RESCHEDULE, Act.AMEND,
})  # fmt: skip
#: so few words, "after ten" or "the blue one", name nothing that they would move, mend, or agree to
_FRAGMENT: Final = re.compile(
    r"\W*(?:[\d\u3400-\u9fff]{1,8}|[a-z\d']+(?:\W+[a-z\d']+){0,3})\W*", re.IGNORECASE
)
_OF_FRAGMENTS: Final = frozenset({Act.RESCHEDULE, Act.AMEND, Act.AFFIRM, Act.DENY})
#: from here on it is a plain yes, or so many words that move a visit
PLAIN: Final = 0.9


def of_last(talk: Talk, heard: Said) -> Turn | None:
    """Words that mean nothing by themselves, right after a ticket: its details, or another time for it."""
    ticket, intent = about.find(talk, talk.state.about), heard.meaning.intents[0]
    if ticket is None or talk.state.offered or not is_new(ticket, talk) or not _is_guess(heard.meaning):
        return None
    if _leans_elsewhere(heard.meaning, ticket):
        return None
    window = slot_values(intent).get("when")
    if not speaks_of_the_visit(heard.meaning.text, talk.now):
        window = None  # a time among other words is theirs
    if window is not None and "schedule" in ticket.actions and ticket.workflow != "complaint":
        return about.reschedule(talk, ticket.number, window, heard.meaning.text)
    return about.add(talk, ticket.number, heard.meaning.text, heard.file_ids)


def _leans_elsewhere(meaning: Meaning, ticket: OpenTicket) -> bool:
    """A wish of which only the service is not sure, between neighbours: it is asked about, not swallowed."""
    intent = meaning.intents[0]
    if meaning.decision != "ask" or intent.act not in _WISHES or intent.item == ticket.item:
        return False
    together = intent.confidence + sum(one.confidence for one in intent.alternatives)
    return bool(together >= LEANS and _ASKS.search(meaning.text))


def is_new(ticket: OpenTicket, talk: Talk) -> bool:
    """Whether a ticket was opened just now, and its work is not over."""
    is_over = ticket.state == "done"  # the danger, or the work
    return not is_over and ticket.opened_at is not None and talk.now - ticket.opened_at <= JUST_NOW


def _is_guess(meaning: Meaning) -> bool:
    intent: Intent = meaning.intents[0]
    if intent.act in _OF_FRAGMENTS and _FRAGMENT.fullmatch(meaning.text):
        return intent.confidence < PLAIN
    if len(meaning.text) > _LONGEST or len(meaning.intents) > 1 or intent.act in _ON_PURPOSE:
        return False
    if intent.act in _WISHES:
        return meaning.faq is None and meaning.decision != "act" and intent.confidence < HARDLY
    return intent.confidence < GUESSED
