"""Something has failed again, or a workman is called for: of a ticket in hand, or a new matter. Pure.

The words alone do not tell ("空调又不制冷了"): with a ticket about it that was just done they judge the
work, with one still open they belong to it, and with none it is a new report. Where no thing is named
("又坏了"), and nothing is in hand that it may be, it is asked what has failed: nobody complains by telling
a fault, however carefully it is told ("kinda not working again", "还是有点漏").
"""

import re
from typing import Final

from backend.conversations import about, offers
from backend.conversations.state import OpenTicket, Reply, Said, Turn, slot_values
from backend.conversations.talk import HUMAN_BUTTON, MENU_BUTTON, Talk
from intents.meaning import Act, Intent

_AGAIN: Final = re.compile(r"又|\bagain\b", re.IGNORECASE)
_CALLS_FOR: Final = re.compile(
    r"^\W*(?:你好|您好|hi|hello)?\W*(?:\S{0,3}师傅|水?电工|(?:can |could )?(?:the |a |an |your )?"
    r"(?:plumber|electrician|handyman|technician|engineer|locksmith|carpenter)\b)",
    re.IGNORECASE,
)
#: another of its kind is another matter
_ANOTHER: Final = re.compile(r"另|别的|其他|还有|第二|\b(?:another|other|second|also|too)\b", re.IGNORECASE)
#: words that only soften what is told; without them it reads as the plain failure that it is
_HEDGES: Final = re.compile(
    r"\b(?:kind ?a|kind of|sort ?a|sort of|a (?:little bit|little|bit|tad|touch)|somewhat|slightly"
    r"|basically|maybe|apparently|i (?:think|guess|feel)|seems? (?:to be|like(?: it(?:['’]s| is)?)?)"
    r"|like|lol|tbh)\b[ ,]*"
    r"|(?:我)?(?:好像|似乎|貌似|感觉|觉得|可能|大概|应该)|有一?点儿?|有一?些|稍微|略微|一点点",
    re.IGNORECASE,
)
#: a failure of which only "it" is told, or nothing at all
_IT: Final = re.compile(
    r"(?:唉|哎呀?|怎么|它|这个?|那个?|今天|现在|刚才|[，,\s])*+(?:又|还是|还在|还|仍然|依然|照样)"
    r"(?:坏|停|漏|堵|断|卡|响|掉|滴|臭|没反应|没用|出问题|这样|不(?:动|行|亮|转|热|冷|凉|通|灵|响|制冷|制热|出水"
    r"|好使|好用|工作))(?:水|电|着)?(?:了|啦|咯|呢|的)?[\s。.!！~]*"
    r"|(?:oh no|ugh|hi|hello|hey|sorry|so|well|[\s,!])*+"
    r"(?:(?P<it>it|this|that)(?:['’]s)?(?: (?:is|has|just|was|keeps?))* )?(?:\bstill )?"
    r"(?:stopp?\w*(?: working)?|br(?:oke|oken|eaks?)(?: down)?|leak\w*|drip\w*|block\w*|clogged|down"
    r"|out|dead|stuck|gone|off|fail\w*|(?:is )?not work\w*|(?:isn|doesn|won)['’]?t work\w*|happen\w*)"
    r"(?: again)?[\s.!]*",
    re.IGNORECASE,
)
#: what is wrong with a thing, after the words that say that it is so again or still
_FAULT: Final = re.compile(
    r"(?:又|还是|还在|还|仍然?|依然|照样)(?:会|在)?(?:不[^错想]|[\u4e00-\u9fff]不(?:去|动|出|掉|上|开|住|了)|漏|坏|停|堵|断|卡|响|滴|臭|没(?:水|电|反应|修好|好|热水))"
    r"|\b(?:still|again)\b.*\b(?:not|leak\w*|drip\w*|broken|warm|cold|hot|nois\w+|loud|stuck|off|down|dead|blocked)\b"
    r"|(?:\b(?:not|leak\w*|drip\w*|broken|stuck|down|dead|blocked|stopped)\b|n['’]t\b).*\b(?:still|again)\b",
    re.IGNORECASE,
)
#: a longer message is a story, and may well complain
_SHORT: Final = 40
_STILL: Final = re.compile(r"又|还|仍|依然|照样|\b(?:again|still)\b", re.IGNORECASE)
_PRONOUN: Final = re.compile(r"它|这个?|那个?")
_ARTICLE: Final = re.compile(r"(?:the|my|our|its?) ", re.IGNORECASE)
#: what a state waits for that has asked which thing it is
THING: Final = "thing"
#: the state of a ticket whose work is over
_DONE: Final = "done"


def plain(words: str) -> str:
    """The words without those that only soften them: "kinda not working again" is not working again."""
    return " ".join(_HEDGES.sub("", words).split()) if _STILL.search(words) else words


def of_thing(words: str, thing: str) -> str:
    """What was told of "it", told of the thing named when asked: "又坏了" and "空调" are one message."""
    words, thing = plain(words.strip()), thing.strip(" 。.!！，,")
    found = _IT.fullmatch(words)
    if found is None:
        return f"{words}\n{thing}"
    if "a" <= words[:1].lower() <= "z":
        named = thing if _ARTICLE.match(thing) else f"the {thing}"
        it = found["it"]
        return re.sub(rf"\b{it}\b", named, words, count=1) if it else f"{named} is {words}"
    return thing + _PRONOUN.sub("", words, count=1)


def told(talk: Talk, heard: Said, intent: Intent) -> Turn | None:
    """The turn where something in hand is meant, or must be asked about; None for any other message."""
    words = heard.meaning.text
    if _fails(words) and not _is_wish(heard, intent):
        return _it(talk, heard)
    if intent.act == Act.DISSATISFIED and tells_fault(words):
        return _thing_fails(talk, heard, intent)
    is_likely = bool(_AGAIN.search(words) or _CALLS_FOR.search(words)) and not _ANOTHER.search(words)
    if intent.act != Act.REQUEST or intent.item is None or not is_likely or len(heard.meaning.intents) > 1:
        return None
    same = [ticket for ticket in talk.facts.tickets if ticket.item == intent.item]
    return _of(talk, same[0], heard) if len(same) == 1 else None


def _fails(words: str) -> bool:
    """Whether something has failed again, or fails still, and the words name no thing."""
    return bool(_STILL.search(words) and _IT.fullmatch(plain(words.strip())))


def tells_fault(words: str) -> bool:
    """Whether a short message tells that a thing it names fails still: no verdict, and no complaint."""
    return len(words) <= _SHORT and bool(_STILL.search(words) and _FAULT.search(plain(words)))


def _thing_fails(talk: Talk, heard: Said, intent: Intent) -> Turn | None:
    """With nothing in hand that it may be, a fault that is told is a repair to be named, not a complaint."""
    if any(ticket.wants_follow_up for ticket in talk.facts.tickets):
        return None  # a verdict
    ticket = about.named(talk, talk.facts.tickets, heard.meaning.text)
    if ticket is not None:  # what is complained of is the complaint's own, and no new repair
        return None if ticket.workflow == "complaint" else _of(talk, ticket, heard)
    if not intent.alternatives or talk.facts.is_quiet:
        return _it(talk, heard)
    return offers.offer(talk, heard.meaning, slot_values(intent), heard.file_ids)


def _is_wish(heard: Said, intent: Intent) -> bool:
    """A service that is named surely all the same: "又停电了"."""
    return heard.meaning.decision == "act" and intent.act == Act.REQUEST and intent.item is not None


def _it(talk: Talk, heard: Said) -> Turn | None:
    """Only "it" has failed again: a verdict, a detail of the ticket last spoken of, or a question."""
    if any(ticket.wants_follow_up for ticket in talk.facts.tickets):
        judged = about.verdict(talk, "unsatisfied", heard.meaning.text)
        return judged or about.whose_verdict(talk, "unsatisfied")
    ticket = about.pick(talk, None)
    if ticket is not None and ticket.workflow != "complaint":
        return _of(talk, ticket, heard)
    if talk.facts.is_quiet:
        return Turn(talk.state)  # whoever is in the chat asks
    buttons = (MENU_BUTTON, HUMAN_BUTTON)
    words, at = heard.meaning.text, talk.now.isoformat()
    state = talk.remember(failures=1, offered_words=words, offered_at=at, expects=THING)
    return Turn(state, (Reply("what_again", {}, buttons),))


def _of(talk: Talk, ticket: OpenTicket, heard: Said) -> Turn:
    """What is told of a ticket in hand: a verdict where its work is over, else a detail."""
    words = heard.meaning.text
    if ticket.state == _DONE or ticket.wants_follow_up:
        judged = about.verdict(talk, "unsatisfied", words, ticket.number)
        if judged is not None and _AGAIN.search(words):
            return judged
    return about.add(talk, ticket.number, words, heard.file_ids)
