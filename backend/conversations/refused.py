"""Something is let go, and it is not the wish in hand: "forget the light", said of the sink. Pure.

It is compared with what waits, with the choice that was set aside and with the tickets in hand; what names
something that was never spoken of lets nothing go, and the open question comes again.
"""

import re
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from backend.conversations import about, attachments, forms, guests
from backend.conversations.marks import mark
from backend.conversations.matters import on_tickets
from backend.conversations.state import Button, Form, Reply, Said, Turn
from backend.conversations.talk import Talk, name_values
from intents.menu import Menu

#: words of any work: they name no thing of their own
_OF_ANY_WORK: Final = (
    "维修 修理 修好 保洁 清洗 清洁 打扫 安装 更换 检查 疏通 师傅 工单 单子 这个 那个 不用 不要 算了 需要 取消"
    " repair fix clean cleaning replace install check plumber electrician technician engineer handyman"
    " cleaner worker man guy job work plan idea thing matter forget skip drop cancel never mind actually"
    " leave scrap appointment need want don just now then anymore any more no not please sorry thanks wait oh"
)
#: the thing that is let go, where one is named
_THING: Final = re.compile(
    r"\b(?:forget|skip|drop|cancel|scrap|leave|never ?mind|not)(?: about)? (?:the|that|this|my) "
    r"(?P<en>[a-z]+(?: [a-z]+)?)[.!]*$"
    r"|^(?P<first>[\u4e00-\u9fff]{1,4}?)(?:那个|就|先|也)?(?:不用|不要|算了)"
    r"|(?:不用|不要|别|不是|算了)(?:再|去|帮我)?(?:修|洗|换|装|弄|管|查|通)?(?:那个|这个)?"
    r"(?P<zh>[\u4e00-\u9fff]{1,4}?)(?:了|吧)?[。.!！]*$",
    re.IGNORECASE,
)


def another(talk: Talk, form: Form, heard: Said) -> Turn | None:
    """The turn where the words let go of something else; None where they mean the wish in hand."""
    words = heard.meaning.text
    if form.item != guests.VISITOR and guests.calls_off(words):
        return _guest(talk, form, words)
    named = about.features(words) - _plain()
    if not named or len(heard.meaning.intents) > 1 or named & about.features(told_of(talk, form)):
        return None
    noted = next((wish for wish in talk.state.waiting if named & _of_wish(talk, wish)), None)
    if noted is not None:
        rest = tuple(wish for wish in talk.state.waiting if wish is not noted)
        return _gone_on(talk.with_state(talk.remember(waiting=rest)), form, _dropped(talk, noted))
    if named & _of_aside(talk):
        told = Reply("let_go", {"address": talk.facts.address_as})
        return _gone_on(talk.with_state(talk.remember(aside={})), form, told)
    if about.named(talk, talk.facts.tickets, words) is not None:
        return attachments.then_the_question(talk, on_tickets(talk, heard.meaning.intents[0], heard.meaning))
    return _kept(talk, form) if _is_a_thing(talk.menu, words) else None


def _guest(talk: Talk, form: Form, words: str) -> Turn:
    """A guest who is not to come is no part of another wish: their pass goes, and this wish goes on."""
    noted = next((wish for wish in talk.state.waiting if wish["item"] == guests.VISITOR), None)
    if noted is not None:
        rest = tuple(wish for wish in talk.state.waiting if wish is not noted)
        return _gone_on(talk.with_state(talk.remember(waiting=rest)), form, _dropped(talk, noted))
    ticket = next((one for one in talk.facts.tickets if one.item == guests.VISITOR), None)
    if ticket is not None:
        return attachments.then_the_question(talk, about.cancel(talk, ticket.number, words))
    return _kept(talk, form)


def told_of(talk: Talk, form: Form) -> str:
    """Everything that names the wish in hand: its words, its details, its service and the chapter of it."""
    item = talk.item(form.item)
    chapter = talk.menu.categories.get(item.category)
    names = (item.name.zh, item.name.en, *item.aliases)
    names += (chapter.name.zh, chapter.name.en) if chapter else ()
    values = (str(value) for value in (*form.slots.values(), *form.said.values()) if isinstance(value, str))
    return " ; ".join((form.words, *names, *values))


def _of_wish(talk: Talk, wish: dict[str, Any]) -> frozenset[str]:
    item = talk.item(wish["item"])
    return about.features(f"{wish['words']} ; {item.name.zh} ; {item.name.en}")


def _of_aside(talk: Talk) -> frozenset[str]:
    kept = talk.state.aside
    items = (item for i in kept.get("items", ()) if (item := talk.menu.find_item(i)) is not None)
    names = " ; ".join(name for item in items for name in (item.name.zh, item.name.en))
    return about.features(f"{kept.get('words', '')} ; {names}")


def _dropped(talk: Talk, wish: dict[str, Any]) -> Reply:
    return Reply("dropped", name_values(talk.item(wish["item"])))


def _gone_on(talk: Talk, form: Form, told: Reply) -> Turn:
    """What was let go is said, and the wish in hand goes on."""
    return forms.then(Turn(talk.state, (told,)), forms.resume(talk, form))


def _kept(talk: Talk, form: Form) -> Turn:
    """The wish in hand goes on; whoever meant it all the same has the button for it."""
    turn = forms.resume(talk, form)
    last = turn.replies[-1]
    if any(button.action == "drop" for button in last.buttons):
        return turn
    drop = Button("drop", "drop", {"form": mark(turn.state.form)})
    return replace(turn, replies=(*turn.replies[:-1], replace(last, buttons=(drop, *last.buttons))))


def _is_a_thing(menu: Menu, words: str) -> bool:
    """Whether what is let go is named, and is what some service is about."""
    found = _THING.search(words)
    told = next((one for one in found.groups() if one), "") if found else ""
    thing = about.features(told) - _plain()
    if not thing:
        return False
    items = menu.items.values()
    return any(
        thing & about.features(" ; ".join((item.name.zh, item.name.en, *item.aliases))) for item in items
    )


@lru_cache(maxsize=1)
def _plain() -> frozenset[str]:
    return about.features(_OF_ANY_WORK) | about.TELLS_NOTHING
