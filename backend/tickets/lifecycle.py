"""The machines of tickets as tables: which step may follow which, and what each action does. Pure.

The tables stand in ``machines``, one family a file. An *action* (what staff or a resident do) aims at a
step; the way there is the shortest walk over the table, one timeline row for each step, so that staff may
record the step of an absent engineer, provider, department or resident in one go.
"""

from collections.abc import Mapping
from typing import Final

from backend.tickets.machines.general import GENERAL
from backend.tickets.machines.safety import EMERGENCY
from backend.tickets.machines.table import Machine, Move
from backend.tickets.machines.voices import COMPLAINT, ENQUIRY, SUGGESTION
from backend.tickets.machines.works import HOUSEKEEPING, REPAIR

__all__ = ["DROPPED", "FINAL", "MACHINES", "Machine", "Move", "NoWay", "allowed", "machine_of", "moves_of",
           "outer_state", "walk"]  # fmt: skip

#: steps nothing can follow
FINAL: Final = frozenset(
    {"closed", "cancelled", "withdrawn", "declined", "reopened_as_new", "moved_to_warranty", "false_alarm"}
)
DROPPED: Final = frozenset({"cancelled", "withdrawn", "declined", "false_alarm", "moved_to_warranty"})


class NoWay(ValueError):
    """The action cannot be taken from this step."""


MACHINES: Final[Mapping[str, Machine]] = {
    m.name: m for m in (REPAIR, HOUSEKEEPING, COMPLAINT, SUGGESTION, ENQUIRY, EMERGENCY, GENERAL)
}
_ALWAYS: Final = ("reply", "note")
_APPOINTED: Final = frozenset({"repair", "housekeeping", "general"})


def machine_of(workflow: str) -> Machine:
    """Return the machine a workflow follows; one without its own follows the general one."""
    return MACHINES.get(workflow, GENERAL)


def outer_state(machine: Machine, step: str, is_paused: bool) -> str:
    """Return the short state of DESIGN §4: open, waiting, done, closed or cancelled."""
    if step in DROPPED:
        return "cancelled"
    if step in FINAL:
        return "closed"
    if step in machine.done:
        return "done"
    return "waiting" if is_paused else "open"


def walk(machine: Machine, step: str, target: str) -> tuple[Move, ...]:
    """Return the shortest way from ``step`` to ``target``, never through a final step.

    Raises NoWay where the table has none.
    """
    ways: dict[str, tuple[Move, ...]] = {step: ()}
    queue = [step]
    while queue:
        here = queue.pop(0)
        for move in machine.moves:
            if move.from_step != here or move.to_step in ways:
                continue
            ways[move.to_step] = (*ways[here], move)
            if move.to_step == target:
                return ways[target]
            if move.to_step not in FINAL:
                queue.append(move.to_step)
    raise NoWay(f"{machine.name}: no way from {step} to {target}")


def moves_of(machine: Machine, step: str, action: str) -> tuple[Move, ...]:
    """Return the steps an action walks from ``step``; () when it moves nothing. Raises NoWay."""
    target = machine.aims.get(action)
    if target is None or step in machine.not_from.get(action, ()):
        raise NoWay(f"{machine.name}: {action} does nothing at {step}")
    return walk(machine, step, target)


def allowed(machine: Machine, step: str, *, is_paused: bool, is_accepted: bool) -> tuple[str, ...]:
    """Return the names of the actions possible now, in the order a person would look for them."""
    if step in FINAL:
        return _ALWAYS
    found = [] if is_accepted or step in machine.done else ["accept"]
    found += [a for a in _ORDER if _is_possible(machine, step, a)]
    if step not in machine.done:
        found.append("resume" if is_paused else "pause")
    return (*found, *_ALWAYS)


_ORDER: Final = ("assign", "schedule", "check_in", "classify", "complete", "sign_off", "feedback", "answer",
                 "decide", "follow_up", "cancel")  # fmt: skip


def _is_possible(machine: Machine, step: str, action: str) -> bool:
    is_done = step in machine.done
    if action == "cancel":
        return step in machine.before_work
    if action == "schedule":
        return machine.name in _APPOINTED and not is_done
    if action == "assign":
        return not is_done
    if action == "classify":
        # Later as well: a class and a department that were forgotten must still be recorded (SLA-12).
        return machine.name == "complaint"
    if action == "follow_up" and not is_done:
        return False
    if action == "check_in" and (is_done or step in ("on_site", "diagnosed", "in_work")):
        return False
    if action == "sign_off" and is_done:
        return step in ("done", "finished")
    if action == "complete" and is_done and machine.aims[action] not in FINAL:
        return False
    return _has_way(machine, step, action)


def _has_way(machine: Machine, step: str, action: str) -> bool:
    try:
        return bool(moves_of(machine, step, action))
    except NoWay:
        return False
