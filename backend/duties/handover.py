"""The steps of a handover (交接班, WF-14), and what each needs. Pure.

The shift that ends prepares and offers, the next one accepts or refuses with a reason; a refused handover is
completed and offered again; the manager reviews what was accepted. A shift ends only on acceptance.
Whoever offered it may take it back until then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from backend.tickets.machines.table import Move, moves

#: the machine's own states: the row names them so, the service plans "written" and "read"
MOVES: Final = moves("""
    prepared > offered : offered to the next shift : D : to, REC-24
    offered > accepted : no open question, equipment checked : D : REC-24
    offered > refused : something is unclear : D : reason, REC-24
    refused > prepared : completed : D : note, REC-24
    accepted > reviewed : manager signs : M : REC-24
""")
#: our own, which the service plans do not name: an offer that nobody has answered yet is taken back
TAKEN_BACK: Final = moves("""
    offered > prepared : taken back by whoever offered it : D
""")
STATES: Final = ("prepared", "offered", "refused", "accepted", "reviewed")
#: what the rows call a state, and what the service plans do
PLAN_NAMES: Final[Mapping[str, str]] = {"prepared": "written", "offered": "read"}
#: action → the state it leads to
ACTIONS: Final[Mapping[str, str]] = {
    "offer": "offered", "take_back": "prepared", "accept": "accepted", "refuse": "refused",
    "review": "reviewed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parties:
    """Who is looking at a handover: who hands over, to whom, and what the viewer is.

    ``offered_by``: who offered it in the giver's place; None where the giver did, or nobody has.
    """

    viewer_id: int
    from_id: int
    to_id: int | None
    is_manager: bool
    is_leader: bool
    offered_by: int | None = None


def path(state: str, action: str) -> tuple[Move, ...]:
    """Return the steps an action takes from a state, () where it is not allowed.

    A refused handover that is offered again is completed on the way.
    """
    if action == "take_back":
        return tuple(one for one in TAKEN_BACK if one.from_step == state)
    aim = ACTIONS.get(action)
    first = tuple(one for one in MOVES if one.from_step == state)
    direct = next((one for one in first if one.to_step == aim), None)
    if direct is not None:
        return (direct,)
    if action == "offer" and state == "refused":
        return (*first, *path("prepared", "offer"))
    return ()


def is_theirs(action: str, parties: Parties) -> bool:
    """Tell whether a step is this person's: nobody accepts or refuses their own handover.

    A leader may act for whoever is not there, but never on both sides; what was offered is taken back by
    whoever hands over, or by the leader who offered it for them.
    """
    is_giver = parties.viewer_id == parties.from_id
    if action == "offer":
        return is_giver or parties.is_leader
    if action == "take_back":
        return is_giver or parties.viewer_id == parties.offered_by
    if action in ("accept", "refuse"):
        return not is_giver and (parties.viewer_id == parties.to_id or parties.is_leader)
    return parties.is_manager


def allowed(state: str, parties: Parties) -> tuple[str, ...]:
    """Return the actions this person may take now."""
    return tuple(one for one in ACTIONS if path(state, one) and is_theirs(one, parties))
