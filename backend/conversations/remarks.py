"""Everyday turns of phrase that say what is meant by what was just asked. Pure."""

import re
from dataclasses import replace
from typing import Final

from backend.conversations.state import OrLater, slot_values
from intents.meaning import Act, Intent, Meaning, TimeWindow

LONGEST_THANKS: Final = 80
#: less surely than this nobody drops what is under way
FAIRLY: Final = 0.5
LETTING_GO: Final = ("不用", "算了", "不要了", "不需要", "never mind", "forget it", "no need", "any more")
#: a detail of a wish: words that hold one correct it and do not let it go
_DETAILS: Final = frozenset({"when", "deadline", "from_to", "where"})
_NO_MORE: Final = re.compile(
    r"(?:唉|哎|那就|那)?[，,\s]*(?:算了[，,\s]*(?:.{0,4}(?:不用|不要|不需要|不).{0,8}了|吧)?"
    r"|(?:不用|不需要).{0,8}了)[。.!！]?"
)
_NAMES_PERSON: Final = re.compile(
    r"人工|真人|管家|客服|主管|经理|person|human|butler|agent|manager|someone", re.IGNORECASE
)
_KEEPS: Final = re.compile(
    r"^(?:那)?还是(?:来|要|修|办|留|约)|(?:不|别|先别|不用|不要)取消|留着"
    r"|\bkeep it\b|\b(?:do not|don['’]t) cancel",
    re.IGNORECASE,
)
_YES_CANCEL: Final = re.compile(
    r"(?:\W|yes|yeah|yep|ok(?:ay)?|sure|please|right|i do|对|是的?|好的?|行|嗯+|确认|确定"
    r"|就|那就?|请|帮我|要|可以)*"
    r"(?:cancel|取消|不要了|退掉)"
    r"(?:\W|it|that|this|one|the|visit|appointment|request|please|thanks|now|吧|了|掉|它|这个|这单|的|啊|呀|谢谢)*",
    re.IGNORECASE,
)
_NEVER_MIND: Final = re.compile(
    r"(?:(?:oh|ok(?:ay)?|ah|no|well|sorry|actually|it['’]?s (?:ok|fine)|no worries|thanks|thank you)\W+)*"
    r"(?:never ?mind|nvm|forget (?:it|that)|don['’]?t worry(?: about it)?|leave it)"
    r"(?:\W+(?:thanks|thank you|then|please|sorry))*\W*"
    r"|(?:哦|噢|好吧?|那|唉|哎|呃|嗯|[，,\s])*(?:算了|没事了?|没什么了?|当我没说)(?:吧|啦|了|哈|谢谢|[，,。.!！~\s])*",
    re.IGNORECASE,
)
_SINCE: Final = re.compile(
    r"^\s*(?:ever )?since\b|^从.{1,8}(?:开始|起|就)|^[昨前]天.{0,3}(?:开始|就)", re.IGNORECASE
)
#: a time of day that is the earliest one
_OR_LATER: Final = re.compile(
    r"(?:[\u70b9\u9ede半刻0-9]|(?<!小)[时時])(?:钟|鐘|整)?(?:以后|之后|过后|往后|以後|之後|后|後)"
    r"|\b(?:after|no(?:t)? (?:earlier|before|sooner)(?: than)?|from) (?:about |around )?"
    r"(?:\d|noon|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
    r"|\d ?(?:[ap]\.?m\.?)? (?:or later|onwards?)",
    re.IGNORECASE,
)
#: a visit that is only put off
_LATER: Final = re.compile(
    r"(?:回头|改天|改日|以后|下次|时间|到时候?|过几天|过两天)\S{0,3}再?(?:约|定|安排)|另(?:外|行)?(?:再)?约"
    r"|先(?:别|不要|不用)(?:过?来|上门|安排|约)|先不(?:约|来|安排|上门)"
    r"|\b(?:re-?book|re-?schedule|re-?arrange)\b|\banother (?:time|day)\b|\bsome other (?:time|day)\b"
    r"|\b(?:pick|choose|find|agree|arrange|name|book)\b.{0,25}\blater\b"
    r"|单子?先?(?:给我)?留着|\bkeep (?:the|my|this) (?:request|ticket|job|order)\b",
    re.IGNORECASE,
)
_NOT_NOW: Final = re.compile(
    r"先(?:别|不)|别来|不(?:用|要)?(?:过)?来|取消"
    r"|\b(?:do not|don['’]t|not) come\b|\bcancel|\bcall(?:ed)? off\b",
    re.IGNORECASE,
)
_ONLY_THE_TIME: Final = re.compile(
    r"(?:只|就|仅)(?:是)?取消.{0,6}(?:时间|上门|预约)|^(?:只|就|仅)?(?:是)?(?:这次|这个|约好的)?的?时间(?:不方便|不合适)?[。.]?$"
    r"|\b(?:only|just)(?: cancel| call off)? (?:the|this) (?:time|visit|appointment)\b",
    re.IGNORECASE,
)
#: the matter itself is given up
_GIVES_UP: Final = re.compile(
    r"不(?:用|需要|要|想)?(?:修|做|办|洗|清洗|保洁|打扫)了|不需要了|不要了|算了"
    r"|\bno longer need|\bany ?more\b|\bnever mind\b|\bforget it\b",
    re.IGNORECASE,
)
_AT_HOME: Final = re.compile(
    r"家里?有人|在家"
    r"|\b(?:i|we|someone|somebody)(?:['’](?:m|re|ll|s)| am| are| is| will)(?: be)?(?: at)? home\b",
    re.IGNORECASE,
)
_NOBODY: Final = re.compile(r"不在家|没人|没有人|nobody|no one|not (?:at )?home", re.IGNORECASE)

#: only what is wrong, and neither where nor with what
_FAULT_ALONE: Final = re.compile(
    r"(?:(?:it|this|that)(?:['’]s)?(?: (?:is|has|just|keeps|still|also|now))* )?"
    r"(?:leak(?:s|ing|ed)?|drip(?:s|ping|ped)?|broken?|not working|(?:doesn|isn|won)['’]?t work(?:ing)?|stuck"
    r"|blocked|clogged|flooding|stopped(?: working)?)(?: (?:again|badly|a lot|everywhere|now))?[\s.!]*"
    r"|(?:它|这个?|那个?|一直|老是|总是|现在|又|还|都|在|有点)*"
    r"(?:漏水?|滴水?|坏|堵住?|不亮|不动|不热|不凉|不制冷|卡住?)(?:了|啦|呢|得厉害)*[\s。.!！~]*",
    re.IGNORECASE,
)

#: something is wrong, whatever it is
_TROUBLE: Final = re.compile(
    r"问题|毛病|坏|不行|故障|漏|堵|\b(?:problem|issue|trouble|wrong|broken|leak\w*)\b", re.IGNORECASE
)

_THANKS: Final = (
    r"(?:many )?thank(?:s| you| u)(?: (?:so much|very much|a lot|again|indeed))?|thx|cheers|much appreciated"
    r"|(?:十分|非常|太)?(?:谢谢|多谢|感谢|谢)(?:你们?|您|啦|了|晒)*|(?:唔该|唔該|辛苦|麻烦)(?:晒|你们?|您|了)*"
)
_YES: Final = (
    r"(?:that|it|this|all|everything)(?: is|['’]s| looks| sounds)?(?: all)? "
    r"(?:correct|right|perfect|fine|good|ok(?:ay)?|great)"
    r"|correct|right|perfect|fine|good|great|ok(?:ay)?|yes|yep|yeah|sure|please|go ahead"
    r"|就?这样(?:吧|就好|可以)?|对的?|是的|好的?|可以的?|行|没问题|没错|嗯+|确认"
)
_THANKFUL: Final = re.compile(
    rf"(?=.*(?:{_THANKS}))(?:(?:{_YES}|{_THANKS})[\s,，.。!！~、;；的了啦吧呀啊哦🙏👍]*){{1,6}}",
    re.IGNORECASE,
)
#: thinking of another detail, not of letting go: "算了还是下午吧"
_CORRECTS: Final = re.compile(
    r"还是(?!不|别|算|取消|先)|改(?:成|到|为|在)|换(?:成|到|在)"
    r"|\b(?:make it|change (?:it|that)|rather|instead)\b",
    re.IGNORECASE,
)
#: the wish is refused, and another is asked for after that
_INSTEAD: Final = re.compile(
    r"^(?:(?:actually|oh|sorry|wait|hmm)\W*)*(?:no|never ?mind|forget (?:it|that))\b"
    r".{0,80}\b(?:but|instead|rather)\b.{0,20}\b(?:can|could|would|please|need|want|book|i'?d like)\b"
    r"|^(?:算了|不.{1,6}了)[，,。\s].{0,4}(?:直接|改|换|帮我|给我|还是|就).{2,}",
    re.IGNORECASE,
)


def thanks_and_agrees(words: str) -> bool:
    """Thanks, alone or with a yes: under a read-back nobody thanks for what they do not want."""
    return len(words) <= LONGEST_THANKS and bool(_THANKFUL.fullmatch(words.strip()))


def drops(words: str, intent: Intent) -> bool:
    """The wish under way is given up, and no detail of it put right: "算了还是下午吧" does that."""
    is_cancel = intent.act == Act.CANCEL and intent.confidence >= FAIRLY
    return (is_cancel or lets_go(words, intent)) and not corrects(words, intent)


def corrects(words: str, intent: Intent) -> bool:
    """A detail told anew, with words that put it in place of the former one."""
    return bool(slot_values(intent)) and bool(_CORRECTS.search(words))


def asks_instead(words: str, intent: Intent) -> bool:
    """ "No, I'll drive, but can you wash my car?": this wish goes and another comes."""
    return intent.act == Act.REQUEST and bool(_INSTEAD.search(words.strip()))


def lets_go(words: str, intent: Intent) -> bool:
    """ "不用了" and "算了，不用保洁了" let the whole wish go; "不对" or "不要周二了" only mean a detail."""
    if intent.act == Act.DENY and any(mark in words.lower() for mark in LETTING_GO):
        return True
    return not _DETAILS & set(slot_values(intent)) and bool(_NO_MORE.fullmatch(words.strip()))


def only_the_time(words: str, intent: Intent) -> bool:
    """ "Don't come on Wednesday, we'll find another time": the visit is called off, the matter is not."""
    if _GIVES_UP.search(words) or corrects(words, intent):
        return False
    is_put_off = bool(_LATER.search(words)) and (intent.act == Act.CANCEL or bool(_NOT_NOW.search(words)))
    return is_put_off or bool(_ONLY_THE_TIME.search(words))


def puts_off(words: str) -> bool:
    """A visit is spoken of, and the matter is to stay, whether or not there is a visit."""
    return bool(_LATER.search(words) or _ONLY_THE_TIME.search(words)) and not _GIVES_UP.search(words)


def keeps(words: str) -> bool:
    """Thinking better of it, when asked whether to cancel."""
    return bool(_KEEPS.search(words))


def says_yes_to_cancel(words: str) -> bool:
    """ "Yes cancel", said to the question whether to cancel."""
    return bool(_YES_CANCEL.fullmatch(words.strip()))


def is_never_mind(words: str) -> bool:
    """Nothing is wanted any more, and nothing is named."""
    return bool(_NEVER_MIND.fullmatch(words.strip()))


def names_person(words: str) -> bool:
    """False for "ring before you come": as a reply to a ticket's message it is about that visit."""
    return bool(_NAMES_PERSON.search(words))


def is_since(words: str) -> bool:
    """How long it has been so: no answer to "when shall we come?"."""
    return bool(_SINCE.search(words))


def tells_fault_alone(words: str) -> bool:
    """Only what is wrong ("it leaks"): no answer to "where is it?"."""
    return bool(_FAULT_ALONE.fullmatch(words.strip()))


def tells_trouble(words: str) -> bool:
    """Something is wrong, in whatever words."""
    return bool(_TROUBLE.search(words))


def with_or_later(meaning: Meaning) -> Meaning:
    """ "三点以后" is no visit at three sharp: the window says so, for the read-back and the butler."""
    return replace(
        meaning, intents=tuple(_or_later(one, one.words or meaning.text) for one in meaning.intents)
    )


def _or_later(intent: Intent, words: str) -> Intent:
    when = intent.slots.get("when")
    is_open = isinstance(when, TimeWindow) and when.end is None and when.grain in ("hour", "minute")
    if not is_open or not isinstance(when, TimeWindow) or not _OR_LATER.search(words):
        return intent
    later = OrLater(when.start, when.end, when.grain, when.day_named)
    slots = {k: later if v == when else v for k, v in intent.slots.items()}
    return replace(intent, slots=slots)


def tells_who_is_home(words: str, intent: Intent) -> bool:
    """A detail for whoever comes ("明天家里没人"), and no wish for another time."""
    is_told = bool(_AT_HOME.search(words) or _NOBODY.search(words))
    return intent.act == Act.AMEND and is_told and not corrects(words, intent)


def is_at_home(words: str) -> bool:
    """Said among other things: "after two, I'm home"."""
    return bool(_AT_HOME.search(words)) and not _NOBODY.search(words)
