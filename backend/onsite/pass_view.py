"""Passes at the gate as a guard reads them: what to compare, and no more of anybody than that."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from backend.desk.doors import Visit
from backend.desk.queue import Reader
from backend.errors import BadInput
from backend.models import VISITOR, Ticket
from backend.onsite import queries
from backend.people import queries as people
from backend.tickets.moves import moves_for
from backend.tickets.work import actions_for
from locales import N_, t
from locales.dates import format_moment, local

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


@dataclass(frozen=True, slots=True)
class PassRow:
    """One pass. ``action``: what one tap does (arrived, left, released), "" for nothing."""

    key: str
    number: int
    version: int
    kind: str
    state: str
    is_over: bool
    subject: str
    plate: str
    home: str
    when: str
    action: str
    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Hotline:
    """The number of an estate, as it is read and as it is dialled; ``estate``: "" where there is only one."""

    estate: str
    shown: str
    tel: str


@dataclass(frozen=True, slots=True)
class PassList:
    """Both kinds, open ones first; ``hotlines``: whom to ask about somebody who is not in the list."""

    visitors: tuple[PassRow, ...]
    goods: tuple[PassRow, ...]
    hotlines: tuple[Hotline, ...] = ()


def list_of(session: Session, who: Visit, reader: Reader, wanted: str) -> PassList:
    """Today's passes of the viewer's estates; ``wanted`` narrows them by number, plate, home or name.

    Who is looked for by name is found on another day too, and cannot be let in by a tap then.
    """
    day_start = local(reader.now, reader.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    found = queries.list_passes(session, who.viewer, day_start)
    flats = queries.homes_of(session, found)
    rows = []
    for one in found:
        row = _row(session, reader, one, flats[one.home_id].code if one.home_id in flats else "")
        if _is_today(one, day_start, day_start + timedelta(days=1)):
            rows.append(row)
        elif wanted.strip():
            rows.append(replace(row, action="", label=""))
    shown = sorted((row for row in rows if matches(row, wanted)), key=lambda row: (row.is_over, row.number))
    return PassList(
        visitors=tuple(row for row in shown if row.kind == "visitor"),
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


def matches(row: PassRow, wanted: str) -> bool:
    """True when the number, the plate, the home or the name holds what is looked for."""
    text = "".join(wanted.split()).casefold().removeprefix("#")
    if not text:
        return True
    fields = (str(row.number), row.plate, row.subject, row.home)
    return any(text in "".join(one.split()).casefold() for one in fields)


def _is_today(ticket: Ticket, start: datetime, end: datetime) -> bool:
    """A visitor is shown on their day, and as long as they are inside; goods while their pass is good."""
    if ticket.item_id != VISITOR or ticket.step == "booked" or ticket.state in ("done", "closed"):
        return True
    at = _instant(ticket)
    return at is None or (at < end and (_end(ticket) or at) >= start)


def _instant(ticket: Ticket) -> datetime | None:
    """When the visitor is expected: as agreed, else as the resident said."""
    return ticket.appointment_start or _read(ticket.slots.get("when"), "start")


def _end(ticket: Ticket) -> datetime | None:
    return ticket.appointment_end or _read(ticket.slots.get("when"), "end")


def _read(when: Any, edge: str) -> datetime | None:
    text = when.get(edge) if isinstance(when, dict) else None
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _row(session: Session, reader: Reader, ticket: Ticket, home: str) -> PassRow:
    language = reader.language
    kind = "visitor" if ticket.item_id == VISITOR else "goods"
    known: dict[str, Any] = {**ticket.slots, **ticket.facts}
    at = _instant(ticket)
    state = STATES[kind].get(ticket.step, GONE)
    action, label = _next(session, reader, ticket, kind)
    return PassRow(
        key=f"t{ticket.number}",
        number=ticket.number,
        version=ticket.version,
        kind=kind,
        state=t(language, state),
        is_over=ticket.state in ("done", "closed"),
        subject=str(known.get("visitor" if kind == "visitor" else "item") or ticket.words),
        plate=str(known.get("plate") or ""),
        home=home,
        when=format_moment(language, at, reader.zone, reader.now) if at else "",
        action=action,
        label=t(language, label) if label else "",
        href=f"/tickets/{ticket.number}",
    )


def _next(session: Session, reader: Reader, ticket: Ticket, kind: str) -> tuple[str, str]:
    """The one tap that a pass wants of this person now."""
    allowed = actions_for(ticket, reader.viewer)
    if kind == "visitor":
        if ticket.step != "booked" and "check_in" in allowed:
            return "arrived", N_("Arrived")
        is_here = ticket.step == "booked" and "complete" in allowed
        return ("left", N_("They have left")) if is_here else ("", "")
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
