"""Who is somewhere else at the time of a ticket's visit, told to whoever names somebody for it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from backend.desk import clash_queries
from backend.models import Ticket, User
from backend.people.viewer import Viewer
from backend.tickets import queries as ticket_rows
from backend.tickets import spans
from locales import N_, t
from locales.dates import format_time

#: after the sentence of what became of several
NOTED: Final = N_("{done} Please note: {who} has another visit, {visits}.")
ASSIGNED: Final = N_("Assigned. Please note: {who} has another visit, {visits}.")
#: beside a name in the list, and under the list with who has which
BUSY: Final = N_("another visit then")
LISTED: Final = N_("At the time of this visit, somewhere else: {people}.")


def of_people(session: Session, viewer: Viewer, ticket: Ticket, now: datetime) -> Mapping[int, list[Ticket]]:
    """Return the other visits at the time of this one by who goes there; nothing once it is over."""
    if ticket.appointment_start is None:
        return {}
    own = spans.span_of(ticket.appointment_start, ticket.appointment_end)
    found: dict[int, list[Ticket]] = {}
    if own.end <= now or own.length > spans.LOOSE:
        return found
    for other in clash_queries.list_near(session, viewer, ticket, own):
        start = other.appointment_start
        if start and other.worker_id and spans.overlaps(own, spans.span_of(start, other.appointment_end)):
            found.setdefault(other.worker_id, []).append(other)
    return found


def told_of_people(
    session: Session, viewer: Viewer, ticket: Ticket, now: datetime
) -> tuple[tuple[int, str], ...]:
    """Who of a list of colleagues is elsewhere at that time, by id, each with their visits in words."""
    found, language = of_people(session, viewer, ticket, now), viewer.language
    zone = ticket_rows.zone_of(session, ticket.estate_id) if found else ""
    return tuple((key, worded(language, zone, own)) for key, own in found.items())


def told_of_several(
    session: Session, viewer: Viewer, tickets: Iterable[Ticket], now: datetime
) -> tuple[tuple[int, str], ...]:
    """The same for several tickets that one of these people is to be named for: each visit once."""
    found: dict[int, dict[int, Ticket]] = {}
    for ticket in tickets:
        for key, visits in of_people(session, viewer, ticket, now).items():
            found.setdefault(key, {}).update((one.id, one) for one in visits)
    return tuple((key, _worded(session, viewer, own.values())) for key, own in found.items())


def _worded(session: Session, viewer: Viewer, visits: Iterable[Ticket]) -> str:
    ordered = sorted(visits, key=lambda one: (one.appointment_start is None, one.appointment_start, one.id))
    return worded(viewer.language, ticket_rows.zone_of(session, ordered[0].estate_id), ordered)


def hint(language: str, people: Iterable[User], busy: Mapping[int, str]) -> str:
    """The line under a list of colleagues: who of them is elsewhere then; "" where nobody is."""
    told = [f"{one.name(language)} {busy[one.id]}" for one in people if one.id in busy]
    return t(language, LISTED, people=("；" if language == "zh" else "; ").join(told)) if told else ""


def worded(language: str, zone: str, visits: Iterable[Ticket]) -> str:
    """The visits by time and number: ``12:45–14:45（#1062）``."""
    return ("、" if language == "zh" else ", ").join(_visit(language, zone, one) for one in visits)


def _visit(language: str, zone: str, visit: Ticket) -> str:
    if visit.appointment_start is None:
        return f"#{visit.number}"
    span = spans.span_of(visit.appointment_start, visit.appointment_end)
    window = f"{format_time(span.start, zone)}–{format_time(span.end, zone)}"
    return t(language, "{name} ({details})", name=window, details=f"#{visit.number}")


def assigned(session: Session, viewer: Viewer, number: int, user: str, now: datetime) -> str:
    """The toast where the person just named is elsewhere at that time; "" where nothing speaks against it."""
    ticket = ticket_rows.get_ticket(session, viewer, number)
    if str(ticket.worker_id) != user:
        return ""  # a colleague who answers for it goes nowhere
    visits = of_people(session, viewer, ticket, now).get(int(user), ())
    if not visits:
        return ""
    zone = ticket_rows.zone_of(session, ticket.estate_id)
    who = session.get_one(User, int(user)).name(viewer.language)
    return t(viewer.language, ASSIGNED, who=who, visits=worded(viewer.language, zone, visits))


def assigned_several(
    session: Session, viewer: Viewer, numbers: Iterable[int], user: int, now: datetime, done: str
) -> str:
    """The same for several that were given to one person at once, after the sentence ``done``."""
    tickets = [ticket_rows.get_ticket(session, viewer, number) for number in numbers]
    theirs = [one for one in tickets if one.worker_id == user]
    visits = dict(told_of_several(session, viewer, theirs, now)).get(user, "")
    if not visits:
        return done
    who = session.get_one(User, user).name(viewer.language)
    return t(viewer.language, NOTED, done=done, who=who, visits=visits)
