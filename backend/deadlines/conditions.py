"""When a promise is made at all: what must be so of a ticket (``only`` in policies.toml). Pure.

A condition is a set of words each with the values it may have; every word must hold. Several conditions are
alternatives: one of them is enough. ``none`` is the value of a class or a severity that nobody has set.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from backend.deadlines.tables import Reader

YES_NO: Final = ("urgent", "asap", "appointment", "again")
"""Is it an emergency; was "now" chosen; is a visit agreed; is it work done again (a later cycle)?"""

ONE_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "severity": ("none", "normal", "severe"),
    "class": ("none", "valid", "to_improve", "invalid", "malicious", "minor", "medium", "major"),
}
#: also one of several, but the steps are the workflows' own
STEP: Final = "step"

Facts = Mapping[str, bool | str]
"""What is known of a ticket: a value for each of the words."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Words with the values that each may have."""

    allowed: tuple[tuple[str, frozenset[bool | str]], ...]

    def holds(self, facts: Facts) -> bool:
        """Tell whether every word has one of its values."""
        return all(facts.get(word) in values for word, values in self.allowed)

    def excludes(self, other: "Condition") -> bool:
        """Tell whether no ticket can ever fulfil both."""
        theirs = dict(other.allowed)
        return any(word in theirs and not values & theirs[word] for word, values in self.allowed)


def any_holds(conditions: Iterable[Condition], facts: Facts) -> bool:
    """Tell whether one of the alternatives holds; where there are none, everything does."""
    found = list(conditions)
    return not found or any(one.holds(facts) for one in found)


def exclude_each_other(ones: Iterable[Condition], others: Iterable[Condition]) -> bool:
    """Tell whether no ticket can fulfil one of ``ones`` and one of ``others``."""
    mine, theirs = list(ones), list(others)
    return bool(mine and theirs) and all(one.excludes(other) for one in mine for other in theirs)


def read_conditions(table: Reader, field: str) -> tuple[Condition, ...]:
    """Return the alternatives under ``field``: one table, a list of tables, or none at all."""
    value = table.table.get(field)
    if value is None:
        return ()
    return tuple(
        _condition(one) for one in ([table.inner(field)] if isinstance(value, dict) else table.each(field))
    )


def _condition(table: Reader) -> Condition:
    table.only(*YES_NO, *ONE_OF, STEP)
    if not table.table:
        table.fault("only", "a condition without any word always holds: leave it out")
    return Condition(tuple((word, _values(table, word)) for word in sorted(table.table)))


def _values(table: Reader, word: str) -> frozenset[bool | str]:
    if word in YES_NO:
        return frozenset({table.flag(word, default=True)})
    found = table.texts(word)
    for one in found:
        if word in ONE_OF and one not in ONE_OF[word]:
            table.fault(word, f"one of {', '.join(ONE_OF[word])} is expected, not {one!r}")
    return frozenset(found)
