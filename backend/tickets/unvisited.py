"""An emergency that ended without anybody going there: it is over, and nobody is said to have arrived.

Nothing here commits. The promise to be there (SLA-04) is neither kept nor met then: it ends, since nobody was
needed; what was late by then stays late.
"""

from typing import TYPE_CHECKING, Final

from backend.tickets import lifecycle
from backend.tickets.lifecycle import Machine
from backend.tickets.machines.table import Move
from backend.tickets.not_arrived import ARRIVED

if TYPE_CHECKING:
    from backend.tickets.work import Work

WORKFLOW: Final = "emergency"


def is_open(machine: Machine, step: str) -> bool:
    """Tell whether an end now would be one of which nobody has recorded that somebody came."""
    if machine.name != WORKFLOW or step in machine.done or lifecycle.is_final(machine, step):
        return False
    return step != machine.aims["check_in"]


def way_to_the_end(work: "Work") -> tuple[Move, ...]:
    """Return the steps to the end, by way of the arrival only where somebody was there.

    Who was there is said with the end (``was_there``); whoever was sent and ends it themselves was there too.
    """
    machine, step = work.machine, work.ticket.step
    if not is_open(machine, step):
        return lifecycle.moves_of(machine, step, "complete")
    if _was_there(work):
        work.walk(ARRIVED, lifecycle.moves_of(machine, step, "check_in"))
        return lifecycle.moves_of(machine, work.ticket.step, "complete")
    work.happen("unvisited")
    accepted, end = machine.aims["accept"], machine.aims["complete"]
    over = Move(accepted, end, "danger over, nobody had to go there", "E SEC B", form="REC-37")
    return (*(() if step == accepted else lifecycle.walk(machine, step, accepted)), over)


def _was_there(work: "Work") -> bool:
    said = work.body.get("was_there")
    return work.ticket.worker_id == work.viewer.user_id if said is None else bool(said)
