"""A service is denied in so many words, "不是修电饭锅", and is not the one under way. Pure.

Nothing begins by that, and nothing of it is noted: with a wish under way its question comes again, of a choice
that service goes, and with nothing open it is asked what is needed instead.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

import re
from dataclasses import replace
from typing import Final

from backend.conversations import (
    about,
    attachments,
    besides,
    denied_service,
    forms,
    offers,
    refused,
    subjects,
)
from backend.conversations.keeping import all_words
from backend.conversations.state import Form, Reply, Said, Turn, slot_values
from backend.conversations.talk import Talk, not_understood
from intents.meaning import Act, Alternative, Intent, Meaning
from intents.menu import Menu

_LONGEST: Final = 40
_KEEPS: Final = re.compile(
    r"(?:不[，,\s]*|还是|那|先|我|没|说|请|就|啊|哦|好的?|[，,\s])*(?:不|别|不用|不要|不想|没(?:有)?(?:说|要|想)(?:要)?)取消"
    r"(?:我的|这个|那个|它)?(?:单子?|工单|预约|保洁|维修|上门)?(?:了|啊|哦|吧|的)*[\s。.!！~，,]*(?:谢谢)?[。.!！]*"
    r"|(?:no|oh|sorry|please|wait|ok|actually|well|i|we|[,.!\s])*(?:(?:do not|don['’]t|didn['’]t (?:want|ask|say) to|not to) cancel"
    r"|(?:just |please )*keep)(?: (?:it|that|this|them|anything|the|my|as it is|appointment|visit|booking|request|ticket|order))*"
    r"[,.!\s]*(?:please|thanks|thank you)?[.!\s]*",
    re.IGNORECASE,
)
_MISREAD: Final = re.compile(
    r"不是(?:这|那|我)个?的?意思|(?:理解|听|弄|搞)错了?|误会|(?:not|n['’]t) what i (?:mean|meant|said|asked)|misunderst",
    re.IGNORECASE,
)


def in_form(talk: Talk, form: Form, heard: Said) -> Turn | None:
    """The turn where something is denied while details are taken; None for other words, and where the service
    under way itself is denied and what is meant is told (`denied_service`)."""
    denied = _denied(talk.menu, heard.meaning)
    if denied is None:
        return None
    no, yes = denied
    if subjects.things(no) & subjects.things(refused.told_of(talk, form)) and not yes:
        return _dropped(talk, form)
    if not yes:
        return refused.another(talk, form, heard) or forms.resume(talk, form)
    told = {k: v for k, v in slot_values(heard.meaning.intents[0]).items() if k in ("appliance", "where")}
    form = _reworded(form, no, yes, heard.meaning.text)
    kept = replace(form, slots={**form.slots, **told}, said=forms.said_of(form, told))
    return forms.resume(talk.with_state(talk.remember(form=kept, failures=0)), kept)


def fresh(talk: Talk, heard: Said) -> Turn | None:
    """The turn where something is denied with nothing under way."""
    denied = _denied(talk.menu, heard.meaning)
    if denied is None:
        return _misread(talk, heard)
    no, yes = denied
    ticket = about.named(talk, talk.facts.tickets, no)
    if ticket is not None:
        turn = about.add(talk, ticket.number, heard.meaning.text, heard.file_ids)
        return attachments.then_the_question(talk, turn)
    if talk.state.offered and not yes:
        return _fewer(talk, no)
    others = _others(talk.menu, heard.meaning.intents[0], no)
    if not yes or not others:
        return not_understood(talk, heard.meaning.text, "say_it_differently")
    wish = Intent(Act.REQUEST, None, 0.0, alternatives=others)
    meaning = replace(heard.meaning, decision="ask", intents=(wish,))
    return offers.offer(talk, meaning, {}, heard.file_ids)


def keeps(talk: Talk, heard: Said) -> Turn | None:
    """Nothing is to be called off, and nothing was asked: it stays, and an open question comes again."""
    words = heard.meaning.text
    if len(words) > _LONGEST or len(heard.meaning.intents) > 1 or not _KEEPS.fullmatch(words.strip()):
        return None
    kept = Turn(talk.remember(failures=0), (Reply("kept", {}),))
    form = talk.state.form
    return forms.then(kept, forms.resume(talk.with_state(kept.state), form)) if form else kept


def _misread(talk: Talk, heard: Said) -> Turn | None:
    """ "That is not what I meant": said of what was understood, and no farewell."""
    if not _MISREAD.search(heard.meaning.text) or len(heard.meaning.text) > _LONGEST:
        return None
    return not_understood(talk, heard.meaning.text, "say_it_differently")


def _denied(menu: Menu, meaning: Meaning) -> tuple[str, str] | None:
    """What is denied and what is meant instead ("" where that is not told), if it is a service's own thing."""
    is_fault = meaning.text.isascii() and subjects.tells_fault(meaning.text)  # "the AC is not cooling"
    found = None if is_fault or len(meaning.intents) > 1 else denied_service.found(meaning.text)
    if found is None:
        return None
    return (found["no"], found["yes"] or "") if _is_of_service(menu, found["no"]) else None


def _is_of_service(menu: Menu, thing: str) -> bool:
    named = subjects.things(thing)
    items = menu.items.values() if named else ()
    return any(named & about.features(" ; ".join((one.name.zh, one.name.en, *one.aliases))) for one in items)


def _dropped(talk: Talk, form: Form) -> Turn:
    """The wish goes, and it is asked what is meant, unless another one waited."""
    turn = forms.drop(talk, form)
    if turn.state.form is not None:
        return turn
    after = talk.with_state(replace(turn.state, failures=0))
    return forms.then(turn, not_understood(after, form.words, "say_it_differently"))


def _reworded(form: Form, no: str, yes: str, words: str) -> Form:
    """The wish in words that name the thing that is meant."""
    if no not in form.words:
        is_said = yes in form.words
        return form if is_said else replace(form, words=all_words(form.words, (words,)))
    slots = {
        k: v.replace(no, yes) if k in besides.TOLD and isinstance(v, str) else v
        for k, v in form.slots.items()
    }
    return replace(form, words=form.words.replace(no, yes), slots=slots)


def _fewer(talk: Talk, no: str) -> Turn:
    """The choice that is open, without what is denied."""
    items = [item for i in talk.state.offered if (item := talk.menu.find_item(i)) is not None]
    left = [item for item in items if not about.have_in_common(no, f"{item.name.zh} ; {item.name.en}")]
    if not left:
        return offers.none_of_these(talk)
    kept = talk.with_state(talk.remember(offered=tuple(item.id for item in left)))
    return offers.ask_which(kept, left)


def _others(menu: Menu, intent: Intent, no: str) -> tuple[Alternative, ...]:
    """What the words may mean that is not denied in them."""
    own = (Alternative(intent.item, intent.confidence),) if intent.item else ()
    likely = [one for one in (*own, *intent.alternatives) if one.confidence >= denied_service.HARDLY]
    items = {one.item: menu.find_item(one.item) for one in likely}
    return tuple(
        one for one in likely
        if (item := items[one.item]) is not None and not about.have_in_common(no, f"{item.name.zh} ; {item.name.en}")
    )  # fmt: skip
