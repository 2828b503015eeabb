"""A resident's quiet hours: 22:00 to 08:00 in the estate. Pure.

What is not urgent waits for the morning. Who wrote within the hour is awake and is answered at once, and a
danger never waits.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

BEGINS: Final = time(22)
ENDS: Final = time(8)
AWAKE: Final = timedelta(hours=1)
"""So long after their last message a resident still waits for answers."""


def not_before(now: datetime, zone: str, last_heard_at: datetime | None = None) -> datetime | None:
    """Return the instant until which a message should wait; None when it may go at once.

    ``last_heard_at``: when the person last wrote. All instants are the estate's, aware; the result is UTC.
    """
    if last_heard_at is not None and now - last_heard_at <= AWAKE:
        return None
    local = now.astimezone(ZoneInfo(zone))
    if ENDS <= local.time() < BEGINS:
        return None
    day = local.date() if local.time() < ENDS else local.date() + timedelta(days=1)
    return datetime.combine(day, ENDS, ZoneInfo(zone)).astimezone(UTC)
