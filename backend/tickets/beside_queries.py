"""SQL of tickets that may be the same matter, and of the messages of which one may be split off."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from backend.models import Draft, Message, StoredFile, Ticket
from backend.people.viewer import Viewer
from backend.tickets.queries import IS_UNFINISHED, get_ticket, visible

MOST: Final = 10
#: where a wish that is no ticket yet still waits
UNDER_WAY: Final = ("open", "to_confirm", "handed_over")
#: signs; fewer may stand in anybody's words
FEW: Final = 4


def belongs_together(ticket: Ticket) -> ColumnElement[bool]:
    """Of the same home, the same resident or conversation, or the same incident."""
    pairs = (
        (Ticket.home_id, ticket.home_id),
        (Ticket.resident_id, ticket.resident_id),
        (Ticket.conversation_id, ticket.conversation_id),
        (Ticket.incident_id, ticket.incident_id),
    )
    return or_(Ticket.id == ticket.id, *(column == value for column, value in pairs if value is not None))


def list_alike(session: Session, viewer: Viewer, ticket: Ticket) -> Sequence[Ticket]:
    """Return open tickets that may be the same matter, of the same people: the same kind first, there the
    same item, of these the newest: people tell a thing twice within days."""
    query = visible(viewer).where(
        Ticket.estate_id == ticket.estate_id,
        Ticket.id != ticket.id,
        IS_UNFINISHED,
        belongs_together(ticket),
    )
    is_other, is_another = Ticket.workflow != ticket.workflow, Ticket.item_id != ticket.item_id
    return session.scalars(
        query.order_by(is_other, is_another, Ticket.received_at.desc(), Ticket.id.desc()).limit(MOST)
    ).all()


def list_own_messages(session: Session, ticket: Ticket, limit: int = MOST) -> Sequence[Message]:
    """Return what the resident wrote about the ticket, the newest last; nothing of another ticket's.

    What is known to be of this ticket goes before what was written since and is of none.
    """
    if ticket.conversation_id is None:
        return []
    is_since = Message.sent_at >= ticket.asked_at
    query = (
        select(Message)
        .where(
            Message.conversation_id == ticket.conversation_id,
            Message.author == "resident",
            Message.kind != "button",
            or_(Message.ticket_id == ticket.id, and_(Message.ticket_id.is_(None), is_since)),
        )
        .order_by(Message.ticket_id.is_(None), Message.seq.desc())
        .limit(limit)
    )
    return sorted(session.scalars(query), key=lambda one: one.seq)


def list_free_messages(session: Session, ticket: Ticket) -> Sequence[Message]:
    """Return those of them that may become a ticket: neither do another ticket's words hold them already, nor
    those of a wish that the bot is just asking about."""
    found = list_own_messages(session, ticket)
    others = select(Ticket.words).where(
        Ticket.conversation_id == ticket.conversation_id, Ticket.id != ticket.id
    )
    wishes = select(Draft.words).where(
        Draft.conversation_id == ticket.conversation_id, Draft.ticket_id.is_(None), Draft.state.in_(UNDER_WAY)
    )
    taken = [*session.scalars(others), *session.scalars(wishes)] if found else []
    return [
        one for one in found
        if one.ticket_id == ticket.id or one.text in ticket.words or not _is_in(one.text.strip(), taken)
    ]  # fmt: skip


def _is_in(text: str, taken: Sequence[str]) -> bool:
    return any(text == words.strip() or (len(text) >= FEW and text in words) for words in taken)


def move_files(session: Session, old: Ticket, new: Ticket) -> None:
    """Show the photos of one ticket on the other, which carries the matter on."""
    session.execute(update(StoredFile).where(StoredFile.ticket_id == old.id).values(ticket_id=new.id))


def last_split(session: Session, viewer: Viewer, number: int, item_id: str) -> tuple[int | None, bool]:
    """Return the number of the newest ticket for ``item_id`` that came from a ticket, if there is one, and
    whether that ticket ended for it."""
    parent = get_ticket(session, viewer, number)
    query = select(Ticket).where(Ticket.split_from_id == parent.id, Ticket.item_id == item_id)
    new = session.scalars(query.order_by(Ticket.id.desc()).limit(1)).first()
    return (new.number, parent.merged_into_id == new.id) if new is not None else (None, False)
