"""All SQL of the figures: how many promises were kept, and which tickets stand behind a number.

What a row belongs to (butler, service, workflow, building) is what was written on it when its clock ended; a
clock that still runs is its ticket's of today. Every number and the list behind it are the same rows, chosen
by the same ``Choice``, and only tickets that the viewer may see.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from backend.deadlines.queries import NOT_WAITING
from backend.desk.promise_queries import CLOCKS
from backend.errors import NotFound
from backend.models import (
    Alert,
    Deadline,
    Estate,
    Home,
    Record,
    Resident,
    Ticket,
    TicketEvent,
    User,
    UserEstate,
)
from backend.people import queries as people
from backend.people import roles
from backend.people.viewer import Viewer
from backend.reports.group_queries import (
    BUTLER,
    IS_KEPT,
    IS_MET,
    WORKFLOW,
    Choice,
    group_column,
    provider_of,
    same,
)
from backend.reports.kpi import FOLLOW_UPS, REACHED, Kpi, Part, Tally
from backend.tickets.queries import visible

PAGE: Final = 50
#: outer states of tickets that are not over
UNFINISHED: Final = ("open", "waiting", "done")


@dataclass(frozen=True, slots=True)
class Behind:
    """One row behind a number: a promise with its ticket, home, resident and the butler who answered."""

    deadline: Deadline
    ticket: Ticket
    home: Home | None
    resident: Resident | None
    butler: User | None


def is_over(now: datetime) -> ColumnElement[bool]:
    """Kept, met late or broken: also a clock that ran out and that no sweep has seen yet."""
    ran_out = and_(Deadline.cancelled_at.is_(None), Deadline.due_at <= now, NOT_WAITING)
    return or_(IS_MET, Deadline.breached_at.is_not(None), ran_out)


def is_overdue(now: datetime) -> ColumnElement[bool]:
    """Late and still open: nobody has met it, and it does not wait."""
    is_open = and_(Deadline.met_at.is_(None), Deadline.cancelled_at.is_(None), Ticket.state.in_(UNFINISHED))
    return and_(is_open, Deadline.due_at <= now, NOT_WAITING)


def _promises(viewer: Viewer, choice: Choice, *columns: Any) -> Select[Any]:
    """The month's promises of tickets that the viewer may see."""
    return (
        visible(viewer)
        .with_only_columns(*columns)
        .select_from(Ticket)
        .join(Deadline, Deadline.ticket_id == Ticket.id)
        .outerjoin(Home, Home.id == Ticket.home_id)
        .where(
            Deadline.estate_id == choice.estate_id,
            Deadline.due_at >= choice.span.start,
            Deadline.due_at < choice.span.end,
            *choice.narrow(),
        )
    )


def count_promises(
    session: Session, viewer: Viewer, choice: Choice, by: str = ""
) -> dict[Any, dict[tuple[str, str], Tally]]:
    """Return group → (clock, workflow) → tally of the month."""
    over = is_over(choice.now)
    waits = and_(~over, Deadline.cancelled_at.is_(None))
    flags = [case((one, 1), else_=0).label(name) for name, one in
             (("due", over), ("met", IS_MET), ("kept", IS_KEPT), ("running", waits))]  # fmt: skip
    keys = (group_column(by).label("key"), Deadline.clock.label("clock"), WORKFLOW.label("workflow"))
    rows = _promises(viewer, choice, *keys, *flags).where(Deadline.clock.in_(CLOCKS)).subquery()
    group = (rows.c.key, rows.c.clock, rows.c.workflow)
    sums = [func.sum(rows.c[flag.name]) for flag in flags]
    found: dict[Any, dict[tuple[str, str], Tally]] = {}
    for key, clock, workflow, *counts in session.execute(select(*group, *sums).group_by(*group)):
        found.setdefault(key, {})[clock, workflow] = Tally(*(int(one) for one in counts))
    return found


def _follow_ups(query: Select[Any]) -> Select[Any]:
    """Only promises of a follow-up that was made, with the record that met it: the same instant."""
    event = and_(
        TicketEvent.ticket_id == Deadline.ticket_id,
        TicketEvent.kind == "followed_up",
        TicketEvent.at == Deadline.met_at,
    )
    return query.join(TicketEvent, event).where(Deadline.clock.in_(FOLLOW_UPS))


def _result() -> ColumnElement[str]:
    said: ColumnElement[str] = TicketEvent.values["result"].as_string()
    return said


def count_results(
    session: Session, viewer: Viewer, choice: Choice, by: str = ""
) -> dict[Any, dict[str, int]]:
    """Return group → result of the follow-up → how many, of follow-ups due in the month and made."""
    keys = (group_column(by).label("key"), _result().label("result"))
    rows = _follow_ups(_promises(viewer, choice, *keys)).subquery()
    query = select(rows.c.key, rows.c.result, func.count()).group_by(rows.c.key, rows.c.result)
    found: dict[Any, dict[str, int]] = {}
    for key, name, count in session.execute(query):
        found.setdefault(key, {})[str(name)] = int(count)
    return found


def _records(choice: Choice, kind: str, by: str, *columns: Any) -> Select[Any]:
    """The month's records of a kind: a butler's are those they wrote; the rest goes by the ticket."""
    pairs: list[tuple[Any, Any]] = [
        (Record.by_user_id, choice.butler), (Ticket.item_id, choice.service),
        (Home.building, choice.building), (provider_of(Record.at), choice.provider),
        (Ticket.workflow, choice.workflow),
    ]  # fmt: skip
    return (
        select(*columns)
        .select_from(Record)
        .outerjoin(Ticket, Ticket.id == Record.ticket_id)
        .outerjoin(Home, Home.id == Ticket.home_id)
        .where(
            Record.estate_id == choice.estate_id,
            Record.kind == kind,
            Record.at >= choice.span.start,
            Record.at < choice.span.end,
            is_newest(),
            *[same(column, value) for column, value in pairs if value is not None],
        )
    )


def is_newest() -> ColumnElement[bool]:
    """Nothing replaces it: a form filled in further, or put right, is a new row that names the old one."""
    other = aliased(Record)
    same = (other.estate_id == Record.estate_id, other.kind == Record.kind)
    return ~select(other.id).where(other.replaces_id == Record.id, *same).exists()


def _record_group(by: str) -> Any:
    groups: dict[str, Any] = {
        "butler": Record.by_user_id, "service": Ticket.item_id, "building": Home.building,
        "provider": provider_of(Record.at),
    }  # fmt: skip
    return groups.get(by, literal(""))


def count_bills(session: Session, choice: Choice, by: str = "") -> dict[Any, tuple[int, int]]:
    """Return group → (right, checked) of the bills that were checked, as their newest form says: KPI-06."""
    said = Record.values["correct"].as_boolean()
    right = case((said.is_(True), 1), else_=0).label("right")
    wanted = _records(choice, "REC-16", by, _record_group(by).label("key"), right)
    rows = wanted.where(said.is_not(None)).subquery()
    query = select(rows.c.key, func.sum(rows.c.right), func.count()).group_by(rows.c.key)
    return {key: (int(good), int(of)) for key, good, of in session.execute(query)}


def list_tests(session: Session, choice: Choice, by: str = "") -> list[tuple[Any, dict[str, Any]]]:
    """Return (group, values) of the month's recognition tests (REC-33): few, and read one by one."""
    rows = session.execute(_records(choice, "REC-33", by, _record_group(by), Record.values))
    return [(key, values) for key, values in rows]


def list_behind(
    session: Session, viewer: Viewer, choice: Choice, kpi: Kpi, part: Part, before: int | None = None
) -> list[Behind]:
    """Return one page and one row more of the promises that a number counts, newest first."""
    butler = aliased(User)
    query = _promises(viewer, choice, Deadline, Ticket, Home, Resident, butler)
    query = query.outerjoin(Resident, Resident.id == Ticket.resident_id).outerjoin(
        butler, butler.id == BUTLER
    )
    query = _of_kpi(query, choice, kpi, part)
    if before is not None:
        query = query.where(Deadline.id < before)
    rows = session.execute(query.order_by(Deadline.id.desc()).limit(PAGE + 1))
    return [Behind(*row) for row in rows]


def count_behind(session: Session, viewer: Viewer, choice: Choice, kpi: Kpi, part: Part) -> int:
    """Return how many rows the whole list has."""
    query = _of_kpi(_promises(viewer, choice, func.count()), choice, kpi, part)
    return session.scalar(query) or 0


def _of_kpi(query: Select[Any], choice: Choice, kpi: Kpi, part: Part) -> Select[Any]:
    query = query.where(Deadline.clock.in_(kpi.clocks))
    if part == "overdue":
        return query.where(is_overdue(choice.now))
    if part == "running":
        return query.where(~is_over(choice.now), Deadline.cancelled_at.is_(None))
    query = query.where(is_over(choice.now))
    if kpi.workflows:
        query = query.where(WORKFLOW.in_(kpi.workflows))
    if kpi.counts == "result":
        return _of_results(_follow_ups(query), kpi, part)
    good = IS_MET if kpi.counts == "met" else IS_KEPT
    return query if part == "all" else query.where(good if part == "good" else ~good)


def _of_results(query: Select[Any], kpi: Kpi, part: Part) -> Select[Any]:
    result, is_reach = _result(), kpi.id == REACHED.id
    if not is_reach:
        query = query.where(result != "unreached")
    good = result != "unreached" if is_reach else result == "satisfied"
    return query if part == "all" else query.where(good if part == "good" else ~good)


def list_all_estates(session: Session) -> Sequence[Estate]:
    """Return every estate of the installation."""
    return session.scalars(select(Estate).order_by(Estate.id)).all()


def list_leaders_untold(session: Session, estate_id: int, key: str) -> list[User]:
    """Return the active supervisors and managers of an estate for whom no alert of this key stands."""
    query = (
        select(User)
        .join(UserEstate, UserEstate.user_id == User.id)
        .where(UserEstate.estate_id == estate_id, User.is_active.is_(True))
        .where(User.role.in_((roles.Role.SUPERVISOR, roles.Role.MANAGER)))
    )
    users = session.scalars(query.order_by(User.id)).all()
    keys = {f"{key}:{user.id}" for user in users}
    known = frozenset(session.scalars(select(Alert.dedupe_key).where(Alert.dedupe_key.in_(keys))))
    return [user for user in users if f"{key}:{user.id}" not in known]


def get_estate(session: Session, viewer: Viewer, code: str = "") -> Estate:
    """Return the estate of this code, the first one without; raise NotFound for a foreign one."""
    mine = people.list_estates(session, viewer)
    found = next((one for one in mine if one.code == code or not code), None)
    if found is None:
        raise NotFound
    return found


def get_estate_by_id(session: Session, viewer: Viewer, estate_id: int) -> Estate:
    """Return an estate of the viewer's; raise NotFound for a foreign one."""
    found = next((one for one in people.list_estates(session, viewer) if one.id == estate_id), None)
    if found is None:
        raise NotFound
    return found


def names_of_users(session: Session, ids: Iterable[int]) -> dict[int, User]:
    """Return these members of staff by id."""
    return {user.id: user for user in session.scalars(select(User).where(User.id.in_(list(ids))))}


def list_butlers(session: Session, estate_id: int) -> Sequence[User]:
    """Return the active members of staff of an estate who answer for tickets."""
    query = (
        select(User)
        .join(UserEstate, UserEstate.user_id == User.id)
        .where(UserEstate.estate_id == estate_id, User.is_active.is_(True))
        .where(User.role.in_([role.value for role in roles.Role if roles.sees_all_tickets(role)]))
    )
    return session.scalars(query.order_by(User.id)).all()
