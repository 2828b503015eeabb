"""SQL of what rings: new tickets nobody accepted, and promises that come close; and the viewer's own row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_
from sqlalchemy.orm import Session

from backend.desk.queries import in_tab
from backend.desk.scope_queries import is_to_do
from backend.errors import NotFound
from backend.models import Deadline, Home, Ticket, User
from backend.people.viewer import Viewer
from backend.tickets.queries import visible

#: what is older does not ring when a page is opened in the morning: it stands in the queue
RECENT: Final = timedelta(minutes=10)
MOST: Final = 20


@dataclass(frozen=True, slots=True)
class Ring:
    """One reason to ring: ``kind`` new or soon; ``key`` is the same for the same reason, wherever asked."""

    key: str
    kind: str
    number: int
    building: str
    is_emergency: bool


def get_own(session: Session, viewer: Viewer) -> User:
    """Return the viewer's own row, held until the end of the transaction. Raises NotFound."""
    user = session.get(User, viewer.user_id, with_for_update=True)
    if user is None:
        raise NotFound
    return user


def find_own(session: Session, viewer: Viewer) -> User:
    """Return the viewer's own row to read. Raises NotFound."""
    user = session.get(User, viewer.user_id)
    if user is None:
        raise NotFound
    return user


def list_new(
    session: Session, viewer: Viewer, scope: str, now: datetime, *, is_repeated: bool
) -> Sequence[Ring]:
    """Return open tickets that nobody accepted: recent ones, or all of them while they ring again."""
    query = in_tab(visible(viewer), viewer, scope).where(Ticket.state == "open", Ticket.accepted_at.is_(None))
    if not is_repeated:
        query = query.where(Ticket.entered_at > now - RECENT)
    rows = session.execute(
        query.outerjoin(Home, Home.id == Ticket.home_id)
        .with_only_columns(Ticket.number, Ticket.workflow, Home.building)
        .order_by(Ticket.id.desc())
        .limit(MOST)
    )
    return [Ring(f"t{n}", "new", n, building or "", flow == "emergency") for n, flow, building in rows]


def list_soon(session: Session, viewer: Viewer, scope: str, now: datetime) -> Sequence[Ring]:
    """Return the running promises whose warning came just now and which are not late yet."""
    runs = and_(Deadline.met_at.is_(None), Deadline.cancelled_at.is_(None), Deadline.paused_at.is_(None))
    rows = session.execute(
        in_tab(visible(viewer), viewer, scope)
        .join(Deadline, Deadline.ticket_id == Ticket.id)
        .outerjoin(Home, Home.id == Ticket.home_id)
        .where(is_to_do(viewer), runs)
        .where(Deadline.warn_at <= now, Deadline.warn_at > now - RECENT, Deadline.due_at > now)
        .with_only_columns(Deadline.id, Ticket.number, Ticket.workflow, Home.building)
        .order_by(Deadline.due_at)
        .limit(MOST)
    )
    return [
        Ring(f"d{id_}", "soon", n, building or "", flow == "emergency") for id_, n, flow, building in rows
    ]
