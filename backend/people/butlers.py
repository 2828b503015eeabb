"""Who answers for a home now, and who is on duty. Nothing here commits.

The home's own butler, else their deputy, else any butler of the estate on duty, the one with the fewest
open tickets first. None means nobody: the ticket goes to the supervisor at once.
"""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from backend.models import Home, User
from backend.people import queries
from backend.people.roles import Role


def choose_butler(session: Session, home: Home | None, estate_id: int | None = None) -> User | None:
    """Return who takes a new matter of ``home`` (of the estate's desk for a visitor without one)."""
    own = queries.get_user(session, home.butler_id) if home else None
    if is_on_duty(own):
        return own
    deputy = queries.get_user(session, own.deputy_id) if own else None
    if is_on_duty(deputy):
        return deputy
    where = home.estate_id if home else estate_id
    if where is None:
        return None
    return next(iter(queries.list_on_duty(session, where, [Role.BUTLER])), None)


def choose_other(session: Session, estate_id: int, not_user_id: int) -> User | None:
    """Return who takes a complaint about a member of staff: a supervisor, else a manager."""
    for role in (Role.SUPERVISOR, Role.MANAGER):
        for user in queries.list_on_duty(session, estate_id, [role]):
            if user.id != not_user_id:
                return user
    return None


def list_on_duty(session: Session, estate_id: int, roles: Iterable[str]) -> list[User]:
    """Return the staff of an estate on duty with one of ``roles``, fewest open tickets first."""
    return queries.list_on_duty(session, estate_id, roles)


def is_on_duty(user: User | None) -> bool:
    """True for an active member of staff who is on duty."""
    return user is not None and user.is_active and user.is_on_duty
