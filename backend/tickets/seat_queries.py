"""SQL about the seats of events (WF-22)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from backend.models import Estate, Home, Resident, Ticket
from backend.people.viewer import Viewer
from backend.tickets.queries import IS_UNFINISHED, visible

#: who holds a seat: signed up for the event, or there
TAKEN: Final = ("signed_up", "attended")
WORKFLOW: Final = "event"
MOST_TOGETHER: Final = 100
SETTINGS: Final = "events"
#: steps of people who asked for a seat, wait for one or have one
SHOWN: Final = ("open", "waiting", *TAKEN)
_IN_LINE: Final = (IS_UNFINISHED, Ticket.workflow == WORKFLOW, Ticket.step == "waiting")


@dataclass(frozen=True, slots=True)
class Signed:
    """One ticket of an event, and whose it is."""

    ticket: Ticket
    home: Home | None
    resident: Resident | None


def lock_estate(session: Session, estate_id: int) -> Estate:
    """Return the estate, held: of two who want the last seat one waits for the other."""
    query = select(Estate).where(Estate.id == estate_id).with_for_update(key_share=True)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def party_of(slots: Mapping[str, Any]) -> int:
    """Return how many people a ticket is for: one where nobody said."""
    found = slots.get("party")
    is_number = isinstance(found, int) and not isinstance(found, bool)
    return min(found, MOST_TOGETHER) if is_number and found and found > 0 else 1


def count_taken(session: Session, estate_id: int, item_id: str, *, but: int | None = None) -> int:
    """Return the seats that are taken of an event, those of one ticket left out."""
    rows = session.execute(
        select(Ticket.id, Ticket.slots).where(
            Ticket.estate_id == estate_id,
            Ticket.item_id == item_id,
            Ticket.workflow == WORKFLOW,
            Ticket.step.in_(TAKEN),
        )
    )
    return sum(party_of(slots) for id_, slots in rows if id_ != but)


def count_waiting(session: Session, estate_id: int, item_id: str) -> int:
    """Return how many tickets are on the waiting list of an event."""
    return session.scalar(_line(estate_id, item_id).with_only_columns(func.count())) or 0


def find_first(session: Session, estate_id: int, item_id: str) -> int | None:
    """Return the ticket that came first of those on the waiting list of an event.

    A party for which the whole event has too few seats is passed over: it would hold up everybody behind it
    for ever. It keeps its place and is the first again once there are more.
    """
    seats = capacity_of(session.get_one(Estate, estate_id).settings, item_id)
    for id_, slots in session.execute(_line(estate_id, item_id).order_by(Ticket.id)):
        if seats is None or party_of(slots) <= seats:
            return int(id_)
    return None


def list_signed(session: Session, viewer: Viewer, estate_id: int, limit: int) -> list[Signed]:
    """Return who asked for, waits for or has a seat at any event of an estate, the first to ask first."""
    query = (
        visible(viewer)
        .where(Ticket.estate_id == estate_id, Ticket.workflow == WORKFLOW, Ticket.step.in_(SHOWN))
        .outerjoin(Home, Home.id == Ticket.home_id)
        .outerjoin(Resident, Resident.id == Ticket.resident_id)
        .add_columns(Home, Resident)
        .order_by(Ticket.id)
        .limit(limit)
    )
    return [Signed(*row) for row in session.execute(query)]


def list_lines(session: Session) -> list[tuple[int, str]]:
    """Return the waiting lines that there are: estate and item."""
    query = select(Ticket.estate_id, Ticket.item_id).distinct()
    query = query.where(Ticket.estate_id.in_(select(Estate.id)), *_IN_LINE)
    return [(row.estate_id, row.item_id) for row in session.execute(query)]


def _line(estate_id: int, item_id: str) -> Select[Any]:
    return select(Ticket.id, Ticket.slots).where(
        Ticket.estate_id == estate_id, Ticket.item_id == item_id, *_IN_LINE
    )


def capacity_of(settings: Mapping[str, Any], item_id: str) -> int | None:
    """Return the seats of an event; None where nobody counted them."""
    events = settings.get(SETTINGS)
    found = events.get(item_id) if isinstance(events, Mapping) else None
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None


def left(session: Session, ticket: Ticket) -> int | None:
    """Return the seats that are left for this ticket; None where they are not counted.

    More people than seats are left for get none: a family is not parted.
    """
    estate = session.get_one(Estate, ticket.estate_id)
    seats = capacity_of(estate.settings, ticket.item_id)
    if ticket.workflow != WORKFLOW or seats is None:
        return None
    free = seats - count_taken(session, ticket.estate_id, ticket.item_id, but=ticket.id)
    return free if free >= party_of(ticket.slots) else 0
