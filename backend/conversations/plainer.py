"""What is told with more words than it needs, read once more without them where that is surer. Pure.

"Book tomorrow morning's cleaning" is a cleaning with a time; "the dishwasher is broken, please send someone" is
a dishwasher that is broken; "kinda not working again" is not working again.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from backend.conversations import again, subjects
from intents.meaning import Act, Alternative, Intent, Meaning, TimeWindow
from intents.menu import Menu

#: what is wrong has been told: that somebody is to come for it says nothing more
_CALLS: Final = re.compile(
    r"[，,。；;！!\s]*(?:你们|物业)?(?:麻烦|请|能不能|可以|帮忙|帮我|给我|快|尽快|赶紧)*(?:找|派|叫|请|安排)(?:个|位|一[个位])?(?:人|师傅|工人)?(?:过来|上门|来)?"
    r"(?:帮忙|给)?(?:修理?|看看?|维修|处理|弄)?(?:一下|下)?(?:吧|吗|呗)?[。.！!？?\s]*$"
    r"|[,.;!\s]+(?:and )?(?:please |pls |can you |could you |kindly )*(?:send|get)(?: me| us)? (?:someone|somebody|a man|a plumber"
    r"|an? \w+)(?: over| round| up)?(?: to (?:fix|repair|look at|see to|check) (?:it|this|that))?(?: please)?\W*$",
    re.IGNORECASE,
)
#: a wish put into words that only say that it is one
_WISHES: Final = re.compile(
    r"^(?:你好|您好|那个|请问|麻烦|谢谢|[，,。！!\s])*(?:我们?|咱)?(?:还)?(?:想要?|要|需要|打算|准备)(?=预约|预订|约|订|借|租|买|办|申请|登记|报修|请|找|叫)"
    r"|^(?:hi|hello|hey|[,.!\s])*(?:i|we)(?:['’]d| would)? (?:also )?(?:like|want|need) to (?=book|order|borrow|reserve|register|rent|buy)",
    re.IGNORECASE,
)
#: beside what was told before; what fails fails by itself
_ALSO: Final = re.compile(
    r"^(?:还有|另外|对了|顺便|哦|啊|[，,。\s])+|(?<=[\u4e00-\u9fff])[也又都](?=坏|不|漏|堵|掉|裂|松|关|打|没)"
    r"|^(?:and |also|oh|besides|by the way|btw|one more thing|[,.:\s])+|,? (?:too|as well|also)(?=\W*$)",
    re.IGNORECASE,
)
#: a fault is reported, and the thing is named instead of what is wrong with it
_REPORTS: Final = re.compile(
    r"^(?:你好|您好|我们?|想|要|需要|来|帮我|[，,\s])*报修(?:一下|个)?(?P<zh>[^，,。！!？?]{1,8})[。！!\s]*$"
    r"|^(?:i|we)?(?:['’]d| would)?[ ]?(?:want|need|like)?(?: to)? ?report (?:a (?:problem|fault|repair)(?: with| of| for| in)? )?(?:a |the |my )?(?P<en>[a-z ]{3,24})[.!\s]*$",
    re.IGNORECASE,
)
_TIMES: Final = re.compile(
    r"(?:大?[今明后][天晚早]?|(?:这|下)?(?:周|星期|礼拜)[一二三四五六日天末])?(?:上午|下午|晚上|早上|中午|傍晚)?(?:[一二两三四五六七八九十\d]{1,3}(?:点半?|[:：]\d{2}))?的(?=\S)"
)
_BOOKS: Final = re.compile(r"^(?:再)?(?:帮我|给我)?(?:预约|预订|约|订)(?:一下|个|一次|一个)?")
#: work on a thing that is well; what is broken asks for none of it
_CARE: Final = ("value.clean",)
_APPLIANCES: Final = "value.repair-appliance"
#: workflows of services that tell something
_TELLING: Final = frozenset({"enquiry", "online_info"})
#: a guess less likely than this is none
_GUESS: Final = 0.1
#: acts that a wish in many words may be taken for
_UNLIKE: Final = (Act.ENQUIRY, Act.AMEND, Act.DISSATISFIED, Act.SATISFIED)
#: as likely as this a service is worth asking about, where none was thought of
_FAIRLY: Final = 0.5
_SURE: Final = 0.8
_LONGEST: Final = 80


def read_plainly(read: Callable[[str], Meaning], text: str, menu: Menu) -> Meaning:
    """What the message means; told more plainly where the engine is surer of it then."""
    meaning = read(text)
    # "The AC still isn't cold" may be the first that is heard of it.
    is_verdict = meaning.intents[0].act == Act.DISSATISFIED
    if meaning.emergency or (meaning.decision == "act" and not is_verdict):
        return meaning
    meaning = _with_appliance(meaning, menu)
    if meaning.decision == "act" and not is_verdict:
        return meaning
    reported = _reported(read, text)
    if reported is not None:
        return _with_details(meaning, reported)
    for plain in dict.fromkeys(_wordings(text)):
        told = _with_appliance(read(plain), menu)
        is_softened = plain == again.plain(text)
        is_idle = not is_softened and _only_tells(told, menu)
        if not (told.emergency or is_idle) and _is_surer(meaning, told, is_softened=is_softened):
            return _with_details(meaning, told)
    return meaning


def _wordings(text: str) -> list[str]:
    """The same in fewer words, the nearest first; none of them is the text itself."""
    softened = again.plain(text)
    found = [softened]
    if len(text) <= _LONGEST:
        called = _CALLS.sub("", text).strip()
        wished = _WISHES.sub("", text).strip()
        timeless = _TIMES.sub("", wished, count=1)
        found += [_ALSO.sub("", text).strip()] if subjects.tells_fault(text) else []
        found += [called if subjects.tells_fault(called) else text, wished, timeless]
        found += [_BOOKS.sub("预约", timeless)]
    return [one for one in found if one and one != text]


def _is_surer(meaning: Meaning, told: Meaning, *, is_softened: bool) -> bool:
    first, plain = meaning.intents[0], told.intents[0]
    is_same = first.act == plain.act
    if not is_softened:
        is_wish = plain.act == Act.REQUEST and plain.item is not None and first.act in (plain.act, *_UNLIKE)
        is_found = told.decision == "act" or (not first.alternatives and plain.confidence >= _FAIRLY)
        return is_found and is_wish and len(told.intents) == len(meaning.intents) == 1
    return told.decision == "act" or bool(is_same and plain.alternatives and not first.alternatives)


def _reported(read: Callable[[str], Meaning], text: str) -> Meaning | None:
    """ "我要报修水管" as the pipe that is broken: what it may be is asked as for any fault."""
    found = _REPORTS.match(text.strip())
    if found is None:
        return None
    zh, en = found["zh"], (found["en"] or "").strip()
    plain = f"{zh}坏了" if zh else f"the {en} is broken"
    # with the order before it, it answers no open question
    for words in (plain, f"我要报修{plain}" if zh else f"I want to report {plain}"):
        told = read(words)
        first = told.intents[0]
        if first.act == Act.REQUEST and first.item is not None and not told.emergency:
            return told
    return None


def _only_tells(told: Meaning, menu: Menu) -> bool:
    """Whether the service only tells about what is ordered here."""
    item = menu.find_item(told.intents[0].item or "")
    return item is None or item.workflow in _TELLING


def _with_details(meaning: Meaning, told: Meaning) -> Meaning:
    """The plainer reading of the whole text: what only the whole text tells (a time) stays."""
    if len(told.intents) > 1:
        return replace(told, text=meaning.text)
    first, plain = meaning.intents[0], told.intents[0]
    more = {slot: value for slot, value in first.slots.items() if slot not in plain.slots or _is_time(value)}
    intent = replace(plain, slots={**plain.slots, **more}, said={**first.said, **plain.said})
    return replace(told, text=meaning.text, intents=(intent,))


def _is_time(value: object) -> bool:
    return isinstance(value, TimeWindow)


def _with_appliance(meaning: Meaning, menu: Menu) -> Meaning:
    """An appliance that fails is to be repaired, however much its name and room sound like a cleaning."""
    intent = meaning.intents[0]
    is_one = len(meaning.intents) == 1 and intent.act == Act.REQUEST and "appliance" in intent.slots
    if not is_one or not subjects.tells_fault(meaning.text):
        return meaning
    own = (Alternative(intent.item, intent.confidence),) if intent.item else ()
    ranked = [one for one in (*own, *intent.alternatives) if not one.item.startswith(_CARE)]
    best = ranked[0] if ranked else None
    item = menu.find_item(best.item) if best is not None and best.confidence >= _GUESS else None
    if best is None or item is None or item.category != _APPLIANCES:
        return meaning
    if any(one.confidence > best.confidence / 2 for one in ranked[1:]):
        return meaning
    return replace(meaning, decision="act", intents=(_surely(intent, best, ranked[1:]),))


def _surely(intent: Intent, best: Alternative, others: list[Alternative]) -> Intent:
    return replace(intent, item=best.item, confidence=max(best.confidence, _SURE), alternatives=tuple(others))
