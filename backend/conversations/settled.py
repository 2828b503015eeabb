"""Questions that were answered without their buttons: those are taken away, so that none is left hanging.

A button that was pressed goes at once (``taps``). What was answered in words, dropped, or asked once more
further down leaves its buttons in the chat; they would invite a tap that can only be told "too late".
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from backend.conversations.marks import mark
from backend.conversations.state import State
from backend.messages import outbox
from backend.messages import queries as message_queries
from backend.models import ChannelLink, Message

OFFER: Final = "offer"
CANCEL: Final = "cancel"
_ABOUT: Final = {"offer": OFFER, "none": OFFER, "cancel_yes": CANCEL, "unschedule": CANCEL, "keep": CANCEL}


def close(
    session: Session, link: ChannelLink, state: State, said: Sequence[Message], now: datetime
) -> list[dict[str, Any]]:
    """Take the buttons off every question that is open no more; return those that still are, with the new.

    The list belongs into the link's state as ``asked``. The web chat shows buttons under its last message
    only, and answers a press that comes late from another window in words.
    """
    if link.channel == message_queries.WEB:
        return []
    new = [{"id": m.id, "about": about} for m in said if (about := _about(m.buttons))]
    still = _open(state) - {one["about"] for one in new}
    before = link.state.get("asked", [])
    for one in before:
        if one["about"] not in still:
            _strip(session, one["id"], now)
    return [one for one in before if one["about"] in still] + new


def _open(state: State) -> set[str]:
    found = {mark(state.form)} if state.form is not None else set()
    found |= {OFFER} if state.offered else set()
    return found | ({CANCEL} if state.expects == "cancel" else set())


def _about(buttons: Iterable[dict[str, Any]]) -> str | None:
    """Which question these buttons answer: a wish by its mark, an offer, a cancelling; None for a menu."""
    for button in buttons:
        if button["values"].get("form"):
            return str(button["values"]["form"])
        if button["single"] and button["action"] in _ABOUT:
            return _ABOUT[button["action"]]
    return None


def _strip(session: Session, message_id: int, now: datetime) -> None:
    message = message_queries.get_message(session, message_id)
    if message.replaced_by_id is None and message_queries.use_buttons(session, message.id, now):
        outbox.touch(session, message, "strip", now)
