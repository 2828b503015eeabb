"""Letting the clocks of a ticket wait, as far as they may, and saying what is true of the others.

Nothing here commits.
"""

from collections.abc import Sequence
from typing import Final

from backend.deadlines import queries as deadline_queries
from backend.deadlines import service as deadlines
from backend.deadlines import waits
from backend.errors import CannotPause
from backend.models import Deadline
from backend.tickets import telling, wording
from backend.tickets.going_on import RESPOND
from backend.tickets.work import Work
from locales import N_
from locales.dates import format_window

#: the clock of an agreed visit (SLA-05)
VISIT: Final = "SLA-05"
#: why nothing of a ticket can wait, and what to do instead
_FIXED: Final = N_(
    "#{number} has a visit agreed for a fixed time, and that promise cannot be paused. "
    "Please move the visit, or call it off until another time is agreed."
)
_STILL: Final = N_(
    "The clocks of #{number} stand still already. They run again by themselves once this step is done."
)
_NONE: Final = N_(
    "No clock of #{number} is running, so there is nothing to pause. "
    "To come back to it later, set the ticket aside."
)
_ANSWER: Final = N_(
    "The resident of #{number} still waits for a first answer, and that cannot be paused. "
    "Please accept it or reply; to come back to it later, set the ticket aside."
)
_NEVER: Final = N_(
    "The promise that is running on #{number} cannot be paused. "
    "Please go on with the work, or pass the ticket on to a colleague."
)


def pause(work: Work) -> None:
    """Let what may wait stand still, and say so. Raises CannotPause where nothing may.

    The first answer never waits (SLA-01): a resident who is told of the waiting has been answered with it.
    """
    ticket, body = work.ticket, work.body
    reason, waits_for = body.get("reason") or "", body.get("waits_for")
    work.session.flush()
    found = deadline_queries.list_running(work.session, [ticket.id]).get(ticket.id, [])
    if not deadlines.pause(work.session, ticket, reason, work.now, waits_for=waits_for):
        raise CannotPause(why_not(found), work.allowed, number=ticket.number)
    known = {"waits_for": waits_for} if waits_for else {}
    work.record("paused", note=reason, **known)
    ticket.state = "waiting"
    is_late = any(one.due_at <= work.now for one in found)
    if work.reader.conversation is not None:
        deadlines.count_as_met(work.session, ticket, RESPOND, work.now)
    running_on = [one for one in found if one.paused_at is None and one.met_at is None]
    _tell(work, running_on, waits_for, reason, is_late=is_late)


def why_not(running: Sequence[Deadline]) -> str:
    """Return the sentence why none of the running clocks can wait, with what to do instead."""
    if any(one.clock == VISIT for one in running):
        return _FIXED
    if any(one.name == RESPOND for one in running):
        return _ANSWER
    if not running:
        return _NONE
    return _STILL if any(one.paused_at is not None for one in running) else _NEVER


def _tell(
    work: Work, running_on: Sequence[Deadline], waits_for: str | None, reason: str, *, is_late: bool
) -> None:
    """The resident reads what waits and why, that what does not wait still holds, and that we are late."""
    ticket, reader = work.ticket, work.reader
    told = waits.told(reader.language, waits_for, reason)
    window = ""
    if any(one.clock == VISIT and one.due_at > work.now for one in running_on):
        start, end = ticket.appointment_start, ticket.appointment_end
        window = format_window(reader.language, start, end, reader.zone)
    pushed = wording.paused(
        reader.language, reader.address_as, ticket.number, told, visit=window,
        is_part=bool(running_on), is_late=is_late,
    )  # fmt: skip
    telling.push(work.session, ticket, reader, pushed, work.now, "paused")
