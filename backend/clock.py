"""The only place that asks the system for the time.

``now`` is the estate's time: real time plus the demo offset, a row that only grows and that every
process reads each second. ``real_now`` is for sessions, leases, invitations and limits, which the
demo clock never moves.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime: ...
    def real_now(self) -> datetime: ...


class SystemClock:
    """Real time, moved by the demo offset that ``read_offset`` returns (seconds), re-read each second."""

    def __init__(self, read_offset: Callable[[], int] | None = None) -> None:
        self._read_offset = read_offset
        self._offset = 0
        self._read_at = float("-inf")

    def now(self) -> datetime:
        return self.real_now() + timedelta(seconds=self._current_offset())

    def real_now(self) -> datetime:
        return datetime.now(UTC)

    def forget_offset(self) -> None:
        """Read the offset again at the next look (this process has just moved it)."""
        self._read_at = float("-inf")

    def _current_offset(self) -> int:
        if self._read_offset is not None and time.monotonic() - self._read_at >= 1:
            self._offset = self._read_offset()
            self._read_at = time.monotonic()
        return self._offset


class HandClock:
    """A clock moved by hand, for tests: starts at ``at`` (aware)."""

    def __init__(self, at: datetime) -> None:
        self.at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self.at

    def real_now(self) -> datetime:
        return self.at

    def forget_offset(self) -> None:
        """Nothing to forget: the hand is the offset."""

    def advance(self, **span: float) -> datetime:
        """Move on by ``timedelta(**span)`` and return the new instant."""
        self.at += timedelta(**span)
        return self.at
