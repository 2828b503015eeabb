"""From where to where: 从家到浦东机场, pick me up at gate 3 and go to Hongqiao, 上海到北京的高铁票."""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

from __future__ import annotations

import re
from typing import NamedTuple

from intents.slot_shapes import Found

LONGEST_UNKNOWN = 6  # characters of a Chinese place whose end does not say that it is one
LONGEST = 40  # characters of a place; more is no place but a story
_END = r",，。.;；!！?？、()\n"
_NO_PLACE = r"(?:底|处|时|返|来|现在|今|明|昨|目前|位|头|货|了|不|没|达|账|期|点|年|哪|看|修|拿|取|吃|买|洗|打|做|玩|掉|办|问|一下|一趟|死|这(?![里儿边])|那(?![里儿边])|我(?!家|们家|公司|单位|这|妈家|爸家)|你|他|她|给|付|缴|报|上班|旅|接|送|的|\d+(?:[点月日岁个元块%]|号(?!楼|门|院|线|航站)))"
_NAME = rf"(?!{_NO_PLACE})[^{_END}\s]"
_GO = r"(?:[搬送运寄飞挪移抬拖拉带背抱装走开](?:到|去|至|回)|飞往|飞|回到|回|开往|开到|前往|到|去|至|往)"
_AFTER_PLACE = r"(?=[,，。.;；!！?？、\s]|$|的|要|多少|怎么|怎样|几|大概|大约|有|需要|坐|走|赶|接|送|开会|出差|旅游|玩|看|办|吧|呢|吗|谢|麻烦|能|可以|帮|，|单程|往返|来回|搬家|机票|车票|高铁票|路线|行李|陪|那边|一共|就|挂号|复诊|检查|住|两|三|四|五|\d)"
_PLACE = (
    r"(?:机场|火车站|高铁站|汽车站|南站|北站|西站|东站|地铁站|站|医院|门诊部|诊所|酒店|宾馆|饭店|大厦|广场|商场|公园|学校|大学|中学|小学|幼儿园|\d{1,3}(?:号楼|栋|号门)|中心|码头|公司|博物馆|体育馆|大剧院|使馆|领馆|出入境|航站楼|小区|门口|号门|路\d*号?|镇|区|县"
    r"|北京|上海|广州|深圳|杭州|南京|苏州|成都|重庆|武汉|西安|天津|青岛|大连|厦门|三亚|昆明|长沙|郑州|济南|宁波|无锡|合肥|福州|哈尔滨|沈阳|香港|澳门|台北|丽江|桂林|东京|大阪|首尔|新加坡|曼谷|伦敦|巴黎|纽约|迪士尼|外滩|虹桥|浦东|首都机场|大兴|白云|舟山|普陀山)"
)
_ENDS_LIKE_A_PLACE = re.compile(
    rf"{_PLACE}|(?:家里?|楼|门|栋|座|单元|室|房|店|城|国|省|岛|湾|村|路|街|桥|这[里儿]|那[里儿]|t\d)$"
)
_TELLS = re.compile("[渗漏斜跟叫掉满拆抱抬拖挂溅滴流转移早晚来下不黑白边上底岁年]")
_HALL = r"(?:\s?t\d(?:航站楼)?|\s?\d号航站楼|[一二三]号航站楼|东站|西站|南站|北站|站|[^,，。.\s]{1,3}路(?:\d+号)?)?"
_FROM_TO_ZH = re.compile(
    rf"(?:从|由|在)({_NAME}(?:(?!{_GO})[^{_END}\s]){{0,13}}?)(?:接(?:我们?|上?[人他她])?|出发|上车|起飞|走|开车|打车|坐车)?[,，\s]*(?:直接|再|然后|送我们?|打车|坐车|开车)?{_GO}({_NAME}[^{_END}\s]{{0,13}}?){_AFTER_PLACE}"
)
_TICKET_ZH = re.compile(
    rf"(?:^|[{_END}\s买订定要抢]|[张]的?)([^{_END}\s买订定要抢张从的\d]{{2,6}}?)(?:到|飞|至|→|—|-)([^{_END}\s]{{2,8}}?)的?(?:高铁|动车|火车|机票|飞机|航班|车票|船票|票|大巴)"
)
_TO_ZH = re.compile(
    rf"(?<!不想)(?<![不别没])(?:{_GO}|送(?:我们?|他们?|她|客人|爸妈|老人|孩子|我?[爸妈])?[去到])一?趟?((?!{_NO_PLACE})[^{_END}\s]{{0,10}}?{_PLACE}{{1,3}}{_HALL})(?!里?(?:接(?!送)|取))|[去往回飞到]((?!{_NO_PLACE})[^{_END}\s]{{2,8}}?)的?(?:机票|高铁票|火车票|车票|船票|动车票)"
)
_FROM_ZH = re.compile(
    rf"(?:从|由)((?!{_NO_PLACE}|早|晚|小|上次|以前|刚|开始)[^{_END}\s]{{1,14}}?)(?:出发|上车|走(?!廊|道)|起飞|启程|接(?:我|人|上))"
    rf"|(?:^|[,，。\s])(家里?|公司|单位|学校|小区|酒店)出发|(?:去|到|在|来|^|[,，。\s])((?!{_NO_PLACE})[^{_END}\s]{{0,10}}?{_PLACE}{{1,3}}{_HALL}(?:[a-z\d]口|出口)?)里?接(?!近|受|待)"
)
_STOP = r"(?=[,，。.;；!！?？\n]|$| \n| (?:at|on|tomorrow|today|tonight|by|for|around|please|pls|with|next|this|leaving|need|and|then|in|after|before|because|so|we|i|there|first|as|asap|now|right|later|via|when|how|is|are|costs?|would|can|could)\b)"
_SAY = r"(?:the )?((?:my |our )?[a-z\d][\w'&.-]*(?: (?!at |on |to |and |then |for |by |please|tomorrow|today)[\w'&.#-]+){0,4}?)"
_NO_WAY = r"(?!(?:(?:us|you|them|it|that|begin|start|finish|bad|good|cold|hot|july|june)\b|english|chinese|mandarin|top|scratch|now|time|monday|tuesday|wednesday|thursday|friday|saturday|sunday|\d+(?:am|pm|:\d\d)?(?: |$)))"
_ON = r"(?:to go to|and go to|go(?:ing)? to|then to|and then to|and on to|over to|heading (?:to|for)|and take (?:me|us|him|her|them) to|(?:and )?drop (?:me|us|him|her|them)(?: off)? at|and bring (?:me|us|them) to|to)"
_FROM_TO_EN = re.compile(
    rf"\b(?:from|pick(?:ing)? (?:me|us|him|her|them|my [a-z]+|[a-z]+)? ?up (?:at|from|in)|collect(?:ed)? (?:me|us|him|her|them|my [a-z]+) (?:at|from)) {_NO_WAY}{_SAY}(?:,| and| then)* {_ON} {_NO_WAY}{_SAY}{_STOP}"
)
_FROM_EN = re.compile(
    rf"\b(?:pick(?:ed|ing)?(?: (?:me|us|him|her|them|my [a-z]+|our [a-z]+|[a-z]+))? up (?:at|from)|pick(?:ing)? up (?:my [a-z]+|our [a-z]+|me|us|[a-z]+|him|her|them) (?:at|from)|pick-?up (?:at|from|is)|collect(?:ed)? (?:me|us|him|her|them|my [a-z]+) (?:at|from)|depart(?:ing)? from|leaving from|starting from) {_NO_WAY}{_SAY}{_STOP}"
)
_PLACE_EN = r"(?:airport|station|hospital|hotel|terminal|clinic|mall|school|university|embassy|consulate|cent(?:er|re)|museum|bund|disneyland|disney|ferry|pier|port|hongqiao|pudong|beijing|shanghai|guangzhou|shenzhen|hangzhou|nanjing|suzhou|chengdu|xi'an|xian|hong kong|sanya|qingdao|xiamen|wuhan|tokyo|seoul|singapore|london)"
_TO_EN = re.compile(
    rf"\b(?:to|drop (?:me|us|him|her|them)(?: off)? at|headed for|dest(?:ination)? (?:is|:)|reach)\s(?:the |my |our )?((?!(?:be|go|get|book|take|have|do|see|pick|arrange|send|find|visit|buy|the|my|our) )(?:[a-z\d'.-]+ (?<!to )(?<!for )(?<!and )(?<!the )(?<!from )){{0,3}}{_PLACE_EN}(?: (?:airport|station|railway station|terminal|hotel|hospital))?(?: t\d| terminal \d)?)\b"
)


class Ways(NamedTuple):
    """How a language says from where to where; `hint` is a word that each of its forms has one of."""

    hint: re.Pattern[str]
    both: tuple[re.Pattern[str], ...]
    origin: re.Pattern[str]
    dest: re.Pattern[str]


_ZH = Ways(re.compile("[从由在到去来回飞往至送接→-]|出发|票"), (_FROM_TO_ZH, _TICKET_ZH), _FROM_ZH, _TO_ZH)
_EN = Ways(re.compile(r"\b(?:from|to|at|up|in|for|dest\w*|reach)\b"), (_FROM_TO_EN,), _FROM_EN, _TO_EN)


def ways(timeless: str) -> dict[str, Found]:
    """Origin and destination, where the words leave no doubt; `timeless` has its times blanked out."""
    languages = [one for one in (_ZH, _EN) if one.hint.search(timeless)]
    for one in languages:
        for both in one.both:
            if found := both.search(timeless):
                places = {"origin": _place(found, 1), "dest": _place(found, 2)}
                if all(place and _is_like_a_place(str(place.value)) for place in places.values()):
                    return {slot_id: place for slot_id, place in places.items() if place}
    places = {
        "origin": _first(timeless, [one.origin for one in languages]),
        "dest": _first(timeless, [one.dest for one in languages]),
    }
    return {slot_id: place for slot_id, place in places.items() if place}


def _is_like_a_place(words: str) -> bool:
    """Whether Chinese words may be the name of a place: "窗框渗水", "早" and "黑" are none."""
    if words.isascii() or _ENDS_LIKE_A_PLACE.search(words):
        return True
    return 2 <= len(words) <= LONGEST_UNKNOWN and not _TELLS.search(words)


def _first(text: str, shapes: list[re.Pattern[str]]) -> Found | None:
    found = next((found for shape in shapes if (found := shape.search(text))), None)
    return _place(found, found.lastindex or 0) if found else None


def _place(found: re.Match[str], group: int) -> Found | None:
    words = found.group(group)
    bare = words.strip(" ,'-")
    if not bare or len(bare) > LONGEST:
        return None
    start = found.start(group) + words.index(bare)
    return Found(bare, start, start + len(bare))
