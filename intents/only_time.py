"""Whether a message tells a time and nothing else, a clause of it at least: "周五吧，周四我要去接人".

Who was asked for a time, and tells one with a reason, answers; who tells a time within another wish does not.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from intents.normalize import normalize
from intents.slots import without_time_words
from intents.times import Times, read_times

_MARK = "\x01"
_CLAUSE = re.compile(r"[,，。.;；!！?？、\n]|\b(?:but|and|because|since|as)\b|但是?|因为|不过")
#: what is said around a time of a visit and of the visit itself, and names no other matter
_OF_A_VISIT = re.compile(
    r"(?:麻烦|请|让|叫(?=师傅|人|他|她)|帮忙|帮我|还是|要不|要么|最好|比较|可以|可能|能不能|能否|能|行不行|行|好的?|方便|合适|有空|有时间|空闲|没问题|大概|左右|差不多|之?前|之?后|以后|以前|开始|起|到|才|就|都|也|再|先|那天|那时候?|这个?时间|时候|的话"
    r"|你们|您|我们?|家里|一直|有人|在家?|等|师傅|工人|工程师|阿姨|保洁员?|维修员?|他们?|她们?|人"
    r"|过?来|上门|安排|约|改|换|定|修|看看?|弄|处理|搞|做|打扫|清洗|一下|回到?家|到家|下班|回来|吧|吗|呢|啊|呀|哈|哦|嗯|那|是|的|了|要|想|会|在|从|谢谢|么|\s)+"
    r"|\b(?:please|pls|at|on|around|about|by|from|to|till|until|after|before|any ?time|the|a|an|is|are|was|be|being|will|would|would be|it|it's|that|that's|this|me|us|for|my|our|we|we're|i|i'm|i'll|am|he|him|they|them|you|someone|somebody|plumber|electrician|engineer|technician|visit|appointment|time|day|slot|come|coming|comes|over|round|can|could|may|might|maybe|perhaps|let|let's|make|move|say|do|does|work|works|fine|good|ok|okay|great|best|better|suits?|possible|free|available|home|at home|in|then|instead|rather|yes|no|not|so|and|or|thanks|thank|preferably|prefer|ideally|there|all|each)\b"
)
_ORDERS = re.compile(
    r"帮(?:我|忙)|给我|请|预?约|预?订|登记|叫|想|还?要|\b(?:i|we)(?:'d like| would like| need| want)\b|\b(?:please|book|order|register|arrange)\b"
)
#: a sentence that begins by ordering something, and no answer to any other question
_BEGINS_WISH = re.compile(
    r"^\W*(?:(?:对了|另外|还有|顺便|那|哦)\W*)*(?:我们?|咱)?(?:还|也)?(?:想要?|要|需要|打算|帮我|给我|麻烦帮我|能不能|可以)(?:再|先|帮我|给我|来)*"
    r"(?:报修|预约|预订|约(?=个|一|保洁|搬)|订(?!单)|借|租(?!客)|买|办理?|申请|登记|开(?=个|一张|张)|投诉|叫(?=个|一|车|人))"
    r"|^\W*(?:(?:and|also|oh|by the way)\b\W*)*(?:(?:i|we)(?:'d like| would like| need| want) to (?:also )?|(?:can|could|may) (?:i|we|you) (?:please |also )*|please )"
    r"(?:book|borrow|order|report|reserve|register|rent|buy|apply|send (?:me )?(?:someone|somebody|a))\b"
)
#: "also" and an order: a second thing, and no change of the first
_ADDS_WISH = re.compile(
    r"^\W*(?:另外|还有|顺便|对了)[,，\s]*(?:再|还|也)?(?:帮我|帮忙|给我|麻烦|我?想|我?要)*(?:预约|预订|约|请|订|叫|借|买|找|报修|登记|安排)"
    r"|^\W*(?:and )?(?:also|in addition|btw|by the way)[,\s]+(?:please |can you |could you |i(?:'d like| want| need) to )*"
    r"(?:book|order|borrow|send|get|arrange|register|reserve|call|rent|buy|find)\b"
)
_MOVES = re.compile(
    r"改|换(?!灯|锁|水|滤|灯泡|纱)|挪(?!车)|提前|推[迟后]|延[后期]|调[到整]|另约|重新约|\b(?:move(?! (?:out|in|house|home|away|an?)\b)|change|reschedule|shift|postpone|bring (?:it )?forward|earlier|later|instead|rather|make it)\b"
)
_AT_HOME = re.compile(r"在家|家里?有人|\bat home\b")
_LETTER = re.compile(r"[a-z0-9\u3400-\u9fff]")
#: so little beside the time names no matter of its own
_HAN, _WORDS = re.compile(r"[\u3400-\u9fff]"), re.compile(r"[a-z]{2,}")
_FEW_HAN, _FEW_WORDS = 1, 0


def tells_time_alone(text: str, times: Times) -> bool:
    """Whether a clause of a normalised text is a time of a visit and nothing else."""
    return any(_MARK in clause and not _rest(clause) for clause in _clauses(text, times))


def tells_more(text: str, times: Times) -> bool:
    """Whether a normalised text says enough beside its time to name a matter of its own."""
    rest = " ".join(_rest(clause) for clause in _clauses(text, times))
    return len(_HAN.findall(rest)) > _FEW_HAN or len(_WORDS.findall(rest)) > _FEW_WORDS


def speaks_of_the_visit(words: str, now: datetime) -> bool:
    """Whether a message, as it was written at `now`, moves a visit or tells a time for one and no more."""
    text = normalize(words).text
    times = read_times(text, now)
    return (
        moves(text)
        or _AT_HOME.search(text) is not None
        or not tells_more(text, times)
        or tells_time_alone(text, times)
    )


def moves(text: str) -> bool:
    """Whether a normalised text moves an agreed time in so many words, whatever else it tells."""
    return _MOVES.search(text) is not None


def orders(text: str) -> bool:
    """Whether a normalised text asks for something to be done."""
    return _ORDERS.search(text) is not None


def begins_wish(text: str) -> bool:
    """Whether a normalised text begins by ordering something in so many words."""
    return _BEGINS_WISH.search(text) is not None


def adds_wish(text: str) -> bool:
    """Whether a normalised text begins by ordering something beside what was said before."""
    return _ADDS_WISH.search(text) is not None


def _clauses(text: str, times: Times) -> Iterator[str]:
    letters = list(text)
    for start, end in times.spans:
        letters[start:end] = ["," if one == "," else _MARK for one in text[start:end]]
    yield from _CLAUSE.split(without_time_words("".join(letters)))


def _rest(clause: str) -> str:
    """What is left of a clause without its time and the words of any visit."""
    rest = _OF_A_VISIT.sub(" ", clause.replace(_MARK, " "))
    return rest if _LETTER.search(rest) else ""
