"""When a clock shows "due soon": the standard, and what an estate sets in its place. Pure.

Only the standard can be set. A promise whose own warning is another (a minute's hold, an appointment) keeps
it: its figures say what happens then, and a day's notice of a minute would say nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from backend.deadlines.promises import Policy, Warn

#: the name of the figures among the settings of an estate
WARNING: Final = "warning"
MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
STANDARD: Final = Warn(0.25, 5 * MINUTE, 24 * HOUR)
#: least and greatest of each figure: share in %, least in minutes, most in hours
RANGES: Final[Mapping[str, tuple[int, int]]] = {"share": (5, 90), "least": (1, 240), "most": (1, 72)}


def own_of(settings: Mapping[str, Any]) -> Warn:
    """Return what an estate set, the standard where it set nothing that can be used."""
    figures = settings.get(WARNING)
    if not isinstance(figures, dict) or not all(_is_within(figures.get(name), name) for name in RANGES):
        return STANDARD
    found = warn_of(figures)
    return found if found.least <= found.most else STANDARD


def _is_within(figure: object, name: str) -> bool:
    low, high = RANGES[name]
    return isinstance(figure, int) and low <= figure <= high


def warn_of(figures: Mapping[str, int]) -> Warn:
    """Return the warning of three figures as people set them: %, minutes, hours."""
    return Warn(figures["share"] / 100, figures["least"] * MINUTE, figures["most"] * HOUR)


def figures_of(warn: Warn) -> dict[str, int]:
    """Return a warning as three figures: share in %, least in minutes, most in hours."""
    return {"share": round(warn.share * 100), "least": warn.least // MINUTE, "most": warn.most // HOUR}


def is_settable(policy: Policy) -> bool:
    """Tell whether an estate's own figures hold for this promise."""
    return policy.warn == STANDARD


def shortest_of(policies: Iterable[Policy]) -> Policy:
    """Return the shortest promise that an estate's own figures hold for. Raises ValueError without one.

    What only the ticket knows (the end of an appointment, an earlier date) cannot be looked at beforehand.
    """
    return min((one for one in policies if is_settable(one)), key=_length)


def greatest_least(policies: Iterable[Policy]) -> int:
    """Return how many minutes "at least" may be, so that no promise shows "due soon" from its first moment.

    Nobody wants that: a warning that is always there warns of nothing. The other two figures cannot bring it
    about, a share being less than the whole. Figures that were saved when more could be are used on.
    """
    shortest = _length(shortest_of(policies))
    return min(RANGES["least"][1], -(-shortest // MINUTE) - 1)


def _length(policy: Policy) -> timedelta:
    return policy.limit.elapsed or timedelta.max


def of_estate(policy: Policy, settings: Mapping[str, Any]) -> Policy:
    """Return the promise as an estate with these settings makes it now."""
    if not is_settable(policy) or WARNING not in settings:
        return policy
    return replace(policy, warn=own_of(settings))
