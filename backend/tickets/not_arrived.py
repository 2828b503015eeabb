"""An arrival that was recorded by mistake is taken back. Nothing here commits.

The ticket stands again where it stood, the promise to be there runs on, and a resident who was told that
somebody had come is told that it was a mistake.
"""

from itertools import takewhile
from typing import TYPE_CHECKING, Final

from sqlalchemy.orm import Session

from backend.deadlines import undoing
from backend.errors import BadInput
from backend.models import Ticket, TicketEvent
from backend.tickets import arriving, queries, records, telling
from backend.tickets.machines.table import Move
from backend.tickets.wording import Push, named, sentence
from locales import N_

if TYPE_CHECKING:
    from backend.tickets.work import Work

KIND: Final = "not_arrived"
ARRIVED: Final = "checked_in"
#: the clock of a visit
ATTEND: Final = "attend"
SORRY: Final = N_(
    "{named}sorry, “arrived” was pressed by mistake: nobody is there for #{number} yet. What was agreed "
    "stands."
)


def last_arrival(session: Session, ticket: Ticket) -> list[TicketEvent]:
    """Return the rows of the arrival that brought the ticket where it stands; [] where it was none."""
    if not arriving.is_at_the_place(ticket):
        return []
    steps = [row for row in queries.list_events(session, ticket.id) if row.to_step is not None]
    if not steps or (steps[-1].kind, steps[-1].to_step) != (ARRIVED, ticket.step):
        return []
    way = takewhile(lambda row: (row.kind, row.at) == ("step", steps[-1].at), reversed(steps[:-1]))
    return [*reversed(list(way)), steps[-1]]


def not_arrived(work: "Work") -> None:
    """Take the arrival back. Raises BadInput where the last step was another one."""
    ticket, rows = work.ticket, last_arrival(work.session, work.ticket)
    if not rows or rows[0].from_step is None:
        raise BadInput(N_("No arrival is recorded here that could be taken back."))
    back = Move(ticket.step, rows[0].from_step, "the arrival was recorded by mistake", work.actor)
    form = work.walker.form_of(ticket.step)
    telling.record(work.session, ticket, KIND, work.now, actor=work.actor, by_user_id=work.viewer.user_id,
                   move=back)  # fmt: skip
    undoing.run_again(work.session, ticket, ATTEND, rows[-1].at, work.now)
    if form is not None:
        records.unstamp(work.session, form, ticket, rows[-1].to_step or "", at=work.now,
                        by=work.viewer.user_id, actor=work.actor)  # fmt: skip
    reader = work.reader
    said = sentence(reader.language, SORRY, named=named(reader.language, reader.address_as),
                    number=ticket.number)  # fmt: skip
    telling.push(work.session, ticket, reader, Push(said, []), work.now, "arrived")
