"""Seats of an event (WF-22): counted while people sign up, and given to the next in line when one is free.

How many an event has stands in the estate's settings by its item: ``{"events": {item: seats}}``. An event
whose seats nobody counted takes everybody. Nothing here commits.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from backend.errors import BadInput, Forbidden
from backend.models import Estate, Ticket
from backend.people import estates, roles
from backend.people.viewer import Viewer
from backend.tickets import lifecycle, milestones, seat_queries, telling
from backend.tickets.seat_queries import SETTINGS, WORKFLOW
from backend.tickets.steps import Walker
from intents.menu import Menu
from locales import N_


@dataclass(frozen=True, slots=True)
class Seats:
    """How an event stands: its seats (None: not counted), those taken, and people on the waiting list."""

    item: str
    seats: int | None
    taken: int
    waiting: int


def hold(session: Session, ticket: Ticket) -> None:
    """Let nobody else take a seat of this estate until this transaction ends."""
    if ticket.workflow == WORKFLOW:
        seat_queries.lock_estate(session, ticket.estate_id)


def sign_up(session: Session, ticket: Ticket, now: datetime) -> None:
    """The resident joins: a seat while there are any, else a place on the waiting list, told at once."""
    hold(session, ticket)
    free = seat_queries.left(session, ticket)
    if free is None:
        return
    is_first = seat_queries.find_first(session, ticket.estate_id, ticket.item_id) is None
    _walk(session, ticket, "signed_up" if free > 0 and is_first else "waiting", now, "R")


def promote(session: Session, ticket: Ticket, now: datetime) -> bool:
    """Give a free seat to this ticket, where it is the next in line; False where it is not."""
    hold(session, ticket)
    if ticket.workflow != WORKFLOW or ticket.step != "waiting":
        return False
    first = seat_queries.find_first(session, ticket.estate_id, ticket.item_id)
    if first != ticket.id or seat_queries.left(session, ticket) == 0:
        return False
    _walk(session, ticket, "signed_up", now, "SYS")
    return True


def list_next(session: Session) -> list[int]:
    """Return the first in each waiting line that a seat is free for."""
    firsts = [seat_queries.find_first(session, *line) for line in seat_queries.list_lines(session)]
    found = [session.get_one(Ticket, one) for one in firsts if one is not None]
    return [one.id for one in found if seat_queries.left(session, one) != 0]


def _walk(session: Session, ticket: Ticket, to: str, now: datetime, actor: str) -> None:
    move = lifecycle.machine_of(ticket.workflow, ticket.step).move(ticket.step, to)
    if move is None:
        return
    Walker(session, ticket, now, actor).walk("moved", (move,))
    milestones.tell(session, ticket, telling.reader_of(session, ticket), now, {})


def read(session: Session, viewer: Viewer, menu: Menu, item_id: str, code: str | None = None) -> Seats:
    """Return how an event of the viewer's estate stands.

    ``code``: of which estate, for staff of several. Raises BadInput for what is no event, or no estate.
    """
    item = menu.find_item(item_id)
    if item is None or item.workflow != WORKFLOW:
        raise BadInput(N_("There is no event with this id on the menu."))
    estate = session.get_one(Estate, estates.estate_id_of(session, viewer, code))
    taken = seat_queries.count_taken(session, estate.id, item_id)
    waiting = seat_queries.count_waiting(session, estate.id, item_id)
    return Seats(item_id, seat_queries.capacity_of(estate.settings, item_id), taken, waiting)


def publish(
    session: Session, viewer: Viewer, menu: Menu, item_id: str, seats: int | None, code: str | None = None
) -> Seats:
    """Say how many seats an event has; None counts them no longer. Raises Forbidden, and as ``read``."""
    if not roles.is_leader(viewer.role):
        raise Forbidden
    read(session, viewer, menu, item_id, code)
    estate = seat_queries.lock_estate(session, estates.estate_id_of(session, viewer, code))
    known = {name: one for name, one in (estate.settings.get(SETTINGS) or {}).items() if name != item_id}
    estate.settings = {**estate.settings, SETTINGS: known if seats is None else {**known, item_id: seats}}
    session.flush()
    return read(session, viewer, menu, item_id, code)
