"""Colleagues to whom a ticket or a visit may be given: who is on duty now stands first and is marked."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from backend.desk import clashes, words
from backend.desk.views import Choice
from backend.models import User
from backend.people import butlers
from backend.people import queries as people_queries
from backend.people.roles import Role
from backend.people.viewer import Viewer
from backend.tickets import service
from locales import t


def list_colleagues(
    session: Session, viewer: Viewer, estate_id: int, now: datetime, *, hidden_from_id: int | None = None
) -> tuple[list[User], frozenset[int]]:
    """Return who may be named for a ticket of an estate, in the order of choice, and whose duty it is now."""
    staff = people_queries.list_staff(session, viewer, estate_id)
    found = [user for user in staff if user.id != hidden_from_id and user.role != Role.ADMIN]
    here = butlers.ids_on_duty(session, found, estate_id, now=now)
    return in_order(found, here), here


def in_order(users: Iterable[User], here: Collection[int]) -> list[User]:
    """On duty before off duty; in each of the two those who do the work stand first."""
    return sorted(users, key=lambda user: (user.id not in here, user.role not in service.WORKERS))


def choices(
    language: str, users: Sequence[User], here: Collection[int] = (),
    busy: Collection[int] = (),
) -> tuple[Choice, ...]:  # fmt: skip
    """Word them for a list; ``here``: ids of those on duty now, ``busy``: of those elsewhere; marked both."""
    return tuple(
        Choice(str(user.id), _words(language, user, is_busy=user.id in busy, is_here=user.id in here))
        for user in users
    )


def first_free(people: Sequence[Choice], busy: Collection[int]) -> int:
    """Return the id of who is proposed: nobody busy while another is free; 0 where there is nobody."""
    free = [one for one in people if int(one.value) not in busy] or people
    return int(free[0].value) if free else 0


def _words(language: str, user: User, *, is_here: bool, is_busy: bool = False) -> str:
    """What speaks against it stands next to the name: a narrow screen cuts the end off."""
    busy, here = (t(language, clashes.BUSY) if is_busy else ""), (t(language, "on duty") if is_here else "")
    role = words.name_of(language, words.ROLES, user.role)
    return " · ".join(filter(None, (user.name(language), busy, role, here)))
