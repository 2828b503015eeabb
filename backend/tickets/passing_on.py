"""Passing a ticket on to a colleague with a handover note. No clock starts anew. Nothing here commits."""

from backend.deadlines import alerts
from backend.deadlines import queries as deadline_queries
from backend.errors import BadInput
from backend.models import User
from backend.people import butlers
from backend.tickets import beside, queries, telling
from backend.tickets.work import WORKERS, Work
from locales import N_


def pass_on(work: Work) -> None:
    """Give it to a colleague on duty, who reads the note; the resident is told once who looks after it.

    Raises BadInput for somebody who is not there, does other work, has it already, or whom it is about.
    """
    user, ticket = _receiver(work), work.ticket
    ticket.butler_id = user.id
    ticket.first_butler_id = ticket.first_butler_id or user.id
    event = telling.record(
        work.session, ticket, "passed_on", work.now, actor=work.actor, by_user_id=work.viewer.user_id,
        note=work.body["note"], user=user.id,
    )  # fmt: skip
    work.session.flush()
    call = alerts.Call(
        ticket.estate_id, user.id, "passed_on", work.now, f"passed_on:{event.id}", ticket_id=ticket.id,
        values={"note": work.body["note"], "by": work.viewer.user_id},
    )  # fmt: skip
    alerts.write(work.session, [call], work.now)
    reader = work.reader
    running = deadline_queries.list_running(work.session, [ticket.id]).get(ticket.id, [])
    is_late = beside.is_late(running, work.now)
    who = user.name(reader.language)
    told = beside.passed_on(beside.about(reader, ticket, work.now), who, is_late=is_late)
    telling.push(work.session, ticket, reader, told, work.now, "passed_on")


def _receiver(work: Work) -> User:
    wanted, ticket = work.body["user"], work.ticket
    by_id = wanted if isinstance(wanted, int) else None
    name = None if by_id else str(wanted).strip().lower()
    user = queries.find_colleague(work.session, ticket.estate_id, by_id, name)
    if user is None:
        raise BadInput(N_("There is no active colleague of that name in this estate."))
    if user.id == ticket.hidden_from_id:
        raise BadInput(N_("This ticket must not go to the person it is about."))
    who = user.name(work.viewer.language)
    if user.role in WORKERS:
        raise BadInput(N_("{who} does the work on site. Please assign the ticket instead."), who=who)
    if user.id == ticket.butler_id:
        raise BadInput(N_("{who} looks after this ticket already."), who=who)
    present = butlers.list_on_duty(work.session, ticket.estate_id, [user.role], now=work.now)
    if user.id not in {one.id for one in present}:
        raise BadInput(N_("{who} is not on duty now. Please choose a colleague who is."), who=who)
    return user
