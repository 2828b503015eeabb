"""A question that refers to the last one: "and how do I book it?", "那怎么预约". Pure.

By itself it names nothing, and is read together with the question before it.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from backend.conversations import forms
from backend.conversations.state import Heard, Reply, Said, State, Turn, slot_values
from backend.conversations.talk import ENQUIRY, Talk
from intents.meaning import Act, Intent, Meaning
from intents.menu import Menu

#: so long a question is still what is spoken of
SPOKEN_OF: Final = timedelta(minutes=30)
#: replies that answer a question, or promise its answer
ANSWERS: Final = frozenset({"faq", "enquiry_opened"})
_LONGEST: Final = 60
_REFERS: Final = re.compile(
    r"(?:[\s,，。.!！?？~]|谢谢|好的?|那么?|还有|请问|我|们|你|您|它|这个?|那个?|该|要|想|可以|能|不能|吗|呢|啊|呀|的|了"
    r"|怎么样?|如何|在?哪里?|哪儿|什么时候|几点|多少|钱|费用?|价格|收费|交|需要|预约|预订|订|报名|申请|办理?|约|去|用|上?网|提前)+"
    r"|(?:[\s,.!?~’']|\b(?:thanks?|thank|you|great|ok|okay|good|and|so|but|then|also|how|where|when|what|which|can|could"
    r"|do|does|should|would|may|will|is|are|i|we|it|that|this|there|one|them|to|for|in|at|the|a|my|much|many|long"
    r"|cost|costs|pay|book|order|reserve|reservation|booking|sign|up|apply|register|use|get|need|have|advance|please|s|d|ll)\b)+",
    re.IGNORECASE,
)
_POINTS: Final = re.compile(r"\b(?:it|that|this|there|one|them)\b", re.IGNORECASE)
_ASKS: Final = re.compile(
    r"怎么|如何|哪|什么时候|几点|多少|吗|\b(?:how|where|when|what|can|could|do|does|is)\b", re.IGNORECASE
)
_BOOKS: Final = re.compile(
    r"预约|预订|订|报名|申请|办|约|\b(?:book|order|reserve|reservation|booking|sign up|apply|register)\b",
    re.IGNORECASE,
)
_HOW: Final = re.compile(
    r"(?:怎么样?|如何|咋)(?:才能|可以|能|去|来|在线|网上|提前|给.{1,4})?(?:预约|预订|订|报名|申请|办理?|约|登记|借|租|叫|请)|(?:预约|预订|订|报名|申请|办理?|约|登记|借|租)(?:的话)?(?:要)?(?:怎么|如何|咋)(?:弄|办|操作|做|走)?"
    r"|\bhow (?:do|can|could|should|would) (?:i|we|you|one) (?:\w+ )?(?:book|order|reserve|sign up|apply|register|borrow|rent|arrange|get)\b|\bhow to (?:book|order|reserve|apply|register|borrow|rent)\b",
    re.IGNORECASE,
)
#: as likely as this a service is what both questions speak of
LIKELY: Final = 0.3
SURE: Final = 0.8


def together(state: State, text: str, at: datetime) -> str | None:
    """The words with the question that they refer to; None where they name something, or nothing was asked."""
    question = state.question
    if not question or state.form is not None or len(text) > _LONGEST or not refers(text):
        return None
    return f"{question['words']}\n{text}" if at - datetime.fromisoformat(question["at"]) < SPOKEN_OF else None


def refers(text: str) -> bool:
    """Whether a question names nothing of its own."""
    is_chinese = any("一" <= letter <= "鿿" for letter in text)
    is_pointed = is_chinese or _POINTS.search(text) is not None
    return bool(_REFERS.fullmatch(text.strip()) and _ASKS.search(text)) and is_pointed


def meant(state: State, text: str, both: Meaning, menu: Menu) -> Meaning:
    """Who asks how to book it is booked in; an answer that was given is not given again, but looked for."""
    first = both.intents[0]
    service = _service(first, menu) if _BOOKS.search(text) else None
    if service is not None:
        wish = replace(first, act=Act.REQUEST, item=service, confidence=SURE)
        return replace(both, decision="act", intents=(wish,), faq=None)
    if both.faq is None or both.faq != state.question.get("faq"):
        return both
    asked = replace(first, act=Act.ENQUIRY, item=ENQUIRY, slots={})
    return replace(both, decision="act", intents=(asked,), faq=None)


def _service(intent: Intent, menu: Menu) -> str | None:
    """What may be booked of that which the questions speak of."""
    own = [(intent.item, intent.confidence)] if intent.item else []
    for item_id, confidence in (*own, *((one.item, one.confidence) for one in intent.alternatives)):
        item = menu.find_item(item_id)
        is_one = item is not None and item.workflow not in ("enquiry", "complaint", "emergency", "suggestion")
        if is_one and confidence >= LIKELY:
            return item_id
    return None


def how(talk: Talk, heard: Said, intent: Intent) -> Turn | None:
    """Who asks how a service is ordered that can be ordered here begins it; None for any other question."""
    is_asked = intent.act in (Act.ENQUIRY, Act.REQUEST) and asks_how(heard.meaning.text)
    service = _service(intent, talk.menu) if is_asked and heard.meaning.faq is None else None
    item = talk.menu.find_item(service) if service and len(heard.meaning.intents) == 1 else None
    if item is None or forms.OWN_WORDS & set(item.required_slots):
        return None
    return forms.start(talk, item, slot_values(intent), heard.meaning.text, files=heard.file_ids)


def told_how(talk: Talk, heard: Said, turn: Turn) -> Turn:
    """How it is ordered, said before the first question, where that was asked."""
    is_begun = talk.state.form is None and turn.state.form is not None
    if not is_begun or not asks_how(heard.meaning.text):
        return turn
    return replace(turn, replies=(Reply("how_to_order"), *turn.replies))


def asks_how(text: str) -> bool:
    """Whether the last that was said asks in which way something is ordered."""
    last = text.strip().rsplit("\n", 1)[-1]
    return len(last) <= _LONGEST and _HOW.search(last) is not None


def remembered(before: State, heard: Heard, turn: Turn, at: datetime) -> Turn:
    """The question that was answered last, as long as nothing else is spoken of."""
    answer = next((reply for reply in turn.replies if reply.kind in ANSWERS), None)
    if answer is not None and isinstance(heard, Said):
        words = heard.meaning.text
        question = {"words": words, "at": at.isoformat(), "faq": answer.values.get("key")}
        return replace(turn, state=replace(turn.state, question=question))
    is_other = turn.state.form is not None or turn.state.about != before.about
    return replace(turn, state=replace(turn.state, question={})) if is_other and turn.replies else turn
