"""Taking a ticket up: who does it first answers for it, and its resident learns who. Nothing here commits."""

from backend.models import User
from backend.tickets import lifecycle, queries, telling, wording
from backend.tickets.lifecycle import Move, NoWay
from backend.tickets.work import WORKERS, Work


def moves_of(work: Work) -> tuple[Move, ...]:
    """Return the steps that taking it up walks; () where its machine knows none here."""
    try:
        return lifecycle.moves_of(work.machine, work.ticket.step, "accept")
    except NoWay:
        return ()


def free_moves_of(work: Work) -> tuple[Move, ...]:
    """The same where they ask for nothing: what is taken up along with another act is not refused for it."""
    found = moves_of(work)
    return () if any(work.walker.lacks(move) for move in found) else found


def take(work: Work) -> None:
    """Note that it is taken; who takes it answers for it, where nobody does and it is not work on site."""
    ticket, user_id = work.ticket, work.viewer.user_id
    ticket.accepted_at = work.now
    if ticket.butler_id is None and work.viewer.role not in WORKERS:
        ticket.butler_id = user_id
        ticket.first_butler_id = ticket.first_butler_id or user_id


def keeper(work: Work) -> str:
    """Return the name of who answers for it now, as its resident reads it."""
    user = work.session.get(User, work.ticket.butler_id or work.viewer.user_id)
    return user.name(work.reader.language) if user else work.viewer.name(work.reader.language)


def tell(work: Work, who: str) -> None:
    """The resident learns who has taken it; at night that waits for the morning, as in ``telling``."""
    reader = work.reader
    pushed = wording.taken(reader.language, reader.address_as, work.ticket.number, who)
    telling.push(work.session, work.ticket, reader, pushed, work.now, "taken")


def last_told(work: Work) -> int:
    """Return the id of the newest message about the ticket that its resident has been sent; 0 for none."""
    return max((one.id for one in queries.list_pushes(work.session, work.ticket.id)), default=0)
