"""SQL of what is still somebody's to do: which unfinished tickets stand in the queue of which role.

For the office every unfinished ticket does, up to the follow-up. Engineers and guards have theirs until the
work is over: asking the resident afterwards (回访) is the butlers', and so are done tickets, but for the few
whose next step is the field's own.
"""

from functools import cache
from typing import Final

from sqlalchemy import ColumnElement, and_, or_

from backend.models import Ticket
from backend.people import roles
from backend.people.roles import Role
from backend.people.viewer import Viewer
from backend.tickets.lifecycle import MACHINES
from backend.tickets.spans import WISHED

ACTIVE: Final = ("open", "waiting", "done")
#: a permit is in force once it is granted, and whoever is at the gate looks at it until it ends (WF-21)
_GATE: Final = "permit"


def is_to_do(viewer: Viewer) -> ColumnElement[bool]:
    """Unfinished, and the viewer's role has something left to do there."""
    active = Ticket.state.in_(ACTIVE)
    if roles.sees_all_tickets(viewer.role):
        return active
    theirs = [
        and_(Ticket.workflow == flow, Ticket.step.in_(steps)) for flow, steps in _after_work(viewer.role)
    ]
    if roles.stands_at_the_gate(viewer.role):
        theirs.append(Ticket.workflow == _GATE)
    return and_(active, or_(Ticket.state != "done", *theirs))


@cache
def _after_work(role: Role) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(workflow, steps) at which the work is over and the next step is this role's: to have it signed."""
    found = {
        name: tuple(sorted({move.from_step for move in machine.moves
                            if move.from_step in machine.done and roles.may_take(role, move.actor)}))
        for name, machine in MACHINES.items()
    }  # fmt: skip
    return tuple((name, steps) for name, steps in found.items() if steps)


def awaits_a_time() -> ColumnElement[bool]:
    """Its resident asked for another time of the visit, which is neither confirmed nor declined."""
    return and_(Ticket.slots[WISHED].as_string().is_not(None), Ticket.state.in_(("open", "waiting")))
