"""What a wish names only to say that it is not meant: "只要一次，不是包月", "just once, not monthly".

Likeness to services hears no "not": what is denied is taken out before services are looked for.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

from __future__ import annotations

import re

_STOP = r"(?=$|[,，。.;；!！?？\s])"
#: how often: named beside a "not", it is another build of the same service
_OFTEN = r"(?:包月|包年|包季|月卡|年卡|长期|定期|固定|每周|每月|每天|每个?(?:月|星期|礼拜)|按月|按周)"
_OFTEN_EN = r"(?:monthly|weekly|daily|yearly|regular(?:ly)?|permanent|long[- ]term|recurring|every (?:day|week|month)|by the month|a subscription)"
_DENIED = re.compile(
    rf"(?:并?不是|不要|不用|不需要|别|不做|不想要|非)(?:什么|那种|做|办)?{_OFTEN}[^,，。.;；!！?？\s]{{0,6}}?{_STOP}"
    rf"|\b(?:not|no|don't want|do not want|rather than|instead of)(?: a| an| the| any| it)?(?: on a)? {_OFTEN_EN}(?: (?:one|basis|cleaning|cleaner|service|plan|package|contract))?\b"
)
#: one thing is put in another's place: "不要包月保洁，要钟点工", "not the tap but the drain"
_PUT_ASIDE = re.compile(
    r"(?:^|(?<=[,，。;；\s]))我?(?:不要|不是(?:要)?|不想要)(?P<zh>[^,，。.;；!！?？]{2,10})[,，]\s*(?=(?:而是|是要|要|我要|只要|就要|想要))"
    r"|\bnot (?:an? |the |for )?(?P<en>[a-z][a-z '-]{2,30}?),? (?=but\b)"
)
_ONCE = re.compile(
    r"(?:只|就|仅)(?:要|需要|做|来|约|打扫|请)?(?:这)?一次|一次性|单次|\b(?:just|only)(?: this| the)? once\b|\bone[- ]?(?:off|time)\b|\bonce only\b|\ba single (?:time|visit)\b"
)


def without_denied(text: str) -> str:
    """A normalised text with what it denies blanked out; the text itself where that would leave nothing."""
    blanked = text
    for shape in (_DENIED, _PUT_ASIDE):
        blanked = shape.sub(lambda found: " " * len(found.group()), blanked)
    return blanked if blanked.strip(" ,，。.!！") else text


def puts_aside(text: str) -> bool:
    """Whether a normalised text puts one thing in the place of another."""
    return _PUT_ASIDE.search(text) is not None


def denies_often(text: str) -> bool:
    """Whether a normalised text says that something is not to be done again and again."""
    return _DENIED.search(text) is not None or says_once(text)


def says_once(text: str) -> bool:
    """Whether a normalised text asks for one time only."""
    return _ONCE.search(text) is not None
