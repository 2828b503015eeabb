"""Which steps the hour takes by itself, and what it reminds of. Pure.

When a loan, a permit or a booking is over stands at its ticket's ``limit_at``; a warranty repair is overdue
when its promise is broken.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from backend.tickets.machines.table import Move


@dataclass(frozen=True, slots=True)
class Expiry:
    """In one workflow: from which steps the hour leads where; ``clocks``: by a breach of these promises."""

    workflow: str
    from_steps: tuple[str, ...]
    to_step: str
    clocks: tuple[str, ...] = ()


EXPIRIES: Final = (
    Expiry("lend", ("lent",), "overdue"),
    Expiry("permit", ("approved",), "expired"),
    Expiry("booking", ("booked",), "fulfilled"),
    Expiry("warranty", ("notified", "in_work"), "overdue", clocks=("SLA-21", "SLA-22")),
)
#: steps nobody takes by hand: only the hour knows them
HOURS: Final = frozenset({"overdue", "expired"})
#: steps that open a linked complaint as well, which the follow-up does
UNSATISFIED: Final = frozenset({"reopened_as_new", "complained"})


@dataclass(frozen=True, slots=True)
class Reminder:
    """Who stands at this step of this workflow is reminded so long before the date."""

    workflow: str
    step: str
    before: timedelta


REMINDERS: Final = (
    Reminder("booking", "booked", timedelta(hours=24)),
    Reminder("event", "signed_up", timedelta(hours=24)),
    Reminder("lend", "lent", timedelta(hours=2)),
    Reminder("permit", "approved", timedelta(hours=24)),
)
#: the date that a step brings with it: fields of its record first, then what the resident asked for
_DATED: Final = frozenset((one.workflow, one.step) for one in REMINDERS)
_FIELDS: Final = ("limit", "until", "when")
_SLOTS: Final = ("from_to", "period", "when")


def expiry_of(workflow: str, step: str) -> Expiry | None:
    """Return what the hour does at this step of this workflow, if anything."""
    return next((one for one in EXPIRIES if one.workflow == workflow and step in one.from_steps), None)


def is_dated(workflow: str, step: str) -> bool:
    """Tell whether the step lasts until a date that its ticket keeps (a loan, a permit, a booking)."""
    return (workflow, step) in _DATED


def is_not_by_hand(move: Move) -> bool:
    """Tell whether a step is never taken by name: the hour takes it, or an unhappy follow-up."""
    return move.to_step in HOURS | UNSATISFIED


#: how long after its window a visitor's pass ends by itself where nobody at the gate saw them leave
STAYS: Final = timedelta(hours=12)


def leaves_by(step: str, slots: Mapping[str, Any]) -> datetime | None:
    """Return when the pass of a visitor who is inside ends by itself; None at any other step."""
    end = _window_end(slots) if step == "booked" else None
    return end + STAYS if end is not None else None


def date_of(workflow: str, step: str, known: Mapping[str, Any], slots: Mapping[str, Any]) -> datetime | None:
    """Return until when a step lasts (a loan, a permit, a booking); None where it has no such date."""
    if not is_dated(workflow, step):
        return None
    for name in _FIELDS:
        if (found := instant(known.get(name))) is not None:
            return found
    return _window_end(slots)


def lasting(slots: Mapping[str, Any]) -> dict[str, Any]:
    """Return the windows beyond a day: "this afternoon" says when a thing is brought, not until when."""
    found = {}
    for name in _SLOTS:
        window = slots.get(name)
        edges = window if isinstance(window, Mapping) else {}
        start, end = instant(edges.get("start")), instant(edges.get("end"))
        if end is not None and (start is None or end - start > timedelta(days=1)):
            found[name] = window
    return found


def _window_end(slots: Mapping[str, Any]) -> datetime | None:
    """When what the resident asked for is over, as far as they said."""
    windows = (slots.get(name) for name in _SLOTS)
    ends = (instant(w.get("end")) or instant(w.get("start")) for w in windows if isinstance(w, Mapping))
    return next((end for end in ends if end is not None), None)


@dataclass(frozen=True, slots=True)
class Window:
    """From when until when a pass at the gate is good; None at an edge: since it was issued, no end."""

    start: datetime | None
    end: datetime | None

    def holds(self, at: datetime) -> bool:
        return (self.start is None or self.start <= at) and (self.end is None or at < self.end)

    def touches(self, day: date) -> bool:
        """Tell whether it is good at some time of that day, where a record names the day alone."""
        begins = self.start is None or self.start.date() <= day
        return begins and (self.end is None or day <= self.end.date())


def window_of(slots: Mapping[str, Any]) -> Window:
    """Return when a pass is good as the resident said: without an end it is good for the rest of that day."""
    when = slots.get("when")
    if not isinstance(when, Mapping):
        return Window(None, None)
    start, end = instant(when.get("start")), instant(when.get("end"))
    if start is not None and end is None:
        end = start.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return Window(start, end)


def instant(value: Any) -> datetime | None:
    """Return the instant that a record's field holds; None for a bare day, and for anything else."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
