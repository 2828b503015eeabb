"""No electricity: one home alone wants an electrician, a whole building is for the estate to mend. Pure.

"家里停电了" is like both; which of them it is stands in the words, or in what staff already know of the
building. Where it stands in neither, it is asked. A cut is never asked for its room.
"""

import re
from dataclasses import replace
from typing import Any, Final

from backend.conversations import forms, joining, offers
from backend.conversations.state import Said, Turn, slot_values
from backend.conversations.talk import Talk
from intents.meaning import Act, Alternative, Intent, Meaning

BUILDING: Final = "common.equipment.public-power-water"
HOME: Final = "value.repair-electrical.wiring-fault"
_EITHER: Final = frozenset({BUILDING, HOME})
_LONGEST: Final = 60
WHOLE_HOME: Final = "whole_home"
_OUT: Final = re.compile(
    r"停电|断电|没有?电了?(?!梯|视|话|脑|瓶|池|卡|费)|冇电"
    r"|\bno (?:electricity|power)\b|\bpower (?:cut|failure|outage)\b|\bblackout\b"
    r"|\b(?:power|electricity)(?: supply)?(?:['’]s| is| has| was| went| just| been| got)*"
    r" (?:off|out|gone|cut|down|stopped)\b"
    r"|\b(?:lost|without|haven['’]t (?:any|got)|don['’]t have(?: any)?)(?: all)? (?:power|electricity)\b",
    re.IGNORECASE,
)
#: another matter: when it comes back, what it costs, one socket, one room, one device
_ELSE: Final = re.compile(
    r"[?？]|吗|什么时候|几点|通知|插座|充电|欠费|电费|卡|手机|遥控|电瓶|电池|门锁|密码锁|半间|一半|房间"
    r"|一路|电梯"
    r"|\b(?:when|until|why|socket|plug|bill|card|meter|prepaid|top(?:ped)? up|battery|phone|half|one room"
    r"|lock|lift)\b",
    re.IGNORECASE,
)
_MANY: Final = re.compile(
    r"整[栋幢座]楼?|全楼|整楼|楼里|楼都|小区|全栋|家家|邻居|隔壁|对门|楼上楼下|[\d一二三四五六]*(?:号楼|单元)|楼道|大家"
    r"|\b(?:(?:the|our) )?(?:(?:whole|entire) )?(?:building|block|tower|estate|compound|floor|corridor)\b"
    r"|\b(?:the )?neighbou?rs?\b|\b(?:everyone|everybody|all flats)\b",
    re.IGNORECASE,
)
_OURS: Final = re.compile(
    r"家里|我家|我们家|咱家|屋里|就我|只有我|我这|房子里"
    r"|\b(?:at home|my (?:flat|home|house|apartment|place|unit)|our (?:flat|home|house|apartment|place)"
    r"|in the (?:flat|apartment|house)|only (?:us|me|mine|ours))\b",
    re.IGNORECASE,
)


def report(talk: Talk, heard: Said, intent: Intent) -> Turn | None:
    """Begin the report of a cut that was told as such; None where something else is asked or meant."""
    words = heard.meaning.text
    is_told = intent.act == Act.REQUEST and len(heard.meaning.intents) == 1 and len(words) <= _LONGEST
    if not is_told or _ELSE.search(words):
        return None
    item, slots = _item(talk, heard.meaning, intent), slot_values(intent)
    if item is None:
        return _which(talk, heard, slots) if _is_power(words, intent) else None
    slots.setdefault("where", _whole(words))
    return forms.start(talk, talk.item(item), slots, words, files=heard.file_ids)


def _is_power(words: str, intent: Intent) -> bool:
    guesses = {intent.item, *(one.item for one in intent.alternatives)}
    return bool(_EITHER & guesses and _OUT.search(words))


def _item(talk: Talk, meaning: Meaning, intent: Intent) -> str | None:
    """Which of the two it is; what the engine is sure of stands, but for what is known of the building."""
    words = meaning.text
    is_sure = meaning.decision == "act" and intent.item in _EITHER
    if not _is_power(words, intent):
        return BUILDING if is_sure and intent.item == BUILDING else None
    if _MANY.search(words) or joining.find(talk, talk.item(BUILDING)) is not None:
        return BUILDING
    if _OURS.search(words):
        return HOME
    return intent.item if is_sure else None


def _which(talk: Talk, heard: Said, slots: dict[str, Any]) -> Turn:
    """Only the own home, or more? The two services say it, one tap each."""
    intent = heard.meaning.intents[0]
    two = [one for one in (intent.item, *(a.item for a in intent.alternatives)) if one in _EITHER]
    two += sorted(_EITHER - {*two}, reverse=True)
    asked = replace(intent, item=two[0], alternatives=(Alternative(str(two[1]), 0.0),))
    slots.setdefault("where", _whole(heard.meaning.text))
    return offers.offer(talk, replace(heard.meaning, intents=(asked,)), slots, heard.file_ids)


def _whole(words: str) -> str:
    """Where a cut is: as far as it was told, else the whole home."""
    told = _MANY.search(words)
    return told[0] if told else WHOLE_HOME
