"""Who answers for a home now, and who is on duty. Nothing here commits.

The home's own butler, else their deputy, else any butler of the estate on duty, the one with the fewest
open tickets first. Off shift a home's own butler still answers for it: who is called meanwhile is another
matter. None means nobody: the ticket goes to the supervisor at once.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from backend.models import Home, Shift, User
from backend.people import queries, rota
from backend.people.roles import Role


def choose_butler(
    session: Session, home: Home | None, estate_id: int | None = None, *, now: datetime
) -> User | None:
    """Return who takes a new matter of ``home`` (of the estate's desk for a visitor without one)."""
    where = home.estate_id if home else estate_id
    shifts = queries.list_shifts_around(session, [where], now) if where is not None else []
    own = queries.get_user(session, home.butler_id) if home else None
    deputy = queries.get_user(session, own.deputy_id) if own else None
    for one in (own, deputy):
        if one is not None and is_on_duty(one, shifts, now):
            return one
    if where is None:
        return None
    present = _present(queries.list_by_load(session, where, [Role.BUTLER]), shifts, now)
    off_shift = [own] if shifts and own is not None and own.is_active else []
    return next(iter([*present, *off_shift]), None)


def choose_other(session: Session, estate_id: int, not_user_id: int, *, now: datetime) -> User | None:
    """Return who takes a complaint about a member of staff: a supervisor, else a manager; on duty if can be.

    Whoever is off shift finds it when they come; a complaint is never left without anybody.
    """
    by_role = [queries.list_by_load(session, estate_id, [role]) for role in (Role.SUPERVISOR, Role.MANAGER)]
    shifts = queries.list_shifts_around(session, [estate_id], now)
    present = [user for users in by_role for user in _present(users, shifts, now)]
    off_shift = [user for users in by_role for user in users] if shifts else []
    return next((user for user in [*present, *off_shift] if user.id != not_user_id), None)


def list_on_duty(session: Session, estate_id: int, roles: Iterable[str], *, now: datetime) -> list[User]:
    """Return the staff of an estate on duty with one of ``roles``, fewest open tickets first."""
    users = queries.list_by_load(session, estate_id, roles)
    return _present(users, queries.list_shifts_around(session, [estate_id], now), now)


def is_on_duty(user: User, shifts: Iterable[Shift], now: datetime) -> bool:
    """True for an active member of staff who is on duty; ``shifts``: those of the estate around now."""
    return user.is_active and user.id in rota.on_duty([user], shifts, now)


def ids_on_duty(session: Session, users: Iterable[User], estate_id: int, *, now: datetime) -> frozenset[int]:
    """Return the ids of those of these active members of an estate's staff who are on duty now."""
    return rota.on_duty(users, queries.list_shifts_around(session, [estate_id], now), now)


def _present(users: Iterable[User], shifts: Iterable[Shift], now: datetime) -> list[User]:
    users = list(users)
    here = rota.on_duty(users, shifts, now)
    return [user for user in users if user.id in here]
