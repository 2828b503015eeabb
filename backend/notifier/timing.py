"""When an alert may ring somewhere, and when a failed delivery is tried again. Pure.

Who is called at all, and what a manager hears in a digest only, was decided when the alert was written
(``deadlines.calling``, ``deadlines.bundling``). Here: emergencies ring at once and alone, a device sounds at
most once a minute, and what is no promise's alarm does not ring at night for somebody off duty.
"""

from datetime import datetime, time, timedelta
from typing import Final

#: kinds that ring at once and alone
URGENT: Final = frozenset({"emergency"})
#: kinds that can wait for the morning where whoever they are for is off duty
PATIENT: Final = frozenset({"urged", "wrote", "reschedule", "attention", "incident"})
#: kinds worth a text message, which costs money and rings through
WORTH_AN_SMS: Final = frozenset({"emergency", "breach", "escalate", "unassigned", "incident", "test"})
#: kinds that tell of one promise
OF_A_PROMISE: Final = frozenset({"warn", "breach", "escalate"})
NIGHT: Final = (time(22), time(8))
#: a device sounds at most once a minute
REST: Final = timedelta(minutes=1)
#: seconds until the next try; after the last one the delivery is dead
BACK_OFF: Final = (2, 5, 15, 60, 300, 900, 1800)
#: no pause between two tries is longer, whatever the other side asks for
LONGEST_PAUSE: Final = timedelta(minutes=40)
#: an alert that could not be told for so long is history
STILL_WORTH: Final = timedelta(hours=6)


def ring_at(kind: str, *, is_on_duty: bool, now: datetime) -> datetime:
    """Return when an alert may ring; ``now`` and the answer in the estate's zone."""
    is_night = now.time() >= NIGHT[0] or now.time() < NIGHT[1]
    if kind not in PATIENT or is_on_duty or not is_night:
        return now
    days = (now.date() + timedelta(days=n) for n in range(2))
    mornings = (datetime.combine(day, NIGHT[1], now.tzinfo) for day in days)
    return next(morning for morning in mornings if morning > now)


def retry_after(attempts: int, asked: float | None, chance: float) -> timedelta | None:
    """Return the pause after so many tries, None when it was the last; ``chance`` (0..1) spreads them.

    ``asked``: seconds that the other side wants us to wait.
    """
    if attempts > len(BACK_OFF):
        return None
    seconds = max(BACK_OFF[max(attempts, 1) - 1], asked or 0)
    return min(timedelta(seconds=seconds * (0.8 + 0.4 * chance)), LONGEST_PAUSE)
