"""导入: homes and residents from an Excel sheet; a dry run first, then everything at once."""

import asyncio
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.orm import Session
from starlette.background import BackgroundTask
from starlette.datastructures import UploadFile

from backend import logs
from backend.desk import doors
from backend.desk.doors import PageRoute, Typed, Visit, Visiting, go
from backend.desk.shell import reader_of, shell_of, show
from backend.desk.views import Choice, Fact
from backend.errors import BadInput, NotFound, Refusal, TooLarge
from backend.households import import_queries, import_view, importing, service, sheet
from backend.households.progress import IMPORTS
from backend.messages.files import MAX_BYTES, MAX_MB
from backend.models import Import
from backend.people import queries as people
from backend.people.estates import meant_estate
from locales import N_, t
from locales.dates import format_full

router = APIRouter(include_in_schema=False, route_class=PageRoute)
NO_FILE: Final = N_("Please choose the Excel file first.")


@dataclass(frozen=True, slots=True)
class Sent:
    """What was posted: the fields, and the file with its name."""

    fields: dict[str, str]
    name: str
    data: bytes


async def sent(request: Request) -> Sent:
    """FastAPI dependency: a form with one file, its token right. Raises Forbidden, BadInput."""
    async with request.form(max_files=1, max_fields=10) as form:
        texts = {name: value for name, value in form.items() if not isinstance(value, UploadFile)}
        if sum(map(len, texts.values())) > doors.MAX_FORM:
            raise BadInput
        file = form.get("sheet")
        data, name = b"", ""
        if isinstance(file, UploadFile):
            data = await file.read(MAX_BYTES + 1)
            name = PurePath((file.filename or "").replace("\\", "/")).name
    return Sent(doors.checked_fields(request, texts), name, data)


@router.get("/import")
def page(who: Visiting) -> Response:
    """The template, the form for a file, and the latest imports."""
    return _page(who)


def _page(who: Visit, error: str = "", status: int = 200) -> Response:
    service.require_editor(who.viewer)
    with who.db.read() as session:
        estates = [
            Choice(one.code, one.name(who.language)) for one in people.list_estates(session, who.viewer)
        ]
        zone = reader_of(session, who).zone
        latest = [_latest(who, row, user.name(who.language) if user else "", zone)
                  for row, user in import_queries.list_imports(session, who.viewer)]  # fmt: skip
        shell = shell_of(session, who, on="homes")
    return show(who, "import.html", shell, title=t(who.language, "Import from Excel"), estates=estates,
                latest=latest, error=error, most_rows=sheet.MOST_ROWS, most_mb=MAX_MB,
                status=status)  # fmt: skip


def _latest(who: Visit, row: Import, name: str, zone: str) -> Fact:
    counts = row.counts
    said = t(who.language, "{when}, {who}: new homes {homes}, new residents {people}",
             when=format_full(who.language, row.done_at or row.created_at, zone),
             who=name or t(who.language, "the command line"), homes=counts.get("homes_new", 0),
             people=counts.get("people_new", 0))  # fmt: skip
    return Fact(row.name, said)


@router.get("/import/template")
def template(who: Visiting) -> Response:
    """The sheet to fill in, with an example and a legend in both languages."""
    service.require_editor(who.viewer)
    return _workbook(sheet.template(), "guanjia-homes.xlsx")


def _workbook(data: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(data, media_type=sheet.MEDIA_TYPE, headers=headers)


@router.post("/import")
async def upload(who: Visiting, posted: Annotated[Sent, Depends(sent)]) -> Response:
    """Read a sheet and keep what would come of it; a file that is none is refused with the reason."""
    return await asyncio.to_thread(_upload, who, posted)


def _upload(who: Visit, posted: Sent) -> Response:
    service.require_editor(who.viewer)
    try:
        if not posted.data:
            raise BadInput(NO_FILE)
        if len(posted.data) > MAX_BYTES:
            raise TooLarge(None, limit=MAX_MB)
        raws = sheet.read(posted.data)
    except Refusal as refusal:
        return _page(who, refusal.worded(who.language)[1], refusal.status)

    with who.db.read() as session:
        estate = meant_estate(session, who.viewer, posted.fields.get("estate", ""))
    found = importing.read(who.vault, estate, raws, who.now)
    made = who.db.run(
        lambda session: importing.dry_run(session, estate, posted.name, found, who.actor, who.now)
    )
    return go(who.request, f"/import/{made.id}")


def _get(session: Session, who: Visit, import_id: str) -> Import:
    service.require_editor(who.viewer)
    found = import_queries.find_import(session, who.viewer, import_id[:64])
    if found is None:
        raise NotFound(N_("This list is no longer here: what was read and not imported is forgotten after "
                          "a day. Please send the file again."))  # fmt: skip
    return found


@router.get("/import/{import_id}")
def dry_run(who: Visiting, import_id: str, started: str = "", part: str = "") -> Response:
    """What would come of the file; once started, how far it is (``part=progress``: the bar alone)."""
    with who.db.read() as session:
        imported = _get(session, who, import_id)
        running = IMPORTS.of(imported.id) or ((0, 0) if started else None)
        if imported.state == "done" or running is not None:
            view = import_view.standing(who.language, imported, running)
        else:
            found = importing.weighed(session, imported, who.now)
            view = import_view.view_of(who.language, imported, found)
        shell = shell_of(session, who, on="homes")
    if part == "progress" and view.state == "done":
        return Response(headers={"HX-Redirect": f"/import/{imported.id}"})
    template = "_import_bar.html" if part == "progress" else "import_run.html"
    return show(who, template, shell, run=view, title=view.title)


@router.get("/import/{import_id}/faulty")
def faulty(who: Visiting, import_id: str) -> Response:
    """The rows with faults as a sheet, each with what is wrong; to be mended and sent again."""
    with who.db.read() as session:
        imported = _get(session, who, import_id)
        if imported.state != "read":
            raise NotFound
        found = importing.weighed(session, imported, who.now)
        data = importing.faulty_rows(who.vault, imported, found, who.language)
    return _workbook(data, "guanjia-faulty-rows.xlsx")


@router.post("/import/{import_id}")
def confirm(who: Visiting, import_id: str, _fields: Typed) -> Response:
    """Carry the import out behind the answer; its page shows how far it is."""
    with who.db.read() as session:
        imported = _get(session, who, import_id)
    answer = go(who.request, f"/import/{imported.id}?started=1")
    if imported.state == "read" and IMPORTS.begin(imported.id):
        answer.background = BackgroundTask(_carry_out, who, imported.id)
    return answer


def _carry_out(who: Visit, import_id: str) -> None:
    """In a thread of its own; what fails is logged, and the page offers to press again."""
    tell = partial(IMPORTS.tell, import_id)
    try:
        who.db.run(
            lambda session: importing.carry_out(session, who.viewer, import_id, who.actor, who.now, tell)
        )
    except Exception as error:
        logs.failure("import", error)
    finally:
        IMPORTS.end(import_id)
