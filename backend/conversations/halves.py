"""Two wishes in one message, joined by a word that says so: "家里水管有问题，顺便帮我订两桶水". Pure.

The engine parts them where it is sure of both. Where it is not, each half is read by itself: one that is
surely a wish of its own waits its turn and is named, however little is understood of the other.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from backend.conversations import remarks
from intents.meaning import Act, Intent, Meaning

#: a word that joins something else to what was said
_ZH: Final = re.compile(
    r"[，,。.；;、！!\s]+(?:另外|顺便|順便|还有|還有|对了|同时|(?=再(?:帮|给|订|约|叫|来)))[，,、\s]*(?:再)?(?P<other>.{3,})",
    re.DOTALL,
)
_EN: Final = re.compile(
    r"(?:[,.;!]\s*|\s+)(?:(?:and|plus|but|oh)\b,?\s*)?"
    r"(?P<who>(?:(?:i|we)(?:['’]d| would)?|can you|could you|please|pls)\s+)?(?:also|in addition)\b,?\s*"
    r"(?P<other>.{5,})"
    r"|(?:[,.;!]\s*|\s+)and "
    r"(?P<then>(?:please|can you|could you|i need|i want|we need|book|order|send)\b.{5,})",
    re.IGNORECASE | re.DOTALL,
)
#: as surely as this a half is a wish of its own; where the engine would ask about it, more surely
SURE: Final = 0.75
SURELY: Final = 0.85
#: a guess at the other half that is worth asking about
FAIRLY: Final = 0.3
#: more is a story, of which no half is read by itself
_LONGEST: Final = 200
_WISHES: Final = frozenset({Act.REQUEST, Act.ENQUIRY})
#: acts that a message with "also" in it may only seem to do, and those that half a message may
_SEEMING: Final = _WISHES | {Act.INFORM, Act.AMEND, Act.RESCHEDULE, Act.OUT_OF_SCOPE, Act.AFFIRM}
_VAGUE: Final = frozenset({Act.OUT_OF_SCOPE, Act.MENU, Act.DISSATISFIED, Act.ENQUIRY, Act.DENY})


def told_apart(read: Callable[[str], Meaning], text: str, meaning: Meaning) -> Meaning:
    """The meaning with the joined wish as a second intent, where the engine took both halves for one."""
    first = meaning.intents[0]
    is_one = len(meaning.intents) == 1 and not meaning.emergency and first.act in _SEEMING
    cut = _cut(text) if is_one and len(text) <= _LONGEST else None
    if cut is None:
        return meaning
    one, other = _told(read(cut[0]), cut[0]), read(cut[1])
    if one.emergency or other.emergency or not _is_wish(other.intents[0], other.decision):
        return meaning
    if not _is_another(one, other, meaning):
        return meaning
    intents = (replace(one.intents[0], words=cut[0]), replace(other.intents[0], words=cut[1]))
    return replace(one, text=text, language=meaning.language, intents=intents)


def _told(meaning: Meaning, words: str) -> Meaning:
    """A half that tells of a trouble wishes for help, whatever else it may seem to do by itself."""
    first = meaning.intents[0]
    if first.act not in _VAGUE or meaning.decision == "act" or not remarks.tells_trouble(words):
        return meaning
    return replace(meaning, intents=(replace(first, act=Act.REQUEST),))


def _cut(text: str) -> tuple[str, str] | None:
    said = text.strip().rstrip("。.！!")
    for pattern in (_ZH, _EN):
        found = next((m for m in pattern.finditer(said) if m.start() > 0), None)
        if found is not None:
            parts = found.groupdict()
            other = f"{parts.get('who') or ''}{parts['other'] or parts.get('then') or ''}"
            return said[: found.start()].strip(" ，,。."), other.strip()
    return None


def _is_wish(intent: Intent, decision: str) -> bool:
    enough = SURE if decision == "act" else SURELY
    return intent.act == Act.REQUEST and intent.item is not None and intent.confidence >= enough


def _is_another(one: Meaning, other: Meaning, whole: Meaning) -> bool:
    """Whether the first half is a matter of its own, or an answer to what was asked; never a mere preface."""
    first, second = one.intents[0], other.intents[0]
    if first.act == Act.INFORM:
        return True
    if first.act not in _WISHES or (first.item is not None and first.item == second.item):
        return False
    is_decided = whole.decision == "act" and whole.intents[0].act in _WISHES
    is_matter = first.item is not None and first.confidence >= FAIRLY
    return not is_decided or is_matter or remarks.tells_trouble(one.text)
