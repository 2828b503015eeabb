"""An alarm becomes an emergency ticket, once; the duty people are called at once. Nothing here commits."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from backend.alarms import kinds, queries, signing
from backend.errors import Forbidden, NotFound
from backend.models import Alarm, Estate, Ticket
from backend.people.roles import Role
from backend.people.viewer import Viewer
from backend.tickets import opening, telling
from intents.menu import Menu

CHANNEL: Final = "alarm"
#: a sensor that goes on ringing about an open ticket opens no second one
STILL_THE_SAME: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Report:
    """What a sensor told. ``event`` is its own id of it; ``at``: when it rang, real time."""

    source: str
    event: str
    kind: str
    place: str
    at: datetime
    note: str = ""


def ring(
    session: Session, menu: Menu, estate: Estate, report: Report, now: datetime, real_now: datetime
) -> tuple[Ticket, bool]:
    """Open a ticket for an alarm, or return the one there is; and whether it is new.

    The same event always has the same ticket; the same alarm ringing again is noted on its open one.
    """
    queries.lock_estate(session, estate.id)
    known = queries.find_alarm(session, estate.id, report.source, report.event)
    if known is not None and known.ticket_id is not None:
        return queries.get_ticket(session, known.ticket_id), False
    since = real_now - STILL_THE_SAME
    ticket = queries.find_ringing(session, estate.id, report.kind, report.place, since)
    is_new = ticket is None
    if ticket is None:
        ticket = _open(session, menu, estate, report, now)
    else:
        telling.record(session, ticket, "note", now, actor="SYS", note=_words(report))
        telling.changed(session, ticket, now, None)
    session.add(
        Alarm(estate_id=estate.id, source=report.source, event=report.event, kind=report.kind,
              place=report.place, values={"note": report.note}, ticket_id=ticket.id,
              at=report.at, received_at=real_now)
    )  # fmt: skip
    return ticket, is_new


def _open(session: Session, menu: Menu, estate: Estate, report: Report, now: datetime) -> Ticket:
    place = kinds.read_place(report.place)
    home = queries.find_home(session, estate.id, place.code) if place.code else None
    new = opening.NewTicket(
        estate_id=estate.id, item_id=kinds.item_of(report.kind), channel=CHANNEL, language="zh",
        words=_words(report), asked_at=now, received_at=now, reason="emergency",
        slots={"where": report.place}, home_id=home.id if home else None, actor="SYS",
    )  # fmt: skip
    ticket = opening.open_ticket(session, menu, new, now)
    if home is None and place.building:
        ticket.facts = {**ticket.facts, "building": place.building}
    return ticket


def _words(report: Report) -> str:
    """In both languages: whoever is nearest reads it, and nobody wrote it."""
    said = [kinds.worded(language, report.kind, report.place) for language in ("zh", "en")]
    return "\n".join([*said, report.note] if report.note else said)


def make_secret(session: Session, viewer: Viewer, estate_id: int, secret_key: str) -> str:
    """Make a new alarm secret and return it, the only time it is shown; the old one is void at once.

    Raises Forbidden for all but admins, NotFound for a foreign estate.
    """
    if viewer.role != Role.ADMIN:
        raise Forbidden
    if not viewer.works_in(estate_id):
        raise NotFound
    estate = queries.lock_estate(session, estate_id)
    edition = int(estate.settings.get(signing.SETTINGS, {}).get("edition", 0)) + 1
    estate.settings = {**estate.settings, signing.SETTINGS: {"edition": edition}}
    return signing.secret_of(secret_key, estate)
