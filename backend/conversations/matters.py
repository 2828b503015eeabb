"""What is said of matters in hand: chasing, calling off, another time, a detail, a verdict. Pure."""

from dataclasses import replace
from typing import Final

from backend.conversations import about, remarks, voices
from backend.conversations.state import Reply, Said, Turn, slot_values
from backend.conversations.talk import COMPLAINT, Talk, not_understood
from intents.meaning import Act, Intent, Meaning


def number_of(intent: Intent) -> int | None:
    """The ticket that is named by its number."""
    number = intent.slots.get("ticket")
    return number if isinstance(number, int) else None


#: a wish told with a time is this likely a matter of its own, and not the time of the one in hand
LIKELY: Final = 0.5


def is_of_another_kind(talk: Talk, intent: Intent, in_hand: str | None) -> bool:
    """Whether a wish that names a time surely is of another kind than the service in hand: who asked "when?"
    hears "tomorrow at three" in it as well."""
    if intent.act != Act.REQUEST or intent.item is None or intent.confidence < LIKELY:
        return False
    item = talk.menu.find_item(in_hand) if in_hand else None
    return item is None or talk.item(intent.item).category != item.category


def on_tickets(talk: Talk, intent: Intent, meaning: Meaning) -> Turn:
    """Chased, called off, moved or mended: the ticket that is meant, by number, by name, or the only one."""
    number, words = number_of(intent), meaning.text
    if intent.act == Act.URGE:
        return about.urge(talk, number, words)
    if about.calls_off(talk, number, words, intent):
        return about.unschedule(talk, number, words)
    if intent.act == Act.CANCEL or (intent.act == Act.RESCHEDULE and remarks.only_the_time(words, intent)):
        return about.cancel(talk, number, words)
    slots = slot_values(intent)
    is_timed = "when" in slots and not remarks.tells_who_is_home(words, intent)
    if intent.act == Act.RESCHEDULE or is_timed:
        return about.reschedule(talk, number, slots.get("when"), words)
    ticket = about.pick(talk, number, words=words)
    if ticket is None:
        return not_understood(talk, words)
    return about.add(talk, ticket.number, words, ())


def satisfaction(talk: Talk, heard: Said, intent: Intent) -> Turn:
    """A verdict on finished work; where none waits for it, thanks are returned and displeasure complains."""
    result = "satisfied" if intent.act == Act.SATISFIED else "unsatisfied"
    turn = about.verdict(talk, result, heard.meaning.text, number_of(intent))
    turn = turn or about.whose_verdict(talk, result)
    if turn is not None:
        return turn
    if result == "satisfied":
        values = {"address": talk.facts.address_as, "weekday": talk.now.weekday(), "hour": talk.now.hour}
        return Turn(talk.remember(failures=0), (Reply("welcome", values),))
    return voices.voice_of(talk, heard, replace(intent, act=Act.COMPLAINT, item=COMPLAINT))
