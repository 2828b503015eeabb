"""What a report's address asks for: estate, month, breakdown, group, and which part of a number."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, cast
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from backend.errors import NotFound
from backend.models import Estate
from backend.people.viewer import Viewer
from backend.reports import kpi, queries, service
from backend.reports.kpi import Kpi, Part
from backend.reports.period import Month
from backend.reports.queries import Choice

DEFAULT_CHART: Final = "KPI-08"


@dataclass(frozen=True, slots=True)
class Asked:
    """A report as asked for; every part of it stands in the address."""

    estate: Estate
    month: Month
    by: str = "butler"
    chart: str = DEFAULT_CHART

    def address(self, path: str, **changes: str) -> str:
        """The address of another page about the same month."""
        fields = {"month": str(self.month), "by": self.by, "chart": self.chart, **changes}
        return f"{path}?{urlencode(fields)}"


@dataclass(frozen=True, slots=True)
class AskedList:
    """The list behind a number: its target, which part of it, and the group it is narrowed to."""

    report: Asked
    kpi: Kpi
    part: Part
    group: tuple[tuple[str, str], ...] = ()
    before: int | None = None

    def address(self, path: str = "/reports/tickets", **changes: str) -> str:
        fields = {"month": str(self.report.month), "kpi": self.kpi.id, "part": self.part}
        return f"{path}?{urlencode({**fields, **dict(self.group), **changes})}"

    def choice(self, viewer: Viewer, now: datetime) -> Choice:
        """The rows that the number counts; a butler's narrowing never leaves their own."""
        own = service.choice_of(viewer, self.report.estate, self.report.month, now)
        group = dict(self.group)
        butler = own.butler if own.butler is not None else _key(group.get("butler"))
        return replace(own, butler=butler, service=group.get("service"), building=group.get("building"))


def _key(text: str | None) -> int | None:
    return None if text is None else int(text)


def read(session: Session, viewer: Viewer, asked: Mapping[str, str], now: datetime) -> Asked:
    """Read a report's address; what cannot be read gives this month by butler. Raises NotFound, Forbidden."""
    service.require_reader(viewer)
    estate = queries.get_estate(session, viewer, asked.get("estate", ""))
    month = Month.read(asked.get("month", "")) or Month.of(now, estate.timezone)
    by, chart = asked.get("by", ""), kpi.find_kpi(asked.get("chart", ""))
    return Asked(
        estate, month, by if by in queries.GROUPS else "butler", chart.id if chart else DEFAULT_CHART
    )


def read_list(session: Session, viewer: Viewer, asked: Mapping[str, str], now: datetime) -> AskedList:
    """Read the address of a list. Raises NotFound for a number that has none."""
    report, found = read(session, viewer, asked, now), kpi.find_kpi(asked.get("kpi", ""))
    if found is None or not found.has_list:
        raise NotFound
    part = asked.get("part", "all")
    group = tuple(
        (name, asked[name])
        for name in ("butler", "service", "building")
        if name in asked and (name != "butler" or _is_number(asked[name]))
    )
    after = asked.get("after", "")
    before = int(after) if after and _is_number(after) else None
    return AskedList(report, found, cast(Part, part) if part in kpi.PARTS else "all", group, before)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16
