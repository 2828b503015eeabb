"""All SQL of the incidents room. Nothing here commits."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Select, and_, func, or_, select, update
from sqlalchemy.orm import Session

from backend.incidents.rules import ALIKE, Report
from backend.models import Draft, Estate, Home, Incident, Ticket, TicketEvent, User

#: the newest tickets among which alike ones are looked for
NEWEST: Final = 500
STANDING: Final = ("proposed", "open")
#: drafts whose owner may still say yes
UNDER_WAY: Final = ("open", "to_confirm")


@dataclass(frozen=True, slots=True)
class Reported:
    """A ticket that belongs to no incident yet, as a report, and its estate and butler."""

    report: Report
    estate_id: int
    butler_id: int | None


def list_recent(session: Session, since: datetime, estate_id: int | None = None) -> list[Reported]:
    """Return open tickets received since that report something and belong to no incident yet."""
    newest = session.scalar(select(func.max(Ticket.id))) or 0
    statement = (
        select(Ticket, Home.building)
        .outerjoin(Home, Home.id == Ticket.home_id)
        .where(
            Ticket.id > newest - NEWEST, Ticket.incident_id.is_(None), Ticket.workflow.in_(sorted(ALIKE)),
            Ticket.state.in_(("open", "waiting")), Ticket.hidden_from_id.is_(None),
        )
        .order_by(Ticket.id)
    )  # fmt: skip
    if estate_id is not None:
        statement = statement.where(Ticket.estate_id == estate_id)
    return [
        _reported(ticket, building or str(ticket.facts.get("building", "")))
        for ticket, building in session.execute(statement)
        if ticket.received_at >= since
    ]


def _reported(ticket: Ticket, building: str) -> Reported:
    reporter = f"home:{ticket.home_id}" if ticket.home_id else f"ticket:{ticket.id}"
    report = Report(ticket.id, ticket.item_id, building, reporter, ticket.received_at)
    return Reported(report, ticket.estate_id, ticket.butler_id)


def list_recent_drafts(
    session: Session, since: datetime, items: Collection[str], estate_id: int | None = None
) -> list[Reported]:
    """Return wishes under way, in own words, that report something of ``items`` from a known home."""
    statement = (
        select(Draft, Home.building, Home.butler_id)
        .join(Home, Home.id == Draft.home_id)
        .where(Draft.state.in_(UNDER_WAY), Draft.last_at >= since, Draft.own_words)
        .order_by(Draft.id)
    )
    if estate_id is not None:
        statement = statement.where(Draft.estate_id == estate_id)
    return [
        Reported(
            Report(0, draft.item_id, building, f"home:{draft.home_id}", draft.asked_at, draft.id),
            draft.estate_id, butler_id,
        )
        for draft, building, butler_id in session.execute(statement)
        if draft.item_id in items and draft.asked_at >= since
    ]  # fmt: skip


def list_drafts(session: Session, draft_ids: Collection[int]) -> list[tuple[Draft, Home]]:
    """Return those of these drafts that are still under way, with their home, oldest first."""
    if not draft_ids:
        return []
    rows = session.execute(
        select(Draft, Home)
        .join(Home, Home.id == Draft.home_id)
        .where(Draft.id.in_(draft_ids), Draft.state.in_(UNDER_WAY))
        .order_by(Draft.id)
    )
    return [(draft, home) for draft, home in rows]


def list_standing(session: Session, estate_ids: Collection[int] | None = None) -> list[Incident]:
    """Return the incidents that are proposed or open, oldest first."""
    here = select(Estate.id) if estate_ids is None else estate_ids
    statement = select(Incident).where(Incident.estate_id.in_(here), Incident.state.in_(STANDING))
    statement = statement.order_by(Incident.id)
    return list(session.scalars(statement))


def list_ended(session: Session, estate_ids: Collection[int], limit: int) -> list[Incident]:
    """Return the incidents that ended last."""
    rows = session.scalars(
        select(Incident)
        .where(Incident.estate_id.in_(estate_ids), Incident.state == "over")
        .order_by(Incident.over_at.desc(), Incident.id.desc())
        .limit(limit)
    )
    return list(rows)


def lock_estate(session: Session, estate_id: int) -> Estate:
    """Return the estate, held until the commit: one incident of a kind at a time is found or opened."""
    return session.scalars(
        select(Estate)
        .where(Estate.id == estate_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def find_incident(
    session: Session, estate_ids: Collection[int], incident_id: int, *, lock: bool = False
) -> Incident | None:
    """Return an incident of one of these estates."""
    statement: Select[Incident] = select(Incident).where(
        Incident.id == incident_id, Incident.estate_id.in_(estate_ids)
    )
    if lock:
        statement = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    return session.scalars(statement).first()


def join(session: Session, incident_id: int, ticket_ids: Collection[int]) -> list[int]:
    """Put tickets that belong to no incident yet into this one; return their numbers."""
    rows = session.scalars(
        update(Ticket)
        .where(Ticket.id.in_(ticket_ids), Ticket.incident_id.is_(None))
        .values(incident_id=incident_id)
        .returning(Ticket.number)
        .execution_options(synchronize_session=False)
    )
    return sorted(rows)


def list_tickets(session: Session, incident_ids: Collection[int]) -> list[tuple[Ticket, Home | None]]:
    """Return the tickets of these incidents with their home, oldest first."""
    rows = session.execute(
        select(Ticket, Home)
        .outerjoin(Home, Home.id == Ticket.home_id)
        .where(Ticket.incident_id.in_(incident_ids))
        .order_by(Ticket.id)
    )
    return [(ticket, home) for ticket, home in rows]


def lock_ticket(session: Session, ticket_id: int) -> Ticket:
    return session.scalars(
        select(Ticket)
        .where(Ticket.id == ticket_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def list_told(session: Session, incident_id: int, kind: str) -> dict[int, int | None]:
    """Return the conversations, by ticket, of an incident's tickets that have an event of this kind."""
    rows = session.execute(
        select(Ticket.id, Ticket.conversation_id)
        .join(TicketEvent, TicketEvent.ticket_id == Ticket.id)
        .where(Ticket.incident_id == incident_id, TicketEvent.kind == kind)
    )
    return {row[0]: row[1] for row in rows}


def list_estates(session: Session, estate_ids: Collection[int]) -> list[Estate]:
    return list(session.scalars(select(Estate).where(Estate.id.in_(estate_ids)).order_by(Estate.id)))


def names_of(session: Session, user_ids: Collection[int]) -> dict[int, User]:
    return {user.id: user for user in session.scalars(select(User).where(User.id.in_(user_ids)))}


def list_to_tell(session: Session, since: datetime) -> list[Incident]:
    """Return the incidents that are open, or ended since, about which somebody may still be told."""
    rows = session.scalars(
        select(Incident)
        .where(
            Incident.estate_id.in_(select(Estate.id)),
            or_(Incident.state == "open", and_(Incident.state == "over", Incident.over_at > since)),
        )
        .order_by(Incident.id)
    )
    return [one for one in rows if not one.values.get("is_told")]
