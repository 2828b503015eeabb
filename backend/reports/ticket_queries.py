"""All SQL of the counted tickets: how many came in, stand open, were done again; and which ones they are.

A count and the list behind it are the same rows, chosen by the same ``Tickets``, and only those that the
viewer may see. A month's count goes by when a ticket was received.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session, aliased

from backend.models import Deadline, Home, Record, Resident, Ticket, User
from backend.people.viewer import Viewer
from backend.reports.group_queries import provider_of, same
from backend.reports.period import Span
from backend.reports.queries import PAGE, UNFINISHED
from backend.tickets.queries import visible

Of = Literal["received", "open", "closed", "again", "rework"]
#: which tickets a number counts: received in the month, open now, closed in the month, complaints of the
#: month that led to a new one, tickets of the month whose work was done again
SETS: Final = ("received", "open", "closed", "again", "rework")
HOUR: Final = timedelta(hours=1)
#: how long until the next promise of an open ticket runs out, from the most pressing on
BANDS: Final = ("late", "hour", "four", "day", "later", "waiting", "none")


@dataclass(frozen=True, slots=True)
class Tickets:
    """Which tickets are meant. ``keys``: narrowed to a group, "" meaning those without any; ``own``: one
    butler's alone; ``items``: the services of the category among the keys."""

    estate_id: int
    span: Span
    now: datetime
    of: Of = "received"
    keys: Mapping[str, str] = field(default_factory=dict)
    own: int | None = None
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One ticket behind a number, with whom it concerns."""

    ticket: Ticket
    home: Home | None
    resident: Resident | None
    butler: User | None


def _of(asked: Tickets) -> list[ColumnElement[bool]]:
    month = [Ticket.received_at >= asked.span.start, Ticket.received_at < asked.span.end]
    after = aliased(Ticket)
    again = (after.reopened_from_id == Ticket.id, after.workflow == "complaint")
    follows = select(after.id).where(*again).exists()
    sets: dict[str, list[ColumnElement[bool]]] = {
        "received": month,
        "open": [Ticket.state.in_(UNFINISHED)],
        "closed": [Ticket.closed_at >= asked.span.start, Ticket.closed_at < asked.span.end],
        "again": [*month, Ticket.workflow == "complaint", follows],
        "rework": [*month, Ticket.cycle > 1],
    }
    return sets[asked.of]


def columns(now: datetime) -> dict[str, ColumnElement[Any]]:
    """What tickets can be gathered by and narrowed to, by the names of an address."""
    cause = _said("REC-05", "cause")
    found: dict[str, Any] = {
        "workflow": Ticket.workflow, "item": Ticket.item_id, "butler": Ticket.butler_id,
        "state": Ticket.state, "class": Ticket.class_, "department": Ticket.department,
        "cause": cause, "provider": provider_of(),
        "band": _band(now),
    }  # fmt: skip
    return found


def _said(kind: str, name: str) -> ColumnElement[Any]:
    """What the newest form of a ticket says in a field; NULL where it is empty."""
    form = aliased(Record)
    said = func.nullif(form.values[name].as_string(), "")
    query = select(said).where(form.ticket_id == Ticket.id, form.kind == kind, said.is_not(None))
    return query.order_by(form.id.desc()).limit(1).correlate_except(form).scalar_subquery()


def _band(now: datetime) -> ColumnElement[str]:
    clock = aliased(Deadline)
    runs = and_(clock.met_at.is_(None), clock.cancelled_at.is_(None))
    waits = and_(clock.paused_at.is_not(None), clock.paused_at < clock.due_at)

    def of_ticket(column: Any, *where: Any) -> Any:
        query = select(column).where(clock.ticket_id == Ticket.id, runs, *where)
        return query.correlate_except(clock)

    due = of_ticket(func.min(clock.due_at), ~waits).scalar_subquery()
    band: ColumnElement[str] = case(
        (and_(due.is_(None), of_ticket(clock.id, waits).exists()), "waiting"),
        (due.is_(None), "none"),
        (due <= now, "late"),
        (due <= now + HOUR, "hour"),
        (due <= now + 4 * HOUR, "four"),
        (due <= now + 24 * HOUR, "day"),
        else_="later",
    )
    return band


def _narrow(asked: Tickets) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    known = columns(asked.now)
    for name, value in asked.keys.items():
        if name == "category":
            found.append(Ticket.item_id.in_(asked.items))
        elif name == "butler":
            found.append(same(known[name], int(value or 0)))
        else:
            found.append(same(known[name], value))
    if asked.own is not None:
        found.append(Ticket.butler_id == asked.own)
    return found


def _scope(viewer: Viewer, asked: Tickets, *wanted: Any) -> Select[Any]:
    return (
        visible(viewer)
        .with_only_columns(*wanted)
        .select_from(Ticket)
        .where(Ticket.estate_id == asked.estate_id, *_of(asked), *_narrow(asked))
    )


def count_tickets(session: Session, viewer: Viewer, asked: Tickets, *by: str) -> dict[tuple[Any, ...], int]:
    """Return group → how many; () groups nothing. ``by`` are names of ``columns``."""
    known = columns(asked.now)
    rows = _scope(viewer, asked, Ticket.id, *(known[name].label(f"key_{name}") for name in by)).subquery()
    keys = [rows.c[f"key_{name}"] for name in by]
    found = session.execute(select(*keys, func.count()).select_from(rows).group_by(*keys))
    return {tuple(row[:-1]): int(row[-1]) for row in found if row[-1]}


def list_tickets(session: Session, viewer: Viewer, asked: Tickets, before: int | None) -> list[Row]:
    """Return one page and one row more, the newest first."""
    butler = aliased(User)
    query = (
        _scope(viewer, asked, Ticket, Home, Resident, butler)
        .outerjoin(Home, Home.id == Ticket.home_id)
        .outerjoin(Resident, Resident.id == Ticket.resident_id)
        .outerjoin(butler, butler.id == Ticket.butler_id)
        .order_by(Ticket.id.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        query = query.where(Ticket.id < before)
    return [Row(*row) for row in session.execute(query)]


def list_first_answers(session: Session, viewer: Viewer, asked: Tickets) -> Sequence[tuple[str, float]]:
    """Return (workflow, seconds) of every first human answer (SLA-01) of the month's tickets."""
    met = Deadline.met_at
    query = (
        _scope(viewer, asked, Ticket.workflow, Deadline.started_at, met)
        .join(Deadline, Deadline.ticket_id == Ticket.id)
        .where(Deadline.clock == "SLA-01", met.is_not(None))
    )
    return [(flow, (end - start).total_seconds()) for flow, start, end in session.execute(query)]


def list_values(
    session: Session, viewer: Viewer, asked: Tickets, kinds: Sequence[str]
) -> list[tuple[Any, str, dict[str, Any]]]:
    """Return (provider, kind, values) of the newest forms of these kinds on the tickets meant."""
    later = aliased(Record)
    replaced = select(later.id).where(later.replaces_id == Record.id).exists()
    query = (
        _scope(viewer, asked, provider_of(), Record.kind, Record.values)
        .join(Record, Record.ticket_id == Ticket.id)
        .where(Record.kind.in_(kinds), ~replaced)
    )
    return [(provider, kind, values) for provider, kind, values in session.execute(query)]
