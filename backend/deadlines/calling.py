"""Whom a rung of the ladder calls, and what may not wait for a digest. Pure: people are handed in.

Off shift nobody is called while somebody above is on duty; a promise never breaks in silence, so that in the
end supervisor or manager hear of it wherever they are.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

UPWARDS = {
    "guard": "supervisor",
    "desk": "supervisor",
    "engineer": "butler",
    "butler": "supervisor",
    "supervisor": "manager",
    "manager": "admin",
}
"""Who is called where nobody on duty holds the role: a promise must never break in silence."""

ANSWERABLE: Final = ("supervisor", "manager", "admin")
"""Who hears of it when nobody at all is on duty, the first of these that there is."""

LIVE_WHEN_LATE: Final = frozenset({"SLA-02"})
"""Managers hear live of complaint feedback that was not given in time; the rest waits for their digest."""

ALARM_AGAIN: Final = timedelta(seconds=30)
ALARM_AGAIN_LATER: Final = timedelta(minutes=5)
ALARM_LATER: Final = timedelta(minutes=10)
"""An alarm is repeated every 30 s until somebody accepts, after ten minutes every five minutes."""

ALARM_ROLES: Final = (
    (timedelta(), "guard"),
    (timedelta(), "engineer"),
    (timedelta(seconds=60), "supervisor"),
    (timedelta(seconds=120), "manager"),
)
"""Who is rung by a repeated alarm, and how long after it was raised."""


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff of the ticket's estate, as far as calling goes; on duty by rota or by mark."""

    id: int
    role: str
    is_on_duty: bool
    deputy_id: int | None


@dataclass(frozen=True, slots=True)
class Holders:
    """Who has to do with a ticket: butler, worker, and whom the ticket is hidden from."""

    butler_id: int | None
    worker_id: int | None
    hidden_from_id: int | None = None

    @property
    def is_owned(self) -> bool:
        return self.butler_id is not None

    def holding(self, role: str) -> int | None:
        """Return who holds the role on this very ticket; None for roles of the whole estate."""
        return {"butler": self.butler_id, "engineer": self.worker_id}.get(role)


def called(role: str, holders: Holders, team: Sequence[Person]) -> tuple[int, ...]:
    """Return the ids of those to call, lowest first; none only when the estate has nobody at all.

    A butler and an engineer are those of the ticket, their deputies when off duty; of other roles everybody
    on duty. Where that is nobody, the next role up is asked. The person complained about never hears of it.
    """
    may_hear = [one for one in team if one.id != holders.hidden_from_id]
    present = [one for one in may_hear if one.is_on_duty]
    found = (_holding(one, holders, may_hear, present) for one in _upwards(role))
    return next(filter(None, found), ()) or _in_the_end(role, may_hear)


def alarmed(holders: Holders, team: Sequence[Person], since: timedelta) -> tuple[int, ...]:
    """Return whom an alarm rings again that nobody has accepted ``since`` it was raised."""
    may_hear = [one for one in team if one.id != holders.hidden_from_id]
    roles = [role for after, role in ALARM_ROLES if since >= after]
    found = {one.id for one in may_hear if one.is_on_duty and one.role in roles}
    found.update(_one_or_deputy(holders.butler_id, may_hear))
    return tuple(sorted(found)) or called("supervisor", holders, team)


def next_alarm(since: timedelta) -> timedelta:
    """Return how long after it was raised an alarm that nobody accepted is repeated next."""
    pause = ALARM_AGAIN if since < ALARM_LATER else ALARM_AGAIN_LATER
    return pause * (since // pause + 1)


def is_live(clock: str, *, is_alarm: bool, is_severe: bool, is_late: bool) -> bool:
    """Tell whether a manager hears of it at once: emergencies, severe complaints, feedback not given."""
    return is_alarm or is_severe or (is_late and clock in LIVE_WHEN_LATE)


def _upwards(role: str) -> Iterator[str]:
    asked: str | None = role
    while asked is not None:
        yield asked
        asked = UPWARDS.get(asked)


def _holding(
    role: str, holders: Holders, may_hear: Sequence[Person], present: Sequence[Person]
) -> tuple[int, ...]:
    if role in ("butler", "engineer"):
        return _one_or_deputy(holders.holding(role), may_hear)
    return _ids(one for one in present if one.role == role)


def _one_or_deputy(wanted: int | None, team: Sequence[Person]) -> tuple[int, ...]:
    """Return the person, or the deputy of one who is off duty, where one of them is on duty."""
    person = next((one for one in team if one.id == wanted), None)
    if person is None or person.is_on_duty:
        return (person.id,) if person else ()
    return _ids(one for one in team if one.id == person.deputy_id and one.is_on_duty)


def _in_the_end(role: str, may_hear: Sequence[Person]) -> tuple[int, ...]:
    """Nobody is on duty: the lowest above the role who answers for the estate, else whoever there is."""
    first = ANSWERABLE.index(role) if role in ANSWERABLE else 0
    for one in (*ANSWERABLE[first:], *ANSWERABLE[:first]):
        found = _ids(person for person in may_hear if person.role == one)
        if found:
            return found
    return _ids(may_hear)


def _ids(people: Iterable[Person]) -> tuple[int, ...]:
    return tuple(sorted(one.id for one in people))
