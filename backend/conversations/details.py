"""Details of a wish in words: the four-line read-back, times, places, prices, wishes. Pure wording."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from backend.conversations.agreeing import CONSENT
from backend.tickets.wording import named, sentence
from intents.menu import Menu
from locales import N_, t
from locales.dates import format_window

Values = Mapping[str, Any]

SLOT_NAMES: Final[Mapping[str, str]] = {
    "when": N_("Time"),
    "where": N_("Place"),
    "fault": N_("What is wrong"),
    "topic": N_("What it is about"),
    "entry": N_("How to get in"),
    "duration": N_("How long"),
    "qty": N_("How many"),
    "freq": N_("How often"),
    "from_to": N_("Dates"),
    "deadline": N_("Latest time"),
    "origin": N_("From where"),
    "dest": N_("To where"),
    "party": N_("How many people"),
    "item": N_("Which item"),
    "appliance": N_("Appliance"),
    CONSENT: N_("The owner’s consent"),
}
_SENTENCE: Final = re.compile(r"(?:[^.?!。？！]|[.?!](?!\s|$))+[.?!。？！]*\s*")
_ASIDE: Final = re.compile(
    r"[，,]\s*(?:[^，,。.？?]{0,12}?(?:能不能|能否|能|可不可以|可以|麻烦|什么时候)"
    r"|(?:[^，,。.？?]{0,24}? )?(?:can|could|would|will) (?:you|someone|anyone|somebody)\b)"
    r"[^，,。.？?]*[？?]$",
    re.IGNORECASE,
)
_COMPLAINING: Final = re.compile(
    r"(?:我要|我想)?投诉(?:一下)?[：:，,\s]+|i(?:'d|’d| would)? (?:want|like|need|wish) to "
    r"(?:complain|make a complaint)(?: (?:about|that))?[:,\s]+",
    re.IGNORECASE,
)
SHORT_ZH: Final = 40
SHORT_EN: Final = 80
_CHARGES: Final[Mapping[str, str]] = {
    "included": N_("included in your service charge"),
    "free": N_("free of charge"),
    "listed": N_("we will tell you the price first and start only once you agree"),
    "quote": N_("we will tell you the price first and start only once you agree"),
    "quote+3rd": N_("we will tell you the price first, third-party costs included"),
    "respond_first": N_("help first, costs are settled later"),
    "fee": N_("by the estate’s fee table, told to you first"),
}
#: places of the estate that belong to no home, so that the home is not named with them
OUTSIDE: Final = frozenset(
    ("garage", "bike_shed", "garden", "playground", "pool", "club", "gate", "bins", "road")
)
#: what would make an alarm of a report, so that it is told and not waited for
_TELL_AT_ONCE: Final[Mapping[str, str]] = {
    "common.equipment.lift-fault": N_("If anybody is inside, please write “somebody is inside” at once."),
}
_EMPTY: Final = re.compile(r"没有?人|空的|\b(?:nobody|no one|empty)\b", re.IGNORECASE)
#: a bare number in a read-back says nothing
_COUNTED: Final[Mapping[str, str]] = {"qty": N_("quantity: {n}"), "party": N_("people: {n}")}
_CONSENTS: Final[Mapping[str, str]] = {
    "yes": N_("the owner agrees"), "no": N_("the owner’s consent is still to come"),
}  # fmt: skip
_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY_NAMES: Final = (N_("Mondays"), N_("Tuesdays"), N_("Wednesdays"), N_("Thursdays"), N_("Fridays"),
                     N_("Saturdays"), N_("Sundays"))  # fmt: skip


def zone_of(zone: str) -> ZoneInfo:
    return ZoneInfo(zone)


def item_name(language: str, values: Values) -> str:
    return str(values.get(f"name_{language}") or values.get("name") or "")


def slot_name(language: str, slot: str) -> str:
    return t(language, SLOT_NAMES.get(slot, N_("Details")))


def window_text(language: str, slots: Values, zone: str) -> str:
    """Word the time of a wish; "" when none was given."""
    window = next((slots[s] for s in ("when", "deadline", "from_to") if isinstance(slots.get(s), dict)), None)
    if window is None:
        return ""
    if window.get("asap"):
        return t(language, "as soon as possible")
    start, end = (datetime.fromisoformat(w) if (w := window.get(k)) else None for k in ("start", "end"))
    worded = format_window(language, start, end, zone, str(window.get("grain") or "hour"))
    return t(language, "{moment} or later", moment=worded) if window.get("or_later") else worded


def value_text(language: str, menu: Menu, zone: str, slot: str, value: Any) -> str:
    """Word one detail; a choice by its name, anything else as it was said."""
    if isinstance(value, dict) and ("start" in value or "asap" in value):
        return window_text(language, {"when": value}, zone)
    if slot == "duration" and isinstance(value, int):
        return hours(language, value)
    if slot == CONSENT and value in _CONSENTS:
        return t(language, _CONSENTS[value])
    if slot == "freq" and isinstance(value, dict):
        return repeats(language, value)
    if slot in _COUNTED and isinstance(value, int):
        return t(language, _COUNTED[slot], n=value)
    spec = menu.slots.get(slot)
    option = spec.option(value) if spec is not None and isinstance(value, str) else None
    return option.name.in_(language) if option is not None else str(value)


def told_text(language: str, menu: Menu, zone: str, values: Values, slot: str) -> str:
    """Word one detail in the person's own words where those are kept and of this language."""
    words = str((values.get("said") or {}).get(slot) or "")
    if words and any("一" <= c <= "鿿" for c in words) == (language == "zh"):
        return words
    return value_text(language, menu, zone, slot, values["slots"][slot])


def hours(language: str, minutes: int) -> str:
    if minutes == 60:
        return t(language, "1 hour")
    if minutes % 60 == 0:
        return t(language, "{n} hours", n=minutes // 60)
    if minutes % 30 == 0 and minutes > 60:
        return t(language, "{n} hours", n=minutes / 60)
    return t(language, "{n} minutes", n=minutes)


def repeats(language: str, value: Values) -> str:
    """``每周一、周四`` / ``every week on Mondays and Thursdays``."""
    kinds = {"daily": N_("every day"), "weekly": N_("every week"), "monthly": N_("every month")}
    every = t(language, kinds.get(str(value.get("freq")), N_("every week")))
    names = [t(language, _DAY_NAMES[_DAYS.index(d)]) for d in value.get("days") or () if d in _DAYS]
    if not names:
        return every
    return t(language, "{every}: {days}", every=every, days=t(language, ", ").join(names))


def short(words: str) -> str:
    """One line of the person's words: a read-back must fit on a phone; the ticket keeps them whole.

    What they asked besides (“Could someone come tomorrow?”) has its own line or its own answer.
    """
    line = " ".join(words.split())
    line = _ASIDE.sub("", line)
    told = [said for said in _SENTENCE.findall(line) if not said.rstrip().endswith(("?", "？"))]
    line = "".join(told).strip().rstrip(".。？?") or line.strip()
    limit = SHORT_ZH if any("一" <= c <= "鿿" for c in line) else SHORT_EN
    return line if len(line) <= limit else f"{line[:limit].rstrip()}…"


def subject(words: str) -> str:
    """What a complaint is about, without the words that say that it is one."""
    words = words.strip()
    lead = _COMPLAINING.match(words)
    return short(words[lead.end() :] if lead else words)


def _what(language: str, menu: Menu, zone: str, values: Values) -> str:
    """The service, with what is wrong and the other details that were given."""
    slots = values["slots"]
    shown = [str(slots[s]) for s in ("fault", "topic", "service_scope") if slots.get(s)]
    skipped = {"fault", "topic", "service_scope", "where", "when", "deadline", "from_to", "photo", "ticket"}
    shown += [
        told_text(language, menu, zone, values, slot)
        for slot, value in slots.items()
        if slot not in skipped and slot in menu.slots and value not in (None, "")
    ]
    name = item_name(language, values)
    text = t(language, "; ").join(_unsaid_twice([short(s) for s in shown if s != name]))
    return t(language, "{name} ({details})", name=name, details=text) if text else name


def _unsaid_twice(details: list[str]) -> list[str]:
    """Without those that another one says already: “the air conditioner is warm” names the appliance."""
    told = list(dict.fromkeys(details))
    return [one for one in told if not any(one in other and one != other for other in told)]


def _where(language: str, menu: Menu, zone: str, values: Values) -> str:
    place = values["slots"].get("where")
    worded = told_text(language, menu, zone, values, "where") if place else ""
    home = str(values.get("home") or "")
    if place in OUTSIDE:
        return worded
    if home and worded:
        return t(language, "{home}, {place}", home=home, place=worded)
    return home or worded


def read_back(language: str, menu: Menu, zone: str, values: Values) -> str:
    """At most four lines: what, where, when, price; the name in the first (MANNERS §1.3)."""
    address = named(language, str(values.get("address") or ""))
    what = _what(language, menu, zone, values)
    lines = [sentence(language, "{named}just to confirm: {what}", named=address, what=what)]
    where = _where(language, menu, zone, values)
    if where:
        lines.append(t(language, "Where: {where}", where=where))
    when = window_text(language, values["slots"], zone)
    if when:
        lines.append(t(language, "When: {when}", when=when))
    if values.get("item") in _TELL_AT_ONCE and not _EMPTY.search(what):
        lines.append(t(language, _TELL_AT_ONCE[str(values["item"])]))
    if values.get("workflow") not in ("suggestion", "complaint", "enquiry"):
        price = t(language, _CHARGES.get(str(values["charge"]), _CHARGES["quote"]))
        lines.append(t(language, "Price: {price}", price=price))
    return "\n".join(lines)


def changed(language: str, menu: Menu, zone: str, values: Values) -> str:
    """Only what changed, and is it right now?"""
    slot = str(values["changed"])
    value = told_text(language, menu, zone, values, slot)
    name = slot_name(language, slot)
    return t(language, "Changed: {name}: {value}. Is everything right now?", name=name, value=value)


def wish(language: str, local: datetime) -> str:
    """A farewell by day and hour (CON-16)."""
    if local.weekday() >= 5 or (local.weekday() == 4 and local.hour >= 15):
        return t(language, "Have a lovely weekend!")
    if local.hour >= 18 or local.hour < 4:
        return t(language, "Have a good evening!")
    return t(language, "Have a good day!")
