"""Somebody announces a guest: "my friend Tom comes by car tomorrow at three". A visitor to register. Pure.

Said of a guest, the engine thinks of lifts to the airport and of hotels as well; who comes to the home is a
matter for the gate, and its read-back shows what was understood.
"""

import re
from typing import Final

from backend.conversations import forms
from backend.conversations.state import Said, Turn, slot_values
from backend.conversations.talk import Talk
from intents.meaning import Act, Intent, Meaning, TimeWindow
from intents.only_time import speaks_of_the_visit

VISITOR: Final = "common.security.visitor-registration"
#: of which service the engine may think first without being sure of it
_HARDLY: Final = 0.3
_LONGEST: Final = 120
#: acts in which a guest may be announced
_TELLING: Final = frozenset({Act.REQUEST, Act.INFORM})
_SEEMING: Final = frozenset({Act.ENQUIRY, Act.RESCHEDULE, Act.AMEND})
KIN: Final = (
    r"朋友|客人|访客|亲戚|同学|同事|老乡|闺蜜|哥们|爸妈|父母|爸爸?|妈妈?|公婆|岳父|岳母|婆婆|公公|爷爷|奶奶|外公|外婆"
    r"|姥姥|姥爷|哥哥?|姐姐?|弟弟?|妹妹?|儿子|女儿|表[哥弟姐妹]|堂[哥弟姐妹]|叔叔?|舅舅?|姑姑?|姨妈?|男友|女友"
)
KIN_EN: Final = (
    r"friends?|guests?|visitors?|parents?|mother|father|mum|mom|dad|brother|sister|cousins?|uncle|aunt|son"
    r"|daughter|in-laws|colleagues?|classmates?|grandparents?|grandma|grandpa|boyfriend|girlfriend|family"
)
_ANNOUNCES: Final = re.compile(
    rf"(?:{KIN})[^，,。.？?！!]{{0,16}}?(?:(?:开|坐|打)车?[^，,。]{{0,3}}来|过来|来(?:访|我家|我们?家|家里|看|玩|做客|吃|住|拜访|串门)"
    r"|到我们?家|到访|拜访|上门|要来|会来|来(?=[，,。！!\s]|$))"
    rf"|有(?:一|两|三|几|\d)?[个位]?(?:{KIN})[^，,。]{{0,6}}来"
    rf"|\b(?:{KIN_EN})\b[^.?!]{{0,32}}?\b(?:comes?|coming|will come|visits?|visiting|will visit|arrives?"
    r"|arriving|drives? over|driving over|is over|are over|pops? over|dropping by|drops? by|stops? by)\b",
    re.IGNORECASE,
)
#: asked, over, complained of, or told of another service
_ELSE: Final = re.compile(
    r"[?？]|吗|怎么|哪|几点|没来|没有来|来过|来了|昨|刚才|接(?!待)|机场|高铁|火车|酒店|宾馆|客房|餐|订|买|送|投诉|噪|吵|钥匙|代驾|搬"
    r"|\b(?:airport|station|hotel|restaurant|table|taxi|pick (?:\w+ )?up|collect|complain|nois\w+|yesterday"
    r"|came|key|keys|when|where|how|can|could|is it|allowed|flight|train)\b",
    re.IGNORECASE,
)
#: asked behind it, whether that is to be put down: it is, and so it begins
_TO_REGISTER: Final = re.compile(
    r"[，,。.\s]*(?:这样)?(?:要不要|需不需要|用不用|是不是要|需要|要|用|得|能)(?:提前|先|给\S{1,4}|跟你们)?(?:做个?)?(?:登记|报备)(?:一下)?(?:吗|么|嘛|不|呢|的)?[?？。\s]*$"
    r"|[,.\s]*(?:and |so )?(?:do (?:i|we) (?:need|have) to|(?:should|must|can) (?:i|we)) register"
    r"(?: (?:him|her|them|it|that))?\W*$",
    re.IGNORECASE,
)
_CALLED_OFF: Final = re.compile(
    rf"(?:{KIN})[^，,。]{{0,8}}(?:不(?:过?来|用登记|用报备|需要登记|要登记)|取消)"
    rf"|\b(?:{KIN_EN})\b.{{0,12}}?(?:\bnot|n['’]t|\bno longer|\bcannot) (?:be )?(?:com|visit|make it)"
    rf"|(?:\bno need|n['’]t need|\bnot need|\bcancel|\bforget)\b.{{0,20}}\b(?:{KIN_EN})\b",
    re.IGNORECASE,
)
#: somebody of whom nothing was said before
_ONE_MORE: Final = re.compile(
    rf"(?:有|又|还|再)\S{{0,4}}(?:{KIN})|(?:一|两|三|四|几|\d)[个位]\S{{0,3}}(?:{KIN})|另"
    rf"|\b(?:an?|another|two|three|some|more)(?: \w+)? (?:{KIN_EN})\b",
    re.IGNORECASE,
)


def announced(talk: Talk, heard: Said, intent: Intent) -> Turn | None:
    """Begin the registration of a guest who was plainly announced; None for any other message."""
    is_asked = intent.act in _SEEMING and _TO_REGISTER.search(heard.meaning.text) is not None
    if not is_told(heard.meaning, intent) or not (is_asked or intent.act in _TELLING):
        return None
    words, slots = heard.meaning.text, slot_values(intent)
    return forms.start(talk, talk.item(VISITOR), slots, words, files=heard.file_ids)


def is_told(meaning: Meaning, intent: Intent) -> bool:
    """Whether the words announce a guest, and the engine is sure of nothing else."""
    words = _TO_REGISTER.sub("", meaning.text)
    is_plain = len(meaning.intents) == 1 and len(words) <= _LONGEST and not _ELSE.search(words)
    is_other = intent.item not in (None, VISITOR) and intent.confidence >= _HARDLY and words == meaning.text
    return is_plain and not is_other and _ANNOUNCES.search(words) is not None


def calls_off(words: str) -> bool:
    """Whether a guest is spoken of who is not to come, or need not be put down."""
    return _CALLED_OFF.search(words) is not None


def is_one_more(meaning: Meaning) -> bool:
    """Whether the guest is another one than any spoken of: not named before, and on a day of their own."""
    when = meaning.intents[0].slots.get("when")
    has_day = isinstance(when, TimeWindow) and when.day_named
    return has_day and bool(_ONE_MORE.search(meaning.text) or _TO_REGISTER.search(meaning.text))


def comes_at_the_time(talk: Talk, meaning: Meaning, intent: Intent) -> bool:
    """Whether the time that was told is the guest's, and not one for the visit that is being moved."""
    return is_told(meaning, intent) and not speaks_of_the_visit(meaning.text, talk.now)
