"""Guests who are registered already: another hour, one more who comes along, calling off, "for when?". Pure.

Whoever speaks of their sister speaks of her pass, whatever else a person of the house has written of since.
"""

# ruff: noqa: E501 (a pattern is easier to read on one line than broken up)

import re
from datetime import date
from typing import Any, Final

from backend.conversations import about, forms, guests, windows
from backend.conversations.state import Button, HoursAlone, OpenTicket, Reply, Said, Turn, slot_values
from backend.conversations.talk import HUMAN_BUTTON, Talk
from intents.meaning import Act, Intent

_DONE: Final = "done"
_LONGEST: Final = 120
_KIN: Final = re.compile(rf"{guests.KIN}|访客|\b(?:{guests.KIN_EN}|visit)\b", re.IGNORECASE)
#: any guest may be called so
_ANY: Final = re.compile(r"朋友|客人|访客|^(?:friend|guest|visitor|visit|family)s?$", re.IGNORECASE)
#: somebody who is not named, and comes
_COMES: Final = re.compile(
    r"[她他][们]?.{0,6}(?:来|到|带)|\b(?:he|she|they)\b.{0,12}\b(?:comes?|coming|arrives?|arriving|be (?:here|there)|brings?|bringing|drives?)\b",
    re.IGNORECASE,
)
_WORKER: Final = re.compile(
    r"师傅|工人|阿姨|保洁|修|\b(?:engineer|technician|worker|cleaner|repair\w*|fix\w*|butler)\b",
    re.IGNORECASE,
)
_ASKS: Final = re.compile(
    r"几点|什么时候|哪天|登记(?:了|的|好|上)|\b(?:what time|when)\b|\bregistered\b|\bon the list\b",
    re.IGNORECASE,
)
_MOVES: Final = re.compile(
    r"改|推迟|推后|延后|提前|换到|晚点|早点|不是.{1,8}是|才(?:能)?[来到]|变"
    r"|\b(?:instead|later|earlier|change|move|rather|now|delay\w*|postpone\w*|reschedule|sorry|actually)\b",
    re.IGNORECASE,
)
_CALLS_OFF: Final = re.compile(r"取消|不用(?:登记|来)|\b(?:cancel|call off|delete|remove)\b", re.IGNORECASE)
_REGISTERS: Final = re.compile(
    r"(?:再|也|另外|还).{0,8}登记|登记.{0,4}(?:一|另)|\bregister (?:a|an|another|one|my)\b|\banother (?:guest|visitor|friend)\b",
    re.IGNORECASE,
)
_ADDS: Final = re.compile(
    r"[带跟和].{1,10}(?:一起|一块|同来|来)|也(?:一起)?来|车牌|开车|叫|名字|[位个]人|还有"
    r"|\b(?:brings?|bringing|with (?:him|her|them)|as well|too|also|plate|car|name(?:s|d)?|called|people|persons?)\b",
    re.IGNORECASE,
)


def told(talk: Talk, heard: Said) -> Turn | None:
    """The turn of words about a registered guest; None for any other message, and while somebody of the house
    writes of that very visit."""
    meaning, visits = heard.meaning, _visits(talk)
    form = talk.state.form
    is_else = len(meaning.intents) > 1 or len(meaning.text) > _LONGEST or talk.facts.pointed is not None
    is_else = is_else or (
        form is not None and form.item == guests.VISITOR and not _is_question(heard, visits)
    )
    if not visits or is_else or talk.facts.staff_on in {one.number for one in visits}:
        return None
    if not _speaks_of(talk, visits, meaning.text):
        return None
    return _answer(talk, heard, visits)


def _is_question(heard: Said, visits: tuple[OpenTicket, ...]) -> bool:
    """Whether it is asked about one who is registered already, while another is put down."""
    words = heard.meaning.text
    called = _kin(words)
    is_known = any(_names(one, words) or called & _kin(one.words) for one in visits)
    return is_known and _ASKS.search(words) is not None and not guests.is_one_more(heard.meaning)


def _answer(talk: Talk, heard: Said, visits: tuple[OpenTicket, ...]) -> Turn | None:
    words, intent = heard.meaning.text, heard.meaning.intents[0]
    is_off = guests.calls_off(words) or (intent.act == Act.CANCEL and bool(_CALLS_OFF.search(words)))
    if is_off:
        return _call_off(talk, _meant(visits, words, _day_of(talk, intent)), visits)
    if _REGISTERS.search(words) and not _ASKS.search(words):
        return _one_more(talk, heard, intent)
    if _ASKS.search(words):
        fit = _meant(visits, words, _day_of(talk, intent))
        return _told_of(talk, fit) if fit else None
    fit = _meant(visits, words, None)
    window = slot_values(intent).get("when")
    if isinstance(window, dict) and _MOVES.search(words):
        return _moved(talk, fit, window, words)
    if len(fit) == 1 and _ADDS.search(words) and not guests.is_one_more(heard.meaning):
        return about.add(talk, fit[0].number, words, heard.file_ids)
    return None


def _visits(talk: Talk) -> tuple[OpenTicket, ...]:
    """The guests who are still to come, the one registered last before the others."""
    own = [one for one in talk.facts.tickets if one.item == guests.VISITOR and one.state != _DONE]
    return tuple(sorted(own, key=lambda one: one.number, reverse=True))


def _speaks_of(talk: Talk, visits: tuple[OpenTicket, ...], words: str) -> bool:
    """A guest is named, or somebody comes of whom nothing else can be meant."""
    if _KIN.search(words) or any(_names(one, words) for one in visits):
        return True
    newest = max(talk.facts.tickets, key=lambda one: one.number)
    return newest in visits and _COMES.search(words) is not None and not _WORKER.search(words)


def _names(ticket: OpenTicket, words: str) -> bool:
    """Whether a guest is called by the name that was registered."""
    name = str(ticket.slots.get("visitor") or "")
    parts = re.findall(r"[\u3400-\u9fff]{2,4}|[A-Za-z]{3,}", name)
    told = [part for part in parts if not re.fullmatch(r"(?i)one|two|person|people|and|[一二三]位", part)]
    return any(re.search(rf"(?<![A-Za-z]){re.escape(part)}(?![A-Za-z])", words) for part in told)


def _kin(words: str) -> frozenset[str]:
    return frozenset(one.group().lower() for one in _KIN.finditer(words))


def _meant(visits: tuple[OpenTicket, ...], words: str, day: date | None) -> tuple[OpenTicket, ...]:
    """The guests that the words name, by kinship, name or day; the newest where nobody is named."""
    called = _kin(words)
    named = [
        one
        for one in visits
        if _names(one, words) or called & _kin(f"{one.words} {one.slots.get('visitor')}")
    ]
    named = [one for one in named if _names(one, words)] or named
    if not named and _COMES.search(words):
        named = [visits[0]]  # whoever comes along with them has a name of their own
    if not named and all(_ANY.search(one) for one in called):
        named = list(visits) if called or day is not None else [visits[0]]
    return tuple(one for one in named if day is None or day == _visit_day(one))


def _day_of(talk: Talk, intent: Intent) -> date | None:
    """The day that is named, where one is: which guest is meant."""
    window = slot_values(intent).get("when")
    is_day = isinstance(window, dict) and not isinstance(window, HoursAlone)
    return windows.day_of(window) if is_day else None


def _visit_day(ticket: OpenTicket) -> date | None:
    return windows.day_of(ticket.slots.get("when"))


def _call_off(talk: Talk, fit: tuple[OpenTicket, ...], visits: tuple[OpenTicket, ...]) -> Turn:
    """Asked once about the one that is meant; of several, or none that fits, which of them."""
    if len(fit) == 1:
        return about.cancel(talk, fit[0].number)
    shown = fit or visits
    buttons = tuple(
        Button("ticket", "cancel", {"number": one.number, "name": one.name}, False) for one in shown[:5]
    )
    turn = _told_of(talk, shown)
    kind = "guests" if fit else "guests_other"
    return Turn(turn.state, (Reply(kind, turn.replies[0].values, (*buttons, HUMAN_BUTTON)),))


def _told_of(talk: Talk, fit: tuple[OpenTicket, ...]) -> Turn:
    """Who is registered, and for when."""
    rows: list[dict[str, Any]] = [
        {"number": one.number, "guest": str(one.slots.get("visitor") or one.name), "who": one.who,
         "when": one.slots.get("when"), "wished": one.slots.get("wished")}
        for one in fit[:5]
    ]  # fmt: skip
    state = talk.remember(failures=0, about=fit[0].number)
    return Turn(state, (Reply("guests", {"visits": rows}, (HUMAN_BUTTON,)),))


def _one_more(talk: Talk, heard: Said, intent: Intent) -> Turn | None:
    """Another guest is another pass; in the middle of a wish it is noted as any other wish."""
    if talk.state.form is not None:
        return None
    slots = {slot: value for slot, value in slot_values(intent).items() if slot != "ticket"}
    return forms.start(talk, talk.item(guests.VISITOR), slots, heard.meaning.text, files=heard.file_ids)


def _moved(talk: Talk, fit: tuple[OpenTicket, ...], window: dict[str, Any], words: str) -> Turn | None:
    if not fit:
        return None
    if len(fit) > 1:
        return about.which_of(talk, fit, "schedule")
    return about.reschedule(talk, fit[0].number, window, words)
