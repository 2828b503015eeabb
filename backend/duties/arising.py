"""What arises from a duty: a visit that is arranged as a ticket (WF-13), a fault that is to be mended.

Nothing here commits. A ticket that staff opened themselves counts as taken by a person at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from backend.deadlines import service as deadlines
from backend.duties import arising_queries, photos, service
from backend.duties.rules import standard_duties
from backend.duties.service import TaskRefused
from backend.messages import service as messages
from backend.messages.service import MAX_TEXT, clean_text
from backend.models import Duty as Task
from backend.models import Ticket
from backend.people.viewer import Viewer
from backend.tickets import opening, telling
from backend.tickets.opening import NewTicket
from backend.tickets.work import ACTORS
from intents.menu import Menu
from locales import N_

#: why such a ticket was opened, in its timeline
REASON: Final = "duty"


@dataclass(frozen=True, slots=True)
class Findings:
    """What a task was done with: the fields of its form, photos (ids of files), a fault in words."""

    values: Mapping[str, Any]
    photos: Sequence[str] = ()
    fault: str = ""


def do(
    session: Session, menu: Menu, viewer: Viewer, task_id: int, found: Findings, now: datetime
) -> tuple[Task, Ticket | None]:
    """Do a task with what was found; return it and the ticket of a fault, where one was described.

    Raises NotFound, Forbidden, TaskRefused, RecordRefused, and BadInput for photos that cannot be kept.
    """
    task = service.held(session, viewer, task_id, now)
    kept = photos.keep(session, task, found.photos)
    values = {name: value for name, value in found.values.items() if name != "photos"}
    service.do(session, viewer, task_id, {**values, "photos": list(kept)} if kept else values, now)
    return task, report_fault(session, menu, viewer, task, found.fault, kept, now)


def arrange(session: Session, menu: Menu, viewer: Viewer, task_id: int, now: datetime) -> Ticket:
    """Open the ticket that this duty is done by; the task is done when that comes to its step (SLA-57).

    Raises NotFound, Forbidden, TaskRefused where the duty is done by no ticket, or has one already.
    """
    task = service.held(session, viewer, task_id, now)
    duty = service.duty_of(task)
    if duty is None or not duty.opens:
        raise TaskRefused(N_("This duty is done on the spot, with its form."))
    if task.ticket_id is not None:
        raise TaskRefused(N_("This is arranged already; its ticket is open."))
    ticket = _open(session, menu, viewer, task, duty.opens, duty.title_zh, now)
    task.ticket_id, task.user_id = ticket.id, viewer.user_id
    service.tell(session, task, now)
    return ticket


def report_fault(
    session: Session, menu: Menu, viewer: Viewer, task: Task, words: str, files: Sequence[str], now: datetime
) -> Ticket | None:
    """Open a ticket for a fault that was found; its photos go with it. None where nothing was described."""
    said = clean_text(words).strip()[:MAX_TEXT]
    duty = service.duty_of(task)
    if not said or duty is None:
        return None
    if not duty.fault:
        raise TaskRefused(N_("This duty finds no faults. Please open a ticket at the desk."))
    ticket = _open(session, menu, viewer, task, duty.fault, said, now)
    for row in arising_queries.list_photos(session, task.id, files) if files else ():
        row.ticket_id, row.conversation_id = ticket.id, ticket.conversation_id
    task.values = {**task.values, "tickets": [*task.values.get("tickets", ()), ticket.number]}
    return ticket


def _open(
    session: Session, menu: Menu, viewer: Viewer, task: Task, item: str, words: str, now: datetime
) -> Ticket:
    """A ticket about the home or the site that the task is about, where it is about one."""
    place = arising_queries.place_of(session, task)
    talk = None
    if place.resident is not None and place.home_id is not None:
        talk = messages.conversation_of(session, place.resident.id, task.estate_id, place.home_id, now)
    new = NewTicket(
        estate_id=task.estate_id, item_id=item, channel="desk",
        language=place.resident.language if place.resident else "zh", words=words, asked_at=now,
        received_at=now, reason=REASON, home_id=place.home_id,
        resident_id=place.resident.id if place.resident else None,
        conversation_id=talk.id if talk else None, link_id=talk.last_link_id if talk else None,
        actor=ACTORS[viewer.role], by_user_id=viewer.user_id,
    )  # fmt: skip
    ticket = opening.open_ticket(session, menu, new, now)
    ticket.facts = {**ticket.facts, "duty": task.id}
    duty = service.duty_of(task)
    note = f"{duty.title_zh} · {duty.title_en}" if duty else task.duty
    telling.record(session, ticket, "from_duty", now, actor=ACTORS[viewer.role], by_user_id=viewer.user_id,
                   note=note, task=task.id)  # fmt: skip
    if item == (duty.opens if duty else ""):
        ticket.accepted_at = now
        session.flush()
        deadlines.on_event(session, ticket, "accepted", now)
    return ticket


def finish_arranged(session: Session, now: datetime) -> int:
    """Mark the tasks as done whose ticket has come to its step; return how many. Dated by that step."""
    found = arising_queries.list_arranged_done(session, arranged_until(), lock=True)
    for task, by, at in found:
        service.finish(task, by or task.user_id, at)
        service.tell(session, task, now)
    return len(found)


def arranged_until() -> dict[str, tuple[str, ...]]:
    """Return the duties that are done by a ticket, each with the steps at which they are."""
    return {duty.id: duty.until for duty in standard_duties() if duty.opens}
