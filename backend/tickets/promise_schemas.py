"""Shapes of a ticket's promises in the staff API."""

from datetime import datetime

from pydantic import BaseModel


class PromiseOut(BaseModel):
    """``waits_for``: what a paused clock waits for, a key of ``deadlines.waits``; None for own words."""

    clock: str
    sla: str
    started_at: datetime
    due_at: datetime
    warn_at: datetime | None
    met_at: datetime | None
    breached_at: datetime | None
    paused_at: datetime | None
    waits_for: str | None = None
    status: str


class ExplainedOut(PromiseOut):
    """A promise with how it came about: every interval counted or paused, in the caller's language."""

    agreed_at: datetime | None
    is_provisional: bool
    sentences: list[str]


class ExplainedPageOut(BaseModel):
    items: list[ExplainedOut]
    next: None = None
