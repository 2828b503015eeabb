"""A message with nothing under way: a ticket is meant, a wish begins, or it is small talk. Pure."""

from dataclasses import replace
from typing import Final

from backend.conversations import (
    about,
    again,
    denials,
    following,
    forms,
    guests,
    lift,
    lost,
    offers,
    own,
    power,
    recent,
    remarks,
    subjects,
    voices,
)
from backend.conversations.matters import number_of, on_tickets, satisfaction
from backend.conversations.state import Reply, Said, Turn, slot_values
from backend.conversations.talk import ENQUIRY, Talk, faq, greet, not_understood
from intents.meaning import Act, Intent, Meaning

#: a question this sure of its service is offered it as a button; any other goes to a person
LIKELY: Final = 0.7
#: what reads like a correction and is none is this surely a wish
SURELY: Final = 0.85
#: more words than these tell what is shown
_POINTS: Final = 24
NEW_WISH: Final = frozenset({Act.REQUEST, Act.COMPLAINT, Act.SUGGESTION, Act.PRAISE, Act.ENQUIRY})


def fresh(talk: Talk, heard: Said, intent: Intent) -> Turn:
    """A message with nothing under way."""
    meaning = heard.meaning
    taken = _asked_after(talk, heard, intent)
    taken = taken or voices.opened(talk, heard, intent) or offers.let_go(talk, heard, intent)
    taken = taken or denials.fresh(talk, heard)
    taken = taken or guests.announced(talk, heard, intent)
    taken = taken or offers.answered(talk, heard, intent) or own.in_words(talk, heard, intent)
    taken = taken or again.told(talk, heard, intent) or recent.of_last(talk, heard)
    taken = taken or following.how(talk, heard, intent)
    if taken is not None:
        return taken
    if meaning.faq and intent.act in (Act.ENQUIRY, Act.REQUEST):
        return offers.asked_again(talk, faq(talk, meaning.faq))
    small = _never_mind(talk, heard) or small_talk(talk, intent, meaning)
    if small is not None:
        return small
    if intent.act in (Act.CANCEL, Act.URGE, Act.RESCHEDULE, Act.AMEND):
        amended = _wish_in(talk, heard, intent)  # "no monthly cleaning, an hourly cleaner"
        return wishes(talk, amended) if amended else on_tickets(talk, intent, meaning)
    if intent.act in (Act.SATISFIED, Act.DISSATISFIED):
        return satisfaction(talk, heard, intent)
    if intent.act in (Act.COMPLAINT, Act.SUGGESTION, Act.PRAISE):
        return voices.voice_of(talk, heard, intent)
    if talk.facts.pointed is not None and _is_no_matter(meaning):
        return about.add(talk, talk.facts.pointed, meaning.text, heard.file_ids)
    if intent.act == Act.ENQUIRY and meaning.decision != "act" and intent.confidence < LIKELY:
        return voices.enquire(talk, heard)
    plain = power.report(talk, heard, intent) or lift.report(talk, heard, intent)
    if plain is not None:
        return plain
    if meaning.decision == "ask":
        return offers.offer(talk, meaning, slot_values(intent), heard.file_ids)
    if meaning.decision == "hand_over" or intent.act not in NEW_WISH:
        return not_understood(talk, intent.words or meaning.text)
    return wishes(talk, heard)


def _asked_after(talk: Talk, heard: Said, intent: Intent) -> Turn | None:
    """What is asked of a parcel or of a ticket, or shown of it."""
    told = lost.asked(talk, heard)
    if told is not None:
        return told
    return about.status(talk, number_of(intent)) if intent.act == Act.STATUS else _shown(talk, heard)


def _never_mind(talk: Talk, heard: Said) -> Turn | None:
    """ "Never mind" with nothing open lets nothing go; right after a ticket that one may be meant."""
    words, intent = heard.meaning.text, heard.meaning.intents[0]
    if not remarks.is_never_mind(words) or len(heard.meaning.intents) > 1 or talk.facts.pointed is not None:
        return None
    newest = max(talk.facts.tickets, key=lambda one: one.number, default=None)
    if newest is not None and recent.is_new(newest, talk) and about.may_offer(newest, "cancel"):
        return about.cancel(talk, newest.number)
    return Turn(talk.remember(failures=0), (Reply("no_matter"),)) if intent.act != Act.GOODBYE else None


def _shown(talk: Talk, heard: Said) -> Turn | None:
    """A photo with words that only point ("就是这里", "here it is") shows what was registered just now."""
    words, is_wish = heard.meaning.text, subjects.tells_fault(heard.meaning.text)
    is_wish = is_wish or subjects.orders(words) or heard.meaning.intents[0].act in (Act.COMPLAINT, Act.CANCEL)
    if not heard.file_ids or is_wish or len(words) > _POINTS or talk.state.offered:
        return None
    sure = heard.meaning.decision == "act" and heard.meaning.intents[0].act in NEW_WISH
    ticket = None if sure else about.find(talk, talk.state.about) or about.pick(talk, None)
    return about.add(talk, ticket.number, words, heard.file_ids) if ticket is not None else None


def _wish_in(talk: Talk, heard: Said, intent: Intent) -> Said | None:
    """What reads like a correction where there is nothing to correct, as the wish that it surely names."""
    best = next(iter(intent.alternatives), None)
    if intent.act != Act.AMEND or talk.facts.tickets or heard.meaning.decision == "act":
        return None
    if best is None or best.confidence < SURELY:
        return None
    wish = replace(intent, act=Act.REQUEST, item=best.item, confidence=best.confidence)
    return replace(heard, meaning=replace(heard.meaning, intents=(wish,)))


def _is_no_matter(meaning: Meaning) -> bool:
    """Nothing by itself: as a reply to a ticket's message it belongs to that ticket."""
    return meaning.decision != "act" or meaning.intents[0].act not in NEW_WISH


def small_talk(talk: Talk, intent: Intent, meaning: Meaning) -> Turn | None:
    if intent.act == Act.GREETING and len(meaning.intents) == 1:
        return greet(talk)
    kinds = {Act.THANKS: "welcome", Act.GOODBYE: "goodbye", Act.DENY: "goodbye", Act.AFFIRM: "yes_what"}
    if intent.act in kinds and len(meaning.intents) == 1:
        kind = kinds[intent.act]
        if any(t.workflow in ("complaint", "emergency") for t in talk.facts.tickets):
            kind = {"welcome": "welcome_plain", "goodbye": "goodbye_plain"}.get(kind, kind)
        values = {"address": talk.facts.address_as, "weekday": talk.now.weekday(), "hour": talk.now.hour}
        return Turn(talk.remember(failures=0), (Reply(kind, values),))
    if intent.act == Act.OUT_OF_SCOPE and talk.facts.pointed is None:
        return not_understood(talk, meaning.text, "out_of_scope")
    return None


def wishes(talk: Talk, heard: Said) -> Turn:
    """The first wish is begun; others wait their turn (`several.noted`)."""
    meaning = heard.meaning
    first = next((i for i in meaning.intents if i.item and i.act in NEW_WISH), None)
    if first is None:
        return unnamed(talk, heard)
    item = talk.item(first.item or ENQUIRY)
    if first.act == Act.ENQUIRY and item.workflow != "enquiry":
        item = talk.item(ENQUIRY)
    return forms.start(talk, item, slot_values(first), first.words or meaning.text, files=heard.file_ids)


def unnamed(talk: Talk, heard: Said) -> Turn:
    """A question without an item is an enquiry; any other wish without one is not understood yet."""
    if heard.meaning.intents[0].act == Act.ENQUIRY:
        return voices.enquire(talk, heard)
    return not_understood(talk, heard.meaning.text)
