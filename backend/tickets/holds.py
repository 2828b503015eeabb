"""Who was asked to wait hears an apology and how it stands before the minute is over (SLA-25, CON-14).

Which tickets these are is read off the clocks: a process killed at any moment leaves nothing undone, and each
is looked at again under its lock, so that several processes apologise once. The clock runs on: only a person
can say what the resident waits for.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from backend import logs
from backend.clock import Clock
from backend.db import Database
from backend.messages import queries as message_queries
from backend.models import Ticket, User
from backend.tickets import hold_queries, news, queries, telling

CLOCK: Final = "SLA-25"
BATCH: Final = 100
#: after longer than this an apology for a minute is none: supervisor and butler were called instead
TOO_LATE: Final = timedelta(minutes=5)
KIND: Final = "still_waiting"


def tick(db: Database, clock: Clock) -> int:
    """Apologise to those who have been holding since before the warning; return to how many."""
    now = clock.now()
    with db.read() as session:
        waiting = hold_queries.list_holding(session, CLOCK, KIND, now, TOO_LATE, BATCH)
    return sum(_each(db, ticket_id, now) for ticket_id in waiting)


def _each(db: Database, ticket_id: int, now: datetime) -> bool:
    try:
        return db.run(lambda session: _apologise(session, ticket_id, now))
    except Exception as error:  # one chat that cannot be written to holds up no other
        logs.failure("tickets.holds", error, ticket=ticket_id)
        return False


def _apologise(session: Session, ticket_id: int, now: datetime) -> bool:
    """Say sorry and who is looking into it; False where the butler, or another process, was faster."""
    seen = session.get(Ticket, ticket_id)
    if seen is not None and seen.conversation_id is not None:
        message_queries.lock_conversation(session, seen.conversation_id)
    ticket = queries.lock_ticket(session, ticket_id)
    if ticket is None or not hold_queries.list_holding(session, CLOCK, KIND, now, TOO_LATE, 1, ticket_id):
        return False
    reader = telling.reader_of(session, ticket)
    telling.record(session, ticket, KIND, now, actor="BOT")
    butler = session.get(User, ticket.butler_id) if ticket.butler_id else None
    who = butler.name(reader.language) if butler else ""
    about = news.About(reader.language, reader.address_as, ticket.number, ticket.name(reader.language), now,
                       reader.zone)  # fmt: skip
    telling.push(session, ticket, reader, news.still_waiting(about, who), now, "still_waiting")
    return True
