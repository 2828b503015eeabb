"""The staff API of the reports: figures of a month, and the tickets behind each number."""

from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request

from backend.people.doors import bearer_viewer
from backend.people.viewer import Viewer
from backend.reports import asking, kpi, queries, service
from backend.reports.kpi import Figure
from backend.reports.queries import Behind
from backend.reports.schemas import BehindOut, BehindPage, ClockOut, FigureOut, GroupOut, ReportOut
from backend.reports.service import Report
from locales import t

router = APIRouter(prefix="/api/reports", tags=["staff"])
Signed = Annotated[Viewer, Depends(bearer_viewer)]
MonthText = Annotated[str, Query(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")]


@router.get("/kpis")
def get_kpis(
    request: Request,
    viewer: Signed,
    month: MonthText | None = None,
    by: Literal["butler", "service", "building", "provider", "month", "estate"] = "butler",
    estate: str = "",
) -> ReportOut:
    """The figures KPI-01 to KPI-10 of a month (default: this one), whole and by group."""
    app = request.app.state
    fields = {"month": month or "", "by": by, "estate": estate}
    with app.db.read() as session:
        asked = asking.read(session, viewer, fields, app.clock.now())
        made = service.report(session, viewer, app.menu, asked.estate, asked.month, asked.by, app.clock.now())
    return _report(viewer.language, made)


def _report(language: str, made: Report) -> ReportOut:
    span = made.month.bounds(made.estate.timezone)
    return ReportOut(
        estate=made.estate.code,
        month=str(made.month),
        by=made.by,
        start_at=span.start,
        end_at=span.end,
        kpis=_figures(language, made.figures),
        groups=[
            GroupOut(key=one.key, name=one.name, kpis=_figures(language, one.figures)) for one in made.groups
        ],
        clocks=[
            ClockOut(clock=clock, due=one.due, met=one.met, kept=one.kept, running=one.running)
            for clock, one in made.clocks.items()
        ],
    )


def _figures(language: str, found: Mapping[str, Figure]) -> list[FigureOut]:
    return [
        FigureOut(
            id=one.id,
            name=t(language, one.title),
            good=found[one.id].good,
            of=found[one.id].of,
            value=found[one.id].value,
            goal=one.goal,
        )
        for one in kpi.ALL
    ]


@router.get("/tickets")
def list_behind(
    request: Request,
    viewer: Signed,
    kpi: str,
    part: kpi.Part = "all",
    month: MonthText | None = None,
    butler: Annotated[int | None, Query(ge=0, lt=2**53)] = None,
    service: str | None = None,
    building: str | None = None,
    provider: str | None = None,
    workflow: str | None = None,
    estate: str = "",
    after: Annotated[int | None, Query(ge=1, lt=2**53)] = None,
) -> BehindPage:
    """Exactly the promises that a number counts, by keyset; 404 for a figure without a list."""
    given = {"month": month, "kpi": kpi, "part": part, "butler": butler, "service": service,
             "building": building, "provider": provider, "workflow": workflow, "estate": estate,
             "after": after}  # fmt: skip
    fields = {name: str(value) for name, value in given.items() if value is not None}
    app = request.app.state
    now = app.clock.now()
    with app.db.read() as session:
        asked = asking.read_list(session, viewer, fields, now)
        choice = asked.choice(viewer, now)
        rows = queries.list_behind(session, viewer, choice, asked.kpi, asked.part, asked.before)
    shown = rows[: queries.PAGE]
    last = shown[-1].deadline.id if len(rows) > queries.PAGE else None
    return BehindPage(items=[_behind(viewer.language, row) for row in shown], next=last)


def _behind(language: str, row: Behind) -> BehindOut:
    clock = row.deadline
    return BehindOut(
        number=row.ticket.number,
        item=row.ticket.item_id,
        name=row.ticket.name(language),
        clock=clock.clock,
        cycle=clock.cycle,
        home=row.home.code if row.home else None,
        butler=row.butler.name(language) if row.butler else None,
        started_at=clock.started_at,
        due_at=clock.due_at,
        met_at=clock.met_at,
        breached_at=clock.breached_at,
    )
