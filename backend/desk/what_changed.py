"""What a colleague did meanwhile, said to whoever was about to act on the ticket as it was."""

from collections.abc import Sequence
from typing import Final

from backend.desk.views import EventView
from backend.errors import VersionConflict
from locales import N_, t

CHANGED: Final = N_("{who} changed this ticket at {when}: {what}. Please look at it again before you go on.")
#: as many of their acts are named; the timeline tells the rest
MOST: Final = 2


def worded(language: str, refusal: VersionConflict, events: Sequence[EventView]) -> str:
    """Return who changed it, when, and what they did as the timeline calls it (``events``: newest first).

    What stands in no timeline (words, a note) is not named: then who and when must do.
    """
    who, when = str(refusal.values["who"]), str(refusal.values["when"])
    theirs = [one.text for one in events if one.by == who and when in one.full_time]
    if not theirs:
        return refusal.worded(language)[1]
    what = list(dict.fromkeys(theirs))[:MOST][::-1]
    return t(language, CHANGED, who=who, when=when, what=("、" if language == "zh" else ", ").join(what))
