"""The service that was understood is denied: "不是电饭锅，是洗碗机", "not the rice cooker". Pure.

That is no detail of the wish under way: it goes, and the service that is meant comes in its place. Where none
is told, what else the first words may have meant is offered.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from backend.conversations import about, subjects
from backend.conversations.keeping import all_words
from backend.conversations.state import Form
from intents.meaning import Act, Alternative, Intent, Meaning
from intents.menu import Item, Menu

_VERBS_ZH: Final = (
    "修理|维修|修|清洗|洗(?!碗|衣|手|脸|菜|浴|地)|安装|装|更换|换|疏通|保洁|打扫|办|约|订|买|借|租"
)
_DENIED: Final = (
    re.compile(
        r"^(?:不对?|错了?|哎|唉|啊|嗯|[，,。！!\s])*(?:我)?(?:说的|要的|要修的|坏的)?(?:不是|没说)"
        rf"(?:要|想|说)?(?P<verb>{_VERBS_ZH})?(?P<no>[^，,。；;！!是]{{2,12}}?)(?:的|啊|呀|哦|了)?"
        r"(?:[，,。；;！!\s]*(?:我?(?:说的|要的|坏的))?(?:而?是|要|应该是)(?P<yes>[^，,。；;！!]{2,24}?))?[了的吧。！!\s]*$"
    ),
    re.compile(
        r"^(?:我)?(?:说的|要的|坏的)?是(?P<yes>[^，,。；;！!]{2,24}?)[，,。；;\s]*(?:而)?不是"
        rf"(?P<verb>{_VERBS_ZH})?(?P<no>[^，,。；;！!]{{2,12}}?)[啊呀哦。！!\s]*$"
    ),
    re.compile(
        r"^(?:(?:no|sorry|wrong|oh|wait|actually)\W+)*(?:(?:it|that)(?:['’]s| is| was) |i (?:said|meant) )?"
        r"not (?:the |a |an |my |our )?(?P<no>[a-z][a-z -]{2,30}?)"
        r"(?:\s*[,.;–-]\s*|\s+but\s+)(?:but )?(?:(?:it|that)(?:['’]s| is) |i (?:said|meant|mean) )?"
        r"(?:the |a |an |my |our )?(?P<yes>[a-z][a-z -]{2,40}?)[.!\s]*$",
        re.IGNORECASE,
    ),
    re.compile(
        r"^(?:(?:no|sorry|wrong|oh|wait|actually)\W+)*"
        r"(?:(?:(?:it|that)(?:['’]s| is) |i (?:said|meant|mean) )?(?:the |a |an |my |our )?"
        r"(?P<yes>[a-z][a-z -]{2,40}?)\s*,?\s+)?(?:(?:it|that)(?:['’]s| is) )?not (?:the |a |an |my |our )?"
        r"(?P<no>[a-z][a-z -]{2,30}?)[.!\s]*$",
        re.IGNORECASE,
    ),
)
#: as surely as this a service is what is meant
FAIRLY: Final = 0.5
#: told in so many words, it is no mere guess
SURE: Final = 0.8
#: a guess less likely than this is none
HARDLY: Final = 0.03


def in_place_of(
    read: Callable[[str], Meaning], text: str, form: Form, menu: Menu, meaning: Meaning
) -> Meaning | None:
    """The refusal of the service under way, and the one that is meant or may be; None for other words."""
    item, said = menu.find_item(form.item), found(text)
    if item is None or said is None:
        return None
    is_named, is_said = (
        _names(item, said["no"]),
        bool(subjects.things(said["no"])) and said["no"] in form.words,
    )
    wish = _told(read, form, item, said["no"], said["yes"] or "") if is_named or is_said else None
    if wish is None and not is_named:
        return None
    if wish is None:
        wish = _maybe(read, form, f"{form.words}\n{said['yes'] or ''}".strip())
    refusal = Intent(Act.CANCEL, None, 1.0)
    is_told = bool(said["yes"]) and said["yes"] in form.words
    words = form.words if is_told else all_words(form.words, (text,))
    return replace(meaning, decision="act", intents=(refusal, replace(wish, words=words)), faq=None)


def found(text: str) -> re.Match[str] | None:
    """What is denied (``no``) and what is meant instead (``yes``), where words say just that."""
    said = text.strip()
    return next((match for pattern in _DENIED if (match := pattern.match(said))), None)


def _names(item: Item, thing: str) -> bool:
    return about.have_in_common(thing, f"{item.name.zh} ; {item.name.en}")


def _told(read: Callable[[str], Meaning], form: Form, item: Item, no: str, yes: str) -> Intent | None:
    """The service of the thing that is meant: as it was wished for, as its service is called, by itself."""
    if not yes:
        return None
    for words in dict.fromkeys(_readings(form, item, no, yes)):
        first = read(words).intents[0]
        is_wish = first.act == Act.REQUEST and first.item not in (None, form.item)
        if is_wish and first.confidence >= FAIRLY:
            return replace(first, confidence=max(first.confidence, SURE))
    return None


def _readings(form: Form, item: Item, no: str, yes: str) -> Iterator[str]:
    if yes in form.words:
        yield form.words
    if no in form.words:
        yield form.words.replace(no, yes)
    for name in (item.name.zh, item.name.en.lower()):
        if no.lower() in name:
            yield name.replace(no.lower(), yes)
    yield yes
    if item.workflow == "repair":  # whoever was to mend the one is to mend the other
        yield f"the {yes} is broken" if yes.isascii() else f"{yes}坏了"


def _maybe(read: Callable[[str], Meaning], form: Form, words: str) -> Intent:
    """What else the words may have meant, as a wish without a service."""
    if not words:
        return Intent(Act.REQUEST, None, 0.0)
    first = read(words).intents[0]
    own = [Alternative(first.item, first.confidence)] if first.item else []
    likely = {one.item: one for one in (*own, *first.alternatives) if one.item != form.item}
    fair = tuple(one for one in likely.values() if one.confidence >= HARDLY)
    return Intent(Act.REQUEST, None, 0.0, alternatives=fair)
