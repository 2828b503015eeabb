"""Named errors of this room; nothing here knows a database or a language.

DeadlineError
├── DataFaults        a data file is wrong; lists every fault, not only the first
├── NoOpenDay         a calendar has no open day within the bound of the search
├── NaiveInstant      an instant without a zone was handed in
├── UnknownCalendar   no calendar of that name, or none of that version
└── BeyondTheLimit    an agreed time is later than the promise allows
"""

from datetime import UTC, datetime


class DeadlineError(Exception):
    """Base of every error this room raises on purpose."""


class DataFaults(DeadlineError):
    """Every fault found in a data file, one ``file: item: field: what is wrong`` each."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class NoOpenDay(DeadlineError):
    """The calendar has no working day within the bound of the search."""


class NaiveInstant(DeadlineError):
    """An instant came without a zone, so nobody can say when it is."""


class UnknownCalendar(DeadlineError):
    """There is no calendar of that name or version."""


class BeyondTheLimit(DeadlineError):
    """The agreed time is later than the promise allows (SLA-09: three working days)."""


def in_utc(instant: datetime) -> datetime:
    """Return ``instant`` in UTC, where adding a span is elapsed time; raise NaiveInstant without a zone."""
    if instant.tzinfo is None:
        raise NaiveInstant(f"{instant.isoformat()} has no zone.")
    return instant.astimezone(UTC)
