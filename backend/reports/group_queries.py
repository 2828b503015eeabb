"""What the promises of a report are chosen and gathered by: the columns and narrowings of every figure.

What a row belongs to (butler, service, workflow, building) is what was written on it when its clock ended;
a clock that still runs is its ticket's of today. Its provider is whoever the records named last before it
ended: records never change, so neither does this.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, func, literal, select
from sqlalchemy.orm import aliased

from backend.models import Deadline, Home, Record, Ticket
from backend.reports.period import Span

#: what a report can be broken down by
GROUPS: Final = ("butler", "service", "building", "provider", "month", "estate")
#: what a list behind a number can be narrowed to, by the names of its address
NARROWED: Final = ("butler", "service", "building", "provider", "workflow")
#: the forms that name who from outside did the work
OUTSIDE: Final = ("REC-18", "REC-20")

_IS_FROZEN = Deadline.workflow.is_not(None)
WORKFLOW: Final = func.coalesce(Deadline.workflow, Ticket.workflow)
BUTLER: Final = case((_IS_FROZEN, Deadline.butler_id), else_=Ticket.butler_id)
SERVICE: Final = case((_IS_FROZEN, Deadline.item_id), else_=Ticket.item_id)
BUILDING: Final = case((_IS_FROZEN, Deadline.building), else_=Home.building)
IS_MET: Final = Deadline.met_at.is_not(None)
IS_KEPT: Final = and_(Deadline.met_at.is_not(None), Deadline.breached_at.is_(None))


def provider_of(until: ColumnElement[Any] | Any | None = None) -> ColumnElement[Any]:
    """The provider that the ticket's records named last, up to an instant; NULL where none was named."""
    named = aliased(Record)
    name = func.nullif(named.values["provider"].as_string(), "")
    query = select(name).where(named.ticket_id == Ticket.id, named.kind.in_(OUTSIDE), name.is_not(None))
    if until is not None:
        query = query.where(named.at <= until)
    query = query.order_by(named.at.desc(), named.id.desc()).limit(1)
    return query.correlate_except(named).scalar_subquery()


ENDED: Final = func.coalesce(Deadline.met_at, Deadline.breached_at, Deadline.cancelled_at, Deadline.due_at)
PROVIDER: Final = provider_of(ENDED)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which promises: an estate's, of one month, as of ``now``; narrowed to a group, or to somebody's own.

    ``butler`` 0 and "" of the others mean those without any; None means all.
    """

    estate_id: int
    span: Span
    now: datetime
    butler: int | None = None
    service: str | None = None
    building: str | None = None
    provider: str | None = None
    workflow: str | None = None

    def narrow(self) -> list[ColumnElement[bool]]:
        """The conditions of every narrowing that was asked for."""
        pairs: list[tuple[ColumnElement[Any], Any]] = [
            (BUTLER, self.butler), (SERVICE, self.service), (BUILDING, self.building),
            (PROVIDER, self.provider), (WORKFLOW, self.workflow),
        ]  # fmt: skip
        return [same(column, value) for column, value in pairs if value is not None]


def same(column: ColumnElement[Any] | Any, value: Any) -> ColumnElement[bool]:
    """Equal to the value; an empty one means those without any."""
    found: ColumnElement[bool] = column == value if value else column.is_(None)
    return found


def group_column(by: str) -> ColumnElement[Any]:
    """What rows are gathered by; one group for the whole, for a month and for an estate."""
    groups: dict[str, ColumnElement[Any]] = {
        "butler": BUTLER, "service": SERVICE, "building": BUILDING, "provider": PROVIDER
    }  # fmt: skip
    return groups.get(by, literal(""))
