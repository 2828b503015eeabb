"""A fault that is told without saying what is wrong, as plainly as others tell theirs: "灯有点问题" is a broken light.

Only what stands in a home or house is taken so: a bill, a booking or a ticket that has a problem is not broken.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

from __future__ import annotations

import re

_ALIKE = re.compile(
    r"账|发票|费用?(?=有|$)|费|钱|订单|工单|单子|预约|合同|手续|登记|态度|服务|回复|计算|数字|金额|安排|时间|名字|号码|地址|脸|身体|肚子|孩子|老人|邻居|保安|师傅|管家|阿姨|司机"
    r"|\b(?:bill|invoice|fees?|charges?|payment|order|booking|appointment|ticket|registration|receipt|contract|account|app|website|name|number|address|time|service|you|him|her|them|me|us"
    r"|neighbou?rs?|guards?|butler|cleaner|driver|nanny|plumber|technician|child|son|daughter|dog|cat|people|parking space|password|this|that|they|which|what|everything|nothing|something|husband|wife|family|link|code|page|button)\b"
)
#: nothing is named, or nothing is the matter
_NOTHING = re.compile(
    r"(?:我们?|你们?|他们?|这|那|这个|那个|家里?|我家|有|没|想要?|要|需要|什么|哪里|有没|进度|服务|我要|我想)*|.*没"
)
_CALL_ZH = r"(?:[,，。;；!！\s]+(?:麻烦|请|能不能|可以|帮忙|帮我|快|尽快|赶紧|你们|给我?)*(?:找|派|叫|请|安排|来)?(?:个|位)?(?:人|师傅)?(?:过来|上门|来)?(?:帮忙)?(?:修理?|看看?|维修|处理|弄|检查|检修)?(?:一下|下)?(?:吧|吗)?)?"
_CALL_EN = r"(?:[,.;!\s]+(?:please |pls |can you |could you )*(?:(?:send|get) (?:someone|somebody|a man|a plumber|an? \w+)(?: over| round| up)?(?: to (?:fix|repair|look at|see to|check) (?:it|this|that))?|(?:help|fix it|check it|have a look|take a look))(?: please)?)?"
#: the thing, of which only is said that something is the matter with it, or that it is to be mended
_VAGUE = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:你好|您好|请问|那个|[,，。!！\s])*(?P<thing>[^,，。;；!！?？\s]{{1,10}}?)(?:好像|似乎|感觉|总是|老是|也|都)*(?:有一?点儿?|有些|有|出了?点?)(?:小|大)?(?:问题|毛病|故障)了?{_CALL_ZH}[,，。!！~\s]*",
        rf"(?:你好|您好|请问|[,，。!！\s])*(?P<thing>[^,，。;；!！?？\s]{{1,10}}?)(?:好像|似乎|感觉|也|都)*(?:不太?对劲|不太?正常|出问题){_CALL_ZH}了?[,，。!！~\s]*",
        rf"(?:你好|您好|[,，。!！\s])*(?P<thing>[^,，。;；!！?？\s]{{1,6}}?)(?:坏(?:掉)?|用不)了{_CALL_ZH}[,，。!！~\s]*",
        rf"(?:hi|hello|hey|so|[,.!\s])*(?:the |my |our |a |an )?(?P<thing>[a-z][a-z\- ]{{2,24}}?) (?:(?:is |are |has |'s )?(?:broken|broke|not working|out of order|dead|stopped working)|(?:doesn't|does not|don't|do not|won't|isn't|is not) work(?:ing)?){_CALL_EN}\W*",
        r"(?:你好|您好|请问|我们?|想|要|需要|来|帮我|[,，\s])*(?:报修|维修|修理)(?:一?下|一?个)?(?P<thing>[^,，。;；!！?？\s]{1,12})[,，。!！~\s]*",
        r"(?:你好|您好|[,，\s])*(?P<thing>[^,，。;；!！?？\s的]{1,6})(?:要|需要|想)?(?:报修|维修|修理)(?:一?下)?[,，。!！~\s]*",
        rf"(?:hi|hello|hey|so|[,.!\s])*(?:(?:there(?:'s| is) )?something(?:'s| is| seems| seems to be)?|what(?:'s| is)) (?:wrong|up|off|not right|the matter|not quite right) with (?:the |my |our |this )?(?P<thing>[a-z][a-z\- ]{{2,24}}?){_CALL_EN}\W*",
        rf"(?:hi|hello|hey|so|[,.!\s])*(?:(?:i|we)(?:'ve| have|'m| am| are| do have)?(?: got| having| had)?|there(?:'s| is| are| seems to be)|having|got)? ?(?:a |an |some |another )?(?:\w+ )?(?:problems?|issues?|troubles?|faults?) with (?:the |my |our |this )?(?P<thing>[a-z][a-z\- ]{{2,24}}?){_CALL_EN}\W*",
        rf"(?:hi|hello|hey|so|[,.!\s])*(?:the |my |our )(?P<thing>[a-z][a-z\- ]{{2,24}}?) (?:has|have|is having) (?:a |an |some )?(?:problems?|issues?|faults?){_CALL_EN}\W*",
        rf"(?:hi|hello|hey|so|[,.!\s])*(?:the |my |our )(?P<thing>[a-z][a-z\- ]{{2,24}}?) (?:is |are |keeps? |has been )?(?:acting up|playing up|acting funny|acting weird){_CALL_EN}\W*",
    )
)
_CHINESE = re.compile(r"[\u3400-\u9fff]")
#: what is named beside the thing says already what is wrong with it, or what is to be done
_SAYS = re.compile(r"漏|坏|堵|掉|裂|松|断|响|跳闸|不(?!锈)|\b(?:leak\w*|broken|not)\b")
_DOES = re.compile(r"换|装|洗|停|进度|单|到|哪|预约|师傅|人|多少|怎么|什么|时间|电话|费|过|了")
_LONGEST = 80


def told_plainly(wish: str) -> str:
    """A normalised wish that tells a fault without saying which, as "the thing is broken"; "" for any other."""
    text = wish.strip()
    if not text or len(text) > _LONGEST:
        return ""
    found = next(filter(None, (vague.fullmatch(text) for vague in _VAGUE)), None)
    if found is None:
        return ""
    thing = found["thing"].strip()
    if _ALIKE.search(thing) or _NOTHING.fullmatch(thing):
        return ""
    if _SAYS.search(thing):  # "我要报修水管漏水" says it
        return thing if len(thing) < len(text) else ""
    if _DOES.search(thing):
        return ""
    return f"{thing}坏了" if _CHINESE.search(thing) else f"the {thing} is broken"
