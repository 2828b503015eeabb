"""All SQL of the work on site: whose jobs, which passes, what was asked to be signed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from backend.errors import NotFound
from backend.messages import queries as message_queries
from backend.models import (
    VISITOR,
    Home,
    IdempotencyKey,
    Resident,
    SignOffRequest,
    StoredFile,
    Ticket,
    TicketEvent,
)
from backend.people import roles
from backend.people.viewer import Viewer
from backend.tickets.queries import visible

#: the timeline's kind of a photo that was taken on site; its values: file, side (before, after)
PHOTO_TAKEN: Final = "site_photo"
#: the timeline's kind of somebody who is on the way
SET_OUT: Final = "set_out"
RELEASE: Final = "release_pass"
UNFINISHED: Final = ("open", "waiting", "done")
MOST: Final = 200


def list_jobs(session: Session, viewer: Viewer, day_start: datetime, until: datetime) -> Sequence[Ticket]:
    """Return the viewer's own jobs and visits, dangers first, those without a time last, up to ``until``.

    Field staff also find every emergency that is not over (WF-19). Passes have a page of their own.
    """
    own = or_(Ticket.worker_id == viewer.user_id, Ticket.butler_id == viewer.user_id)
    no_pass = and_(Ticket.workflow != RELEASE, Ticket.item_id != VISITOR)
    query = visible(viewer).where(or_(and_(own, no_pass, _is_on_site(viewer, day_start)), _is_danger(viewer)))
    query = query.where(or_(Ticket.appointment_start.is_(None), Ticket.appointment_start < until))
    danger = and_(Ticket.workflow == "emergency", Ticket.state.in_(("open", "waiting")))
    order = (case((danger, 0), else_=1), Ticket.appointment_start.is_(None), Ticket.appointment_start,
             Ticket.number)  # fmt: skip
    return session.scalars(query.order_by(*order).limit(MOST)).all()


def _is_on_site(viewer: Viewer, day_start: datetime) -> ColumnElement[bool]:
    """Work that somebody goes to: given to this person, or a visit that was agreed."""
    has_time = Ticket.appointment_start.is_not(None)
    mine = Ticket.worker_id == viewer.user_id
    open_one = and_(Ticket.state.in_(("open", "waiting")), or_(has_time, mine))
    done_today = and_(Ticket.done_at >= day_start, or_(has_time, mine), Ticket.state.in_(("done", "closed")))
    return or_(open_one, done_today)


def _is_danger(viewer: Viewer) -> ColumnElement[bool]:
    is_theirs = not roles.sees_all_tickets(viewer.role)
    return and_(Ticket.workflow == "emergency", Ticket.state.in_(("open", "waiting") if is_theirs else ()))


def list_site_events(session: Session, ticket: Ticket, kind: str) -> list[TicketEvent]:
    """Return the rows of one kind in this round, oldest first."""
    query = select(TicketEvent).where(TicketEvent.ticket_id == ticket.id, TicketEvent.kind == kind)
    rows = session.scalars(query.order_by(TicketEvent.id)).all()
    return [row for row in rows if row.values.get("cycle", 1) == ticket.cycle]


def last_given(session: Session, ticket: Ticket, kind: str) -> TicketEvent | None:
    """Return the newest row that gave this ticket to whoever does its work now, with words; None without."""
    rows = list_site_events(session, ticket, kind)
    found = [row for row in rows if row.note and row.values.get("user") == ticket.worker_id]
    return found[-1] if found else None


def set_out_ids(session: Session, tickets: Sequence[Ticket]) -> set[int]:
    """Return the ids of those to which somebody is on the way, in their present round."""
    if not tickets:
        return set()
    cycles = {ticket.id: ticket.cycle for ticket in tickets}
    query = select(TicketEvent).where(TicketEvent.ticket_id.in_(cycles), TicketEvent.kind == SET_OUT)
    rows = session.scalars(query).all()
    return {row.ticket_id for row in rows if row.values.get("cycle", 1) == cycles[row.ticket_id]}


def homes_of(session: Session, tickets: Sequence[Ticket]) -> dict[int, Home]:
    ids = {ticket.home_id for ticket in tickets if ticket.home_id}
    return {row.id: row for row in session.scalars(select(Home).where(Home.id.in_(ids)))} if ids else {}


def residents_of(session: Session, tickets: Sequence[Ticket]) -> dict[int, Resident]:
    ids = {ticket.resident_id for ticket in tickets if ticket.resident_id}
    rows = session.scalars(select(Resident).where(Resident.id.in_(ids))) if ids else ()
    return {row.id: row for row in rows}


def find_answer(session: Session, user_id: int, key: str) -> IdempotencyKey | None:
    """Return what was answered to this key before, or None."""
    return session.get(IdempotencyKey, (user_id, key))


def get_site_file(session: Session, ticket: Ticket, file_id: str) -> StoredFile:
    """Return a photo or a signature of this ticket's own work. Raises NotFound."""
    row = session.get(StoredFile, file_id)
    is_own = row is not None and row.ticket_id == ticket.id and row.message_id is None
    if row is None or not is_own or row.kind != "photo" or row.state != "here":
        raise NotFound
    return row


def find_request(session: Session, token_hash: str, *, lock: bool = False) -> SignOffRequest | None:
    query = select(SignOffRequest).where(SignOffRequest.token_hash == token_hash)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).first()


def latest_request(session: Session, ticket: Ticket, *, lock: bool = False) -> SignOffRequest | None:
    """Return the newest confirmation under way or given for the present round of the work."""
    query = select(SignOffRequest).where(
        SignOffRequest.estate_id == ticket.estate_id,
        SignOffRequest.ticket_id == ticket.id,
        SignOffRequest.cycle == ticket.cycle,
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query.order_by(SignOffRequest.id.desc()).limit(1)).first()


def list_asked(session: Session, ticket: Ticket, since: datetime) -> Sequence[datetime]:
    """Return when confirmations of this ticket were asked for after ``since``, oldest first."""
    query = select(SignOffRequest.created_at).where(
        SignOffRequest.ticket_id == ticket.id, SignOffRequest.created_at > since
    )
    return session.scalars(query.order_by(SignOffRequest.id)).all()


def ticket_of(session: Session, request: SignOffRequest, *, lock: bool) -> Ticket:
    """Return the ticket of a request; with ``lock`` it is held for the change, its conversation first, as
    everywhere. Raises NotFound."""
    talk = session.scalar(select(Ticket.conversation_id).where(Ticket.id == request.ticket_id))
    if lock and talk is not None:
        message_queries.lock_conversation(session, talk)
    query = select(Ticket).where(Ticket.id == request.ticket_id, Ticket.estate_id == request.estate_id)
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    ticket = session.scalars(query).first()
    if ticket is None:
        raise NotFound
    return ticket


def list_passes(session: Session, viewer: Viewer, day_start: datetime) -> Sequence[Ticket]:
    """Return the passes at the gate of the viewer's estates: open ones, and those that ended today."""
    scope: Select[Ticket] = visible(viewer).where(or_(Ticket.workflow == RELEASE, Ticket.item_id == VISITOR))
    is_live = Ticket.state.in_(("open", "waiting"))
    over = func.coalesce(Ticket.done_at, Ticket.closed_at)
    ended = and_(Ticket.state.in_(("done", "closed")), over >= day_start)
    query = scope.where(or_(is_live, ended)).order_by(Ticket.number.desc()).limit(MOST)
    return session.scalars(query).all()
