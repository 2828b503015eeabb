"""What a message is about: the things it names, whether one of them fails, whether something is ordered. Pure.

The engine says which service is likely; who is to answer a message while a person is in the chat must be
known from its words, however unlikely every service is.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

import re
from typing import Final

from backend.conversations import about
from intents.menu import Item

#: something fails, and nobody asks whether it does
_FAULT_ZH: Final = (
    r"(?<![不没])坏(?:掉|了|的)+|(?:也|又|都|全)坏|(?:不|没)(?:太|怎么|会|能|再)?(?:亮|响|转|动|热|凉|冷|制冷|制热|出水|下水|通电|通|灵|工作|启动|显示|冲水|吸水"
    r"|排水|加热|脱水|充电|打火|好使|好用)(?:了|啦)?|(?<![不没地])(?:漏|渗|滴)(?:水|电|气|油|风)?|(?<![不没])堵(?:住|死|上)?|断(?:了|电|水|网)"
    r"|掉(?:下来|落|下|了)|脱落|松(?:动|了|脱)|裂(?:了|开|缝)|破(?:了|损|洞)|碎了|跳闸|没(?:有)?(?:电|水|热水|信号|网|反应|暖气|声音)(?!费)"
    r"|打不(?:开|着|燃)|关不(?:上|严|紧|住)|开不(?:了|开)|锁不(?:上|住)|冲不(?:下去|了|动)|下不去|排不(?:出|掉)|(?<!门禁)卡(?:住|死)了?|发霉|失灵|罢工|异响"
    r"|故障|(?:出|有)(?:了)?(?:问题|毛病)|死机|黑屏|烧(?:了|坏)|不见(?:了|亮)"
)
_FAULT_EN: Final = (
    r"\b(?:broke(?:n)?(?: down)?|busted|faulty|defective|out of order|leak(?:s|ing|ed|y)?|drip(?:s|ping|ped)?|block(?:ed)|clogged|jammed|cracked|dead|stuck|tripp(?:ed|ing)|trips"
    r"|flicker(?:s|ing)|overflow(?:s|ing)?|shattered|smashed)\b"
    r"|(?:\b(?:not|never|stopped|stops|no longer)|n['’]t)\b.{0,14}?\b(?:work\w*|turn\w*|ring\w*|open\w*|clos\w*|shut\w*|lock\w*|flush\w*|drain\w*|heat\w*|cool\w*|start\w*|light\w*|spin\w*|respond\w*|switch\w*)\b"
    r"|\b(?:fell|came|fallen|come|coming|falling) (?:off|down|apart|loose)\b|\bno (?:power|hot water|signal|internet|heating)\b"
    r"|\b(?:is|are|['’]s|went|has gone|gone) (?:also |now )?(?:out|down|off)(?= too| as well| again|\W*$)"
)
_FAULT: Final = re.compile(f"{_FAULT_ZH}|{_FAULT_EN}", re.IGNORECASE)
_WELL: Final = re.compile(
    r"不(?:再)?(?:漏|堵|卡|滴|坏)了|没(?:再)?(?:坏|漏|堵)|(?:修|弄|通|换|装)好了|已经(?:好|通|亮)了?"
    r"|\b(?:fixed|mended|repaired|solved) now|\bworks? (?:again|now|fine)\b|\b(?:not|n['’]t|no longer) (?:leak\w*|drip\w*|block\w*) ?(?:any ?more)?",
    re.IGNORECASE,
)
#: something is to be had, arranged or put down
_ORDER_ZH: Final = (
    r"(?:想|要|需要|打算|帮我|帮忙|给我|替我|麻烦|可以|能不能|能否|能|可不可以|请|再)(?:再|给|帮|我|你们|您|先|去|来|找人|派人)*(?:预约|预订|约|订|借|租|买|购买|办理?|申请|登记|报修|寄|叫|找|请|派|安排|开)(?!关|好|门|始)"
    r"|(?:帮我|帮忙|麻烦|请|需要|想|该)(?:你们?|再|来|去|人|把\S{1,6}?|给|个|一下)*(?:修|清?洗|更?换|安?装|拆|疏?通|清理|打扫|搬(?!家)|收|续|挂|送|取|接|拿)"
    r"|预约|预订|报修|登记|借(?:用|个|把|一|下|点|辆|台)|租(?:个|一|用)|订(?:个|一|两|几|桶|餐|水|票|位)|买(?:个|一|两|几|点)|申请|代购|代买|代办|(?:请|找|派|叫|安排)(?:个|位|一[个位])?(?:人|师傅|阿姨)"
)
_ORDER_EN: Final = (
    r"\b(?:book|borrow|order|rent|hire|buy|purchase|reserve|register|sign up|apply for|arrange|lend me)\b"
    r"|\b(?:i|we)(?:['’]d| would)? (?:also )?(?:need|want|like) (?:to|a|an|some|someone|somebody|my|our|two|three)\b|\blooking for\b|^\W*(?:also |and )?need (?:some(?:one|body)|an?)\b"
    r"|\b(?:please|can you|could you|can someone|i need|i want|i['’]d like)\b.{0,16}?\b(?:fix|repair|clean|wash|install|mount|replace|change|unblock|renew|extend|print|move|deliver|collect|pick up)\b"
    r"|\b(?:send|get me|find me) (?:someone|somebody|a|an)\b|\bcan (?:i|we|you) (?:have|get) (?:a|an|some|someone|somebody|my)\b"
)
_ORDER: Final = re.compile(f"{_ORDER_ZH}|{_ORDER_EN}", re.IGNORECASE)
#: it is told to whoever comes, and orders nothing
_TO_WORKER: Final = re.compile(
    r"(?:师傅|阿姨|工人|保安|管家|他们?|她们?).{0,4}(?:带|先|打|敲|按|早|晚|快|轻|小心|换鞋|走|从|到了|上来|联系|等|注意|别|不要|直接|给我)"
    r"|(?:敲门|走路|说话|动作|上楼|进门|施工).{0,4}(?:轻|小声|慢|小心|换鞋)|^\W*(?:请|麻烦|记得|那|你们)*带(?:上|好|个|一|点|些)?(?!我|他|她|孩子|走)"
    r"|(?:带|换)(?:个|一|把|两|上)?.{0,6}(?:师傅|阿姨|梯子|工具)"
    r"|\b(?:tell|ask|let|have) (?:the|your|him|her|them|whoever)\b|\bbring (?:a|an|the|some|two|his|her|their)\b|\bcall me\b",
    re.IGNORECASE,
)
_ANOTHER: Final = re.compile(
    r"另[一外]|别的|其他|还有|还想|还要(?!多久|等)|再(?:帮|给|订|约|叫|来|借|买|报)|第二|顺便|对了|也(?=坏|不|漏|滴|渗|堵|掉|想|要|松|裂|没|打|关)"
    r"|\b(?:another|other|second|also|too|as well|besides|by the way|btw|one more)\b",
    re.IGNORECASE,
)
#: what answers a question that was put, and opens no matter of its own
_ANSWERS: Final = re.compile(
    r"^\W*(?:是的?|就是|不是|对的?|嗯+|好的?|可以|行|没错|yes|no|ok|okay|sure|right|it['’]?s|it is|that['’]?s|that is)(?:\W|(?<=是)|(?<=s)|$)",
    re.IGNORECASE,
)
_ROOMS: Final = (
    r"厨房|卫生间|洗手间|厕所|浴室|客厅|卧室|主卧|次卧|房间|阳台|露台|餐厅|书房|门厅|玄关|家里|我们?家|屋里|家中|角落|楼道|走廊"
    r"|\b(?:kitchen|bathroom|living ?room|bedroom|balcony|dining room|study|hall|flat|apartment|home|house|room|corner|front|back|guest|main|master|small|big)\b"
)
_COMMON: Final = (
    r"[我你您他她它的了吗呢吧啊呀哦嘛么个这那哪里是在到去来要想能可以会就都也还又很太请把被给跟和与或们一两二三四五六七八九十几0-9]"
    r"|今[天晚早]|明[天晚早]|后天|昨天|上午|下午|晚上|早上|中午|周[一二三四五六日末]|星期.|下?礼拜.|什么|怎么|时候|时间|大概|多少钱?|费用|价格|有点|现在|刚才|突然|一直|老是|总是|经常|感觉|好像|似乎|应该|可能|一下|谢谢|麻烦|你好|您好|对了|另外|还有|顺便"
    r"|修理?|维修|看看|处理|检查|师傅|阿姨|工人|有人|没人|需要|帮忙|问题|东西|事情|厉害|严重|安排|上门|我们|你们|钥匙|物业|前台|登记|报修|预约"
    r"|\b(?:i|we|you|it|he|she|they|them|me|us|my|our|your|his|her|its|the|a|an|this|that|these|those|is|are|was|were|be|been|has|have|had|do|does|did|will|would|can|could|should|may|am|m|s|ve|ll|d|re|t"
    r"|and|or|but|so|if|then|also|too|as|well|again|now|just|still|there|here|to|of|in|on|at|for|from|with|by|up|out|off|down|not|no|yes|ok|okay|please|thanks|thank|hi|hello|hey|sorry"
    r"|need|want|like|get|got|send|come|someone|somebody|something|anything|thing|things|one|some|any|how|what|when|where|which|who|why|much|many|more|today|tomorrow|tonight|morning|afternoon|evening|night|monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    r"|fix|fixed|repair|check|look|help|man|guy|plumber|electrician|engineer|technician|cleaner|person|time|day|week|hour|hours|about|another|other|second|besides|way|really|very|water)\b"
)
_NO_THING: Final = re.compile(
    "|".join((_FAULT_ZH, _FAULT_EN, _ORDER_ZH, _ORDER_EN, _ROOMS, _COMMON)), re.IGNORECASE
)
#: more is a story
_LONGEST: Final = 160


def things(text: str) -> frozenset[str]:
    """What of a text names things: without faults, orders, rooms, times and words of any message."""
    return about.features(_NO_THING.sub(" ", text)) - about.TELLS_NOTHING


def is_of_service(item: Item, text: str) -> bool:
    """Whether a text names nothing but what the service is known by: a ladder is no toolbox."""
    named = things(text)
    return not named or bool(named & things(" ; ".join((item.name.zh, item.name.en, *item.aliases))))


def tells_fault(text: str) -> bool:
    """Whether something is told to fail; what is said to be well again, or is asked about, is none."""
    is_short = len(text) <= _LONGEST
    return is_short and _FAULT.search(text) is not None and _WELL.search(text) is None


def orders(text: str) -> bool:
    """Whether something is ordered, borrowed, booked or to be put down; not what whoever comes is told."""
    return len(text) <= _LONGEST and _ORDER.search(text) is not None and _TO_WORKER.search(text) is None


def tells_worker(text: str) -> bool:
    """Whether it is said to, or asked of, whoever comes: "bring a ladder", "可以带工具吗"."""
    return _TO_WORKER.search(text) is not None


def adds_another(text: str) -> bool:
    """Whether the words put something beside what was spoken of: "also", "另外"."""
    return _ANOTHER.search(text) is not None


def answers(text: str) -> bool:
    """Whether the words begin as an answer does: "是卫生间的", "it's the one in the hall"."""
    return _ANSWERS.search(text) is not None
