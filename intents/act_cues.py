"""What a sentence does, as far as its build shows: words that refer back, stop, move, correct, ask or wait.

None of them decides anything. They are evidence for `act_model`, alone and in pairs: "the plumber" and "not"
together say more than either.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

from __future__ import annotations

from functools import lru_cache
from itertools import combinations

from intents.any_of import AnyOf, standing_in
from intents.wish_rules import FAULT, POLITE_QUESTION, PRICE, QUESTION_STRONG, WISH

_JOB = r"(?:bookings?|appointments?|appoinments?|reservations?|orders?|requests?|tickets?|visits?|slots?|sessions?|repairs?|clean(?:ing)?|deliver(?:y|ies)|jobs?|complaints?|reports?|lessons?|class(?:es)?|table|matter|application|case)"
_WORKER = r"(?:plumber|technician|engineer|electrician|cleaner|ayi|driver|fitter|man|men|guy|lady|painter|movers?|tutor|nanny|babysitter|locksmith|inspector|workers?|staff|repairman|handyman|helper|maid|carpenter|nurse|team|lads?|somebody|someone|taxi|car|van)"

_CUES: tuple[tuple[str, str], ...] = (
    ("back", r"(?:约|订|定|报|预约|下单|登记|申请|叫|提交|报修|预订|说)(?:的|好|过|了|嘅)|那(?:个|张|条)?(?:单|事)|这(?:个|张)?单|我(?:的)?那|原(?:定|来|本|先)|本来|说好|约好|定好|刚(?:才|刚|报|下|订|约)|之前|上(?:次|回)|昨天|前天|上(?:周|礼拜|个?星期)|工单|单号|(?:已经|都)(?:.{0,6})了"
     rf"|\b(?:my|the|our|that|this|same|on) (?:\w+ )?{_JOB}\b|\b(?:booked|ordered|reported|arranged|agreed|requested|promised|scheduled|reserved|said|gave|told|sent|wrote|applied|submitted|filed|raised|lodged|requested|handed in|called about|asked (?:for|you)|(?:was|were|is|are) (?:due|meant|supposed|coming)|after all|already|yesterday|last week|this morning|earlier)\b|#?\b1\d{{3}}\b"),
    ("who", rf"师傅|阿姨|司机|月嫂|钟点工|工人|你们(?:的)?人|人家|保洁(?:员)?(?=来|到|还|明|今)|維修|维修工|工程部|\b(?:the|my|your|our|his|her) (?:\w+ )?{_WORKER}\b|\b(?:he|she|him|they|them|his|her)\b"),
    ("stop", r"取消|撤|作废|销(?:掉|了|单)|当我没|算了|免了|(?:点|下|按|订)错|退(?:掉|了|订|单|吧|一下|$)|停(?:一下|掉|了|吧)|关了吧|回去|先不|暂(?:时|且)不|唔(?:要|使|需要)|(?:不|别|甭)(?:再|用|要|需要|必|想|打算|考虑|请|叫|订|约|做|修|来|上|去|办|买|租|洗|弄|跑|麻烦|派|送|管|急)[^，。]{0,10}了|别(?:再)?(?:来|派|送|跑|上门|管|给)|不(?:用|必|需要|要)(?:管|来|派|上门|跑|麻烦|修|送)"
     r"|\bcancel\w*|\bcancell\b|\b(?:no need|no longer|any ?more|not? \w+ (?:needed|required|necessary)|(?:won'?t|don'?t|do not|doesn'?t) (?:be )?(?:need\w*|want|bother|send|come|require|deliver)|drop|scrap|skip|stop|withdraw|void|delete|release|call(?:ing)? (?:\w+ ){0,3}off|forget|give (?:it|that|them) up|back out|hold off|changed my mind|by mistake|wrong button|close (?:it|that|the)|take (?:me|us) off|off the hook|stay home|not going|undo|abandon|call it off|count (?:me|us) out)\b"),
    ("cured", r"(?:自己|又|已经|现在|都).{0,4}(?:好了|能|有了|转|正常|凉|热了|亮|行了)|(?:不漏|不堵|不响|不滴|能开|能用|恢复|正常|修好|弄好|换上|搞定|解决)了|\b(?:works?|working|fine|fixed|back|okay|mended|sorted|dried|solved|resolved|opened|running)\b.{0,12}\b(?:again|now|itself|its own|himself|already|it)\b|\b(?:fixed|mended|solved|repaired) (?:it|by|the)\b"),
    ("move", r"改(?!善|造|装|水|电)|换(?:成|到|个(?:时|日)|一?天|时间|日子)|挪|推(?!荐|车|拿|油|销|出)|延(?!长线)|提前|往[后前]|顺延|另约|(?:重新|再)约|(?:晚|早)(?:一?点|[一半两几]个?|些)|改期|调(?:到|成|一下|整|至)|太[早晚]|来不及|没空|不方便|不合适|另(?:外)?(?:找|定|选)|等我.{0,6}再|照旧"
     r"|\b(?:instead|another (?:day|time|slot|date)|(?:some )?other (?:day|time)|later|earlier|postpone\w*|prepone\w*|push(?:ed)?|shift|move|forward|put \w+ off|put the \w+ off|resched\w+|rearrang\w+|delay\w*|swap|rather than|(?:change|new|different) (?:the |of )?(?:date|time|day|slot)|new (?:time|slot|date)|make (?:it|that)|can'?t make|doesn'?t (?:suit|work)|no longer works|no good|suit\w*|better|bring .{0,20} (?:forward|up)|not (?:mon|tue|wed|thu|fri|sat|sun|at|today|tomorrow)\w*)\b"),
    ("mend", r"错|更正|纠正|订正|补充|备注|(?:再|多|加)(?:加|上|一|两|到|个|写|添)|添(?:上|一)|漏(?:说|写|了说)|忘(?:了|记)?(?:说|讲|写|提)|少(?:写|说|报|算)|应该是|其实|(?:不是|不要)[^，。]{1,8}[，,]\s*(?:是|要|改|而是)?|改(?:成|为|一下|双|单)|刚才(?:忘|说)|顺便(?:带|加)|联系人|尾号"
     r"|\b(?:wrong|mistake|mistyp\w+|meant|mean|correct(?:ion|ed)?|forgot|forgotten|add|also|as well|update|note|actually|should (?:be|end|read|say|have)|instead of|not \w+, (?:it'?s|but)|one more thing|rather have|put .{0,20} (?:on|under)|we are \w+ now|named|spelled|spelt|incorrect|not correct|apologies)\b"),
    ("asks", r"(?:了|好|到|成|完|上|出来|过)(?:没(?:有)?|吗|么|未|冇)|到哪|怎么?样了|咋样|怎样|点样|什么时候|啥时候|几时|几点|哪天|还来|还是下午|进度|进展|下文|结果|回复了|谁(?:管|接|手|在|处理|了)|有冇|边度|pending"
     r"|^\W*(?:hi |hello |so,? |and |please )?(?:is|are|has|have|had|did|does|do|when|where|what|who|any|am|was|were|how)(?:'s|'ve)?\b|\b(?:yet|on (?:the|his|her|their) way|progress|news|status|ready|go(?:ne)? through|let me know|tell me|i'?d like to know|do you know|eta|where (?:things|we|it|this|that) stands?|stand with|confirmed|approved|arrived)\b"),
    ("question", r"[?？]|(?:吗|么|呢|没|没有|不|未)[\s。!！~]*$"),
    ("waits", r"等(?!等)|还(?:没|不来|要)|催|快[点些啲]|赶紧|赶快|尽快|加急|优先|到现在|半天|多久|再不|拖|放鸽子|没(?:人|来|动静|消息)|说好|都.{1,6}(?:点|小时|天|周)(?:半)?了|怎么还|到底|急死|几次|三次"
     r"|\b(?:wait(?:ed|ing)?|hurry|chas\w+|nobody|no ?one|still (?:no|not|nothing|hasn'?t|haven'?t)|how (?:much )?long(?:er)?|priorit\w+|expedite|late|overdue|due at|\w+ time i'?m|get a move on|no (?:reaction|reply|response|answer|sign)|shown up|turned up|do something|asap|urgent\w*|quick\w*|been (?:\w+ )?(?:hours|days|weeks))\b"),
    ("again", r"又|还是(?!要|得)|还(?:在|有|响|漏)|照样|跟没|仍|依然|今天又|返工|\b(?:again|still|but now|same (?:noise|problem|thing)|lasted|as before|worse)\b"),
    ("good", r"满意|干净|谢谢|辛苦|挺好|不错|可以了|没问题了|很顺|完美|棒|赞|感谢|\b(?:thank\w*|great|happy|pleased|perfect\w*|well done|all good|cheers|sorted|excellent|lovely|smoothly|delighted|brilliant|good job|kind|wonderful|fantastic)\b"),
    ("bad", r"差|烂|脏|臭|吵|乱|投诉|没人管|不管|骂|凶|敷衍|糊弄|离谱|过分|气|凭什么|\b(?:terrible|awful|rude|dirty|filthy|noisy|disgust\w+|complain\w*|unacceptable|bad(?:ly)?|poor|ignored?|lazy|useless|shame|ridiculous|horrible|stinks?)\b"),
    ("denies", r"(?:我|我们)?(?:不是(?:要|想|来|让|叫|说)|没(?:有)?(?:要|说|让|叫|想|打算|订|约)|并没|不想|从来没)|谁(?:要|说|叫|让)|别给我|(?:理解|搞|弄|听)错|误会|\b(?:i'?m not|i am not|i didn'?t|i did not|i never|i wasn'?t|don'?t want|that'?s not|not (?:what|it)|misunderst\w+|misread|nobody (?:needs|asked|wants)|no no)\b"),
    ("wishes", r"帮(?:我|忙)|麻烦|请|想(?!起|到)|(?<!不)要(?!不)|能不能|可(?:以|否)|需要|来个|派|给我|安排|预约|约个|订个|找个|叫个|\b(?:please|pls|need|want|would like|i'?d like|can you|could you|can i|could i|may i|looking for|book|send|arrange|get me|order|someone to|somebody to)\b"),
    ("price", r"多少钱|收费|价|费用|几钱|免费|\b(?:how much|price\w*|cost\w*|fees?|charge\w*|rates?|free)\b"),
    ("rules", r"可以(?:吗|不|么|带|在)|能(?:不能|否)?(?:带|在|进|用|停|养)|要(?:不要|什么|哪些|带)|需要(?:什么|哪些|带|提前)|怎么(?:办|走|收|申|弄|报|去|用|交|个)|如何|在哪|哪里|哪儿|有没有|是不是|会不会|哪(?:家|个|种|些|位)|什么|\b(?:is (?:it|there)|are there|do (?:i|we|you|they)|does|which|allowed|permitted|required|opening|hours|how (?:do|to|does|many|often|far)|what (?:are|is|do|does|kind|sort|time)|whether|eligible|possible)\b"),
    ("person", r"真人|人工|活人|管家|经理|领导|负责人|主管|客服|打(?:个)?电话|回(?:个)?电|来电|\b(?:human|person|manager|supervisor|butler|speak|talk|call me|ring me|phone me|real|agent|operator|someone in charge|boss)\b"),
    ("idea", r"建议|希望(?:能|你们|物业|小区)?|要是|如果能|不如|最好(?:能|是)?|应该(?!是)|可以考虑|何不|能否(?:增|加|装|设)|就好了|\b(?:suggest\w*|idea|propos\w*|why not|why don'?t|how about|would be (?:nice|good|great|better)|should (?:have|put|install|open|add|be)|could (?:have|put|be)|maybe|consider|wish|perhaps|if only)\b"),
)  # fmt: skip
_PATTERNS = (
    *((name, AnyOf(pattern)) for name, pattern in _CUES),
    ("polite", POLITE_QUESTION), ("amount", PRICE), ("fault", FAULT), ("strong", QUESTION_STRONG), ("wish", WISH),
)  # fmt: skip
_NUMBERS = frozenset(pattern.number for _, pattern in _PATTERNS)
_TIME = AnyOf(
    r"[周礼拜星期][一二三四五六日天末]|\d点|[一二两三四五六七八九十]点|[上下中]午|[今明后]天|[今明]晚|[号日](?!码)|聽日|小时|一天|两天"
    r"|\b(?:mon|tues?|wed(?:nes)?|thurs?|fri|satur|sun)(?:day)?\b|\b(?:tomorrow|today|tonight|morning|afternoon|evening|noon|week|o'?clock|\d{1,2}(?:am|pm|th|st|nd|rd)?)\b"
)


@lru_cache(maxsize=16)  # the model of acts asks for them, and those who weigh what it says
def cues_of(text: str) -> tuple[str, ...]:
    """The names of the cues in a normalised text, and of each pair of them."""
    standing = standing_in(text, _NUMBERS)
    found = [
        name
        for name, pattern in _PATTERNS
        if (pattern.number in standing or pattern.is_anywhere) and pattern.search(text)
    ]
    if _TIME.search(text):
        found.append("time")
    return (*found, *(f"{one}+{other}" for one, other in combinations(found, 2)))


#: names of all cues and pairs, in the order of their columns
NAMES: tuple[str, ...] = tuple(
    [name for name, _ in _PATTERNS]
    + ["time"]
    + [f"{one}+{other}" for one, other in combinations([*(name for name, _ in _PATTERNS), "time"], 2)]
)
