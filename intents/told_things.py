"""A guest's name and a thing, as a first message tells them: "我朋友李伟", "一台钢琴", "a pass for a piano".

Read from the words as they were written, since a capital letter is what tells an English name. Only what
leaves little doubt is taken: what is not found is asked for.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

from __future__ import annotations

import re

_SURNAME = "(?:欧阳|司马|上官|诸葛|[王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤])"
_TITLE = "(?:先生|女士|小姐|太太|老师|总|阿姨|叔叔|医生|经理|教授)"
_ENDS = r"(?=$|[,，。.、;；!！?？\s（(]|明天|明早|明晚|明日|今天|今晚|后天|周[一二三四五六日末]|下周|星期|上午|下午|晚上|中午|[一两二三四五六七八九十\d]+[点个位人]|要|会|想|开|坐|打|来|过|到|带|从|和|跟|他|她|的?车|车牌|登记|预约)"
_ONE_ZH = rf"{_SURNAME}(?:{_TITLE}|[\u4e00-\u9fff]{{1,2}}?){_ENDS}"
_CUE_ZH = r"(?:朋友|客人|访客|亲戚|同学|同事|老乡|闺蜜|[表堂]?[哥弟姐妹]{1,2}|叔叔|舅舅|阿姨|姑姑)(?:是|叫|名叫|姓名|名字|[:：，,]|\s)*"
_PERSON_ZH = re.compile(
    rf"{_CUE_ZH}({_ONE_ZH}(?:[和跟与、]{_ONE_ZH})*|[A-Z][A-Za-z'-]+(?: [A-Z][A-Za-z'-]+)?)"
)
_KIN_EN = r"(?:friend|guest|visitor|cousin|colleague|brother|sister|uncle|aunt|mother|father|classmate|boyfriend|girlfriend)"
_NAME_EN = r"(?!(?:I|The|My|Please|Tomorrow|Today|Tonight|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|June|July|August|September|October|November|December)\b)[A-Z][A-Za-z'-]+"
_PERSON_EN = re.compile(
    rf"(?:\b(?i:{_KIN_EN}s?)(?i:,| is| called| named|'s name is|:)*\s+|\b(?i:visitor|guest)\b[^.?!]{{0,40}}:\s*|\b(?i:named|called|name is)\s+)((?:(?:Mr|Mrs|Ms|Dr)\.? )?{_NAME_EN}(?: {_NAME_EN})?(?: and {_NAME_EN}(?: {_NAME_EN})?)?)"
)
#: a name right beside a time, parted from it by a mark: "at 5: Anna Lee", "5点：李安娜", "Anna Lee, 17:00"
_CLOCK = r"(?:(?i:at |by |around |about )?\d{1,2}(?:[:.：]\d{2})?(?:\s*(?i:[ap]\.?m\.?|o'clock)|[点點时時](?:钟|鐘|半)?)?)"
_WHOLE_NAME = rf"(?:{_NAME_EN}(?: {_NAME_EN}){{0,2}}|(?!谢|方便|方不|严重|高兴|安静|万一|高峰){_ONE_ZH})"
_BESIDE_TIME = re.compile(
    rf"(?:^|[\s,，天午晚早]){_CLOCK}\s*[:：,，;；–—-]\s*({_WHOLE_NAME})\W*$"
    rf"|^\W*({_WHOLE_NAME})\s*(?:[:：,，;；–—-]|(?i:\bat\b))\s*{_CLOCK}\W*$"
)
_COUNT_ZH = r"(?:[一两二三四五六七八九十几\d]{1,3}|半|这|那|有|些)"
_MEASURE = "(?:台|架|张|件|套|把|只|箱|辆|瓶|桶|袋|盒|本|条|组|幅|个|批|部|盆|包|份|块)"
_NO_THING = r"(?!放行条|出门条|条子|单子|证|电话|忙|师傅|人|阿姨|时|钟|月|星期|礼拜|小时|保洁|钟点|访客|客人|朋友|东西|东东|问题|事|预约|服务|快递员|物品|大件)"
_THING_END = r"(?=$|[,，。.、;；!！?？\s]|要|想|需|搬|出|走|扔|丢|拿|带|运|拉|放|寄|存|帮|给|到|和|跟|明|今|后天|周|下|上|可以|能|麻烦|请|吗|吧|的|怎么|不要|去|坏)"
_THING_ZH = re.compile(
    rf"({_COUNT_ZH}?{_MEASURE}(?:旧|大|小|新|二手|老)?{_NO_THING}[\u4e00-\u9fff]{{2,5}}?){_THING_END}"
)
_WORTH = "钢琴|沙发|床垫|衣柜|书柜|书桌|餐桌|冰箱|洗衣机|电视机?|行李箱|轮椅|自行车|婴儿车|跑步机|鱼缸|茶几|柜子|箱子"
_THING_ALONE = re.compile(
    rf"(?:搬|运|拉|抬|扔|丢|处理|寄存|保管|带)(?:走|出去?|掉|个)?((?:旧|大)?(?:{_WORTH}))|((?:旧|大)?(?:{_WORTH}))(?:要|想|得)?(?:搬|运|拉|抬|扔|丢|处理|带)"
)
_THERE_IS = re.compile(r"^(?:有.|个)(?=[\u4e00-\u9fff]{2})")
_NOUN_EN = r"(?!(?:release|exit|goods|gate|pass|passes|permit|visitor|guest|friend|time|slot|day|hour|person|cleaner|plumber|call|look|few|lot|while|place|form|visit|service|note|bit)\b)[a-z]+(?:-[a-z]+)?"
_THING_EN = re.compile(
    r"\b(?:mov(?:e|ing)|tak(?:e|ing)|carry(?:ing)?|bring(?:ing)?|get(?:ting)? rid of|throw(?:ing)? (?:away|out)|dispos(?:e|ing) of|(?:pass|permit|note) for|keep|stor(?:e|ing)|borrow|buy|dump|remov(?:e|ing))(?: out| away)?"
    rf"\s+((?:an?|one|two|three|four|\d{{1,2}}|some|my|our)\s+(?:(?:old|big|large|small|new|upright|grand|used|broken|heavy)\s+)*{_NOUN_EN}(?:\s(?:bed|table|machine|chair|case|tv|set|bike|box|boxes|shelf|lamp))?)\b",
    re.IGNORECASE,
)


def guest_in(words: str) -> str:
    """The guest's name or names; "" where none is plainly told."""
    found = _PERSON_ZH.search(words) or _PERSON_EN.search(words)
    return found[1].strip() if found else name_beside_time(words)


def name_beside_time(words: str) -> str:
    """The name of somebody who is told together with the hour, and nothing else is; "" in all other words."""
    found = _BESIDE_TIME.search(words)
    return (found[1] or found[2]).strip() if found else ""


def thing_in(words: str) -> str:
    """The thing that is spoken of, with its number; "" where none is plainly told."""
    found = _THING_ZH.search(words) or _THING_EN.search(words) or _THING_ALONE.search(words)
    told = next((group.strip() for group in found.groups() if group), "") if found else ""
    return _THERE_IS.sub("", told)
