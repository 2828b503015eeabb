"""The staff API of duties, shifts and handovers."""

from datetime import date, datetime
from typing import Annotated, Any, Final, cast

from fastapi import APIRouter, Depends, File, Path, Request, Response, UploadFile

from backend.audit.service import Actor
from backend.duties import arising, handing, handover_queries, photos, queries, rota, schemas, service
from backend.messages import files
from backend.models import Duty as Task
from backend.people.doors import bearer_viewer, caller_address
from backend.people.queries import get_user
from backend.people.viewer import Viewer
from locales.dates import local

router = APIRouter(prefix="/api", tags=["staff"])
Signed = Annotated[Viewer, Depends(bearer_viewer)]
Key = Annotated[int, Path(ge=1, lt=2**53)]
DEFAULT_ZONE: Final = "Asia/Shanghai"


@router.get("/duties")
def list_duties(request: Request, viewer: Signed, everybody: bool = False) -> schemas.DutiesOut:
    """Today's tasks of the viewer's role, the overdue of a week, and what opens within a day."""
    app = request.app.state
    now = app.clock.now()
    with app.db.read() as session:
        board = service.board(session, viewer, now, _zone(session, viewer), everybody=everybody)
    entries = (*board.overdue, *board.open, *board.coming, *board.done)
    return schemas.DutiesOut(items=[schemas.DutyOut.of(one, viewer.language, now) for one in entries])


@router.get("/duties/missed")
def list_missed(request: Request, viewer: Signed, month: str = "") -> schemas.DutiesOut:
    """What was missed in a month (``2026-03``; the present one by default), the oldest first."""
    app = request.app.state
    now = app.clock.now()
    with app.db.read() as session:
        zone = _zone(session, viewer)
        year, number = service.read_month(month, now, zone)
        found = service.missed(session, viewer, year, number, zone)
    return schemas.DutiesOut(items=[schemas.DutyOut.of(one, viewer.language, now) for one in found])


@router.post("/duties/{task_id}/take")
def take_duty(task_id: Key, request: Request, viewer: Signed) -> schemas.DutyOut:
    """Take a task into one's hands; 409 when a colleague has it or it is done."""
    return _changed(request, viewer, lambda session, now: service.take(session, viewer, task_id, now))


@router.post("/duties/{task_id}/do")
def do_duty(task_id: Key, request: Request, viewer: Signed, body: schemas.DoBody) -> schemas.DutyOut:
    """Write down that a task is done, with the fields of its form; 422 names those that lack.

    ``photos`` were taken in before; a ``fault`` in words opens a ticket of its own.
    """
    found = arising.Findings(body.record, tuple(body.photos), body.fault)
    menu = request.app.state.menu
    return _changed(
        request, viewer, lambda session, now: arising.do(session, menu, viewer, task_id, found, now)[0]
    )


@router.post("/duties/{task_id}/arrange", status_code=201)
def arrange_duty(task_id: Key, request: Request, viewer: Signed) -> schemas.DutyOut:
    """Open the ticket that a task is done by (a visit, SLA-57); 409 where it has one, or needs none."""
    menu = request.app.state.menu

    def work(session: Any, now: datetime) -> Task:
        arising.arrange(session, menu, viewer, task_id, now)
        return queries.get_task(session, viewer, task_id)

    return _changed(request, viewer, work)


@router.post("/duties/{task_id}/photos", status_code=201)
async def add_photo(
    task_id: Key, request: Request, viewer: Signed, file: Annotated[UploadFile, File()]
) -> schemas.DutyPhotoOut:
    """Take a photo for a task: looked at, re-encoded, synced; refused in words (413, 422)."""
    app = request.app.state
    app.file_limit.count(("staff", viewer.user_id))
    data, name = await file.read(files.MAX_BYTES + 1), file.filename or ""

    def work() -> schemas.DutyPhotoOut:
        row = photos.take_in(app.db, app.settings.media_dir, viewer, task_id, data, name, app.clock.now())
        return schemas.DutyPhotoOut(id=row.id, size=row.size)

    return cast(schemas.DutyPhotoOut, await app.in_turn(work))


def _changed(request: Request, viewer: Viewer, work: Any) -> schemas.DutyOut:
    app = request.app.state
    now: datetime = app.clock.now()

    def run(session: Any) -> schemas.DutyOut:
        task = work(session, now)
        session.flush()
        return schemas.DutyOut.of(queries.entry_of(session, task), viewer.language, now)

    answer: schemas.DutyOut = app.db.run(run)
    return answer


@router.get("/shifts")
def list_shifts(
    request: Request, viewer: Signed, week: date | None = None, estate: str = ""
) -> schemas.ShiftsOut:
    """The shifts of a week (any day of it; the present one by default) in the estate of this code.

    Without one, of the first estate in which the viewer works.
    """
    app = request.app.state
    with app.db.read() as session:
        day = week or local(app.clock.now(), _zone(session, viewer)).date()
        found = rota.week_of(session, viewer, day, estate)
        names = {one.id: one.username for one in found.staff}
        items = [schemas.ShiftOut.of(one, names.get(one.user_id, "")) for one in found.shifts]
    return schemas.ShiftsOut(items=items)


@router.post("/shifts", status_code=201)
def add_shift(request: Request, viewer: Signed, body: schemas.ShiftBody) -> schemas.ShiftOut:
    """Let a colleague work for a while; 409 when they work then already.

    422 without an estate from whoever works in several.
    """
    app = request.app.state

    def run(session: Any) -> schemas.ShiftOut:
        now = app.clock.now()
        made = rota.add_shift(session, viewer, body.user, body.start, body.end, now, body.estate)
        return schemas.ShiftOut.of(made, body.user)

    answer: schemas.ShiftOut = app.db.run(run)
    return answer


@router.delete("/shifts/{shift_id}", status_code=204)
def remove_shift(shift_id: Key, request: Request, viewer: Signed) -> Response:
    """Take a shift off the rota; 409 when it is over."""
    app = request.app.state
    app.db.run(lambda session: rota.remove_shift(session, viewer, shift_id, app.clock.now()))
    return Response(status_code=204)


@router.get("/handovers")
def list_handovers(request: Request, viewer: Signed) -> schemas.HandoversOut:
    """The handovers that are not reviewed yet, and those of the last week; the newest first."""
    app = request.app.state
    with app.db.read() as session:
        found = handover_queries.list_handovers(session, viewer, handing.week_ago(app.clock.now()))
        items = [_handover(session, viewer, one) for one in found]
    return schemas.HandoversOut(items=items)


@router.post("/handovers", status_code=201)
def begin_handover(
    request: Request, viewer: Signed, body: schemas.BeginBody | None = None
) -> schemas.HandoverOut:
    """Prepare one's own handover now; the one that is prepared already, where there is one.

    Off shift, 422 without an estate from whoever works in several.
    """
    code = body.estate if body else ""
    return _handing(request, viewer, lambda session, now: handing.begin(session, viewer, now, code))


@router.post("/handovers/{handover_id}/{action}")
def move_handover(
    handover_id: Key, action: str, request: Request, viewer: Signed, body: schemas.HandoverBody | None = None
) -> schemas.HandoverOut:
    """Take a step: offer, take_back, accept, refuse, review; 409 names what is allowed or what lacks.

    ``take_back`` is for whoever offered it, until it is answered; then 409 says who answered it, and when.
    """
    given = (body or schemas.HandoverBody()).model_dump()
    by = Actor(viewer.user_id, caller_address(request))
    return _handing(
        request,
        viewer,
        lambda session, now: handing.act(session, viewer, handover_id, action, given, now, by),
    )


def _handing(request: Request, viewer: Viewer, work: Any) -> schemas.HandoverOut:
    app = request.app.state

    def run(session: Any) -> schemas.HandoverOut:
        row = work(session, app.clock.now())
        session.flush()
        giver, heir = get_user(session, row.from_user_id), get_user(session, row.to_user_id)
        one = handover_queries.Handing(row, giver, heir, None)
        return _handover(session, viewer, one)

    answer: schemas.HandoverOut = app.db.run(run)
    return answer


def _handover(session: Any, viewer: Viewer, one: handover_queries.Handing) -> schemas.HandoverOut:
    numbers = [int(ticket["number"]) for ticket in handing.shown(session, viewer, one.row)]
    return schemas.HandoverOut.of(one, handing.allowed(viewer, one.row), numbers)


def _zone(session: Any, viewer: Viewer) -> str:
    if not viewer.estate_ids:
        return DEFAULT_ZONE
    zone: str = queries.get_estate(session, min(viewer.estate_ids)).timezone
    return zone
