"""The SQL of staff accounts: who works here, what lies with them, which homes they serve."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select, update
from sqlalchemy.orm import Session

from backend.deadlines.queries import NOT_WAITING
from backend.models import Deadline, Home, Shift, StaffSession, Ticket, User, UserEstate
from backend.people.viewer import Viewer
from backend.tickets.queries import visible

ACTIVE = ("open", "waiting", "done")


@dataclass(frozen=True, slots=True)
class Load:
    """How many tickets lie with somebody, and how many of them are late."""

    open: int = 0
    late: int = 0


@dataclass(frozen=True, slots=True)
class Building:
    """One building: how many homes, and how many of them each butler serves (None: nobody)."""

    estate_id: int
    building: str
    homes: int
    butlers: Mapping[int | None, int]


def list_team(session: Session, viewer: Viewer) -> Sequence[User]:
    """Return everybody who works, or worked, in the viewer's estates."""
    member = select(UserEstate.user_id).where(UserEstate.estate_id.in_(viewer.estate_ids))
    query = select(User).where(User.id.in_(member)).order_by(User.is_active.desc(), User.id)
    return session.scalars(query).all()


def lock_user(session: Session, user_id: int) -> User | None:
    """Return the account, held until the transaction ends."""
    query = select(User).where(User.id == user_id).with_for_update(key_share=True)
    return session.scalars(query.execution_options(populate_existing=True)).first()


def lock_admins(session: Session) -> list[int]:
    """Return the active administrators, held, so that two cannot take each other's place at once."""
    query = select(User).where(User.role == "admin", User.is_active).order_by(User.id)
    return [one.id for one in session.scalars(query.with_for_update(key_share=True))]


def estates_of(session: Session, user_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """Return in which estates each of these people works."""
    found: dict[int, set[int]] = defaultdict(set)
    rows = session.execute(
        select(UserEstate.user_id, UserEstate.estate_id).where(UserEstate.user_id.in_(list(user_ids)))
    )
    for user_id, estate_id in rows:
        found[user_id].add(estate_id)
    return {user_id: frozenset(ids) for user_id, ids in found.items()}


def loads(session: Session, viewer: Viewer, now: datetime) -> dict[int, Load]:
    """Return the load of each colleague: tickets they answer for or do, of those the viewer sees."""
    seen = visible(viewer).where(Ticket.state.in_(ACTIVE)).subquery()
    found: dict[int, Load] = {}
    for column in (seen.c.butler_id, seen.c.worker_id):
        rows = session.execute(
            select(column, func.count(), func.sum(case((_is_late(seen.c.id, now), 1), else_=0)))
            .select_from(seen)
            .where(column.is_not(None))
            .group_by(column)
        )
        for user_id, opened, lately in rows:
            was = found.get(user_id, Load())
            found[user_id] = Load(was.open + opened, was.late + lately)
    return found


def _is_late(ticket_id: ColumnElement[int], now: datetime) -> ColumnElement[bool]:
    """A clock of the ticket is past due and runs, or was late before it was paused."""
    unmet = and_(Deadline.met_at.is_(None), Deadline.cancelled_at.is_(None))
    return exists().where(Deadline.ticket_id == ticket_id, unmet, Deadline.due_at <= now, NOT_WAITING)


def list_open(session: Session, viewer: Viewer, user_id: int) -> Sequence[Ticket]:
    """Return what lies with somebody: tickets they answer for or do, oldest first."""
    mine = or_(Ticket.butler_id == user_id, Ticket.worker_id == user_id)
    query = visible(viewer).where(Ticket.state.in_(ACTIVE), mine).order_by(Ticket.id)
    return session.scalars(query).all()


def list_buildings(session: Session, viewer: Viewer) -> list[Building]:
    """Return the buildings of the viewer's estates with who serves how many homes of each."""
    rows = session.execute(
        select(Home.estate_id, Home.building, Home.butler_id, func.count())
        .where(Home.estate_id.in_(viewer.estate_ids))
        .group_by(Home.estate_id, Home.building, Home.butler_id)
        .order_by(Home.estate_id, Home.building)
    )
    found: dict[tuple[int, str], dict[int | None, int]] = defaultdict(dict)
    for estate_id, building, butler_id, count in rows:
        found[estate_id, building][butler_id] = count
    return [Building(*key, sum(butlers.values()), butlers) for key, butlers in found.items()]


def pass_homes(session: Session, viewer: Viewer, from_id: int, to_id: int | None) -> int:
    """Give the homes of one butler to another; return how many."""
    ids = session.scalars(
        update(Home)
        .where(Home.butler_id == from_id, Home.estate_id.in_(viewer.estate_ids))
        .values(butler_id=to_id)
        .returning(Home.id)
    )
    return len(ids.all())


def give_building(session: Session, estate_id: int, building: str, butler_id: int | None) -> int:
    """Give every home of a building to a butler; return how many changed."""
    ids = session.scalars(
        update(Home)
        .where(Home.estate_id == estate_id, Home.building == building)
        .where(Home.butler_id.is_distinct_from(butler_id))
        .values(butler_id=butler_id)
        .returning(Home.id)
    )
    return len(ids.all())


def count_homes(session: Session, user_id: int) -> int:
    return session.scalar(select(func.count()).where(Home.butler_id == user_id)) or 0


def drop_deputy(session: Session, user_id: int) -> None:
    """Nobody has this person as a deputy any more."""
    session.execute(update(User).where(User.deputy_id == user_id).values(deputy_id=None))


def list_shifts_from(session: Session, viewer: Viewer, user_id: int, now: datetime) -> Sequence[Shift]:
    """Return the shifts of somebody that are not over."""
    query = select(Shift).where(
        Shift.user_id == user_id, Shift.estate_id.in_(viewer.estate_ids), Shift.ends_at > now
    )
    return session.scalars(query.order_by(Shift.starts_at)).all()


def list_sessions(session: Session, user_id: int, now: datetime) -> Sequence[StaffSession]:
    """Return the sessions of somebody that are not over, the last used first."""
    query = select(StaffSession).where(StaffSession.user_id == user_id, StaffSession.expires_at > now)
    return session.scalars(query.order_by(StaffSession.last_seen_at.desc())).all()


def get_ticket(session: Session, number: int) -> Ticket:
    return session.scalars(select(Ticket).where(Ticket.number == number)).one()
