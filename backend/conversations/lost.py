"""Something was lost, or a parcel is waited for: a person looks for it, and no service is ordered. Pure."""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

import re
from typing import Final

from backend.conversations import voices
from backend.conversations.state import Said, Turn
from backend.conversations.talk import Talk

_LONGEST: Final = 120
_LOST: Final = re.compile(
    r"(?:丢|掉|落|忘|遗失|丢失|弄丢|搞丢)(?:了|在)|(?:不见|找不[到着])了?|(?:有没有人|谁|有人)?捡到|失物"
    r"|\b(?:i|we|my (?:\w+ )?(?:\w+)|he|she)(?:['’]ve| have| has)? (?:just )?(?:lost|misplaced|dropped)\b"
    r"|\blost (?:my|our|his|her|a|an)\b|\bcan(?:['’]t|not) find my\b|\bleft my\b|\blost and found\b",
    re.IGNORECASE,
)
#: what people carry about and lose; a key is the locksmith's, a parcel has an answer of its own
_BELONGING: Final = re.compile(
    r"围巾|帽子?|手套|外套|衣服|大衣|钱包|手机|手表|耳机|眼镜|墨镜|包(?!裹)|书包|雨?伞|证件?|身份证|护照|银行卡|门禁卡|戒指|项链|耳环|首饰|玩具|水杯|保温杯|电脑|平板|相机|滑板车|球拍|充电器"
    r"|\b(?:scarf|hat|cap|gloves?|coat|jacket|sweater|clothes|wallet|purse|phone|mobile|watch|earphones|headphones|earbuds|airpods?|glasses|sunglasses"
    r"|bag|backpack|handbag|umbrella|passport|id card|card|ring|necklace|earrings?|bracelet|toys?|teddy|bottle|laptop|tablet|ipad|camera|scooter|racket|charger|bike)\b",
    re.IGNORECASE,
)
#: a card to be made anew, or a thing that fell off or apart, is ordered or repaired
_ELSE: Final = re.compile(
    r"补办|重办|办|挂失|换|修|送洗|清洗|干洗|装|\b(?:replace\w*|renew|repair|fix|clean|wash|new|order)\b",
    re.IGNORECASE,
)
#: a parcel that is asked after; how to fetch or send one has answers of its own
_PARCEL: Final = re.compile(
    r"(?:快递|包裹|邮件|信件|外卖)(?=.*(?:到了?没|到没到|到了吗|到了么|有没有|在不在|收到没|放(?:在)?(?:前台|门卫|物业)|送到))(?=.*(?:查|看|问|吗|没有?|么|[?？]))"
    r"|\b(?:parcel|package|delivery|letter)\b(?=.*\b(?:arrived?|come|came|there|here|delivered|dropped|reception|desk)\b)(?=.*(?:\b(?:check|see|look|find out|has|have|did|is)\b|\?))",
    re.IGNORECASE,
)
_SENDS: Final = re.compile(
    r"寄|怎么取|代收|代取|帮我[拿取收]|\b(?:send|post|pick (?:it )?up|collect|fetch|ship)\b", re.IGNORECASE
)


def is_parcel(words: str) -> bool:
    """Whether it is asked if a parcel has come."""
    is_one = len(words) <= _LONGEST and _PARCEL.search(words) is not None
    return is_one and _SENDS.search(words) is None


def is_told(words: str) -> bool:
    """Whether a thing of their own is told to be gone, and nothing else is asked for."""
    is_one = bool(_LOST.search(words) and _BELONGING.search(words))
    return is_one and len(words) <= _LONGEST and _ELSE.search(words) is None


def asked(talk: Talk, heard: Said) -> Turn | None:
    """Whoever answers for the resident asks at the desk and the gate; None for any other message."""
    words = heard.meaning.text
    if len(heard.meaning.intents) > 1 or not (is_told(words) or is_parcel(words)):
        return None
    return voices.enquire(talk, heard)
