"""SQL of the photos that staff keep with a ticket."""

from collections.abc import Sequence

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from backend.models import StoredFile, Ticket
from backend.people.viewer import Viewer


def list_loose_files(
    session: Session, viewer: Viewer, ticket: Ticket, ids: Sequence[str]
) -> Sequence[StoredFile]:
    """Return those photos of ``ids`` that are the ticket's already, or nobody's yet: of its estate, or sent
    without a ticket in any estate of the viewer's."""
    if not ids:
        return []
    nobodys = (
        or_(
            StoredFile.estate_id == ticket.estate_id,
            and_(StoredFile.conversation_id.is_(None), StoredFile.estate_id.in_(viewer.estate_ids)),
        ),
        StoredFile.message_id.is_(None),
        StoredFile.ticket_id.is_(None),
    )
    mine = or_(StoredFile.ticket_id == ticket.id, and_(*nobodys))
    return session.scalars(
        select(StoredFile).where(StoredFile.id.in_(ids), StoredFile.kind == "photo", mine)
    ).all()
