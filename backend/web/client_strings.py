"""The sentences the dashboard's script speaks, worded here so that no catalogue travels to the browser."""

from collections.abc import Mapping
from typing import Final

from backend.web.countdown import LEFT, OVER, STATES
from locales import N_, t

Strings = dict[str, str | dict[str, str]]
#: what only the scripts of some pages say: elsewhere it would be weight
_TURNED: Final = {
    "turned_soon": N_("{home} {title}: {clock}, {span}"),
    "turned_late": N_("{home} {title}: {clock} is overdue"),
}
PAGES: Final[Mapping[str, Mapping[str, str]]] = {
    "ticket": _TURNED,
    "list": {
        **_TURNED,
        "picked": N_("{n} ticked"),
        "new_rows": N_("{n} new: show"),
        "new_order": N_("The list has changed: show"),
    },
    "incidents": {
        "new_incidents": N_("{n} new incidents: show"),
        "incident_moved": N_("An incident was opened or ended: show"),
    },
}
#: what is wrong with a field, in the page's language: the browser would say it in its own
FAULTS: Final[Mapping[str, str]] = {
    "missing": N_("Please fill this in."),
    "choice": N_("Please choose one of these."),
    "tick": N_("Please tick this box to go on."),
    "file": N_("Please choose a file first."),
    "number": N_("A number is expected here."),
    "whole": N_("Please write a whole number here."),
    "moment": N_("Please write the whole date or time."),
    "form": N_("This is not written in the form that is asked for here."),
    "long": N_("Please keep this under {limit} characters."),
    "short": N_("Please write at least {limit} characters."),
    "low": N_("Please write {limit} or more here."),
    "high": N_("Please write {limit} or less here."),
}


def _raw(language: str, sentence: str) -> str:
    """The translated sentence with its {holes} left open, for the script to fill."""
    return t(language, sentence)


def fault_strings(language: str) -> dict[str, str]:
    """What is wrong with a field, by the fault; fetched with the first such field, so no page carries it."""
    return {name: _raw(language, text) for name, text in FAULTS.items()}


def client_strings(language: str, page: str = "") -> Strings:
    """What the scripts of every page may say in ``language``, and those of one kind of page: "list" (rows
    of tickets or visits), "ticket", "incidents", "" for none of them. Raises KeyError for another."""
    of_page = {name: t(language, sentence) for name, sentence in PAGES[page].items()} if page else {}
    return {
        "left": {unit: _raw(language, text) for unit, text in LEFT.items()},
        "over": {unit: _raw(language, text) for unit, text in OVER.items()},
        "states": {state: _raw(language, text) for state, text in STATES.items()},
        "live": t(language, "Live"),
        "reconnecting": t(language, "Reconnecting…"),
        "offline": t(language, "The server did not answer. What you wrote is still here; please try again."),
        "offline_photo": t(language, "The file did not get through. Please choose it again."),
        "retry": t(language, "Try again"),
        "undo": t(language, "Undo"),
        "kept": t(language, "You are signed in again. What you had typed is still here."),
        "brand": t(language, "Guanjia"),
        **of_page,
    }
