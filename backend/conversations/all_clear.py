"""After an alarm: it is said that all is well. The duty team and the butler are told, and decide. Pure."""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

import re
from datetime import timedelta
from typing import Final

from backend.conversations import alarm, situations
from backend.conversations.state import OnTicket, OpenTicket, Reply, Said, Turn
from backend.conversations.talk import Talk

KIND: Final = "all_clear"
#: an alarm of longer ago is spoken of by its number
SAME_WITHIN: Final = timedelta(hours=3)
_LONGEST: Final = 90
#: said of a danger and of nothing else
_PLAIN: Final = re.compile(
    r"虚惊|误报|(?:警报|危险)(?:已经)?解除|(?:火|烟|烟味|煤气味?|气味)(?:已经|都|也|自己)*(?:灭|散|没有?)了|水(?:已经|也|自己)*(?:停|止住|不漏)了"
    r"|\bfalse alarm\b|\ball clear\b|\bdanger is over\b|\bunder control\b|\bfire(?: is|['’]s| has gone| went) out\b|\b(?:smoke|leak|water|smell)(?: is| has|['’]s)? (?:gone|stopped)\b",
    re.IGNORECASE,
)
#: who was held is free; of a fire or a thief this says something else
_FREE: Final = re.compile(
    r"(?:开|打开)了门|门(?:已经|自己|又|被)*(?:打?开)了|(?<!有)(?<!生)(?:孩子|宝宝|娃|人|老人|他|她|我们?|都)?(?:已经|都|自己|终于|也|平安)*(?:出来|进去|进来|进屋|进门)了|开门了|安全了|平安"
    r"|\b(?:got|let (?:him|her|them|my)sel(?:f|ves)|is|are|am|['’][sm]|['’]re|made it|we|i) (?:back )?(?:in|out)\b(?=\W*(?:$|[,.;!]|now|safe|thank|by|and|no need))|\bsafe\b|\bopened the door\b|\bdoor(?: is|['’]s) open\b|\bunlocked\b",
    re.IGNORECASE,
)
#: said of a danger where it is the danger that was spoken of
_MAYBE: Final = re.compile(
    r"没事[了啦儿]|没什么事了|不用(?:过?来|派人|麻烦)了|不用了|不需要了|别来了|误会|(?:搞|弄|按|看|听)错了|(?:已经|都|现在|自己)好了|^好了|(?:已经|都)(?:解决|处理好?|搞定|弄好)了|解决了|搞定了|^取消(?:吧|了)?$"
    r"|\bnever ?mind\b|\b(?:no need|do not need|don['’]t need) (?:to come|anyone|help|you|for anyone)\b|\bdon['’]t (?:come|bother)\b|\b(?:it|that|everything|all|we|he|she)(?:['’](?:s|re)| is| are)? (?:all )?(?:sorted|fine|ok(?:ay)?|over|solved|resolved|good)(?: now)?\b|\bfixed now\b|\bmy mistake\b|\bby mistake\b|^cancel(?: it| that)?$",
    re.IGNORECASE,
)
#: it goes on, is asked, or only hoped for
_NOT_OVER: Final = re.compile(
    r"还(?!好)|又|但是?|可是|不过|吗|[?？]|没有?(?:灭|停|散|出来|好)|不(?:灭|停|行|好)了?|怎么|什么时候|如果|要是|等"
    r"|\b(?:still|but|again|not|isn['’]t|hasn['’]t|won['’]t|can['’]t|if|when|hope|until|unless)\b",
    re.IGNORECASE,
)


def told(talk: Talk, heard: Said) -> Turn | None:
    """The turn of words that say that the danger is over; None for any other, and where there is no alarm."""
    ticket = _open(talk)
    words = heard.meaning.text.strip(" .。!！~")
    if ticket is None or not _is_meant(talk, ticket) or not _is_over(talk, ticket, words):
        return None
    order = OnTicket("add", ticket.number, {"kind": KIND, "words": words, "file_ids": list(heard.file_ids)})
    values = {"number": ticket.number, "address": talk.facts.address_as}
    state = talk.remember(expects=None, about=ticket.number, failures=0)
    return Turn(state, (Reply("all_clear", values, ticket=ticket.number),), (order,))


def _open(talk: Talk) -> OpenTicket | None:
    """The newest alarm that nobody has ended."""
    alarms = (t for t in talk.facts.tickets if t.workflow == alarm.WORKFLOW and t.state != alarm.OVER)
    fresh = [t for t in alarms if t.opened_at is not None and talk.now - t.opened_at <= SAME_WITHIN]
    return max(fresh, key=lambda one: one.number, default=None)


def _is_meant(talk: Talk, ticket: OpenTicket) -> bool:
    """A reply to the message of another ticket speaks of that one."""
    return talk.facts.pointed in (None, ticket.number)


def _is_over(talk: Talk, ticket: OpenTicket, words: str) -> bool:
    if len(words) > _LONGEST or _NOT_OVER.search(words):
        return False
    state = talk.state
    is_last = state.expects == "alarm" or state.about in (None, ticket.number)
    is_last = is_last and state.form is None and not state.offered
    is_free = situations.holds(ticket.words) and _FREE.search(words)
    return bool(is_free or _PLAIN.search(words) or (is_last and _MAYBE.search(words)))
