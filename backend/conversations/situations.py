"""Which lines fit an alarm: who is locked out of a home has no lift, and who mops up has no flood. Pure.

The lines stand in ``knowledge/situations.toml``; where none of them is meant, those of the kind are said.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

import re
from typing import Final

TRAPPED: Final = "trapped"
FLOOD: Final = "flood"
#: what leads to lines of their own; in this order
KEYS: Final = ("locked-home", "locked-car", "stuck", "confined", "leak-ac", "leak-small")

_LIFT: Final = re.compile(
    r"电梯|扶梯|升降机|轿厢|𨋢|\b(?:lifts?|elev[ae]tors?|escalators?)\b|(?<![a-z])lift(?![a-z])",
    re.IGNORECASE,
)
_CAR: Final = re.compile(
    r"车(?!库|位|棚|间)|\b(?:cars?|suv|van|vehicle|tesla|back seat)\b(?! ?(?:park|port|wash))", re.IGNORECASE
)
_STUCK: Final = re.compile(
    r"(?:头|手|脚|腿|胳膊|指头?|身子|孩子|宝宝|小孩|娃|猫|狗).{0,4}(?:卡|夹|挤)(?:在|住|到|进|了)|卡在(?:栏杆|防盗|窗|缝|门缝|洞)"
    r"|\b(?:head|hand|arm|leg|foot|feet|fingers?|thumb|toe|knee)s?\b.{0,24}\b(?:stuck|caught|trapped|jammed|wedged)\b"
    r"|\b(?:stuck|caught|trapped|jammed|wedged)\b.{0,24}\b(?:railings?|banisters?|bars|grille)\b",
    re.IGNORECASE,
)
_LOCKED: Final = re.compile(
    r"锁|钥匙|进不去|进不了|打不开门|门打不开|开不了门|关在(?:门外|外面)"
    r"|\block(?:ed|s)?\b|\bkeys?\b|\bcan(?:no|['’])?t (?:get in|open the door|get (?:it|the door) open)\b|\bdoor\b.{0,16}\b(?:shut|slammed|won['’]?t open)\b",
    re.IGNORECASE,
)
_HELD: Final = re.compile(r"困|关在|出不来|\b(?:trapped|stuck|shut in)\b", re.IGNORECASE)
#: who must not be left alone behind a door
_HELPLESS: Final = re.compile(
    r"孩|宝宝|宝贝|婴儿|娃|小朋友|儿子|女儿|孙|老人|老爷子|老太太|奶奶|爷爷|外婆|外公|姥|病人"
    r"|\b(?:bab(?:y|ies)|child(?:ren)?|kids?|toddlers?|infants?|son|daughter|grand(?:ma|pa|mother|father|son|daughter)|newborn)\b",
    re.IGNORECASE,
)
_OUTSIDE: Final = re.compile(
    r"进不去|进不了|(?:我|老公|老婆|家人|大人|人)?(?:被)?(?:锁|关)在?(?:了)?(?:门外|外面|外头)|钥匙.{0,8}(?:丢|忘|没带|掉|断|落|在(?:里面|屋里|家里))|(?:丢|忘|没带).{0,4}钥匙|门.{0,4}(?:打不开|锁上|反锁|锁住|带上|关上)|反锁"
    r"|\block(?:ed)? (?:\w+ )?out\b|\bcan(?:no|['’])?t get (?:back )?in\b|\b(?:lost|forgot|left|broke|without)\b.{0,12}\bkeys?\b|\bdoor (?:\w+ )?(?:shut|slammed|locked)\b",
    re.IGNORECASE,
)
_WITHIN: Final = re.compile(
    r"(?:在|还在|留在|关在|锁在|剩).{0,5}(?:里面|里头|里边|屋里|家里|房里|房间里|卧室里|门里)|一个人在(?:家|里|屋)|(?:自己|独自|单独)(?:一个人)?在(?:家|里|屋|房)"
    r"|\b(?:inside|alone|in there|(?:is|are|still|left|asleep|sleeping) in the (?:flat|apartment|house|home|room|bedroom|bathroom))\b",
    re.IGNORECASE,
)
#: it is well, asked for another time, or only supposed
_SUPPOSED: Final = re.compile(
    r"万一|如果|要是|上次|以前|昨天|没有?人在里|出来了|开了门|门开了|怎么办才能避免|会不会"
    r"|\b(?:if|in case|last (?:time|week|month|year)|yesterday|no ?body|no one|got out|is out|opened)\b",
    re.IGNORECASE,
)
#: whoever is held writes it
_SELF: Final = re.compile(
    r"我们?(?:现在)?(?:被|给)?(?:自己)?.{0,3}(?:锁|关|困|反锁)在(?!门外|外)|把(?:我|自己)(?:反?锁|关)在?(?!门外|外)"
    r"|\b(?:i|we)(?:['’](?:m|re)| am| are| got| have| was| were)?(?: \w+){0,2} (?:locked|stuck|trapped|shut) in\b|\block(?:ed)? (?:myself|ourselves|me|us) in\b",
    re.IGNORECASE,
)
_AC: Final = re.compile(r"空调|冷气|\b(?:ac|a/c|air ?con(?:ditioner|ditioning|d)?|aircon)\b", re.IGNORECASE)
_LEAK: Final = re.compile(r"漏|滴|渗|\b(?:leak\w*|drip\w*)\b", re.IGNORECASE)
#: more than a towel holds
_MUCH: Final = re.compile(
    r"爆|喷|涌|灌|淹|漫|没过|哗|瀑布|塌|天花|吊顶|顶上|楼上|屋顶|鼓包|全是水|都是水|一屋|满屋|满地|成河|止不住|关不(?:住|上|了|掉)|水帘"
    r"|\b(?:burst|gush\w*|pour\w*|spray\w*|shoot\w*|flood\w*|everywhere|rising|ankle|knee|waterfall|ceiling|collaps\w*|upstairs|inches|roof)\b|can(?:no|['’])?t (?:stop|turn)",
    re.IGNORECASE,
)


def guidance(kind: str, words: str, where: object = None) -> str:
    """The key of the lines that fit an alarm of this kind, told in these words; the kind itself where they
    say nothing that needs lines of its own."""
    if kind == TRAPPED:
        return TRAPPED if where == "lift" else _where_held(words)
    if kind == FLOOD and _LEAK.search(words) and not _MUCH.search(words):
        return "leak-ac" if _AC.search(words) else "leak-small"
    return kind


def _where_held(words: str) -> str:
    if _LIFT.search(words):
        return TRAPPED
    if _STUCK.search(words):
        return "stuck"
    is_locked = _LOCKED.search(words) or _OUTSIDE.search(words)
    if not is_locked or _SELF.search(words):
        return "confined"
    return "locked-car" if _CAR.search(words) else "locked-home"


def leaves_helpless(words: str) -> bool:
    """Whether somebody who must not be alone is behind a door that nobody can open."""
    is_alone = bool(_HELPLESS.search(words) and _WITHIN.search(words) and _OUTSIDE.search(words))
    return is_alone and not _SUPPOSED.search(words)


def holds(words: str) -> bool:
    """Whether somebody is held somewhere: trapped, stuck, or behind a locked door."""
    return any(one.search(words) for one in (_LIFT, _STUCK, _LOCKED, _OUTSIDE, _HELD))
