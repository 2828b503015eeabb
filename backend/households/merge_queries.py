"""SQL of letting one resident's row give way to another."""

from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from backend.models import Conversation, Draft, Invitation, Remark, Residency, Ticket
from backend.people.queries import OPEN_STATES
from backend.people.viewer import Viewer
from backend.tickets.queries import visible

Hung = type[Ticket] | type[Conversation] | type[Draft] | type[Invitation] | type[Remark]
#: what hangs on a resident and is handed over as it stands
MOVED: Final[dict[str, Hung]] = {
    "tickets": Ticket, "conversations": Conversation, "drafts": Draft, "invitations": Invitation,
    "remarks": Remark,
}  # fmt: skip


def counts_of(session: Session, viewer: Viewer, resident_id: int) -> dict[str, int]:
    """How much hangs on a resident: conversations, notes …, and of the tickets those the viewer sees."""
    tickets = visible(viewer).where(Ticket.resident_id == resident_id).with_only_columns(func.count())
    return {
        name: session.scalar(select(func.count(table.id)).where(table.resident_id == resident_id)) or 0
        for name, table in MOVED.items()
        if table is not Ticket
    } | {"tickets": session.scalar(tickets) or 0}


def hand_over(session: Session, to_id: int, from_id: int) -> dict[str, int]:
    """Let everything that hangs on one resident hang on the other; return how many rows of each."""
    moved = {}
    for name, table in MOVED.items():
        done = session.execute(update(table).where(table.resident_id == from_id).values(resident_id=to_id))
        assert isinstance(done, CursorResult)
        moved[name] = int(done.rowcount)
    return moved


def residencies(session: Session, resident_id: int) -> list[Residency]:
    return list(session.scalars(select(Residency).where(Residency.resident_id == resident_id)))


def open_numbers(session: Session, resident_id: int) -> list[int]:
    query = select(Ticket.number).where(Ticket.resident_id == resident_id, Ticket.state.in_(OPEN_STATES))
    return list(session.scalars(query))
