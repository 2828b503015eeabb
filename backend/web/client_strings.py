"""The sentences the dashboard's script speaks, worded here so that no catalogue travels to the browser."""

from backend.web.countdown import LEFT, OVER, STATES
from locales import t

Strings = dict[str, str | dict[str, str]]


def _raw(language: str, sentence: str) -> str:
    """The translated sentence with its {holes} left open, for the script to fill."""
    return t(language, sentence)


def client_strings(language: str) -> Strings:
    """Everything app.js may say in ``language``."""
    return {
        "left": {unit: _raw(language, text) for unit, text in LEFT.items()},
        "over": {unit: _raw(language, text) for unit, text in OVER.items()},
        "states": {state: _raw(language, text) for state, text in STATES.items()},
        "turned_soon": t(language, "{home} {title}: {clock}, {span}"),
        "turned_late": t(language, "{home} {title}: {clock} is overdue"),
        "live": t(language, "Live"),
        "reconnecting": t(language, "Reconnecting…"),
        "offline": t(language, "The server did not answer. What you wrote is still here; please try again."),
        "offline_photo": t(language, "The photo did not get through. Please choose it again."),
        "new_rows": t(language, "{n} new: show"),
        "new_order": t(language, "The list has changed: show"),
    }
