"""SQL about what staff open by themselves: providers of an estate (WF-25) and referrals (WF-26)."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from backend.models import Home, Record, Resident, Ticket
from backend.people.viewer import Viewer
from backend.tickets.queries import visible

PROVIDER: Final = "provider"
REFERRAL: Final = "referral"
#: the sheet of a provider's file, whose first has the name
FILE: Final = "REC-30"
#: a provider that may be sent
ACTIVE: Final = "active"
#: names that a field offers
MOST_OFFERED: Final = 100


@dataclass(frozen=True, slots=True)
class Case:
    """One provider (``name``: its own) or referral (``name``: the resident's), and the ticket it is."""

    ticket: Ticket
    name: str
    home: str = ""


def list_providers(
    session: Session, viewer: Viewer, estate_id: int, limit: int, steps: Collection[str] = (),
    after: tuple[int, int] | None = None,
) -> list[Case]:  # fmt: skip
    """Return the providers of an estate, those that may be sent first; ``steps``: only at these.

    ``after``: the place (``place_of``) of the last one of the part before.
    """
    query = visible(viewer).where(Ticket.estate_id == estate_id, Ticket.workflow == PROVIDER)
    query = query.where(Ticket.step.in_(steps)) if steps else query
    group = _group()
    if after is not None:
        query = query.where(or_(group > after[0], and_(group == after[0], Ticket.id < after[1])))
    tickets = session.scalars(query.order_by(group, Ticket.id.desc()).limit(limit)).all()
    names = _names(session, [one.id for one in tickets])
    return [Case(one, names.get(one.id) or one.words.partition("\n")[0]) for one in tickets]


def _group() -> ColumnElement[int]:
    """Those that may be sent stand before all others."""
    return case((Ticket.step == ACTIVE, 0), else_=1)


def place_of(one: Case) -> tuple[int, int]:
    """Return where a provider stands in the list: its group, and the id of its ticket, the newest first."""
    return (0 if one.ticket.step == ACTIVE else 1), one.ticket.id


def count_cases(session: Session, viewer: Viewer, estate_id: int, workflow: str) -> int:
    """Return how many providers or referrals an estate has."""
    query = visible(viewer).where(Ticket.estate_id == estate_id, Ticket.workflow == workflow)
    return session.scalar(query.with_only_columns(func.count(Ticket.id))) or 0


def _names(session: Session, ticket_ids: Collection[int]) -> dict[int, str]:
    """The name that each provider's file gave last."""
    if not ticket_ids:
        return {}
    query = select(Record.ticket_id, Record.values["provider"].as_string().label("name"))
    rows = session.execute(
        query.where(Record.ticket_id.in_(ticket_ids), Record.kind == FILE).order_by(Record.id)
    )
    return {row.ticket_id: row.name for row in rows if row.name}


def names_to_send(session: Session, viewer: Viewer, estate_id: int) -> tuple[str, ...]:
    """Return the names of the providers that may be sent, each once, in the order of the alphabet."""
    found = list_providers(session, viewer, estate_id, MOST_OFFERED, (ACTIVE,))
    return tuple(sorted({one.name for one in found}))


def list_referrals(
    session: Session, viewer: Viewer, estate_id: int, limit: int, before: int | None = None
) -> list[Case]:
    """Return the referrals of an estate, the newest first; ``before``: older than the ticket with this id."""
    query = (
        visible(viewer)
        .where(Ticket.estate_id == estate_id, Ticket.workflow == REFERRAL)
        .outerjoin(Home, Home.id == Ticket.home_id)
        .outerjoin(Resident, Resident.id == Ticket.resident_id)
        .add_columns(Home.code, Resident.name)
    )
    query = query.where(Ticket.id < before) if before is not None else query
    rows = session.execute(query.order_by(Ticket.id.desc()).limit(limit))
    return [Case(ticket, name or "", code or "") for ticket, code, name in rows]
