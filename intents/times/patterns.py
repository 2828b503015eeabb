"""The words of time in both languages, as one ordered list of patterns; earlier ones win."""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

from __future__ import annotations

import re

from intents.beginnings import ByBeginning
from intents.times.feasts import HOLIDAY
from intents.times.numbers import EN_NUMBER, EN_SMALL, ZH_NUMBER

_ZH_DAY = "一二三四五六日天末1-7"
_EN_DAY = (
    r"(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday|nsday|s)?|wensday|thu(?:r(?:s(?:day)?)?)?|"
    r"fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
)
_EN_FULL_DAY = r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_EN_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_EN_UNIT = r"(?:hours?|hrs?|h|minutes?|mins?|days?|weeks?|wks?|fortnights?|months?|nights?)"
_EN_AMOUNT = rf"(?:{EN_NUMBER}|an?|half an?|a couple of|a few|couple of|half)"
_ZH_UNIT = r"(?:小时|钟头|分钟|刻钟|天|日|周|星期|礼拜|月|年|晚)"
_AFTER_DATE = (
    r"(?!\s*(?:航站|候机|登机|停车[位场]|地[下库]|充电|出口|入口|出入口|通道|闸|窗口|别墅|公寓|公馆|大厦|宿舍|会议室|包[间厢房]|教室|馆|道(?!歉|谢|别)|座|"
    r"楼|门|线|院|车|机(?!场|票)|单元|房|桌|电梯|梯|柜|码|栋|位|厅|室|仓|岗|口|库|泵|单|幢|店|铺|业主|住户))"
)
_NOT_CLOCK = r"(?!建议|意见|要求|想法|事|菜|击|名|赞|歌|评|外卖|什么|心|希望|问题|需要|水(?!电)|儿|都|也|[0-9一二三四五六七八九]{0,2}(?:元|块|万|米|公里|折|倍|平))"

_ZH_DAYS = rf"(?:周末|(?:周|星期|礼拜)[{_ZH_DAY}](?:[、和,]?(?:周|星期|礼拜)?[{_ZH_DAY}])*)"
_EN_EXCEPT = (
    rf"(?:\s+(?:except|but(?: not)?|apart from|excluding)\s+(?:on\s+)?"
    rf"(?:{_EN_DAY}s?(?:\s*(?:,|and|&)\s*{_EN_DAY}s?)*|(?:the\s+)?weekends?)\b)?"
)

RECURRENCES = (
    rf"除了?{_ZH_DAYS}(?:之外|以外|外)?[,，\s]*(?:其他时间|其余)?(?:每天|天天)|每天[,，]?(?:除了?{_ZH_DAYS}(?:之外|以外|外)?|{_ZH_DAYS}除外)"
    rf"|(?:每|隔|逢)个?(?:隔)?{ZH_NUMBER}?个?(?:周|星期|礼拜)(?:周|星期|礼拜|的)?[{_ZH_DAY}1-7](?:[、和同及,跟到至-]?(?:周|星期|礼拜)?[{_ZH_DAY}1-7])*(?!次)"
    rf"|(?:周|星期|礼拜)[一二三四五](?:[、]?[一二三四五六日天]){{2,}}|(?:周|星期|礼拜)(?:[一二][、]?[四五六]|三[、]?[五六日天])(?![点号])"
    rf"|(?<![第零一二三四五六七八九十\d])(?:一三五|二四六|一四|二五)(?=的?(?:早|上午|中午|下午|晚|来|各))"
    rf"|每个?(?:月)的?(?:{ZH_NUMBER}[号日](?:[、和,]{ZH_NUMBER}[号日])*|初|底|末)"
    rf"|(?:每|隔)隔?{ZH_NUMBER}个?(?:天|日|周|星期|礼拜|月|季度|年)|每(?:个|逢)?(?:工作日|周末|双休日)"
    rf"|每(?:一)?(?:天|日|晚|早|夜)(?=[^前])|每(?:个)?(?:周|星期|礼拜|月|季度|季|年)|隔[天日周月]|每半个?[年月]|天天|日日|夜夜|工作日|平日(?!里)"
    rf"|{ZH_NUMBER}?个?(?:天|周|星期|礼拜|月|季度|年)(?:来|洗|做|扫|打扫|保洁|清洁|擦|送|换|检查)?{ZH_NUMBER}[次趟回](?!了)",
    rf"\b(?:every|each)\s+(?:(?:other|second|single|{EN_NUMBER})\s+)?"
    rf"(?:days?|weeks?|fortnight|months?|weekdays?|weekends?|mornings?|afternoons?|evenings?|nights?|quarter|noon|"
    rf"{_EN_DAY}s?(?:\s*(?:,|and|&|,\s*and)\s*{_EN_DAY}s?)*)\b(?!-)"
    rf"{_EN_EXCEPT}"
    rf"|\b(?:once|twice|thrice|{EN_NUMBER}\s+times|one time)\s+(?:a|per|every|each|in a)\s+(?:day|week|fortnight|month|quarter)\b"
    rf"|\bdaily\b{_EN_EXCEPT}|\b(?:weekly|fortnightly|biweekly|bi-weekly|monthly|quarterly|nightly)\b|\b(?:on\s+|at\s+|all\s+)?(?:weekdays|weekends)\b"
    r"|\b(?:on\s+)?the\s+(?:\d{1,2}(?:st|nd|rd|th)|first|last day)(?:\s+and\s+(?:the\s+)?\d{1,2}(?:st|nd|rd|th))?\s+of\s+(?:every|each|the)\s+month(?<!the month)\b"
    rf"|\b{_EN_FULL_DAY}s(?:\s*(?:,|and|&|,\s*and)\s*{_EN_FULL_DAY}s)*\b",
)

# kind, pattern. The kinds are what intents.times.lexer knows how to read.
PATTERNS: tuple[tuple[str, str], ...] = (
    ("noise", r"(?:早上|上午|中午|下午|晚上)好|早安|晚安|\bgood\s+(?:morning|afternoon|evening|night|day)\b|\bhappy\s+\w+"),
    ("noise", r"24\s*(?:小时(?![之以]?[内后])|/\s*7)|(?<!in )(?<!within )24\s*(?:h|hours?|hrs?)\b(?!\s+from)|全天候|七天无理由"),
    ("noise", rf"提前{ZH_NUMBER}?个?半?(?:小时|钟头|分钟|天|周)|早(?:到|来)了?{ZH_NUMBER}个?(?:小时|分钟)"),
    ("noise", rf"\b{_EN_AMOUNT}\s+{_EN_UNIT}\s+(?:before|early|earlier|beforehand|in advance|ahead|old|late)\b"),
    ("noise", r"(?:有|快|早|晚|便宜|差|多|少|大|小|这么|那么|早着|好|轻|慢|亮|高|低)一?点(?!半|钟)|一点(?:点|儿|也|都|没|不|水)|晚[点些]|早[点些]"),
    ("noise", rf"(?:等|修|弄|搞|过|停|漏|拖|响|吵|占)(?:了|过)(?:快|都|整整|将近|差不多|足足)?{ZH_NUMBER}?个?半?(?:多)?(?:小时|钟头|分钟|天|周|星期|礼拜|个?月|年)多?"),
    ("noise", rf"\b(?:waited|waiting|been|lasted|for the (?:last|past)|since)\s+(?:for\s+)?(?:over\s+|about\s+)?{_EN_AMOUNT}\s+{_EN_UNIT}\b"),
    ("past", r"昨[天日晚夜儿]|前[天晚](?!台)|上上?个?(?:周|星期|礼拜|月|季度)[一二三四五六日天末]?|去年|刚[才刚]|(?<=[我们你他她您])之前|^之前|头两天|大前天|前阵子|前几天"),
    ("past", rf"{ZH_NUMBER}个?半?(?:小时|钟头|分钟|天|周|星期|礼拜|月|年)(?:之|以)?前|半(?:个)?(?:小时|钟头|天|年|月)(?:之|以)?前"),
    ("past", rf"\byesterday(?:\s+(?:morning|afternoon|evening|night))?\b|\blast\s+(?:night|week|month|year|time|summer|winter|weekend|{_EN_DAY})\b"),
    ("past", rf"\b{_EN_AMOUNT}\s+(?:and a half\s+)?{_EN_UNIT}\s+ago\b|\bthe other day\b|\bearlier today\b"),
    ("often", "|".join(RECURRENCES)),
    ("weekend", r"(?P<we_a>下下|下|这|本)?个?(?:周末|週末|礼拜末|双休日)"),
    ("weekend_en", r"\b(?:(?P<we_b>this|next|the|coming)\s+(?:coming\s+)?)?weekend\b"),
    ("nth_weekday", rf"\bthe (?P<nw_n>first|second|third|fourth|last|1st|2nd|3rd|4th) (?P<nw_d>{_EN_DAY}) (?:of|in) (?P<nw_m>the|this|next) month\b"),
    ("weekday", r"(?:(?<![一二三四五六七八九十两每\d])|(?<=[周期拜][一二三四五六]))(?P<wd_a>下下|下|这|本)?个?(?:周|星期|礼拜|拜)(?P<wd_n>[一二三四五六日天]|[1-7](?![\d号日]))(?!次|趟|天|个|圈|到两|遍)"),
    ("weekday_en", rf"\b(?:(?P<wd_v>a week (?:on|from|this|next))\s+)?(?:(?P<wd_b>this|next|coming|the)\s+(?:coming\s+)?)?(?<!mr )(?<!mr\. )(?<!mrs )(?<!ms )(?<!miss )(?<!dr )(?P<wd_e>{_EN_DAY})\b(?!\s+(?:last|gone)\b)(?:\s+(?P<wd_w>week)\b)?"),
    ("day_zh", r"大后[天日]|后[天日儿]|外后天|(?:明天|明日|明儿个?|明(?=[早晚晨午])|听(?=[日晚朝早])日?|翌日|隔天)|(?:今天|今日|今儿个?|今(?=[早晚晨夜午朝]))|后(?=[早晚]上?)"),
    ("day_en", r"\b(?:the\s+)?day after tomorrow\b|\b(?:tomorrow|tmrw?|tmr|tomorow|tommorow|tommorrow|tomorro|tomoz|tmw|2moro|2morrow|2mrw)\b|\btoday\b|\bthis (?=(?:morning|afternoon|arvo|evening|noon|lunchtime)\b)"),
    ("tonight", r"\b(?:tonight|tonite|2nite)\b"),
    ("date_span", rf"(?<![\d/.-])(?P<sp_a>[0-3]?\d)(?:st|nd|rd|th)?\s*(?:-|–|to|till|until|through)\s*(?:the\s+)?(?P<sp_b>[0-3]?\d)(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<sp_m>{_EN_MONTH})\b|\b(?P<sp_n>{_EN_MONTH})\s+(?P<sp_c>[0-3]?\d)(?:st|nd|rd|th)?\s*(?:-|–|to|till|until|through)\s*(?:the\s+)?(?P<sp_d>[0-3]?\d)(?:st|nd|rd|th)?\b(?!\s*(?:[:.]\d|pm|am|o|{_EN_MONTH}))|(?<!\d)(?:(?P<sp_o>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月)?(?<![\d.-])(?P<sp_e>[0-3]?\d)[号日]?\s*[-~—–]\s*(?P<sp_f>[0-3]?\d)[号日]{_AFTER_DATE}"),
    ("date_iso", r"(?<![\d-])(?P<iso_y>20\d\d)[-/.年](?P<iso_m>\d{1,2})[-/.月](?P<iso_d>\d{1,2})[日号]?(?![\d-])"),
    ("date_zh", rf"(?P<dz_y>今年|明年|后年|去年)?(?<![\d])(?P<dz_m>1\d|0?[1-9]|十[一二]?|[一二三四五六七八九])月(?:份)?(?P<dz_d>[0-3]?\d|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九]|廿[一二三四五六七八九]?)(?:[号日]{_AFTER_DATE}|(?!\d|个|份|点|台|条))"),
    ("date_en", rf"\b(?:(?:the\s+)?(?P<de_d>[0-3]?\d)(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<de_m>{_EN_MONTH})\b|(?P<de_n>{_EN_MONTH})\.?\s+(?:the\s+)?(?P<de_e>[0-3]?\d)(?:st|nd|rd|th)?\b(?!\s*(?::|pm|am|people|pax)))(?:,?\s+(?P<de_y>20\d\d))?"),
    ("date_slash", r"(?:(?<=^)|(?<=on )|(?<=by )|(?<=before )|(?<=after )|(?<=from )|(?<=until )|(?<=[在改到约日\s,，]))(?<!flat )(?<!unit )(?P<sl_a>[0-3]?\d)/(?P<sl_b>[0-3]?\d)(?![\d/])(?=\s*(?:$|at\b|in the\b|morning|afternoon|evening|noon|[,，。;(]|[上下中]午|早|晚|周|星期|\d{1,2}(?:点|:|[ap]m)))|(?<![\d.])(?P<sl_c>1[0-2]|[1-9])\.(?P<sl_d>[0-3]?\d)(?=\s*(?:[上下中]午|早上|晚上|[(]?周[一二三四五六日]|[(]?星期))"),
    ("month_end", rf"(?:(?P<me_a>下下?|这|本)个?|(?<!\d)(?P<me_n>{ZH_NUMBER}))?月(?:份)?[底末](?!薪)|\b(?:the\s+)?(?:end|last day) of (?P<me_m>{_EN_MONTH})\b|(?P<me_y>年[底末])|\b(?:the\s+)?end of (?P<me_b>the|this|next) month\b|\bmonth[- ]end\b"),
    ("month_start", rf"(?:(?P<ms_a>下下?|这|本)个?|(?<!\d)(?P<ms_n>{ZH_NUMBER}))?月(?:份)?初|\b(?:the\s+)?(?:start|beginning) of (?P<ms_b>the|this|next) month\b"),
    ("month", rf"(?P<mo_a>下下?|这|本)个?月|(?<!\d)(?P<mo_n>{ZH_NUMBER})月份|\bin (?P<mo_m>{_EN_MONTH})\b(?! \d)|\b(?P<mo_b>next|this) month\b"),
    ("weekend_en", r"\b(?:the\s+)?end of (?P<we_c>this|the|next) week\b"),
    ("week", r"(?P<wk_a>下下?|这|本)个?(?:周|星期|礼拜)(?![一二三四五六日天末1-7])|\b(?P<wk_b>this|next) week\b"),
    ("holiday", rf"(?:{HOLIDAY})(?P<ho_b>前一天|前一晚|前夜|后一天|第二天)?"),
    ("dom", rf"(?<![\da-z第、#-])(?P<dm_z>[0-3]?\d|[一二三]?十[一二三四五六七八九]?|廿[一二三四五六七八九]?|[一二三四五六七八九])[号]{_AFTER_DATE}(?!\d)|(?<![\d第])(?P<dm_y>[0-3]?\d)日(?!元|语|本|均)"),
    ("dom_en", r"\b(?:the|on the)\s+(?P<dm_e>[0-3]?\d)(?:st|nd|rd|th)\b(?!\s*(?:floor|fl\b|flr|storey|story|level|one|time|unit|block|building|birthday|century|anniversary|door|house|person|ticket|item))|\b(?P<dm_f>[12]?\dth|[23]?1st|2?2nd|2?3rd|30th)(?=\s+(?:eve|morning|afternoon|evening|night)\b)|(?:(?<=day )|(?<=(?:mon|tue|wed|thu|fri|sat|sun) ))(?P<dm_g>[0-3]?\d)(?:st|nd|rd|th)\b"),
    ("span", rf"{ZH_NUMBER}个(?:半)?钟(?![头点工表])|{ZH_NUMBER}来(?:分钟|个?(?:小时|钟头))|{ZH_NUMBER}个?半(?:小时|钟头|天|月|星期|年)|{ZH_NUMBER}(?:点五|\.5)个?(?:小时|钟头)|半个?(?:小时|钟头|钟|天|月|年)|(?:{ZH_NUMBER}|几|\d{{1,6}}(?:\.5)?)(?:个)?(?:多)?(?:小时|钟头)(?:半|{ZH_NUMBER}分钟?)?|(?:{ZH_NUMBER})(?:分钟|刻钟)|(?:{ZH_NUMBER})(?:天|个?星期|个?礼拜|周(?![一二三四五六日天岁年])|个月|年|晚)"),
    ("span_en", rf"\b(?:(?<!at )(?<!by )(?<!from )[1-6]\s?h\s?[0-5]\d(?:\s?m(?:in(?:ute)?s?)?)?\b|three[\s-]quarters of an hour|(?:a\s+)?quarter of an hour|{_EN_AMOUNT}(?:\s*-\s*|\s*)(?:and a half\s+)?{_EN_UNIT}(?:\s+and\s+(?:a half|a quarter|{EN_NUMBER}\s*(?:minutes?|mins?))|\s*\d{{1,2}}\s*(?:minutes?|mins?|m))?)\b(?!\s*-?\s*(?:old|exposure))"),
    ("clock_words", rf"\b(?P<cw_p>half|a?\s*quarter|ten|twenty|five|twenty-five|(?:10|20|5|25)(?=\s+(?:minutes\s+)?past))\s+(?:minutes\s+)?(?P<cw_r>past|to|after|of|till)\s+(?P<cw_h>{EN_SMALL}|1[0-2]|[1-9])\b(?!:)"),
    ("clock_pm", rf"(?<![\d:.])(?<!\d-\d-)(?P<cp_h>1[0-2]|0?\d|{EN_SMALL})(?:[:.\s](?P<cp_m>[0-5]\d))?\s*(?P<cp_a>a\.?m\b\.?|p\.?m\b\.?)"),
    ("clock_colon", r"(?<![\d:.])(?P<cc_h>[01]?\d|2[0-4]):(?P<cc_m>[0-5]\d)(?![\d:])(?:\s*(?:hrs|h)\b)?"),
    ("clock_dot", r"(?:(?<=\bat )|(?<=around )|(?<=about )|(?<=by )|(?<=from )|(?<=until )|(?<=till )|(?<=before )|(?<=after ))(?P<cd_h>[01]?\d|2[0-3])[.h](?P<cd_m>[0-5]\d)\b(?!\s*(?:yuan|rmb|km|kg|m\b|per|%|元|块))|(?<![\w.])(?P<cd_i>[01]?\d|2[0-3])\.(?P<cd_n>[0-5]\d)(?=\s+(?:tomorrow|today|tonight|this (?:morning|afternoon|evening)|in the (?:morning|afternoon|evening)|sharp|on (?:mon|tue|wed|thu|fri|sat|sun))\b)|(?<![\w.])(?P<cd_j>0[7-9]|1\d|2[0-3]|[7-9])h(?P<cd_o>[0-5]\d)\b|\b(?P<cd_k>[01]\d|2[0-3])(?P<cd_p>[0-5]\d)\s?(?:hours|hrs|h)\b"),
    ("clock_never", r"(?<![\d.])(?:2[5-9]|[3-9]\d)点(?=钟|整|半|[来之以前后,，。\s]|$)|(?:(?<=at )|(?<=from )|(?<=by )|(?<=[午天上]))(?:(?:2[5-9]|[3-9]\d):\d\d|\d{1,2}:[6-9]\d)(?!\d)"),
    ("clock_oclock", rf"\b(?P<co_h>1[0-2]|[1-9]|{EN_SMALL})\s*o'?\s?clock\b"),
    ("clock_half", rf"\bhalf\s+(?P<ch_h>{EN_SMALL})\b(?!\s+(?:hours?|days?|dozen))"),
    ("clock_spelled", rf"(?:(?<=\bat )|(?<=\bby )|(?<=\bto )|(?<=\bfrom )|(?<=\btill )|(?<=\bbefore )|(?<=\bafter ))(?P<cs_h>{EN_SMALL}) (?P<cs_m>thirty|fifteen|forty-five|forty|twenty)\b|\b(?P<ct_h>{EN_SMALL}) (?P<ct_m>thirty|fifteen|forty-five)(?=\s+(?:in the|tomorrow|today|tonight|this|on|sharp)\b)"),
    ("clock_moved", rf"\b(?:(?:later|earlier|sooner)\b[,\s]*(?:(?:like|say|maybe|perhaps|around|about|at)\s+)*|(?:push|move|shift|bring|postpone|reschedule)\s+(?:it|that|this)\s+(?:back\s+|forward\s+|up\s+)?to\s+)(?P<cv_h>1[0-2]|[1-9]|{EN_SMALL})(?=\s*(?:$|[,;!?)]|\.(?!\d)|(?:please|pls|instead|then|if|or so)\b))"),
    ("clock_ish", rf"(?<![\w.#/-])(?P<ci_h>1[0-2]|[1-9]|{EN_SMALL})[\s-]?ish\b"),
    ("clock_pair", r"(?<![零〇一二两三四五六七八九十\d.])(?P<cx_a>[一两二三四五六七八])(?P<cx_b>[二三四五六七八九])点(?:钟|多|左右)?"),
    ("clock_zh", rf"差(?P<cz_q>[一二三\d]刻|[十五\d]+分)(?P<cz_s>[一二两三四五六七八九十\d]{{1,3}})点|(?<![\d.])(?P<cz_h>2[0-4]|1\d|0?\d|二十[一二三四]?|十[一二]?|[零一两二三四五六七八九])(?:点{_NOT_CLOCK}(?:钟(?!工|点工|头))?|时(?!候|间|装|尚|代|常|不时))(?P<cz_m>半|整|[一二三]刻|[0-5]?\d分?(?!\d|号|个|楼|位|人|瓶|元|块)|[零〇]?[一二三四五六七八九十]{{1,3}}分?(?!个|位|人|楼|号))?(?:多|左右|前后)?(?!次|工)"),
    ("part_zh", r"凌晨|半夜|深夜|夜里|夜间|大?清早|一大?早|清晨|早晨|早上|上午|朝早|中午|正午|午间|晌午|下午|午后|上昼|(?<=[今明听后])朝(?!早)|下昼|晏昼|傍晚|黄昏|晚间|晚上|夜晚|今晚|(?<=[今明后天日末一二三四五六号儿])早(?![餐饭点教市已就起高班])|(?<=[今明后天日末一二三四五六号儿])晨(?!练|跑|检)|(?<=[今明后听天日末一二三四五六号儿])晚(?![餐饭点宴报班会])|(?<=今)夜"),
    ("part_en", r"\bearly (?:in the )?morning\b|\bearly\b(?=\s+(?:on\s+)?(?:tomorrow|this|next|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\s+(?:\w+day\s+)?morning)|\b(?:mornings?|arvo|lunch ?time|midday|noon(?:time)?|afternoons?|evenings?|eve|dusk|sunset|nights?|nite)\b(?!\s*(?:guard|shift|watchman|light|lamp|stand))"),
    ("midnight", r"\bmidnight\b|零点|午夜"),
    ("after", r"\b(?:not (?:before|earlier than|until)|no (?:earlier|sooner) than)\b|不早于"),
    ("until", r"\b(?:until|till|til)\b"),
    ("by", r"(?:不超过|不晚于|别晚于|不要?超过|别超过)(?=[今明后周星礼下上晚早中本这]|\d{1,2}[点:号月])|最晚|最迟|赶在|截止(?:到|至)?|截至|\b(?:by|before|no later than|not later than|at the latest|prior to|latest|within)\b"),
    ("suffix_after", r"\bfrom today\b(?!\s+(?:to|till|until|on))"),
    ("after", r"\b(?:(?:any ?time )?after|from(?! now| today)|starting(?: from)?|as of|beginning|past)\b|(?<=[^\w])从|^从|自"),
    ("between", r"\bbetween\b"),
    ("suffix_within", r"之内|以内|(?<=[时头钟天周月])内"),
    ("suffix_by", r"之前|以前|为止|前(?!台|面|门|后|厅|往|阵|几|年|妻|夫)"),
    ("suffix_after", r"之后|以后|过后|后(?!面|门|院|厅|备|续|果|悔|座)|起(?![来床跳])|开始|\bonwards?\b|\bor later\b|\b(?:later|from now)\b"),
    ("to", r"\s*(?:到|至|~|～|—|–|-)\s*|\b(?:to|thru|through)\b"),
    ("and", r"\band\b|&|和"),
    ("in", rf"\bin\b|再?过(?={ZH_NUMBER}(?:个|小时|分|刻|天|周)|半)"),
    ("at", r"\bat\b|@|\baround\b|\babout\b|\bapprox\w*"),
    ("fill", r"\s+|[,，、的]|\b(?:on|the|of|for|sometime|some time|any ?time|during|sharp|local|time|or so|ish)\b|大概|大约|左右|差不多|就|那天|当天|在|期间|之间|钟|准时|整|每次|都"),
    ("bare", rf"(?<![\w.#/-])(?:{EN_SMALL}|1[0-2]|[1-9])(?![\w%/:°#.]\w|[%°/\w]|:(?!\s)|-\d+-)|(?<![\d零一二两三四五六七八九十])(?:1\d|2[0-4]|\d|十[一二]?|[一两二三四五六七八九])(?=\s*(?:到|至|~|-|—)\s*(?:十?[一二两三四五六七八九]|\d|十))(?!-\d+-)|(?<=[-~—至到])(?<!-\d-)\d{{1,2}}(?![\w:%/-])"),
)  # fmt: skip

#: the same by the character that stands at a place
BY_BEGINNING = ByBeginning(pattern for _, pattern in PATTERNS)
EN_DAY = re.compile(_EN_DAY)
