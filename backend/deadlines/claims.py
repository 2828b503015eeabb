"""The SQL of the sweep and of alerts: claiming what is due, climbing, writing who is called. No commits."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Integer, Select, Update, bindparam, column, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import ColumnClause
from sqlalchemy.types import TypeEngine

from backend.deadlines.bundling import SOUND_EVERY, Hearer
from backend.deadlines.calling import Holders, Person
from backend.deadlines.queries import NOT_WAITING, RUNNING
from backend.models import Alert, Deadline, Estate, Ticket, User, UserEstate
from backend.models.base import Instant
from backend.people import queries as people
from backend.people import rota


def list_team(session: Session, estate_ids: Collection[int], now: datetime) -> dict[int, list[Person]]:
    """Return the active staff of these estates, by estate; on duty by its rota, where it keeps one."""
    rows = session.execute(
        select(UserEstate.estate_id, User)
        .join(User, User.id == UserEstate.user_id)
        .where(UserEstate.estate_id.in_(estate_ids), User.is_active)
        .order_by(User.id)
    )
    users: dict[int, list[User]] = defaultdict(list)
    for estate_id, user in rows:
        users[estate_id].append(user)
    shifts = people.list_shifts_around(session, estate_ids, now)
    return {
        estate_id: _persons(own, rota.on_duty(own, (s for s in shifts if s.estate_id == estate_id), now))
        for estate_id, own in users.items()
    }


def _persons(users: Sequence[User], present: frozenset[int]) -> list[Person]:
    return [Person(one.id, one.role, one.id in present, one.deputy_id) for one in users]


class DueClock(NamedTuple):
    """The columns of a running clock that the sweep looks at: plain values, for a thousand at a time.

    A clock with a next look is neither met nor cancelled, nor paused before it was late.
    """

    id: int
    estate_id: int
    ticket_id: int
    clock: str
    name: str
    basis: str
    policy_version: str
    calendar_version: str
    started_at: datetime
    due_at: datetime
    warn_at: datetime | None
    breached_at: datetime | None
    rung: int
    next_check_at: datetime
    met_at: datetime | None = None
    cancelled_at: datetime | None = None
    paused_at: datetime | None = None


#: read in this order; what a clock with a next look cannot have is not read
CLOCK_COLUMNS: Final = tuple(getattr(Deadline, name) for name in DueClock._fields[:-3])


@dataclass(frozen=True, slots=True)
class Claimed:
    """A clock to look at, with what the sweep must know of its ticket and estate.

    ``is_alarm``: of an emergency; ``is_accepted``: somebody has taken the ticket; ``is_severe``: of a
    complaint that the manager is told of at once.
    """

    deadline: DueClock
    ticket_number: int
    holders: Holders
    is_alarm: bool
    is_accepted: bool
    is_severe: bool
    calendar: str
    timezone: str


def claim_due(session: Session, now: datetime, limit: int, only: int | None = None) -> list[Claimed]:
    """Return clocks whose next look is due, oldest first, locked for this sweeper until it commits.

    What another sweeper has locked is skipped (PostgreSQL); SQLite has one writer at a time anyway.
    ``only``: this one clock, when it is due.
    """
    asked = {"now": now, "most": limit} | ({} if only is None else {"only": only})
    rows = session.execute(_due_clocks(only is not None), asked)
    return [_claimed(tuple(row)) for row in rows]


def _claimed(row: tuple[Any, ...]) -> Claimed:
    """The row as read: the clock's columns, then those of its ticket and estate."""
    clock, around = DueClock(*row[: len(CLOCK_COLUMNS)]), row[len(CLOCK_COLUMNS) :]
    number, butler, worker, hidden_from, workflow, accepted_at, severity, calendar, timezone = around
    return Claimed(
        clock,
        number,
        Holders(butler, worker, hidden_from),
        workflow == "emergency",
        accepted_at is not None,
        severity == "severe",
        calendar,
        timezone,
    )


@cache
def _due_clocks(has_only: bool) -> Select[*tuple[Any, ...]]:
    statement = (
        select(
            *CLOCK_COLUMNS,
            Ticket.number,
            Ticket.butler_id,
            Ticket.worker_id,
            Ticket.hidden_from_id,
            Ticket.workflow,
            Ticket.accepted_at,
            Ticket.severity,
            Estate.calendar,
            Estate.timezone,
        )
        .join(Ticket, Ticket.id == Deadline.ticket_id)
        .join(Estate, Estate.id == Deadline.estate_id)
        .where(Deadline.next_check_at <= bindparam("now", type_=Instant))
        .order_by(Deadline.next_check_at, Deadline.id)
        .limit(bindparam("most"))
        .with_for_update(of=Deadline, key_share=True, skip_locked=True)
    )
    return statement.where(Deadline.id == bindparam("only")) if has_only else statement


def list_due_ids(session: Session, now: datetime, limit: int) -> list[int]:
    """Return the ids of clocks whose next look is due, oldest first, without locking them."""
    return list(session.scalars(_due_ids(), {"now": now, "most": limit}))


@cache
def _due_ids() -> Select[int]:
    return (
        select(Deadline.id)
        .where(Deadline.next_check_at <= bindparam("now", type_=Instant))
        .order_by(Deadline.next_check_at, Deadline.id)
        .limit(bindparam("most"))
    )


@dataclass(frozen=True, slots=True)
class Climb:
    """How far a clock's ladder was climbed. ``breached_at``: set by the first look that sees a breach."""

    deadline: DueClock
    rung: int
    next_at: datetime | None
    breached_at: datetime | None


def take_rungs(session: Session, climbs: Sequence[Climb]) -> int:
    """Write the climbs where nobody was there first; return how many were written.

    ``breached_at`` once written stays.
    """
    if not climbs:
        return 0
    values = [_climb_values(one) for one in climbs]
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        columns = {name: [row[name] for row in values] for name in values[0]}
        return connection.execute(_take_rungs_together(), columns).rowcount
    return connection.execute(TAKE_RUNGS, values).rowcount


TAKE_RUNGS = (
    update(Deadline)
    .where(
        Deadline.id == bindparam("the_id"),
        Deadline.rung == bindparam("old_rung"),
        Deadline.next_check_at == bindparam("old_look"),
        NOT_WAITING,
        *RUNNING,
    )
    .values(
        rung=bindparam("new_rung"),
        next_check_at=bindparam("new_look"),
        breached_at=func.coalesce(Deadline.breached_at, bindparam("breach", type_=Instant())),
    )
)


@cache
def _take_rungs_together() -> Update:
    """The same for all rows in one statement: a thousand of them cost PostgreSQL half the claim."""
    types: dict[str, TypeEngine[Any]] = {
        "the_id": BigInteger(), "old_rung": Integer(), "old_look": Instant(),
        "new_rung": Integer(), "new_look": Instant(), "breach": Instant(),
    }  # fmt: skip
    lists = [bindparam(name, type_=postgresql.ARRAY(kind)) for name, kind in types.items()]
    columns: list[ColumnClause[Any]] = [column(name, kind) for name, kind in types.items()]
    rows = func.unnest(*lists).table_valued(*columns).render_derived(name="climbs")
    return (
        update(Deadline)
        .where(
            Deadline.id == rows.c.the_id,
            Deadline.rung == rows.c.old_rung,
            Deadline.next_check_at == rows.c.old_look,
            NOT_WAITING,
            *RUNNING,
        )
        .values(
            rung=rows.c.new_rung,
            next_check_at=rows.c.new_look,
            breached_at=func.coalesce(Deadline.breached_at, rows.c.breach),
        )
    )


def _climb_values(climb: Climb) -> dict[str, Any]:
    return {
        "the_id": climb.deadline.id,
        "old_rung": climb.deadline.rung,
        "old_look": climb.deadline.next_check_at,
        "new_rung": climb.rung,
        "new_look": climb.next_at,
        "breach": climb.breached_at,
    }


def look_again(session: Session, deadline_id: int, now: datetime, later: datetime) -> None:
    """Set a clock that cannot be handled aside until ``later``, so that it does not stop the line."""
    session.execute(
        update(Deadline)
        .where(Deadline.id == deadline_id, Deadline.next_check_at <= now)
        .values(next_check_at=later)
        .execution_options(synchronize_session=False)
    )


UNTOLD: Final = Alert.told_at.is_(None)


def list_hearers(session: Session, by_user: Mapping[int, int], now: datetime) -> dict[int, Hearer]:
    """Return who these users are, each at the estate they are called from (``by_user``)."""
    roles = session.execute(select(User.id, User.role).where(User.id.in_(by_user))).all()
    zones = session.execute(select(Estate.id, Estate.timezone).where(Estate.id.in_(set(by_user.values()))))
    zone_of = {estate_id: ZoneInfo(zone) for estate_id, zone in zones}
    sounded = _last_sounds(session, by_user, now)
    return {user_id: Hearer(role, zone_of[by_user[user_id]], sounded.get(user_id)) for user_id, role in roles}


def _last_sounds(session: Session, user_ids: Collection[int], now: datetime) -> dict[int, datetime]:
    """Return when an alert last sounded, of those who heard one within the minute."""
    since = now - SOUND_EVERY
    rows = session.execute(
        select(Alert.user_id, Alert.created_at, Alert.values).where(
            Alert.user_id.in_(user_ids),
            or_(Alert.seen_at.is_(None), Alert.seen_at > since),
            Alert.created_at > since,
            Alert.created_at <= now,
        )
    )
    found: dict[int, datetime] = {}
    for user_id, at, values in rows:
        if not values.get("quiet"):
            found[user_id] = max(at, found.get(user_id, at))
    return found


def list_known(session: Session, keys: Collection[str]) -> frozenset[str]:
    """Return those of the keys that stand in an alert already."""
    if not keys:
        return frozenset()
    return frozenset(session.scalars(select(Alert.dedupe_key).where(Alert.dedupe_key.in_(keys))))


def add_alerts(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert alerts; one whose ``dedupe_key`` is there already changes nothing."""
    if rows:
        statement = _insert(session).on_conflict_do_nothing(index_elements=["dedupe_key"])
        session.execute(statement, [dict(row) for row in rows])


def add_alert(session: Session, row: Mapping[str, Any]) -> bool:
    """Insert one alert; False when its key is there already."""
    statement = _insert(session).values(**row).on_conflict_do_nothing(index_elements=["dedupe_key"])
    return session.execute(statement.returning(Alert.id)).first() is not None


def hold_alert(session: Session, key: str) -> Alert:
    """Return the alert of this key, locked until the transaction ends."""
    return session.scalars(_held().where(Alert.dedupe_key == key)).one()


def mark_seen(session: Session, key: str, now: datetime) -> None:
    """Nobody has to look at the alert of this key any more."""
    session.execute(update(Alert).where(Alert.dedupe_key == key, Alert.seen_at.is_(None)).values(seen_at=now))


def find_gathering(session: Session, user_id: int, now: datetime) -> Alert | None:
    """Return the person's digest that is still gathering after downtime, locked; None when there is none."""
    statement = _held().where(
        UNTOLD, Alert.at > now, Alert.user_id == user_id, Alert.dedupe_key.startswith("backlog:")
    )
    return session.scalars(statement.order_by(Alert.id).limit(1)).first()


def _held() -> Select[Alert]:
    return select(Alert).with_for_update(key_share=True).execution_options(populate_existing=True)


def _insert(session: Session) -> postgresql.Insert | sqlite.Insert:
    # Two near-identical statements of two dialects: the plain insert has no "on conflict".
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    return postgresql.insert(Alert) if is_postgresql else sqlite.insert(Alert)
