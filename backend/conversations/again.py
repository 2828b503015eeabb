"""Something has failed again, or a workman is called for: of a ticket in hand, or a new matter. Pure.

The words alone do not tell ("空调又不制冷了"): with a ticket about it that was just done they judge the
work, with one still open they belong to it, and with none it is a new report. Where no thing is named
("又坏了"), and nothing is in hand that it may be, it is asked what has failed: nobody complains by telling
a fault.
"""

import re
from typing import Final

from backend.conversations import about
from backend.conversations.state import OpenTicket, Reply, Said, Turn
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
#: a failure of which only "it" is told
_IT: Final = re.compile(
    r"(?:唉|哎呀?|怎么|它|这个?|那个?|今天|现在|刚才|[，,\s])*+又(?:坏|停|漏|堵|断|卡|响|掉|没反应|出问题|这样"
    r"|不(?:动|行|亮|转|热|制冷|好使|工作))(?:了|啦|咯)?[\s。.!！~]*"
    r"|(?:oh no|ugh|hi|hello|sorry|[\s,!])*+(?P<it>it|this|that)(?:['’]s)?(?: (?:is|has|just|was|keeps?))* ?"
    r"(?:stopp?\w*|br(?:oke|oken|eaks?)(?: down)?|leak\w*|drip\w*|block\w*|clogged|down|out|dead|stuck|gone"
    r"|off|fail\w*|not work\w*|isn['’]t work\w*|happen\w*) again[\s.!]*",
    re.IGNORECASE,
)
_PRONOUN: Final = re.compile(r"它|这个?|那个?")
_ARTICLE: Final = re.compile(r"(?:the|my|our|its?) ", re.IGNORECASE)
#: what a state waits for that has asked which thing it is
THING: Final = "thing"
#: the state of a ticket whose work is over
_DONE: Final = "done"


def of_thing(words: str, thing: str) -> str:
    """What was told of "it", told of the thing named when asked: "又坏了" and "空调" are one message."""
    found, thing = _IT.fullmatch(words.strip()), thing.strip(" 。.!！，,")
    if found is None:
        return f"{words}\n{thing}"
    if found["it"] is None:
        return thing + _PRONOUN.sub("", words.strip(), count=1)
    named = thing if _ARTICLE.match(thing) else f"the {thing}"
    return re.sub(rf"\b{found['it']}\b", named, words, count=1)


def told(talk: Talk, heard: Said, intent: Intent) -> Turn | None:
    """The turn where something in hand is meant, or must be asked about; None for any other message."""
    words = heard.meaning.text
    if intent.act == Act.DISSATISFIED and _IT.fullmatch(words.strip()):
        return _it(talk, heard)
    is_likely = bool(_AGAIN.search(words) or _CALLS_FOR.search(words)) and not _ANOTHER.search(words)
    if intent.act != Act.REQUEST or intent.item is None or not is_likely or len(heard.meaning.intents) > 1:
        return None
    same = [ticket for ticket in talk.facts.tickets if ticket.item == intent.item]
    return _of(talk, same[0], heard) if len(same) == 1 else None


def _it(talk: Talk, heard: Said) -> Turn | None:
    """Only "it" has failed again: a verdict, a detail of the ticket last spoken of, or a question."""
    if any(ticket.wants_follow_up for ticket in talk.facts.tickets):
        return None  # a verdict
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
