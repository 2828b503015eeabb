"""All SQL of the people room. Staff queries take a viewer; rows of other estates do not exist for it."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, bindparam, delete, func, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from backend.models import (
    Estate,
    Home,
    Invitation,
    LoginAttempt,
    Residency,
    Resident,
    Shift,
    StaffSession,
    Ticket,
    User,
    UserEstate,
)
from backend.models.base import Instant
from backend.people import rota
from backend.people.viewer import Viewer

Housed = Row[Resident, Home, Estate]
"""One resident with the home they live in and its estate."""

SEARCH_LIMIT: Final = 20
OPEN_STATES: Final = ("open", "waiting")


def find_user(session: Session, username: str) -> User | None:
    """Return the member of staff with this (cleaned) user name."""
    return session.scalar(select(User).where(User.username == username))


def find_user_of_company(session: Session, name: str) -> User | None:
    """Return the member of staff who is linked to this (cleaned) name at the company."""
    return session.scalar(select(User).where(User.company_name == name))


def find_user_of_person(session: Session, key: str) -> User | None:
    """Return the member of staff whose account is tied to this person of the company."""
    return session.scalar(select(User).where(User.company_subject == key))


def list_estate_ids(session: Session) -> list[int]:
    """Return every estate of the installation."""
    return list(session.scalars(select(Estate.id).order_by(Estate.id)))


def estate_ids(session: Session, user_id: int) -> frozenset[int]:
    """Return the estates this member of staff works in."""
    rows = session.scalars(select(UserEstate.estate_id).where(UserEstate.user_id == user_id))
    return frozenset(rows)


def list_attempts(session: Session, column: str, value: str, since: datetime) -> list[tuple[datetime, bool]]:
    """Return (instant, was it right) of tries since ``since``, oldest first, by username or address."""
    where: ColumnElement[bool] = getattr(LoginAttempt, column) == value
    rows = session.execute(
        select(LoginAttempt.at, LoginAttempt.is_ok)
        .where(where, LoginAttempt.at > since)
        .order_by(LoginAttempt.at, LoginAttempt.id)
    )
    return [(at, is_ok) for at, is_ok in rows]


def find_open_session(
    session: Session, token_hash: str, kind: str, now: datetime
) -> tuple[StaffSession, User] | None:
    """Return the session and its active user, unless it is over."""
    row = session.execute(
        select(StaffSession, User)
        .join(User, User.id == StaffSession.user_id)
        .where(
            StaffSession.token_hash == token_hash,
            StaffSession.kind == kind,
            StaffSession.expires_at > now,
            User.is_active,
        )
    ).first()
    return (row[0], row[1]) if row else None


def touch_session(session: Session, token_hash: str, now: datetime) -> None:
    session.execute(
        update(StaffSession).where(StaffSession.token_hash == token_hash).values(last_seen_at=now)
    )


def delete_session(session: Session, token_hash: str) -> None:
    session.execute(delete(StaffSession).where(StaffSession.token_hash == token_hash))


def delete_sessions_of(session: Session, user_id: int, keep_hash: str = "") -> int:
    """End every session of a member of staff but the one of this hash; return how many."""
    theirs = delete(StaffSession).where(StaffSession.user_id == user_id)
    return _count(session.execute(theirs.where(StaffSession.token_hash != keep_hash)))


def delete_expired(session: Session, now: datetime, attempts_before: datetime) -> None:
    """Forget sessions that are over and old login tries."""
    session.execute(delete(StaffSession).where(StaffSession.expires_at <= now))
    session.execute(delete(LoginAttempt).where(LoginAttempt.at < attempts_before))


def find_user_of(session: Session, viewer: Viewer, user_id: int) -> User | None:
    """Return a colleague who shares an estate with the viewer."""
    return session.scalar(_colleagues(viewer.estate_ids).where(User.id == user_id))


def list_staff(session: Session, viewer: Viewer, estate_id: int | None = None) -> list[User]:
    """Return the active staff of one of the viewer's estates (or of all of them), by role and id."""
    wanted = viewer.estate_ids if estate_id is None else viewer.estate_ids & {estate_id}
    return list(session.scalars(_colleagues(wanted).where(User.is_active).order_by(User.role, User.id)))


def list_by_load(session: Session, estate_id: int, roles: Iterable[str]) -> list[User]:
    """Return the active staff of an estate with one of ``roles``, fewest open tickets first."""
    return list(session.scalars(_by_load(), {"estate_id": estate_id, "roles": list(roles)}))


@cache
def _by_load() -> Select[User]:
    """Turns ask this: built once."""
    load = (
        select(func.count())
        .where(Ticket.butler_id == User.id, Ticket.state.in_(OPEN_STATES))
        .scalar_subquery()
    )
    member = select(UserEstate.user_id).where(UserEstate.estate_id == bindparam("estate_id"))
    has_role = User.role.in_(bindparam("roles", expanding=True))
    return select(User).where(User.id.in_(member), has_role, User.is_active).order_by(load, User.id)


def list_shifts_around(session: Session, estate_ids: Iterable[int], now: datetime) -> list[Shift]:
    """Return the shifts of these estates that say who is on duty now, or that a rota is kept at all."""
    asked = {"estate_ids": list(estate_ids), "after": now - rota.AROUND, "before": now + rota.AROUND}
    return list(session.scalars(_shifts_around(), asked))


@cache
def _shifts_around() -> Select[Shift]:
    return (
        select(Shift)
        .where(
            Shift.estate_id.in_(bindparam("estate_ids", expanding=True)),
            Shift.ends_at > bindparam("after", type_=Instant),
            Shift.starts_at < bindparam("before", type_=Instant),
        )
        .order_by(Shift.starts_at, Shift.id)
    )


def get_user(session: Session, user_id: int | None) -> User | None:
    return session.get(User, user_id) if user_id is not None else None


def take_invitation(session: Session, code_hash: str, now: datetime) -> Invitation | None:
    """Use an invitation once, in one conditional statement, so that two racers cannot overdraw it."""
    taken = session.execute(
        update(Invitation)
        .where(
            Invitation.code_hash == code_hash,
            or_(Invitation.expires_at.is_(None), Invitation.expires_at > now),
            or_(Invitation.uses_left.is_(None), Invitation.uses_left > 0),
        )
        .values(uses_left=Invitation.uses_left - 1)
    )
    if _count(taken) == 0:
        return None
    return session.scalar(select(Invitation).where(Invitation.code_hash == code_hash))


def is_living_in(session: Session, resident_id: int, home_id: int, now: datetime) -> bool:
    """True when the resident belongs to the home at ``now``."""
    return session.scalar(
        select(Residency.id).where(
            Residency.resident_id == resident_id, Residency.home_id == home_id, _current(now)
        )
    ) is not None  # fmt: skip


def list_homes(session: Session, viewer: Viewer, estate_id: int | None = None) -> list[Home]:
    """Return the homes of one of the viewer's estates (or of all), by building, unit and flat as text."""
    wanted = viewer.estate_ids if estate_id is None else viewer.estate_ids & {estate_id}
    query = select(Home).where(Home.estate_id.in_(wanted))
    return list(session.scalars(query.order_by(Home.estate_id, Home.building, Home.unit, Home.flat)))


def list_estates(session: Session, viewer: Viewer) -> list[Estate]:
    """Return the viewer's estates."""
    return list(session.scalars(select(Estate).where(Estate.id.in_(viewer.estate_ids)).order_by(Estate.id)))


def list_residents_by_phone(session: Session, viewer: Viewer, phone_hash: str, now: datetime) -> list[Housed]:
    """Return (resident, home, estate) of everybody with this number."""
    return _rows(session, _living(viewer, now).where(Resident.phone_hash == phone_hash))


def list_residents_of_home(session: Session, viewer: Viewer, code: str, now: datetime) -> list[Housed]:
    """Return (resident, home, estate) of everybody in the homes with this code."""
    return _rows(session, _living(viewer, now).where(Home.code == code))


def list_residents_like(
    session: Session, viewer: Viewer, text: str, last4_hash: str, now: datetime
) -> list[Housed]:
    """Return (resident, home, estate) whose name, form of address or home code holds ``text``.

    ``last4_hash``: and those whose phone ends in these four digits; "" for none.
    """
    pattern = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    columns = (Resident.name, Resident.address_as_zh, Resident.address_as_en, Home.code)
    matches: list[ColumnElement[bool]] = [column.ilike(pattern, escape="\\") for column in columns]
    if last4_hash:
        matches.append(Resident.phone_last4_hash == last4_hash)
    return _rows(session, _living(viewer, now).where(or_(*matches)))


def find_resident_row(session: Session, viewer: Viewer, resident_id: int, now: datetime) -> Housed | None:
    """Return (resident, home, estate), or None when unknown or of another estate."""
    return session.execute(_living(viewer, now).where(Resident.id == resident_id).limit(1)).first()


def _living(viewer: Viewer, now: datetime) -> Select[Resident, Home, Estate]:
    return (
        select(Resident, Home, Estate)
        .join(Residency, Residency.resident_id == Resident.id)
        .join(Home, Home.id == Residency.home_id)
        .join(Estate, Estate.id == Resident.estate_id)
        .where(Resident.estate_id.in_(viewer.estate_ids), _current(now))
        .order_by(Home.building, Home.unit, Home.flat, Resident.id)
    )


def _rows(session: Session, query: Select[Resident, Home, Estate]) -> list[Housed]:
    return list(session.execute(query.limit(SEARCH_LIMIT)))


def _current(now: datetime) -> ColumnElement[bool]:
    return or_(Residency.ends_at.is_(None), Residency.ends_at > now)


def _colleagues(estates: Iterable[int]) -> Select[User]:
    member = select(UserEstate.user_id).where(UserEstate.estate_id.in_(list(estates)))
    return select(User).where(User.id.in_(member))


def _count(result: Any) -> int:
    assert isinstance(result, CursorResult)
    return result.rowcount
