"""今日承诺: the promises that fall due today, live, and the sheet of the evening to print."""

import json
from dataclasses import replace
from datetime import date

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from backend.desk import promise_queries, promises, queries
from backend.desk.doors import PageRoute, Visit, Visiting
from backend.desk.promise_queries import Day, Promised
from backend.desk.promises import Evening, Found
from backend.desk.queue import Reader
from backend.desk.shell import reader_of, shell_of, show
from backend.people import roles
from backend.web.reading import is_number
from locales.dates import local

router = APIRouter(include_in_schema=False, route_class=PageRoute)
MOST_ROWS = 50


@router.get("/promises")
def promises_page(who: Visiting) -> Response:
    """A page of 50 promises, late ones first, with chips, the day's share and each butler's."""
    with who.db.read() as session:
        reader = reader_of(session, who)
        day = promises.read_day(who.request.query_params, reader)
        found = _found(session, who, day)
        shell = shell_of(session, who, on="promises")
        need = queries.count_needing(session, who.viewer, who.now)
    return show(who, "promises.html", shell, page=promises.page_of(reader, day, found), need=need)


def _found(session: Session, who: Visit, day: Day) -> Found:
    every = replace(day, state="", butler_id=None)
    totals = {tab: replace(every, tab=tab) for tab in promises.TABS}
    counts = {tab: promise_queries.count_states(session, who.viewer, one) for tab, one in totals.items()}
    shows_butlers = roles.is_leader(who.viewer.role) and day.tab == "team"
    return Found(
        rows=promise_queries.list_promises(session, who.viewer, day),
        states=promise_queries.count_states(session, who.viewer, day),
        tabs={tab: sum(one[state] for state, _, _ in promises.CHIPS) for tab, one in counts.items()},
        butlers=promise_queries.count_by_butler(session, who.viewer, every) if shows_butlers else (),
    )


@router.get("/promises/rows")
def promise_rows(who: Visiting, ids: str = "") -> Response:
    """Today's promises of these tickets (``t1042,t1043``) as they are now, and which belong here."""
    texts = [key[1:] for key in ids.split(",")[:MOST_ROWS] if key[:1] == "t"]
    numbers = [int(one) for one in texts if is_number(one)]
    with who.db.read() as session:
        reader = reader_of(session, who)
        day = promises.read_day(who.request.query_params, reader)
        rows = promise_queries.list_of_tickets(session, who.viewer, day, numbers)
        belongs = promise_queries.list_matching(session, who.viewer, day, numbers)
        known = promise_queries.list_ids(session, who.viewer, numbers)
        counts = promise_queries.count_states(session, who.viewer, day)
        shell = shell_of(session, who)
        need = queries.count_needing(session, who.viewer, who.now)
    matching = json.dumps({f"p{one}": one in belongs for one in known})
    return show(who, "_queue_rows.html", shell, rows=[promises.row_of(reader, row) for row in rows],
                chips=promises.chips_of(who.language, day, counts), oob=True, matching=matching,
                need=need)  # fmt: skip


@router.get("/promises/evening")
def evening_sheet(who: Visiting, date: str = "") -> Response:
    """今日小结: kept, broken with why and what next, open for tomorrow, tomorrow's visits; made to print."""
    with who.db.read() as session:
        reader = reader_of(session, who)
        day = _sheet_day(who, reader, date)
        sheet = promises.sheet_of(reader, day, _evening(session, who, reader, day))
        shell = shell_of(session, who, on="promises")
    return show(who, "evening.html", shell, sheet=sheet, title=sheet.title)


def _sheet_day(who: Visit, reader: Reader, asked: str) -> Day:
    """The day asked for, no later than today; what is no date is today."""
    today = local(reader.now, reader.zone).date()
    wanted = min(_read_date(asked) or today, today)
    start, end = promises.bounds(wanted, reader.zone)
    return replace(promises.read_day(who.request.query_params, reader), start=start, end=end, state="",
                   after=None)  # fmt: skip


def _read_date(text: str) -> date | None:
    try:
        found = date.fromisoformat(text) if len(text) == 10 and text.isascii() else None
    except ValueError:
        return None
    return found if found is not None and 2000 <= found.year < 2200 else None


def _evening(session: Session, who: Visit, reader: Reader, day: Day) -> Evening:
    """What ended or ran out on the day, what runs on into the next, and the next day's visits."""
    most, viewer = promise_queries.MOST, who.viewer
    kept = promise_queries.list_promises(session, viewer, replace(day, state="kept"), most)
    broken = promise_queries.list_promises(session, viewer, replace(day, state="broken"), most)
    start, end = day.end, promises.bounds(local(day.end, reader.zone).date(), reader.zone)[1]
    tomorrow = replace(day, start=start, end=end)
    ahead: list[Promised] = []
    for state in ("soon", "ok", "paused"):
        ahead += promise_queries.list_promises(session, viewer, replace(tomorrow, state=state), most)
    ahead.sort(key=lambda one: (one.deadline.due_at, one.deadline.id))
    return Evening(
        over=[*kept, *broken],
        ahead=ahead[:most],
        visits=promise_queries.list_appointments(session, viewer, day.tab, start, end),
        notes=promise_queries.last_notes(session, {one.ticket.id for one in broken}),
        counts=promise_queries.count_states(session, viewer, day),
    )
