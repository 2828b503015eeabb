"""Whom a rung of the ladder calls. Pure: people are handed in, nobody is looked up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

UPWARDS = {
    "guard": "supervisor",
    "desk": "supervisor",
    "engineer": "butler",
    "butler": "supervisor",
    "supervisor": "manager",
    "manager": "admin",
}
"""Who is called where nobody holds the role: a promise must never break in silence."""


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff of the ticket's estate, as far as calling goes."""

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
    """Return the ids of those to call, lowest first; none only when the estate has nobody up to the admins.

    A butler and an engineer are those of the ticket, their deputies when off duty. Of other roles whoever is
    on duty is called, all of them when nobody is. The person complained about never hears of the complaint.
    """
    asked: str | None = role
    while asked is not None:
        found = _holding(asked, holders, team)
        if found:
            return found
        asked = UPWARDS.get(asked)
    return ()


def _holding(role: str, holders: Holders, team: Sequence[Person]) -> tuple[int, ...]:
    may_hear = [one for one in team if one.id != holders.hidden_from_id]
    if role in ("butler", "engineer"):
        return _one_or_deputy(holders.holding(role), may_hear)
    same = [one for one in may_hear if one.role == role]
    on_duty = [one for one in same if one.is_on_duty]
    return _ids(on_duty or same)


def _one_or_deputy(wanted: int | None, team: Sequence[Person]) -> tuple[int, ...]:
    person = next((one for one in team if one.id == wanted), None)
    if person is None:
        return ()
    if not person.is_on_duty and any(one.id == person.deputy_id for one in team):
        return _ids(one for one in team if one.id == person.deputy_id)
    return (person.id,)


def _ids(people: Iterable[Person]) -> tuple[int, ...]:
    return tuple(sorted(one.id for one in people))
