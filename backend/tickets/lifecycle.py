"""The machines of tickets as tables: which step may follow which, and what each action does. Pure.

A line of a table reads ``from > to : event : actor``. An *action* (what staff or a resident do) aims at a
step; the way there is the shortest walk over the table, one timeline row for each step, so that staff may
record the step of an absent engineer, provider, department or resident in one go.
Seeds: WF-01 repair, WF-03 complaint, WF-04 suggestion, WF-05 enquiry, WF-06 housekeeping, WF-19 emergency;
every other workflow follows the general machine for now.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

#: steps nothing can follow
FINAL: Final = frozenset(
    {"closed", "cancelled", "withdrawn", "declined", "reopened_as_new", "moved_to_warranty", "false_alarm"}
)
DROPPED: Final = frozenset({"cancelled", "withdrawn", "declined", "false_alarm", "moved_to_warranty"})


@dataclass(frozen=True, slots=True)
class Move:
    """One allowed step of a machine.

    ``actor`` is whose step it is (R, BOT, B, S, M, D, E, SEC, P, SYS); several where any of them may take it.
    """

    from_step: str
    to_step: str
    event: str
    actor: str

    def taken_for(self, actor: str) -> str | None:
        """For whom ``actor`` records this step; None when it is their own, or nobody's (BOT, SYS)."""
        whose = self.actor.split()
        return None if actor in whose or whose[0] in ("BOT", "SYS") else whose[0]


@dataclass(frozen=True, slots=True)
class Machine:
    """One workflow. ``aims``: action → step it leads to. ``done``: steps at which the main work is over."""

    name: str
    start: str
    moves: tuple[Move, ...]
    aims: Mapping[str, str]
    done: frozenset[str]
    cancel_to: str
    before_work: frozenset[str]
    unsatisfied: str
    not_from: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def move(self, from_step: str, to_step: str) -> Move | None:
        return next((m for m in self.moves if (m.from_step, m.to_step) == (from_step, to_step)), None)


class NoWay(ValueError):
    """The action cannot be taken from this step."""


def _moves(table: str) -> tuple[Move, ...]:
    rows = (line.replace(">", ":").split(":") for line in table.strip().splitlines())
    return tuple(Move(*(part.strip() for part in row)) for row in rows)


REPAIR: Final = Machine(
    "repair",
    "confirmed",
    _moves("""
    confirmed > triaged : kind decided : B
    confirmed > cancelled : withdrawn : R
    triaged > declined : cannot be repaired by us : S
    triaged > quoted : price listed : B
    triaged > moved_to_warranty : in liability period : B
    triaged > assigned : engineer named : B
    triaged > cancelled : withdrawn : R
    quoted > assigned : price accepted : R B
    quoted > cancelled : price refused : R
    assigned > on_site : check-in : E
    assigned > rescheduled : cannot be on time : B
    assigned > cancelled : withdrawn before arrival : R
    rescheduled > assigned : new appointment fixed : B
    rescheduled > cancelled : withdrawn before arrival : R
    on_site > diagnosed : actual items written : E
    diagnosed > waiting_parts : part missing : E
    waiting_parts > assigned : part here : E B
    diagnosed > quoted : more work than quoted : E B
    diagnosed > done : tried and signed : R
    done > followed_up : follow-up made : B
    followed_up > closed : satisfied : B
    followed_up > rework : not satisfied : R
    rework > assigned : engineer named : B
    """),
    aims={"accept": "triaged", "assign": "assigned", "check_in": "on_site", "complete": "done",
          "sign_off": "done", "follow_up": "closed"},
    done=frozenset({"done", "followed_up"}),
    cancel_to="cancelled",
    before_work=frozenset({"confirmed", "triaged", "quoted", "assigned", "rescheduled"}),
    unsatisfied="rework",
)  # fmt: skip

HOUSEKEEPING: Final = Machine(
    "housekeeping",
    "booked",
    _moves("""
    booked > assigned : provider named : B P
    booked > cancelled : withdrawn : R
    assigned > on_site : check-in on time : P
    assigned > cancelled : withdrawn : R
    on_site > finished : work done : P
    finished > signed : resident signs : R P
    finished > rework : refused to sign : R
    rework > on_site : returns : P
    signed > settled : voucher or cash taken : P
    settled > followed_up : follow-up made : B
    followed_up > closed : satisfied : B
    followed_up > rework : not satisfied : R
    """),
    aims={"assign": "assigned", "check_in": "on_site", "complete": "finished", "sign_off": "signed",
          "follow_up": "closed"},
    done=frozenset({"finished", "signed", "settled", "followed_up"}),
    cancel_to="cancelled",
    before_work=frozenset({"booked", "assigned"}),
    unsatisfied="rework",
)  # fmt: skip

COMPLAINT: Final = Machine(
    "complaint",
    "registered",
    _moves("""
    registered > classified : class set : B
    registered > withdrawn : withdrawn : R
    classified > assigned : department named : B
    classified > explained : facts told in person or by notice : M
    assigned > handled : cause and measures recorded : E D P
    handled > fed_back : result told : B
    explained > fed_back : explanation told : B M
    fed_back > followed_up : follow-up made : B
    followed_up > closed : satisfied : B
    followed_up > reopened_as_new : not satisfied, new complaint : SYS
    """),
    aims={"classify": "assigned", "complete": "handled", "feedback": "fed_back", "follow_up": "closed"},
    done=frozenset({"fed_back", "followed_up"}),
    cancel_to="withdrawn",
    before_work=frozenset({"registered"}),
    unsatisfied="reopened_as_new",
    not_from={"follow_up": frozenset({"registered", "classified", "assigned", "handled", "explained"})},
)

#: a suggestion at these steps has not been answered yet, and only an answer may end it
_UNDECIDED: Final = frozenset(
    {"received", "registered", "explained", "under_review", "consulting", "adopted", "not_adopted"}
)
SUGGESTION: Final = Machine(
    "suggestion",
    "received",
    _moves("""
    received > registered : entered, owner named : D
    received > cancelled : withdrawn : R
    registered > explained : clear answer : B
    registered > under_review : manager's meeting : M
    registered > cancelled : withdrawn : R
    under_review > consulting : opinion asked : M
    consulting > under_review : opinion received : M
    under_review > adopted : method and measures : M
    under_review > not_adopted : explanation prepared : M
    adopted > replied : told with thanks : B
    not_adopted > replied : told with reason : B
    explained > replied : told : B
    replied > closed : nothing else : B
    """),
    aims={"accept": "registered", "decide": "replied", "complete": "closed", "follow_up": "closed"},
    done=frozenset({"replied"}),
    cancel_to="cancelled",
    before_work=frozenset({"received", "registered"}),
    unsatisfied="closed",
    not_from={
        "complete": _UNDECIDED,
        "follow_up": _UNDECIDED,
        "decide": frozenset({"explained"}),
    },
)

ENQUIRY: Final = Machine(
    "enquiry",
    "taken",
    _moves("""
    taken > researching : butler accepts : B
    taken > cancelled : withdrawn : R
    researching > answered : answer sent : B
    researching > cancelled : withdrawn : R
    answered > closed : no further question : R
    answered > taken : did not help : R
    """),
    aims={"accept": "researching", "answer": "answered", "complete": "closed", "follow_up": "closed"},
    done=frozenset({"answered"}),
    cancel_to="cancelled",
    before_work=frozenset({"taken", "researching"}),
    unsatisfied="taken",
    not_from={
        "complete": frozenset({"taken", "researching"}),
        "follow_up": frozenset({"taken", "researching"}),
    },
)

EMERGENCY: Final = Machine(
    "emergency",
    "alerted",
    _moves("""
    alerted > accepted : duty person takes over : E SEC B
    alerted > false_alarm : all is well : B
    accepted > on_site : arrival : E SEC
    on_site > safe : danger over : E SEC
    safe > followed_up : resident called : B
    followed_up > closed : report filed : M
    """),
    aims={"accept": "accepted", "check_in": "on_site", "complete": "safe", "follow_up": "closed"},
    done=frozenset({"safe", "followed_up"}),
    cancel_to="false_alarm",
    before_work=frozenset({"alerted"}),
    unsatisfied="closed",
    not_from={"follow_up": frozenset({"alerted", "accepted", "on_site"})},
)

GENERAL: Final = Machine(
    "general",
    "received",
    _moves("""
    received > accepted : taken : B
    received > cancelled : withdrawn : R
    accepted > in_work : begun : B
    accepted > cancelled : withdrawn : R
    in_work > done : done : B
    done > followed_up : follow-up made : B
    followed_up > closed : satisfied : B
    followed_up > rework : not satisfied : R
    rework > in_work : begun again : B
    """),
    aims={"accept": "accepted", "assign": "in_work", "check_in": "in_work", "complete": "done",
          "sign_off": "done", "follow_up": "closed"},
    done=frozenset({"done", "followed_up"}),
    cancel_to="cancelled",
    before_work=frozenset({"received", "accepted"}),
    unsatisfied="rework",
    not_from={"follow_up": frozenset({"received", "accepted", "in_work"})},
)  # fmt: skip

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
