"""Words that belong to a ticket in hand although they sound like a matter of their own. Pure.

More of a complaint ("it was loud again last night, I have a recording"), and what is asked of whoever comes
("could he ring before he comes"): nobody opens a second ticket by that.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

import re
from typing import Final

from backend.conversations import about, after_alarm, guests, new_matters, remarks, subjects, waking
from backend.conversations.state import OpenTicket, Said, Turn, slot_values
from backend.conversations.talk import Talk
from intents.meaning import Act, Meaning

_DONE: Final = "done"
_LONGEST: Final = 80
_SHORT: Final = 24
#: what is added is said to be added
_ADDS: Final = re.compile(
    r"补充|追加|补一|再(?:说|加)一?[点句下]|\b(?:add|adding) (?:to|that|this|something|a|one|more)\b|\bmore (?:details|evidence|on)\b|\bto my complaint\b",
    re.IGNORECASE,
)
_AGAIN: Final = re.compile(r"又|还(?:在|是)|仍|依然|照样|一直|\b(?:again|still|keeps?)\b", re.IGNORECASE)
_ALSO: Final = re.compile(r"也|而且|并且|还(?!有)|\b(?:too|also|as well|even)\b", re.IGNORECASE)
#: when it was, and what proves it, name nothing of their own
_EVIDENCE: Final = re.compile(
    r"补充|追加|投诉|录音|录像|视频|照片|截图|证据|半夜|凌晨|深夜|夜里|昨[天晚夜]|[\d一二三四五六七八九十]+点半?|吵|闹|响|到"
    r"|\b(?:recordings?|recorded|videos?|photos?|pictures?|proof|evidence|until|till|last|night|midnight|loud|nois\w+|same|happen\w*|half|past|am|pm|add\w*|more|details?|complaints?)\b",
    re.IGNORECASE,
)
#: acts in which a complaint may go on
_GOING_ON: Final = frozenset({
    Act.COMPLAINT, Act.DISSATISFIED, Act.SUGGESTION, Act.INFORM, Act.AMEND, Act.REQUEST, Act.ENQUIRY,
    Act.OUT_OF_SCOPE, Act.STATUS, Act.URGE,
})  # fmt: skip
#: asked of whoever comes, for the visit itself
_FOR_VISIT: Final = re.compile(
    r"(?:来|到|上门|出发|过来)(?:之|以)?前.{0,8}(?:打|联系|说|通知|告诉|按|敲|发)|提前.{0,6}(?:打|联系|说一?声|通知|告诉)(?!物业)"
    r"|\b(?:call|ring|phone|text|message|notify|let me know|tell me|warn me)\b.{0,30}\b(?:before|on (?:the|his|her|their) way|first|when (?:he|she|they|you) (?:come|arrive))"
    r"|\bbefore (?:he|she|they|you|the \w+)(?: will|['’]ll)? (?:comes?|coming|arrives?)\b",
    re.IGNORECASE,
)
#: a call that is asked for at once is a call, and nothing to be told at a visit
_CALL: Final = re.compile(
    r"(?:\W|please|can|could|would|you|someone|somebody|kindly|hi|hello|just)*(?:call|ring|phone) me(?: back)?(?:\W|please|now|asap|today|soon|later)*",
    re.IGNORECASE,
)
_NOT_FOR_VISIT: Final = frozenset(
    {Act.CANCEL, Act.RESCHEDULE, Act.COMPLAINT, Act.DISSATISFIED, Act.SATISFIED}
)


def for_visit(talk: Talk, heard: Said) -> Turn | None:
    """What is asked of whoever comes is a line on the ticket of that visit; None for any other message."""
    meaning, words = heard.meaning, heard.meaning.text
    is_open = talk.state.form is None and not talk.facts.is_quiet and talk.state.expects is None
    is_asked = subjects.tells_worker(words) or _FOR_VISIT.search(words) is not None
    is_open = is_open and talk.facts.pointed is None and after_alarm.fresh(talk) is None
    act = meaning.intents[0].act
    if not is_open or not is_asked or len(words) > _LONGEST or act in _NOT_FOR_VISIT:
        return None
    if _CALL.fullmatch(words) or "when" in slot_values(meaning.intents[0]):
        return None
    if remarks.names_person(words) or subjects.orders(words):
        return None
    ticket = _visited(talk, words)
    return about.add(talk, ticket.number, words, heard.file_ids) if ticket is not None else None


def _visited(talk: Talk, words: str) -> OpenTicket | None:
    """The ticket for which somebody is to come: named, last spoken of, or the newest."""
    fit = tuple(
        one for one in talk.facts.tickets
        if "schedule" in one.actions and one.state != _DONE and one.item != guests.VISITOR and one.workflow != "complaint"
    )  # fmt: skip
    last = next((one for one in fit if one.number == talk.state.about), None)
    return about.named(talk, fit, words) or last or max(fit, key=lambda one: one.number, default=None)


def to_complaint(talk: Talk, heard: Said) -> Turn | None:
    """More of a complaint that is open already; None for any other message."""
    meaning = heard.meaning
    is_one = talk.state.form is None and len(meaning.intents) == 1 and len(meaning.text) <= _LONGEST
    if not is_one or talk.facts.pointed is not None or meaning.intents[0].act not in _GOING_ON:
        return None
    ticket = next((one for one in _complaints(talk) if _is_more(talk, one, meaning)), None)
    if ticket is None:
        return None
    if ticket.number == talk.facts.staff_on:
        return waking.left_to_person(talk, heard)  # whoever writes of it answers
    return about.add(talk, ticket.number, meaning.text, heard.file_ids)


def _complaints(talk: Talk) -> tuple[OpenTicket, ...]:
    """The complaints that are open, that last spoken of before the others."""
    own = [one for one in talk.facts.tickets if one.workflow == "complaint" and one.state != _DONE]
    return tuple(sorted(own, key=lambda one: (one.number != talk.state.about, -one.number)))


def _is_more(talk: Talk, ticket: OpenTicket, meaning: Meaning) -> bool:
    words, intent = meaning.text, meaning.intents[0]
    named = subjects.things(_EVIDENCE.sub(" ", words))
    is_same = bool(subjects.things(words) & subjects.things(ticket.words))
    if _ADDS.search(words):
        return is_same or not named
    if new_matters.complains(words) or subjects.tells_fault(words):
        return False
    if _AGAIN.search(words):
        return (not named or is_same) and ticket.number == talk.state.about
    is_voice = intent.act in (Act.COMPLAINT, Act.DISSATISFIED)
    is_also = is_voice and len(words) <= _SHORT + 16 * words.isascii() and _ALSO.search(words) is not None
    return is_also and ticket.number == talk.state.about and "where" not in intent.slots
