"""The form that pauses the clocks, and what the butler is told once it is done.

A reason is chosen, and may be said in one's own words besides: the choice words the pill for every colleague
in their own language, the words are what the resident reads.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from backend.deadlines import queries as deadline_queries
from backend.deadlines import waits
from backend.desk import words
from backend.desk.views import Choice, FieldView
from backend.people.viewer import Viewer
from backend.tickets import queries as ticket_rows
from backend.tickets.schemas import MAX_REASON
from locales import N_, t
from locales.dates import format_moment

OTHER: Final = "other"
HINT: Final = N_("The resident is told that it waits for now, and reads the reason: in your own words, where "
                "you write any.")  # fmt: skip
DONE: Final = N_("The clocks stand still. The resident has been told.")
LATE: Final = N_("The resident has been told. What is overdue stays overdue, its lateness stands still.")
IN_PART: Final = N_("The resident has been told. These clocks run on: {clocks}.")


def fields_of(language: str) -> tuple[FieldView, ...]:
    """The reasons, each as the resident would read it, and one's own words; none is chosen beforehand."""
    choices = [Choice(key, t(language, sentence)) for key, sentence in waits.TO_RESIDENT.items()]
    choices.append(Choice(OTHER, t(language, "another reason, in my own words")))
    return (
        FieldView("reason", t(language, "Reason"), "radio", choices=tuple(choices)),
        FieldView("words", t(language, "In your own words, as the resident will read it"), "area",
                  is_required=False, limit=MAX_REASON),
    )  # fmt: skip


def read(language: str, body: Mapping[str, Any], errors: dict[str, str]) -> dict[str, Any]:
    """Return the body of the action; another reason than ours needs words."""
    key, own = body["reason"], body.get("words")
    if key == OTHER and not own:
        errors["words"] = t(language, "Please fill this in.")
    return {"reason": own, "waits_for": None if key == OTHER else key}


def done(session: Session, viewer: Viewer, number: int, now: datetime) -> str:
    """Say what stands still; where some clocks run on, which, and until when."""
    ticket, language = ticket_rows.get_ticket(session, viewer, number), viewer.language
    zone = ticket_rows.zone_of(session, ticket.estate_id)
    clocks = deadline_queries.list_running(session, [ticket.id]).get(ticket.id, [])
    running_on = [one for one in clocks if one.paused_at is None]
    if not running_on:
        return t(language, LATE if any(one.due_at <= now for one in clocks) else DONE)
    named = [
        t(language, "{name} ({details})", name=words.name_of(language, words.CLOCKS, one.name),
          details=format_moment(language, one.due_at, zone, now))
        for one in running_on
    ]  # fmt: skip
    return t(language, IN_PART, clocks=("、" if language == "zh" else ", ").join(named))


def event_text(language: str, label: str, values: Mapping[str, Any]) -> str:
    """The line of the timeline, with what is waited for."""
    key = values.get("waits_for")
    return f"{label} · {waits.word(language, key, '')}" if key in waits.WORDS else label
