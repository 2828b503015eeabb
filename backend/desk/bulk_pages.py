"""The sheet over the queue that does one thing to the ticked tickets, and tells what became of each."""

from collections.abc import Mapping
from dataclasses import replace

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from backend.desk import beside, bulk, clashes, colleagues, queries, queue_forms
from backend.desk.bulk import BulkForm, Outcome, Pick
from backend.desk.doors import PageRoute, Typed, Visit, Visiting, go, with_toast, with_undo
from backend.desk.forms import BadForm, Desk
from backend.desk.queries import Entry
from backend.desk.queue_forms import Beside
from backend.desk.shell import reader_of, shell_of, show
from backend.errors import Forbidden, NotFound
from backend.tickets import service

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/queue/bulk/{action}")
def sheet(who: Visiting, action: str, picked: str = "") -> Response:
    """The form for the ticked tickets (``picked=1042:5,1043:7``)."""
    _require(who, action)
    return _sheet(who, action, bulk.read_picks(picked))


@router.post("/queue/bulk/{action}")
def do(who: Visiting, action: str, fields: Typed) -> Response:
    """Do it to each; what could not be done is told by number, with who was faster and when."""
    _require(who, action)
    picks = bulk.read_picks(fields.get("picked", ""))
    with who.db.read() as session:
        desk, entries = _desk(session, who, picks)
    try:
        body = bulk.read(desk, action, picks, fields)
    except BadForm as bad:
        return _sheet(who, action, picks, fields, dict(bad.errors), 422)
    if action == "merge":
        return _told(who, _merge(who, picks, entries, body))
    outcome = bulk.do(who.language, picks, lambda pick: _act(who, pick, action, body))
    if action == "assign":
        outcome = _with_clashes(who, outcome, int(body["user"]))
    response, undo = _told(who, outcome), queue_forms.UNDONE_BY.get(action)
    return with_undo(response, undo, outcome.done) if undo and outcome.done else response


def _require(who: Visit, action: str) -> None:
    if action not in bulk.TITLES:
        raise NotFound
    if not who.viewer.may("assign") or not who.viewer.may(action):
        raise Forbidden


def _act(who: Visit, pick: Pick, action: str, body: Mapping[str, object]) -> None:
    who.db.run(
        lambda session: service.act(
            session, who.menu, who.viewer, pick.number, action, body, who.now, pick.version
        )
    )


def _with_clashes(who: Visit, outcome: Outcome, user: int) -> Outcome:
    """The same outcome, told with the visits that the person just named has at those times."""
    with who.db.read() as session:
        told = clashes.assigned_several(session, who.viewer, outcome.done, user, who.now, outcome.title)
    return replace(outcome, title=told)


def _merge(who: Visit, picks: tuple[Pick, ...], entries: list[Entry], body: Mapping[str, object]) -> Outcome:
    """The others into the oldest."""
    oldest = bulk.goes_on(one.ticket for one in entries).number
    rest = [pick for pick in picks if pick.number != oldest]
    outcome = bulk.do(
        who.language, rest, lambda pick: _act(who, pick, "merge", {**body, "into": oldest}), kept=(oldest,)
    )
    return bulk.merged(who.language, outcome, oldest)


def _desk(session: Session, who: Visit, picks: tuple[Pick, ...]) -> tuple[Desk, list[Entry]]:
    """What the form is made for: the first ticket's estate. Raises NotFound where no ticket can be seen."""
    entries = queries.list_rows(session, who.viewer, [pick.number for pick in picks], who.now)
    if not entries:
        raise NotFound
    first = entries[0].ticket
    zone = entries[0].estate.timezone if entries[0].estate else reader_of(session, who).zone
    staff, here = colleagues.list_colleagues(session, who.viewer, first.estate_id, who.now)
    around = Beside(on_duty=beside.receivers(session, first.estate_id, None, who.now))
    busy = clashes.told_of_several(session, who.viewer, [one.ticket for one in entries], who.now)
    return Desk(who.language, who.language, first, zone, who.now, staff, here, around, busy=busy), entries


def _sheet(
    who: Visit, action: str, picks: tuple[Pick, ...], typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None, status: int = 200,
) -> Response:  # fmt: skip
    with who.db.read() as session:
        desk, entries = _desk(session, who, picks)
        shell = shell_of(session, who, on="queue")
    names = bulk.names_of(who.language, action, [one.ticket for one in entries])
    form: BulkForm = bulk.form_of(desk, action, picks, names, typed, errors)
    template = "_bulk_form.html" if who.is_fragment else "bulk.html"
    return show(who, template, shell, form=form, title=form.title, status=status)


def _told(who: Visit, outcome: Outcome) -> Response:
    if not who.is_fragment and not outcome.failed:
        return go(who.request, "/queue", outcome.title)
    with who.db.read() as session:
        shell = shell_of(session, who, on="queue")
    template = "_bulk_done.html" if who.is_fragment else "bulk.html"
    response = show(who, template, shell, outcome=outcome, title=outcome.title)
    return response if outcome.failed else with_toast(response, outcome.title)
