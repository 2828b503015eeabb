"""Tickets as the staff API tells them. Reads rows, decides nothing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.deadlines import explaining, reckoning, waits
from backend.deadlines import queries as deadline_queries
from backend.models import Deadline, Home, Record, Resident, Ticket, TicketEvent, User
from backend.people.viewer import Viewer
from backend.tickets import moves, promise_schemas, queries, schemas, service


def show(
    session: Session, tickets: Sequence[Ticket], viewer: Viewer, now: datetime, *, with_timeline: bool = False
) -> list[schemas.TicketOut]:
    """Return tickets with their clocks and the actions this viewer may take now."""
    ids = [ticket.id for ticket in tickets]
    clocks = deadline_queries.list_deadlines(session, ids) if ids else {}
    events = {t.id: queries.list_events(session, t.id) for t in tickets} if with_timeline else {}
    writers = {e.by_user_id for rows in events.values() for e in rows if e.by_user_id is not None}
    people = queries.names_of(session, _people(tickets) | writers)
    homes = queries.rows_of(session, Home, {t.home_id for t in tickets})
    residents = queries.rows_of(session, Resident, {t.resident_id for t in tickets})
    written = {t.id: queries.list_records(session, t.id) for t in tickets} if with_timeline else {}
    linked = {one for t in tickets for one in (t.reopened_from_id, t.merged_into_id, t.split_from_id)}
    origins = queries.rows_of(session, Ticket, linked)
    rows = (people, homes, residents, origins)
    shown = [_ticket(t, clocks.get(t.id, []), rows, viewer, now, events.get(t.id)) for t in tickets]
    for ticket, one in zip(tickets, shown, strict=True):
        resident = residents.get(ticket.resident_id or 0)
        kind = resident.kind if resident else None
        one.allowed = list(service.allowed_now(session, ticket, viewer, clocks.get(ticket.id, [])))
        one.next = [_next(step) for step in moves.moves_of_kind(ticket, viewer, kind)]
        if ticket.id in written:
            one.records = _records(written[ticket.id], people)
    return shown


def _next(step: moves.NextStep) -> schemas.NextOut:
    return schemas.NextOut(
        to=step.to,
        event=step.event,
        for_=step.for_,
        form=step.form,
        fields=list(step.fields),
        needs=list(step.needs),
        lacks=list(step.lacks),
    )


def _records(rows: Sequence[Record], people: dict[int, User]) -> list[schemas.RecordOut]:
    """The forms as they stand: what a later one replaced is left out."""
    replaced = {row.replaces_id for row in rows}
    return [
        schemas.RecordOut(kind=row.kind, number=row.number, at=row.at, acting_for=row.acting_for,
                          values=row.values, by=_username(people.get(row.by_user_id or 0)))
        for row in rows
        if row.id not in replaced
    ]  # fmt: skip


def _username(user: User | None) -> str | None:
    return user.username if user else None


def _people(tickets: Sequence[Ticket]) -> set[int]:
    return {i for t in tickets for i in (t.butler_id, t.first_butler_id, t.worker_id) if i is not None}


def _number(ticket: Ticket | None) -> int | None:
    return ticket.number if ticket is not None else None


def _person(row: Any, language: str) -> schemas.PersonOut | None:
    if row is None:
        return None
    name = row.name(language) if isinstance(row, User) else row.name
    return schemas.PersonOut(id=row.id, name=name)


def _ticket(
    ticket: Ticket,
    clocks: Sequence[Deadline],
    rows: tuple[dict[int, Any], dict[int, Any], dict[int, Any], dict[int, Any]],
    viewer: Viewer,
    now: datetime,
    events: Sequence[TicketEvent] | None,
) -> schemas.TicketOut:
    people, homes, residents, origins = rows
    home = homes.get(ticket.home_id or 0)
    timeline = [_event(e, people) for e in events] if events is not None else None
    own = {
        c: getattr(ticket, c) for c in schemas.TicketOut.model_fields if c in ticket.__mapper__.column_attrs
    }
    window = (ticket.appointment_start, ticket.appointment_end)
    return schemas.TicketOut.model_validate(
        {
            **own,
            "item": ticket.item_id,
            "name": ticket.name(viewer.language),
            "home": home.code if home else None,
            "resident": _person(residents.get(ticket.resident_id or 0), viewer.language),
            "butler": _person(people.get(ticket.butler_id or 0), viewer.language),
            "first_butler": _person(people.get(ticket.first_butler_id or 0), viewer.language),
            "worker": _person(people.get(ticket.worker_id or 0), viewer.language),
            "reopened_from": _number(origins.get(ticket.reopened_from_id or 0)),
            "merged_into": _number(origins.get(ticket.merged_into_id or 0)),
            "split_from": _number(origins.get(ticket.split_from_id or 0)),
            "set_aside_until": ticket.snoozed_until,
            "appointment": {"start": window[0], "end": window[1]} if all(window) else None,
            "promises": [_promise(clock, now) for clock in clocks if clock.cancelled_at is None],
            "allowed": [],
            "timeline": timeline,
        }
    )


def _promise(clock: Deadline, now: datetime) -> promise_schemas.PromiseOut:
    return promise_schemas.PromiseOut(
        clock=clock.name,
        sla=clock.clock,
        started_at=clock.started_at,
        due_at=clock.due_at,
        warn_at=clock.warn_at,
        met_at=clock.met_at,
        breached_at=reckoning.breach_instant(clock, now),
        paused_at=clock.paused_at,
        waits_for=waits.read(clock.waits_for, clock.pause_reason)[0] if clock.paused_at else None,
        status=str(reckoning.status(clock, now)),
    )


def explained(
    session: Session, ticket: Ticket, viewer: Viewer, now: datetime
) -> promise_schemas.ExplainedPageOut:
    """Return every clock of a ticket with its story in the viewer's language, in the estate's time."""
    zone = queries.zone_of(session, ticket.estate_id)
    told = explaining.explained(session, ticket, zone, viewer.language, now)
    return promise_schemas.ExplainedPageOut(
        items=[
            promise_schemas.ExplainedOut(
                **_promise(one.deadline, now).model_dump(),
                agreed_at=one.deadline.agreed_at,
                is_provisional=one.is_provisional,
                sentences=list(one.sentences),
            )
            for one in told
        ]
    )


def _event(event: TicketEvent, people: dict[int, User]) -> schemas.EventOut:
    by = people.get(event.by_user_id or 0)
    return schemas.EventOut(
        at=event.at,
        kind=event.kind,
        actor=event.actor,
        by=by.username if by else None,
        acting_for=event.acting_for,
        from_step=event.from_step,
        to_step=event.to_step,
        note=event.note,
        values=event.values,
    )
