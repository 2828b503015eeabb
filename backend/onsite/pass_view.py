"""Passes at the gate as a guard reads them: what to compare, and no more of anybody than that."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from backend.desk.doors import Visit
from backend.desk.queue import Reader
from backend.errors import BadInput
from backend.models import VISITOR, Ticket
from backend.onsite import queries, sure
from backend.people import homes
from backend.people import queries as people
from backend.tickets import facts
from backend.tickets.moves import moves_for
from backend.tickets.work import actions_for
from locales import N_, t
from locales.dates import format_window, local

#: kind of pass → its step → how a guard calls it
STATES: Final[Mapping[str, Mapping[str, str]]] = {
    "visitor": {
        "confirmed": N_("Expected"), "offered": N_("Expected"), "accepted": N_("Expected"),
        "booked": N_("Has arrived"), "fulfilled": N_("Has left"), "followed_up": N_("Has left"),
        "closed": N_("Has left"),
    },
    "goods": {
        "requested": N_("Waits for approval"), "approved": N_("May leave"), "released": N_("Has left"),
    },
}  # fmt: skip
GONE: Final = N_("Has left")
NOT_YET: Final = N_("Not good yet")
RUN_OUT: Final = N_("No longer good")


@dataclass(frozen=True, slots=True)
class PassRow:
    """One pass. ``party``: how many come, as it was said; ``when``: the time it is good for; ``action``: what
    one tap does (arrived, left, released), "" for nothing; ``is_today``: False for a visitor of another day
    who was looked for; ``early``: asked before an arrival hours too soon."""

    key: str
    number: int
    version: int
    kind: str
    state: str
    is_over: bool
    subject: str
    party: str
    plate: str
    home: str
    when: str
    action: str
    label: str
    href: str
    is_today: bool = True
    early: str = ""


@dataclass(frozen=True, slots=True)
class Hotline:
    """The number of an estate, as it is read and as it is dialled; ``estate``: "" where there is only one."""

    estate: str
    shown: str
    tel: str


@dataclass(frozen=True, slots=True)
class PassList:
    """Both kinds, open ones first; ``others``: visitors of other days who were looked for; ``hotlines``: whom
    to ask about somebody who is not in the list."""

    visitors: tuple[PassRow, ...]
    others: tuple[PassRow, ...]
    goods: tuple[PassRow, ...]
    hotlines: tuple[Hotline, ...] = ()


def list_of(session: Session, who: Visit, reader: Reader, wanted: str) -> PassList:
    """Today's passes of the viewer's estates; ``wanted`` narrows them by number, plate, home or name, also
    the host's.

    Who is looked for by name is found on another day too, and cannot be let in by a tap then.
    """
    day_start = local(reader.now, reader.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    found = queries.list_passes(session, who.viewer, day_start)
    flats = queries.homes_of(session, found)
    hosts = queries.residents_of(session, found)
    rows = []
    for one in found:
        host = hosts.get(one.resident_id or 0)
        row = _row(session, reader, one, flats[one.home_id].code if one.home_id in flats else "")
        if not matches(row, wanted, host.name if host else ""):
            continue
        if _is_today(one, day_start, day_start + timedelta(days=1)):
            rows.append(row)
        elif wanted.strip():
            rows.append(replace(row, action="", label="", is_today=False))
    shown = sorted(rows, key=lambda row: (row.is_over, row.number))
    return PassList(
        visitors=tuple(row for row in shown if row.kind == "visitor" and row.is_today),
        others=tuple(row for row in shown if row.kind == "visitor" and not row.is_today),
        goods=tuple(row for row in shown if row.kind == "goods"),
        hotlines=_hotlines(session, reader),
    )


def _hotlines(session: Session, reader: Reader) -> tuple[Hotline, ...]:
    estates = people.list_estates(session, reader.viewer)
    return tuple(
        Hotline(one.name(reader.language) if len(estates) > 1 else "", one.hotline,
                "".join(sign for sign in one.hotline if sign.isdigit() or sign == "+"))
        for one in estates if one.hotline
    )  # fmt: skip


#: written between the signs of a plate, a home, or the parts of a name: it tells none from another
_MARKS: Final = re.compile(r"[\s·・•‧∙⋅.,，、。_\-‐-―−/]+")


def matches(row: PassRow, wanted: str, host: str = "") -> bool:
    """True when the number, the plate, the home or the name holds what is looked for, however it is spelt.

    ``host``: whom the visitor names. A guard reads no residents, so it is compared whole: 陈 finds nobody.
    """
    text = _plain(wanted).removeprefix("#")
    if not text:
        return True
    named = homes.parse_home(wanted)
    if named is not None and _plain(named.code) == _plain(row.home):
        return True
    names = {_plain(host), *(_plain(part) for part in host.split())} - {""}
    fields = (str(row.number), row.plate, row.subject, row.home)
    return text in names or any(text in _plain(one) for one in fields)


def _plain(text: str) -> str:
    return _MARKS.sub("", unicodedata.normalize("NFKC", text)).casefold()


def _is_today(ticket: Ticket, start: datetime, end: datetime) -> bool:
    """A visitor is shown on their day, and as long as they are inside; goods until they have left."""
    if ticket.item_id != VISITOR or ticket.step == "booked" or ticket.state in ("done", "closed"):
        return True
    window = facts.window_of(ticket)
    at = window.start or window.end
    return at is None or (at < end and (at >= start or (window.end or at) > start))


def _when(reader: Reader, ticket: Ticket) -> str:
    """For when the pass was given, in words; "" where no time was said."""
    window, said = facts.window_of(ticket), ticket.slots.get("when")
    if window.start is None and window.end is None:
        return ""
    wish: dict[str, Any] = said if isinstance(said, dict) and ticket.appointment_start is None else {}
    is_open = bool(wish) and not wish.get("end")  # a point of time: its day's end was not said
    grain = str(wish.get("grain") or "hour")
    ends = None if is_open else window.end
    text = format_window(reader.language, window.start, ends, reader.zone, grain)
    return text if ticket.item_id == VISITOR else t(reader.language, "Valid: {window}", window=text)


def _state(reader: Reader, ticket: Ticket, kind: str) -> str:
    """How a guard calls where the pass stands; what may not leave now is not said to be free to."""
    window, state = facts.window_of(ticket), STATES[kind].get(ticket.step, GONE)
    if kind == "goods" and ticket.step == "approved" and not window.holds(reader.now):
        return NOT_YET if window.start is not None and reader.now < window.start else RUN_OUT
    return state


#: "David Cole, one person", "周先生 2 人": the name, and how many come
_PARTY: Final = re.compile(
    r"^(?P<name>.*?[^\s,，、;；(（])\s*[,，、;；(（]?\s*(?P<party>(?:一共|共|just|party of)?\s*"
    r"(?:(?:\d{1,2}|[一二两三四五六七八九十]{1,2})\s*(?:个人|位|人)"
    r"|(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten)\s*(?:people|persons?|guests?|visitors?)))"
    r"\s*[)）。.]?$",
    re.IGNORECASE,
)


def name_of(said: str) -> tuple[str, str]:
    """Return a visitor's name and how many come, where they can be told apart; else what was said, and ""."""
    found = _PARTY.match(said.strip())
    return (found["name"], found["party"].strip()) if found else (said.strip(), "")


def _row(session: Session, reader: Reader, ticket: Ticket, home: str) -> PassRow:
    language = reader.language
    kind = "visitor" if ticket.item_id == VISITOR else "goods"
    known: dict[str, Any] = {**ticket.slots, **ticket.facts}
    said = str(known.get("visitor" if kind == "visitor" else "item") or ticket.words)
    name, party = name_of(said) if kind == "visitor" else (said, "")
    action, label = _next(session, reader, ticket, kind)
    return PassRow(
        key=f"t{ticket.number}",
        number=ticket.number,
        version=ticket.version,
        kind=kind,
        state=t(language, _state(reader, ticket, kind)),
        is_over=ticket.state in ("done", "closed"),
        subject=name,
        party=party,
        plate=str(known.get("plate") or ""),
        home=home,
        when=_when(reader, ticket),
        action=action,
        label=t(language, label) if label else "",
        href=f"/tickets/{ticket.number}",
        early=sure.arrives_early(language, ticket, reader.now, reader.zone) if action == "arrived" else "",
    )


def _next(session: Session, reader: Reader, ticket: Ticket, kind: str) -> tuple[str, str]:
    """The one tap that a pass wants of this person now."""
    allowed = actions_for(ticket, reader.viewer)
    if kind == "visitor":
        if ticket.step != "booked" and "check_in" in allowed:
            return "arrived", N_("Arrived")
        is_here = ticket.step == "booked" and "complete" in allowed
        return ("left", N_("They have left")) if is_here else ("", "")
    if not facts.window_of(ticket).holds(reader.now):
        return "", ""
    free = {one.to for one in moves_for(session, ticket, reader.viewer) if not one.lacks}
    may = ticket.step == "approved" and reader.viewer.may("move")
    if may and ("released" in free or reader.viewer.may_take("SEC")):
        return "released", N_("Let it out")
    return "", ""


def act_of(action: str, viewer_name: str) -> tuple[str, dict[str, Any]]:
    """The ticket's own action behind a tap, with its body. Raises BadInput for an unknown one."""
    found: dict[str, tuple[str, dict[str, Any]]] = {
        "arrived": ("check_in", {}),
        "left": ("complete", {}),
        "released": ("move", {"to": "released", "record": {"guard": viewer_name}}),
    }
    if action not in found:
        raise BadInput
    return found[action]
