"""Today's promises as a workbook: the same rows and figures as the page."""

from dataclasses import replace

from fastapi import APIRouter, Response

from backend.desk import promise_queries, promises
from backend.desk.doors import PageRoute, Visiting
from backend.desk.shell import reader_of
from backend.reports import papers, sheets
from backend.reports.kpi_pages import file_of
from backend.reports.queries import Behind

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/promises/export")
def promises_workbook(who: Visiting) -> Response:
    """The whole list as filtered, late ones first."""
    with who.db.read() as session:
        reader = reader_of(session, who)
        day = replace(promises.read_day(who.request.query_params, reader), after=None)
        rows = promise_queries.list_promises(session, who.viewer, day, sheets.MOST_ROWS)
    found = [Behind(one.deadline, one.ticket, one.home, one.resident, one.butler) for one in rows]
    table = papers.behind_table(reader, "promises", found)
    return file_of(who, None, [table], f"promises-{day.start:%Y-%m-%d}.xlsx")
