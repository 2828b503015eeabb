"""Who hears of a task that is nearly due, and of one that was missed. Pure: people are handed in."""

from collections.abc import Collection, Sequence

from backend.deadlines.calling import UPWARDS, Person


def to_remind(role: str, user_id: int | None, team: Sequence[Person]) -> tuple[int, ...]:
    """Return who is reminded: whoever took the task, else those of the role who are on duty.

    Off shift nobody is called; where the estate has nobody of the role at all, the next above it is.
    """
    taken = next((one for one in team if one.id == user_id), None)
    if taken is not None and taken.is_on_duty:
        return (taken.id,)
    return _ids([one for one in _nearest(role, team) if one.is_on_duty])


def to_tell(role: str, team: Sequence[Person], seen: Collection[int] = ()) -> tuple[int, ...]:
    """Return who hears of a missed task: those of the role on duty, all of them when nobody is.

    ``seen``: who missed it; nobody is told of their own miss only, as long as there is somebody above.
    """
    others = [one for one in team if one.id not in seen]
    holders = _nearest(role, others) or _nearest(role, team)
    return _ids([one for one in holders if one.is_on_duty] or holders)


def _nearest(role: str, team: Sequence[Person]) -> list[Person]:
    """Those of the role, or of the first role above it that anybody holds."""
    asked: str | None = role
    while asked is not None:
        found = [one for one in team if one.role == asked]
        if found:
            return found
        asked = UPWARDS.get(asked)
    return []


def _ids(people: Sequence[Person]) -> tuple[int, ...]:
    return tuple(sorted(one.id for one in people))
