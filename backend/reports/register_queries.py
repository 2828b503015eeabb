"""All SQL of registers and forms: which tickets and records of a month stand in one, and a single one.

What the viewer may not see is not there: complaints about themselves, the butler's diary of others, health
files but for leaders.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from backend.errors import NotFound
from backend.models import Home, Record, Resident, SignOffRequest, StoredFile, Ticket, User
from backend.people import roles
from backend.people.viewer import Viewer
from backend.reports.period import Span
from backend.reports.queries import PAGE, is_newest
from backend.tickets.queries import get_ticket, visible

#: registers that every ticket of these workflows stands in, filled in or not; () means all of them
OF_TICKETS: Final[dict[str, tuple[str, ...]]] = {
    "REC-01": (), "REC-02": ("repair",), "REC-05": ("complaint",), "REC-06": ("suggestion",),
    "REC-07": ("enquiry",),
}  # fmt: skip
#: forms that are not for everybody in the office: the butler's diary, the health file
DIARY: Final = "REC-09"
LEADERS_ONLY: Final = frozenset({"REC-32"})


@dataclass(frozen=True, slots=True)
class RegisterQuery:
    """A register as asked for: which form, of an estate and a month, narrowed and paged."""

    kind: str
    estate_id: int
    span: Span
    butler: int | None = None
    building: str = ""
    state: str = ""
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a register. ``record`` None: a ticket whose form nobody has filled in yet; ``who``: who
    wrote the record, or who answers for the ticket."""

    cursor: int
    record: Record | None
    ticket: Ticket | None
    home: Home | None
    resident: Resident | None
    who: User | None
    worker: User | None


def may_read(viewer: Viewer, kind: str) -> bool:
    """True when the form is not closed to this member of staff's role."""
    if not roles.sees_all_tickets(viewer.role):
        return False
    if kind == DIARY:
        return roles.is_leader(viewer.role) or viewer.role == roles.Role.BUTLER
    return kind not in LEADERS_ONLY or roles.is_leader(viewer.role)


def list_lines(session: Session, viewer: Viewer, asked: RegisterQuery) -> list[Line]:
    """Return one page and one line more, the newest first."""
    return _tickets(session, viewer, asked) if asked.kind in OF_TICKETS else _records(session, viewer, asked)


def count_lines(session: Session, viewer: Viewer, asked: RegisterQuery) -> int:
    """Return how many lines the whole register has, on however many pages."""
    if asked.kind in OF_TICKETS:
        scope = visible(viewer).with_only_columns(func.count()).select_from(Ticket)
        scope = scope.outerjoin(Home, Home.id == Ticket.home_id)
        scope = scope.where(Ticket.estate_id == asked.estate_id, *_of_tickets(asked))
    else:
        scope = _of_records(viewer, asked).with_only_columns(func.count(), maintain_column_froms=True)
    return session.scalar(scope) or 0


def _tickets(session: Session, viewer: Viewer, asked: RegisterQuery) -> list[Line]:
    who, worker = aliased(User), aliased(User)
    query = (
        visible(viewer)
        .with_only_columns(Ticket, Home, Resident, who, worker)
        .select_from(Ticket)
        .outerjoin(Home, Home.id == Ticket.home_id)
        .outerjoin(Resident, Resident.id == Ticket.resident_id)
        .outerjoin(who, who.id == Ticket.butler_id)
        .outerjoin(worker, worker.id == Ticket.worker_id)
        .where(Ticket.estate_id == asked.estate_id, *_of_tickets(asked))
        .order_by(Ticket.id.desc())
        .limit(PAGE + 1)
    )
    if asked.before is not None:
        query = query.where(Ticket.id < asked.before)
    rows = [Line(row[0].id, None, *row) for row in session.execute(query)]
    filled = newest_records(session, [row.cursor for row in rows], asked.kind)
    return [replace(row, record=filled.get(row.cursor)) for row in rows]


def _of_tickets(asked: RegisterQuery) -> list[ColumnElement[bool]]:
    found = [Ticket.received_at >= asked.span.start, Ticket.received_at < asked.span.end]
    workflows = OF_TICKETS.get(asked.kind, ())
    found += [Ticket.workflow.in_(workflows)] if workflows else []
    found += [Ticket.state == asked.state] if asked.state else []
    found += [Home.building == asked.building] if asked.building else []
    if asked.butler is not None:
        found.append(Ticket.butler_id == asked.butler if asked.butler else Ticket.butler_id.is_(None))
    return found


def newest_records(session: Session, ticket_ids: Sequence[int], kind: str) -> dict[int, Record]:
    """Return each ticket's newest record of a kind."""
    query = select(Record).where(Record.ticket_id.in_(ticket_ids), Record.kind == kind)
    rows = session.scalars(query.order_by(Record.id))
    return {row.ticket_id: row for row in rows if row.ticket_id is not None}


def _readable(viewer: Viewer) -> list[ColumnElement[bool]]:
    """Records of tickets that exist for the viewer, and those of no ticket in their estates."""
    found: list[ColumnElement[bool]] = [
        Record.estate_id.in_(viewer.estate_ids),
        or_(Ticket.hidden_from_id.is_(None), Ticket.hidden_from_id != viewer.user_id),
    ]
    if not roles.is_leader(viewer.role):
        found.append(or_(Record.kind != DIARY, Record.by_user_id == viewer.user_id))
        found.append(Record.kind.not_in(LEADERS_ONLY))
    return found


def _kept(viewer: Viewer) -> Select[Any]:
    who, worker = aliased(User), aliased(User)
    columns: Any = select(Record, Ticket, Home, Resident, who, worker)
    made: Select[Any] = (
        columns.select_from(Record)
        .outerjoin(Ticket, Ticket.id == Record.ticket_id)
        .outerjoin(Home, Home.id == Ticket.home_id)
        .outerjoin(Resident, Resident.id == Ticket.resident_id)
        .outerjoin(who, who.id == Record.by_user_id)
        .outerjoin(worker, worker.id == Ticket.worker_id)
        .where(*_readable(viewer))
    )
    return made


def _of_records(viewer: Viewer, asked: RegisterQuery) -> Select[Any]:
    query = _kept(viewer).where(
        Record.estate_id == asked.estate_id,
        Record.kind == asked.kind,
        Record.at >= asked.span.start,
        Record.at < asked.span.end,
        is_newest(),
    )
    if asked.building:
        query = query.where(Home.building == asked.building)
    if asked.butler is not None:
        query = query.where(
            Record.by_user_id == asked.butler if asked.butler else Record.by_user_id.is_(None)
        )
    return query


def _records(session: Session, viewer: Viewer, asked: RegisterQuery) -> list[Line]:
    query = _of_records(viewer, asked)
    if asked.before is not None:
        query = query.where(Record.id < asked.before)
    return [
        Line(row[0].id, *row) for row in session.execute(query.order_by(Record.id.desc()).limit(PAGE + 1))
    ]


def get_line(session: Session, viewer: Viewer, record_id: int) -> Line:
    """Return one record with what belongs to it. Raises NotFound for a foreign or closed one alike."""
    found = session.execute(_kept(viewer).where(Record.id == record_id)).first()
    if found is None or not may_read(viewer, found[0].kind):
        raise NotFound
    return Line(record_id, *found)


def get_ticket_line(session: Session, viewer: Viewer, number: int, kind: str) -> Line:
    """Return a ticket with its newest record of a kind, if any. Raises NotFound."""
    ticket = get_ticket(session, viewer, number)
    return Line(
        ticket.id,
        newest_records(session, [ticket.id], kind).get(ticket.id),
        ticket,
        session.get(Home, ticket.home_id) if ticket.home_id else None,
        session.get(Resident, ticket.resident_id) if ticket.resident_id else None,
        session.get(User, ticket.butler_id) if ticket.butler_id else None,
        session.get(User, ticket.worker_id) if ticket.worker_id else None,
    )


def find_signed(session: Session, ticket: Ticket, cycle: int) -> SignOffRequest | None:
    """Return how the resident confirmed this round of the work, or None."""
    return next((one for one in _list_signed(session, ticket) if one.cycle == cycle), None)


def _list_signed(session: Session, ticket: Ticket) -> Sequence[SignOffRequest]:
    query = select(SignOffRequest).where(
        SignOffRequest.estate_id == ticket.estate_id,
        SignOffRequest.ticket_id == ticket.id,
        SignOffRequest.signed_at.is_not(None),
    )
    return session.scalars(query.order_by(SignOffRequest.id.desc())).all()


def count_registers(session: Session, viewer: Viewer, estate_id: int, span: Span) -> dict[str, int]:
    """Return how many lines each register has in the month; none of those closed to the viewer."""
    of_month = [Record.estate_id == estate_id, Record.at >= span.start, Record.at < span.end]
    query = (
        select(Record.kind, func.count())
        .select_from(Record)
        .outerjoin(Ticket, Ticket.id == Record.ticket_id)
        .where(*_readable(viewer), *of_month, is_newest())
        .group_by(Record.kind)
    )
    found = {kind: int(count) for kind, count in session.execute(query)}
    flows = (
        visible(viewer)
        .with_only_columns(Ticket.workflow, func.count())
        .where(Ticket.estate_id == estate_id, Ticket.received_at >= span.start, Ticket.received_at < span.end)
        .group_by(Ticket.workflow)
    )
    counted = {workflow: int(count) for workflow, count in session.execute(flows)}
    for kind, workflows in OF_TICKETS.items():
        found[kind] = sum(count for flow, count in counted.items() if not workflows or flow in workflows)
    return found


def list_buildings(session: Session, estate_id: int) -> list[str]:
    """Return the buildings of an estate in the order people count them."""
    found = session.scalars(select(Home.building).where(Home.estate_id == estate_id).distinct()).all()
    return sorted(found, key=lambda one: (len(one), one))


def list_kinds(session: Session, ticket_id: int) -> list[str]:
    """Return which forms of a ticket have been filled in."""
    query = select(Record.kind).where(Record.ticket_id == ticket_id).distinct().order_by(Record.kind)
    return list(session.scalars(query))


def find_photo(session: Session, ticket: Ticket, file_id: str) -> StoredFile | None:
    """Return a photo that one of the ticket's records names, or a drawn signature, if it is here."""
    rows = session.scalars(select(Record.values).where(Record.ticket_id == ticket.id))
    named = {
        one for values in rows for side in ("photos_before", "photos_after") for one in values.get(side, ())
    }
    named |= {one.file_id for one in _list_signed(session, ticket) if one.file_id}
    file = session.get(StoredFile, file_id) if file_id in named else None
    is_here = file is not None and file.state == "here" and file.estate_id == ticket.estate_id
    return file if is_here else None
