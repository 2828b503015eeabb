"""Reads a text as the answer to the question just asked, unless it clearly does something else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from intents.act_rules import lets_go
from intents.acts import SMALL_TALK
from intents.meaning import Act, Hint, Intent, TimeWindow
from intents.only_time import begins_wish, moves, orders, tells_more, tells_time_alone
from intents.readings import Reading
from intents.slot_shapes import Found
from intents.slot_words import OWN_WORDS, told
from intents.slots import (
    TIME_SLOTS,
    SlotReader,
    any_time,
    as_soon_as_possible,
    at_once,
    is_place_in_list,
    without_time_words,
)
from intents.times import Times
from intents.told_things import name_beside_time
from intents.wish_rules import FAULT, QUESTION_STRONG, WISH
from intents.wishes import WishReader, time_slots, without

# These are said in the middle of a form and mean what they say.
_INTERRUPTIONS = frozenset({
    Act.CANCEL, Act.HUMAN, Act.STATUS, Act.LANGUAGE, Act.MENU, Act.COMPLAINT, Act.GOODBYE, Act.URGE,
    Act.SUGGESTION,
})  # fmt: skip
_FREE_TEXT = frozenset(
    {
        "fault",
        "topic",
        "service_scope",
        "patient_needs",
        "pref",
        "item",
        "person",
        "event",
        "recipient",
        "dest",
        "origin",
    }
)
_NUMBERED = frozenset({"plate", "flight_no", "voucher", "payer", "ticket"})
_DIGIT = re.compile(r"\d")
# In a free description of a fault or a complaint, complaining and chasing are what was asked for.
_DESCRIBED = frozenset({Act.COMPLAINT, Act.URGE, Act.SUGGESTION})
_LONGEST_QUESTION = 40
# To these "不用了" is the answer no, not the end of the wish.
_YES_OR_NO = frozenset({"bool", "attestation"})
# A bare time answers these themselves.
_TIMED = frozenset({"hours", "recurrence", "month", "date_range", "datetime", "datetime_window"})
_LETTER = re.compile(r"[a-z0-9\u3400-\u9fff]")
# Said around a detail without adding to it.
_AROUND = re.compile(
    r"大概|左右|吧|的|那|就|在|可以|行|好|是|我们?|一共|总共|共|约|要|里|呢|啊|呀"
    r"|\b(?:at|on|around|about|please|pls|maybe|ok|okay|say|just|in|for|of us|people|persons?|the|my|it'?s)\b"
    r"|\bthere (?:are|is|will be)\b"
)
_KEPT = re.compile(r"(?:算了|那|那就|我想|[,，\s])*还是[修洗做来办约要弄](?:一下|了)?吧?\W*")
# Where a journey begins and ends: a place, and never a wish in so many words, unless it tells a way.
_WAYS = frozenset({"origin", "dest"})
# What is named in a word or two, though any words may be a name.
_NAMES = _WAYS | {"item", "person", "recipient"}
_PLAIN = frozenset({Act.REQUEST, Act.ENQUIRY, Act.COMPLAINT})
_WAY = re.compile(
    r"[去到从回往]|出发|上车|接我?|送我?"
    r"|\b(?:(?<!want )(?<!like )(?<!need )to|from|at|near|pick|drop|airport|station|home|here|there|go|going)"
    r"\b"
)
# A place is part of what these tell: "the living room" is what shall be cleaned.
_TOLD_BY_PLACE = frozenset({"topic", "service_scope", "pref", "item", "event"})
_PLACES = frozenset({"place"})
_COUNTS = frozenset({"party", "qty"})
#: as likely as this, a wish told with a time is one of its own and no answer to "when?"
LIKELY = 0.5
#: a question, which names no place: "你们几点下班？"
_ASKS = re.compile(
    r"[?？]\s*$|吗[\s。]*$|几点|什么时候|多少钱|怎么(?:样|办|收)"
    r"|\b(?:what time|when|how (?:much|long|does|do))\b"
)
#: how a matter stands is asked, and no time is named, though it is asked "now"
_STANDS = re.compile(
    r"(?:怎么样|咋样|怎样|如何)了?[\s?？。!！]*$|进展|进度|到哪|啥情况|什么情况"
    r"|\bhow (?:does|do|is|are) (?:it|this|that|things|my \w+)\b|\bany (?:news|updates?)\b|\bstatus\b"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """The question and the text that follows it, raw and normalised, with its times."""

    hint: Hint
    raw: str
    text: str
    times: Times
    now: datetime


def read_answer(asked: Asked, slots: SlotReader, wishes: WishReader) -> Reading | None:
    """The answer as an `inform`, or None when nothing was asked or the text does something else."""
    slot_id = asked.hint.expected_slot
    if slot_id is None:
        return _kept(asked) or _people_alone(asked, slots, wishes)
    if not asked.text.strip():
        return None
    if lets_go(asked.text) and slots.type_of(slot_id) not in _YES_OR_NO:
        return Reading(Intent(Act.CANCEL, None, 0.95), "act", by_rule=True)
    act = wishes.act_of(asked.text)
    if act.by_rule and act.act in _INTERRUPTIONS and not _describes(act.act, slot_id, asked.text):
        return None
    told_besides = slots.look(asked.text, asked.times.spans)
    elsewhere = _told_elsewhere(asked, slot_id, slots, told_besides)
    if elsewhere:
        return _informed(elsewhere, _said(asked, "", elsewhere, told_besides))
    found = _values(asked, slot_id, slots, told_besides)
    if found is None:
        return _people_told(asked, told_besides, wishes)
    if _only_asks(asked, slot_id, found, slots):
        return None
    if slot_id in _FREE_TEXT and act.by_rule and act.act in SMALL_TALK - {Act.DENY}:
        return None
    if _another_wish(asked, slot_id, found, slots, wishes):
        return None
    return _informed(found, _said(asked, slot_id, found, told_besides))


def _informed(found: Mapping[str, object], said: dict[str, str]) -> Reading:
    return Reading(Intent(Act.INFORM, None, 0.9, (), found, said), "act")


def _only_asks(asked: Asked, slot_id: str, found: Mapping[str, object], slots: SlotReader) -> bool:
    """Whether a question was asked back, where a place or a time was to be told and is not."""
    if slots.type_of(slot_id) in _PLACES:
        return not slots.is_choice(slot_id, found) and _ASKS.search(asked.text) is not None
    return slot_id in TIME_SLOTS and asked.times.when is None and _STANDS.search(asked.text) is not None


def _describes(act: Act, slot_id: str, text: str) -> bool:
    """What sounds like another act may be the very description that was asked for."""
    if slot_id not in _FREE_TEXT:
        return False
    if act is Act.STATUS:
        return len(text) > _LONGEST_QUESTION or bool(FAULT.search(text))
    return act in _DESCRIBED


def _told_elsewhere(
    asked: Asked, slot_id: str, slots: SlotReader, besides: Mapping[str, Found]
) -> dict[str, object]:
    """What a message tells that is used up by other details than the one asked for; {} for any other."""
    kind = slots.type_of(slot_id)
    if slot_id in besides or (slot_id in TIME_SLOTS and _time_answer(asked, slot_id) is not None):
        return {}
    others = {key: one for key, one in besides.items() if _stands_alone(key, slot_id, kind)}
    takes_time = kind in _TIMED and slot_id not in TIME_SLOTS
    timed = {} if takes_time else _timed(asked, alone=not others)
    spans = [(one.start, one.end) for one in others.values()] + ([] if takes_time else [*asked.times.spans])
    if not (others or timed) or not _is_used_up(asked.text, spans):
        return {}
    return {**{key: one.value for key, one in others.items()}, **timed}


def _stands_alone(key: str, slot_id: str, kind: str) -> bool:
    """Whether a detail told for another question is surely no answer to this one."""
    if key == "party":
        return slot_id not in _COUNTS
    if key == "where":
        return kind not in _PLACES and slot_id not in _TOLD_BY_PLACE
    return key == "entry" and kind not in _PLACES


def _timed(asked: Asked, *, alone: bool) -> dict[str, object]:
    """The times of a message; a "now" beside something else is no time: "现在4个人"."""
    timed = time_slots(asked.times, asked.text)
    return timed or (_time_answer(asked, "when") or {} if alone and at_once(asked.text) else {})


def _is_used_up(text: str, spans: Iterable[tuple[int, int]]) -> bool:
    return not _LETTER.search(_AROUND.sub(" ", without_time_words(without(text, spans))))


def _kept(asked: Asked) -> Reading | None:
    """ "还是修吧" thinks better of letting go; it is no verdict on a visit that has been."""
    return _informed({}, {}) if _KEPT.fullmatch(asked.text.strip()) else None


def _people_alone(asked: Asked, slots: SlotReader, wishes: WishReader) -> Reading | None:
    """A bare number of people, with nothing asked: a change of the number, not a call for a person."""
    besides = slots.look(asked.text, asked.times.spans)
    party = besides.get("party")
    if party is None or not _is_used_up(asked.text, [(party.start, party.end)]):
        return None
    return _people_told(asked, {"party": party}, wishes)


def _people_told(asked: Asked, besides: Mapping[str, Found], wishes: WishReader) -> Reading | None:
    """How many people, where it would be taken for a call for a person: "Anna, one person"."""
    if "party" not in besides:
        return None
    reading = wishes.read(asked.text, asked.times)
    if reading.intent.act is not Act.HUMAN or reading.by_rule:
        return None
    found, words = told({"party": besides["party"]}, asked.text)
    return _informed({**found, **time_slots(asked.times, asked.text)}, words)


def _said(
    asked: Asked, slot_id: str, found: Mapping[str, object], besides: Mapping[str, Found]
) -> dict[str, str]:
    """The words of the details; those of the answer itself are all of it where it is not one of them."""
    _, words = told(besides, asked.text)
    said = {key: words[key] for key in found if key in words and besides[key].value == found[key]}
    if isinstance(found.get(slot_id), str | int) and slot_id not in said and not is_place_in_list(asked.text):
        said[slot_id] = asked.raw
    return said


def _values(
    asked: Asked, slot_id: str, slots: SlotReader, besides: Mapping[str, Found]
) -> dict[str, object] | None:
    others = {key: one.value for key, one in besides.items() if _is_told_besides(key, slot_id)}
    timed = time_slots(asked.times, asked.text)
    if slot_id in TIME_SLOTS:
        answer = _time_answer(asked, slot_id)
    else:
        answer = slots.answer(slot_id, asked.text, asked.raw, asked.times, asked.hint.options)
    return None if answer is None else {**others, **timed, **answer}


def _is_told_besides(key: str, slot_id: str) -> bool:
    """A number among the words of an answer is no ticket, nor a way to a place part of another question."""
    return (key != "ticket" or slot_id == "ticket") and (key not in OWN_WORDS or slot_id in OWN_WORDS)


def _time_answer(asked: Asked, slot_id: str) -> dict[str, object] | None:
    times = asked.times
    if times.when is not None:
        return {"when": times.when, slot_id: times.when}
    if times.problem or times.past:
        return {"when": None, slot_id: None, "when_problem": times.problem or "past"}
    if times.recurrence is not None:
        return {"recurrence": times.recurrence}
    if at_once(asked.text):
        window = TimeWindow(asked.now.replace(second=0, microsecond=0), None, "minute")
        return {"when": window, slot_id: window}
    if as_soon_as_possible(asked.text):
        return {"asap": True}
    return {"any_time": True} if any_time(asked.text) else None


def _another_wish(
    asked: Asked, slot_id: str, found: Mapping[str, object], slots: SlotReader, wishes: WishReader
) -> bool:
    """A long text that clearly names a service and says nothing of what was asked begins anew."""
    if slot_id in _FREE_TEXT:
        return _wishes_plainly(asked, slot_id, wishes)
    if slot_id not in TIME_SLOTS and begins_wish(asked.text):
        return _is_wish(wishes.read(asked.text, asked.times))
    if len(asked.text) < 6 or (slot_id in _NUMBERED and _DIGIT.search(asked.text)):
        return False
    if slot_id in TIME_SLOTS and asked.times.when is not None:
        return _wish_with_a_time(asked, wishes)
    if slot_id in TIME_SLOTS and {"asap", "any_time"} & set(found):
        return False
    if (
        slots.is_choice(slot_id, found)
        and not WISH.search(asked.text)
        and not QUESTION_STRONG.search(asked.text)
    ):
        return False
    reading = wishes.read(asked.text, asked.times)
    return (
        reading.decision == "act" and reading.intent.act in (Act.REQUEST, Act.ENQUIRY) and reading.faq is None
    )


def _wishes_plainly(asked: Asked, slot_id: str, wishes: WishReader) -> bool:
    """ "我要交物业费" is no place to start from, nor a leaking tap a thing to carry."""
    if slot_id not in _NAMES:
        return False
    if FAULT.search(asked.text) or begins_wish(asked.text):
        reading = wishes.read(asked.text, asked.times)
        return _is_wish(reading) and (reading.decision == "act" or begins_wish(asked.text))
    if slot_id not in _WAYS or not orders(asked.text) or _WAY.search(asked.text):
        return False
    reading = wishes.read(asked.text, asked.times)
    return reading.decision != "hand_over" and reading.intent.act in _PLAIN


def _is_wish(reading: Reading) -> bool:
    return reading.decision != "hand_over" and reading.intent.act in _PLAIN


def _wish_with_a_time(asked: Asked, wishes: WishReader) -> bool:
    """Whether a time stands in a wish for something else: "明天下午三点我朋友李伟开车来" answers no "when?".

    Which service was asked about is not known here: who asked looks whether it is another one.
    """
    if moves(asked.text) or not tells_more(asked.text, asked.times) or name_beside_time(asked.raw):
        return False
    reading = wishes.read(asked.text, asked.times)
    intent = reading.intent
    if intent.act is not Act.REQUEST or intent.item is None or intent.confidence < LIKELY:
        return False
    if tells_time_alone(asked.text, asked.times):  # a time, and a word why
        return reading.decision == "act" and orders(asked.text)
    return True
