"""Said in the middle of a wish, and plainly no part of it: a guest, a lost scarf, a parcel. Pure.

To a question that takes any words ("what is wrong?") all of them would be an answer.
"""

import re
from dataclasses import replace
from datetime import datetime
from typing import Final

from backend.conversations import besides, guests, lost, passing
from backend.conversations.state import Form, Reply, Said, Turn, slot_values
from backend.conversations.talk import HUMAN_BUTTON, Talk
from intents.meaning import Act, Intent, Meaning

#: questions that take any words, or nearly so
_TAKES_WORDS: Final = besides.TOLD | {"entry"}
#: said to "what shall I change?": none of the details that were offered
_OTHER: Final = re.compile(
    r"(?:something|anything) else|other|another (?:thing|one)|none of (?:these|them)"
    r"|(?:改)?(?:别的|其他|其它)(?:的|东西|事情?|方面)?(?:吧|呢)?|都不是",
    re.IGNORECASE,
)


def told(talk: Talk, form: Form, heard: Said) -> Turn | None:
    """The turn where something else is told; None where the words may belong to the wish under way."""
    words = heard.meaning.text
    if form.step == "changing" and not form.asking and _OTHER.fullmatch(words.strip(" .!?。！？")):
        return Turn(talk.remember(failures=0), (Reply("change_how", {}, (HUMAN_BUTTON,)),))
    if len(heard.meaning.intents) > 1:
        return None
    if form.item != guests.VISITOR and _is_guest(talk, form, heard.meaning):
        visit = replace(heard.meaning.intents[0], act=Act.REQUEST, item=guests.VISITOR)
        return passing.park(talk, form, heard, visit)
    if lost.is_told(words) or lost.is_parcel(words):
        return passing.ask_in_passing(talk, form, heard)
    return None


def _is_guest(talk: Talk, form: Form, meaning: Meaning) -> bool:
    """Whether somebody is announced who comes at an hour of their own."""
    intent = meaning.intents[0]
    is_open = form.asking is None or form.asking in _TAKES_WORDS
    return is_open and guests.is_told(meaning, intent) and _is_ahead(talk, intent)


def _is_ahead(talk: Talk, intent: Intent) -> bool:
    window = slot_values(intent).get("when")
    start = window.get("start") if isinstance(window, dict) else None
    return bool(start) and datetime.fromisoformat(str(start)) > talk.now
