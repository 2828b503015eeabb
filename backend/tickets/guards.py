"""What a step of a machine must not be taken without. Pure.

A guard looks at what is known of a ticket and says whether the step may be taken; a field must simply be
there. What lacks is told by name, so that a door can say it in words (see ``wording``).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from backend.tickets.machines.table import Move


@dataclass(frozen=True, slots=True)
class Facts:
    """What guards may look at. ``known``: the ticket's facts with those of the record just given."""

    workflow: str
    resident_kind: str | None = None
    slots: Mapping[str, Any] = field(default_factory=dict)
    known: Mapping[str, Any] = field(default_factory=dict)
    class_: str | None = None
    satisfaction: str | None = None


@dataclass(frozen=True, slots=True)
class Lack:
    """What is missing: a field of the record, or a guard that refuses (``is_guard``)."""

    name: str
    is_guard: bool = False


Guard = Callable[[Facts], bool]
#: name → whether the step may be taken
GUARDS: Final[Mapping[str, Guard]] = {}


def lacks(move: Move, facts: Facts) -> tuple[Lack, ...]:
    """Return what the step still needs, fields first; () when it may be taken."""
    fields = tuple(Lack(name) for name in move.fields if facts.known.get(name) in (None, "", [], {}))
    refused = tuple(Lack(name, is_guard=True) for name in move.guards if not GUARDS[name](facts))
    return (*fields, *refused)
