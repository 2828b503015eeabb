"""SQL of the promises in a search: how a ticket's clocks stand, and how late it is."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    func,
    literal,
    not_,
    select,
    union_all,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from backend.deadlines.queries import NOT_WAITING, is_in_state, nearest_clocks
from backend.models import Deadline, Ticket
from backend.models.base import Instant

#: states of tickets whose clocks may run; a closed ticket has none left
ACTIVE: Final = ("open", "waiting", "done")


class SecondsBetween(GenericFunction[int]):
    """Whole seconds from the first instant to the second."""

    type = Integer()
    name = "seconds_between"
    inherit_cache = True


@compiles(SecondsBetween, "sqlite")
def _sqlite(element: SecondsBetween, compiler: SQLCompiler, **kw: Any) -> str:
    start, end = (compiler.process(one, **kw) for one in element.clauses)
    return f"(CAST(strftime('%s', {end}) AS INTEGER) - CAST(strftime('%s', {start}) AS INTEGER))"


@compiles(SecondsBetween, "postgresql")
def _postgresql(element: SecondsBetween, compiler: SQLCompiler, **kw: Any) -> str:
    start, end = (compiler.process(one, **kw) for one in element.clauses)
    return f"CAST(floor(extract(epoch from {end})) - floor(extract(epoch from {start})) AS BIGINT)"


def in_clock_state(
    scope: Select[Ticket], state: str, estate_ids: Collection[int], now: datetime
) -> Select[Ticket]:
    """Those of ``scope`` whose promises stand so: late, soon, ok, paused; missed: one was kept too late."""
    if state == "missed":
        missed = select(Deadline.ticket_id).where(
            Deadline.estate_id.in_(estate_ids),
            Deadline.met_at.is_not(None),
            Deadline.breached_at.is_not(None),
        )
        return scope.where(Ticket.id.in_(missed))
    running = scope.where(Ticket.state.in_(ACTIVE))
    found = nearest_clocks(running)
    return running.where(Ticket.id.in_(select(found.c.id).where(is_in_state(found, state, now))))


def lateness(estate_ids: Collection[int], now: datetime) -> Subquery:
    """For each ticket with a broken promise the most seconds by which one was, or at ``now`` is, too late.

    What the sweep has not seen yet is found among the clocks that it is to look at.
    """
    frozen = case((Deadline.paused_at >= Deadline.due_at, Deadline.paused_at))
    end = func.coalesce(
        Deadline.met_at, Deadline.cancelled_at, frozen, literal(now, Instant()), type_=Instant()
    )
    seconds = SecondsBetween(Deadline.due_at, end).label("seconds")
    here: ColumnElement[bool] = Deadline.estate_id.in_(estate_ids)
    seen, unseen = _broken(now)
    rows = union_all(
        select(Deadline.ticket_id, seconds).where(here, *seen),
        # Few, and of whichever estate: found by when they are looked at next, joined with the viewer's.
        select(Deadline.ticket_id, seconds).where(*unseen),
    ).subquery()
    return (
        select(rows.c.ticket_id, func.max(rows.c.seconds).label("seconds"))
        .group_by(rows.c.ticket_id)
        .subquery()
    )


def _broken(now: datetime) -> tuple[list[ColumnElement[bool]], list[ColumnElement[bool]]]:
    """The two ways in which a promise is broken: seen by the sweep, and not yet seen."""
    unseen: list[ColumnElement[bool]] = [
        Deadline.breached_at.is_(None),
        Deadline.next_check_at <= literal(now, Instant()),
        Deadline.met_at.is_(None),
        Deadline.cancelled_at.is_(None),
        NOT_WAITING,
        Deadline.due_at <= literal(now, Instant()),
    ]
    return [Deadline.breached_at.is_not(None)], unseen


def is_kept(now: datetime) -> ColumnElement[bool]:
    """True for a ticket none of whose promises is broken."""
    ways = (select(Deadline.id).where(Deadline.ticket_id == Ticket.id, *way) for way in _broken(now))
    return and_(*(not_(way.exists()) for way in ways))
