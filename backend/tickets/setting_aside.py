"""Setting a ticket aside with a reason, and its coming back by itself. Its clocks run on all the while.

It comes back when the time has come, when a clock warns or is late, or when the resident writes. The rows say
which these are, so that a process killed at any moment leaves nothing undone. Nothing but ``tick`` commits.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from backend import logs
from backend.clock import Clock
from backend.db import Database
from backend.errors import BadInput
from backend.messages import live
from backend.models import Conversation, Ticket
from backend.tickets import aside_queries, queries, telling
from backend.tickets.work import Work
from locales import N_

BATCH: Final = 100
#: longer than this is no setting aside: a date is agreed instead
LONGEST: Final = timedelta(days=14)


def set_aside(work: Work) -> None:
    """Put it out of sight until ``until``, with the reason in the timeline.

    Raises BadInput for a time that is over or far off, for an emergency, and where a promise is pressing.
    """
    until, ticket = work.body["until"], work.ticket
    if not work.now < until <= work.now + LONGEST:
        raise BadInput(N_("The time must lie ahead, within {days} days."), days=LONGEST.days)
    if ticket.is_urgent or ticket.workflow == "emergency":
        raise BadInput(N_("An emergency cannot be set aside."))
    work.session.flush()
    if aside_queries.is_clock_pressing(work.session, ticket.id, work.now):
        raise BadInput(N_("A promise of this ticket is nearly due or overdue, so it cannot be set aside."))
    ticket.snoozed_until, ticket.snoozed_by_id = until, work.viewer.user_id
    at = until.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    work.record(aside_queries.KIND, note=work.body["reason"], until=at, seq=_last_seq(work))


def _last_seq(work: Work) -> int:
    found = work.ticket.conversation_id
    return work.session.get_one(Conversation, found).last_seq if found is not None else 0


def bring_back(work: Work) -> None:
    """Undo it: somebody takes it up again before its time."""
    work.record("came_back", why="hand")
    work.ticket.snoozed_until = work.ticket.snoozed_by_id = None


def tick(db: Database, clock: Clock) -> int:
    """Bring back what comes back by itself now; return how many."""
    now = clock.now()
    with db.read() as session:
        waking = aside_queries.list_waking(session, now, BATCH)
    return sum(_each(db, ticket_id, now) for ticket_id in waking)


def _each(db: Database, ticket_id: int, now: datetime) -> bool:
    try:
        return db.run(lambda session: _wake(session, ticket_id, now))
    except Exception as error:  # one ticket in trouble keeps no other out of sight
        logs.failure("tickets.setting_aside", error, ticket=ticket_id)
        return False


def _wake(session: Session, ticket_id: int, now: datetime) -> bool:
    """Note why it came back and let open pages know; False where another process was faster."""
    ticket = queries.lock_ticket(session, ticket_id)
    if ticket is None or not aside_queries.list_waking(session, now, 1, ticket_id):
        return False
    if ticket.state in ("open", "waiting", "done"):
        telling.record(session, ticket, "came_back", now, actor="SYS", why=_why(session, ticket, now))
        live.emit(session, ticket.estate_id, "ticket", {"number": ticket.number}, now)
    ticket.snoozed_until = ticket.snoozed_by_id = None
    return True


def _why(session: Session, ticket: Ticket, now: datetime) -> str:
    if ticket.snoozed_until is not None and ticket.snoozed_until <= now:
        return "time"
    return "clock" if aside_queries.is_clock_pressing(session, ticket.id, now) else "resident"
