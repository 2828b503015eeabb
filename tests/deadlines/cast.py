"""The standing cast of this room's tests: one estate, its staff, and tickets of the butler's homes."""

from dataclasses import dataclass
from datetime import datetime
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.clock import HandClock
from backend.db import Database
from backend.deadlines import service
from backend.models import Alert, Deadline, Estate, Ticket, User, UserEstate

_numbers = count(1001)


@dataclass(frozen=True)
class Cast:
    """Ids of the estate and of its people: Ann the butler, Ben her deputy, and those above them."""

    estate: int
    butler: int
    deputy: int
    engineer: int
    supervisor: int
    manager: int
    admin: int


def add_user(session: Session, name: str, role: str, at: datetime, *estates: int) -> int:
    """Add a member of staff to these estates and return the id."""
    user = User(username=name, password_hash="-", role=role, name_zh=name, name_en=name, created_at=at)
    session.add(user)
    session.flush()
    session.add_all(UserEstate(user_id=user.id, estate_id=estate) for estate in estates)
    return user.id


def enter(db: Database, clock: HandClock) -> Cast:
    """Put the cast into an empty database."""
    with db.write() as session:
        estate = Estate(code="jade", name_zh="翠园", name_en="Jade Garden")
        session.add(estate)
        session.flush()
        ids = {
            name: add_user(session, name, role, clock.now(), estate.id)
            for name, role in [
                ("butler", "butler"),
                ("deputy", "butler"),
                ("engineer", "engineer"),
                ("supervisor", "supervisor"),
                ("manager", "manager"),
                ("admin", "admin"),
            ]
        }
        return Cast(estate.id, **ids)


def add_ticket(
    session: Session, cast: Cast, at: datetime, workflow: str = "lend", **columns: object
) -> Ticket:
    """Add a ticket of the butler's, without any clock; a loan promises nothing but an answer."""
    values: dict[str, object] = {
        "number": next(_numbers),
        "estate_id": cast.estate,
        "item_id": "value.repair-plumbing.leak",
        "menu_version": "-",
        "name_zh": "漏水",
        "name_en": "Leak",
        "workflow": workflow,
        "step": "confirmed",
        "butler_id": cast.butler,
        "channel": "web",
        "language": "zh",
        "asked_at": at,
        "received_at": at,
        "entered_at": at,
        "changed_at": at,
    }
    ticket = Ticket(**(values | columns))
    session.add(ticket)
    session.flush()
    return ticket


def open_ticket(
    db: Database, cast: Cast, clock: HandClock, workflow: str = "lend", **columns: object
) -> Ticket:
    """Open a ticket now, with the clocks that the event ``opened`` starts."""
    with db.write() as session:
        ticket = add_ticket(session, cast, clock.now(), workflow, **columns)
        service.on_event(session, ticket, "opened", clock.now())
        return ticket


def tell(db: Database, ticket: Ticket, event: str, clock: HandClock) -> None:
    """Tell the clocks of a ticket that something happened now."""
    with db.write() as session:
        service.on_event(session, session.get_one(Ticket, ticket.id), event, clock.now())


def clocks_of(db: Database, ticket: Ticket) -> dict[str, Deadline]:
    """Return the newest row of each of a ticket's clocks, by clock."""
    with db.read() as session:
        rows = session.scalars(select(Deadline).where(Deadline.ticket_id == ticket.id).order_by(Deadline.id))
        return {row.clock: row for row in rows}


def alerts_in(db: Database) -> list[tuple[int, str, str | None]]:
    """Return (person, kind, clock) of every alert, in the order of writing."""
    with db.read() as session:
        return [
            (row.user_id, row.kind, row.clock) for row in session.scalars(select(Alert).order_by(Alert.id))
        ]
