"""Absences that a leader writes down for a colleague who cannot do so: ill, at home, out of reach.

Nothing here commits. Foreign rows are 404.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from backend.audit import service as audit
from backend.audit.service import Actor
from backend.errors import Forbidden, NotFound
from backend.models import User
from backend.office import account
from backend.people import absence, roles
from backend.people import queries as people
from backend.people.absence import Absence
from backend.people.roles import Role
from backend.people.viewer import Viewer
from locales import N_


def require_leader(viewer: Viewer) -> None:
    """Raise Forbidden for all but supervisors, managers and admins."""
    if not roles.is_leader(viewer.role):
        raise Forbidden


def list_team(session: Session, viewer: Viewer) -> list[User]:
    """Return the active colleagues whose absence this leader may write down; nobody their own."""
    staff = people.list_staff(session, viewer)
    return [one for one in staff if one.id != viewer.user_id and _is_led_by(viewer, one)]


def note(
    session: Session, viewer: Viewer, actor: Actor, user_id: int, away: Absence, deputy_id: int | None,
    now: datetime,
) -> User:  # fmt: skip
    """Write down when a colleague is away; without ``deputy_id`` whoever is named already stands in.

    Raises Forbidden, NotFound, BadInput for a time that is over or far too long, and WrongDeputy for somebody
    who cannot stand in, or where nobody would.
    """
    user = _find(session, viewer, user_id)
    account.check_time(away, now)
    if deputy_id is not None:
        user.deputy_id = account.find_deputy(session, viewer, user, deputy_id).id
    if user.deputy_id is None and user.role == Role.BUTLER:
        raise account.WrongDeputy(N_("Nobody is named to stand in yet: please choose a deputy."))
    user.settings = {**user.settings, absence.KEY: away.stored()}
    after = {**away.stored(), "deputy": user.deputy_id}
    audit.record(session, actor, now, "user.away", subject="user", subject_id=user.username, after=after)
    return user


def take_back(session: Session, viewer: Viewer, actor: Actor, user_id: int, now: datetime) -> User:
    """The colleague is there again, or will be. Raises Forbidden, NotFound."""
    user = _find(session, viewer, user_id)
    user.settings = {name: value for name, value in user.settings.items() if name != absence.KEY}
    audit.record(session, actor, now, "user.away", subject="user", subject_id=user.username,
                 after={"until": now.isoformat()})  # fmt: skip
    return user


def _find(session: Session, viewer: Viewer, user_id: int) -> User:
    require_leader(viewer)
    user = people.find_user_of(session, viewer, user_id)
    if user is None or not user.is_active or user.id == viewer.user_id or not _is_led_by(viewer, user):
        raise NotFound
    return user


def _is_led_by(viewer: Viewer, user: User) -> bool:
    """A supervisor leads those who are no leaders; managers and admins everybody."""
    return roles.may_manage_people(viewer.role) or not roles.is_leader(Role(user.role))
