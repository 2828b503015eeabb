"""Who is on duty. Pure: people and shifts are handed in.

Where an estate keeps a rota (班次), its shifts alone say who is on duty: off shift, nobody is. Where it has
none around now, everybody's own mark "on duty" counts. Whoever is away (``absence``) is on duty nowhere.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from backend.people.absence import is_away

AROUND: Final = timedelta(hours=36)
"""A shift so near, past or coming, shows that a rota is kept; a free Sunday does not call everybody."""


class Member(Protocol):
    """A member of staff, as far as the rota goes."""

    @property
    def id(self) -> int: ...
    @property
    def is_on_duty(self) -> bool: ...
    @property
    def settings(self) -> Mapping[str, Any]: ...


class Shift(Protocol):
    """Somebody works from ``starts_at`` until just before ``ends_at``."""

    @property
    def user_id(self) -> int: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...


def on_duty(users: Iterable[Member], shifts: Iterable[Shift], now: datetime) -> frozenset[int]:
    """Return the ids of those of ``users`` who are on duty now; ``shifts`` are those of one estate."""
    here = [one for one in users if not is_away(one.settings, now)]
    around = [one for one in shifts if is_around(one, now)]
    if not around:
        return frozenset(one.id for one in here if one.is_on_duty)
    working = {one.user_id for one in around if one.starts_at <= now < one.ends_at}
    return frozenset(one.id for one in here if one.id in working)


def is_around(shift: Shift, now: datetime) -> bool:
    """Tell whether this shift shows that its estate keeps a rota these days."""
    return shift.starts_at - AROUND < now < shift.ends_at + AROUND
