"""Whether the resident is told of a visit that is fixed, moved or called off. Told is usual.

Nothing need be sent where they were told by phone already; the timeline then says that they were not told.
"""

from collections.abc import Mapping
from typing import Final

from backend.desk.views import Choice, FieldView
from locales import N_, t

TELL: Final = "tell"
#: the actions that leave the choice, with the sentence once they are done: told, and not told
DONE: Final[Mapping[str, str]] = {
    "schedule": N_("The time is fixed. The resident has been told."),
    "cancel": N_("Cancelled. The resident has been told."),
    "unschedule": N_("The visit is called off; the ticket waits for a new time. The resident has been told."),
}
SILENT: Final[Mapping[str, str]] = {
    "schedule": N_("The time is fixed. The resident was not told."),
    "cancel": N_("Cancelled. The resident was not told."),
    "unschedule": N_("The visit is called off; the ticket waits for a new time. The resident was not told."),
}
UNTOLD: Final = N_("{event} · the resident was not told")


def field_of(language: str, hint: str = "", value: str = "yes") -> FieldView:
    """The choice as a field; one that holds anything else than "no" tells."""
    choices = (Choice("yes", t(language, "Tell the resident")), Choice("no", t(language, "Say nothing")))
    return FieldView(TELL, t(language, "The resident"), "radio", "no" if value == "no" else "yes", hint,
                     choices=choices, is_required=False)  # fmt: skip


def is_told(fields: Mapping[str, str]) -> bool:
    """Read the choice; a form without it tells."""
    return fields.get(TELL) != "no"


def event_text(language: str, label: str, values: Mapping[str, object]) -> str:
    """The line of the timeline about an action that told nobody."""
    return t(language, UNTOLD, event=label) if values.get("told") is False else label
