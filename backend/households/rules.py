"""Who may see and change homes and residents. Pure.

Leaders and the desk see and change every home of their estates. Butlers see the homes they answer for, those
of the colleague they stand in for, and those with a ticket of theirs; there they invite, note, and put right
phone and language. Engineers and guards have no page: their jobs carry name, home and phone.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from backend.people import roles
from backend.people.roles import Role

#: what a butler may put right of a resident
BUTLERS_FIELDS: Final = frozenset({"phone", "no_phone", "language"})
SCOPES: Final = ("home", "building", "zone")


def may_see(role: Role) -> bool:
    return roles.sees_all_tickets(role)


def may_edit(role: Role) -> bool:
    return roles.is_leader(role) or role == Role.DESK


def may_change(role: Role, field: str) -> bool:
    """True when the role may change this field of a resident it sees."""
    return may_edit(role) or (may_see(role) and field in BUTLERS_FIELDS)


def conflict(shown: str, present: str) -> bool:
    """True when a form was filled in over a state of the row that is gone; "" where a form carries none."""
    return bool(shown) and shown != present


def which_goes(answer: str, ids: Sequence[int]) -> int | None:
    """Of two residents the one that gives way, as it was chosen on the page; None for anything else."""
    return next((one for one in ids if answer == str(one)), None)


def filled(keeps: Mapping[str, object], goes: Mapping[str, object]) -> dict[str, object]:
    """What the one that stays takes over from the other: only what it lacks itself."""
    return {name: value for name, value in goes.items() if value and not keeps.get(name)}
