"""值班任务: what is to be done again and again, done on the spot with its form."""

import asyncio
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse

from backend.desk import duty_photos, duty_views
from backend.desk.doors import Number, PageRoute, Typed, Visit, Visiting, go
from backend.desk.duty_views import Again
from backend.desk.forms import BadForm, photo_ids
from backend.desk.letter_pages import OF_A_FILE
from backend.desk.letters import Lettered
from backend.desk.record_fields import MISSING, read_fields
from backend.desk.shell import reader_of, shell_of, show
from backend.duties import arising, photos, queries, service
from backend.messages import files
from backend.models import Ticket
from backend.people import roles
from backend.tickets.forms import find_form
from backend.tickets.records import RecordRefused
from locales import t

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/duties")
def duties_page(who: Visiting) -> Response:
    """Today's tasks: overdue, open, coming, done; leaders start with everybody's."""
    return _page(who)


def _page(who: Visit, again: Again | None = None, status: int = 200) -> Response:
    asked = who.request.query_params.get("who", "")
    everybody = asked == "all" or (asked != "mine" and roles.is_leader(who.viewer.role))
    with who.db.read() as session:
        reader = reader_of(session, who)
        board = service.board(session, who.viewer, who.now, reader.zone, everybody=everybody)
        page = duty_views.page_of(reader, board, everybody=everybody, again=again)
        shell = shell_of(session, who, on="duties")
    return show(who, "duties.html", shell, page=page, title=page.title, status=status)


@router.get("/duties/{task_id}")
def task_page(who: Visiting, task_id: Number) -> Response:
    """One task, with its form while it is open, and its record once it is done."""
    return _task(who, task_id)


def _task(who: Visit, task_id: int, again: Again | None = None, status: int = 200) -> Response:
    with who.db.read() as session:
        reader = reader_of(session, who)
        task = queries.get_task(session, who.viewer, task_id)
        record = queries.find_record_of(session, task.id)
        view = duty_views.task_of(reader, queries.entry_of(session, task), again, record)
        view = replace(view, photos=duty_photos.shown(session, task.id))
        shell = shell_of(session, who, on="duties")
    return show(who, "duty.html", shell, task=view, title=view.title, status=status)


@router.post("/duties/{task_id}/take")
def take(who: Visiting, task_id: Number, fields: Typed) -> Response:
    """Take a task into one's hands."""
    who.db.run(lambda session: service.take(session, who.viewer, task_id, who.now))
    return go(who.request, _back(fields, task_id), t(who.language, "This task is yours now."))


@router.post("/duties/{task_id}/do")
async def do(who: Visiting, task_id: Number, posted: Lettered) -> Response:
    """Write down that a task is done, with photos and a fault that was found, where there are any.

    What lacks in its form is said at its field, and neither words nor good photos are lost.
    """
    fields, refusal = await duty_photos.keep_all(who, task_id, posted)
    if refusal is not None:
        again = Again(task_id, fields, {"photos": refusal.worded(who.language)[1]})
        return await asyncio.to_thread(_task, who, task_id, again, refusal.status)
    return await asyncio.to_thread(_do, who, task_id, fields)


def _do(who: Visit, task_id: int, fields: dict[str, str]) -> Response:
    try:
        values = _read(who, task_id, fields)
        found = arising.Findings(values, photo_ids(fields), fields.get(duty_photos.FAULT, ""))
        ticket = who.db.run(
            lambda session: _number_of(arising.do(session, who.menu, who.viewer, task_id, found, who.now)[1])
        )
    except BadForm as bad:
        return _task(who, task_id, Again(task_id, fields, bad.errors), 422)
    except RecordRefused as refused:
        errors = {name: t(who.language, MISSING) for name in refused.fields}
        return _task(who, task_id, Again(task_id, fields, errors), 422)
    if ticket:
        said = t(who.language, "Done and written down. The fault is #{number} now.", number=ticket)
        return go(who.request, f"/duties/{task_id}", said)
    return go(who.request, _back(fields, 0), t(who.language, "Done and written down."))


def _number_of(ticket: Ticket | None) -> int:
    return ticket.number if ticket is not None else 0


@router.post("/duties/{task_id}/arrange")
def arrange(who: Visiting, task_id: Number, fields: Typed) -> Response:
    """Open the ticket that does the task (a visit, SLA-57), and go there to agree the time."""
    number = who.db.run(
        lambda session: _number_of(arising.arrange(session, who.menu, who.viewer, task_id, who.now))
    )
    return go(who.request, f"/tickets/{number}", t(who.language, "The visit is open. Please agree a time."))


@router.get("/duties/{task_id}/files/{file_id}")
def photo(who: Visiting, task_id: Number, file_id: str, small: bool = False) -> Response:
    """A photo of a task, or (``small``) its small copy. Raises NotFound."""
    with who.db.read() as session:
        found = photos.find(session, who.viewer, task_id, file_id)
    given = files.shown(who.request.app.state.settings.media_dir, found, is_small=small)
    return FileResponse(given.place, media_type=given.content_type, headers=OF_A_FILE, filename=given.name,
                        content_disposition_type="inline")  # fmt: skip


def _read(who: Visit, task_id: int, fields: dict[str, str]) -> dict[str, Any]:
    """What was typed, as the values of the task's form. Raises NotFound, BadForm."""
    with who.db.read() as session:
        reader = reader_of(session, who)
        duty = service.duty_of(queries.get_task(session, who.viewer, task_id))
    form = find_form(duty.form) if duty else None
    return read_fields(reader, form, duty.asks, duty.needs, fields) if duty and form else {}


def _back(fields: dict[str, str], task_id: int) -> str:
    """The list that the task was pressed on, at the task itself where it is still there."""
    tab = fields.get("who", "")
    where = f"/duties?who={tab}" if tab in ("mine", "all") else "/duties"
    return f"{where}#task-{task_id}" if task_id else where
