"""All SQL of the notifier room. Nothing here commits."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, delete, func, literal_column, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from backend.models import Alert, Delivery, Estate, Home, Incident, StaffAddress, Ticket, User, UserEstate
from backend.notifier.timing import LONGEST_PAUSE

TELEGRAM: Final = "telegram"
#: states of an incident that lasts
STANDING: Final = ("proposed", "open")
#: the fault of an address that was removed, and of what waited for it
REMOVED: Final = "removed"
IS_KEPT: Final = StaffAddress.fault != REMOVED
#: longer than the longest send: a mail server's eight steps of six seconds each
LEASE: Final = timedelta(seconds=75)
#: clocks of servers differ by less than this
SKEW: Final = timedelta(minutes=1)
#: in the very words of the indexes: put otherwise, SQLite reads the whole table
IS_UNTOLD: Final = Alert.told_at.is_(None)
IS_WAITING: Final = Delivery.state.in_([literal_column("'queued'"), literal_column("'leased'")])
IS_DEAD: Final = Delivery.state == literal_column("'dead'")
#: the newest deliveries among which one looks for what was sent a minute ago
NEWEST: Final = 500


def has_untold(session: Session, now: datetime) -> bool:
    """True when an alert waits to be handed over: looked at each second, without a lock."""
    return session.scalar(select(Alert.id).where(IS_UNTOLD, Alert.at <= now).limit(1)) is not None


@dataclass(frozen=True, slots=True)
class Untold:
    """An alert nobody was told of yet, whose it is, and what its text may say.

    ``incident_id``: the incident its ticket is part of, while that lasts.
    """

    alert: Alert
    user: User
    ticket: Ticket | None
    building: str
    incident_id: int | None = None


def claim_untold(session: Session, now: datetime, limit: int) -> list[Untold]:
    """Return alerts to be handed over, oldest first, held until the commit; others' are skipped."""
    statement = (
        select(Alert, User, Ticket, Home.building, Incident.id)
        .join(User, User.id == Alert.user_id)
        .outerjoin(Ticket, Ticket.id == Alert.ticket_id)
        .outerjoin(Home, Home.id == Ticket.home_id)
        .outerjoin(Incident, and_(Incident.id == Ticket.incident_id, Incident.state.in_(STANDING)))
        .where(IS_UNTOLD, Alert.at <= now)
        .order_by(Alert.id)
        .limit(limit)
        .with_for_update(of=Alert, key_share=True, skip_locked=True)
    )
    rows = session.execute(statement)
    return [
        Untold(alert, user, ticket, _building(building, ticket), incident_id)
        for alert, user, ticket, building, incident_id in rows
    ]


def _building(of_home: str | None, ticket: Ticket | None) -> str:
    """The building of the ticket's home; an alarm in a corridor has none, but names its building."""
    return of_home or str(ticket.facts.get("building", "") if ticket is not None else "")


def mark_told(session: Session, alert_ids: Collection[int], at: datetime) -> None:
    session.execute(
        update(Alert)
        .where(Alert.id.in_(alert_ids))
        .values(told_at=at)
        .execution_options(synchronize_session=False)
    )


def list_active(
    session: Session, estate_ids: Collection[int], user_ids: Collection[int]
) -> list[StaffAddress]:
    """Return the groups of these estates and the addresses of these people that are switched on."""
    is_group = and_(StaffAddress.user_id.is_(None), StaffAddress.estate_id.in_(estate_ids))
    rows = session.scalars(
        select(StaffAddress)
        .where(StaffAddress.is_active, or_(is_group, StaffAddress.user_id.in_(user_ids)))
        .order_by(StaffAddress.id)
    )
    return list(rows)


def estates_of(session: Session, estate_ids: Collection[int]) -> dict[int, Estate]:
    return {row.id: row for row in session.scalars(select(Estate).where(Estate.id.in_(estate_ids)))}


def add_deliveries(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert deliveries; one whose ``dedupe_key`` is there already changes nothing."""
    if rows:
        insert = _insert(session).on_conflict_do_nothing(index_elements=["dedupe_key"])
        session.execute(insert, [dict(row) for row in rows])


def _insert(session: Session) -> postgresql.Insert | sqlite.Insert:
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    return postgresql.insert(Delivery) if is_postgresql else sqlite.insert(Delivery)


def is_any_due(session: Session, now: datetime, *, is_telegram: bool) -> bool:
    """True when a delivery might be claimed; costs no lock."""
    statement = (
        select(Delivery.id)
        .join(StaffAddress, StaffAddress.id == Delivery.address_id)
        .where(_due(now), _of(is_telegram))
    )
    return session.scalar(statement.limit(1)) is not None


def _due(now: datetime) -> ColumnElement[bool]:
    """Waiting, and its time has come. A server's clock that was set back must hold nothing up for hours.

    What was made or leased "later" than could be was made before the clock was set back: it is due.
    """
    is_time = or_(
        Delivery.not_before <= now,
        and_(Delivery.attempts == 0, Delivery.created_at > now + SKEW),
        and_(Delivery.attempts > 0, Delivery.not_before > now + LONGEST_PAUSE + SKEW),
    )
    is_free = or_(
        Delivery.state == "queued", Delivery.leased_until <= now, Delivery.leased_until > now + LEASE + SKEW
    )
    return and_(IS_WAITING, is_time, is_free)


def _of(is_telegram: bool) -> ColumnElement[bool]:
    return StaffAddress.channel == TELEGRAM if is_telegram else StaffAddress.channel != TELEGRAM


def list_resting(session: Session, now: datetime, rest: timedelta) -> set[int]:
    """Return the addresses where something arrived within ``rest``, or is under way at this moment."""
    newest = session.scalar(select(func.max(Delivery.id))) or 0
    rows = session.scalars(
        select(Delivery.address_id).where(
            Delivery.id > newest - NEWEST,
            or_(
                and_(Delivery.state == "sent", Delivery.sent_at.between(now - rest, now + rest)),
                and_(Delivery.state == "leased", Delivery.leased_until.between(now, now + LEASE + SKEW)),
            ),
        )
    )
    return set(rows)


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery whose time has come, with its address and estate."""

    row: Delivery
    address: StaffAddress
    estate: Estate


def claim_due(
    session: Session, now: datetime, resting: Collection[int], urgent: Collection[str], limit: int,
    *, is_telegram: bool,
) -> list[Due]:  # fmt: skip
    """Return deliveries to be sent, urgent ones first, held until the commit; others' are skipped."""
    is_urgent = Delivery.kind.in_(urgent)
    statement = (
        select(Delivery, StaffAddress, Estate)
        .join(StaffAddress, StaffAddress.id == Delivery.address_id)
        .join(Estate, Estate.id == Delivery.estate_id)
        .where(_due(now), _of(is_telegram), or_(is_urgent, Delivery.address_id.not_in(resting)))
        .order_by(is_urgent.desc(), Delivery.id)
        .limit(limit)
        .with_for_update(of=Delivery, key_share=True, skip_locked=True)
    )
    return [Due(*row) for row in session.execute(statement)]


def lock_deliveries(session: Session, ids: Collection[int]) -> list[Delivery]:
    """Return these deliveries, held until the commit."""
    rows = session.scalars(
        select(Delivery).where(Delivery.id.in_(ids)).order_by(Delivery.id).with_for_update(key_share=True)
    )
    return list(rows)


def get_address(session: Session, address_id: int) -> StaffAddress:
    return session.get_one(StaffAddress, address_id)


def find_address(session: Session, estate_ids: Collection[int], address_id: int) -> StaffAddress | None:
    """Return an address of one of these estates that was not removed."""
    return session.scalars(
        select(StaffAddress).where(
            StaffAddress.id == address_id, StaffAddress.estate_id.in_(estate_ids), IS_KEPT
        )
    ).first()


def list_addresses(
    session: Session, estate_ids: Collection[int]
) -> list[tuple[StaffAddress, User | None, Estate]]:
    """Return every address of these estates with whose it is, those in use first."""
    rows = session.execute(
        select(StaffAddress, User, Estate)
        .outerjoin(User, User.id == StaffAddress.user_id)
        .join(Estate, Estate.id == StaffAddress.estate_id)
        .where(StaffAddress.estate_id.in_(estate_ids), IS_KEPT)
        .order_by(StaffAddress.is_active.desc(), StaffAddress.id)
    )
    return [(address, user, estate) for address, user, estate in rows]


def list_removed(
    session: Session, estate_ids: Collection[int], limit: int
) -> list[tuple[StaffAddress, User | None, Estate]]:
    """Return the addresses of these estates that were removed last, newest first."""
    rows = session.execute(
        select(StaffAddress, User, Estate)
        .outerjoin(User, User.id == StaffAddress.user_id)
        .join(Estate, Estate.id == StaffAddress.estate_id)
        .where(StaffAddress.estate_id.in_(estate_ids), StaffAddress.fault == REMOVED)
        .order_by(StaffAddress.failed_at.desc(), StaffAddress.id.desc())
        .limit(limit)
    )
    return [(address, user, estate) for address, user, estate in rows]


def people_of(session: Session, user_ids: Collection[int]) -> dict[int, User]:
    return {user.id: user for user in session.scalars(select(User).where(User.id.in_(user_ids)))}


def count_states(session: Session, address_ids: Collection[int]) -> dict[tuple[int, str], int]:
    """Return how many deliveries of these addresses wait or are dead, by address and state."""
    rows = session.execute(
        select(Delivery.address_id, Delivery.state, func.count())
        .where(Delivery.address_id.in_(address_ids), Delivery.state != "sent")
        .group_by(Delivery.address_id, Delivery.state)
    )
    return {(address, state): count for address, state, count in rows}


def count_waiting(session: Session) -> list[tuple[str, int, datetime]]:
    """Return, by channel, how many deliveries wait and the instant from which the oldest might have gone."""
    rows = session.execute(
        select(StaffAddress.channel, func.count(), func.min(Delivery.not_before))
        .join(StaffAddress, StaffAddress.id == Delivery.address_id)
        .where(IS_WAITING)
        .group_by(StaffAddress.channel)
        .order_by(StaffAddress.channel)
    )
    return [(channel, count, since) for channel, count, since in rows]


def count_dead(session: Session, since: datetime) -> list[tuple[str, str, int]]:
    """Return, by channel and fault, how many deliveries made since then were given up."""
    rows = session.execute(
        select(StaffAddress.channel, Delivery.fault, func.count())
        .join(StaffAddress, StaffAddress.id == Delivery.address_id)
        .where(IS_DEAD, Delivery.created_at >= since)
        .group_by(StaffAddress.channel, Delivery.fault)
        .order_by(StaffAddress.channel, Delivery.fault)
    )
    return [(channel, fault, count) for channel, fault, count in rows]


def list_waiting(session: Session, address_id: int) -> list[Delivery]:
    """Return what has not been sent to an address yet, held until the commit."""
    rows = session.scalars(
        select(Delivery)
        .where(Delivery.address_id == address_id, IS_WAITING)
        .order_by(Delivery.id)
        .with_for_update(key_share=True)
    )
    return list(rows)


def forget_old(session: Session, before: datetime) -> None:
    """Delete what was settled long ago, then the addresses removed before that to which nothing belongs."""
    session.execute(
        delete(Delivery).where(Delivery.state.in_(("sent", "dead")), Delivery.created_at < before)
    )
    has_any = select(Delivery.id).where(Delivery.address_id == StaffAddress.id).exists()
    session.execute(
        delete(StaffAddress).where(StaffAddress.fault == REMOVED, StaffAddress.failed_at < before, ~has_any),
        execution_options={"synchronize_session": False},
    )


def find_colleague(session: Session, estate_id: int, user_id: int) -> User | None:
    """Return an active member of staff of the estate."""
    return session.scalars(
        select(User)
        .join(UserEstate, UserEstate.user_id == User.id)
        .where(UserEstate.estate_id == estate_id, User.id == user_id, User.is_active)
    ).first()


def list_colleagues(session: Session, estate_ids: Collection[int]) -> list[User]:
    """Return the active staff of these estates."""
    ids = select(UserEstate.user_id).where(UserEstate.estate_id.in_(estate_ids))
    return list(session.scalars(select(User).where(User.id.in_(ids), User.is_active).order_by(User.id)))


def lock_estate(session: Session, estate_id: int) -> Estate:
    """Return the estate, held until the commit: its settings are one value."""
    return session.scalars(
        select(Estate)
        .where(Estate.id == estate_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
