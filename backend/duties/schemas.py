"""What the API of duties, shifts and handovers takes and gives."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from backend.duties import service
from backend.duties.handover_queries import Handing
from backend.duties.queries import Entry
from backend.models import Shift
from locales import N_

LONGEST_SHIFT = timedelta(hours=24)


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class DutyOut(BaseModel):
    """One task of a duty. ``state``: coming, open, overdue, done; ``opened``: tickets of faults it found."""

    id: int
    duty: str
    title: str
    role: str
    form: str
    state: str
    about: str
    ticket: int | None
    user: str | None
    opens_at: datetime
    due_at: datetime
    done_at: datetime | None
    missed_at: datetime | None
    opened: list[int]

    @classmethod
    def of(cls, entry: Entry, language: str, now: datetime) -> "DutyOut":
        task, duty = entry.duty, service.duty_of(entry.duty)
        return cls(
            id=task.id,
            duty=task.duty,
            title=service.title_of(task, language),
            role=task.role,
            form=duty.form if duty else "",
            state=service.state_of(task, now),
            about=entry.home.code if entry.home else "",
            ticket=entry.ticket.number if entry.ticket else None,
            user=entry.user.username if entry.user else None,
            opens_at=task.opens_at,
            due_at=task.due_at,
            done_at=task.done_at,
            missed_at=task.missed_at,
            opened=list(task.values.get("tickets", ())),
        )


class DutyPhotoOut(BaseModel):
    """A photo that was taken in; doing the task names its id under ``photos``."""

    id: str
    size: int


class DutiesOut(BaseModel):
    items: list[DutyOut]
    next: int | None = None


class DoBody(Strict):
    """The fields of the duty's form (``tickets/records.toml``), photos by id, a fault that was found."""

    record: dict[str, Any] = Field(default_factory=dict)
    photos: list[Annotated[str, Field(min_length=1, max_length=64)]] = Field(default_factory=list)
    fault: Annotated[str, Field(max_length=4000)] = ""


class ShiftBody(Strict):
    """A shift of a member of staff, by user name; from ``start`` until before ``end``, a day at most.

    ``estate``: its code, needed from whoever works in several.
    """

    user: Annotated[str, Field(min_length=1, max_length=100)]
    start: AwareDatetime
    end: AwareDatetime
    estate: Annotated[str, Field(max_length=40)] = ""

    @model_validator(mode="after")
    def _is_a_stretch(self) -> Self:
        if not timedelta() < self.end - self.start <= LONGEST_SHIFT:
            raise ValueError(N_("A shift ends after it begins, and lasts a day at most."))
        return self


class ShiftOut(BaseModel):
    id: int
    user: str
    starts_at: datetime
    ends_at: datetime

    @classmethod
    def of(cls, shift: Shift, username: str) -> "ShiftOut":
        return cls(id=shift.id, user=username, starts_at=shift.starts_at, ends_at=shift.ends_at)


class ShiftsOut(BaseModel):
    items: list[ShiftOut]
    next: int | None = None


class BeginBody(Strict):
    """``estate``: the code of the estate, needed off shift from whoever works in several."""

    estate: Annotated[str, Field(max_length=40)] = ""


class HandoverBody(Strict):
    """What a step takes: offer {to, note, keys}, accept {checked, equipment}, refuse {reason}."""

    to: str = ""
    note: str = ""
    keys: str = ""
    equipment: str = ""
    reason: str = ""
    checked: bool = False


class HandoverOut(BaseModel):
    """One handover. ``allowed``: what the reader may do now; ``tickets``: those the reader may see."""

    id: int
    state: str
    giver: str
    heir: str | None
    note: str
    reason: str
    tickets: list[int]
    prepared_at: datetime
    offered_at: datetime | None
    decided_at: datetime | None
    reviewed_at: datetime | None
    allowed: list[str]

    @classmethod
    def of(cls, one: Handing, allowed: tuple[str, ...], tickets: list[int]) -> "HandoverOut":
        row = one.row
        return cls(
            id=row.id,
            state=row.state,
            giver=one.giver.username if one.giver else "",
            heir=one.heir.username if one.heir else None,
            note=row.note,
            reason=row.reason,
            tickets=tickets,
            prepared_at=row.prepared_at,
            offered_at=row.offered_at,
            decided_at=row.decided_at,
            reviewed_at=row.reviewed_at,
            allowed=list(allowed),
        )


class HandoversOut(BaseModel):
    items: list[HandoverOut]
    next: int | None = None
