"""What is told while an alarm is fresh: all that may be of the danger is the duty team's, at once. Pure.

Nobody in danger chats or complains, and people in danger write chaotic things. What is plainly of something
else (a guest of tomorrow, a booking, a lost scarf) is taken as always, and an answer to what the bot has asked
since is that answer. Once the danger is over, the bot is as always.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from backend.conversations import about, alarm, attachments, besides, guests, lost, new_matters, subjects
from backend.conversations.state import OpenTicket, Said, Turn, slot_values
from backend.conversations.talk import Talk
from intents.meaning import Act, Meaning

#: less sure than this, nothing but a greeting or a verdict was guessed
GUESSED: Final = 0.75
#: as sure as this of another service, words after an alarm are a matter of their own
ANOTHER: Final = 0.85
#: as sure as this, where they order something and tell of no danger
FAIRLY: Final = 0.5
#: nobody in danger asks for somebody at a later hour than this
LATER: Final = timedelta(hours=1)
_SHORT: Final = 20
_ASKS: Final = re.compile(r"帮|请|麻烦|约|订|想|\b(?:please|could|can|would|need|want|book)\b", re.IGNORECASE)
_NOT_OF_ALARM: Final = frozenset({Act.CANCEL, Act.HUMAN, Act.LANGUAGE, Act.MENU})
_CHAT: Final = frozenset({Act.THANKS, Act.GOODBYE})
#: the danger itself, in words that answer no question about a visit
_GRAVE: Final = re.compile(
    r"(?<![桶瓶箱送订喝饮])水(?!电|卡|费|杯|壶|果|站|票|桶)|漏|[着起]火|火(?!车|锅)|烟|煤气|燃气|天然气|气味|电闸|触电|漏电|冒|烧|烫|淹|泡(?!泡)|渗|滴|喷|涌|塌|砸|晕|昏|血|疼|痛|受伤|喘|呼吸|救|被困|出不来|小偷|贼|消防车"
    r"|\b(?:water|leak\w*|drip\w*|flood\w*|fire|smok\w*|smell\w*|gas|burn\w*|spark\w*|sockets?|valve|fuse|breaker|ceiling|collaps\w*|hurt|bleed\w*|blood|pain|faint\w*"
    r"|unconscious|breath\w*|ambulance|police|trapped|thief|intruder|worse)\b",
    re.IGNORECASE,
)
#: what is said in danger, and elsewhere too
_MAYBE: Final = re.compile(
    r"流|裂|掉下|急|快|赶紧|马上|立刻|立即|现在|怕|黑|困|[开关]?门|窗|楼[上下]|天花|吊顶|插座|电|阀|闸|警|消防|医|老人|孩子|宝宝|怎么办|严重|厉害|越来越|等"
    r"|\b(?:help|hurry|quick\w*|urgent\w*|asap|now|immediately|right away|scared|afraid|dark|stuck|locked|doors?|windows?|outside|inside|evacuat\w*|danger\w*|alarm|knife"
    r"|baby|child|children|kids?|electric\w*|power|shut|turn(?:ed)? (?:off|on)|stop\w*|still|coming|come|where are you|how long|waiting)\b",
    re.IGNORECASE,
)


def told(talk: Talk, heard: Said) -> Turn | None:
    """The turn of words that may be of the danger; None where no alarm is fresh, and for what is plainly of
    something else or answers what was asked since."""
    ticket = fresh(talk)
    if ticket is None:
        return None
    words = heard.meaning.text
    turn = about.add(talk, ticket.number, words, heard.file_ids)
    if not _has_asked(talk, ticket):
        return None if _is_another(talk, ticket, heard.meaning) else turn
    if not _GRAVE.search(words) or _takes_words(talk) or _is_another(talk, ticket, heard.meaning):
        return None
    kept = replace(turn, state=replace(talk.state, failures=0))
    return attachments.then_the_question(talk.with_state(kept.state), kept)


def fresh(talk: Talk) -> OpenTicket | None:
    """The alarm of a few minutes ago of which nobody has said that the danger is over."""
    alarms = (t for t in talk.facts.tickets if t.workflow == alarm.WORKFLOW and t.state != alarm.OVER)
    return next((t for t in alarms if alarm.is_fresh(t.opened_at, talk.now)), None)


def _has_asked(talk: Talk, ticket: OpenTicket) -> bool:
    """Whether the bot waits for an answer to something that it has asked since the alarm."""
    state, raised = talk.state, ticket.opened_at
    if raised is None or state.expects == "alarm":
        return False
    if state.expects is not None:
        return True
    asked = [state.form.asked_at] if state.form is not None else []
    asked += [state.offered_at] if state.offered and state.offered_at else []
    return any(datetime.fromisoformat(at) > raised for at in asked)


def _takes_words(talk: Talk) -> bool:
    """Whether what is wrong is asked just now: there leaks and smells are an answer."""
    form = talk.state.form
    return form is not None and form.asking in besides.TOLD


def _is_another(talk: Talk, ticket: OpenTicket, meaning: Meaning) -> bool:
    """Whether words after an alarm surely are of something else."""
    intent, words = meaning.intents[0], meaning.text
    if intent.act in _CHAT | _NOT_OF_ALARM:
        return intent.confidence >= GUESSED
    if intent.act == Act.SUGGESTION:
        return intent.confidence >= ANOTHER
    sure = meaning.decision == "act" and intent.confidence >= ANOTHER and _ASKS.search(words)
    if _is_later(talk, meaning):
        return True
    if _GRAVE.search(words):
        return False
    if intent.act == Act.REQUEST and intent.item and sure:
        return True
    if _MAYBE.search(words):
        return False
    return lost.is_told(words) or _is_order(ticket, meaning) or _is_answer(talk, ticket, meaning)


def _is_later(talk: Talk, meaning: Meaning) -> bool:
    """Whether somebody is to come, or announced, at an hour for which nobody in danger would wait."""
    window = slot_values(meaning.intents[0]).get("when")
    start = window.get("start") if isinstance(window, dict) else None
    if not start or datetime.fromisoformat(start) - talk.now < LATER:
        return False
    is_order = subjects.orders(meaning.text) and new_matters.likeliest(meaning.intents[0]) is not None
    return is_order or guests.is_told(meaning, meaning.intents[0])


def _is_order(ticket: OpenTicket, meaning: Meaning) -> bool:
    """Whether a service is ordered that has nothing to do with what is in danger."""
    intent, words = meaning.intents[0], meaning.text
    likely = max((intent.confidence, *(one.confidence for one in intent.alternatives)))
    is_order = intent.act == Act.REQUEST and subjects.orders(words) and likely >= FAIRLY
    return is_order and bool(subjects.things(words) - subjects.things(ticket.words))


def _is_answer(talk: Talk, ticket: OpenTicket, meaning: Meaning) -> bool:
    """Whether a stored answer is asked for, a complaint made in so many words, or another ticket spoken of."""
    act, words = meaning.intents[0].act, meaning.text
    if act == Act.ENQUIRY and meaning.faq is not None:
        return True
    others = tuple(one for one in talk.facts.tickets if one.number != ticket.number)
    if act in (Act.SATISFIED, Act.DISSATISFIED) and any(one.wants_follow_up for one in others):
        return len(words) <= _SHORT and not about.says_why(words)
    if new_matters.complains(words) or new_matters.asks_status(words):
        return True
    is_of_alarm = bool(subjects.things(words) & subjects.things(ticket.words))
    return not is_of_alarm and about.named(talk, others, words) is not None
