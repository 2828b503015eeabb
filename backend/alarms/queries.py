"""All SQL of the alarms room. Nothing here commits."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.models import Alarm, Estate, Home, Ticket


def find_estate(session: Session, code: str) -> Estate | None:
    return session.scalars(select(Estate).where(Estate.code == code)).first()


def lock_estate(session: Session, estate_id: int) -> Estate:
    """Return the estate, held until the commit: its alarms are taken one after the other."""
    return session.scalars(
        select(Estate)
        .where(Estate.id == estate_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def find_alarm(session: Session, estate_id: int, source: str, event: str) -> Alarm | None:
    return session.scalars(
        select(Alarm).where(Alarm.estate_id == estate_id, Alarm.source == source, Alarm.event == event)
    ).first()


def find_ringing(session: Session, estate_id: int, kind: str, place: str, since: datetime) -> Ticket | None:
    """Return the open ticket of the same alarm that rang since, held until the commit."""
    return session.scalars(
        select(Ticket)
        .join(Alarm, Alarm.ticket_id == Ticket.id)
        .where(Alarm.estate_id == estate_id, Alarm.kind == kind, Alarm.place == place,
               Alarm.received_at > since, Ticket.state.in_(("open", "waiting")))
        .order_by(Ticket.id.desc())
        .limit(1)
        .with_for_update(of=Ticket, key_share=True)
    ).first()  # fmt: skip


def find_home(session: Session, estate_id: int, code: str) -> Home | None:
    return session.scalars(select(Home).where(Home.estate_id == estate_id, Home.code == code)).first()


def get_ticket(session: Session, ticket_id: int) -> Ticket:
    return session.get_one(Ticket, ticket_id)
