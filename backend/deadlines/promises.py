"""What a promise is: for which tickets, how long, when it warns and who is called when it is late. Pure.

Values only, frozen; ``backend.deadlines.policy`` reads them from the file.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from backend.deadlines.conditions import Condition, Facts, any_holds

Basis = Literal["cal", "wd"]
When = Literal["start", "before", "at", "after"]
Agreed = Literal["never", "earlier", "any"]

EVERY_WORKFLOW = "*"


@dataclass(frozen=True, slots=True)
class Limit:
    """How long the promise gives: elapsed time, working days, or neither (the end of an agreed window).

    ``is_agreed``: the ticket has a date of its own, and ``elapsed`` is for one that has none (SLA-28).
    """

    elapsed: timedelta | None = None
    working_days: int | None = None
    is_agreed: bool = False

    @property
    def is_window(self) -> bool:
        return self.elapsed is None and self.working_days is None


@dataclass(frozen=True, slots=True)
class Warn:
    """When to warn: ``share`` of the span before its end, not less than ``least`` nor more than ``most``."""

    share: float
    least: timedelta
    most: timedelta

    def lead(self, span: timedelta) -> timedelta:
        """Return how long before the due instant to warn, for a promise that gives ``span`` in all."""
        wanted = min(max(span * self.share, self.least), self.most)
        return min(wanted, span)


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder: who is called, and when. ``factor`` counts whole spans from the start."""

    when: When
    role: str
    factor: float | None = None
    offset: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """One promise. ``id`` is its row in the service plans (SLA-01), ``name`` its word (respond).

    ``only``: made where one of these conditions holds. ``waits``, ``goes_on``: events that let this clock
    alone wait and run again. ``ends``: events that end it unfulfilled. ``repeats``: it starts anew whenever
    it does not run, also within a cycle. ``is_target``: an aim, listed when it is late, no broken promise.
    """

    id: str
    name: str
    title_zh: str
    title_en: str
    limit: Limit
    basis: Basis
    starts: tuple[str, ...]
    stops: tuple[str, ...]
    workflows: tuple[str, ...]
    accountable: str
    agreed: Agreed
    pauses: bool
    warn: Warn
    ladder: tuple[Rung, ...]
    seed_row: str
    seed_words: str
    only: tuple[Condition, ...] = ()
    waits: tuple[str, ...] = ()
    goes_on: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    says_zh: str = ""
    says_en: str = ""
    repeats: bool = False
    is_target: bool = False

    def applies_to(self, workflow: str) -> bool:
        """Tell whether tickets of this workflow carry the promise."""
        return EVERY_WORKFLOW in self.workflows or workflow in self.workflows

    @property
    def is_dated(self) -> bool:
        """Tell whether the ticket itself says until when: an appointment, or a date set for it."""
        return self.limit.is_window or self.limit.is_agreed


def hears(events: Collection[str], workflow: str, event: str) -> bool:
    """Tell whether an event on a ticket of this workflow is among ``events`` as the file writes them."""
    return event in events or f"{workflow}/{event}" in events


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the service plans that is kept without a clock: what keeps it, and which file does."""

    id: str
    title_zh: str
    title_en: str
    kept_zh: str
    kept_en: str
    where: str
    seed_words: str


@dataclass(frozen=True, slots=True)
class Policies:
    """All promises of one file. ``version`` is kept with every row reckoned from it, ``text`` by version."""

    version: str
    all: tuple[Policy, ...]
    cancels: frozenset[str]
    rules: tuple[Rule, ...] = ()
    text: str = ""

    def find(self, clock: str) -> Policy | None:
        """Return the promise of this clock (SLA-01); None when it is no longer made."""
        return next((one for one in self.all if one.id == clock), None)

    def started_by(self, workflow: str, event: str, facts: Facts | None = None) -> tuple[Policy, ...]:
        """Return the promises that this event starts on such a ticket, windows and set dates among them.

        Without ``facts`` also those that are made on a condition only.
        """
        made = (one for one in self.all if one.applies_to(workflow) and hears(one.starts, workflow, event))
        return tuple(one for one in made if facts is None or any_holds(one.only, facts))

    def stopped_by(self, workflow: str, event: str) -> frozenset[str]:
        """Return the ids of the clocks that this event fulfils on such a ticket."""
        return frozenset(one.id for one in self.all if hears(one.stops, workflow, event))

    def attend(self, workflow: str) -> Policy | None:
        """Return the promise about appointments on such a ticket (SLA-05); None when there is none."""
        return next((one for one in self.all if one.limit.is_window and one.applies_to(workflow)), None)
