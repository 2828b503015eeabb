"""Who may change whose account, and which roles somebody may give. Pure.

Managers manage everybody but administrators; administrators everybody. Nobody changes their own role, and
nobody is touched who also works where the viewer does not: a new password would open that estate too.
"""

from collections.abc import Collection
from typing import Final

from backend.people import roles
from backend.people.roles import Role
from backend.people.viewer import Viewer

#: in the order of the list and of every choice
ORDER: Final = (Role.ADMIN, Role.MANAGER, Role.SUPERVISOR, Role.BUTLER, Role.DESK, Role.ENGINEER, Role.GUARD)
_WORKERS: Final = frozenset({Role.ENGINEER, Role.GUARD})


def may_touch(viewer: Viewer, user_id: int, role: Role, estate_ids: Collection[int]) -> bool:
    """True when ``viewer`` may change the account of a colleague with this role, at work in these estates."""
    if not roles.may_manage_people(viewer.role) or not set(estate_ids) <= viewer.estate_ids:
        return False
    return viewer.role == Role.ADMIN or role != Role.ADMIN or user_id == viewer.user_id


def grantable(viewer: Viewer) -> tuple[Role, ...]:
    """The roles that ``viewer`` may give to somebody else."""
    return tuple(one for one in ORDER if viewer.role == Role.ADMIN or one != Role.ADMIN)


def may_change_role(viewer: Viewer, user_id: int) -> bool:
    """True unless it is the viewer's own role: nobody raises, or by a slip lowers, themselves."""
    return user_id != viewer.user_id


def stands_in_for(role: Role, other: Role) -> bool:
    """True when somebody of ``other`` can take what lies with ``role``: work in the field, or at the desk."""
    return (role in _WORKERS) == (other in _WORKERS)
