"""Today's promises as a workbook: the same rows and figures as the page."""

from dataclasses import replace

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from backend.desk import promise_queries, promises
from backend.desk.doors import PageRoute, Visit, Visiting
from backend.desk.promise_queries import Day
from backend.desk.queue import Reader
from backend.desk.shell import reader_of
from backend.reports import papers
from backend.reports.kpi_pages import file_of
from backend.reports.queries import Behind
from backend.reports.views import Table
from backend.web import cut, workbook

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/promises/export")
def promises_workbook(who: Visiting) -> Response:
    """The whole list as filtered, late ones first."""
    with who.db.read() as session:
        reader = reader_of(session, who)
        day = replace(promises.read_day(who.request.query_params, reader), after=None)
        table = export_of(session, who, reader, day, workbook.MOST_ROWS)
    return file_of(who, None, [table], f"promises-{day.start:%Y-%m-%d}.xlsx")


def export_of(session: Session, who: Visit, reader: Reader, day: Day, most: int) -> Table:
    """The list as its workbook has it, at most ``most`` rows; what it lacks it says in its last one."""
    rows = promise_queries.list_promises(session, who.viewer, day, most)
    found = [Behind(one.deadline, one.ticket, one.home, one.resident, one.butler) for one in rows]
    table = papers.behind_table(reader, "promises", found)
    if len(rows) < most:
        return table
    count = promises.count_of(day, promise_queries.count_states(session, who.viewer, day))
    return replace(table, cut=cut.in_file(reader.language, count, most, promises.HOW_NARROWER))
