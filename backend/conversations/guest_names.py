"""A guest's name: a mere yes is none, and one that is told while something else is asked is kept. Pure."""

import re
from dataclasses import replace
from typing import Any, Final

from backend.conversations import forms, headcount, offers
from backend.conversations.guests import VISITOR
from backend.conversations.state import Form, Said, Turn, slot_values
from backend.conversations.talk import Talk
from intents.meaning import Act, Intent
from intents.told_things import guest_in

SLOT: Final = "visitor"
_SEEMING: Final = frozenset({Act.OUT_OF_SCOPE, Act.INFORM, Act.REQUEST, Act.ENQUIRY})
#: a yes that answers no question with choices
_YES: Final = re.compile(
    r"ok(?:ay)?|yes|yeah|yep|sure|right|correct|fine|对的?|是的?|好[的嘞啊]?|行|没错|没问题|嗯+",
    re.IGNORECASE,
)
#: as likely as this a service is what the word names
LIKELY: Final = 0.4


def is_no_value(words: str) -> bool:
    """Whether an answer in free words says no more than yes: nobody is called "对"."""
    return _YES.fullmatch(words.strip(" .!。！~")) is not None


def in_passing(talk: Talk, form: Form | None, heard: Said, intent: Intent) -> Turn | None:
    """The turn of a name that answers nothing but whom a visit is of; then the open question comes again."""
    name = _bare_name(heard.meaning.text, intent)
    if not name:
        return None
    if form is not None and _lacks(form.item, form.slots) and form.asking not in (None, SLOT):
        told = {SLOT: headcount.with_name(name, form.words)}
        kept = replace(form, slots={**form.slots, **told})
        return forms.resume(talk.with_state(talk.remember(form=kept)), kept)
    waiting = next((wish for wish in talk.state.waiting if _lacks(wish["item"], wish["slots"])), None)
    if waiting is None or (form is not None and form.asking == SLOT):
        return None
    named = {**waiting, "slots": {**waiting["slots"], SLOT: headcount.with_name(name, str(waiting["words"]))}}
    wishes = tuple(named if wish is waiting else wish for wish in talk.state.waiting)
    state = talk.remember(waiting=wishes)
    if form is not None:
        return forms.resume(talk.with_state(state), form)
    return offers.asked_again(talk, Turn(state)) if state.offered else None


def _lacks(item: str, slots: dict[str, Any]) -> bool:
    return item == VISITOR and SLOT not in slots


def _bare_name(words: str, intent: Intent) -> str:
    """The words where they are a name and nothing else."""
    said = words.strip(" 。.!！")
    is_other = intent.act not in _SEEMING or bool(slot_values(intent).keys() - {SLOT})
    if is_other or (intent.item is not None and intent.confidence >= LIKELY):
        return ""
    return said if said and said in (guest_in(f"朋友{said}"), guest_in(f"my friend {said}")) else ""
