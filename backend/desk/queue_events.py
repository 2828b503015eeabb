"""Timeline rows of what was done to a ticket's place in the queue, in words. Pure."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from locales import N_, t
from locales.dates import format_moment

#: kind → (icon, sentence without its details)
EVENTS: Final[Mapping[str, tuple[str, str]]] = {
    "set_aside": ("hourglass", N_("Set aside")),
    "came_back": ("play", N_("Back in the queue")),
    "passed_on": ("users", N_("Passed on")),
    "merged": ("link-2", N_("Same matter as another ticket")),
    "took_in": ("link-2", N_("Another ticket about the same matter")),
    "separated": ("link-2", N_("Separated again")),
    "split": ("link-2", N_("A part became a ticket of its own")),
    "filed_anew": ("link-2", N_("Filed under the right service")),
    "took_over": ("link-2", N_("Carries on another ticket")),
}
BACK: Final[Mapping[str, str]] = {
    "time": N_("Back in the queue: the time has come"),
    "clock": N_("Back in the queue: a promise is pressing"),
    "resident": N_("Back in the queue: the resident wrote"),
    "hand": N_("Back in the queue"),
}
NUMBERED: Final[Mapping[str, str]] = {
    "merged": N_("Same matter as #{number}, which goes on"),
    "took_in": N_("Same matter as #{number}, which ended here"),
    "separated": N_("Separated again: goes on as #{number}"),
    "split": N_("A part became #{number}"),
    "filed_anew": N_("The service was wrong: goes on as #{number}"),
    "took_over": N_("Carries on #{number}, which stood under the wrong service"),
}


def text_of(
    language: str, kind: str, values: Mapping[str, Any], moment: Callable[[datetime], str], who: str
) -> str:
    """Word a row of one of these kinds; ``moment`` words an instant, ``who`` is the colleague it names."""
    if kind == "set_aside" and isinstance(values.get("until"), str):
        until = moment(datetime.fromisoformat(values["until"]))
        return t(language, "Set aside until {moment}; the clocks run on", moment=until)
    if kind == "came_back":
        return t(language, BACK.get(str(values.get("why")), BACK["hand"]))
    if kind == "passed_on" and who:
        return t(language, "Passed on to {who}", who=who)
    if kind in NUMBERED and values.get("number"):
        return t(language, NUMBERED[kind], number=values["number"])
    return t(language, EVENTS[kind][1])


def moments(language: str, zone: str, now: datetime) -> Callable[[datetime], str]:
    """Return how instants are worded for this reader."""
    return lambda at: format_moment(language, at, zone, now)
