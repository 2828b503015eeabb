"""What a sentence does, weighed: the chances of the model, the rules, and what its build lets through."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from intents.act_cues import cues_of
from intents.act_found import ActFound, wish_of
from intents.meaning import Act
from intents.wish_rules import FAULT, QUESTION_STRONG, WISH

#: acts that a text can only do where something in it refers to an old matter
REFERRING = frozenset({Act.CANCEL, Act.RESCHEDULE, Act.AMEND, Act.STATUS, Act.URGE})
#: acts about what is in hand already: never to be taken for a new order
ON_TICKETS = frozenset(
    {Act.CANCEL, Act.RESCHEDULE, Act.AMEND, Act.STATUS, Act.URGE, Act.SATISFIED, Act.DISSATISFIED, Act.DENY}
)
#: how many times likelier a rule makes its act; writers whom nobody had read showed that it is worth no more
TRUST_IN_RULES = 5.0
#: how many times more often new wishes come than the writers' even shares would have it
OFTEN = {Act.REQUEST: 1.5, Act.ENQUIRY: 1.2}
#: from which chance on, all together, they come before the new wish that is likeliest
DOUBT = {Act.REQUEST: 0.45, Act.ENQUIRY: 0.55}
#: from which chance on an order is only asked about
DOUBTFUL = 0.08
_JUDGES = frozenset({"good", "bad", "cured", "again"})
_UNDOES = frozenset({"stop", "cured", "move", "mend", "denies"})
#: an order in so many words, a question, and another time after a no
_ASKED_FOR = re.compile(
    r"(?:想|要|帮我|请|麻烦)[^，。]{0,6}(?:约|订|预约|借|租|买|请|找|安排)"
    r"|\b(?:please|pls) (?:book|send|arrange|order)\b|\bbook (?:me|us|an?|the)\b"
)
#: how somebody begins who wants something done, what shows that it may be about an old matter, and the acts
#: that nobody does who begins so
_BEGINS_ASKING = re.compile(
    r"^\W*(?:你好|您好|hi|hello|hey)?\W*(?:(?:我|我们|想|就想)?(?:帮我|帮忙|请(?!问)|麻烦|需要"
    r"|想(?:要|请|找|订|约|预约|租|借|办|买)|要(?:个|一|订|约|租|借|办|买))"
    r"|(?:please|pls|plz|kindly|(?:can|could|would|will) you|(?:can|could) i (?:get|have|book)"
    r"|i'd like|i would like|i want|i need|we need|we'd like|i am looking for|i'm looking for|looking for)\b)"
)
_TOUCHES_OLD = frozenset({"back", "stop", "move", "mend", "waits", "again", "denies", "cured"})
_AND_ALSO = re.compile(r"[，,。;；\s]\s*还有(?!人|没|吗)")
_NOT_THIS = re.compile(
    r"(?:不|别|甭|唔)(?:用|要|做|来|去|叫|订|约|送|需要|想|必|使)"
    r"|\b(?:don'?t|do not) (?:want|need|send|come|bring|deliver)\b"
    r"|\bno need\b"
    r"|^\W*no (?!water|power|heat|heating|hot|signal|picture|sound|light|internet|electricity|gas)\w+"
)
_THANKS = re.compile(r"谢|感激|辛苦|\bthank|\bappreciat|\bgrateful")
_ALTERS = re.compile(r"\bchang(?:e|ing)\b|改成|改到|改为|更改")
_NEVER_ASKED = (
    Act.SATISFIED, Act.DISSATISFIED, Act.THANKS, Act.GREETING, Act.GOODBYE, Act.AFFIRM, Act.DENY, Act.STATUS,
    Act.URGE, Act.CANCEL, Act.RESCHEDULE,
)  # fmt: skip
#: cues of which one stands in nearly every sentence of an act
_BORNE_OUT = {
    Act.SUGGESTION: frozenset({"idea"}),
    Act.COMPLAINT: frozenset({"bad", "waits", "again", "who", "back"}),
    Act.PRAISE: frozenset({"good"}),
    Act.SATISFIED: frozenset({"good", "cured", "again", "back", "who"}),
    Act.DISSATISFIED: frozenset({"bad", "again", "back", "cured", "waits", "who"}),
    Act.HUMAN: frozenset({"person"}),
}
#: acts that are named in so many words
_NAMED = {
    Act.COMPLAINT: re.compile(r"投诉|举报|\bcomplain"),
    Act.SUGGESTION: re.compile(r"建议|提议|\bsuggest|\bpropos"),
    Act.PRAISE: re.compile(r"表扬|\bprais|\bcompliment"),
    Act.DISSATISFIED: re.compile(
        r"(?:结果|处理|答复|回复).{0,6}不(?:太|是很|怎么)?满意"
        r"|(?:not|n't) (?:\w+ )?(?:happy|satisfied|pleased) with (?:the|your) (?:outcome|result|answer|reply)"
    ),
    Act.URGE: re.compile(
        r"(?:还|都)没(?:来|到)"
        r"|\b(?:nobody|no ?one) (?:has |have )?(?:come|came|(?:turned|shown) up|arrived)\b"
    ),
}
TRUST_NAMED = 6.0
_ASKS = re.compile(
    r"[?？吗呢么]|多少|几|怎|哪|啥|什么|有没有|是不是|能不能|可以"
    r"|\b(?:how|what|when|where|which|who|why|is|are|do|does|can|could|may|any|whether|if)\b"
)
_TIME_INSTEAD = re.compile(
    r"[，,].{0,6}(?:后天|明天|今天|今晚|上午|下午|晚上|周[一二三四五六日天末]|\d+[号点])"
    r"|,.{0,12}\b(?:tomorrow|today|tonight|morning|afternoon|evening|\w+day|\d+ ?[ap]m)\b"
)
#: what shows that a sentence may be about an old matter
_REFERS = frozenset(
    {"back", "who", "stop", "cured", "move", "mend", "asks", "waits", "again", "good", "bad", "denies"}
)
#: what does not do its work; a fault like those that `FAULT` knows
_DOES_NOT = re.compile(
    r"\b(?:isn'?t|is not|aren'?t|not|doesn'?t|does not|don'?t|won'?t) "
    r"(?:cool|heat|flush|drain|start|spin|charg|ring|light|clos|lock|turn(?:ing)? o[nf])\w*"
)
#: so few words only name a thing ("我家水管"), and ask nothing, unless it is so likely that they do
_FEW_WORDS = re.compile(r"\W*(?:[\d\u3400-\u9fff]{1,5}|[a-z']+(?:\W+[a-z']+){0,2})\W*")
MUCH = 0.8
STRANGE = 0.5  # less surely a text is not refused as out of scope
#: how likely an act must be that is no new wish, and a courtesy: fragments are like those, being short
MODEST = 0.35
COURTEOUS = 0.6
_COURTESIES = frozenset({Act.GREETING, Act.THANKS, Act.GOODBYE, Act.AFFIRM, Act.DENY, Act.LANGUAGE})


def weighed(chances: Mapping[Act, float], ruled: ActFound | None, text: str) -> ActFound:
    """What the model and the rules come to: a rule makes its act likelier, it need not win.

    A new order for an old matter costs more than a question too many: where acts about what is in hand are
    likely enough together, the likeliest of them is chosen, and less surely.
    """
    odds = _plausible(chances, text)
    if ruled is None and _is_new_fault(text):
        odds.pop(Act.URGE, None)
    if ruled is not None:
        odds[ruled.act] = max(odds.get(ruled.act, 0.0), 0.02) * _trust(ruled.act, text)
    whole = sum(odds.values())
    shares = {act: share / whole for act, share in odds.items()}
    if ruled is None and shares.get(Act.OUT_OF_SCOPE, 0.0) < STRANGE:
        shares.pop(Act.OUT_OF_SCOPE, None)
    best = max(shares, key=lambda act: shares[act] * OFTEN.get(act, 1.0))
    if best in DOUBT:
        return _as_wish(best, {act: shares.get(act, 0.0) for act in ON_TICKETS}, shares, text, ruled)
    least = COURTEOUS if best in _COURTESIES else MODEST
    if ruled is None and shares[best] < least and not _mostly_old(best, shares, text):
        # Nobody is greeted or judged, and nothing in hand touched, on a guess: it is a wish, told strangely.
        return replace(wish_of(text), doubtful=True)
    by_rule = ruled is not None and best is ruled.act
    return ActFound(best, max(shares[best], ruled.confidence if ruled and by_rule else 0.0), by_rule)


def _as_wish(
    best: Act, old: Mapping[Act, float], shares: Mapping[Act, float], text: str, ruled: ActFound | None
) -> ActFound:
    """A new order or a question, unless what is in hand (`old`) is likelier than it may be beside one."""
    if _is_new_fault(text):  # "the tap is broken" is no verdict on work
        old = {act: share for act, share in old.items() if act in REFERRING}
    doubt = sum(old.values())
    if doubt >= DOUBT[best]:
        return ActFound(max(old, key=lambda act: old[act]), min(0.7, doubt), by_rule=False)
    named = (
        best is Act.ENQUIRY and shares[best] < MUCH and _FEW_WORDS.fullmatch(text) and not _ASKS.search(text)
    )
    if ruled is None and (shares[best] < MODEST or named):
        return replace(wish_of(text), doubtful=True)
    sure = shares[Act.REQUEST] + shares[Act.ENQUIRY]
    return ActFound(best, sure, by_rule=False, doubtful=_is_doubtful(shares, text))


def _mostly_old(best: Act, shares: Mapping[Act, float], text: str) -> bool:
    """Whether it is surely about something in hand, though not what is to be done with it."""
    if _FEW_WORDS.fullmatch(text):
        return False
    return best in REFERRING and sum(shares.get(act, 0.0) for act in ON_TICKETS) >= sum(shares.values()) / 2


def _trust(act: Act, text: str) -> float:
    """How many times likelier a rule makes its act: more where the act itself is named."""
    named = _NAMED.get(act)
    return TRUST_IN_RULES * (TRUST_NAMED if named is not None and named.search(text) else 1)


def _plausible(odds: Mapping[Act, float], text: str) -> dict[Act, float]:
    """What the build of a sentence lets through: likeness knows little of fragments.

    A fault told anew is no verdict on work, a verdict needs words that judge, a question greets nobody, and
    who wishes for something in so many words orders it.
    """
    cues, kept = _cues(text), dict(odds)
    if _is_new_fault(text) or not cues & _JUDGES:
        for act in (Act.SATISFIED, Act.DISSATISFIED):
            kept[act] = kept.get(act, 0.0) * (0.05 if _is_new_fault(text) else 0.6)
    if _is_new_fault(text) and not cues & _UNDOES:
        for act in REFERRING | {Act.DENY}:
            kept[act] = kept.get(act, 0.0) * 0.2
    if "stop" in cues:
        kept[Act.GOODBYE] = kept.get(Act.GOODBYE, 0.0) * 0.1
    if _TIME_INSTEAD.search(text):
        kept[Act.DENY] = kept.get(Act.DENY, 0.0) * 0.1
    wish = wish_of(text)
    if QUESTION_STRONG.search(text):
        for act in (Act.GREETING, Act.THANKS, Act.GOODBYE, Act.AFFIRM, Act.MENU):
            kept[act] = kept.get(act, 0.0) * 0.1
    if wish.act is Act.REQUEST and WISH.search(text) and not cues & _UNDOES and _ASKED_FOR.search(text):
        kept[Act.REQUEST] = kept.get(Act.REQUEST, 0.0) * 6 + 0.05
    asks = _BEGINS_ASKING.search(text) and not cues & _TOUCHES_OLD
    if asks and not _ALTERS.search(text) and not _THANKS.search(text):
        for act in _NEVER_ASKED:
            kept[act] = kept.get(act, 0.0) * 0.1
        kept[Act.REQUEST] = kept.get(Act.REQUEST, 0.0) * 3 + 0.05
    if wish.act is Act.REQUEST and not _ASKS.search(text):
        kept[Act.ENQUIRY] = kept.get(Act.ENQUIRY, 0.0) * 0.4
    return kept


def may_refer(text: str) -> bool:
    """Whether anything in a text shows that it may be about an old matter: a word that refers, or a no to it.

    What is broken "does not work", and what is used up "is no more": neither is such a no.
    """
    return _NOT_THIS.search(text) is not None or bool(_REFERS.intersection(_cues(text)))


def bears_out(act: Act, text: str) -> bool:
    """Whether anything in a text is what people say who do this act; true of acts that need no such thing."""
    wanted = _BORNE_OUT.get(act)
    return wanted is None or bool(wanted.intersection(_cues(text)))


def _is_doubtful(shares: Mapping[Act, float], text: str) -> bool:
    """Whether a new wish may concern an old matter, or tells what was tried already."""
    cues = _cues(text)
    tried = "again" in cues and not {"question", "wishes"} & cues
    return tried or sum(share for act, share in shares.items() if act in REFERRING) >= DOUBTFUL


@lru_cache(maxsize=16)  # each way of weighing a text asks for them
def _cues(text: str) -> frozenset[str]:
    """The cues of a text; the "还有" that only adds another wish is no "still"."""
    return frozenset(cues_of(_AND_ALSO.sub(",", text)))


def _is_new_fault(text: str) -> bool:
    """A fault told in a hurry, and nothing that refers back: nobody has been sent for yet."""
    is_fault = FAULT.search(text) is not None or _DOES_NOT.search(text) is not None
    return is_fault and not {"back", "again", "asks"} & _cues(text)
