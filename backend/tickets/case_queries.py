"""SQL about what staff open by themselves: providers of an estate (WF-25) and referrals (WF-26)."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import case, select
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
    session: Session, viewer: Viewer, estate_id: int, limit: int, steps: Collection[str] = ()
) -> list[Case]:
    """Return the providers of an estate, those that may be sent first; ``steps``: only at these."""
    query = visible(viewer).where(Ticket.estate_id == estate_id, Ticket.workflow == PROVIDER)
    query = query.where(Ticket.step.in_(steps)) if steps else query
    is_last = case((Ticket.step == ACTIVE, 0), else_=1)
    tickets = session.scalars(query.order_by(is_last, Ticket.id.desc()).limit(limit)).all()
    names = _names(session, [one.id for one in tickets])
    return [Case(one, names.get(one.id) or one.words.partition("\n")[0]) for one in tickets]


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


def list_referrals(session: Session, viewer: Viewer, estate_id: int, limit: int) -> list[Case]:
    """Return the referrals of an estate, the newest first."""
    query = (
        visible(viewer)
        .where(Ticket.estate_id == estate_id, Ticket.workflow == REFERRAL)
        .outerjoin(Home, Home.id == Ticket.home_id)
        .outerjoin(Resident, Resident.id == Ticket.resident_id)
        .add_columns(Home.code, Resident.name)
        .order_by(Ticket.id.desc())
        .limit(limit)
    )
    return [Case(ticket, name or "", code or "") for ticket, code, name in session.execute(query)]
