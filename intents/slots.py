"""Details other than time that a message carries: place, appliance, numbers, plates, phones, tickets.

Slot ids and their choices come from the menu (`data/slots.toml`); what has a shape of its own (a plate, a
phone number, #1042) is read by pattern.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from intents.menu import Menu
from intents.normalize import normalize
from intents.slot_choices import Choices
from intents.slot_numbers import EN, MONEY, TO, ZH, read_count, read_money
from intents.slot_passing import ONLY_IN_FULL, in_passing
from intents.slot_shapes import BLANK, Found, shaped, ticket_number
from intents.slot_ways import ways
from intents.times import Times

Spans = Sequence[tuple[int, int]]

TIME_SLOTS = frozenset({"when", "deadline", "from_to"})
LONGEST_ANSWER = 500
LONGEST_ORDINAL = 16
_PLAIN = re.compile(rf"\d{{4,7}}|(?:{ZH}|\b{EN}){TO}(?:{ZH}|{EN}\b)|{ZH}|\b{EN}\b|[俩仨]")
_PLAIN_SUM = re.compile(rf"(?:{MONEY}{TO})?({MONEY}|\d)")
_ONLY_A_WAY = {
    "origin": re.compile(
        r"^(?:我?们?(?:要|想)?从|由|from|i'm at|pick me up (?:at|from))\s*|(?:出发|上车|走)?[吧。.!！]*$"
    ),
    "dest": re.compile(r"^(?:我?们?(?:要|想)?(?:去|到|回|送到|前往|飞)|to|go(?:ing)? to)\s*|[吧。.!！]*$"),
}  # around the place itself, when it was asked for
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
    r"随时|随便|都(?:行|可以|好|成|ok)|看你们|你们(?:方便|定|安排)|任何时间|什么时候都|(?:什么时候|啥时候|几时|哪天).{0,6}就(?:什么时候|啥时候|几时|哪天)|(?:你|您|师傅)们?方便(?:就|的时候|时)|\b(?:any ?time|whenever|any day|at your convenience|when you(?:'re| are) free|up to you|no preference|doesn't matter|flexible)\b"
)

_AROUND_TIME = re.compile(rf"(?:\b(?:at|on|by|around|about|from)\s+|在|于)?{BLANK}+", re.IGNORECASE)

#: of these only what says nothing but when: "随便" may mean anything else
_EVER = re.compile(
    r"随时|任何时间|什么时候都(?:行|可以|好)|\b(?:any ?time|whenever)(?: is (?:fine|ok|good))?\b"
)


class SlotReader:
    """Reads the details a menu asks for out of a normalised text."""

    def __init__(self, menu: Menu) -> None:
        self._menu = menu
        self._choices = Choices(menu)
        # One message is looked through as an answer, and again for its wish.
        self._looked = lru_cache(maxsize=16)(self._look)

    def type_of(self, slot_id: str) -> str:
        """The catalogue type of a slot; one the menu does not know takes any text."""
        spec = self._menu.slots.get(slot_id)
        return spec.type if spec is not None else "text"

    def is_choice(self, slot_id: str, found: Mapping[str, object]) -> bool:
        """Whether what was found for the slot is one of its choices."""
        spec = self._menu.slots.get(slot_id)
        return spec is not None and any(option.id == found.get(slot_id) for option in spec.options)

    def find(self, text: str, times: Spans = ()) -> dict[str, object]:
        """Every detail the text names, by slot id; "ticket" for a number like #1042.

        `times` are the spans of the text that are times: no number in them counts anything.
        """
        return {slot_id: found.value for slot_id, found in self.look(text, times).items()}

    def look(self, text: str, times: Spans = ()) -> dict[str, Found]:
        """The same, each detail with the span of the words it came from."""
        return dict(self._looked(text, tuple(times)))

    def _look(self, text: str, times: Spans) -> dict[str, Found]:
        timeless = _blanked(text, times)
        full = in_passing(text)
        entry = full.get("entry")
        found = {
            slot_id: choice
            for slot_id, choice in self._choices.find(text).items()
            if slot_id not in ONLY_IN_FULL and not (entry and entry.start <= choice.start < entry.end)
        }  # the lobby where the key lies is not where the lamp is out
        for slot_id, value in (*full.items(), *shaped(text, timeless), *ways(timeless).items()):
            found.setdefault(slot_id, value)
        return found

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
        if kind == "person":
            raw = _without_times(raw, times.spans)
        if kind == "hours":
            return _hours(text, times)
        if kind == "recurrence":
            return {"recurrence": times.recurrence} if times.recurrence else None
        if kind in ("integer", "money"):
            return _counted(slot_id, kind, text, self.find(text))
        if kind == "ticket_no":
            number = ticket_number(text) or _plain_number(text)
            return {slot_id: number} if number else None
        if kind in ("bool", "attestation"):
            return _yes_or_no(slot_id, text)
        return self._free(slot_id, text, raw)

    def _free(self, slot_id: str, text: str, raw: str) -> dict[str, object] | None:
        if slot_id == "plate":
            plate = self.find(text).get("plate") or raw.strip().upper()[:20]
            return {slot_id: plate} if plate else None
        words = " ".join(raw.split()).replace("\x00", "")
        around = _ONLY_A_WAY.get(slot_id)
        if around is not None:
            words = self._way(slot_id, text) or around.sub("", words).strip() or words
        return {slot_id: words[:LONGEST_ANSWER]} if words else None

    def _way(self, slot_id: str, text: str) -> str | None:
        """One end of a journey of which both were told."""
        both = ways(text)
        return str(both[slot_id].value) if len(both) > 1 and slot_id in both else None

    def _named(self, slot_id: str, text: str) -> str | None:
        found = in_passing(text).get(slot_id) or self._choices.find(text).get(slot_id)
        return str(found.value) if found is not None else None

    def _choice(self, slot_id: str, text: str, options: tuple[str, ...]) -> str | None:
        named = self._named(slot_id, text)
        if named is not None:
            return named
        for option in options:
            folded = normalize(option).text.strip()
            if folded and (folded == text.strip() or (len(folded) > 1 and folded in text)):
                return option
        short = text.strip()
        if options and len(short) <= LONGEST_ORDINAL:
            for option, ordinal in zip(options, _ORDINALS, strict=False):
                if ordinal.search(short):
                    return option
        return None


def as_soon_as_possible(text: str) -> bool:
    """尽快, ASAP: a wish about time that names none."""
    return bool(_ASAP.search(text))


def is_place_in_list(text: str) -> bool:
    """第二个, the first: the words of an answer that say no more than which."""
    short = text.strip()
    return len(short) <= LONGEST_ORDINAL and any(ordinal.search(short) for ordinal in _ORDINALS)


def at_once(text: str) -> bool:
    """现在, right now: the time is the moment of writing."""
    return bool(_NOW.search(text))


def any_time(text: str) -> bool:
    """随时, whenever."""
    return bool(_ANYTIME.search(text))


def without_time_words(text: str) -> str:
    """The text without the words that say when and name no time: 现在, 尽快, any time."""
    for words in (_ASAP, _NOW, _EVER):
        text = words.sub(" ", text)
    return text


def _without_times(raw: str, spans: Spans) -> str:
    """Who somebody is, as it was written, without the hour told beside it; all of it where nothing is left."""
    normal, letters = normalize(raw), list(raw)
    for start, end in spans:
        first, last = normal.original_span(start, end)
        letters[first:last] = BLANK * (last - first)
    left = _AROUND_TIME.sub(" ", "".join(letters)).strip(" ,，:：;；.。、-–—")
    return left or raw


def _blanked(text: str, spans: Spans) -> str:
    """The text with its times as marks that part what stands around them."""
    if not spans:
        return text
    letters = list(text)
    for start, end in spans:
        letters[start:end] = BLANK * (end - start)
    return "".join(letters)


def _plain_number(text: str) -> int | None:
    found = _PLAIN.search(text)
    return read_count(found.group()) if found else None


def _plain_sum(text: str) -> int | None:
    found = _PLAIN_SUM.search(text)
    return read_money(found.group(1)) if found else None


def _counted(slot_id: str, kind: str, text: str, said: Mapping[str, object]) -> dict[str, object] | None:
    if slot_id in said:
        return {slot_id: said[slot_id]}
    number = _plain_sum(text) if kind == "money" else None
    number = _plain_number(text) if number is None else number
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
