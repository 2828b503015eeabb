"""What each member of staff may do. Pure: the ticket room asks here before it moves anything.

A role says what a person may do at all; whether a step is possible now is the workflow's matter
(``tickets.lifecycle``), and whether a row is theirs to see is the viewer's (``people.viewer``).
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """The roles of staff, as stored in ``users.role``."""

    BUTLER = "butler"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    ENGINEER = "engineer"
    GUARD = "guard"
    DESK = "desk"
    ADMIN = "admin"


_TICKET_ACTIONS = (
    "open accept reply note assign schedule plan check_in complete sign_off follow_up classify feedback "
    "answer decide move pause resume cancel set_aside bring_back pass_on merge separate split choose "
    "unschedule not_arrived"
)
#: Every action of ``POST /api/tickets/{number}/{action}``, and ``open`` for a ticket by phone, desk or paper.
ACTIONS: Final = frozenset(_TICKET_ACTIONS.split())
_FIELD: Final = frozenset({"accept", "note", "check_in", "not_arrived", "complete", "sign_off", "move",
                           "pause", "resume"})  # fmt: skip
_ALLOWED: Final[Mapping[Role, frozenset[str]]] = {
    # A butler records what the manager decided; the timeline keeps for whom (``acting_for``).
    Role.BUTLER: ACTIONS,
    Role.DESK: ACTIONS - {"decide"},
    Role.SUPERVISOR: ACTIONS,
    Role.MANAGER: ACTIONS,
    Role.ADMIN: ACTIONS,
    Role.ENGINEER: _FIELD,
    Role.GUARD: _FIELD,
}

#: role -> whose steps they take as their own
_STEPS: Final[Mapping[Role, frozenset[str]]] = {
    Role.BUTLER: frozenset({"B"}),
    Role.DESK: frozenset({"D"}),
    Role.SUPERVISOR: frozenset({"S", "B", "D", "SUP"}),
    Role.MANAGER: frozenset({"M", "S", "B", "D", "SUP"}),
    Role.ADMIN: frozenset({"S", "B", "D", "SUP"}),
    # An engineer records what a provider or a contractor did beside them.
    Role.ENGINEER: frozenset({"E", "P", "DEV"}),
    Role.GUARD: frozenset({"SEC", "P"}),
}

ABSOLUTE_LIMIT: Final = timedelta(hours=12)
_SHORT_IDLE: Final = timedelta(minutes=30)
_FIELD_ROLES: Final = frozenset({Role.ENGINEER, Role.GUARD})
_LEADERS: Final = frozenset({Role.SUPERVISOR, Role.MANAGER, Role.ADMIN})


def may(role: Role, action: str) -> bool:
    """True when ``role`` may ever take ``action`` on a ticket it can see."""
    return action in _ALLOWED[role]


def takes_as_own(role: Role, whose: str) -> bool:
    """True when a step of the actors ``whose`` is the role's own, and recorded for nobody else."""
    return bool(frozenset(whose.split()) & _STEPS[role])


def may_take(role: Role, whose: str) -> bool:
    """True when ``role`` may take or record a step of the actors ``whose`` (as "R B").

    The office records the step of an absent resident, engineer, provider or department (DESIGN §6); engineers
    and guards take their own. What the manager alone decides the desk does not record.
    """
    actors = frozenset(whose.split())
    if takes_as_own(role, whose):
        return True
    if role in _FIELD_ROLES:
        return False
    return role != Role.DESK or actors != {"M"}


def sees_all_tickets(role: Role) -> bool:
    """True for those who see every ticket of their estates; engineers and guards see jobs and emergencies."""
    return role not in _FIELD_ROLES


def first_page(role: Role) -> str:
    """Where somebody begins after signing in, unless they asked for another page."""
    if stands_at_the_gate(role):
        return "/passes"
    return "/queue" if sees_all_tickets(role) else "/jobs"


def stands_at_the_gate(role: Role) -> bool:
    """True for those who let goods out by a pass and look at permits, whoever was named for them."""
    return role == Role.GUARD


def is_leader(role: Role) -> bool:
    """True for those who hear of escalations and see the whole team's work."""
    return role in _LEADERS


def may_manage_people(role: Role) -> bool:
    """True for those who create staff accounts and end other people's sessions."""
    return role in (Role.MANAGER, Role.ADMIN)


def may_teach(role: Role) -> bool:
    """True for those who say what residents' words mean, to every chat at once."""
    return role in _LEADERS


def may_invite(role: Role) -> bool:
    """True for those who hand a resident an invitation."""
    return role not in _FIELD_ROLES


def idle_limit(role: Role) -> timedelta:
    """How long a session may rest before it ends: 30 minutes for managers and admins, else 12 hours."""
    return _SHORT_IDLE if role in (Role.MANAGER, Role.ADMIN) else ABSOLUTE_LIMIT


def may_see_ticket(
    role: Role, user_id: int, worker_id: int | None, hidden_from_id: int | None, *, is_emergency: bool = False
) -> bool:
    """True when this member of staff may see a ticket of an estate of theirs.

    Nobody ever sees a complaint about themselves; engineers and guards see what was given to them, and
    emergencies, which whoever of the duty staff is nearest takes.
    """
    if hidden_from_id == user_id:
        return False
    return sees_all_tickets(role) or is_emergency or worker_id == user_id
