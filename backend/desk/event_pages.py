"""活动名额: who has a seat at an event, who waits for one, and giving, taking back and counting seats."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from backend.audit import service as audit
from backend.desk import channel_queries, events, tell_choice, telling_done
from backend.desk.doors import Number, PageRoute, Typed, Visit, Visiting, go
from backend.desk.events import Again
from backend.desk.shell import reader_of, shell_of, show
from backend.errors import BadInput, Forbidden, IllegalMove, NotFound, VersionConflict
from backend.models import Estate
from backend.people import queries as people
from backend.people import roles
from backend.people.estates import shown_estate
from backend.tickets import queries as ticket_rows
from backend.tickets import seat_queries, seats, service
from locales import N_, t

router = APIRouter(include_in_schema=False, route_class=PageRoute)
PAGE: Final = "/events"
#: people of an estate's events that are shown; more are found under all tickets
MOST: Final = 300
MOST_SEATS: Final = 10_000
MOST_REASON: Final = 500


def _estate_of(session: Session, who: Visit, code: str) -> Estate:
    """The estate of the address, else the viewer's first. Raises Forbidden, NotFound."""
    if not roles.sees_all_tickets(who.viewer.role):
        raise Forbidden
    return shown_estate(session, who.viewer, code)


@router.get(PAGE)
def page(who: Visiting, estate: str = "") -> Response:
    """The events of an estate, those that anybody signed up for first."""
    return _page(who, estate)


def _page(who: Visit, code: str, again: Again | None = None, status: int = 200) -> Response:
    with who.db.read() as session:
        estate = _estate_of(session, who, code)
        rows = seat_queries.list_signed(session, who.viewer, estate.id, MOST + 1)
        found = events.events_of(reader_of(session, who), who.menu, estate.settings, rows[:MOST],
                                 again or Again())  # fmt: skip
        estates = people.list_estates(session, who.viewer)
        shell = shell_of(session, who, on="events")
    return show(who, "events.html", shell, status=status, title=t(who.language, "Seats at events"),
                events=found, estate=estate, estates=estates if len(estates) > 1 else (),
                is_cut=len(rows) > MOST, may_count=roles.is_leader(who.viewer.role))  # fmt: skip


def _back(code: str, item: str = "") -> str:
    query = f"?{urlencode({'estate': code})}" if code else ""
    return f"{PAGE}{query}{f'#event-{item}' if item else ''}"


@router.post(f"{PAGE}/seats")
def count(who: Visiting, fields: Typed) -> Response:
    """Say how many seats an event has; empty counts them no longer. Raises Forbidden for all but leaders."""
    code, item, text = (fields.get(name, "") for name in ("estate", "item", "seats"))
    with who.db.read() as session:
        code = _estate_of(session, who, code).code
    wanted = _number(text)
    if wanted is None and text.strip():
        error = t(who.language, "Please write a whole number from {low} to {high}.", low=0, high=MOST_SEATS)
        return _page(who, code, Again(item, error=error, typed=fields), 422)
    who.db.run(lambda session: _publish(session, who, code, item, wanted))
    return go(who.request, _back(code, item), t(who.language, "Saved. Whoever waits moves up in turn."))


def _number(text: str) -> int | None:
    plain = text.strip()
    is_number = plain.isascii() and plain.isdigit() and len(plain) < 6
    return int(plain) if is_number and int(plain) <= MOST_SEATS else None


def _publish(session: Session, who: Visit, code: str, item: str, wanted: int | None) -> None:
    was = seats.read(session, who.viewer, who.menu, item, code)
    now = seats.publish(session, who.viewer, who.menu, item, wanted, code)
    if was.seats == now.seats:
        return
    estate = _estate_of(session, who, code)
    audit.record(session, who.actor, who.real_now, "event.seats", estate_id=estate.id, subject="event",
                 subject_id=item, before={"seats": was.seats}, after={"seats": now.seats})  # fmt: skip


@router.post(f"{PAGE}/{{number}}/enter")
def enter(who: Visiting, number: Number, fields: Typed) -> Response:
    """Give a seat; who waits is told of it."""
    return _act(who, number, fields, "move", {"to": "signed_up", "record": {}, "note": None},
                N_("#{number} has a seat now. The resident has been told."))  # fmt: skip


@router.post(f"{PAGE}/{{number}}/cancel")
def cancel(who: Visiting, number: Number, fields: Typed) -> Response:
    """Take somebody off, with a reason; a seat that becomes free goes to the next in line."""
    reason, is_told = fields.get("reason", "").strip()[:MOST_REASON], tell_choice.is_told(fields)
    if not reason:
        return _again(who, number, fields, t(who.language, "Please write the reason."), 422)
    told = tell_choice.DONE if is_told else tell_choice.SILENT
    return _act(who, number, fields, "cancel", {"reason": reason, "tell": is_told}, told["cancel"],
                is_told=is_told)  # fmt: skip


def _act(
    who: Visit, number: int, fields: Mapping[str, str], action: str, body: Mapping[str, object], done: str,
    *, is_told: bool = True,
) -> Response:  # fmt: skip
    """Take the action; nobody is called told whom nothing reached."""
    try:
        code, item = who.db.run(lambda session: _take(session, who, number, fields, action, body))
    except (BadInput, IllegalMove, VersionConflict) as refusal:
        return _again(who, number, fields, refusal.worded(who.language)[1], refusal.status)
    with who.db.read() as session:
        how = channel_queries.reach_of(session, number)
    said = (telling_done.untold(how) if is_told else "") or done
    return go(who.request, _back(code, item), t(who.language, said, number=number))


def _take(
    session: Session, who: Visit, number: int, fields: Mapping[str, str], action: str,
    body: Mapping[str, object],
) -> tuple[str, str]:  # fmt: skip
    """Take one action on a ticket of an event; the estate's code and the event. Raises NotFound."""
    ticket = ticket_rows.get_ticket(session, who.viewer, number)
    if ticket.workflow != seat_queries.WORKFLOW:
        raise NotFound
    version = _number(fields.get("version", ""))
    service.act(session, who.menu, who.viewer, number, action, body, who.now, version)
    return session.get_one(Estate, ticket.estate_id).code, ticket.item_id


def _again(who: Visit, number: int, fields: Mapping[str, str], error: str, status: int) -> Response:
    with who.db.read() as session:
        ticket = ticket_rows.get_ticket(session, who.viewer, number)
        code = session.get_one(Estate, ticket.estate_id).code
    return _page(who, code, Again(number=number, error=error, typed=fields), status)
