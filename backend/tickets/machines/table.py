"""How a machine is written down: lines of a table, each one allowed step. Pure.

A line reads ``from > to : event : actor : needs``. What a step needs, if anything, is a list: a plain word is
a field that its record must have (``price``), one with a question mark a field that is asked for but may be
missing (``receipt?``), ``@word`` a guard that must let it pass (``@owner-consent``, see
``backend.tickets.guards``), ``REC-03`` the form of the service plans that it fills in. A line that
ends with a comma goes on in the next one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_FORM = re.compile(r"REC-\d\d")


@dataclass(frozen=True, slots=True)
class Move:
    """One allowed step of a machine.

    ``actor`` is whose step it is (R, BOT, B, S, M, D, E, SEC, P, FIN, SP, DEV, SYS); several where any of
    them may take it. ``fields`` must stand in its record or be known of the ticket already, ``asks`` may;
    ``guards`` must let it pass; ``form`` is the record that it writes.
    """

    from_step: str
    to_step: str
    event: str
    actor: str
    fields: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()
    form: str | None = None
    asks: tuple[str, ...] = ()

    def taken_for(self, actor: str) -> str | None:
        """For whom ``actor`` records this step; None when it is their own, or nobody's (BOT, SYS)."""
        whose = self.actor.split()
        return None if actor in whose or whose[0] in ("BOT", "SYS") else whose[0]


@dataclass(frozen=True, slots=True)
class Machine:
    """One workflow.

    ``aims``: action → step it leads to; ``aims_at``: the same for an action taken at a certain step.
    ``done``: steps at which the main work is over. ``sides``: steps off the main road, which no action walks
    through (``rework``, ``waiting``). ``again``: step → the steps walked when its appointment is moved.
    ``unsatisfied``: where dissatisfaction leads; ``complains``: it opens a linked complaint at once.
    """

    name: str
    start: str
    moves: tuple[Move, ...]
    aims: Mapping[str, str]
    done: frozenset[str]
    cancel_to: str
    before_work: frozenset[str]
    unsatisfied: str
    not_from: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sides: frozenset[str] = frozenset()
    aims_at: Mapping[tuple[str, str], str] = field(default_factory=dict)
    is_appointed: bool = False
    again: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    complains: bool = False

    @property
    def steps(self) -> tuple[str, ...]:
        """Every step, in the order of the table."""
        both = (step for move in self.moves for step in (move.from_step, move.to_step))
        return tuple(dict.fromkeys([self.start, *both]))

    def aim(self, step: str, action: str) -> str | None:
        """Return the step an action leads to from here; None where it leads nowhere."""
        return self.aims_at.get((action, step), self.aims.get(action))

    def move(self, from_step: str, to_step: str) -> Move | None:
        return next((m for m in self.moves if (m.from_step, m.to_step) == (from_step, to_step)), None)

    def moves_from(self, step: str) -> tuple[Move, ...]:
        return tuple(m for m in self.moves if m.from_step == step)


def moves(table: str) -> tuple[Move, ...]:
    """The steps of a table; raises ValueError for a line that is none."""
    whole = re.sub(r",\s*\n\s*", ", ", table.strip())
    return tuple(_move(line) for line in whole.splitlines() if line.strip())


def _move(line: str) -> Move:
    way, _, rest = line.partition(":")
    start, _, end = (part.strip() for part in way.partition(">"))
    parts = [part.strip() for part in rest.split(":")]
    if not (start and end and all(parts)) or len(parts) not in (2, 3):
        raise ValueError(f"no step of a machine: {line.strip()!r}")
    words = [word.strip() for word in parts[2].split(",")] if parts[2:] else []
    forms = [word for word in words if _FORM.fullmatch(word)]
    plain = [word for word in words if not word.startswith("@") and word not in forms]
    return Move(
        start,
        end,
        parts[0],
        parts[1],
        tuple(word for word in plain if not word.endswith("?")),
        tuple(word[1:] for word in words if word.startswith("@")),
        forms[0] if forms else None,
        tuple(word[:-1] for word in plain if word.endswith("?")),
    )
