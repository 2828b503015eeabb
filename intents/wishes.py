"""One clause or message as an intent: act, item, alternatives, slots, and the band it falls in."""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from intents.act_found import ActFound, wish_of
from intents.act_sight import VOICE_ACTS
from intents.act_weighing import bears_out, may_refer
from intents.acts import NEW_WISHES, SMALL_TALK, ActClassifier
from intents.at_hand import AtHand
from intents.denied import puts_aside, without_denied
from intents.gate import Gate
from intents.matching import FaqMatcher, ItemMatcher
from intents.meaning import Act, Alternative, Decision, Intent
from intents.menu import Menu
from intents.only_time import adds_wish
from intents.plain_faults import told_plainly
from intents.readings import Reading
from intents.several import Several, segments_of
from intents.slot_words import Details, told
from intents.slots import SlotReader, any_time, as_soon_as_possible
from intents.times import Times, read_times
from intents.wish_rules import ONLY_POINTS, QUESTION_STRONG

ALTERNATIVES = 3
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
OURS = 0.9  # a new wish this surely is one that an estate may hear, however strange its words
ASKING = "common.voice.enquiry"
HARDLY = 0.4  # less sure than this of a service, a question is rather one for a person
SURE_VOICE = 0.8  # a complaint or an idea this sure is one, whatever service it is about
NAMED_ACT = 0.9  # an act less sure than this is likeness only; a service said in full comes before it
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
#: the estate's own places and people: a question about them is a butler's, whatever else it sounds like
_OF_THE_ESTATE = re.compile(
    r"小区|物业|大堂|前台|电梯|楼道|车库|会所|健身房|泳池|门岗|门禁|快递柜|垃圾房|业主群|管家"
    r"|\b(?:lobby|reception|front desk|concierge|butler|lifts?|elevator|garage|car park|clubhouse|club house|gym|pool"
    r"|gatehouse|our (?:building|block|estate|compound)|this (?:building|block|estate|compound)|bin room"
    r"|parcel lockers?|property (?:office|management))\b"
)
#: who asks for somebody to mend something asks the estate, however strange the thing
_CALLS_A_WORKMAN = re.compile(
    r"(?:派|叫|找|让|来)个?(?:人|师傅)(?:过?来|上门)?(?:帮忙)?(?:修|检修|维修|处理|看看)"
    r"|\b(?:send|get|have) (?:someone|somebody|a (?:man|guy|handyman|technician|plumber|electrician))"
    r"(?: (?:over|up|round|out))? to (?:fix|repair|mend|check|look at)\b"
)
#: a price by the hour is asked for, and no hour is ordered
_PER_HOUR = re.compile(
    r"(?:多少钱?|什么价|怎么(?:收费|算)|价格|收费)[^,，。]{0,3}(?:一|每)个?(?:小时|钟头)|(?:一|每)个?(?:小时|钟头)[^,，。]{0,3}(?:多少钱?|什么价|怎么(?:收费|算)|收费|价格|几块)"
    r"|\b(?:how much|price|cost|rate|charge)s?\b.{0,16}\b(?:per|an|for an|by the|for one|1) ?hour\b"
)
_WORDS_OF_ENGLISH = re.compile(r"英文|英语|\benglish\b")
_WORDS_OF_CHINESE = re.compile(r"中文|普通话|国语|汉语|华语|\b(?:chinese|mandarin|putonghua)\b")


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
        # The whole and its parts are asked for more than once.
        self._acts_found: AtHand[ActFound] = AtHand()
        self._items = items
        self._faq = faq
        self._slots = slots
        self._gate = gate
        self._several = Several(acts, items, gate, self._read, self._read_part)

    def begin(self) -> None:
        """Forgets the last message of this thread: what is read next stands by itself."""
        self._acts_found.begin()
        self._items.begin()

    def _found(self, text: str, wish: str) -> ActFound:
        return self._acts_found.once((text, wish), lambda: self._act(text, wish))

    def act_of(self, text: str) -> ActFound:
        """The act alone, by words alone."""
        return self._acts.find(text)

    def _act(self, text: str, wish: str) -> ActFound:
        """The act of a text; `wish` is the text without times and homes, whose vector items use too.

        A service's name, or a wording approved for one, orders it or asks about it whatever act it is like;
        only a rule can say that it does something else.
        """
        found = self._acts.find(text, lambda: self._items.sight(wish))
        if found.act is Act.OUT_OF_SCOPE and not found.by_rule and self._items.is_unheard(wish):
            return wish_of(text)  # what a text is about is not denied where its words say nothing to us
        if found.by_rule or self._acts.said(text) is not None:
            return found
        if found.act is Act.AMEND and adds_wish(text):
            return wish_of(text)
        is_said = self._items.is_taught(wish) or self._items.is_name(wish)
        if found.act in (Act.REQUEST, Act.ENQUIRY):
            return replace(found, doubtful=found.doubtful and not is_said)
        return wish_of(text) if is_said or self._is_service(found, text, wish) else found

    def _is_service(self, found: ActFound, text: str, wish: str) -> bool:
        """Whether a text is more surely about a service than of the act it was likened to.

        "Call me a taxi" wants no call, and "the window won't close" cancels nothing.
        """
        first = next(iter(self._items.rank(wish, limit=1)), None)
        if first is None or first.item in VOICE_ACTS:
            return False
        if found.act in SMALL_TALK - {Act.DENY} or not bears_out(found.act, text):
            return first.confidence >= self._gate.likely
        if found.act in NEW_WISHES and found.confidence >= SURE_VOICE:
            return False
        # "Not monthly, an hourly one" names its own two things, and no matter of before.
        touches = found.act not in NEW_WISHES | {Act.HUMAN} and may_refer(text) and not puts_aside(text)
        return not touches and first.confidence >= self._gate.act

    def read(self, text: str, times: Times) -> Reading:
        """The reading of a whole normalised text."""
        return self._detailed(self._read(text, without_denied(bare(text, times))), text, times)

    def read_all(self, text: str, times: Times, now: datetime) -> list[Reading]:
        """One reading for each wish in a normalised text, at least one.

        A clause is looked at closely only where its words promise another wish than the rest.
        """
        wish = without_denied(bare(text, times))
        parts = self._several.parts(text, wish)
        whole = self._read(text, wish)
        promising = self._several.promising(parts, whole)
        wishes = self._several.wishes(wish, parts, promising, whole)
        found = [self._in_words(one, words, now) for one, words in segments_of(text, wishes)]
        if not found:
            found = [self._detailed(self._several.surer(wish, whole, promising), text, times)]
        return [*found, *(self._several.opening(parts) if whole.intent.act in NEW_WISHES else ())]

    def _read(self, text: str, wish: str) -> Reading:
        """The reading without its details; `wish` is the text without times and homes."""
        found, fault = self._found(text, wish), told_plainly(wish)
        if not fault:
            return self._read_as(found, text, wish)
        if not found.by_rule and found.act not in NEW_WISHES:
            found = wish_of(text)
        readings = [self._read_as(found, text, one) for one in dict.fromkeys((wish, fault))]
        return _with_choices(max(readings, key=_clearness))

    def _read_part(self, text: str, wish: str) -> Reading:
        """The same of one part among several, which is a wish unless it says plainly that it is none."""
        found = self._acts.by_rule(text) or (self._found(text, wish) if may_refer(text) else wish_of(text))
        return self._read_as(found, text, wish, asked=False)

    def _read_as(self, found: ActFound, text: str, wish: str, *, asked: bool = True) -> Reading:
        """The reading of a text of a known act; only what was `asked` by itself is answered from the FAQ."""
        if found.confidence < NAMED_ACT and found.act not in SMALL_TALK and self._items.is_name(wish):
            found = ActFound(Act.REQUEST, 0.8, by_rule=False)  # "Wake-up call" cancels nothing
        ranked = self._items.rank(wish, limit=10) if found.act in _ABOUT_ITEMS else []
        if found.act in (Act.REQUEST, Act.ENQUIRY):
            return self._service(found, text, wish, ranked, asked=asked)
        return self._speaking(found, text, ranked)

    def _detailed(self, reading: Reading, text: str, times: Times) -> Reading:
        slots, said = self._slots_for(reading.intent.item, text, times)
        return replace(reading, intent=replace(reading.intent, slots=slots, said=said))

    def _in_words(self, reading: Reading, words: str, now: datetime) -> Reading:
        """One of several wishes, with the details of its own words."""
        detailed = self._detailed(reading, words, read_times(words, now))
        return replace(detailed, intent=replace(detailed.intent, words=words))

    def _speaking(self, found: ActFound, text: str, ranked: list[Alternative]) -> Reading:
        """The reading of anything that is no order and no question about a service."""
        item, others = self._voiced(found.act, text, ranked)
        band = _band(found)
        if found.act in _AFTERWARDS and _top(ranked) >= self._gate.likely:
            # "换了线还是没画面": a verdict on work done, or a fault told with what was tried already?
            band, others = "ask", tuple(ranked[:ALTERNATIVES])
        if found.act is Act.COMPLAINT and _ORDERS.search(text) and not _COMPLAINS.search(text):
            band = "ask"
        return Reading(Intent(found.act, item, found.confidence, others), band, by_rule=found.by_rule)

    def _service(
        self, found: ActFound, text: str, wish: str, ranked: list[Alternative], *, asked: bool
    ) -> Reading:
        voice = (
            VOICE_ACTS.get(ranked[0].item) if ranked and ranked[0].confidence >= self._gate.likely else None
        )
        if voice is not None and not found.by_rule:
            return self._speaking(ActFound(voice, ranked[0].confidence, by_rule=False), text, ranked)
        ranked = [one for one in ranked if one.item not in VOICE_ACTS]
        decision = self._gate.decide(ranked)
        if decision == "act" and (found.doubtful or ONLY_POINTS.search(text)):
            decision = "ask"
        strangeness = self._items.strangeness(wish) if _top(ranked) < self._gate.likely else 0.0
        is_ours = found.confidence >= OURS or _is_of_the_estate(found.act, text)
        if _top(ranked) < self._gate.unlikely and self._gate.strange(strangeness) and not is_ours:
            return Reading(Intent(Act.OUT_OF_SCOPE, None, 0.8, tuple(ranked[:ALTERNATIVES])), "hand_over")
        faq = self._faq_key(text, ranked) if asked and found.act is Act.ENQUIRY else None
        unlikely = not asked and _top(ranked) < self._gate.likely and QUESTION_STRONG.search(text) is not None
        answered = unlikely and self._faq_key(text, ranked) is not None
        if faq is not None or answered:
            item = self._known(ASKING)
            return Reading(Intent(Act.ENQUIRY, item, 0.9, tuple(ranked[:ALTERNATIVES])), "act", faq)
        is_doubted = _top(ranked) < self._gate.unlikely and self._gate.doubts(strangeness)
        if decision == "hand_over" or is_doubted:
            # What comes nearest stays as alternatives.
            nearest = Intent(found.act, None, _top(ranked), tuple(ranked[:ALTERNATIVES]))
            return Reading(nearest, "hand_over")
        if found.act is Act.ENQUIRY and _top(ranked) < HARDLY and ranked[1:2] and ranked[1].item == ASKING:
            ranked = [ranked[1], ranked[0], *ranked[2:]]  # nothing fits well: a person knows better
        best = ranked[0]
        if found.act is Act.ENQUIRY and best.item == ASKING:
            decision = "act"  # a person answers whatever it is: there is nothing to choose between
        others = tuple(ranked[1 : ALTERNATIVES + 1])
        intent = Intent(found.act, best.item, min(1.0, best.confidence), others)
        return Reading(intent, decision, doubtful=found.doubtful)

    def _faq_key(self, text: str, ranked: Sequence[Alternative]) -> str | None:
        """A FAQ entry answers only a question, and only when it is nearer than any service."""
        hit = self._faq.find(text)
        if hit is None or hit[1] < self._gate.faq or _top(ranked) >= EXACT:
            return None
        return hit[0]

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

    def _slots_for(self, item_id: str | None, text: str, times: Times) -> Details:
        """What was said, as far as the item can use it, and in which words; times always."""
        found = self._slots.look(text, times.spans)
        if item_id is not None:
            item = self._menu.item(item_id)
            useful = {*item.required_slots, *item.optional_slots, *item.ask} | _ALWAYS_KEPT
            found = {key: value for key, value in found.items() if key in useful}
        values, said = told(found, text)
        return {**values, **time_slots(times, text)}, said


def _is_of_the_estate(act: Act, text: str) -> bool:
    """Whether a text asks about the estate's own, or for one of its workmen."""
    asks = act is Act.ENQUIRY and _OF_THE_ESTATE.search(text) is not None
    return asks or _CALLS_A_WORKMAN.search(text) is not None


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
    if times.duration_minutes is not None and not _PER_HOUR.search(text):
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


def _clearness(reading: Reading) -> tuple[bool, float]:
    """How well a text was understood: with an item at all, then how surely."""
    return reading.intent.item is not None, reading.intent.confidence


def _with_choices(reading: Reading) -> Reading:
    """A fault of a named thing is asked about however little is sure: the nearest are offered."""
    first, *others = reading.intent.alternatives or (None,)
    if reading.decision != "hand_over" or first is None or reading.intent.act not in NEW_WISHES:
        return reading
    intent = replace(reading.intent, item=first.item, confidence=first.confidence, alternatives=tuple(others))
    return replace(reading, intent=intent, decision="ask")


def _band(found: ActFound) -> Decision:
    if found.act is Act.OUT_OF_SCOPE:
        return "hand_over"
    return "act" if found.confidence >= 0.75 or found.act in SMALL_TALK else "ask"


def _top(ranked: Sequence[Alternative]) -> float:
    return min(1.0, ranked[0].confidence) if ranked else 0.0
