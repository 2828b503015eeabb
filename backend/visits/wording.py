"""Conflicts, days and people of the calendar in words."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from urllib.parse import quote, urlencode

from backend.deadlines.calendar import Interval
from backend.desk import words
from backend.desk.pills import NOTHING
from backend.desk.queries import Entry
from backend.desk.queue import Reader, row_of
from backend.models import Estate, User
from backend.tickets.service import actions_for
from backend.visits import asked as addresses
from backend.visits import queries, rules
from backend.visits.asked import Asked
from backend.visits.rules import Conflict
from backend.visits.service import Day, person_of, planned
from backend.visits.views import SlotView
from locales import N_, t
from locales.dates import format_day, format_time, format_window, local

#: a search on the map that opens the phone's own map where there is one
MAP: Final = "https://uri.amap.com/search?"
CLOSED: Final = N_("Outside service hours")
OFF: Final = N_("Off shift")
CONFLICTS: Final[Mapping[str, str]] = {
    "overlap": N_("At the same time as #{other}"),
    "way": N_("Only {minutes} min between this and #{other} in another building"),
    "shift": N_("Outside the shift of {who}"),
    "closed": N_("Outside service hours"),
    "holiday": N_("On a holiday: {holiday}"),
}


@dataclass(frozen=True, slots=True)
class Teller:
    """For whom things are worded: the reader on the estate's clocks, its staff, phones by resident."""

    reader: Reader
    estate: Estate
    staff: Mapping[int, User]
    asked: Asked
    phones: Mapping[int, str]

    @property
    def language(self) -> str:
        return self.reader.language

    @property
    def zone(self) -> str:
        return self.estate.timezone

    @property
    def plans(self) -> bool:
        """True for readers who may fix a time at all."""
        return self.reader.viewer.may("schedule") and self.reader.viewer.may("assign")


def holiday_name(language: str, day: Day) -> str:
    if day.holiday is None:
        return ""
    return day.holiday.zh if language == "zh" else day.holiday.en


def conflict_text(teller: Teller, day: Day, conflict: Conflict, person: int) -> str:
    """One conflict as a sentence without a full stop."""
    user = teller.staff.get(person)
    return t(
        teller.language,
        CONFLICTS[conflict.kind],
        other=conflict.other,
        minutes=conflict.minutes,
        who=user.name(teller.language) if user else "",
        holiday=holiday_name(teller.language, day),
    )


def _agreed_text(teller: Teller, day: Day, conflict: Conflict, person: int, reason: str) -> str:
    """A conflict that somebody planned in spite of: no warning any more, its reason beside it."""
    said = conflict_text(teller, day, conflict, person)
    return t(teller.language, "{conflict}, planned all the same: {reason}", conflict=said, reason=reason)


def day_note(teller: Teller, day: Day) -> str:
    """The holiday by name, a closed day as such, or the hours of service."""
    language = teller.language
    if day.holiday is not None:
        return t(language, "Holiday: {holiday}", holiday=holiday_name(language, day))
    if not day.hours.open:
        return t(language, "Closed on this day")
    hours = ", ".join(span_text(teller, one) for one in day.hours.open)
    return t(language, "Service hours {hours}", hours=hours)


def span_text(teller: Teller, span: Interval) -> str:
    """``09:00–18:00`` on the estate's clocks; midnight at the end is 24:00."""
    start, end = format_time(span.start, teller.zone), format_time(span.end, teller.zone)
    return f"{start}–{'24:00' if end == '00:00' else end}"


def headed(label: str) -> str:
    """The same at the beginning of a heading: “Today”."""
    return label[:1].upper() + label[1:]


def day_label(teller: Teller, day: Day) -> str:
    return format_day(teller.language, day.hours.day.start, teller.zone, teller.reader.now)


def visit_time(teller: Teller, entry: Entry, day: Day) -> str:
    """The hours of a visit; one that goes over several days is told with its dates."""
    span = planned(entry).span
    if span.length > timedelta(days=1):
        return format_window(teller.language, span.start, span.end, teller.zone)
    if not span.start >= day.hours.day.start:
        return format_window(teller.language, span.start, span.end, teller.zone)
    return span_text(teller, span)


def move_address(asked: Asked, number: int, **given: str) -> str:
    """The form that plans a visit, leading back to where the reader is."""
    back = addresses.address(asked)
    query = urlencode({name: value for name, value in {**given, "back": back}.items() if value})
    return f"/visits/{number}?{query}"


def slot_of(
    teller: Teller, day: Day, entry: Entry, *, frame: Interval | None = None, column: tuple[int, int] = (1, 1)
) -> SlotView:
    """Word one visit of a day; ``frame``: the part of the day that the sheet shows."""
    ticket, visit, language = entry.ticket, planned(entry), teller.language
    user = teller.staff.get(visit.person)
    at, length = rules.quarters(frame, visit.span) if frame else (0, 0)
    begins = local(visit.span.start, teller.zone)
    found = day.conflicts.get(ticket.number, ())
    looked_at = [(one, rules.reason_of(ticket.number, one, day.agreed)) for one in found]
    is_active = ticket.state in queries.ACTIVE
    row = row_of(teller.reader, entry)
    if not is_active or row.pill.state in ("done", "missed"):
        row = replace(row, pill=NOTHING)  # neither the follow-up's clock nor one that is over is of the visit
    return SlotView(
        row=row,
        person=str(visit.person or ""),
        who=user.name(language) if user else t(language, "Nobody named yet"),
        time=visit_time(teller, entry, day),
        begins=f"{begins:%H:%M}",
        at=at,
        length=length,
        column=column[0],
        columns=column[1],
        is_loose=visit.is_loose,
        is_over=not is_active,
        conflicts=tuple(conflict_text(teller, day, one, visit.person) for one, why in looked_at if not why),
        agreed=tuple(_agreed_text(teller, day, one, visit.person, why) for one, why in looked_at if why),
        move=move_address(teller.asked, ticket.number) if _may_move(teller, entry) else "",
        call=_call(teller, entry) if is_active else "",
        map=_map(teller, entry) if is_active else "",
    )


def _may_move(teller: Teller, entry: Entry) -> bool:
    return teller.plans and "schedule" in actions_for(entry.ticket, teller.reader.viewer)


def _call(teller: Teller, entry: Entry) -> str:
    phone = teller.phones.get(entry.ticket.resident_id or 0, "")
    return f"tel:{phone.replace(' ', '')}" if phone else ""


def _map(teller: Teller, entry: Entry) -> str:
    """Where the building stands; the home itself stays in the house."""
    address = teller.estate.address_zh or teller.estate.name_zh
    if entry.home is None or not address:
        return ""
    where = f"{address} {teller.estate.name_zh} {entry.home.building}号楼"
    return MAP + urlencode({"keyword": where, "callnative": "1"}, quote_via=quote)


def role_name(language: str, user: User) -> str:
    return words.name_of(language, words.ROLES, user.role)


def is_wanted(teller: Teller, entry: Entry) -> bool:
    """Tell whether a visit passes the filters of the address."""
    asked, ticket = teller.asked, entry.ticket
    if asked.worker is not None and person_of(ticket) != asked.worker:
        return False
    if asked.kind and ticket.workflow != asked.kind:
        return False
    return not asked.building or (entry.home is not None and entry.home.building == asked.building)
