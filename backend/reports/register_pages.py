"""台账登记: the registers of the service plans by month, as pages and as workbooks."""

from dataclasses import replace

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from backend.desk.doors import PageRoute, Visit, Visiting
from backend.desk.queue import Reader
from backend.desk.shell import reader_of, shell_of, show
from backend.duties import queries as duty_queries
from backend.errors import Forbidden, NotFound
from backend.people import phones, roles
from backend.people import queries as people
from backend.reports import missing, queries, register_queries, registers
from backend.reports.kpi_pages import file_of
from backend.reports.period import Month
from backend.reports.register_queries import Line, may_read
from backend.reports.registers import MISSED, Asked, Place
from backend.reports.views import Paper, Table
from backend.tickets.forms import find_form, standard_forms
from backend.web import cut, workbook

router = APIRouter(include_in_schema=False, route_class=PageRoute)


def place_of(session: Session, who: Visit) -> tuple[Place, Reader]:
    """The estate the page is about, and its reader in its zone. Raises Forbidden, NotFound."""
    if not roles.sees_all_tickets(who.viewer.role):
        raise Forbidden
    estate = queries.get_estate(session, who.viewer, who.request.query_params.get("estate", ""))
    every = tuple(people.list_estates(session, who.viewer))
    return Place(estate, every), replace(reader_of(session, who), zone=estate.timezone)


@router.get("/registers")
def index_page(who: Visiting, month: str = "") -> Response:
    """Every register with its lines of the month."""
    with who.db.read() as session:
        where, reader = place_of(session, who)
        zone = where.estate.timezone
        asked = Month.read(month) or Month.of(who.now, zone)
        span = asked.bounds(zone)
        counts = register_queries.count_registers(session, who.viewer, where.estate.id, span)
        missed = duty_queries.list_missed(session, who.viewer, span.start, span.end)
        counts[MISSED] = sum(one.duty.estate_id == where.estate.id for one in missed)
        shell = shell_of(session, who, on="registers")
    paper = registers.index_of(reader, who.viewer, where, asked, counts)
    return show(who, "paper.html", shell, paper=paper, title=paper.title)


@router.get("/registers/missed")
def missed_page(who: Visiting, month: str = "") -> Response:
    """Which duties of the month were missed, and by whom."""
    with who.db.read() as session:
        _, _, paper = _missed(session, who, month)
        shell = shell_of(session, who, on="registers")
    return show(who, "paper.html", shell, paper=paper, title=paper.title)


@router.get("/registers/missed/export")
def missed_workbook(who: Visiting, month: str = "") -> Response:
    """The same list as a workbook."""
    with who.db.read() as session:
        where, asked, paper = _missed(session, who, month)
    return file_of(who, where.estate, paper.tables, f"missed-{asked}.xlsx")


def _missed(session: Session, who: Visit, month: str) -> tuple[Place, Month, Paper]:
    where, reader = place_of(session, who)
    asked = Month.read(month) or Month.of(who.now, where.estate.timezone)
    span = asked.bounds(where.estate.timezone)
    rows = duty_queries.list_missed(session, who.viewer, span.start, span.end)
    return where, asked, missing.page_of(reader, where, asked, rows)


def asked_of(session: Session, who: Visit, kind: str) -> tuple[Asked, Reader]:
    """The register that the address names. Raises NotFound for an unknown or closed one alike."""
    where, reader = place_of(session, who)
    form = find_form(kind)
    if form is None or not may_read(who.viewer, kind):
        raise NotFound
    return registers.read(form, where.estate, who.request.query_params, who.now, where.estates), reader


@router.get("/registers/{kind}")
def register_page(who: Visiting, kind: str) -> Response:
    """One register's month, newest first, 50 lines a page."""
    with who.db.read() as session:
        asked, reader = asked_of(session, who, kind)
        lines = register_queries.list_lines(session, who.viewer, asked.query())
        is_long = len(lines) > queries.PAGE or bool(asked.after)
        count = register_queries.count_lines(session, who.viewer, asked.query()) if is_long else len(lines)
        butlers = queries.list_butlers(session, asked.estate.id)
        buildings = register_queries.list_buildings(session, asked.estate.id)
        paper = registers.page_of(reader, asked, lines, butlers, buildings)
        paper = replace(paper, notes=registers.cut_notes(reader.language, asked, count, workbook.MOST_ROWS))
        shell = shell_of(session, who, on="registers")
    return show(who, "paper.html", shell, paper=paper, title=paper.title)


@router.get("/registers/{kind}/export")
def register_workbook(who: Visiting, kind: str) -> Response:
    """The whole register of the month with every column of the plan."""
    with who.db.read() as session:
        asked, reader = asked_of(session, who, kind)
        table = export_of(session, who, asked, reader, workbook.MOST_ROWS)
    return file_of(who, asked.estate, [table], f"{kind.lower()}-{asked.month}.xlsx")


def export_of(session: Session, who: Visit, asked: Asked, reader: Reader, most: int) -> Table:
    """The register as its workbook has it, at most ``most`` rows; what it lacks it says in its last one."""
    rows = [(line, _masked(who, line)) for line in _all(session, who, asked, most)]
    table = registers.export_of(reader, standard_forms(), asked.form, rows)
    if len(rows) < most:
        return table
    count = register_queries.count_lines(session, who.viewer, asked.query())
    return replace(table, cut=cut.in_file(reader.language, count, most, registers.how_narrower(asked.form)))


def _all(session: Session, who: Visit, asked: Asked, most: int) -> list[Line]:
    query = replace(asked.query(), before=None)
    found: list[Line] = []
    while len(found) < most:
        rows = register_queries.list_lines(session, who.viewer, query)
        found += rows[: queries.PAGE]
        if len(rows) <= queries.PAGE:
            break
        query = replace(query, before=found[-1].cursor)
    return found[:most]


def _masked(who: Visit, line: Line) -> str:
    """The phone as a list may show it; the whole number stands on the single form alone."""
    sealed = line.resident.phone_sealed if line.resident else None
    return phones.mask(who.vault.unseal(sealed)) if sealed else ""
