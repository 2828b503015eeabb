"""Whole short messages told by their build: a fault told anew, a workman asked for, who is at home when.

A thing that has failed *again* is a new report: what was done on it before, and whether that is to be judged,
is known to the dialogue and not to the words ("空调又不制冷了"). What says that somebody came, mended or
promised is none of these; neither is a message that names no thing ("it stopped again").
"""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

from __future__ import annotations

from intents.meaning import Act

_SUPPLY_ZH = r"(?:停(?:水|电|气|暖|热水)|跳闸|断(?:网|电|水)|没(?:电|水|网|气|暖气|热水|信号))"
_BROKEN_ZH = (
    r"(?:坏掉?|停掉?|堵(?:住|上|死)?|漏(?:水|电|气|雨)?|断(?:电|网|水|线|开)?|卡(?:住|死|纸)?|掉|裂开?|松|响|臭|黑|灭|熄火?|爆|跳(?:闸)?|死机|罢工|失灵"
    r"|出?(?:故障|问题|毛病)|没(?:电|水|网|信号|反应|声音|画面|热水|暖气|气)?|不(?:亮|热|冷|凉|制冷|制热|出水|通|动|转|走|响|灵|好使|好用|工作|运行|来电|上水|下水|排水|进水|打火|点火|启动)"
    r"|打不(?:开|着)|关不(?:上|严|紧)|开不了|动不了|走不了|用不了|下不去|进不去|冲不(?:下去|动))"
)
#: who sees to it, after the fault
_SEE_ZH = r"(?:[，,。.！!~、\s]|麻烦|请|帮忙|帮我|能不能|可以|可否|你们|派|叫|安排|找|个|人|过来|上门|来|看看|看|查|检查|修修|修理|修|处理|维修|弄|一下|下|尽快|赶快|赶紧|快|吧|吗|呗|呀|啊|谢谢|谢了|了|啦|咯|呢)*+"
#: what tells of work that was done, or of nothing that has a name
_DONE_ZH = r"(?![^又]*(?:修|换[了过的]|装[了过]|弄|洗[了过完好]|做完|师傅|你们|刚|才|昨|前天|前几天|上次|上回|上周|上个|那次|好了|完了|没几天|不到|它|这个|那个|妈|爸|爷|奶|人|孩|宝|娃|邻居|保安|狗|猫|楼上|楼下))"
_NAMED_ZH = r"(?!(?:今天|今早|早上|晚上|现在|家里|我家|我们家|这里|这边|怎么|的|都|也|[，,\s])*又)"
_AGAIN_ZH = (
    rf"(?:唉|哎呀?|你好|您好|[，,\s])*(?:{_DONE_ZH}{_NAMED_ZH}[^又，,。！!？?\s]{{1,14}}又{_BROKEN_ZH}(?:了|啦|咯|喽|咗)?"
    rf"|(?:今天|现在|家里|我家|我们家|小区|整栋楼?|怎么)*又{_SUPPLY_ZH}(?:了|啦|咯|喽)?){_SEE_ZH}"
)
_DONE_EN = r"(?!.*\b(?:fix|fixed|fixing|repair\w*|mended|came|yesterday|last|after|since|your|you|he|she|they|still|weeks?|months?|just had|was supposed|guards?|neighbou?rs?|dogs?|cats?|party|mother|father|dad|mum|mom|son|daughter|baby|kids?|child(?:ren)?|wife|husband|people|man|woman|butler|team|cleaner|driver)\b.*\bagain\b)"
_BROKEN_EN = (
    r"(?:stop(?:ped|ping|s)?(?: working| running| moving| cooling| heating)?|br(?:oke|oken|eaks|eaking)(?: down)?|leak(?:s|ing|ed)?|drip(?:s|ping|ped)?|block(?:ed)?(?: up)?|clogged(?: up)?"
    r"|down|out(?: of order)?|dead|stuck|jammed|gone(?: off| out| down)?|off|trip(?:ped|ping|s)|cut(?:s|ting)? (?:off|out)|faulty|flicker(?:s|ing)?|overflow(?:s|ing|ed)?|fail(?:s|ed|ing)|went (?:off|out|down)"
    r"|not (?:mov|work|cool|heat|flush|drain|start|spin|charg|light|clos|open|turn)\w*(?: on| off| down| up)?|(?:won'?t|doesn'?t|isn'?t|does not|will not|can'?t) \w+(?: on| off| down| up| properly)?)"
)
_SEE_EN = r"(?:[\s,.!]|today|this morning|tonight|now|and|please|pls|can|could|you|someone|somebody|send|come|have|take|a|look|at|it|fix|check|repair|thanks|thank|since|nobody|no one|inside|in|empty|it's|is|we checked)*+"
_THING_EN = r"(?:(?:the|my|our|this|that|one of the|both) )?(?!(?:it|its|it's|this|that|these|those|one|thing|same|problem|issue|fault|i|we|everything|nothing|something|somebody|someone|nobody|who|what|why|how|when|is|are|has|have|can|could|never|not|now|just|please)\b)[a-z][\w' -]{1,40}?"
_AGAIN_EN = (
    rf"(?:(?:hi|hello|hey|sorry|oh no|ugh)[\s,!]+)*{_DONE_EN}(?:{_THING_EN}(?:'s)? (?:(?:is|are|has|have|was|went|just|been|got|keeps?|started) )*{_BROKEN_EN} again"
    rf"|(?:(?:there is|there's|we have|we've got|i have) )?no (?:hot water|water|power|electricity|internet|wi-?fi|heating|gas|signal)(?: at home| in (?:my|our|the) \w+)? again){_SEE_EN}"
)
#: what stands still, told as a bare fact
_STILL_EN = (
    r"(?:(?:hi|hello|hey)[\s,!]+)*(?:the |our )?(?:goods |service |main |garage |front |left |right )*(?:lift|elevator|escalator|door|gate|barrier|shutter)s?(?: (?:in|of|at) (?:the |our )?(?:building|block|tower|unit|lobby|garage)(?: ?\w{1,2})?)? (?:(?:is|are|has|have|just|suddenly) )*(?:not (?:mov|work|runn|open|clos)\w+|stopped(?: moving| working)?|out of (?:order|service)|broken(?: down)?|down|dead|isn'?t moving|aren'?t moving|won'?t move|doesn'?t move)"
    + _SEE_EN
)

_WORKER_ZH = r"(?:(?:维修|水电|水工|电工|修理|工程|木工|油漆|空调|管道|开锁)?师傅|水电工|水管工|电工|修理工|维修工|木工)"
_ASKED_ZH = (
    rf"(?:你好|您好|[，,\s])*(?:叫|派|让)?{_WORKER_ZH}(?:你好|您好|[，,\s])*(?:麻烦|请|能不能|能|可以|可否|方便)*(?:您|你)?"
    r"(?:帮(?:我们?|忙)|给我们?|(?:上|过)?来|上门|到我家|来我家|我家里?|一下|[，,\s])+"
    r"(?!.*(?:了|弄|坏|时候|时间|几点|没来|已经|刚|又|昨|把))(?:修|看|换|装|通|疏通|洗|清洗|检查|补|拆|调|接|拧|瞧|查|擦|保养|打开|开)(?:理|一?下|一看|个|修|看|查)*(?!吧|呗|吗)[^，。？?！!]{2,16}?(?:吧|呗|好吗|行吗|可以吗|谢谢|[。.！!~\s])*"
)
_WORKER_EN = r"(?:plumber|electrician|handyman|repairman|technician|locksmith|carpenter|engineer|maintenance(?: man| guy| team)?)"
_ASKED_EN = (
    rf"(?:(?:hi|hello|hey)[\s,!]+)*(?!.*\b(?:again|still|yesterday|when|yet|already|today|tomorrow|back|not|n't)\b)(?:(?:can|could|would|will) )?(?:the |a |an |your )?{_WORKER_EN}[\s,]+(?:(?:please|pls|to|come|pop|over|round|up|in|and) )*"
    r"(?:fix|repair|look at|check|mend|replace|unblock|install|see to|sort|sort out|change|clear|have a look at|take a look at) (?:the|my|our|a|an) [a-z][\w' -]{2,40}[\s.!?]*(?:please|pls|thanks|thank you)?[\s.!?]*"
)

_DAY_ZH = r"(?:今天|今晚|明天|明早|后天|周[一二三四五六日天末]|星期[一二三四五六日天]|白天|上午|中午|下午|晚上|整天|全天|一天|到时候?|那天|那时候?|平时|应该|基本|肯定|一直|随时|都|会|也|[，,\s])"
_KIN_ZH = r"(?:我们?|我?(?:妈妈?|爸爸?|爸妈|爱人|老婆|老公|先生|太太|父母|婆婆|公公)|阿姨|老人|家人|家属)"
_AT_HOME_ZH = (
    rf"(?:好的?|嗯|对|哦|[，,\s])*+(?:我们?)?{_DAY_ZH}*+(?:(?:我们?)?家里?|家中|屋里){_DAY_ZH}*+(?:有|没有?)(?:大人|老人|阿姨|人)(?:在家?|开门|应门)?(?:的|哈|哦|呢|吧|[。.！!~\s])*"
    rf"|(?:好的?|嗯|[，,\s])*+{_DAY_ZH}*+(?:有|没)人在家(?:的|哈|哦|呢|吧|[。.！!~\s])*"
    rf"|(?:好的?|嗯|[，,\s])*+{_KIN_ZH}{_DAY_ZH}*+不?在家(?:里|等)?(?:的|哈|哦|呢|吧|[。.！!~\s])*"
)
_KIN_EN = r"(?:some(?:body|one)|no ?body|no one|i|we|my (?:wife|husband|partner|mother|mum|mom|father|dad|parents|flatmate|roommate|family|ayi|nanny|helper)|the (?:ayi|nanny|housekeeper|helper))"
_AT_HOME_EN = (
    rf"(?:(?:ok|okay|yes|yeah|sure|and|also|btw|by the way)[\s,]+)*(?:there(?:'s| is| will be|'ll be) )?{_KIN_EN}(?:'m|'re|'s|'ll be)?(?: (?:am|are|is|will|won'?t|isn'?t|be|not|always|usually|here))* (?:at )?home"
    r"(?: (?:all day|today|tomorrow|now|then|to open the door|to let (?:him|her|them|you) in|in the (?:morning|afternoon|evening)|(?:on )?\w+day|after \w+))*[\s.!]*"
)

#: who names a complaint or an idea tells no mere fault
_NO_VOICE = r"(?!.*(?:投诉|举报|建议|意见|表扬|反映|\bcomplain|\bsuggest|\bprais|\bfeedback))"

#: each with its act; matched against a whole normalised text of at most sixty characters
WHOLE_MESSAGES: tuple[tuple[Act, str], ...] = (
    (Act.REQUEST, _NO_VOICE + _AGAIN_ZH),
    (Act.REQUEST, _NO_VOICE + _AGAIN_EN),
    (Act.REQUEST, _NO_VOICE + _STILL_EN),
    (Act.REQUEST, _NO_VOICE + _ASKED_ZH),
    (Act.REQUEST, _NO_VOICE + _ASKED_EN),
    (Act.AMEND, _AT_HOME_ZH),  # a detail of what is in hand; where nothing is, it is asked what it is about
    (Act.AMEND, _AT_HOME_EN),
)
