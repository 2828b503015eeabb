"""The reports (a) to (h) of the service plans as pages and workbooks, and the tickets behind their counts."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from backend.desk.doors import PageRoute, Visit, Visiting
from backend.desk.shell import reader_of, shell_of, show
from backend.errors import NotFound
from backend.reports import asking, fees, listed, months, outside, papers, sections, standing, voices
from backend.reports.counting import Made, Page
from backend.reports.kpi_pages import file_of
from backend.reports.sections import Section
from backend.reports.views import Paper
from backend.web import workbook as books
from locales import t

router = APIRouter(include_in_schema=False, route_class=PageRoute)
#: the last part of an address → how that report is made
MAKERS: Final[Mapping[str, Callable[[Page], Made]]] = {
    "queue": standing.queue_now, "overdue": standing.overdue, "month": months.month, "load": months.load,
    "providers": outside.providers, "complaints": voices.complaints, "misses": voices.misses,
    "fees": fees.ledger,
}  # fmt: skip


def _page(session: Session, who: Visit, section: str = "") -> Page:
    """What is asked for, told in the zone of the report's estate. Raises NotFound, Forbidden."""
    asked = asking.read(session, who.viewer, who.request.query_params, who.now)
    reader = replace(reader_of(session, who), zone=asked.estate.timezone)
    return Page(session, who.viewer, who.menu, reader, asked, section)


def _section(who: Visit, name: str) -> Section:
    found = sections.find(name, who.viewer)
    if found is None:
        raise NotFound
    return found


@router.get("/reports/list.xlsx")
def tickets_workbook(who: Visiting) -> Response:
    """The whole list behind a count as a workbook."""
    with who.db.read() as session:
        page = _page(session, who)
        asked = listed.read(page, who.request.query_params)
        table = listed.export_of(page, asked, books.MOST_ROWS)
    return file_of(who, page.asked.estate, [table], f"tickets-{page.month}.xlsx")


@router.get("/reports/list")
def tickets_page(who: Visiting) -> Response:
    """The tickets that a count counts, 50 a page. Raises NotFound."""
    with who.db.read() as session:
        origin = sections.find(who.request.query_params.get("from", ""), who.viewer)
        page = _page(session, who, origin.name if origin else "")
        paper = listed.page_of(page, listed.read(page, who.request.query_params))
        shell = shell_of(session, who, on="reports")
    return show(who, "paper.html", shell, paper=paper, title=paper.title)


@router.get("/reports/{name}.xlsx")
def workbook(who: Visiting, name: str) -> Response:
    """A report as a workbook: the same figures as its page. Raises NotFound."""
    section = _section(who, name)
    with who.db.read() as session:
        page = _page(session, who, section.name)
        made = MAKERS[section.name](page)
    return file_of(who, page.asked.estate, made.tables, f"{section.name}-{page.month}.xlsx")


@router.get("/reports/{name}")
def report_page(who: Visiting, name: str) -> Response:
    """A report of one month beside the month before. Raises NotFound."""
    with who.db.read() as session:
        section = _section(who, name)
        page = _page(session, who, section.name)
        paper = _paper(page, section, MAKERS[section.name](page))
        shell = shell_of(session, who, on="reports")
    return show(who, "paper.html", shell, paper=paper, title=paper.title)


def _paper(page: Page, section: Section, made: Made) -> Paper:
    language, asked, path = page.language, page.asked, f"/reports/{section.name}"
    is_past = asked.month.bounds(asked.estate.timezone).end <= page.reader.now
    dated = section.has_month
    filters = papers.filters_of(language, asked.estates, asked.estate, asked.month)
    return Paper(
        title=t(language, section.title),
        subtitle=f"{asked.estate.name(language)} · {asked.month}" if dated else asked.estate.name(language),
        filters=filters if dated or len(filters) > 1 else (),
        tables=made.tables,
        chart=made.chart,
        notes=made.notes,
        export_href=asked.address(f"{path}.xlsx"),
        sections=sections.tabs(page.viewer, asked, section.name),
        earlier_href=asked.address(path, month=str(page.before)) if dated else "",
        later_href=asked.address(path, month=str(asked.month.later(1))) if dated and is_past else "",
    )
