"""One clause or message as an intent: act, item, alternatives, slots, and the band it falls in."""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from intents.acts import NEW_WISHES, SMALL_TALK, ActClassifier, ActFound
from intents.clauses import JOINED, PHRASE
from intents.gate import Gate
from intents.matching import FaqMatcher, ItemMatcher
from intents.meaning import Act, Alternative, Decision, Intent
from intents.menu import Menu
from intents.slots import SlotReader, any_time, as_soon_as_possible
from intents.times import Times, read_times

ALTERNATIVES = 3
_VOICE_ACTS = {
    "common.voice.complaint": Act.COMPLAINT,
    "common.voice.complaint-person": Act.COMPLAINT,
    "common.voice.complaint-rework": Act.COMPLAINT,
    "common.voice.complaint-redo": Act.COMPLAINT,
    "common.voice.complaint-severe": Act.COMPLAINT,
    "common.voice.suggestion": Act.SUGGESTION,
    "common.voice.praise": Act.PRAISE,
    "common.voice.callback": Act.HUMAN,
    "common.voice.status-query": Act.STATUS,
}
_HOME = re.compile(
    r"\d{1,3}[号栋幢座]楼?(?=\d|[一二三四五六]单元|$|[，, ])|\d{1,2}号楼|\d{1,2}单元|(?<!\d)\d{1,2}-\d{1,2}-\d{2,4}(?!\d)|(?<!\d)\d{3,4}(?:室|号房|房)"
    r"|\b(?:unit|flat|apt|apartment|room|building|block|bldg|tower)\s*#?\d{1,4}[a-z]?\b"
)
# Acts on a ticket there must be; a text that is as surely a new wish is asked about.
_AFTERWARDS = frozenset({Act.SATISFIED, Act.DISSATISFIED, Act.URGE, Act.AMEND, Act.RESCHEDULE})
# Acts that may be about a service; what the others are about is a ticket, or nothing.
_ABOUT_ITEMS = _AFTERWARDS | NEW_WISHES | {Act.HUMAN}
# Anger may be an order: "没人应，叫个人过来" wants somebody, perhaps before it wants to complain.
_ORDERS = re.compile(
    r"(?:叫|派|找|安排|喊)(?:个|一个|位|一位)?(?:人|师傅)|(?:去|来|过来)看(?:看|一眼|一下)|\bsend (?:someone|somebody|a|an|the)\b"
)
_COMPLAINS = re.compile(r"投诉|举报|态度|\b(?:complain\w*|rude|unacceptable)\b")
NEARLY = 0.07  # by how much a long story may miss what acting needs, when one clause of it does not
EXACT = 0.94  # only a name or alias said in full scores as high
_ALWAYS_KEPT = frozenset({"ticket", "phone", "where"})
_PERSON = re.compile(
    r"(?:保安|管家|前台|师傅|保洁员?|阿姨|门卫|门岗|客服|小姑娘|小伙子|经理|工人|维修工|值(?:夜)?班的|穿.{0,6}(?:男|女)的|物业的人|司机|救生员|教练)"
    r"|\b(?:guard|cleaner|butler|receptionist|engineer|technician|plumber|porter|staff member|manager|driver|concierge|ayi|nanny|gardener|doorman|lifeguard|your (?:man|guy|lady|woman))\b"
)
_CONDUCT = re.compile(
    r"态度|骂|吼|偷懒|睡|打呼|玩手机|刷手机|抽烟|喝酒|私活|收了?我|收钱|回扣|不理|翻白眼|爱(?:答|搭)不|不耐烦|推我|甩脸|脱岗|不抬头|才抬头|没礼貌|凶|吹牛|聊天|撒谎"
    r"|\b(?:rude|swore|shout\w*|yell\w*|asleep|sleeping|smok\w*|drunk|laugh\w*|ignored?|insult\w*|arrogant|lazy|tip|bribe|cash|phone|refus\w*|lied|unprofessional|slam\w*|hung up)\b"
)
_WORDS_OF_ENGLISH = re.compile(r"英文|英语|\benglish\b")
_WORDS_OF_CHINESE = re.compile(r"中文|普通话|国语|汉语|华语|\b(?:chinese|mandarin|putonghua)\b")


@dataclass(frozen=True, slots=True)
class Reading:
    """An intent with its band, and the FAQ entry that answers it."""

    intent: Intent
    decision: Decision
    faq: str | None = None
    by_rule: bool = False


class WishReader:
    """Puts act, item and slots of one text together."""

    def __init__(
        self,
        menu: Menu,
        acts: ActClassifier,
        items: ItemMatcher,
        faq: FaqMatcher,
        slots: SlotReader,
        gate: Gate,
    ) -> None:
        self._menu = menu
        self._acts = acts
        self._items = items
        self._faq = faq
        self._slots = slots
        self._gate = gate

    def act_of(self, text: str) -> ActFound:
        """The act alone."""
        return self._acts.find(text)

    def read(self, text: str, times: Times) -> Reading:
        """The reading of a whole normalised text."""
        found = self._acts.find(text)
        ranked = self._ranked(text, times) if found.act in _ABOUT_ITEMS else []
        if found.act in (Act.REQUEST, Act.ENQUIRY):
            return self._service(found, text, ranked, times)
        return self._speaking(found, text, ranked, times)

    def _speaking(self, found: ActFound, text: str, ranked: list[Alternative], times: Times) -> Reading:
        """The reading of anything that is no order and no question about a service."""
        item, others = self._voiced(found.act, text, ranked)
        slots = self._slots_for(item, text, times)
        band = _band(found)
        if found.act in _AFTERWARDS and band == "act" and _top(ranked) >= self._gate.likely:
            # "换了线还是没画面": a verdict on work done, or a fault told with what was tried already?
            band, others = "ask", tuple(ranked[:ALTERNATIVES])
        if found.act is Act.COMPLAINT and _ORDERS.search(text) and not _COMPLAINS.search(text):
            band = "ask"
        intent = Intent(found.act, item, found.confidence, others, slots)
        return Reading(intent, band, by_rule=found.by_rule)

    def _ranked(self, text: str, times: Times) -> list[Alternative]:
        return self._items.rank(bare(text, times), limit=10)

    def _service(self, found: ActFound, text: str, ranked: list[Alternative], times: Times) -> Reading:
        voice = (
            _VOICE_ACTS.get(ranked[0].item) if ranked and ranked[0].confidence >= self._gate.likely else None
        )
        if voice is not None and not found.by_rule:
            return self._speaking(ActFound(voice, ranked[0].confidence, by_rule=False), text, ranked, times)
        ranked = [one for one in ranked if one.item not in _VOICE_ACTS]
        decision = self._gate.decide(ranked)
        strangeness = self._items.strangeness(bare(text, times)) if _top(ranked) < self._gate.likely else 0.0
        if _top(ranked) < self._gate.unlikely and self._gate.strange(strangeness):
            return Reading(Intent(Act.OUT_OF_SCOPE, None, 0.8, tuple(ranked[:ALTERNATIVES])), "hand_over")
        faq = self._faq_key(text, ranked) if found.act is Act.ENQUIRY else None
        if faq is not None:
            return self._answered(faq, text, ranked, times)
        if decision == "hand_over" or self._gate.doubts(strangeness):
            return self._nothing_fits(found, text, ranked, times)
        best = ranked[0]
        if found.act is Act.ENQUIRY and best.item == "common.voice.enquiry":
            decision = "act"  # a person answers whatever it is: there is nothing to choose between
        others = tuple(ranked[1 : ALTERNATIVES + 1])
        slots = self._slots_for(best.item, text, times)
        return Reading(Intent(found.act, best.item, min(1.0, best.confidence), others, slots), decision)

    def _nothing_fits(self, found: ActFound, text: str, ranked: list[Alternative], times: Times) -> Reading:
        """Handed over; what comes nearest stays as alternatives."""
        slots = self._slots_for(None, text, times)
        return Reading(
            Intent(found.act, None, _top(ranked), tuple(ranked[:ALTERNATIVES]), slots), "hand_over"
        )

    def _faq_key(self, text: str, ranked: Sequence[Alternative]) -> str | None:
        """A FAQ entry answers only a question, and only when it is nearer than any service."""
        hit = self._faq.find(text)
        if hit is None or hit[1] < self._gate.faq or _top(ranked) >= EXACT:
            return None
        return hit[0]

    def _answered(self, faq: str, text: str, ranked: list[Alternative], times: Times) -> Reading:
        item = self._known("common.voice.enquiry")
        intent = Intent(
            Act.ENQUIRY, item, 0.9, tuple(ranked[:ALTERNATIVES]), self._slots_for(item, text, times)
        )
        return Reading(intent, "act", faq)

    def _voiced(
        self, act: Act, text: str, ranked: list[Alternative]
    ) -> tuple[str | None, tuple[Alternative, ...]]:
        """Complaints, ideas and praise have their own items; what they are about stays as alternatives."""
        others = tuple(one for one in ranked if one.confidence >= self._gate.ask)[:ALTERNATIVES]
        names = {
            Act.SUGGESTION: "common.voice.suggestion",
            Act.PRAISE: "common.voice.praise",
            Act.HUMAN: "common.voice.callback",
        }
        if act is Act.COMPLAINT:
            about_person = _PERSON.search(text) and _CONDUCT.search(text)
            return self._known(
                "common.voice.complaint-person" if about_person else "common.voice.complaint"
            ), others
        return (self._known(names[act]), others) if act in names else (None, ())

    def _known(self, item_id: str) -> str | None:
        item = self._menu.find_item(item_id)
        return item.id if item is not None else None

    def read_several(
        self, clauses: tuple[tuple[str, int], ...], now: datetime, whole: Reading
    ) -> list[Reading]:
        """Several wishes, when at least two clauses stand on their own; else nothing."""
        if not 2 <= len(clauses) <= 12 or whole.intent.act not in NEW_WISHES | SMALL_TALK | {Act.STATUS}:
            return []
        joined = any(cut == JOINED for _, cut in clauses)
        readings: list[Reading] = []
        clear = False
        promising = self._promising(clauses, now)
        self._items.foresee(bare(text, times) for _, text, _, times in promising)
        for index, text, cut, times in promising:
            reading = self.read(text, times)
            clear = clear or self._is_same_but_sure(reading, whole)
            opening = index == 0 and clauses[1][1] != PHRASE
            if self._stands_alone(reading, JOINED if joined and cut != PHRASE else cut, opening):
                readings.append(reading)
        kept = _distinct(readings)
        wishes = [one for one in kept if one.intent.act not in SMALL_TALK]
        small = [one for one in kept if one.intent.act in SMALL_TALK]
        if len(wishes) > 1:
            return [*wishes, *small[:1]][:4]
        kept_whole = replace(whole, decision="act") if clear else whole
        if small and whole.intent.act in NEW_WISHES:
            return [kept_whole, *small[:1]]
        return [kept_whole] if clear else []

    def _promising(
        self, clauses: tuple[tuple[str, int], ...], now: datetime
    ) -> list[tuple[int, str, int, Times]]:
        """The clauses that may be wishes of their own, each with its place and its times."""
        found = [(place, text, cut, read_times(text, now)) for place, (text, cut) in enumerate(clauses)]
        return [
            (place, text, cut, times)
            for place, text, cut, times in found
            if self._acts.find(text).act not in (Act.REQUEST, Act.ENQUIRY)
            or self._items.promises(bare(text, times))
        ]

    def _stands_alone(self, reading: Reading, cut: int, opening: bool) -> bool:
        act = reading.intent.act
        if act in (Act.THANKS, Act.GREETING):
            return opening
        if act in (Act.REQUEST, Act.ENQUIRY):
            sure = reading.intent.confidence >= self._gate.second_wish(cut)
            return sure and reading.faq is None and reading.intent.item is not None
        spoken = act in (Act.COMPLAINT, Act.SUGGESTION, Act.PRAISE, Act.STATUS)
        return spoken and cut != PHRASE and reading.by_rule

    def _is_same_but_sure(self, clause: Reading, whole: Reading) -> bool:
        """Whether a clause says plainly what the whole, told at length, nearly does."""
        same = (clause.intent.act, clause.intent.item) == (whole.intent.act, whole.intent.item)
        nearly = whole.decision == "ask" and whole.intent.confidence >= self._gate.act - NEARLY
        return same and nearly and clause.decision == "act"

    def _slots_for(self, item_id: str | None, text: str, times: Times) -> dict[str, object]:
        """What was said, as far as the item can use it; times always."""
        found = self._slots.find(text)
        if item_id is not None:
            item = self._menu.item(item_id)
            useful = {*item.required_slots, *item.optional_slots, *item.ask} | _ALWAYS_KEPT
            found = {key: value for key, value in found.items() if key in useful}
        return {**found, **time_slots(times, text)}


def time_slots(times: Times, text: str) -> dict[str, object]:
    """The times of a text under the names of DESIGN §4."""
    slots: dict[str, object] = {}
    if times.when is not None:
        slots["when"] = times.when
    elif times.problem:
        slots.update(when=None, when_problem=times.problem)
    if times.recurrence is not None:
        slots["recurrence"] = times.recurrence
    if times.time_of_day is not None:
        slots["time_of_day"] = times.time_of_day
    if times.duration_minutes is not None:
        slots["duration_minutes"] = times.duration_minutes
    if times.when is None and as_soon_as_possible(text):
        slots["asap"] = True
    elif times.when is None and any_time(text):
        slots["any_time"] = True
    return slots


def bare(text: str, times: Times) -> str:
    """The text as items are looked for in it, at training as well: its times and homes blanked out."""
    return without(text, [*times.spans, *homes_in(text)])


def homes_in(text: str) -> list[tuple[int, int]]:
    """Where the numbers of homes stand in a normalised text."""
    return [found.span() for found in _HOME.finditer(text)]


def without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with its times blanked out: they would dominate short messages."""
    letters = list(text)
    for start, end in spans:
        letters[start:end] = " " * (end - start)
    return "".join(letters)


def wanted_language(text: str, language: str) -> str:
    """The language a person asks for: the one named, else the one they write in."""
    named = [
        _named(clause) for clause in re.split(r"[,，。.;；!！?？]", text) if not _does_not_understand(clause)
    ]
    wanted = [one for one in named if one]
    if wanted:
        return wanted[-1]
    refused = _named(text)
    if refused:
        return "zh" if refused == "en" else "en"
    return "zh" if language == "zh" else "en"


def _named(text: str) -> str | None:
    """The language a clause names last."""
    places = {
        "en": max((found.start() for found in _WORDS_OF_ENGLISH.finditer(text)), default=-1),
        "zh": max((found.start() for found in _WORDS_OF_CHINESE.finditer(text)), default=-1),
    }
    last = max(places, key=lambda code: places[code])
    return last if places[last] >= 0 else None


def _does_not_understand(text: str) -> bool:
    return bool(
        re.search(
            r"看不懂|听不懂|不懂|不会(?:英|中)|看着费劲|\b(?:don'?t|do not|can'?t|cannot|no)\s+(?:speak|read|understand|know)?\s*(?:any )?(?:chinese|english|mandarin)",
            text,
        )
    )


def _band(found: ActFound) -> Decision:
    if found.act is Act.OUT_OF_SCOPE:
        return "hand_over"
    return "act" if found.confidence >= 0.75 else "ask"


def _top(ranked: Sequence[Alternative]) -> float:
    return min(1.0, ranked[0].confidence) if ranked else 0.0


def _distinct(readings: list[Reading]) -> list[Reading]:
    kept: list[Reading] = []
    for reading in readings:
        same = any(
            one.intent.act == reading.intent.act and one.intent.item == reading.intent.item for one in kept
        )
        if not same:
            kept.append(reading)
    return kept
