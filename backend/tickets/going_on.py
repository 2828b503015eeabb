"""What goes along when another ticket carries a matter on: waits, the first answer, the visit, the photos.

Nothing here commits.
"""

from datetime import datetime
from typing import Final

from backend.deadlines import queries as deadline_queries
from backend.deadlines import service as deadlines
from backend.models import DeadlinePause, Ticket
from backend.tickets import beside_queries, lifecycle
from backend.tickets.work import Work

#: the clock of the first answer (SLA-01)
RESPOND: Final = "respond"


def take_along(work: Work, old: Ticket, new: Ticket) -> None:
    """Give the new ticket what the old one had: what had to wait for the resident, what was answered."""
    answered_at = _answered_at(work, old) if new.butler_id == old.butler_id else None
    waits = _waits(work, old)
    if answered_at is not None:
        _wait(work, new, [one for one in waits if one.from_at < answered_at])
        deadlines.count_as_met(work.session, new, RESPOND, answered_at)
        waits = [one for one in waits if one.from_at >= answered_at]
    _wait(work, new, waits)
    take_with(work, old, new)
    appoint(work, old, new)
    beside_queries.move_files(work.session, old, new)


def take_with(work: Work, old: Ticket, new: Ticket) -> None:
    """Who had taken the old ticket has taken the new one: its first answer was the same one (SLA-01)."""
    if old.accepted_at is None or new.butler_id != old.butler_id:
        return
    part = Work(work.session, work.menu, work.viewer, new, {}, work.now)
    new.accepted_at = old.accepted_at
    try:
        part.walk("accepted", lifecycle.moves_of(part.machine, new.step, "accept"))
    except lifecycle.NoWay:
        part.record("accepted")
    deadlines.on_event(work.session, new, "accepted", old.accepted_at)


def appoint(work: Work, old: Ticket, new: Ticket) -> None:
    """A visit that was agreed and still lies ahead stays agreed."""
    is_ahead = old.appointment_end is not None and old.appointment_end > work.now
    if not is_ahead or not lifecycle.machine_of(new.workflow, new.step).is_appointed:
        return
    new.appointment_start, new.appointment_end = old.appointment_start, old.appointment_end
    work.session.flush()
    deadlines.on_event(work.session, new, "scheduled", work.now)


def _answered_at(work: Work, old: Ticket) -> datetime | None:
    work.session.flush()
    rows = deadline_queries.list_deadlines(work.session, [old.id]).get(old.id, [])
    return next((one.met_at for one in rows if one.name == RESPOND), None)


def _waits(work: Work, old: Ticket) -> list[DeadlinePause]:
    """The times in which the whole ticket waited, each once; a step's own wait has no reason."""
    rows = deadline_queries.list_deadlines(work.session, [old.id]).get(old.id, [])
    found = deadline_queries.list_pauses(work.session, [one.id for one in rows]).values()
    waits = {one.from_at: one for pauses in found for one in pauses if one.reason or one.waits_for}
    return [waits[at] for at in sorted(waits)]


def _wait(work: Work, new: Ticket, waits: list[DeadlinePause]) -> None:
    for one in waits:
        deadlines.pause(work.session, new, one.reason, one.from_at, waits_for=one.waits_for)
        deadlines.resume(work.session, new, one.until_at or work.now)
