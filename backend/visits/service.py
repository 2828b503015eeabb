"""The days of the calendar with everything that stands in them, and moving a visit. Nothing here commits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from backend.deadlines.calendar import Calendar, Holiday, Interval
from backend.desk import queries as desk
from backend.desk.queries import Entry
from backend.duties import service as duty_verbs
from backend.duties.making import calendar_of, duties_of
from backend.duties.queries import Entry as DutyEntry
from backend.duties.queries import entry_of
from backend.errors import NotFound
from backend.models import Estate, Shift, Ticket, User
from backend.people import queries as people
from backend.people import roles
from backend.people.viewer import Viewer
from backend.tickets import queries as ticket_rows
from backend.tickets import service as tickets
from backend.tickets import telling, unscheduling
from backend.tickets import wording as ticket_wording
from backend.visits import queries, rules
from backend.visits.rules import Agreed, Conflict, Hours, Planned
from intents.menu import Menu

DAYS: Final = 7
#: workflows in which the butler goes in person (拜访, WF-17); all others are done by whoever was named
BUTLERS_OWN: Final = frozenset({"visit"})


@dataclass(frozen=True, slots=True)
class Day:
    """One local day of an estate: its visits by time, what collides; ``agreed``: planned in spite of it."""

    date: date
    hours: Hours
    holiday: Holiday | None
    entries: tuple[Entry, ...]
    conflicts: Mapping[int, tuple[Conflict, ...]]
    shifts: tuple[Shift, ...]
    agreed: Mapping[int, Agreed] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything the calendar shows. ``is_cut``: there are more visits than fit."""

    estate: Estate
    staff: Mapping[int, User]
    days: tuple[Day, ...]
    waiting: tuple[Entry, ...] = ()
    duties: tuple[DutyEntry, ...] = ()
    buildings: tuple[str, ...] = ()
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """How a visit shall stand. ``person`` 0: whoever has it keeps it."""

    start: datetime
    end: datetime
    person: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence to a resident, and the language it is in."""

    language: str
    text: str


def estate_of(session: Session, viewer: Viewer, estate_id: int) -> Estate:
    """Return the estate that was asked for, or the viewer's first. Raises NotFound, for a foreign one too."""
    if not estate_id:
        found = desk.first_estate(session, viewer)
    else:
        found = next((one for one in people.list_estates(session, viewer) if one.id == estate_id), None)
    if found is None:
        raise NotFound
    return found


def person_of(ticket: Ticket) -> int:
    """Return the id of whoever goes; 0 for nobody yet."""
    own = ticket.butler_id if ticket.workflow in BUTLERS_OWN else None
    return ticket.worker_id or own or 0


def planned(entry: Entry) -> Planned:
    """Return the visit of a ticket that has one, as the rules see it."""
    ticket = entry.ticket
    if ticket.appointment_start is None:
        raise ValueError(f"ticket {ticket.number} has no visit")
    span = rules.span_of(ticket.appointment_start, ticket.appointment_end)
    return Planned(ticket.number, person_of(ticket), span, entry.home.building if entry.home else "")


def gather(session: Session, viewer: Viewer, estate: Estate, first: date, now: datetime) -> Gathered:
    """Return the week from ``first`` on, what waits for a time, and the visits that are duties."""
    calendar = calendar_of(estate)
    start, end = calendar.midnight(first), calendar.midnight(first + timedelta(days=DAYS))
    numbers = queries.list_numbers(session, viewer, estate.id, start, end)
    entries = _rows(session, viewer, numbers[: queries.MOST], now)
    staff = _staff(session, viewer, estate, entries)
    dates = [first + timedelta(days=more) for more in range(DAYS)]
    shifts = queries.list_shifts(session, estate.id, start, end)
    days = [_day(calendar, one, entries, shifts, staff) for one in dates]
    agreed = _agreed(session, days)
    return Gathered(
        estate=estate,
        staff=staff,
        days=tuple(replace(one, agreed=agreed) for one in days),
        waiting=_waiting(session, viewer, estate, now),
        duties=_duties(session, viewer, estate, start, end),
        buildings=tuple(queries.list_buildings(session, estate.id)),
        is_cut=len(numbers) > queries.MOST,
    )


def day_of(session: Session, viewer: Viewer, estate: Estate, day: date, now: datetime) -> Day:
    """Return one day with its visits, for checking what somebody wants to plan."""
    calendar = calendar_of(estate)
    start, end = calendar.midnight(day), calendar.midnight(day + timedelta(days=1))
    entries = _rows(
        session, viewer, queries.list_numbers(session, viewer, estate.id, start, end)[: queries.MOST], now
    )
    staff = _staff(session, viewer, estate, entries)
    return _day(calendar, day, entries, queries.list_shifts(session, estate.id, start, end), staff)


def _rows(session: Session, viewer: Viewer, numbers: Sequence[int], now: datetime) -> list[Entry]:
    found = desk.list_rows(session, viewer, numbers, now) if numbers else []
    return sorted(found, key=lambda one: (one.ticket.appointment_start or now, one.ticket.number))


def _staff(session: Session, viewer: Viewer, estate: Estate, entries: Iterable[Entry]) -> dict[int, User]:
    """Everybody of the estate, and whoever left since and still stands in a visit."""
    found = {one.id: one for one in people.list_staff(session, viewer, estate.id)}
    gone = {person_of(one.ticket) for one in entries} - found.keys() - {0}
    former = desk.by_id(session, User, gone)
    return found | {key: one for key, one in former.items() if key is not None}


def _day(
    calendar: Calendar, day: date, entries: Sequence[Entry], shifts: Sequence[Shift],
    staff: Mapping[int, User],
) -> Day:  # fmt: skip
    span = Interval(calendar.midnight(day), calendar.midnight(day + timedelta(days=1)))
    own = [one for one in entries if planned(one).span.within(span)]
    mine = [one for one in shifts if one.starts_at < span.end and one.ends_at > span.start]
    before = calendar.intervals(day - timedelta(days=1))  # a night shift may still be running
    opened = [one.within(span) for one in (*before, *calendar.intervals(day))]
    holiday = calendar.holiday(day)
    hours = Hours(span, tuple(one for one in opened if one), holiday is not None, _judged(mine, staff))
    active = [planned(one) for one in own if one.ticket.state in queries.ACTIVE]
    return Day(day, hours, holiday, tuple(own), rules.conflicts(active, hours), tuple(mine))


def _agreed(session: Session, days: Iterable[Day]) -> dict[int, Agreed]:
    """Return by number what was planned in spite of a conflict, while the visit stands as it did then."""
    against = {one.ticket.id: one.ticket for day in days for one in day.entries
               if one.ticket.number in day.conflicts}  # fmt: skip
    found = {}
    for ticket_id, kept in queries.list_agreed(session, list(against)):
        ticket = against[ticket_id]
        if kept["stood"] == _stands(ticket):  # the newest is the last
            seen = frozenset((str(kind), int(other)) for kind, other in kept["seen"])
            found[ticket.number] = Agreed(str(kept["reason"]), seen)
    return found


def _stands(ticket: Ticket) -> list[object]:
    """When, and who goes, as the timeline keeps it."""
    times = (ticket.appointment_start, ticket.appointment_end)
    return [*(at.astimezone(UTC).isoformat() if at else None for at in times), person_of(ticket)]


def _judged(shifts: Iterable[Shift], staff: Mapping[int, User]) -> dict[int, tuple[Interval, ...]]:
    """The shifts of everybody in whose role anybody has one on this day: only then a rota is kept for it."""
    rows = list(shifts)
    kept = {staff[one.user_id].role for one in rows if one.user_id in staff}
    return {
        user.id: tuple(Interval(one.starts_at, one.ends_at) for one in rows if one.user_id == user.id)
        for user in staff.values()
        if user.role in kept
    }


def _waiting(session: Session, viewer: Viewer, estate: Estate, now: datetime) -> tuple[Entry, ...]:
    found = queries.list_waiting(session, viewer, estate.id)
    timed = [one.number for one in found if "schedule" in tickets.actions_of(one)]
    wanted = timed[: queries.MOST_WAITING]
    return tuple(desk.list_rows(session, viewer, wanted, now)) if wanted else ()


def _duties(
    session: Session, viewer: Viewer, estate: Estate, start: datetime, end: datetime
) -> tuple[DutyEntry, ...]:
    """Visits by plan (SLA-57) whose time is not agreed yet: they become tickets when it is."""
    if not roles.sees_all_tickets(viewer.role):
        return ()
    kinds = [one.id for one in duties_of(estate) if one.is_on and one.opens]
    found = queries.list_duties(session, estate.id, kinds, start, end)
    shown = [one for one in found if duty_verbs.duty_of(one) is not None]
    return tuple(entry_of(session, one) for one in shown)


def goers(ticket: Ticket, staff: Iterable[User]) -> list[User]:
    """Return who may be sent to this visit, never whom it is about."""
    wanted = {"butler"} if ticket.workflow in BUTLERS_OWN else tickets.WORKERS - {"guard"}
    return [one for one in staff if one.is_active and one.role in wanted and one.id != ticket.hidden_from_id]


def instants(day: date, start: time, end: time, zone: str) -> tuple[datetime, datetime]:
    """Return the instants of local hours; one that ends at midnight ends with its day."""
    last = day + timedelta(days=1) if end == time.min else day
    place = ZoneInfo(zone)
    begins, ends = datetime.combine(day, start, place), datetime.combine(last, end, place)
    return begins.astimezone(UTC), ends.astimezone(UTC)


def check(day: Day, entry: Entry, wish: Wish) -> tuple[Conflict, ...]:
    """Return what would speak against a visit if it stood as wished."""
    person = wish.person or person_of(entry.ticket)
    place = entry.home.building if entry.home else ""
    here = Planned(entry.ticket.number, person, rules.span_of(wish.start, wish.end), place)
    others = [
        planned(one)
        for one in day.entries
        if one.ticket.state in queries.ACTIVE and one.ticket.number != here.number
    ]
    hours = replace(day.hours, open=_reaching(day.hours.open, here.span))
    return rules.conflicts([*others, here], hours).get(here.number, ())


def _reaching(opened: tuple[Interval, ...], span: Interval) -> tuple[Interval, ...]:
    """A visit beyond midnight is judged by the day on which it begins."""
    return tuple(replace(one, end=span.end) if one.end == span.start else one for one in opened)


def changes(ticket: Ticket, wish: Wish) -> tuple[bool, bool]:
    """Tell whether a wish changes the time, and whether it changes who goes."""
    now = (ticket.appointment_start, ticket.appointment_end)
    return now != (wish.start, wish.end), wish.person not in (0, person_of(ticket))


def has_chat(session: Session, ticket: Ticket) -> bool:
    """Tell whether the resident has a chat that can be written to, so that what is sent is read somewhere."""
    talk = ticket.conversation_id
    return talk is not None and queries.has_open_link(session, talk)


def told_of(session: Session, ticket: Ticket, wish: Wish, now: datetime) -> Told | None:
    """Return what the resident would read of this time; None for somebody without a chat."""
    if not has_chat(session, ticket):
        return None
    reader = telling.reader_of(session, ticket)
    was = unscheduling.moved_from(ticket, (wish.start, wish.end), now)
    pushed = ticket_wording.time_set(reader.language, reader.address_as, ticket.number, wish.start, wish.end,
                                     reader.zone, was)  # fmt: skip
    return Told(reader.language, pushed.text)


def move(
    session: Session, menu: Menu, viewer: Viewer, number: int, wish: Wish, now: datetime, *,
    version: int | None, note: str = "", agreed: Agreed | None = None, is_told: bool = True,
) -> Ticket:  # fmt: skip
    """Let a visit stand as wished: the ticket's own actions, one after the other, or none of them.

    The resident is told once, of a time that is new, unless ``is_told`` is false, which the timeline keeps.
    ``note``: why it is planned in spite of a conflict, in words; ``agreed``: the same for the calendar.
    Raises NotFound, Forbidden, VersionConflict, IllegalMove, BadInput.
    """
    ticket = ticket_rows.get_ticket(session, viewer, number)
    has_time, has_person = changes(ticket, wish)
    window = {"start": wish.start, "end": wish.end, "tell": is_told}
    steps: list[tuple[str, dict[str, object]]] = []
    if has_time:
        steps.append(("schedule", window))
    if has_person:
        steps.append(("assign", {"user": wish.person}))
    for action, body in steps:
        ticket = tickets.act(session, menu, viewer, number, action, body, now, version)
        version = None  # this transaction holds the ticket: nobody else comes between
    if note and steps:
        told = {"text": note, "keeps": {queries.AGREED: _kept(ticket, agreed)} if agreed else {}}
        ticket = tickets.act(session, menu, viewer, number, "note", told, now)
    return ticket


def _kept(ticket: Ticket, agreed: Agreed) -> dict[str, object]:
    return {"stood": _stands(ticket), "reason": agreed.reason, "seen": sorted(map(list, agreed.seen))}
