"""All SQL about handovers. Every staff query takes the viewer. Nothing here commits."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from backend.duties.queries import IS_OPEN
from backend.errors import NotFound
from backend.models import Duty, Estate, Handover, Home, Record, Resident, Ticket, User
from backend.people.viewer import Viewer
from backend.tickets.queries import IS_UNFINISHED, visible

NOT_ACCEPTED: Final = ("prepared", "offered", "refused")


@dataclass(frozen=True, slots=True)
class Handing:
    """One handover with the people it names."""

    row: Handover
    giver: User | None
    heir: User | None
    reviewer: User | None


@dataclass(frozen=True, slots=True)
class Matter:
    """Whose a ticket is, and their words in their language; "" for what it does not have."""

    home: str = ""
    resident: str = ""
    words: str = ""
    language: str = "zh"


def get_handover(session: Session, viewer: Viewer, handover_id: int, *, lock: bool = False) -> Handover:
    """Return a handover. Raises NotFound for an unknown or foreign one alike."""
    query = select(Handover).where(Handover.id == handover_id, Handover.estate_id.in_(viewer.estate_ids))
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = session.scalars(query).first()
    if found is None:
        raise NotFound
    return found


def list_handovers(session: Session, viewer: Viewer, since: datetime, limit: int = 50) -> list[Handing]:
    """Return those accepted and not reviewed yet, and all of the time since; the newest first."""
    rows = session.scalars(
        select(Handover)
        .where(Handover.estate_id.in_(viewer.estate_ids))
        .where(or_(Handover.state == "accepted", Handover.prepared_at >= since))
        .order_by(Handover.id.desc())
        .limit(limit)
    ).all()
    ids = {one for row in rows for one in (row.from_user_id, row.to_user_id, row.reviewed_by_id) if one}
    users = {one.id: one for one in session.scalars(select(User).where(User.id.in_(ids)))} if ids else {}
    return [
        Handing(
            row, users.get(row.from_user_id), users.get(row.to_user_id or 0),
            users.get(row.reviewed_by_id or 0),
        )
        for row in rows
    ]  # fmt: skip


def find_unfinished(session: Session, user_id: int, since: datetime) -> Handover | None:
    """Return the person's handover of the time since that nobody has accepted yet."""
    return session.scalars(
        select(Handover)
        .where(Handover.from_user_id == user_id, Handover.state.in_(NOT_ACCEPTED))
        .where(Handover.prepared_at >= since)
        .order_by(Handover.id.desc())
    ).first()


def list_unaccepted(session: Session, since: datetime) -> list[Handover]:
    """Return the handovers prepared after ``since`` that nobody has accepted yet."""
    rows = session.scalars(
        select(Handover).where(
            Handover.estate_id.in_(select(Estate.id)),
            Handover.state.in_(NOT_ACCEPTED),
            Handover.prepared_at >= since,
        )
    )
    return list(rows)


def list_covering(session: Session, user_id: int, since: datetime) -> Sequence[Handover]:
    """Return what the person handed over and somebody covers since, the oldest first; held for a change."""
    return session.scalars(
        select(Handover)
        .where(Handover.from_user_id == user_id, Handover.state.in_(("accepted", "reviewed")))
        .where(Handover.decided_at > since, is_covering())
        .order_by(Handover.decided_at, Handover.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def is_covering() -> ColumnElement[bool]:
    """What was accepted is covered until the giver takes it back."""
    resumed: ColumnElement[str] = Handover.values["resumed"].as_string()
    return resumed.is_(None)


def count_unreviewed(session: Session, estate_id: int) -> int:
    query = select(func.count()).where(Handover.estate_id == estate_id, Handover.state == "accepted")
    return session.scalar(query) or 0


def list_review_tasks(session: Session, estate_id: int, duty: str, now: datetime) -> Sequence[Duty]:
    """Return the reviews that are open now, held for a change."""
    return session.scalars(
        select(Duty)
        .where(Duty.estate_id == estate_id, Duty.duty == duty, Duty.opens_at <= now, *IS_OPEN)
        .with_for_update(key_share=True)
    ).all()


def list_open_tickets(session: Session, estate_id: int, user_id: int, limit: int) -> list[Ticket]:
    """Return the unfinished tickets that a person answers for or works on."""
    rows = session.scalars(
        select(Ticket)
        .where(Ticket.estate_id == estate_id, IS_UNFINISHED)
        .where(or_(Ticket.butler_id == user_id, Ticket.worker_id == user_id))
        .where(or_(Ticket.hidden_from_id.is_(None), Ticket.hidden_from_id != user_id))
        .order_by(Ticket.number)
        .limit(limit)
    )
    return list(rows)


def list_visible_numbers(
    session: Session, viewer: Viewer, numbers: Collection[int], *, is_party: bool
) -> set[int]:
    """Return those of these tickets that the viewer may read of.

    ``is_party``: who hands over or takes over reads of all but what is hidden from them, also an engineer
    who sees their own jobs only.
    """
    if not numbers:
        return set()
    not_hidden = or_(Ticket.hidden_from_id.is_(None), Ticket.hidden_from_id != viewer.user_id)
    of_estate = select(Ticket).where(Ticket.estate_id.in_(viewer.estate_ids), not_hidden)
    query = of_estate if is_party else visible(viewer)
    return set(session.scalars(query.where(Ticket.number.in_(numbers)).with_only_columns(Ticket.number)))


def list_matters(session: Session, viewer: Viewer, numbers: Collection[int]) -> dict[int, Matter]:
    """Return whose each of these tickets is, and what it is about."""
    if not numbers:
        return {}
    query = (
        select(Ticket, Home.code, Resident.name)
        .outerjoin(Home, Home.id == Ticket.home_id)
        .outerjoin(Resident, Resident.id == Ticket.resident_id)
        .where(Ticket.number.in_(numbers), Ticket.estate_id.in_(viewer.estate_ids))
    )
    return {
        ticket.number: Matter(home or "", who or "", ticket.words, ticket.language)
        for ticket, home, who in session.execute(query)
    }


def find_record(session: Session, estate_id: int, kind: str, record_id: int | None) -> Record | None:
    """Return the record that a new one replaces."""
    found = session.get(Record, record_id) if record_id else None
    return found if found and (found.estate_id, found.kind) == (estate_id, kind) else None
