"""The machines of tickets as tables: which step may follow which, and what each action does. Pure.

The tables stand in ``machines``, one family a file. An *action* (what staff or a resident do) aims at a
step; the way there is the shortest walk over the main road of the table, one timeline row for each step, so
that staff may record the step of an absent engineer, provider, department or resident in one go. What each
step of a walk must carry (``guards``) is asked of each of them; a walk goes past none.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Final

from backend.tickets.machines.building import DECORATION
from backend.tickets.machines.general import GENERAL
from backend.tickets.machines.office import HANDOVER, PROVIDER, REFERRAL
from backend.tickets.machines.papers import MOVE_IN, MOVE_OUT, PARKING, PERMIT, RECORDS, RELEASE_PASS
from backend.tickets.machines.safety import EMERGENCY
from backend.tickets.machines.services import AID, BENEFIT, BOOKING, EVENT, LEND, PAID
from backend.tickets.machines.table import Machine, Move
from backend.tickets.machines.voices import COMPLAINT, ENQUIRY, ONLINE_INFO, SUGGESTION, VISIT
from backend.tickets.machines.works import HOUSEKEEPING, REPAIR, STANDING_REPORT, WARRANTY

__all__ = ["DROPPED", "FINAL", "MACHINES", "Machine", "Move", "NoWay", "allowed", "is_final", "is_return",
           "machine_of", "moves_of", "outer_state", "rescheduling", "walk"]  # fmt: skip

#: ends wherever a ticket stands at them. Others end some machines and not others (``done`` the records,
#: ``released`` the release pass, ``active`` the move-in): ``is_final`` knows.
FINAL: Final = frozenset(
    {"closed", "cancelled", "withdrawn", "declined", "reopened_as_new", "moved_to_warranty", "false_alarm",
     "refused", "rejected", "merged", "complained", "redirected", "ended", "filed", "reviewed", "nothing",
     "unavailable", "returned", "expired", "lapsed", "rewarded"}
)  # fmt: skip
#: ends at which nothing was done here: the ticket counts as cancelled, not as closed
DROPPED: Final = frozenset(
    {"cancelled", "withdrawn", "declined", "false_alarm", "moved_to_warranty", "refused", "rejected",
     "merged", "redirected", "unavailable", "lapsed"}
)  # fmt: skip


class NoWay(ValueError):
    """The action cannot be taken from this step."""


#: WF-01 to WF-26 by the name of their workflow, and the general one. HANDOVER and PROVIDER are no tickets.
MACHINES: Final[Mapping[str, Machine]] = {
    m.name: m
    for m in (REPAIR, PAID, COMPLAINT, SUGGESTION, ENQUIRY, HOUSEKEEPING, BENEFIT, MOVE_IN, MOVE_OUT,
              DECORATION, PARKING, WARRANTY, VISIT, HANDOVER, ONLINE_INFO, BOOKING, AID, LEND, EMERGENCY,
              RELEASE_PASS, PERMIT, EVENT, RECORDS, STANDING_REPORT, PROVIDER, REFERRAL, GENERAL)
}  # fmt: skip
_ALWAYS: Final = ("reply", "note")


def machine_of(workflow: str, step: str | None = None) -> Machine:
    """Return the machine a workflow follows; one without its own follows the general one.

    With ``step`` the machine always knows it, so that no ticket gets stuck at a step of an older release: it
    is then the general machine, or the workflow's own with a way back to its start.
    """
    machine = MACHINES.get(workflow, GENERAL)
    if step is None or step in machine.steps or step in FINAL:
        return machine
    return GENERAL if step in GENERAL.steps else _with_way_back(machine.name, step)


@cache
def _with_way_back(name: str, step: str) -> Machine:
    machine = MACHINES[name]
    ways = (Move(step, machine.start, "taken up again", "B"),
            Move(step, machine.cancel_to, "withdrawn", "R"))  # fmt: skip
    return replace(machine, moves=(*machine.moves, *ways), before_work=machine.before_work | {step})


def is_final(machine: Machine, step: str) -> bool:
    """Tell whether nothing can follow the step in this machine."""
    return not machine.moves_from(step) if step in machine.steps else step in FINAL


def is_return(machine: Machine, move: Move) -> bool:
    """Tell whether the step sends work that was done back to be done again (SLA-16: a new cycle)."""
    is_back = move.from_step in machine.done and move.to_step not in machine.done
    return (is_back or move.to_step == "rework") and not is_final(machine, move.to_step)


def outer_state(machine: Machine, step: str, is_paused: bool) -> str:
    """Return the short state of DESIGN §4: open, waiting, done, closed or cancelled."""
    if is_final(machine, step):
        return "cancelled" if step in DROPPED else "closed"
    if step in machine.done:
        return "done"
    return "waiting" if is_paused else "open"


def walk(machine: Machine, step: str, target: str) -> tuple[Move, ...]:
    """Return the shortest way from ``step`` to ``target``, never through an end, a side road or a return.

    A side road (``machine.sides``) can be left or aimed at, and so can the work that a return leads back to.
    Raises NoWay where the table has no way.
    """
    ways: dict[str, tuple[Move, ...]] = {step: ()}
    queue = [step]
    while queue:
        here = queue.pop(0)
        for move in machine.moves_from(here):
            if move.to_step in ways:
                continue
            ways[move.to_step] = (*ways[here], move)
            if move.to_step == target:
                return ways[target]
            if move.to_step not in machine.sides and not is_return(machine, move):
                queue.append(move.to_step)
    raise NoWay(f"{machine.name}: no way from {step} to {target}")


def moves_of(machine: Machine, step: str, action: str) -> tuple[Move, ...]:
    """Return the steps an action walks from ``step``; () when it moves nothing. Raises NoWay."""
    target = machine.aim(step, action)
    if target is None or step in machine.not_from.get(action, ()):
        raise NoWay(f"{machine.name}: {action} does nothing at {step}")
    return walk(machine, step, target)


def rescheduling(machine: Machine, step: str, *, had_one: bool) -> tuple[Move, ...]:
    """Return the steps that fixing an appointment walks from ``step``; () when it moves nothing.

    ``had_one``: an earlier appointment is given up, which some machines keep a step for.
    """
    if had_one and step in machine.again:
        found: list[Move] = []
        here = step
        for there in machine.again[step]:
            found += walk(machine, here, there)
            here = there
        return tuple(found)
    target = machine.aim(step, "schedule")
    direct = machine.move(step, target) if target else None
    return (direct,) if direct else ()


def allowed(machine: Machine, step: str, *, is_paused: bool, is_accepted: bool) -> tuple[str, ...]:
    """Return the names of the actions possible now, in the order a person would look for them."""
    if is_final(machine, step):
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
        return machine.is_appointed and not is_done
    if action == "assign":
        return not is_done
    if action == "classify":
        # Later as well: a class and a department that were forgotten must still be recorded (SLA-12).
        return machine.name == "complaint"
    if action == "follow_up" and not is_done:
        return False
    if action == "check_in" and is_done:
        return False
    if action == "sign_off" and is_done:
        # What was completed without a signature can still be signed.
        return "sign_off" in machine.aims and step in ("done", "finished", "signed_off", "fulfilled")
    if action == "complete" and is_done and not is_final(machine, machine.aim(step, action) or step):
        return False
    return _has_way(machine, step, action)


def _has_way(machine: Machine, step: str, action: str) -> bool:
    try:
        return bool(moves_of(machine, step, action))
    except NoWay:
        return False
