"""What a report's address asks for: estate, month, breakdown, group, and which part of a number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, cast
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from backend.errors import NotFound
from backend.models import Estate
from backend.people import queries as people
from backend.people.viewer import Viewer
from backend.reports import kpi, queries, service
from backend.reports.group_queries import GROUPS, NARROWED, Choice
from backend.reports.kpi import Kpi, Part
from backend.reports.period import Month, Span
from backend.web.reading import is_number

DEFAULT_CHART: Final = "KPI-08"
#: what is overdue now may have fallen due in any month
FIRST: Final = datetime(2000, 1, 1, tzinfo=UTC)


def place(estates: Sequence[Estate], estate: Estate) -> dict[str, str]:
    """What an address says of the estate: nothing for those who work in one."""
    return {"estate": estate.code} if len(estates) > 1 else {}


@dataclass(frozen=True, slots=True)
class Asked:
    """A report as asked for; every part of it stands in the address."""

    estate: Estate
    month: Month
    by: str = "butler"
    chart: str = DEFAULT_CHART
    estates: tuple[Estate, ...] = ()

    def address(self, path: str, **changes: str) -> str:
        """The address of another page about the same month."""
        fields = {**self.where(), "by": self.by, "chart": self.chart, **changes}
        return f"{path}?{urlencode(fields)}"

    def where(self) -> dict[str, str]:
        """The month, and the estate of somebody who works in several."""
        return {"month": str(self.month), **place(self.estates, self.estate)}


@dataclass(frozen=True, slots=True)
class AskedList:
    """The list behind a number: its target, which part of it, and the group it is narrowed to."""

    report: Asked
    kpi: Kpi
    part: Part
    group: tuple[tuple[str, str], ...] = ()
    before: int | None = None

    def address(self, path: str = "/reports/tickets", **changes: str) -> str:
        fields = {**self.report.where(), "kpi": self.kpi.id, "part": self.part}
        return f"{path}?{urlencode({**fields, **dict(self.group), **changes})}"

    def choice(self, viewer: Viewer, now: datetime) -> Choice:
        """The rows that the number counts; a butler's narrowing never leaves their own."""
        own = service.choice_of(viewer, self.report.estate, self.report.month, now)
        group = dict(self.group)
        asked_for = _key(group.get("butler"))
        butler = asked_for if own.butler is None else own.butler
        span = Span(FIRST, now) if self.part == "overdue" else own.span
        return replace(
            own,
            span=span,
            butler=butler,
            service=group.get("service"),
            building=group.get("building"),
            provider=group.get("provider"),
            workflow=group.get("workflow"),
        )


def _key(text: str | None) -> int | None:
    return None if text is None else int(text)


def read(session: Session, viewer: Viewer, asked: Mapping[str, str], now: datetime) -> Asked:
    """Read a report's address; what cannot be read gives this month by butler. Raises NotFound, Forbidden."""
    service.require_reader(viewer)
    estate = queries.get_estate(session, viewer, asked.get("estate", ""))
    month = Month.read(asked.get("month", "")) or Month.of(now, estate.timezone)
    by, chart = asked.get("by", ""), kpi.find_kpi(asked.get("chart", ""))
    return Asked(
        estate,
        month,
        by if by in GROUPS else "butler",
        chart.id if chart and chart.title else DEFAULT_CHART,
        tuple(people.list_estates(session, viewer)),
    )


def read_list(session: Session, viewer: Viewer, asked: Mapping[str, str], now: datetime) -> AskedList:
    """Read the address of a list. Raises NotFound for a number that has none."""
    report, found = read(session, viewer, asked, now), kpi.find_kpi(asked.get("kpi", ""))
    if found is None or not found.has_list:
        raise NotFound
    part = asked.get("part", "all")
    group = tuple(
        (name, asked[name].replace("\x00", ""))
        for name in NARROWED
        if name in asked and (name != "butler" or is_number(asked[name]))
    )
    after = asked.get("after", "")
    before = int(after) if after and is_number(after) else None
    return AskedList(report, found, cast(Part, part) if part in kpi.PARTS else "all", group, before)
