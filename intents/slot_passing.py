"""Choices that are too short to be looked for in passing, read only where they are said in full.

"要" or "here" answers a question; "钥匙在前台" and "I'll supply the parts" need none.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

from __future__ import annotations

import re

from intents.slot_shapes import Found

#: details whose choices count as said only in these forms, or when they were asked for
ONLY_IN_FULL = frozenset({"parts", "entry", "driver", "lang", "contact_pref", "mount"})

_KEEPER = r"(?:物业|前台|你们|管家|保安|门岗|门卫|大堂|服务台|服务中心|客服|岗亭|楼管|礼宾)"
_DESK = r"(?:the )?(?:concierge|reception(?:ist)?|front desk|desk|lobby|guards?|security|butler|management|property (?:office|management)|gatehouse|porter|doorman|service (?:desk|cent(?:er|re)))|you(?: guys)?|the office"
_FAMILY = r"(?:老公|老婆|太太|先生|丈夫|妻子|爱人|妈妈?|爸爸?|爸妈|父母|婆婆|公公|岳母|岳父|丈母娘|爷爷|奶奶|外公|外婆|姥姥|姥爷|儿子|女儿|孩子|家人|家里人|媳妇|哥哥?|姐姐?|弟弟?|妹妹?|对象|男朋友|女朋友|老人)"
_OTHERS = r"(?:朋友|邻居|室友|同事|房东|租客|亲戚|阿姨|保姆|助理|秘书|司机|钟点工)"
_FAMILY_EN = r"(?:husband|wife|mother|father|mum|mom|dad|son|daughter|parents|kids|partner|girlfriend|boyfriend|sister|brother|grandma|grandpa|family|mother-in-law|in-laws)"
_OTHERS_EN = r"(?:friend|neighbou?r|flatmate|roommate|colleague|landlord|tenant|ayi|nanny|helper|maid|housekeeper|assistant|cousin|husband|wife|mother|father|mum|mom|dad|son|daughter|parents|sister|brother)"
_NO_MORE = r"(?<!昨天)(?<!上次)(?<!没人)(?<!昨晚)(?<!不)(?<!没)"

_ENTRY = re.compile(
    rf"(?P<key_in_custody>钥匙(?:我)?(?:已经|都|还|会|就|先|可以|一直|留|放|存|寄|交|给|托管|在|到|了|个|的)+{_KEEPER}|(?:把|备用)?钥匙(?:放|留|交|存)?(?:在|给){_KEEPER}|{_KEEPER}(?:那边?|那里|那儿|手里|处)?(?:有|留有|存有|存着|拿着?|保管)(?:着|了)?(?:我家?的?|备用)?(?:一把)?(?:备用)?钥匙|(?:去|到|找|跟|问)(?:{_KEEPER}|一楼)(?:那里?|处)?[拿取要]我?家?(?:的)?(?:备用)?钥匙|用(?:托管|存)的钥匙"
    rf"|\b(?:leave|left|drop(?:ped)?(?: off)?|leaving|put|deposit(?:ed)?|give|gave|given|handed?)(?: you)? (?:a |the |my |our |you the |you my )?(?:spare |house |flat |door )?keys?(?: \w+)? (?:with|at|to|in) (?:{_DESK})\b|\b(?:you|(?:{_DESK}))(?:'ve)? (?:already |still )?(?:have|has|hold|holds|keep|keeps|got|have got)(?: got)? (?:a |the |my |our )(?:spare |house )?keys?\b|\bkeys?(?: (?:is|are|will be|'s|has been left|can be collected)(?: already)?)? (?:with|at|from) (?:{_DESK})\b|\bask (?:{_DESK}) for (?:the|my) (?:spare )?keys?\b|\b(?:get|collect|pick up|take|use) (?:the |my )(?:spare )?keys? (?:from|at|held by) (?:{_DESK})\b)"
    rf"|(?P<other_person>(?:{_OTHERS}|{_FAMILY})(?:那天|到时候?|会|可以|来|帮忙?|给|你们|师傅|去|能|负责)*开(?:一下)?门|{_OTHERS}(?:那天|到时候?|会|都|一直|全天|上午|下午|也)*(?<!不)在(?:家|(?=[,，。!！\s]|$))|钥匙(?:放|留|给|交|存)?(?:在|给)(?:了)?(?:隔壁|对门|楼上|楼下)?(?:的)?{_OTHERS}|(?:托|让|叫|请)(?:我)?(?:的)?(?:{_OTHERS}|{_FAMILY})(?:来|去|帮忙?|给|你们)*开门"
    rf"|\b{_OTHERS_EN}(?: next door)? (?:will|can|is going to|'ll|would|is there to)(?: be there to)? (?:let|open|unlock|answer)\b|\b(?:ayi|nanny|helper|maid|housekeeper|friend|neighbou?r|flatmate|roommate)(?: will be| is|'s|'ll be) (?:home|in|at home|there|around)\b|\bask (?:my|the) (?:neighbou?r|friend|ayi|landlord)\b.{{0,20}}\b(?:key|let you in|open)|\bneighbou?r (?:has|holds|keeps) (?:a|the|my) (?:spare )?key)"
    rf"|(?P<resident_home>(?:(?:我的?|我们家?的?)?{_FAMILY}|(?<!是)我们?|家里)(?:到时候?|那天|那时|那会儿?|这两天|明天|后天|今天|白天|周末|晚上|上午|下午|全天|整天|一整天|都|一直|会|也|肯定|应该|基本|随时|,|\s)*{_NO_MORE}在家(?!里?(?:等了|等你们等了|等到|摔|滑|丢))|(?:周末|下班后?|晚上|白天|随时|全天|整天|上午|下午)(?:我|都|才|一直|会)*在家|(?:我的?)?{_FAMILY}(?:那天|到时候?|会|都|一直|全天)*(?<!不)在(?=[,，。!！\s]|$|的)|家里(?:到时候?|那天|白天|全天|一直|都|会|随时|总|明天|今天|下午|上午|肯定|\s)*(?<!没)有(?:人|老人)(?!(?:受伤|晕|摔|被困|生病|病))|有人在家"
    rf"|\b(?:i'?ll|i will|we'?ll|we will|i am|i'?m|we'?re|we are|someone will|somebody will|someone'?s|someone is|there'?s (?:always )?(?:someone|somebody)|there will be (?:someone|somebody)|{_FAMILY_EN} (?:will|is|are)|{_FAMILY_EN}'s|home)(?: always| both| all| definitely| usually| going to)?(?: be)? (?:at home|home|in all day|in (?:all|from|after|until|the whole|tomorrow|then|that)\b|in the (?:flat|apartment))\b(?=[,.!?;]|$| (?:all|until|till|from \d|after|before|today|tomorrow|tonight|then|on|at|that|this|now|and|so|to let|both|every|the whole|by|around|between|when|if)))"
)
_PART = r"(?:配件|零件|材料|耗材|灯泡|灯管|灯具|灯带|灯|水龙头|龙头|花洒|开关|插座|锁芯|锁|电池|阀门|水管|软管|滤芯|马桶盖|门铃|面板|密封圈|电线|配件和工具|东西|新的)"
_PART_EN = r"(?:parts?|bulbs?|taps?|faucets?|switch(?:es)?|sockets?|lamps?|lights?|fittings?|locks?|batter(?:y|ies)|materials?|wires?|replacements?|fixtures?|spares?|hose|valve|shower head|one|ones|it)"
_PARTS = re.compile(
    rf"(?P<provider>(?:你们|师傅|物业|工人|麻烦|请)(?:师傅)?(?:来的时候)?(?:能|可以|帮忙?|顺便|直接|都|负责|来|把|自己|给)*(?:带|提供|配|出|准备|买)(?:一?[个套只根盏把下]|两个|上|好|些|点|来|新的?|同款的?|一样的?|同样的?|合适的?)*{_PART}|{_PART}(?:就|都|也|由|麻烦|请)*(?:你们|师傅|物业)(?:那边)?(?:来|负责|能|给)*(?:带|提供|配|出|准备|买)(?![^,，。]{{0,4}}[吗么])|没有?(?:配件|零件|材料),?(?:你们|师傅|请|麻烦)"
    rf"|\b(?:please |could you |can you |you )?(?:bring|supply|provide|include)(?: along| with (?:you|him))? (?:the |a |an |some |any |your own |all )?(?:new |spare |necessary |replacement |right )*(?!it\b|ones?\b){_PART_EN}\b(?! or )|\byou (?:can |could |should )?(?:supply|provide|bring|buy) (?:the )?(?:parts?|materials?|them|everything)\b|\bparts (?:on|from) your side\b|\b(?:i )?(?:don'?t|do not|haven'?t) (?:have|got|bought)(?: got)? (?:any |the )?(?:spare )?(?:parts?|materials?)\b)"
    rf"|(?P<resident>(?:我|自己)(?:都|已经|早就|也|会|这边|在)*网(?:上)?购(?:买)?(?:好|了)*(?:新|的|一个|一套|一?[只盏把])*{_PART}|{_PART}(?:我|我们|我这边|家里|我自己|自己)(?:都|已经|早就|也|会|来|自己|这边|网上)*(?:买|备|准备|出|带|有|提供|配)(?!偿)|(?:我|我们|自己|家里|网上|淘宝|京东)(?:都|已经|早就|也|会|这边|在网上|自己)*(?:(?:买|备|准备)(?:好|了|齐|回来)(?:了)?|自备|有现成)(?:新|的|一个|个|一套|一?[只盏把]|了)*{_PART}|{_PART}(?:都|已经|早就|也|全)*(?:自备|买好|买了|备好|备齐|准备好|有现成)|自备{_PART}|自己买(?:了|好)(?:新的?|了|一?[个盏套])*{_PART}"
    rf"|(?<!could )(?<!can )(?<!may )(?<!shall )(?<!should )\b(?:i|we)(?:'ve| have| will|'ll)?(?: already| just)? (?:bought|got|have|supply|provide|purchased|ordered|buy)(?: got)?(?: already)? (?:the |a |an |my own |our own |all |some )(?:new |spare |right |replacement |necessary |led )*{_PART_EN}(?<! it)(?<! one)(?<! ones)\b(?! (?:that|which|in my|is|are|keeps?|not|out|broken|fell|problem))|\b{_PART_EN} (?:is|are) already (?:bought|here|in the box)\b|\b(?:my|our) own {_PART_EN}\b)"
)
_DRIVER = re.compile(
    r"(?P<no>(?:不|无|别)(?:需|用|要|需要|带|配)?(?:司机|代驾)|自驾|我?自己(?:来)?开(?!门|始|机|关|锁|户|会|通)|\b(?:without (?:a )?driver|self[- ]drive|no driver|drive (?:it )?(?:my|our)sel(?:f|ves)|i'?ll drive|no need for a driver|don'?t need a driver)\b)"
    r"|(?P<yes>(?:需要|要|带|配|含|派|请)(?:一?[个位名])?(?:会\S{1,4}的|专职|专业|男|女|好一点的)?司机|\b(?:with (?:a |an )?(?:\w+[- ]speaking )?(?:driver|chauffeur)|chauffeur(?:ed|-driven)|need a driver|driver included|and (?:a )?driver)\b)"
)
_LANG = re.compile(
    r"(?P<en>(?:会|说|讲|懂|用|能说|能讲)(?:点|一点|一些|流利的?)?(?:英语|英文)|(?:英语|英文)(?:好|流利|的?导游|的?司机|的?阿姨|服务|管家|讲解)|\benglish[- ](?:speaking|speaker|language|version|guide|copy)|\b(?:speaks?|in|speaking) (?:good |fluent |some )?english\b)"
    r"|(?P<other>(?:会|说|讲|懂|用|能说|能讲)(?:日语|日文|韩语|韩文|法语|法文|德语|德文|俄语|俄文|粤语|西班牙语|意大利语|阿拉伯语|上海话)|(?:日语|韩语|法语|德语|俄语|粤语|西班牙语)(?:的?导游|的?司机|的?阿姨|翻译|服务|管家|讲解)|\b(?:japanese|korean|french|german|russian|cantonese|spanish|italian|arabic)[- ](?:speaking|speaker|guide|interpreter)|\b(?:speaks?|in|speaking) (?:good |fluent )?(?:japanese|korean|french|german|russian|cantonese|spanish|italian|arabic)\b)"
    r"|(?P<zh>(?:会|说|讲|懂|用|能说|能讲)(?:点|一点)?(?:中文|普通话|国语|汉语)|(?:中文|普通话)(?:的?导游|的?司机|服务|讲解)|\b(?:chinese|mandarin)[- ](?:speaking|speaker|guide|version)|\b(?:speaks?|in|speaking) (?:good |fluent )?(?:chinese|mandarin|putonghua)\b)"
)
_CONTACT = re.compile(
    r"(?P<phone>打我(?:的|家)?(?:电话|手机|座机)|打(?:电话|手机|座机)(?:给我|联系|就行|跟我说|通知|沟通)|给我(?:来|回|打)?个?(?:电话|回电)|电话(?:联系|通知|回复|沟通|告诉)|回(?:我)?(?:个)?电话|\b(?:call|phone|ring) me\b|\bgive me a (?:call|ring)\b|\bby (?:phone|telephone)\b|\bcontact me (?:on|by) (?:my )?(?:phone|mobile)\b)"
    r"|(?P<chat>(?:微信|短信|消息|在这里|这里|这边)(?:上|里)?(?:联系|回复|回我|告诉|通知|跟我说|聊)|发(?:我)?(?:个)?(?:微信|短信|消息)|\b(?:text|message|whatsapp|wechat) me\b|\b(?:reply|answer|respond|write)(?: me| to me| back)? (?:here|in (?:the|this) chat)\b|\bby (?:text|message|sms|wechat|chat)\b)"
    r"|(?P<email>(?:发|写|用)(?:我|到|个|一封)*(?:邮件|邮箱|电邮|email|e-mail)|(?:邮件|邮箱)(?:联系|回复|通知|告诉)|\b(?:e-?mail me|by e-?mail|(?:via|in an|send(?: me)? an) e-?mail)\b)"
    r"|(?P<visit>(?:当面|面对面|上门|登门|来家里)(?:谈|聊|沟通|说|解释|道歉|找我)|面谈|\b(?:in person|face[- ]to[- ]face|visit me)\b)"
)
_MOUNT = re.compile(
    r"(?P<surface>明装|明盒|明线|走明|surface[- ]mounted|exposed wir)|(?P<concealed>暗装|暗盒|暗线|走暗|埋墙|\bconcealed\b|flush[- ]mounted|recessed)"
)
#: the detail, what its forms all hold one of, and the forms
_FORMS: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...] = (
    ("entry", re.compile(r"钥匙|在|开门|有人|家里|\b(?:keys?|home|in|let|open)\b"), _ENTRY),
    ("parts", re.compile(r"配件|零件|材料|备|买|购|有|带|提供|出|准备|没|parts|bring|suppl|provid|have|ve |got|bought|own|already"), _PARTS),
    ("driver", re.compile(r"司机|代驾|自驾|自己|driver|chauffeur|self|drive"), _DRIVER),
    ("lang", re.compile(r"[语文话]|english|chinese|mandarin|speak|french|japanese|korean|german|russian|cantonese|in "), _LANG),
    ("contact_pref", re.compile(r"电话|手机|联系|回|发|信|面|邮|call|phone|ring|text|message|chat|here|mail|person|face|me|by "), _CONTACT),
    ("mount", re.compile(r"[明暗装]|mounted|conceal|expos|recess"), _MOUNT),
)  # fmt: skip
_GONE_BY = re.compile(r"等了|没人来|没来|白等|\b(?:waited|nobody came|no one came|yesterday)\b")
_UNSURE = re.compile(
    r"(?:不|没|未)(?:一?定)?(?:能|会|是|有)?$|\b(?:not|won't|never|if|unless|nobody|no one)(?: be| a)? ?$"
)


def in_passing(text: str) -> dict[str, Found]:
    """The choices that a text names in full without having been asked."""
    found: dict[str, Found] = {}
    for slot_id, hint, forms in _FORMS:
        said = None
        if hint.search(text):  # of several languages the last is the one that is wanted
            said = _last(forms, text) if slot_id == "lang" else forms.search(text)
        if said is not None and not _is_no_offer(slot_id, said, text):
            found[slot_id] = Found(said.lastgroup, *said.span())
    return found


def _last(forms: re.Pattern[str], text: str) -> re.Match[str] | None:
    return max(forms.finditer(text), key=lambda found: found.start(), default=None)


def _is_no_offer(slot_id: str, said: re.Match[str], text: str) -> bool:
    """Who was at home yesterday, or is not, tells no one how to get in tomorrow."""
    if slot_id != "entry":
        return False
    return (
        _GONE_BY.search(text) is not None
        or _UNSURE.search(text[max(0, said.start() - 10) : said.start()]) is not None
    )
