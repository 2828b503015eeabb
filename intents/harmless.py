"""Whole messages that only sound like danger: a lift that stands still, that is empty, a supply that is gone,
who is at home.

The model of danger learnt what people write who are inside that lift or whose home somebody has entered; these
say nothing of it. They are calmed only as a whole, and only where no rule of danger speaks: one word more
("we", "dark", "help") and the model is heard.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

from __future__ import annotations

import re

_WHERE_ZH = r"(?:我们|我家|咱们|小区|楼下|楼上|这边|这里|那边|左边|右边|中间|旁边|地库|车库|会所|大堂|一期|二期|东边|西边|[\da-z一二三四五六七八九十]{1,4}(?:号楼|号|栋|幢|座|单元|楼|层|期)|的|那部|这部|两部|有一部|所有|全部|那个|这个|[，, ])"
_THING_ZH = (
    r"(?:[客货消]?防?电?梯|升降机|扶梯|直梯|大门|单元门|楼门|车库门|卷帘门|自动门|旋转门|感应门|道闸|闸机|门)"
)
_STILL_ZH = r"(?:不动|动不了|不走|走不了|不运行|不上不下|停着?不动|停|停运|停摆|停用|不工作|用不了|没反应|罢工|坏|故障|出故障|失灵|开不了|不开)"
_WHEN_ZH = r"(?:又|突然|忽然|怎么|已经|一直|今天|今早|早上|上午|下午|晚上|现在|刚才|刚刚|好像|从早上起?|半天|还是|还|也|都|就|全|在(?:[\da-z一二三四五六七八九十]{1,3}|底)(?:楼|层)|停在(?:[\da-z一二三四五六七八九十]{1,3}|底)(?:楼|层))"
_SEE_TO_IT_ZH = r"(?:里面|里头|里边|轿厢里?)?(?:没有人|没人|是?空的)|麻烦|请|帮忙|帮我|能不能|可以|你们|派|叫|安排|找|个|一下|下|师傅|人|过来|上门|来|去|看看|看|检查|修|处理|报修|吧|吗|呢|呀|啊|谢谢|了|什么时候|几点|能|好|恢复"
_LIFT_ZH = rf"(?:你好|您好|[，, ])*+{_WHERE_ZH}*+{_THING_ZH}{_WHEN_ZH}*+{_STILL_ZH}(?:了|咗|啦|着)?[，,。.!?~ ]*(?:(?:{_SEE_TO_IT_ZH})[，,。.!?~ ]*)*+"

_WHERE_EN = r"(?: (?:in|at|of|on) (?:the |our |my )?(?:building|block|tower|unit|entrance|lobby|garage|ground floor|east|west|north|south)?(?: ?(?:wing|side))?(?: ?[\da-z]{1,2})?| (?:no\.? ?)?\d{1,2})"
_THING_EN = r"(?:lift|elevator|escalator|goods lift|service lift|door|main door|entrance door|garage door|gate|main gate|barrier|shutter|car park barrier)s?"
_STILL_EN = r"(?:not (?:be )?(?:mov(?:e|ing)|work(?:ing)?|run(?:ning)?|go(?:ing)?(?: up| down| anywhere)?|open(?:ing)?|clos(?:e|ing)|start(?:ing)?|respond(?:ing)?|com(?:e|ing))|(?:has |have |'s |had )?(?:just |again |suddenly |also )*(?:stopp?ed|quit|broken|broke|gone)(?: (?:moving|working|running|going|down))?|(?:is |are |'s |was )?(?:just |again |now |still |also )*(?:stopped|broken(?: down)?|down|dead|off|out(?: of (?:order|service))?|standing still|at a standstill))"
_SEE_TO_IT_EN = r"(?:again|now|today|since|this|morning|just|and|but|nobody|no one|is|it's|it|in|inside|empty|please|pls|can|could|would|you|someone|somebody|send|have|come|a|look|at|to|fix|check|repair|see|thanks|thank|when|will|be|fixed|soon|(?:on|at) (?:the )?(?:ground|first|second|third|top|\d{1,2}(?:st|nd|rd|th)?) floor)"
_LIFT_EN = rf"(?:(?:hi|hello|hey|excuse me|good morning|good evening)[, ]+)?(?:(?:the|our|my|that|this|one|both|of|left|right|other|second|first|all) )*{_THING_EN}{_WHERE_EN}?(?: (?:again|suddenly|just|now))* ?{_STILL_EN}(?:[,.!? ]+{_SEE_TO_IT_EN})*[,.!? ]*"

_GONE_EN = r"(?:(?:hi|hello|hey)[, ]+)?(?:(?:there(?:'s| is)|we(?:'ve| have)(?: got)?|i(?:'ve| have)(?: got)?|still|again) )*no (?:running |hot |tap )?(?:water|electricity|power)(?: again)?(?: (?:at|in|on) (?:home|my|our|the|this|whole|entire|flat|apartment|house|kitchen|bathroom|building|block|floor|estate|all)(?: (?:flat|apartment|house|kitchen|bathroom|building|block|floor|estate))*)*(?: (?:again|today|now|since|this|morning|yesterday))*[,.!? ]*"
_OFF_EN = r"(?:(?:hi|hello|hey)[, ]+)?(?:(?:the|our|my|all) )?(?:water|electricity|power)(?: supply)? (?:is|has|was|went|'s|just|been|got|suddenly|still|again| )*(?:off|out|gone|cut(?: off)?|down|stopped|not (?:on|back|working))(?: (?:again|today|now|since|this|morning|in|at|my|our|the|flat|home|building|kitchen))*[,.!? ]*"

_EMPTY = r"(?:没有?[，, ]+)?(?:里面|里头|里边|电梯里)(?:现在)?没有?人(?:被困)?(?:的|了)?[。.!~ ]*|没有?人(?:在里面|在里头|被困)(?:的|了)?[。.!~ ]*|(?:no[, ]+)?(?:there is )?(?:no ?body|no one)(?: is|'s)? (?:inside|in it|in there|in the lift|trapped)[. !]*|(?:no[, ]+)?(?:it is|it's) empty[. !]*"

_DAY_ZH = r"(?:今天|今晚|明天|明早|后天|周[一二三四五六日天末]|星期[一二三四五六日天]|白天|上午|中午|下午|晚上|整天|全天|一天|到时候?|那天|那时候?|平时|应该|基本|肯定|一直|随时|都|会|也|[，, ])"
_AT_HOME_ZH = rf"(?:好的?|嗯|对|[，, ])*+(?:我们?)?{_DAY_ZH}*+(?:(?:我们?)?家里?|家中|屋里){_DAY_ZH}*+(?:有|没有?)(?:大人|老人|阿姨|人)(?:在家?|开门|应门)?(?:的|哈|哦|呢|吧)*[，,。.!~ ]*|(?:好的?|嗯|[，, ])*+{_DAY_ZH}*+(?:有|没)人在家(?:的|哈|哦|呢|吧)*[，,。.!~ ]*"
_AT_HOME_EN = r"(?:(?:ok|okay|yes|yeah|sure|and|also|btw|by the way)[, ]+)*(?:there(?:'s| is| will be|'ll be) )?(?:some(?:body|one)|no ?body|no one|i|we|my (?:wife|husband|partner|mother|mum|mom|father|dad|parents|flatmate|roommate|family|ayi|nanny|helper)|the (?:ayi|nanny|housekeeper|helper))(?:'m|'re|'s|'ll be)?(?: (?:am|are|is|will|be|not|always|usually|here))* at home(?: (?:all day|today|tomorrow|now|then|to open the door|to let (?:him|her|them|you) in|in the (?:morning|afternoon|evening)|(?:on )?\w+day|after \w+))*[,.! ]*"

_HARMLESS = re.compile("|".join((_LIFT_ZH, _LIFT_EN, _EMPTY, _GONE_EN, _OFF_EN, _AT_HOME_ZH, _AT_HOME_EN)))
_LONGEST = 80


def is_harmless(plain: str) -> bool:
    """Whether a folded text (`danger_words.folded`) is as a whole one of these."""
    return len(plain) <= _LONGEST and _HARMLESS.fullmatch(plain.strip()) is not None
