"""The agreed time of a visit is taken away; the ticket waits for another, within a day (SLA-03).

Nothing here commits.
"""

from datetime import datetime
from typing import Final

from backend.deadlines import service as deadlines
from backend.models import Ticket
from backend.tickets import lifecycle, telling, wording
from backend.tickets.spans import WISHED
from backend.tickets.steps import Walker
from backend.tickets.work import Work
from locales.dates import format_window

KIND: Final = "unscheduled"


def moved_from(ticket: Ticket, new: wording.Span, now: datetime) -> wording.Span | None:
    """Return the agreed time that ``new`` takes the place of; None for the first one, or where the visit
    agreed before has been made already."""
    start, end = ticket.appointment_start, ticket.appointment_end
    if start is None or end is None or (start, end) == new:
        return None
    machine = lifecycle.machine_of(ticket.workflow, ticket.step)
    is_to_come = end > now or (ticket.cycle == 1 and ticket.step in machine.before_work)
    return (start, end) if is_to_come else None


def fix(ticket: Ticket, start: datetime, end: datetime) -> None:
    """Let the visit stand at this time; another one that its resident wished for is decided with it."""
    ticket.appointment_start, ticket.appointment_end = start, end
    ticket.slots = {name: value for name, value in ticket.slots.items() if name != WISHED}


def unschedule(work: Work) -> None:
    """Call off the visit alone; the resident reads that another time follows, unless ``tell`` is no."""
    ticket, is_told = work.ticket, work.body.get("tell") is not False
    reason = work.body.get("reason") or ""
    start, end = ticket.appointment_start, ticket.appointment_end
    take_away(work.walker, reason, is_told=is_told)
    if not is_told or start is None:
        return
    reader = work.reader
    window = format_window(reader.language, start, end, reader.zone)
    pushed = wording.time_off(reader.language, reader.address_as, ticket.number, window, reason)
    telling.push(work.session, ticket, reader, pushed, work.now, "time_set")


def take_away(walker: Walker, note: str, *, is_told: bool = True) -> None:
    """The appointment and its promise end; what was promised and broken before stays so (SLA-05).

    The visit was the dated plan that kept SLA-03 (solved within a day, or a dated plan agreed): without one
    its clock starts anew, so that nobody forgets to agree another time. It waits where the ticket waits.
    """
    ticket = walker.ticket
    ticket.appointment_start = ticket.appointment_end = None
    walker.session.flush()
    deadlines.start_attend(walker.session, ticket, None, walker.now)
    walker.walk(KIND, _aside(ticket), note, **({} if is_told else {"told": False}))
    walker.happen(KIND)
    if ticket.state == "waiting":
        deadlines.pause(walker.session, ticket, note, walker.now)


def _aside(ticket: Ticket) -> tuple[lifecycle.Move, ...]:
    """The step at which a machine waits for a new time, where it has one."""
    machine = lifecycle.machine_of(ticket.workflow, ticket.step)
    there = next(iter(machine.again.get(ticket.step, ())), "")
    move = machine.move(ticket.step, there) if there in machine.sides and there in machine.again else None
    return (move,) if move is not None else ()
