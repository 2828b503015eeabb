"""Details other than time that a message carries: place, appliance, numbers, plates, phones, tickets.

Slot ids and their choices come from the menu (`data/slots.toml`); what has a shape of its own (a plate, a
phone number, #1042) is read by pattern.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

from __future__ import annotations

import re
from collections.abc import Mapping

from intents.menu import Menu
from intents.normalize import normalize
from intents.times import Times
from intents.times.numbers import EN_NUMBER, ZH_NUMBER, read_whole

TIME_SLOTS = frozenset({"when", "deadline", "from_to"})
# Choices that are only an answer when they were asked for, never a word in passing.
_ONLY_WHEN_ASKED = frozenset({"parts", "entry", "driver", "lang", "contact_pref", "mount"})
LONGEST_ANSWER = 500
_BEGINNING = 2  # characters by which the wordings of choices are looked up

_TICKET = re.compile(
    r"#\s?(\d{4,7})\b|(?<!\d)(\d{4,7})\s*号?(?:的)?(?:工单|单子|单)(?!元|位|间|独|身)|(?:工单|单号|编号|单子)(?:是|为|:|：)?\s*#?(\d{4,7})(?!\d)"
    r"|\b(?:ticket|request|order|job|case|no\.?|number)\s*(?:no\.?|number|is|:)?\s*#?(\d{4,7})\b"
)
_PHONE = re.compile(
    r"(?<!\d)(?:\+?\d{2,3}[\s-]?)?(1[3-9]\d[\s-]?\d{4}[\s-]?\d{4})(?!\d)|(?<!\d)(\+\d{2,3}[\d\s-]{7,14}\d)"
)
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-z][\s·.-]?[a-z0-9]{5,6}(?![a-z0-9])"
)
_FLIGHT = re.compile(r"(?<![a-z0-9])(?:[a-z]{2}\s?\d{3,4}|[gdckztl]\d{1,4}次?)(?![a-z0-9])")
_MEASURE = r"(?:个|台|把|张|瓶|桶|盏|只|件|扇|套|间|箱|辆|块|盆|束|份|床|双|条|根|处|株|棵|袋|提)"
_QUANTITY = re.compile(
    rf"(?<![\d第一二三四五六七八九十])({ZH_NUMBER}){_MEASURE}(?!月|半|小时|钟头|星期|礼拜|人|号|单元|家|时)"
)
_QUANTITY_EN = re.compile(
    rf"\b({EN_NUMBER})\s+(?:x\s+)?(?!hours?|hrs?|minutes?|mins?|days?|weeks?|months?|years?|people|persons|guests|adults|kids|nights?|am|pm|"
    r"o'clock|of|to|times|yuan|rmb|sqm|in|at|on|and|or|floor|until|till|percent|more|please)([a-z]{3,}s)\b"
)
_PARTY = re.compile(
    rf"({ZH_NUMBER})\s*(?:来?个)?(?:人|位)(?!数|置|民|份|家|工)|\b(?:for|party of|of us|group of|we are|we're)\s+({EN_NUMBER})\b(?!\s*(?:hours?|hrs?|h\b|min|days?|weeks?|nights?|months?|o'clock|am|pm|:|years?))"
    rf"|\b({EN_NUMBER})\s+(?:people|persons|guests|pax|adults|of us|diners|players|passengers|seats)\b"
)
_NIGHTS = re.compile(rf"({ZH_NUMBER})(?:个)?晚(?!上|点|饭|餐)|\b({EN_NUMBER})\s+nights?\b")
_AGE = re.compile(
    rf"({ZH_NUMBER})(?:周)?岁|\b({EN_NUMBER})[\s-]*(?:years?|yrs?|yo)[\s-]*old\b|\b(?:age|aged)\s+({EN_NUMBER})\b"
)
_BUDGET = re.compile(
    r"(?:预算|不超过|以内)\D{0,4}(\d{2,6})|(\d{2,6})\s*(?:元|块钱?|rmb|yuan|cny)(?!\d)|(?:budget|up to|max)\D{0,8}(\d{2,6})|¥\s?(\d{2,6})"
)
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("party", _PARTY), ("nights", _NIGHTS), ("child_age", _AGE), ("budget", _BUDGET),
)  # fmt: skip
_ORDINALS = (
    re.compile(
        r"第一(?:个|项|条)?|^\W*一(?:个|项|条)?\W*$|首个|前(?:一)?个|前者|\b(?:first|1st|option one|number one)\b|^\W*1\W*$"
    ),
    re.compile(
        r"第二(?:个|项|条)?|^\W*二(?:个|项|条)?\W*$|后者|\b(?:second|2nd|option two|number two)\b|^\W*2\W*$"
    ),
    re.compile(
        r"第三(?:个|项|条)?|^\W*三(?:个|项|条)?\W*$|\b(?:third|3rd|option three|number three)\b|^\W*3\W*$"
    ),
    re.compile(r"第?四(?:个|项|条)?|\b(?:fourth|4th)\b|^\W*4\W*$"),
    re.compile(r"第?五(?:个|项|条)?|\b(?:fifth|5th)\b|^\W*5\W*$"),
)
_YES = re.compile(
    r"^(?:是|要|需要|对|好|有|可以|同意|yes|yeah|yep|sure|ok|please|i do|i need)", re.IGNORECASE
)
_NO = re.compile(r"^(?:不|没|否|无|no\b|nope|none|not|without|don't)", re.IGNORECASE)
_ASAP = re.compile(r"尽快|越快越好|最快|尽早|\b(?:asap|as soon as possible|soonest|as early as possible)\b")
_NOW = re.compile(r"马上|现在|立刻|立马|即刻|\b(?:right away|right now|immediately|now|straight away)\b")
_ANYTIME = re.compile(
    r"随时|随便|都(?:行|可以|好|成|ok)|看你们|你们(?:方便|定|安排)|任何时间|什么时候都|\b(?:any ?time|whenever|any day|up to you|no preference|doesn't matter|flexible)\b"
)


class SlotReader:
    """Reads the details a menu asks for out of a normalised text."""

    def __init__(self, menu: Menu) -> None:
        self._menu = menu
        self._words: dict[str, list[tuple[str, str]]] = {}
        for slot in menu.slots.values():
            words = [
                (normalize(word, limit=None).text.strip(), option.id)
                for option in slot.options
                for word in (option.name.zh, option.name.en, *option.also)
            ]
            if words:
                self._words[slot.id] = sorted(words, key=lambda pair: len(pair[0]), reverse=True)
        #: what each wording chooses: the slot, its place among the slot's wordings, and the choice
        self._chooses: dict[str, list[tuple[str, int, str]]] = {}
        for slot_id, words in self._words.items():
            for place, (word, option) in enumerate(words):
                self._chooses.setdefault(word, []).append((slot_id, place, option))
        self._begun: dict[str, list[str]] = {}
        for word in filter(None, self._chooses):
            self._begun.setdefault(word[:_BEGINNING], []).append(word)

    def type_of(self, slot_id: str) -> str:
        """The catalogue type of a slot; one the menu does not know takes any text."""
        spec = self._menu.slots.get(slot_id)
        return spec.type if spec is not None else "text"

    def is_choice(self, slot_id: str, found: Mapping[str, object]) -> bool:
        """Whether what was found for the slot is one of its choices."""
        spec = self._menu.slots.get(slot_id)
        return spec is not None and any(option.id == found.get(slot_id) for option in spec.options)

    def find(self, text: str) -> dict[str, object]:
        """Every detail the text names, by slot id; "ticket" for a number like #1042."""
        found: dict[str, object] = {}
        chosen = self._chosen(text)
        for slot_id in self._words if chosen else ():
            if slot_id in chosen and slot_id not in _ONLY_WHEN_ASKED:
                found[slot_id] = chosen[slot_id]
        for slot_id, value in self._shaped(text):
            found.setdefault(slot_id, value)
        return found

    def _shaped(self, text: str) -> list[tuple[str, object]]:
        found: list[tuple[str, object]] = []
        ticket = ticket_number(text)
        if ticket is not None:
            found.append(("ticket", ticket))
        if plate := _PLATE.search(text):
            found.append(("plate", re.sub(r"[\s·.-]", "", plate.group()).upper()))
        if phone := _PHONE.search(text):
            found.append(("phone", re.sub(r"[\s-]", "", phone.group(1) or phone.group(2))))
        if flight := _FLIGHT.search(text):
            found.append(("flight_no", flight.group().replace(" ", "").upper()))
        found.extend(
            (slot_id, number) for slot_id, shape in _SHAPES if (number := _number(shape, text)) is not None
        )
        quantity = _number(_QUANTITY, text) or _number(_QUANTITY_EN, text)
        return [*found, ("qty", quantity)] if quantity else found

    def _chosen(self, text: str) -> dict[str, str]:
        """The choice of each slot whose wording stands in the text: the longest wording wins."""
        best: dict[str, tuple[int, str]] = {}
        for word in self._said(text):
            if not word.isascii() or re.search(rf"\b{re.escape(word)}(?:e?s)?\b", text):
                for slot_id, place, option in self._chooses[word]:
                    if slot_id not in best or place < best[slot_id][0]:
                        best[slot_id] = place, option
        return {slot_id: option for slot_id, (_, option) in best.items()}

    def _said(self, text: str) -> set[str]:
        """The wordings that stand in the text, be it inside of words."""
        begun, said = self._begun, set[str]()
        for place, first in enumerate(text):
            for key in (first, text[place : place + _BEGINNING]):
                for word in begun.get(key, ()):
                    if text.startswith(word, place):
                        said.add(word)
        return said

    def answer(
        self, slot_id: str, text: str, raw: str, times: Times, options: tuple[str, ...]
    ) -> dict[str, object] | None:
        """The text read as the answer to `slot_id`; None when it cannot be that."""
        if slot_id in TIME_SLOTS:
            return None  # the caller reads times, because they carry a problem as well as a value
        kind = self.type_of(slot_id)
        if kind in ("bool", "attestation") and _NO.match(text.strip()):
            return {slot_id: "no"}  # before the choices: "要" stands in "不要" too
        chosen = self._choice(slot_id, text, options)
        if chosen is not None:
            return {slot_id: chosen}
        if kind == "hours":
            return _hours(text, times)
        if kind == "recurrence":
            return {"recurrence": times.recurrence} if times.recurrence else None
        if kind in ("integer", "money"):
            return _counted(slot_id, text, dict(self._shaped(text)))
        if kind == "ticket_no":
            number = ticket_number(text) or _plain_number(text)
            return {slot_id: number} if number else None
        if kind in ("bool", "attestation"):
            return _yes_or_no(slot_id, text)
        return self._free(slot_id, text, raw)

    def _free(self, slot_id: str, text: str, raw: str) -> dict[str, object] | None:
        if slot_id == "plate":
            return {k: v for k, v in self._shaped(text) if k == "plate"} or (
                {slot_id: raw.strip().upper()[:20]} if raw.strip() else None
            )
        words = " ".join(raw.split()).replace("\x00", "")
        return {slot_id: words[:LONGEST_ANSWER]} if words else None

    def _choice(self, slot_id: str, text: str, options: tuple[str, ...]) -> str | None:
        named = self._chosen(text).get(slot_id)
        if named is not None:
            return named
        for option in options:
            folded = normalize(option).text.strip()
            if folded and (folded == text.strip() or (len(folded) > 1 and folded in text)):
                return option
        short = text.strip()
        if options and len(short) <= 16:
            for option, ordinal in zip(options, _ORDINALS, strict=False):
                if ordinal.search(short):
                    return option
        return None


def ticket_number(text: str) -> int | None:
    """The ticket a text names (#1042, 1042号单, ticket 1042), or None."""
    found = _TICKET.search(text)
    return int(next(group for group in found.groups() if group)) if found else None


def as_soon_as_possible(text: str) -> bool:
    """尽快, ASAP: a wish about time that names none."""
    return bool(_ASAP.search(text))


def at_once(text: str) -> bool:
    """现在, right now: the time is the moment of writing."""
    return bool(_NOW.search(text))


def any_time(text: str) -> bool:
    """随时, whenever."""
    return bool(_ANYTIME.search(text))


def _number(shape: re.Pattern[str], text: str) -> int | None:
    found = shape.search(text)
    if found is None:
        return None
    return read_whole(next(group for group in found.groups() if group))


def _plain_number(text: str) -> int | None:
    found = re.search(rf"\d{{1,7}}|{ZH_NUMBER}|\b{EN_NUMBER}\b", text)
    return read_whole(found.group()) if found else None


def _counted(slot_id: str, text: str, shaped: Mapping[str, object]) -> dict[str, object] | None:
    if slot_id in shaped:
        return {slot_id: shaped[slot_id]}
    number = _plain_number(text)
    return None if number is None else {slot_id: number}


def _hours(text: str, times: Times) -> dict[str, object] | None:
    if times.duration_minutes:
        return {"duration_minutes": times.duration_minutes}
    number = _plain_number(text)
    return {"duration_minutes": number * 60} if number else None


def _yes_or_no(slot_id: str, text: str) -> dict[str, object] | None:
    stripped = text.strip()
    if _NO.match(stripped):
        return {slot_id: "no"}
    return {slot_id: "yes"} if _YES.match(stripped) else None
