"""A lift that stands still is a fault to report, and is told so at once; whether somebody is in it is another
matter: from the word that says so on it is an alarm. Pure."""

import re
from dataclasses import replace
from typing import Final

from backend.conversations import alarm, forms
from backend.conversations.state import EndDraft, Said, Turn, slot_values
from backend.conversations.talk import Talk
from intents.meaning import Act, Intent

LIFT: Final = "common.equipment.lift-fault"
KIND: Final = "trapped"
_INSIDE: Final = re.compile(
    r"(?:里面|里头|里边|电梯里|轿厢里).{0,4}有.{0,4}(?:人|孩|老|娃)"
    r"|有.{0,4}(?:人|孩子|老人).{0,2}(?:困|关在|在里)|我们?.{0,4}(?:在|困在|关在)(?:里|电梯里)|被困|出不来|出不去"
    r"|\b(?:some(?:one|body)|people|a (?:child|kid|man|woman|person|lady)|(?:i|we)(?: am| are|['’]m|['’]re)"
    r"|he is|she is|they are)\b.{0,16}\b(?:inside|in (?:it|there|here|the lift)|trapped|stuck)\b",
    re.IGNORECASE,
)
_NOBODY: Final = re.compile(
    r"没有?人|没被困|没有?.{0,3}被困|\b(?:no ?body|no one|not|empty)\b|[?？]|吗", re.IGNORECASE
)


_EMPTY: Final = re.compile(
    r"(?:没有?[，,\s]+)?(?:里面|里头|里边|电梯里)?(?:现在)?没有?人(?:在里面|在里头|被困)?(?:的|了|[。.！!\s])*"
    r"|是?空的[。.！!\s]*"
    r"|(?:no[\s,]+)?(?:there is )?(?:no ?body|no one)(?: is|['’]s)?"
    r"(?: (?:inside|in it|in there|in the lift|trapped))?[\s.!]*"
    r"|(?:no[\s,]+)?(?:it is|it['’]s)? ?empty[\s.!]*",
    re.IGNORECASE,
)
_NO: Final = re.compile(r"^(?:没有?|no)[,，\s]+", re.IGNORECASE)
_NAMED: Final = re.compile(r"[客货消]?防?电?梯|升降机|\b(?:lift|elevator|escalator)s?\b", re.IGNORECASE)
_FAILS: Final = re.compile(
    r"坏|停|不动|不走|不开|不运行|动不了|走不了|用不了|故障|失灵|没反应|不来"
    r"|\b(?:not|won['’]t|doesn['’]t|isn['’]t|aren['’]t) (?:mov|work|runn?|open|clos|com|go|respond)\w*"
    r"|\b(?:stopped|broken?|down|out|dead|stuck|faulty)\b",
    re.IGNORECASE,
)
#: asked, or told of somebody's work
_ELSE: Final = re.compile(
    r"[?？]|吗|什么时候|几点|为什么|\b(?:when|why|which|who)\b|预约|搬|\b(?:book|reserve)", re.IGNORECASE
)
_LONGEST: Final = 40


def report(talk: Talk, heard: Said, intent: Intent) -> Turn | None:
    """Begin the report of a lift that plainly fails, though the engine thought of other services too."""
    words = heard.meaning.text
    is_told = intent.act == Act.REQUEST and len(heard.meaning.intents) == 1 and len(words) <= _LONGEST
    is_lift = is_told and LIFT in {intent.item, *(one.item for one in intent.alternatives)}
    if not is_lift or not _NAMED.search(words) or not _FAILS.search(words) or _ELSE.search(words):
        return None
    return forms.start(talk, talk.item(LIFT), slot_values(intent), words, files=heard.file_ids)


def empty(talk: Talk, words: str) -> Turn | None:
    """The answer that nobody is in it goes with the report, which goes on where it stood."""
    form = talk.state.form
    if form is None or form.item != LIFT or _EMPTY.fullmatch(words.strip()) is None:
        return None
    comma = ", " if talk.facts.language == "en" else "，"
    nobody = _NO.sub("", words.strip(" ,，.。!！"))
    fault = comma.join(filter(None, (str(form.slots.get("fault") or ""), nobody)))
    form = replace(form, slots={**form.slots, "fault": fault}, words=f"{form.words}\n{words}".strip())
    return forms.resume(talk.with_state(talk.remember(form=form)), form)


def somebody_inside(talk: Talk, heard: Said) -> Turn | None:
    """The alarm, where a lift's fault is being taken or was just reported; None otherwise."""
    words, form = heard.meaning.text, talk.state.form
    last = next((t for t in talk.facts.tickets if t.number == talk.state.about), None)
    is_fresh = last is not None and last.item == LIFT and alarm.is_fresh(last.opened_at, talk.now)
    is_lift = (form is not None and form.item == LIFT) or is_fresh
    if not is_lift or not _INSIDE.search(words) or _NOBODY.search(words):
        return None
    slots = {"where": "lift", **slot_values(heard.meaning.intents[0])}
    if form is None or form.item != LIFT:
        return alarm.by_words(talk, KIND, slots, words, heard.file_ids)
    alone = talk.with_state(talk.remember(form=None))
    said = f"{form.words}\n{words}".strip()
    turn = alarm.by_words(alone, KIND, slots, said, form.file_ids + heard.file_ids)
    return turn.also(EndDraft("handed_over"))
