"""How long a visit is taken to last, for the calendar and for whoever names somebody for it. Pure."""

from datetime import datetime, timedelta
from typing import Final

from backend.deadlines.calendar import Interval

#: how long a visit is taken to last where only its beginning was agreed
USUAL: Final = timedelta(hours=1)
#: a window this long says "some time on this day": it has no place of its own and collides with nothing
LOOSE: Final = timedelta(hours=6)
#: the detail that holds another time, asked for and neither confirmed nor declined
WISHED: Final = "wished"


def span_of(start: datetime, end: datetime | None) -> Interval:
    """The time a visit takes: an hour where only its beginning is known."""
    return Interval(start, end if end is not None and end > start else start + USUAL)


def overlaps(one: Interval, other: Interval) -> bool:
    """Tell whether nobody can be at both: they share time, and neither is loose."""
    return one.start < other.end and other.start < one.end and max(one.length, other.length) <= LOOSE
