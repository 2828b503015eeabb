"""The JSON of the reports."""

from datetime import datetime

from pydantic import BaseModel


class FigureOut(BaseModel):
    """One number: ``good`` of ``of``; ``value`` a share (0 to 1), for KPI-10 points (0 to 100), else null."""

    id: str
    name: str
    good: int
    of: int
    value: float | None
    goal: float


class GroupOut(BaseModel):
    """One line of the breakdown."""

    key: str
    name: str
    kpis: list[FigureOut]


class ClockOut(BaseModel):
    """One promise of the month: due and over, met at all, kept in time; ``running`` are not over yet."""

    clock: str
    due: int
    met: int
    kept: int
    running: int


class ReportOut(BaseModel):
    """A month's report, as of now; a month that is over does not change any more."""

    estate: str
    month: str
    by: str
    start_at: datetime
    end_at: datetime
    kpis: list[FigureOut]
    groups: list[GroupOut]
    clocks: list[ClockOut]


class BehindOut(BaseModel):
    """One promise that a number counts, and its ticket."""

    number: int
    item: str
    name: str
    clock: str
    cycle: int
    home: str | None
    butler: str | None
    started_at: datetime
    due_at: datetime
    met_at: datetime | None
    breached_at: datetime | None


class BehindPage(BaseModel):
    """A page of promises behind a number, newest first; ``next`` is the cursor for ``after``."""

    items: list[BehindOut]
    next: int | None
