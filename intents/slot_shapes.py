"""Details that have a shape of their own: numbers of things and people, money, plates, phones, tickets.

Every reader takes a normalised text and says where in it the detail stands, so that a value never loses the
words it came from. A range gives its larger end ("两三个人" is 3): nobody is left standing.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from intents.slot_numbers import EN, MONEY, TO, ZH, read_count, read_money

FEWEST_DIGITS = 3  # of a plate; what has less of them behind 新 is a new thing: 新airpods
FEWEST_OF_PHONE = 7
LEAST_OF_PIECES = 10  # 块 under this are pieces rather than yuan
LEAST_SUM = 100  # a bare number under this is rather an age or an hour than money
MOST = 9_999  # of things and of people


BLANK = "\n"  # what stands for each character of a time; no normalised text has any


class Found(NamedTuple):
    """A detail and the half-open span of its words in the normalised text."""

    value: object
    start: int
    end: int


_DIGIT, _LATIN, _HAN = re.compile(r"\d"), re.compile("[a-z]"), re.compile("[\u4e00-\u9fff]")
#: what stands wherever there is a count, in Chinese words or digits, in English words, or of oneself
_NUMBER_ZH = re.compile(r"[\d一二两三四五六七八九十百千万俩仨]")
_NUMBER_EN = re.compile(rf"\b{EN}")
_MYSELF = re.compile(r"\b(?:me|myself|my)\b")
_HUNDREDS = re.compile(r"hundred|thousand|grand")
_NIGHT, _OLD = re.compile("晚|night"), re.compile("岁|old|yo|y/o|age")
_SPOKEN_PHONE = re.compile("[幺一][三四五六七八九][零〇一二三四五六七八九幺]{3}")
_TICKET = re.compile(
    r"#\s?(\d{4,7})\b|(?<!\d)(\d{4,7})\s*号?(?:的)?(?:工单|单子|单)(?!元|位|间|独|身)|(?:工单|单号|编号|单子)(?:是|为|:|：)?\s*#?(\d{4,7})(?!\d)"
    r"|\b(?:ticket|request|order|job|case|no\.?|number)\s*(?:no\.?|number|is|:)?\s*#?([1-9]\d{3,6})\b"
)
_PHONE = re.compile(
    r"(?<![\d.-])(?:(?:\+|00)?86[\s-]?)?(1[3-9]\d[\s.-]?\d{4}[\s.-]?\d{4}|1[3-9]\d[\s.-]?\d{3}[\s.-]?\d{5})(?!\d)"
    r"|(?<!\d)(\+\d{1,3}[\s-]?\(?\d[\d\s()-]{6,14}\d)"
    r"|(?<![\d.-])\(?(0(?:10|2\d|[3-9]\d{2})\)?[\s-]?\d{3,4}[\s-]?\d{4})(?!\d)"
    r"|(?<![\d-])(400[\s-]?\d{3,4}[\s-]?\d{3,4})(?!\d)"
    r"|(?:电话|座机|手机|号码|\b(?:tel|phone|call me (?:on|at)|number is))\D{0,6}(?<!\d)([2-9]\d{3}[\s-]?\d{4})(?!\d)"
    r"|(?<![零〇一二两三四五六七八九幺])([幺一][三四五六七八九][零〇一二三四五六七八九幺]{9})(?![零〇一二两三四五六七八九幺])"
)
_SPOKEN = str.maketrans("零〇一二三四五六七八九幺", "001234567891")
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]\s?牌?[a-hj-np-z][\s·•.-]{0,2}"
    r"(?:[a-hj-np-z0-9]{5}|[a-hjk][\s·.-]?[a-hj-np-z0-9]\d{4}|\d{5}[a-hjk]|[a-hj-np-z0-9]{4}[港澳学警挂领])(?![a-z0-9])"
)
#: said to be one: other countries' plates, and Chinese ones in Latin letters
_PLATE_NAMED = re.compile(
    r"\b(?:licen[cs]e |number |car )?plate(?: number| no\.?)?(?: is|:)?\s+((?=[a-z0-9-]*\d)[a-z0-9]{2,4}[ -]?[a-z0-9]{2,6})\b"
)
_NO_FLIGHT = r"(?!(?:at|by|to|in|on|no|is|or|of|rm|my|me|we|up|do|go|pm|am|so|as|an|be|it|us)\s?\d)"
_FLIGHT = re.compile(
    rf"(?<![a-z0-9]){_NO_FLIGHT}(?:(?:[a-z]{{2}}|\d[a-z])\s?\d{{3,4}}|[gd]\d{{1,4}}次?|[ckztl]\d{{2,4}}次?|[ckztl]\d次)(?![a-z0-9.])"
)
_NOT_COUNTED = (
    r"(?!半|多?个?(?:月(?!饼|球)|小时|钟|星期|礼拜|晚上|上午|下午|早上|白天|周(?!边)|季|年|学期|疗程)|人|号|单元|家(?!具|电|庭)|时(?!钟)"
    r"|(?:小|重要)?(?:问题|建议|投诉|意见|情况|消息|疑问|请求|要求)|事|大人|小孩|小朋友|孩子|成人|老人|朋友|客人|同事|儿子|女儿|娃|宝宝?|家长"
    r"|老师|师傅|工人|阿姨|保安|保洁|维修工|电话(?!机)|电工|套(?!餐)|龙|儿|起|样|阶|风(?!扇)|湾|子|长(?!椅|凳|沙)|都没)"
)
_THING = r"(?:玻璃|地毯|瓷砖|地砖|砖|木板|板|布|地板|镜子?|窗帘|手表|手机|屏|电池|蛋糕|草坪|地|墙|肥皂|香皂|毛巾|挡板|石膏板)"
_MEASURE = rf"(?:个|台|把|张|瓶|桶|盏|只|件|扇|套|间|箱|辆|盆|束|份|床|双|条|根|处|株|棵|袋|提|部|架|支|枝|朵|盒|罐|杯|本|页|封|副|幅|面(?!积|包|试)|组|顶|块(?={_THING}))"
_QTY_ZH = re.compile(
    rf"(?<![\d.第同几每十百千零〇一二两三四五六七八九:#米/-])({ZH}{TO}{ZH}|{ZH})[来多]?\s?{_MEASURE}{_NOT_COUNTED}|(?<![我妻妇们咱女子妹弟])([俩仨])(?!人|口|小时|钟|月|星期|孩|娃|大人|老)"
    r"|[a-z\u4e00-\u9fff]\s?[x×*]\s?(\d{1,2})(?![\d.])|(?:数量|\bqty|\bquantity)\s?(?:是|为|is|:|：)?\s?(\d{1,3})(?!\d)"
)
_UNITS = (
    r"summers?|winters?|seasons?|hours?|hrs?|minutes?|mins?|days?|weeks?|weekends?|months?|years?|yrs?|nights?|evenings?|mornings?|seconds?|percent|yuan|rmb|kuai|dollars|cny|stars?"
    r"|met(?:er|re)s?|inches|feet|kilos?|grams?|lit(?:er|re)s|degrees|kms?|cms?|kgs?|miles|sqm|square|o'clock|am|pm|floors?|storeys?|levels?"
)
_PEOPLE = r"people|persons?|guests?|pax|adults?|kids?|children|child|friends?|players?|passengers?|diners?|seats?|visitors?|grown-?ups?|toddlers?|bab(?:y|ies)|infants?|seniors?|travellers?|travelers?"
_WORKERS = r"cleaners?|movers?|workers?|helpers?|waiters?|guards?|plumbers?|engineers?|technicians?|residents?|neighbou?rs?"
_LINKS = r"of|to|times|in|at|on|and|or|until|till|more|please|the|a|an|my|our|your|is|are|was|for|we|i|he|she|they|it|you|with|from|would|will|can|but|so|this|his|her|its|has|does|always|as|yes|us|bed(?:room)?s? (?:flat|apartment|home|house)"
_QTY_EN = re.compile(
    rf"(?<![\w.-])(?<!at )(?<!by )(?<!unit )(?<!room )(?<!flat )(?<!gate )(?<!block )(?<!before )(?<!after )(?<!building )(?<!tower )(?<!around )(?<!until )(?<!no\. )(?<!#)"
    rf"({EN}{TO}{EN}|(?!one\b|1\b){EN})(?:\s+|\s?x\s+)(?:(?!(?:{_UNITS}|{_PEOPLE}|{_WORKERS}|{_LINKS})\b)[a-z-]+\s+){{0,2}}?"
    rf"(?!(?:{_UNITS}|{_PEOPLE}|{_WORKERS}|{_LINKS})\b)[a-z]{{2,}}[a-z-]*(?<!s)s\b|\b(?:just|only|exactly)\s+(one|1)\b(?!\s*(?:{_UNITS}|{_PEOPLE}))|(?<![\w.-])(\d{{1,2}})\s?x\s+[a-z]"
)
_NO_MAN = r"(?!数|置|民|份|家|工|次|员|均|物|行道|字|生|类|间|才|品|身|像|气|力|都没|在(?:吵|打|闹|抽)|天天|来(?:修|搬|看|弄|收|装|打扫|处理|量)|上门)"
_PARTY_ZH = re.compile(
    rf"(?<![\d.第])({ZH})[个位]?(?:大人?|成人)[,，、和加带跟\s]*({ZH})[个位]?(?:小(?!时)(?:孩|朋友)?|孩子|儿童|娃|宝宝?|老人?)(?:[,，、和加带跟\s]*({ZH})[个位]?(?:老人?|婴儿|宝宝))?"
    rf"|(?<![派叫排\d.第])(?<!派来)({ZH}{TO}{ZH}|{ZH})[来多]?\s?(?:个?人|位){_NO_MAN}|(?:我们|咱们|咱|一共|总共|一行)就?({ZH})(?:个人?|位)?(?=[,，。.!！?？\s]|$|去|吃|坐|玩|用|过来|要)"
    rf"|一家({ZH})口|({ZH})口(?:之家|人)|(就我(?:自己|一个人?)?)(?=[,，。.!！\s]|$)|(?:夫妻|夫妇|我们|咱们?|母女|母子|父子|父女|姐妹|兄弟)([俩仨])|(?<!来)([俩仨])人"
    rf"|({ZH})个(?:朋友|客人|同事|孩子|小朋友|大人|成人|访客|老人)"
)
_AFTER_FOR = rf"(?=\s*(?:$|[,，.。;!?)]|(?:{_PEOPLE}|of us|at|on|this|tonight|tomorrow|today|please|pls|in|by|under|near|with|next|around|and|it's)\b))"
_NO_SUM = r"(?!\s+(?:adults?|grown-?ups?)\s*(?:,|and|&|\+|plus|with|\d))"
_PARTY_EN = re.compile(
    rf"\b({EN})\s+(?:adults?|grown-?ups?)(?:\s*(?:,|and|&|\+|plus|with))*\s*({EN}|a|an)\s+(?:kids?|child(?:ren)?|bab(?:y|ies)|toddlers?|infants?)\b"
    rf"|(?<![\w.])({EN}{TO}{EN}|{EN})\s+(?:{_PEOPLE}|of us)\b|\b(?:party|group|table|family|team) of\s+({EN})\b|\b(?:there (?:will be|are)|we are|we're|we'll be|it's just)\s+({EN}{TO}{EN}|{EN})\b(?!\s*(?:{_UNITS})\b|\s+[a-z]+s\b|[:.]\d)"
    rf"|(?<!wait )\bfor\s+({EN}{TO}{EN}|{EN})\b{_NO_SUM}{_AFTER_FOR}|\b(just me|only me|just myself|me and my (?:wife|husband|partner|girlfriend|boyfriend|mum|mom|mother|dad|father|son|daughter|friend)|my (?:wife|husband|partner|girlfriend|boyfriend|mum|mom|mother|dad|father|son|daughter|friend) and (?:i|me|myself))\b"
)
_TABLE = re.compile(
    rf"\b(?:tables?|dinner|lunch|brunch|breakfast|seats|reservation|booking|meal|banquet|room)\s+for\s+({EN}{TO}{EN}|{EN})\b{_NO_SUM}(?!\s*(?:{_UNITS})\b|\s+[a-z]+s\b|[:.]\d)"
)
_NO_NIGHT = "(?!三十晚)"
_NIGHTS = re.compile(
    rf"(?<![周期拜号初月前\d]){_NO_NIGHT}({ZH})个?晚(?!上|点|饭|餐|会|班)|\b({EN})[\s-]+nights?\b"
)
_AGE = re.compile(
    rf"({ZH})(?:周)?岁|\b({EN})[\s-]*(?:years?|yrs?|yo|y/o)[\s-]*(?:old)?\b(?<=old)|\b({EN})\s?(?:yo|y/o)\b|\b(?:age|aged)\s+({EN})\b"
)
_YUAN = r"(?:元|块钱?|人民币|rmb|yuan|cny|kuai|刀)"
_NOT_MONEY = r"(?!\s?(?:个|人|位|台|多?小时|天|点|分钟|平|米|公里|岁|号|楼|层|次|件|张|晚|月|年|斤|公斤|度|%|kg|km|m2|sqm|people|guests|persons|pax|hours?|minutes?|mins?|days?|[\d:]))"
_SPAN = rf"(?:{MONEY}\s?{_YUAN}?(?:{TO}|\s?to\s?)\s?)?({MONEY})\s?{_YUAN}?"
_BUDGET_CUED = re.compile(
    rf"(?:预算|\bbudget|人均|每人|心理价位|价位|花费|标准)(?:是|为|的话|大概|大约|在|有|就|控制在|最多|不超过|差不多|给|我|的|:|：|\s)*{_SPAN}{_NOT_MONEY}"
    rf"|(?:不超过|不要超过|别超过|最多|控制在|顶多|最高)\s?{_SPAN}{_NOT_MONEY}"
    rf"|{_SPAN}\s?(?:以内|以下|之内|内(?!部|容|饰|存|侧)|左右|上下|封顶|的预算|per (?:person|head)|a head|budget|max\b|tops\b|or (?:so|less)\b)"
    rf"|\b(?:budget|spend(?:ing)?|price range|my limit)\b(?:\s?(?:is|of|around|about|up to|max|maximum|roughly|under|within|between|:|we have|i have))*\s?[¥￥]?{_SPAN}{_NOT_MONEY}"
    rf"|\b(?:up to|max(?:imum)?|no more than|not more than|at most|under|below|within|less than|around|about|roughly|cap of)\s?[¥￥]?{_SPAN}{_NOT_MONEY}"
)
_BUDGET_BARE = re.compile(rf"[¥￥]\s?({MONEY})|\brmb\s?({MONEY})|({MONEY})\s?{_YUAN}(?!{_THING}|[\da-z])")
_SURELY_MONEY = re.compile(rf"{_YUAN}|[¥￥]|预算|人均|每人|budget|spend")
_NOT_THAT = re.compile(r"(?<![是可这那])不是$|\bnot $")
_CORRECTED = re.compile(
    r"[,，。.\s]+(?:(?:啊|哦|呃|额|噢)?不对(?!劲|头|称)|哦?不[,，]|不不|错了|说错|打错|写错|我是说|(?:oh )?no,? wait|wait,|sorry(?! (?:for|to|about|but))|i mean|i meant|actually|correction|scratch that)"
)
_PAID = re.compile(
    r"(?:(?:押金|物业费|停车费|管理费|租金|房租|价格|账单|单价)(?:是|要|为)?|收了?我?们?|花了?我?|花掉|付了?|交了|欠|退|扣了?我?|罚了?我?|多收了?我?|涨了?|原价|赔|上次|给了他?|借)(?:了|我|们|他|你们|整整)*\s?$|\b(?:fee is|price is|rent is|bill is|deposit of|deposit is|paid|charged|cost|costs|refund\w*|owed?|fined?|billed|took)(?: me| us| you| him| an extra| extra| over)*\s?[¥￥]?$"
)


def shaped(text: str, timeless: str) -> Iterator[tuple[str, Found]]:
    """The details of both languages in a text; `timeless` is the text with its times blanked out.

    A number that is part of a time counts no things, people or money: "3点" is none of them.
    """
    digits = len(_DIGIT.findall(text))
    yield from _named(text, digits)
    clear = _without_codes(text) if digits >= FEWEST_DIGITS else text
    english, chinese = _LATIN.search(text) is not None, _HAN.search(text) is not None
    # Most messages name no number: that is soon seen, and long searched for by the shapes.
    counts_zh = _NUMBER_ZH.search(text) is not None
    counts_en = english and (digits > 0 or _NUMBER_EN.search(text) is not None)
    qty = (_counted(_QTY_ZH, clear, timeless) if counts_zh else None) or (
        _counted(_QTY_EN, clear, timeless) if counts_en else None
    )
    if qty:
        yield "qty", qty
    people_zh = (_PARTY_ZH,) if chinese and (counts_zh or "就我" in text) else ()
    people_en = (_TABLE, _PARTY_EN) if counts_en or (english and _MYSELF.search(text)) else ()
    for slot_id, found in (
        ("party", _party((*people_zh, *people_en), clear, timeless)),
        ("budget", _budget(clear, timeless, qty) if counts_zh or _HUNDREDS.search(text) else None),
    ):
        if found:
            yield slot_id, found


def ticket_number(text: str) -> int | None:
    """The ticket a text names (#1042, 1042号单, ticket 1042), or None."""
    found = _TICKET.search(text)
    return int(next(group for group in found.groups() if group)) if found else None


def _named(text: str, digits: int) -> Iterator[tuple[str, Found]]:
    """Numbers that name something, and nights and ages, which are read of the whole text."""
    if phone := _PHONE.search(text) if digits >= FEWEST_OF_PHONE or _SPOKEN_PHONE.search(text) else None:
        yield "phone", Found(_digits(phone), *phone.span(phone.lastindex or 0))
    if digits:
        yield from _codes(text)
    for slot_id, hint, shape in (("nights", _NIGHT, _NIGHTS), ("child_age", _OLD, _AGE)):
        if hint.search(text) and (found := _counted(shape, text, text)):
            yield slot_id, found


def _codes(text: str) -> Iterator[tuple[str, Found]]:
    """Tickets, plates and flights."""
    if ticket := _TICKET.search(text):
        yield "ticket", Found(ticket_number(text), *ticket.span())
    plate = _plate(text)
    if plate:
        yield "plate", plate
    flight = _FLIGHT.search(text)
    if flight and not (plate and plate.start <= flight.start() < plate.end):
        yield "flight_no", Found(flight.group().replace(" ", "").upper(), *flight.span())


def _digits(phone: re.Match[str]) -> str:
    spoken = phone.group(6)
    if spoken:
        return spoken.translate(_SPOKEN)
    return re.sub(r"[\s().-]", "", phone.group(phone.lastindex or 0))


def _plate(text: str) -> Found | None:
    for found in _PLATE.finditer(text):
        plain = re.sub(r"[\s·•.牌-]", "", found.group())
        if sum(letter.isdigit() for letter in plain) >= FEWEST_DIGITS:
            return Found(plain.upper(), *found.span())
    named = _PLATE_NAMED.search(text)
    return Found(re.sub(r"[ -]", "", named[1]).upper(), *named.span(1)) if named else None


def _without_codes(text: str) -> str:
    """The text without numbers that name something: no part of a plate or a phone is a quantity."""
    for shape in (_PHONE, _PLATE, _TICKET):
        text = shape.sub(lambda found: "," * len(found.group()), text)
    return text


def _party(shapes: Iterable[re.Pattern[str]], text: str, timeless: str) -> Found | None:
    """How many people: of adults and children the sum, of a range the larger."""
    for shape in shapes:
        for found in shape.finditer(text):
            counts = [read_count(group) for group in found.groups() if group]
            total = sum(count or 0 for count in counts)
            if all(counts) and 0 < total <= MOST and (shape is _TABLE or not _is_time(found, timeless)):
                return Found(total, *found.span())
    return None


def _counted(shape: re.Pattern[str], text: str, timeless: str) -> Found | None:
    """The first number above nought of a shape."""
    for found in shape.finditer(text):
        count = read_count(next(group for group in found.groups() if group))
        is_sound = count is not None and 0 < count <= MOST and not _is_time(found, timeless)
        if is_sound and not is_taken_back(text, *found.span()):
            return Found(count, *found.span())
    return None


def is_taken_back(text: str, start: int, end: int) -> bool:
    """Whether what stands there is denied or corrected at once: 不是两台，是三台; the oven, no wait, …"""
    before, after = text[max(0, start - 6) : start], text[end : end + 24]
    return _NOT_THAT.search(before) is not None or _CORRECTED.match(after) is not None


def _is_time(found: re.Match[str], timeless: str) -> bool:
    """Whether the number stands in a time."""
    group = next(number for number, words in enumerate(found.groups(), start=1) if words)
    return BLANK in timeless[found.start(group) : found.end(group)]


def _budget(text: str, timeless: str, qty: Found | None) -> Found | None:
    """What may be spent, in yuan; a price paid, charged or owed is none."""
    for shape in (_BUDGET_CUED, _BUDGET_BARE):
        for found in shape.finditer(text):
            yuan = read_money(found.group(found.lastindex or 0))
            if yuan and not _is_time(found, timeless) and _is_to_spend(found, yuan, text, qty):
                return Found(yuan, *found.span())
    return None


def _is_to_spend(found: re.Match[str], yuan: int, text: str, qty: Found | None) -> bool:
    if qty is not None and found.start() < qty.end and qty.start < found.end():
        return False
    if _PAID.search(text[max(0, found.start() - 16) : found.start()]):
        return False
    if yuan < LEAST_OF_PIECES and found.group().endswith("块"):
        return False  # 一块 is a piece of anything, or "together"
    return yuan >= LEAST_SUM or _SURELY_MONEY.search(found.group()) is not None
