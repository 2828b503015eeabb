"""The wording that gives an act away, in both languages; read in order, the first that fits wins.

Similarity to services is blind to what a sentence does ("空调不用修了" looks like an air conditioner to
mend), so these rules speak first. They look at the normalised text of one clause or message.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

from __future__ import annotations

import re
from dataclasses import dataclass

from intents.any_of import AnyOf
from intents.meaning import Act
from intents.whole_messages import WHOLE_MESSAGES


@dataclass(frozen=True, slots=True)
class Rule:
    """An act, how sure the wording makes us, what must be there and what must not."""

    act: Act
    confidence: float
    pattern: AnyOf
    unless: AnyOf | None = None
    longest: int = 2000

    def fits(self, text: str) -> bool:
        """Whether the rule speaks for this normalised text."""
        if len(text) > self.longest or not self.pattern.search(text):
            return False
        return self.unless is None or not self.unless.search(text)


def _rule(act: Act, confidence: float, pattern: str, unless: str | None = None, longest: int = 2000) -> Rule:
    return Rule(act, confidence, AnyOf(pattern), AnyOf(unless) if unless else None, longest)


_ASKS_HOW = r"怎么(?:取消|改|退)|如何|收费|多少钱|手续费|扣钱|会不会|可不可以随时|\bhow (?:do|can|to|much)\b|\bfee\b|\bpolicy\b|\bcharge[sd]?\b|\bwhat happens\b"
_STAFF = r"(?:师傅|保安|阿姨|管家|保洁|前台|门卫|门岗|客服|工程|维修|物业|小伙|大姐|大哥|姑娘|guards?|cleaners?|butler|engineers?|technicians?|plumbers?|electricians?|desk|staff|team|lady|guys?|lads?|receptionist|concierge|porters?|gardeners?|handyman|driver|nurse|crew)"
_PUBLIC = r"(?:小区|大堂|门口|单元|楼道|走廊|电梯|楼下|花园|车库|地库|车棚|广场|公共|草坪|儿童区|健身|前台|快递柜|垃圾|路口|围墙|会所|泳池|物业|你们)"
_REPAIR_WORDS = r"(?:修|通|弄|搞|洗|擦|扫|做|装|换|补|打扫|清理|保洁|刷)"

# Whole short messages: courtesies and answers, at most four together (an open repetition of words that
# overlap would take exponential time). Each is matched against the full text, with echoes taken out before.
_PARCEL = r"(?:(?:我|我家|我们家|我们)的?|那个)?(?:有)?(?:快递|快件|包裹|邮包|顺丰|外卖)"
_PARCEL_EN = r"(?:my|the|our|a|any|that) (?:new |amazon |taobao |jd )?(?:parcels?|packages?|deliver(?:y|ies)|courier|mail)(?: for (?:me|us|\d+))?"
_NO_COMPLAINT = r"(?:(?:我|我们|也|都|就|其实|倒|并|那|但|就是)*(?<!得)(?:不|唔|别|甭|没|未)(?:是|系)?(?:用|必|需要|需|要|想要?|使|打算|至于)?(?:来|去|再)?(?:投诉|举报)(?!不|都)(?:佢|他|她|他们|人家|谁|人)?(?:的|了|喇|啦|嘅)*)"
_NO_COMPLAINT_EN = r"(?:(?!.{0,12}\bno complaints?\b)(?:this is |it'?s |that'?s |there is )?(?:(?:i|we)(?:'m| am|'re| are)? )?(?:really )?(?:don'?t|do not|not|no|wouldn'?t|isn'?t|won'?t)(?: (?:really|want|wanting|wish|need|mean|like|trying|going|here|looking|necessary|it(?:'s)?|this is|that'?s))*(?: to)?(?: (?:make|file|lodge|raise|open|be))?(?: (?:a|an|any|this a|it a|formal|official|as a))* complain(?:ts?|ing)?)"

# Whole messages told by their build alone. Whether a parcel has come is asked of the desk and of no request in
# hand; who wants no complaint but a quiet word wants a person to have it; "reserved" may be what is wished for.
_WHOLE: tuple[tuple[Act, str], ...] = (
    (Act.ENQUIRY, rf"(?:请问|你好|您好|想问下?|问一?下|帮我?(?:看|查)一?下|麻烦|看看|[，,\s!！])*{_PARCEL}(?:今天)?(?:都|已经)?(?:到|来|送到|派送|送来)(?:了|咗)?(?:吗|么|没有?|了没|未|呀|啊|[？?\s])+"),
    (Act.ENQUIRY, rf"(?:hi|hello|hey|excuse me|[\s,!])*(?:(?:has|have|did|is|are) {_PARCEL_EN} (?:already |just )?(?:come|arrived?|here|there|in|been delivered|get here|delivered)(?: (?:yet|already|today|in|now|at the (?:desk|gate|lobby)))*|(?:any|are there any|do i have any|is there (?:a|any)) (?:parcels?|packages?|mail|deliver(?:y|ies)) for (?:me|us)(?: today)?)[\s?？!]*"),
    (Act.REQUEST, r"(?:(?:hi|hello|hey|so)\W+)*(?:i|we)(?:'d like| would like| need| want)(?: also)? (?:an?|the|some) [\w -]{3,24} (?:and|with|plus) (?:an?|the|some) [\w -]{2,20} (?:reserved|booked|arranged)(?: (?:for|on|at) .{0,16})?\W*"),
    (Act.REQUEST, r"(?:(?:hi|hello|hey|also|and)\W+)*(?:i|we)(?:'ve| have)?(?: got)? (?:another|one more|a further) (?:job|errand|task|request|favou?r)\b.{0,30}"),
    (Act.REQUEST, r"(?:(?:hi|hello|hey|so)\W+)*(?:i|we)(?:'m| am|'re| are|'ll be| will be) moving (?:out|in)\b[\w ,:/]{0,30}\W*"),
    (Act.AMEND, r"(?:(?:hi|hello|hey|please|pls)\W+)*(?:(?:can|could|would|will) you )?(?:please )?(?:change|switch|move) (?:the|my|our) (?:pick-?up|drop-?off|meeting|delivery) (?:point|place|spot|address|location) (?:to|at)\b.{1,40}"),
    (Act.RESCHEDULE, r"[^帮约订]{0,16}[^\w]+(?:那就|还是|那|就)?(?:下周|下个?星期|下个?礼拜|改天|过两天|过几天)再(?:来|上门|过来)[^吗么?？]{0,12}"),
    (Act.RESCHEDULE, r".{0,6}(?:这|本)(?:周|次|星期|礼拜)先(?:不|别)(?:用|要)?(?:来|做|送|过来|上门)了?[，,](?:下周|下次|下个?星期|下个?礼拜).{0,6}"),
    (Act.URGE, r".{0,10}(?:放了?(?:我|我们)?鸽子|约好了?的?.{0,6}(?:没|沒|冇)(?:来|到|见|來)).{0,10}"),
    (Act.DENY, rf"{_NO_COMPLAINT}[^\w]*(?:我|就|只|只是|就是|想)*(?:随便)?(?:说说|聊聊|问问|讲讲|吐槽|抱怨)(?:一?下|几句|而已|罢了)*[^\w]*"),
    (Act.HUMAN, rf"{_NO_COMPLAINT}[^\w]*.{{0,12}}(?:(?:说|讲|话)(?!说)|提醒|告诉|转告|沟通|协调|劝|打个?招呼|知会|安静|小声|注意).{{0,20}}"),
    (Act.HUMAN, rf".{{0,20}}(?:说|讲|提醒|告诉|转告|沟通|协调|劝|打个?招呼|知会).{{0,14}}[^\w]+{_NO_COMPLAINT}[^\w]*"),
    (Act.HUMAN, rf"{_NO_COMPLAINT_EN}\W.{{0,16}}\b(?:ask|tell|remind|let|have a|a quiet|talk to|speak to|mention|quiet|someone|somebody)\b.{{0,40}}"),
    (Act.DENY, rf"{_NO_COMPLAINT}[^\w]*|{_NO_COMPLAINT_EN}\W*"),
)  # fmt: skip
_TAIL = r"[\s,，.。!！?？~、;；…:：呀啊哦呢吧啦哈的了嘛哟喔咯\-()（）'\"]*"
COURTESIES: tuple[tuple[Act, re.Pattern[str]], ...] = tuple(
    (act, re.compile(rf"(?:(?:{words}){_TAIL}){{1,4}}", re.IGNORECASE))
    for act, words in (
        (Act.AFFIRM, r"是的?|对的?|对对+|好的?|好嘞|好呢|嗯+|恩|行|可以|没错|没问题|没毛病|确认|确定|就这样|就这么办|就这个|就它|同意|提交|提交吧|ok(?:ay)?|okie|okey|yes|yeah|yep|yup|ya|sure|correct|right|that'?s (?:right|correct|it|fine|good|the one)|confirm(?:ed)?|go ahead|please do|please proceed|proceed|sounds? (?:good|great|fine|right)|fine|exactly|absolutely|definitely|of course|please|pls|perfect|great|good|why not|do it|it is|i agree|agreed|works for me|all (?:correct|right)|成|要得|中|係|得|冇错|没意见|当然|按这个(?:来|办)?|就按这个(?:来|办)?|照这个(?:来|办)?|妥|可|true|submit(?: it)?|looks (?:good|right|correct|fine)"),
        (Act.DENY, r"不+|不是|不对|不要|不用|不必|没有|不可以|不行|算了|错了|搞错了|弄错了|你搞错了|你弄错了|你理解错了|理解错了|不是这个|不是这样|不是这个意思|不是我要的|都不是|都不对|都不要|唔係|唔使|唔要|否|no+|nope|nah|not (?:really|that|this|that one|this one|correct|right|yet|quite|at all|now)|wrong|incorrect|neither|none(?: of (?:these|those|them|the above))?|that'?s (?:not (?:it|right|correct|what i (?:meant|want(?:ed)?|said|asked(?: for)?))|wrong)|(?:it|that) is (?:not|wrong)|i (?:don'?t|do not) (?:want|need)(?: (?:it|that|this))?|i didn'?t (?:say|mean|ask for) that|try again|no thanks?|no thank you|you(?:'ve| have)? (?:got it wrong|misunderstood|misunderstand)(?: me)?|false|don'?t"),
        (Act.GREETING, r"你好|您好|大家好|在吗|在不在|在不|有人吗|有人在吗|有人不|哈喽|哈啰|嗨|喂|早|早上好|上午好|中午好|下午好|晚上好|早安|管家|管家好|管家你好|管家您好|小管家|你们好|hi+|hello+|hey+|heya|hiya|yo|hi there|hello there|hey there|good (?:morning|afternoon|evening|day)|morning|evening|greetings|dear (?:butler|sir|madam|team|all|guanjia)|butler|anyone (?:there|here|around)|anybody (?:there|here|home)|are you there|is (?:anyone|anybody|someone) (?:there|here)|there|how are you(?: doing)?(?: today)?|g'?day|nice to meet you|howdy|新年好|过年好|happy new year"),
        (Act.THANKS, r"谢+|谢谢|多谢|谢啦|谢了|感谢|十分感谢|非常感谢|太感谢|辛苦|辛苦了|辛苦你们|麻烦你|麻烦您|麻烦你了|有劳|费心了?|唔该|唔該|多谢晒|感恩|谢谢(?:你|您|你们|大家|管家|师傅)(?:的(?:耐心|帮助|帮忙|理解))?|(?:你|您|你们)?(?:这么|那么|真|太|很)?(?:耐心|热心|周到)|thanks?(?: (?:a lot|so much|very much|again|a million|a bunch|for (?:your|the|all|everything)[\w\s']{0,30}|mate|guys|butler))?|thank you(?: (?:so much|very much|again|kindly|for[\w\s']{0,40}))?|thx|tks|ty|cheers|ta|(?:much|really|very|highly|greatly) appreciated|(?:i )?(?:really )?appreciate (?:it|that|your[\w\s]{0,20}|the help)|many thanks|bless you|you'?re? (?:a star|the best|very kind|so kind|too kind|a lifesaver|an angel)|much obliged|grateful"),
        (Act.GOODBYE, r"再见|再会|拜+|拜拜|88+|回见|回头见|明天见|改天聊|先这样|那先这样|就先这样|就这些|我下了|下了|我先下了|我先走了|我先忙了?|先忙了?|晚安|没(?:有)?别的(?:事)?了?|没(?:有)?其他(?:的|事)?了?|没事了|不打扰了?|不聊了|回聊|下次聊|挂了|bye+|bye bye|goodbye|good bye|good night|see (?:you|ya|u)(?: (?:later|soon|tomorrow|around))?|later|talk (?:to you )?(?:later|soon)|take care|have a (?:nice|good|great|lovely) (?:day|one|evening|weekend|night)|that'?s all(?: (?:for now|thanks|thank you|for today))?|that is all(?: for now| for today)?|nothing else|that will be all|that'?ll be all|signing off|i'?m off|gotta go|got to go|i have to go|catch you later|ttyl|no,? that'?s all|and good night"),
    )
) + tuple((act, re.compile(whole, re.IGNORECASE)) for act, whole in (*_WHOLE, *WHOLE_MESSAGES))  # fmt: skip

# A wish let go in a few words, with nothing else said: "算了不用了", "never mind then".
_SOFTENED = re.compile(
    r"\W+|唉|哎呀?|嗯|那就|那|还是|就|先|我们?|吧|啦|啊|哈|呢|哦|咯|谢谢|多谢|唔该|你们?|您|辛苦|麻烦"
)
_LET_GO = re.compile(
    r"(?:算了?|罢了|拉倒|作罢|取消|唔使[了喇]?|(?:不|唔)(?:用|要|需要|想要|想|弄|搞|办|约|订|预约|预订|做|修|报|报修|借|买|租|洗|请|找|麻烦|折腾)了){1,3}"
)
#: who or what the wish was about is not to come, or needs nothing done any more: "明天的访客也不用登记了"
_CALLED_OFF = re.compile(
    r"(?:(?:那|哦|啊|对了|不好意思)[,，\s]*)?[^,，。.;；!！?？]{0,12}?(?:也|就|都|先)?(?:(?:不(?:用|需要|要|必)|别)(?:再)?(?:给\S{1,3}|帮\S{1,3})?"
    r"(?:登记|报备|预约|预订|约|订|修|办|来|安排|打扫|清洗)|(?:朋友|客人|访客|亲戚|他们?|她们?|爸妈|父母)[^,，。不]{0,6}不(?:过?来|到访?))了(?:吧|啊|哦)?[。.!！\s]*"
    r"|\W*(?:(?:oh|sorry|actually|well|so)\W+){0,2}(?:the |my |our )?(?:visitors?|guests?|friends?|parents|mother|father|family|he|she|they)"
    r"(?:(?: is| are|'s|'re) (?:not|no longer)| ?(?:is|are)n't| won't| will not| can'?t| cannot)(?: be)? (?:coming|come|make it|visit(?:ing)?)"
    r"(?: (?:any ?more|after all|tomorrow|today|tonight|now))*\W*"
    r"|\W*(?:(?:oh|sorry|actually|well)\W+){0,2}(?:there is |there's |we |i )?(?:no need|don't need|do not need|needn't)(?: to)? (?:register|book|the visitor|a visitor|order|send)"
    r"[^,.;?]{0,30}\W*"
)
_LET_GO_EN = re.compile(
    r"\W*(?:(?:oh|ok|okay|actually|sorry|no|hmm|well|then|you know what)\W+){0,3}"
    r"(?:never ?mind|nvm|forget (?:about )?(?:it|that)|leave it|drop it|scrap (?:it|that)|cancel(?: (?:it|that|this))?|don'?t bother|no longer needed"
    r"|not needed any ?more|i(?:'ve| have)? changed my mind|(?:i )?(?:don'?t|do not) (?:want|need) (?:it|this|that)(?: (?:any ?more|any longer|now|after all))?)"
    r"(?:\W+(?:then|now|please|pls|thanks|thank you|it|about it|sorry)){0,3}\W*"
)


def lets_go(text: str) -> bool:
    """Whether a normalised text only says that the wish is dropped."""
    if len(text) > 60:
        return False
    if _CALLED_OFF.fullmatch(text):
        return True
    return bool(_LET_GO.fullmatch(_SOFTENED.sub("", text)) or _LET_GO_EN.fullmatch(text))


RULES: tuple[Rule, ...] = (
    # Not ours: attempts to give orders to the machine, homework, code, gossip, medicine.
    _rule(Act.OUT_OF_SCOPE, 0.95, r"</?\s*(?:system|user|assistant|script|prompt)|\b(?:system prompt|jailbreak|ignore (?:all |your |the )?(?:previous|prior|above) |act as (?:a|an) |pretend (?:to be|you are)|developer mode|drop table|<script)|忽略(?:之前|以上|前面)|系统提示词|你现在是(?!机器人)|扮演"),
    _rule(Act.OUT_OF_SCOPE, 0.9, r"(?:写|作|编|来|背|念|创作|写作)(?:一|个|首|篇|段|句|封)*(?:现代|古|七言|五言|唐|打油|藏头)?(?:诗|作文|小说|故事|论文|散文|歌词|代码|剧本|情书|段子|文案|绕口令|对联|周报|检讨)|笑话|(?:write|compose|draft)\b.{0,30}\b(?:poem|haiku|essay|story|song|rap|lyrics|novel|script|code|limerick|sonnet|cover letter|thesis)|\b(?:tell me|know) (?:a|some|any) (?:joke|riddle|story)|\bsing (?:me )?a|脑筋急转弯|谜语"),
    _rule(Act.OUT_OF_SCOPE, 0.9, r"(?:英语|英文|法语|日语|德语|韩语|西班牙语|俄语|粤语)怎么(?:说|念|读|拼|写|翻)|用(?:英语|英文|法语|日语|德语|韩语)怎么|怎么(?:拼写|念成)|\bhow (?:do you|to|do i|would you) (?:say|spell|pronounce|conjugate)\b|\btranslate\b.{0,40}\b(?:into|to)\b (?!.*(?:document|contract|lease|notice|passport))|\bmeaning of (?:life|the word)|什么意思这个词|成语接龙"),
    _rule(Act.OUT_OF_SCOPE, 0.9, r"\b(?:python|java|javascript|docker|kubernetes|linux|mysql|postgres|sql query|html|css|c\+\+|regex|github|npm|stack ?overflow|null ?pointer\w*|segfault|exit code|api key|compile|excel formula|vlookup|recursion|algorithm|typescript|rust|react)\b|代码|编程|算法|数据库设计|设计数据库|爬虫|正则|编译"),
    _rule(Act.OUT_OF_SCOPE, 0.88, r"(?:首都|总统|国王|主席|首相|皇帝|总理)(?:是|叫|在)|(?:是谁|谁)(?:写|发明|演|唱|画|导演|提出|发现)的?|世界杯|奥运会(?!馆)|nba|英超|欧冠|股(?:票|市|价)|彩票|基金(?!会|申请)|比特币|虚拟币|a股|期货|炒股|\bcapital of\b|\b(?:president|prime minister|king|queen|chancellor) of\b|\bwho (?:won|wrote|invented|painted|discovered|directed|composed|sang|founded|would win|is the (?:richest|tallest|best|fastest|ceo))\b|\b(?:world cup|premier league|champions league|nba|super bowl|bitcoin|crypto\w*|ethereum|stock market|day traders?|moving average|forex|hedge fund|lottery|horoscope|zodiac|astrology|tarot)\b"),
    _rule(Act.OUT_OF_SCOPE, 0.85, r"(?:的)?原理(?:是|，|,|$)|讲讲.{0,12}(?:原理|历史|由来)|(?:星座|运势|算命|解梦|塔罗|生肖)|(?:菜谱|食谱|做法|配方)(?:是|怎么|，|。|$|给|发)|怎么(?:做|烧|炖|炒)(?:才)?(?:好吃|入味|更香)|(?:红烧|清蒸|糖醋|宫保|鱼香|回锅).{0,4}怎么(?:做|烧)|\brecipes?\b|\bhow (?:do i|to) (?:cook|bake|make) (?!an? (?:appointment|booking|complaint|payment|reservation))|\b(?:square root|equation|integral|derivative|pythagor\w*|theorem|homework answers?|photosynthesis|black holes?|quantum|relativity|dinosaurs?|solar system|speed of light|periodic table)\b|薛定谔|相对论|黑洞|量子|恐龙|方程|勾股|微积分|光合作用|宇宙"),
    _rule(Act.OUT_OF_SCOPE, 0.85, r"吃(?:什么|啥|哪种|点什么|点啥|多少)?药|(?:是|得了?)(?:什么|啥)病|头孢|阿莫西林|布洛芬|(?:哪里|哪儿|怎么)(?:能)?买(?:到)?(?:大麻|毒品|枪|假证|处方药|迷药)|(?:怎么|如何)(?:制作|造|做)(?:炸弹|炸药|毒品)|\b(?:antibiotics?|ibuprofen|paracetamol|amoxicillin|dosage|symptoms of|diagnos[ei]s?)\b|\b(?:buy|get|find|sell)\b.{0,12}\b(?:weed|cannabis|cocaine|drugs|guns?|fake id|fake passport)\b|\b(?:tax evasion|money laundering|hack(?:ing)? (?:into|my|a)|make a bomb|fake passport)\b|判几年|洗钱|逃税|坐牢"),
    _rule(Act.OUT_OF_SCOPE, 0.85, r"(?:公务员|考研|高考|四六级|雅思|托福)(?:加分|分数|怎么|报名|成绩|真题)|历史(?:上|人物|事件)|(?:哪个|什么)朝代|国际(?:上)?.{0,6}新闻|有(?:啥|什么)大?新闻|(?:明星|八卦|绯闻|娱乐圈|电视剧|追剧)|红楼梦|三国演义|西游记|水浒|\b(?:celebrit\w+|gossip|netflix|taylor swift|kardashian\w*|game of thrones|harry potter|star wars|marvel|pokemon|minecraft|fortnite|world war|roman empire|shakespeare|einstein|napoleon)\b|\b(?:do|can|are) you (?:dream|love me|sleep|alive|sentient|conscious|have feelings|feel|believe in|like (?:music|cats|dogs|me)|single|married|think|real or)\b|你(?:爱我|会做梦|有感情|多大|几岁|结婚|喜欢我|是男是女|会死)|\bmarry me\b"),
    _rule(Act.OUT_OF_SCOPE, 0.8, r"\bin (?:dublin|london|new york|paris|berlin|tokyo|singapore|sydney|toronto|dubai|los angeles|madrid|rome|mumbai)\b(?=.{0,12}$)|\bnew york subway\b|\blondon underground\b|(?:纽约|伦敦|巴黎|东京|悉尼)(?:的)?(?:地铁|房价|天气|公交)", r"\b(?:ticket|flight|hotel|book|ship|courier|move|visa|moving)\b|订|票|机票|酒店|寄"),
    # A wish denied is none.
    _rule(Act.DENY, 0.9, r"不是(?:要|想|来)?(?:投诉|报修|取消|预约|催|这个|那个意思|说这个)|没(?:有)?(?:要|想)(?:投诉|取消|报修)|\b(?:not|n't|isn't) (?:a )?(?:complain(?:t|ing)|cancel(?:l?ing)?|what i (?:meant|asked|said|want(?:ed)?))\b", longest=24),
    # What concerns the way we talk.
    _rule(Act.LANGUAGE, 0.95, r"(?:说|讲|用|换|切换?|改|回|转)(?:成|到|为|回)?(?:一下)?(?:中文|英文|英语|普通话|国语|汉语|华语)(?:版|吗|不|呗|吧|好吗|可以吗|好了|说|讲|回|聊|跟|沟通|交流|界面|模式|$|[，,。!！?？\s])|(?:中文|英文|英语)(?:回复|沟通|交流|聊天|界面|版|模式)|^(?:请)?(?:说)?(?:中文|英文|英语|普通话)[吧呗啊！!。]*$|切换语言|换(?:个|种)?语言", r"家教|老师|课|培训|翻译|证明|保姆|阿姨|导游"),
    _rule(Act.LANGUAGE, 0.95, r"\b(?:speak|talk|reply|write|answer|respond|switch|continue|chat|use|change|communicate|message me|text me|set)\b.{0,24}\b(?:english|chinese|mandarin|putonghua)\b|^\W*(?:in\s+)?(?:english|chinese|mandarin)\b(?:\s+(?:please|pls|only|version|language))?\W*$|\b(?:no|don'?t (?:speak|read|understand)|can'?t (?:speak|read|understand)|cannot (?:speak|read|understand)) (?:chinese|mandarin|english)\b(?! (?:id|passport|phone|number|bank|card|sim|licen[cs]e|food|tea|restaurant|medicine))|\bchange (?:the )?language\b|\b(?:english|chinese) (?:please|pls)\b|\bdo you (?:speak|understand|have) (?:english|chinese)\b$", r"\b(?:tutor|teacher|lesson|class|nanny|ayi|doctor|guide|helper|lawyer|course|form|document|contract|interpreter|driver|menu|manual|learn|translat\w+|who (?:can )?speaks?|speaking|app is)\b|阿姨|师傅|老师"),
    # Existing tickets: never taken for new orders.
    _rule(Act.CANCEL, 0.95, r"取消|撤(?:单|销|了|回|掉|下)|退(?:单|订)(?!金)|别(?:再)?(?:来|派|送|修|过来|上门)了?|不(?:用|要|需要|必|麻烦)(?:你们|他|她|师傅|人|再|派人|阿姨|给我)*(?:来|修|上门|送|做|洗|派|过来|安排|弄|订|约|叫|管|麻烦|处理|打扫|清理|换)(?:人)?了?(?:$|[，,。!！;；\s吧啊哈呀]|师傅|阿姨|他|她|因为|我)|不(?:修|洗|订|约|搬|来|送|预约|预订|需要|想要|想约|换|装|打扫)了(?!吗)|(?:那个|那单|这单|上门|预约|单子?|服务|之前的).{0,8}(?:不要|不用|不需要|算|作废|作罢|免)了|(?:[今明后]天|大后天|周[一-日]|星期.|[上下]午|晚上|预约|约好?的|订好?的|钟点工|保洁|阿姨|师傅|搬家|洗车|接送|送餐|代驾).{0,8}(?:不要|不用|不需要|不做|免)了|作废|(?:关|结)(?:掉|了)?(?:这个|那个|这张|那张)?(?:工)?单|唔使(?:嚟|来|整|派)|(?:自己|已经|自个儿)(?:修|弄|搞|通|整)?好了.{0,10}(?:不用|别|不必|不麻烦)", _ASKS_HOW + r"|取消(?:了)?(?:吗|么|没)|不取消|没(?:有)?取消|别取消|不要取消|怎么不来|为什么不来"),
    _rule(Act.CANCEL, 0.95, r"\bcancel(?:led|ling|ed|ing)?\b|\bcall(?:ing)? (?:it |this |the \w+ |that |off )*off\b|\bcall off\b|\b(?:no longer|not any ?more) (?:need|want|require|necessary)\w*\b|\b(?:don'?t|do not|doesn'?t|won'?t|will not|no) (?:need|want|require)\b.{0,40}\b(?:any ?more|any longer|after all|now)\b|\b(?:no need|needn'?t|not necessary)\b.{0,10}\b(?:to|for|come|send|now|anymore|any more)\b|\b(?:don'?t|do not) (?:come|send|bother|need to (?:come|send)|send anyone|worry about)\b|\bnever ?mind\b|\bforget (?:it|about|the|that|my)\b|\bscrap (?:it|the|that|my)\b|\b(?:drop|withdraw|delete|remove|void|kill) (?:the|my|that|this) (?:(?:second|first|last|other|same) )*(?:one|request|order|booking|ticket|appointment|job|reservation|repair|complaint)|\bclose (?:the|my|this|that) (?:ticket|request|order|job|case)\b|\bi'?ve changed my mind\b|\b(?:fixed|sorted|unblocked|(?:working|works) (?:again|now|fine)|fine now|ok now|okay now)\b.{0,30}\b(?:no need|don'?t|call off|close|stand down|cancel)", _ASKS_HOW + r"|\b(?:don'?t|do not|not|never) cancel|\bwas cancell?ed\b|\bbeen cancell?ed\b|\bwhy (?:was|did)|\bforget to\b|\bforgot\b|\bnoise[- ]cancel"),
    _rule(Act.RESCHEDULE, 0.93, r"(?:不要|不是|别)(?:(?:今|明|后|大后)(?:天|早|晚|儿)|(?:这|下)?(?:周|星期|礼拜)[一二三四五六日天末])(?:[上中下]午|早上|晚上)?了?[，,。 ]+(?:是|要|改|就)?(?:(?:今|明|后|大后)(?:天|早|晚|儿)|(?:这|下)?(?:周|星期|礼拜)[一二三四五六日天末]|[上中下]午|晚上|早上)|\bnot (?:on |at )?(?:today|tomorrow|tonight|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b,? (?:but |make it |on |the )?(?:today|tomorrow|day after|next|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b"),
    _rule(Act.RESCHEDULE, 0.93, r"改(?:到|约|期|时间|个时间|天|个日子|日子|下时间|一下时间|另外)|(?:改|换|挪|调|推|延|移)(?:成|到|在|至|为|去|迟到|后到|前到)?(?:本|下|这|上)?个?(?:周|星期|礼拜|明[天早晚儿]|后天|今[天晚]|大后天|早上|上午|下午|晚上|中午|周末|月底|月初|下月|\d+[号日点]|[一二三四五六七八九十]+[号点])|换个?(?:时间|日子|时段|天)|(?:时间|日期|预约|上门|那次|约好?的?|师傅|保洁|阿姨).{0,12}(?:推迟|延后|延期|顺延|提前|往[后前下上]|挪|改)|(?:推迟|延后|延期|顺延|提前)(?:一|两|几|到|个|半|上门|来|吧|可以|行|点)|往(?:后|前|下)(?:推|挪|移|延|调|面)|(?:能|可以|能不能|可不可以|想|请|麻烦).{0,6}(?:早|晚)(?:一?点|些|几天|两天|一天|半小时|一小时)(?:来|上门|到|过来|吗|不|行|再)|(?:师傅|阿姨|你们|保洁).{0,4}(?:早|晚)(?:点|些)(?:来|到)", r"(?:合同|交房|交费|缴费|租约|租期|签证|航班|机票|火车).{0,6}(?:延期|改)|提醒|\bremind\b|(?:改|换)到第|提前.{0,8}(?:提醒|叫|告诉|通知|说|预约|退|多久|几天|一声)|会议室"),
    _rule(Act.RESCHEDULE, 0.93, r"\breschedul\w+|\brearrang\w+|\bpostpone\w*|\b(?:move|shift|push|switch|change|bump|swap|delay)\b.{0,40}\b(?:to|till|until|back|forward|off|earlier|later|instead|from)\b.{0,20}(?:\b(?:mon|tue|wed|thu|fri|sat|sun)|\b(?:tomorrow|today|tonight|week|weekend|morning|afternoon|evening|noon|am|pm|day|time|slot|hour|month)|\d)|\b(?:move|push|put|bring|shift) (?:it|this|that|the (?:visit|appointment|booking|cleaning|repair|time|slot|date)|my (?:visit|appointment|booking|cleaning|slot))\b.{0,16}\b(?:back|forward|off|up|earlier|later)\b|\b(?:change|switch|swap|alter|amend)\b.{0,24}\b(?:time|date|day|slot|appointment|hour)\b|\b(?:come|arrive|start|visit|do it|make it|be here|swing by)\b.{0,12}\b(?:earlier|later|sooner|another (?:day|time)|(?:a )?different (?:day|time)|instead)\b|\b(?:another|different|better|new) (?:day|time|date|slot)\b.{0,20}(?:please|\?|instead|works|possible|$)|\b(?:instead of|rather than) (?:this |next |on )?(?:mon|tue|wed|thu|fri|sat|sun|tomorrow|today)|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day instead\b|\b(?:earlier|later) (?:slot|appointment|time|date)\b|\bcan'?t (?:make|do)\b.{0,30}\b(?:mon|tue|wed|thu|fri|sat|sun|tomorrow|today|that (?:day|time))", r"\b(?:address|phone|email|password|filter|bulb|lock|tyre|battery|light|flight|name|sheets|water)\b.{0,12}(?:to|$)|\bremind|\bfurniture\b|\bboxes\b|\bmove (?:out|in)\b"),
    # A time asked about, and nothing else: "would Saturday at 10 be all right?" moves what has another.
    _rule(Act.RESCHEDULE, 0.85, r"^\W*(?:(?:would|will|is|does|could|how about|what about|can (?:we|you|they) (?:do|make it))\b.{0,8}\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow|tonight|this (?:morning|afternoon|evening)|next week)\b[\w :.]{0,20}\b(?:all ?right|ok(?:ay)?|fine|work|suit|possible|good|better)\b.{0,14})$", longest=70),
    _rule(Act.CANCEL, 0.85, r"^\W*(?:(?:actually|no|oh|wait|sorry|please)\W+)*(?:don'?t|do not) (?:repair|fix|mend|replace|install) (?:it|this|that|them|anything)\b", longest=70),
    # A person, please.
    _rule(Act.HUMAN, 0.93, r"人工|真人|活人|转(?:接)?(?:给)?(?:客服|管家|经理|主管|领导|人)|(?:找|叫|请|让|跟|和|同|要|想见|见|联系)(?:一下|到|个)?(?:你们|我的|我们?)?(?:的)?(?:领导|经理|主管|负责人|头儿|老板|值班的?人|客服|管家|真人|物业的人)(?!是谁|电话多少|电话是|微信|叫什么)(?:说|聊|讲|谈|来|接|出面|沟通|通话|回|亲自|联系|直接|反映|。|！|$|，|吧|,|一下|处理|帮)|(?:给|跟)我(?:回|打|来)(?:个|一个|一通)?电话|(?:回|来|打)(?:个|一个|一通)(?:电话|话)(?!给(?:他|她|师傅|供))|回(?:我)?电(?:话)?(?:给我|我|$|吧|，|。)|(?:不|别)(?:要|想)?(?:跟|和|同|让)?(?:你(?:这个)?)?(?:机器人?|ai|智能)(?:说|聊|回|应付|讲)|(?:你|这)是(?:不是)?机器(?:人)?|(?:跟|和)(?:小|老)[\u4e00-\u9fff](?:说话|通话|聊|说)|(?:换|来)个人(?:来)?(?:跟|和|说|聊|回|讲|$)|有(?:没有)?(?:真)?人(?:可以|能)(?:说|聊|接|帮我讲|讲)", r"人工(?:草坪|智能|湖|费|费用|呼吸|流产)|多少钱|(?:电话|号码)(?:是)?多少"),
    _rule(Act.HUMAN, 0.93, r"\b(?:real|actual|live|human|living|breathing) (?:person|human|being|agent|people|operator|someone|staff)\b|\bhuman\b(?! (?:hair|error|resources|rights))|\b(?:speak|talk|chat|get|put me|connect me|transfer me|pass me|hand me|message)\b.{0,12}\b(?:to|with|through|over)\b.{0,12}\b(?:a |an |the |my |your |some|any)?(?:person|someone|somebody|anyone|anybody|agent|manager|butler|supervisor|operator|representative|human|boss|staff|colleague|people|him|her)\b|\b(?:call|ring|phone|buzz) me\b(?! (?:when|once|if (?:the|my)))|\bgive me a (?:call|ring|bell|buzz|shout)\b|\b(?:escalate|operator|customer service)\b|\b(?:not|no|don'?t want|stop|hate|sick of|instead of) (?:a |an |the |this |to talk to a |talking to a )?(?:bot|robot|machine|chatbot|you)\b|\bare you (?:a |an )?(?:bot|robot|machine|human|real|ai)\b|\b(?:anybody|anyone|someone|somebody)\b.{0,20}\b(?:i can|can i|to) (?:message|talk|speak|call|ring|chat)\b|^\W*(?:my |the |a )?(?:butler|manager|operator|agent|person|human)\W+(?:please|pls)\W*$|\bi (?:want|need|demand) (?:a|the|your|to see (?:a|the|your)) (?:manager|supervisor|person|human|boss)\b|\bget me (?:a|the|my|your|someone) ?(?:manager|supervisor|person|human|butler)?\b(?=\W*$)", r"\bcustomer service (?:is|was)\b|\brobot (?:vacuum|cleaner|hoover)|\b(?:call|phone|ring|get) me an? (?:cab|taxi|car|ambulance)\b|\b(?:wake|awake|alarm clock|be up (?:at|by))\b|\bbefore you\b"),
    _rule(Act.MENU, 0.92, r"菜单|主页|首页|主界面|(?:有|都有|提供|包括)(?:些)?(?:哪些|什么|啥)(?:样的)?(?:服务|项目|功能|业务|选项|可以选|能选|可选|能办)|(?:你|你们|这里|这个|这儿|物业)(?:都|还)?(?:能|会|可以|可|是)(?:帮我|帮|给我)?(?:做|干|办|提供|用来干)(?:点|些)?(?:什么|啥|哪些)|(?:能|可以)(?:点|选|办|用)(?:些)?(?:哪些|什么|啥)|服务(?:列表|清单|目录|项目|内容|大全|一览)|功能(?:列表|介绍|有哪些)|(?:怎么|如何|不会|不太会|不懂)(?:使|操作)?用(?:这个|你|你们|啊|呀|的|$|[，。？?])|使用说明|返回(?:上级|主|首)|从头(?:开始|来)|^\W*(?:请|快|我)?(?:帮助|帮帮(?:我|忙)|需要(?:你|您)?(?:帮助|帮忙)|帮(?:我)?(?:个|一个)忙)[吧啊呀一下。！!]*$|(?:列|发|给)(?:一下|出来|个|我)?(?:服务)?(?:清单|列表|目录)|目录|點單|有咩服务", r"餐|吃|菜单.{0,4}(?:套餐|设计|搭配)|点菜|酒|会所|健身|装修|家政都", 40),
    _rule(Act.MENU, 0.92, r"^\W*(?:please |can you |could you |i |we )?(?:need |want )?(?:some )?help(?: me| us)?(?: please| pls)?\W*$|^\W*(?:help|menu|options?|services?|start|home|main menu|commands?|overview|info|help me|assist|assistance|back|\?+)(?: (?:please|pls|me))?\W*$|\bmenu\b(?! (?:package|card|plan|for|of the restaurant))|\bwhat (?:all )?(?:can|could|do|else can|things can|stuff can) (?:you|i|we|this|one|it)\b.{0,12}\b(?:do|offer|help(?: me)?(?: with)?|provide|order|book|ask|choose|pick|get|use)\b(?=.{0,20}$)|\b(?:what|which) (?:kinds? of |sorts? of |other |are (?:the|your) |are the available )?(?:services|options|features|things)\b.{0,24}(?:\?|$|offer|have|available|provide|there|can i|do you)|\b(?:list|show|give|see|send)\b.{0,16}\b(?:services|options|menu|everything you|overview|list|choices|what you (?:do|offer|can))\b(?=.{0,16}$)|\bhow (?:does|do|to) (?:this|it|i|you|use)\b.{0,16}\b(?:work|use this|use it|start|use you|bot|this app)\b|\bstart over\b|\bgo back\b|\boverview\b|\bwhat is (?:this|guanjia)\b", r"\b(?:gym|yoga|restaurant|dining|catering|golf|clinic|food|drinks?|wine|lunch|dinner|studios?|weight|tasting|printed|bill|alarm)\b|\bhave to\b|\bwork out\b", 90),
    # After the work.
    _rule(Act.DISSATISFIED, 0.9, r"不(?:太|怎么|是很|够|大)?满意|没(?:有)?(?:修|弄|搞|做|洗|擦|扫|打扫|清理|收拾|解决|处理|通|装|补|刷|擦干|洗干)(?:好|干净|彻底|掉|到位)|(?:修|弄|洗|擦|打扫|通|装|做|换|补|刷|扫|清理|处理)(?:完|过|好|了)(?:之后|以后|后|跟|等于|和)?.{0,8}(?:还|又|仍|照样|依旧|反而|更(?!新|换|改)|没用|白|跟没)|(?:才|刚)(?:用|修|弄|换|装|过|洗|通).{0,8}(?:就|又)(?:坏|漏|堵|不|掉|响|脏)|(?:修|活|活儿|打扫|保洁|做|干|擦|洗|装|服务|手艺|刷)(?:得|的)?(?:太|真|很|这么|也太|实在)(?:差|糙|烂|敷衍|马虎|不行|糟|草率|粗|潦草|一般|不干净|难看|脏)|糊弄|敷衍了事|(?:这|这样)(?:也)?(?:叫|算)(?:修好|打扫|干净|保洁|做完|完工)|白(?:修|洗|擦|打扫|做)了|重新(?:修|洗|擦|打扫|做|弄|返工)|返工|歪七扭八|(?:还是|依然|仍然)(?:老样子|不行|没好|不好|没用|漏|堵|响|坏|臭|脏|不制冷|不热|不亮)|差评|一塌糊涂|(?:不|没)(?:修|搞)?(?:得)?好呢"),
    _rule(Act.DISSATISFIED, 0.9, r"\b(?:not|isn'?t|wasn'?t|aren'?t|hasn'?t been|never|didn'?t get|haven'?t been) (?:really |at all |quite |very |properly |entirely |actually |even )*(?:satisfied|happy|pleased|fixed|clean(?:ed)?|solved|resolved|repaired|sorted|good enough|done (?:properly|right|well)|impressed|acceptable|up to)\b|\bunsatisf\w+|\bdissatisf\w+|\bunhappy\b|\bdisappoint\w+|\bstill (?:leak\w*|drip\w*|broken|not (?:work\w*|cool\w*|clean|right|fixed|hot|ok)|block\w*|clog\w*|noisy|dirty|smell\w*|doesn'?t|won'?t|bad|the same|faulty|loose|wet|stained|making)\b|\b(?:poor(?:ly)?|shoddy|sloppy|bad|terrible|awful|lousy|half[- ]?(?:baked|hearted|done|finished)|rubbish|crap(?:py)?|botched?|careless|rushed) (?:\w+ )?(?:job|work|done|clean(?:ing)?|repair|service|finish|workmanship)\b|\bcame back (?:dirty|with|broken|damaged|shrunk|stained|wet|torn|the (?:next|same))|\b(?:didn'?t|did not|hasn'?t|doesn'?t|couldn'?t) (?:\w+ )?(?:fix|solve|help|clean|finish|repair|touch|change anything|make a difference|last|stop)\b|\b(?:worse than|no better|same (?:problem|issue|fault|thing) (?:again|as)|broke again|leak(?:s|ing)? again|back again|redo|do it again|do it over|waste of (?:money|time))\b|\b(?:burn|scorch|scratch\w*|stain\w*|dent\w*) (?:mark )?.{0,20}\b(?:after|from the iron|from your|since your|your (?:cleaner|guys|people|team))\b|\b(?:missed|skipped|left) (?:half|most|the corners|a mess|everything dirty|streaks|dust)", r"\bnobody\b|\bno one\b|\bcome to\b|\bfor (?:half )?(?:an? )?(?:years?|months?|ages)\b"),
    _rule(Act.PRAISE, 0.9, rf"表扬|点(?:个)?赞|夸(?:一|奖|夸|下)|赞一(?:个|下)|好评|锦旗|感谢信|表扬信|五星|竖(?:个)?大拇指|(?:要|想|得|必须)(?:好好)?(?:谢谢|感谢)(?:一下)?.{{0,12}}{_STAFF}|{_STAFF}.{{0,30}}(?:太|真|特别|非常|超级?|很|好|挺|蛮)(?:的)?(?:好|负责|热心|贴心|给力|暖心|细心|认真|耐心|棒|专业|客气|周到|用心|nice|厉害|礼貌|热情|靠谱)(?:了|啊|呀|！|!|，|。|,|$)", r"修得(?:挺|很)?好[，,]满意$|不(?:太|怎么)?(?:好|负责|专业|礼貌)|能不能|什么时候|投诉"),
    _rule(Act.PRAISE, 0.9, rf"\b(?:compliment\w*|prais\w+|kudos|shout[- ]?out|commend\w*|hats off|well done to|thumbs up|big thanks? (?:you )?to|thank(?:s| you) to(?! you\b)|a credit to|deserves? a|employee of|went (?:above|out of)|above and beyond|lifesaver|tell (?:his|her|their|your|the) (?:boss|manager|supervisor)|pass (?:on )?(?:my|our) (?:thanks|compliments))\b|\b{_STAFF}\b.{{0,50}}\b(?:was|were|is|are|has been|have been)\b.{{0,12}}\b(?:so |very |really |super |incredibly |extremely |absolutely )?(?:kind|helpful|polite|friendly|lovely|wonderful|fantastic|brilliant|amazing|excellent|great|patient|professional|superb|awesome|outstanding|a star|a gem|an angel|a legend|the best)\b|\b(?:lovely|wonderful|fantastic|brilliant|amazing|excellent|great|superb|awesome) {_STAFF}\b", r"\b(?:any|looking for|need|want|do you have|recommend)\b.{0,30}" + _STAFF + r"|\bnot (?:very )?(?:kind|helpful|polite|friendly)"),
    _rule(Act.SATISFIED, 0.88, r"(?<!不)(?<!不太)(?<!不怎么)(?<!不是很)满意|" + _REPAIR_WORDS + r"(?:得)(?:挺|很|真|非常|特别|蛮|好|超)?(?:好|干净|不错|棒|漂亮|利索|仔细|到位|亮堂|彻底)|(?:修|弄|搞|通|处理|解决|装|换|洗|擦)好了.{0,10}(?:谢|满意|不错|辛苦|好用|没问题|很好|$)|(?:不|没)(?:再)?(?:漏|响|堵|滴|闪|跳闸|臭|卡)了(?:$|[，,。！!谢])|(?:没|没有)问题了|(?:问题|事情?)(?:都|已经)?解决了|好用(?:了|多了|得很)|(?:一切|都|现在|已经)(?:正常|好)了(?:$|[，,。！!])|(?:挺|很|非常|蛮|特别)(?:好|不错|满意|到位|干净|棒)的?[，,。！!～~]*$|十分满意|(?:给|打)(?:个)?(?:满分|五星|好评|10分|十分)|冇问题|搞掂", r"吗|？|\?|能不能|想|什么时候|不满意|怎么|没修|请|麻烦"),
    _rule(Act.SATISFIED, 0.88, r"\b(?:very |really |so |quite |totally |completely |more than |fully |perfectly )?(?:happy|satisfied|pleased|delighted|content|impressed) (?:with|now|about|by)\b|\b(?:i'?m|we'?re|i am|we are) (?:very |really |so |quite |totally |completely |fully )?(?:happy|satisfied|pleased|delighted)\b|\b(?:works?|working|runs?|drains?|flows?|cool(?:s|ing)|flush(?:es|ing)?|heats?|clos(?:es|ing)|opens?|running)\b.{0,16}\b(?:fine|great|well|perfect(?:ly)?|again|now|freely|beautifully|properly|like (?:new|a dream|a charm)|smoothly)\b|\b(?:all|everything(?:'s| is)?|it'?s|that'?s|problem(?:'s| is)?|issue(?:'s| is)?) (?:all |now |been )?(?:good|fixed|sorted|solved|resolved|done|fine|perfect|great|spotless)\b(?: now)?|\b(?:great|good|excellent|perfect|lovely|nice|fantastic|super|brilliant|amazing|wonderful|top|neat|tidy) (?:job|work|service|clean|result)\b|\bwell done\b|\bno (?:complaints|problems? (?:now|any ?more)|issues? (?:now|any ?more)|more (?:leak|noise|drip)\w*)\b|\bspotless\b|\bgood as new\b|\b(?:10|ten) (?:out of|/) ?(?:10|ten)\b|\b(?:five|5) stars?\b|\bcouldn'?t be happier\b|\bproblem solved\b", r"\bnot\b|\bn't\b|n't\b|\?|\bcan you\b|\bcould you\b|\bplease\b|\bneeds?\b|\bmust\b|\bwants?\b|\bbut\b|\bjust (?:very |really |so )?(?:filthy|dirty|greasy|noisy|slow|smelly)\b"),
)  # fmt: skip
