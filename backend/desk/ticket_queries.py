"""All SQL behind one ticket's page: conversation, notes, clocks, people, drafts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, not_, or_, select
from sqlalchemy.orm import Session

from backend.desk import channel_queries
from backend.desk.queries import by_id, deadlines_of
from backend.models import (
    ChannelLink,
    ComposerDraft,
    Deadline,
    DeadlinePause,
    Estate,
    Home,
    Incident,
    Message,
    MessageVersion,
    OutboxRow,
    Record,
    Resident,
    StoredFile,
    Ticket,
    TicketEvent,
    Translation,
    User,
)
from backend.people import roles
from backend.people.viewer import Viewer
from backend.tickets import queries as ticket_rows
from backend.translating.queries import list_translations

#: so many messages a page begins with, and so many at most where older ones were asked for
SHOWN: Final = 15
MOST: Final = 1000


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything one ticket's page is drawn from.

    ``link``: where the person last wrote from; ``earlier``: from which message on the next older page begins,
    None where nothing older can be read.
    """

    ticket: Ticket
    estate: Estate
    home: Home | None
    resident: Resident | None
    users: dict[int | None, User]
    messages: Sequence[Message]
    files: Sequence[StoredFile]
    deliveries: dict[int, OutboxRow]
    links: dict[int | None, ChannelLink]
    link: ChannelLink | None
    versions: dict[int, list[MessageVersion]]
    events: Sequence[TicketEvent]
    deadlines: Sequence[Deadline]
    pauses: dict[int, list[DeadlinePause]]
    reopened_from: int | None
    continued_as: int | None
    drafts: dict[str, str]
    records: Sequence[Record] = ()
    incident: Incident | None = None
    translations: Mapping[int, Translation] = field(default_factory=dict)
    earlier: int | None = None


def load_dossier(session: Session, viewer: Viewer, ticket: Ticket, since: int | None = None) -> Dossier:
    """Gather what belongs to ``ticket``, as far as ``viewer`` may read it; messages from ``since`` on."""
    messages = _list_messages(session, viewer, ticket, since)
    events = session.scalars(
        select(TicketEvent).where(TicketEvent.ticket_id == ticket.id).order_by(TicketEvent.at, TicketEvent.id)
    ).all()
    staff = {e.by_user_id for e in events} | {m.by_user_id for m in messages}
    staff |= {e.values.get("user") for e in events if e.kind == "passed_on"}
    staff |= {ticket.butler_id, ticket.worker_id, ticket.first_butler_id, ticket.changed_by_id}
    clocks = deadlines_of(session, [ticket.id]).get(ticket.id, [])
    deliveries = channel_queries.list_deliveries(session, [m.id for m in messages if m.author != "resident"])
    return Dossier(
        ticket=ticket,
        estate=session.get_one(Estate, ticket.estate_id),
        home=by_id(session, Home, [ticket.home_id]).get(ticket.home_id),
        resident=by_id(session, Resident, [ticket.resident_id]).get(ticket.resident_id),
        users=by_id(session, User, staff),
        messages=messages,
        files=_list_files(session, [m.id for m in messages]),
        deliveries=deliveries,
        links=channel_queries.list_links(session, (row.link_id for row in deliveries.values())),
        link=channel_queries.last_link(session, ticket.conversation_id),
        versions=channel_queries.list_versions(session, [m.id for m in messages if m.edited_at]),
        events=events,
        deadlines=clocks,
        pauses=_pauses(session, [c.id for c in clocks]),
        reopened_from=_number(session, viewer, Ticket.id == ticket.reopened_from_id),
        continued_as=_number(session, viewer, Ticket.reopened_from_id == ticket.id),
        drafts=_drafts(session, viewer, ticket),
        records=ticket_rows.list_records(session, ticket.id),
        incident=by_id(session, Incident, [ticket.incident_id]).get(ticket.incident_id),
        translations=list_translations(session, [m.id for m in messages], viewer.language),
        earlier=_earlier(session, viewer, ticket, messages[0].seq) if len(messages) >= SHOWN else None,
    )


def _list_messages(session: Session, viewer: Viewer, ticket: Ticket, since: int | None) -> list[Message]:
    """The last messages of the conversation, oldest first."""
    if ticket.conversation_id is None:
        return []
    query = _readable(session, viewer, ticket).order_by(Message.seq.desc())
    query = query.limit(SHOWN) if since is None else query.where(Message.seq >= since).limit(MOST)
    return list(reversed(session.scalars(query).all()))


def _earlier(session: Session, viewer: Viewer, ticket: Ticket, first: int) -> int | None:
    """From which message on the page before ``first`` begins."""
    older = _readable(session, viewer, ticket).where(Message.seq < first).order_by(Message.seq.desc())
    return min(session.scalars(older.with_only_columns(Message.seq).limit(SHOWN)), default=None)


def _readable(session: Session, viewer: Viewer, ticket: Ticket) -> Select[Message]:
    """What of the conversation the viewer may read.

    Field staff see what belongs to the job alone. What a resident said in a complaint about this viewer is
    left out wherever the same conversation is shown.
    """
    query = select(Message).where(
        Message.conversation_id == ticket.conversation_id, Message.replaced_by_id.is_(None)
    )
    if not roles.sees_all_tickets(viewer.role):
        query = query.where(Message.ticket_id == ticket.id)
    for secret in _hidden(session, viewer, ticket.conversation_id):
        query = query.where(not_(_belongs_to(secret)))
    return query


def _hidden(session: Session, viewer: Viewer, conversation_id: int | None) -> Sequence[Ticket]:
    return session.scalars(
        select(Ticket).where(
            Ticket.conversation_id == conversation_id, Ticket.hidden_from_id == viewer.user_id
        )
    ).all()


def _belongs_to(secret: Ticket) -> ColumnElement[bool]:
    """Messages of that ticket, and what was said while it was being told."""
    told = and_(
        Message.ticket_id.is_(None),
        Message.sent_at >= secret.asked_at,
        Message.sent_at <= secret.received_at,
    )
    return or_(and_(Message.ticket_id.is_not(None), Message.ticket_id == secret.id), told)


def _list_files(session: Session, message_ids: Sequence[int]) -> Sequence[StoredFile]:
    if not message_ids:
        return []
    return session.scalars(
        select(StoredFile)
        .where(StoredFile.message_id.in_(message_ids))
        .order_by(StoredFile.message_id, StoredFile.created_at, StoredFile.id)
    ).all()


def _pauses(session: Session, deadline_ids: Sequence[int]) -> dict[int, list[DeadlinePause]]:
    found: dict[int, list[DeadlinePause]] = {}
    if deadline_ids:
        rows = session.scalars(
            select(DeadlinePause)
            .where(DeadlinePause.deadline_id.in_(deadline_ids))
            .order_by(DeadlinePause.from_at)
        )
        for row in rows:
            found.setdefault(row.deadline_id, []).append(row)
    return found


def _number(session: Session, viewer: Viewer, which: ColumnElement[bool]) -> int | None:
    query = select(Ticket.number).where(
        which,
        Ticket.estate_id.in_(viewer.estate_ids),
        or_(Ticket.hidden_from_id.is_(None), Ticket.hidden_from_id != viewer.user_id),
    )
    return session.scalars(query.limit(1)).first()


def _drafts(session: Session, viewer: Viewer, ticket: Ticket) -> dict[str, str]:
    rows = session.scalars(
        select(ComposerDraft).where(
            ComposerDraft.user_id == viewer.user_id, ComposerDraft.ticket_id == ticket.id
        )
    )
    return {row.mode: row.text for row in rows}


def keep_draft(
    session: Session, viewer: Viewer, ticket: Ticket, *, mode: str, text: str, now: datetime
) -> None:
    """Keep what the viewer has typed and not sent; an empty text forgets it."""
    row = session.get(ComposerDraft, (viewer.user_id, ticket.id, mode))
    if not text.strip():
        if row is not None:
            session.delete(row)
        return
    if row is None:
        row = ComposerDraft(user_id=viewer.user_id, ticket_id=ticket.id, mode=mode, text="", changed_at=now)
        session.add(row)
    row.text, row.changed_at = text, now


def draft_of(session: Session, viewer: Viewer, ticket: Ticket, mode: str) -> str:
    """Return what the viewer has typed and not sent."""
    return _drafts(session, viewer, ticket).get(mode, "")


def last_own_message(session: Session, viewer: Viewer, ticket: Ticket) -> Message | None:
    """Return the newest message that the viewer wrote in this ticket's conversation."""
    query = select(Message).where(
        Message.conversation_id == ticket.conversation_id,
        Message.author == "butler",
        Message.by_user_id == viewer.user_id,
    )
    return session.scalars(query.order_by(Message.seq.desc()).limit(1)).first()


def find_file(session: Session, viewer: Viewer, ticket: Ticket, file_id: str) -> StoredFile | None:
    """Return a file that is here, of a message that the viewer may read on this ticket's page, or None."""
    file = session.get(StoredFile, file_id)
    if file is None or file.state != "here" or file.conversation_id != ticket.conversation_id:
        return None
    return file if file.message_id and find_message(session, viewer, ticket, file.message_id) else None


def find_message(session: Session, viewer: Viewer, ticket: Ticket, message_id: int) -> Message | None:
    """Return a message that the viewer may read on this ticket's page, or None."""
    return session.scalars(_readable(session, viewer, ticket).where(Message.id == message_id)).first()
