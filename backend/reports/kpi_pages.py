"""报表: the month's figures as a page and as a workbook, and the list behind each number."""

from collections.abc import Sequence
from dataclasses import replace

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from backend.audit.service import record
from backend.desk.doors import PageRoute, Visit, Visiting
from backend.desk.queue import Reader
from backend.desk.shell import reader_of, shell_of, show
from backend.models import Estate
from backend.reports import asking, papers, queries, sections, service, sheets
from backend.reports.asking import Asked, AskedList
from backend.reports.queries import Behind
from backend.reports.views import Paper, Table
from backend.web import cut, workbook

router = APIRouter(include_in_schema=False, route_class=PageRoute)


def _report(session: Session, who: Visit) -> tuple[Asked, Paper]:
    asked = asking.read(session, who.viewer, who.request.query_params, who.now)
    made = service.report(session, who.viewer, who.menu, asked.estate, asked.month, asked.by, who.now)
    paper = papers.of_report(_reader(session, who, asked), asked, made)
    return asked, replace(paper, sections=sections.tabs(who.viewer, asked, ""))


def _reader(session: Session, who: Visit, asked: Asked) -> Reader:
    """Instants are told in the zone of the estate that the report is about."""
    return replace(reader_of(session, who), zone=asked.estate.timezone)


@router.get("/reports")
def report_page(who: Visiting) -> Response:
    """A month's figures, by butler, service, building or month."""
    with who.db.read() as session:
        _, paper = _report(session, who)
        shell = shell_of(session, who, on="reports")
    return show(who, "paper.html", shell, paper=paper, title=paper.title)


@router.get("/reports/kpis.xlsx")
def report_workbook(who: Visiting) -> Response:
    """The same figures as a workbook."""
    with who.db.read() as session:
        asked, paper = _report(session, who)
    return file_of(who, asked.estate, paper.tables, f"kpis-{asked.month}.xlsx")


def file_of(who: Visit, estate: Estate | None, tables: Sequence[Table], name: str) -> Response:
    """The tables as a workbook to save; who took how many rows is written down first.

    ``estate`` None: of all estates in which the viewer works.
    """
    data = sheets.workbook(tables)
    after = {"file": name, "rows": sum(len(one.rows) for one in tables)}
    place = estate.id if estate else None
    who.db.run(
        lambda session: record(session, who.actor, who.real_now, "reports.export", estate_id=place,
                               subject="reports", after=after)
    )  # fmt: skip
    return Response(data, media_type=sheets.MEDIA_TYPE,
                    headers={"Content-Disposition": f'attachment; filename="{name}"'})  # fmt: skip


@router.get("/reports/tickets")
def list_page(who: Visiting) -> Response:
    """The tickets behind a number, exactly as many as it says. Raises NotFound."""
    with who.db.read() as session:
        asked = asking.read_list(session, who.viewer, who.request.query_params, who.now)
        choice = asked.choice(who.viewer, who.now)
        rows = queries.list_behind(session, who.viewer, choice, asked.kpi, asked.part, asked.before)
        count = queries.count_behind(session, who.viewer, choice, asked.kpi, asked.part)
        paper = papers.of_list(_reader(session, who, asked.report), asked, rows, count)
        shell = shell_of(session, who, on="reports")
    return show(who, "paper.html", shell, paper=paper, title=paper.title)


@router.get("/reports/tickets.xlsx")
def list_workbook(who: Visiting) -> Response:
    """The whole list as a workbook."""
    with who.db.read() as session:
        asked = asking.read_list(session, who.viewer, who.request.query_params, who.now)
        table = behind_export(session, who, asked, _reader(session, who, asked.report), workbook.MOST_ROWS)
    return file_of(who, asked.report.estate, [table], f"{asked.kpi.id.lower()}-{asked.report.month}.xlsx")


def behind_export(session: Session, who: Visit, asked: AskedList, reader: Reader, most: int) -> Table:
    """The list as its workbook has it, at most ``most`` rows; what it lacks it says in its last one."""
    rows = _all(session, who, asked, most)
    table = papers.behind_table(reader, asked.kpi.id, rows)
    if len(rows) < most:
        return table
    choice = asked.choice(who.viewer, who.now)
    count = queries.count_behind(session, who.viewer, choice, asked.kpi, asked.part)
    return replace(table, cut=cut.in_file(reader.language, count, most, papers.HOW_NARROWER))


def _all(session: Session, who: Visit, asked: AskedList, most: int) -> list[Behind]:
    choice, before = asked.choice(who.viewer, who.now), None
    found: list[Behind] = []
    while len(found) < most:
        rows = queries.list_behind(session, who.viewer, choice, asked.kpi, asked.part, before)
        found += rows[: queries.PAGE]
        if len(rows) <= queries.PAGE:
            break
        before = found[-1].deadline.id
    return found[:most]
