"""What the hour does to tickets: loans and permits end, warranty repairs are late, a visit comes near, a seat
of an event becomes free.

Everything is read off the rows, so that a process killed at any moment leaves nothing undone, and each ticket
is looked at again under its lock, so that several processes do nothing twice.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from backend import logs
from backend.clock import Clock
from backend.db import Database
from backend.messages import queries as message_queries
from backend.models import Ticket
from backend.tickets import breaches, expiring, lifecycle, news, queries, seats, service, telling
from backend.tickets.expiring import EXPIRIES, REMINDERS, Expiry, Reminder
from backend.tickets.steps import Lacking, Walker
from backend.tickets.wording import Push
from intents.menu import Menu

#: so many tickets a tick, the longest due first: a click never waits for more
BATCH: Final = 100


def tick(db: Database, clock: Clock, menu: Menu) -> int:
    """Do what is due now; return how many tickets were moved or reminded of. Each in its own transaction."""
    del menu  # no step of the hour opens a ticket; the scheduler hands it to every step alike
    now = clock.now()
    with db.read() as session:
        over = queries.list_over(session, now, [one for one in EXPIRIES if not one.clocks], BATCH)
        late = breaches.list_late(session, now, BATCH)
        near = queries.list_near(session, now, REMINDERS, BATCH)
        next_ = seats.list_next(session)
    done = sum(_each(db, ticket_id, now, _expire) for ticket_id in over)
    done += sum(_each(db, ticket_id, now, breaches.on_breach) for ticket_id in late)
    done += sum(_each(db, ticket_id, now, seats.promote) for ticket_id in next_)
    return done + sum(_each(db, ticket_id, now, _remind) for ticket_id in near)


def _each(
    db: Database, ticket_id: int, now: datetime, do: Callable[[Session, Ticket, datetime], bool]
) -> bool:
    def work(session: Session) -> bool:
        ticket = _hold(session, ticket_id)
        if ticket is None or not do(session, ticket, now):
            return False
        service.settle(session, ticket, now)
        telling.changed(session, ticket, now, None)
        return True

    try:
        return db.run(work)
    except Exception as error:  # one ticket that cannot be moved holds up no other
        logs.failure("tickets.expiry", error, ticket=ticket_id)
        return False


def _hold(session: Session, ticket_id: int) -> Ticket | None:
    """The ticket, held for the change; its conversation first, as everywhere."""
    seen = session.get(Ticket, ticket_id)
    if seen is not None and seen.conversation_id is not None:
        message_queries.lock_conversation(session, seen.conversation_id)
    return queries.lock_ticket(session, ticket_id)


def _expire(session: Session, ticket: Ticket, now: datetime) -> bool:
    """Take the step that its time has brought; False where somebody was faster, or the table forbids it."""
    expiry = expiring.expiry_of(ticket.workflow, ticket.step)
    if expiry is None or expiry.clocks or ticket.limit_at is None or ticket.limit_at > now:
        return False
    if not take(session, ticket, expiry, now):
        return False
    if ticket.manner in news.OVER:
        _tell(session, ticket, now, news.over)
    return True


def take(session: Session, ticket: Ticket, expiry: Expiry, now: datetime) -> bool:
    """Walk the one step of the hour, as SYS."""
    move = lifecycle.machine_of(ticket.workflow, ticket.step).move(ticket.step, expiry.to_step)
    if move is None:
        return False
    walker = Walker(session, ticket, now, "SYS")
    try:
        walker.check((move,))
    except Lacking:
        return False
    walker.walk("moved", (move,))
    return True


def _remind(session: Session, ticket: Ticket, now: datetime) -> bool:
    """Remind once of each date; a date that was moved is reminded of anew."""
    reminder = _reminder_of(ticket)
    at = ticket.limit_at
    if reminder is None or at is None or not now < at <= now + reminder.before:
        return False
    told = at.isoformat()
    if ticket.facts.get("reminded") == told:
        return False
    ticket.facts = {**ticket.facts, "reminded": told}
    telling.record(session, ticket, "reminded", now, actor="SYS", date=told)
    _tell(session, ticket, now, news.reminder)
    return True


def _reminder_of(ticket: Ticket) -> Reminder | None:
    found = (one for one in REMINDERS if (one.workflow, one.step) == (ticket.workflow, ticket.step))
    return next(found, None)


def _tell(session: Session, ticket: Ticket, now: datetime, word: Callable[[news.About, str], Push]) -> None:
    reader = telling.reader_of(session, ticket)
    at = ticket.limit_at or now
    about = news.About(reader.language, reader.address_as, ticket.number, ticket.name(reader.language), at,
                       reader.zone)  # fmt: skip
    telling.push(session, ticket, reader, word(about, ticket.manner), now, "time_set")
