"""Asking in words to change something ("我想改一下时间", "change it"): it does what the button does. Pure."""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from backend.conversations import forms
from backend.conversations.state import Form, Turn
from backend.conversations.talk import Talk

#: the details by the names that people give them
_NAMED: Final[Mapping[str, str]] = {
    "when": r"(?:预?约|上门)?(?:的)?(?:时间|日期|日子)|几点|the (?:time|date|day|appointment)|time|date|day",
    "where": r"地点|位置|地方|地址|房间|the (?:place|room|location)|place|room|location",
    "entry": r"进门方式|进门|怎么进门|how to get in|the way in|access",
    "fault": r"问题|故障|描述|内容|what is wrong|the (?:problem|description)",
    "qty": r"数量|个数|the (?:number|quantity)|quantity",
    "visitor": r"访客|名字|姓名|人名|the (?:name|visitor|guest)|name",
    "plate": r"车牌号?|the (?:plate|licence plate|license plate)|plate",
    "freq": r"频率|次数|how often",
    "duration": r"时长|多久|how long|the duration",
    "appliance": r"电器|the appliance",
}
_ANY: Final = "|".join(_NAMED.values())
_FILLER_ZH: Final = r"(?:我|我们|先|再|等等|等一下|稍等|不对|不|那个|嗯|啊|[，,。！!\s])*"
_WANTS: Final = re.compile(
    rf"^{_FILLER_ZH}(?:想要?|要|需要|得|可以|能不能|能|帮我|麻烦|请|把)*(?P<first>{_ANY})?(?:想|要|需要|得)?"
    rf"(?:修改|更改|变更|改动|改|换)(?:一下|下|一改|改)?(?:个|一个)?(?P<zh>{_ANY}|信息|东西|一点|点|单子?)?"
    r"(?:吧|吗|可以吗|行吗|哈|呢|了)*[。.！!？?\s]*$"
    r"|^(?:(?:no|wait|sorry|please|hmm|oh|actually)\W+)*(?:(?:can|could|may) (?:i|we|you)(?: please)? |i(?:['’]d like|"
    r" want| need| would like)(?: to)? |let me |let['’]s )?(?:please )?(?:change|edit|modify|amend|adjust|correct(?= (?!please)))"
    rf"(?: (?P<en>{_ANY})| (?:it|this|that|something|a detail|details|the details|one thing))?(?: please)?[.!?\s]*$",
    re.IGNORECASE,
)


def is_asked(words: str) -> bool:
    """Whether words ask for a change and say nothing else."""
    return _WANTS.match(words.strip()) is not None


def asked(talk: Talk, form: Form, words: str) -> Turn | None:
    """Which detail is to change, or the question for the one that is named; None for any other message."""
    found = _WANTS.match(words.strip())
    if found is None and form.step == "changing" and not form.asking:
        slot = _slot(talk, form, words.strip(" 。.！!"))  # the name of a detail, typed instead of tapped
        return ask_anew(talk, form, slot) if slot else None
    if found is None:
        return None
    slot = _slot(talk, form, next((one for one in found.groupdict().values() if one), ""))
    if slot is not None:
        return ask_anew(talk, form, slot)
    if not any(one in form.slots for one in (*talk.item(form.item).ask, *form.slots)):
        return forms.resume(talk, form)
    return forms.ask_change(talk, _with_question_open(form))


def _slot(talk: Talk, form: Form, name: str) -> str | None:
    """The detail of this wish that is called so."""
    item = talk.item(form.item)
    known = (*item.ask, *form.slots, *item.optional_slots)
    called = [slot for slot, names in _NAMED.items() if name and re.fullmatch(names, name, re.IGNORECASE)]
    called += [slot for slot in ("deadline", "from_to") if "when" in called]
    return next((slot for slot in called if slot in known and slot in talk.menu.slots), None)


def _with_question_open(form: Form) -> Form:
    """What was being asked comes again after the change."""
    return replace(form, asked=tuple(one for one in form.asked if one != form.asking))


def ask_anew(talk: Talk, form: Form, slot: str) -> Turn:
    """The question for one detail, whose answer takes the place of the former one."""
    turn = forms.ask(talk, form if form.asking == slot else _with_question_open(form), slot)
    changing = replace(turn.state.form or form, step="changing", asking=slot)
    return replace(turn, state=replace(turn.state, form=changing, failures=0))
