"""When wrong logins lock a door (MANNERS: 10 per account or 50 per address in 15 minutes). Pure.

Tries made while the door is locked are not counted, so that nobody can keep a colleague out for ever.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

WINDOW: Final = timedelta(minutes=15)
LOCK: Final = timedelta(minutes=15)
PER_ACCOUNT: Final = 10
PER_ADDRESS: Final = 50


def locked_until(failures: Iterable[datetime], limit: int, now: datetime) -> datetime | None:
    """Return the instant the lock opens, or None when it is open at ``now``.

    ``failures`` are the instants of wrong tries; ``limit`` of them within 15 minutes lock for 15 minutes
    from the last of them.
    """
    times = sorted(failures)
    latest: datetime | None = None
    for first, last in zip(times, times[limit - 1 :], strict=False):
        if last - first <= WINDOW:
            latest = last + LOCK
    return latest if latest is not None and latest > now else None


def minutes_left(until: datetime, now: datetime) -> int:
    """Whole minutes to wait, at least one."""
    return max(1, -int((now - until).total_seconds() // 60))


def since_right(attempts: Iterable[tuple[datetime, bool]]) -> list[datetime]:
    """Return the wrong tries after the last right one; ``attempts`` are (instant, was it right), in order."""
    failures: list[datetime] = []
    for at, is_ok in attempts:
        failures = [] if is_ok else [*failures, at]
    return failures
