"""Shapes of the staff API about tickets (DESIGN §4), and the body of every action."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from backend.messages.schemas import Moment
from backend.messages.service import MAX_TEXT, clean_text
from backend.tickets.promise_schemas import PromiseOut
from backend.tickets.queries import TOO_LARGE


def _clean(value: Any) -> Any:
    """A text without NUL, broken halves of signs and disguises; anything else as it is.

    A longer one than a message may be is left to the field's own limit.
    """
    return clean_text(value) if isinstance(value, str) and len(value) <= MAX_TEXT else value


Plain = Annotated[str, BeforeValidator(_clean)]
Words = Annotated[Plain, Field(min_length=1, max_length=MAX_TEXT)]
Optional = Annotated[Plain, Field(max_length=MAX_TEXT)] | None
#: a reason in one's own words (characters): residents read it in one message, colleagues in heads and rows
MAX_REASON: Final = 300
MAX_HANDOVER: Final = 1000  #: what a colleague must know who goes on; it stands in the timeline
Reason = Annotated[Plain, Field(min_length=1, max_length=MAX_REASON)]
OptionalReason = Annotated[Plain, Field(max_length=MAX_REASON)] | None
Short = Annotated[Plain, Field(max_length=100)]
Number = Annotated[int, Field(ge=1, lt=TOO_LARGE)]
Amount = Annotated[int, Field(gt=-TOO_LARGE, lt=TOO_LARGE)] | Annotated[float, Field(allow_inf_nan=False)]
Files = Annotated[list[Annotated[Plain, Field(max_length=64)]], Field(max_length=10)]


class Body(BaseModel):
    """Every body may name the version it was made from; an unknown field is refused, never ignored."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, populate_by_name=True)
    version: Annotated[int, Field(ge=0, lt=TOO_LARGE)] | None = None

    def values(self) -> dict[str, Any]:
        return self.model_dump(exclude={"version"}, by_alias=True)


class Empty(Body):
    pass


class TextBody(Body):
    text: Words
    files: Files = Field(default_factory=list)


class ReplyBody(Body):
    """Words, photos that were uploaded before, or both."""

    files: Files = Field(default_factory=list)
    text: Annotated[Optional, Field(validate_default=True)] = None

    @field_validator("text")
    @classmethod
    def _says_something(cls, text: str | None, info: ValidationInfo) -> str | None:
        if not text and not info.data.get("files"):
            raise ValueError("a reply needs words or a photo")
        return text


class AssignBody(Body):
    user: Number | Short
    note: Optional = None


class ScheduleBody(Body):
    start: Moment
    end: Moment
    tell: bool = True  # the resident; the timeline notes when not


class PlanBody(Body):
    """A time agreed with the resident by which it will be done (SLA-03, SLA-08, SLA-28)."""

    at: Moment
    note: Optional = None


class Handled(Body):
    """What a complaint's record needs of its handling (REC-05), as far as it is known."""

    talk: Optional = None
    cause: Optional = None
    corrective: Optional = None
    preventive: Optional = None
    signed_by: Short | None = None


class CompleteBody(Handled):
    """``cost_fen``: what the resident pays, where said; ``was_there``: whether anybody came (emergencies)."""

    note: Optional = None
    was_there: bool | None = None
    cost_fen: Annotated[int, Field(ge=0, lt=TOO_LARGE)] | None = None


class FeedbackBody(Handled, TextBody):
    pass


class AnswerBody(TextBody):
    """``is_unknown``: it stands in no answer yet, so that it is to be written into them (SLA-58)."""

    is_unknown: bool | None = None


class SignOffBody(Body):
    """验收签字: who did the work, materials and cost (fen), who signed, how it looked before and after."""

    signed_by: Short | None = None
    worker: Short | None = None
    actual_items: Optional = None
    own_parts: bool | None = None
    parts_tested: Literal["passed", "failed", "none"] | None = None
    materials: Optional = None
    cost_fen: Annotated[int, Field(ge=0, lt=TOO_LARGE)] | None = None
    photos_before: Files = Field(default_factory=list)
    photos_after: Files = Field(default_factory=list)
    note: Optional = None


class FollowUpBody(Body):
    result: Literal["satisfied", "partly", "unsatisfied", "unreached"]
    score: Annotated[int, Field(ge=1, le=5)] | None = None
    note: Optional = None
    method: Literal["phone", "visit", "chat", "email", "online"] | None = None
    person: Short | None = None
    wishes: Optional = None
    next_action: Optional = None


class ClassifyBody(Body):
    class_: Literal["valid", "to_improve", "invalid", "unclear", "malicious"] = Field(alias="class")
    severity: Literal["normal", "severe"] | None = None
    department: Annotated[Short, Field(min_length=1)] | None = None
    responsible: Annotated[Short, Field(min_length=1)] | None = None
    object: Optional = None
    limit_at: Moment | None = None


class DecideBody(Body):
    adopted: bool
    reason: Words
    measures: Optional = None
    consulted: Annotated[list[Short], Field(max_length=20)] | None = None


Value = bool | Amount | Plain | list[Annotated[Plain, Field(max_length=100)]] | None


class MoveBody(Body):
    """One step of the ticket's machine by its name, with its record (fields by the form's ids)."""

    to: Annotated[Short, Field(min_length=1)]
    record: dict[Annotated[str, Field(max_length=60)], Value] = Field(default_factory=dict, max_length=60)
    note: Optional = None
    for_: Annotated[Short, Field(min_length=1)] | None = Field(default=None, alias="for")


class ReasonBody(Body):
    reason: Reason


class PauseBody(Body):
    """``waits_for``: a key of ``deadlines.waits``; ``reason``: words of one's own. One of them at least."""

    waits_for: Literal["answer", "time", "part"] | None = None
    reason: Annotated[OptionalReason, Field(validate_default=True)] = None

    @field_validator("reason")
    @classmethod
    def _says_why(cls, reason: str | None, info: ValidationInfo) -> str | None:
        if not reason and not info.data.get("waits_for"):
            raise ValueError("a pause needs a reason")
        return reason


class CancelBody(ReasonBody):
    tell: bool = True


class UnscheduleBody(Body):
    reason: OptionalReason = None
    tell: bool = True


class SetAsideBody(ReasonBody):
    until: Moment


class PassOnBody(AssignBody):
    """``note``: what the colleague must know; without one nothing is handed over."""

    note: Annotated[Plain, Field(min_length=1, max_length=MAX_HANDOVER)]


class MergeBody(Body):
    """``into``: the number of the other ticket; the older of the two goes on."""

    into: Number
    note: Optional = None


class ChooseBody(Body):
    """``item``: the service that was meant."""

    item: Annotated[Short, Field(min_length=1)]


class SplitBody(ChooseBody):
    """``item``: the service of the new ticket; ``messages``: ids of those that belong to it."""

    words: Optional = None
    messages: Annotated[list[Number], Field(max_length=10)] = Field(default_factory=list)


BODIES: Final[Mapping[str, type[Body]]] = {
    "accept": Empty, "reply": ReplyBody, "note": TextBody, "feedback": FeedbackBody, "answer": AnswerBody,
    "assign": AssignBody, "schedule": ScheduleBody, "plan": PlanBody, "check_in": Empty,
    "complete": CompleteBody, "sign_off": SignOffBody, "follow_up": FollowUpBody, "classify": ClassifyBody,
    "decide": DecideBody, "move": MoveBody, "pause": PauseBody, "resume": Empty, "cancel": CancelBody,
    "set_aside": SetAsideBody, "bring_back": Empty, "pass_on": PassOnBody, "merge": MergeBody,
    "separate": Empty, "split": SplitBody, "choose": ChooseBody, "unschedule": UnscheduleBody,
    "not_arrived": Empty,
}  # fmt: skip


class Window(BaseModel):
    """A time agreed with the resident; a point has no end, "by X" no start."""

    model_config = ConfigDict(extra="forbid")
    start: Moment | None = None
    end: Moment | None = None
    grain: Literal["minute", "hour", "part_of_day", "day", "week"] = "hour"

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.start is not None and self.end is not None and self.end <= self.start:
            raise ValueError("a window ends after it starts")
        return self


class IntakeBody(Body):
    """A request by phone, at the desk or on paper (MANNERS §2): the resident by phone, home or id."""

    item: Annotated[Short, Field(min_length=1)]
    channel: Literal["phone", "desk", "paper"]
    words: Words
    received_at: Moment | None = None
    resident_id: Number | None = None
    phone: Short | None = None
    home: Short | None = None
    #: by the catalogue's slot ids; ``when`` is a window
    slots: dict[str, Window | bool | Amount | Words] = Field(default_factory=dict)


class ReferralBody(Body):
    """Who recommended the purchase of a home (WF-26): the resident by phone, home or id."""

    words: Words
    resident_id: Number | None = None
    phone: Short | None = None
    home: Short | None = None


class ProviderBody(Body):
    """A provider of services that was surveyed (WF-25); ``estate``: its code, for staff of several."""

    provider: Annotated[Short, Field(min_length=1)]
    services: list[Short] = Field(default_factory=list, max_length=20)
    words: Words = ""
    estate: Short | None = None


class SeatsBody(Body):
    """How many seats an event has; null counts them no longer (WF-22)."""

    seats: Annotated[int, Field(ge=0, le=100_000)] | None


class SeatsOut(BaseModel):
    item: str
    seats: int | None
    taken: int
    waiting: int


class EventOut(BaseModel):
    at: datetime
    kind: str
    actor: str
    by: str | None
    acting_for: str | None
    from_step: str | None
    to_step: str | None
    note: str
    values: dict[str, Any]


class PersonOut(BaseModel):
    id: int
    name: str


class NextOut(BaseModel):
    """A step that may follow: whose it is, the fields of its record, those it needs, and what still lacks."""

    to: str
    event: str
    for_: str = Field(serialization_alias="for", validation_alias=AliasChoices("for", "for_"))
    form: str | None
    fields: list[str]
    needs: list[str]
    lacks: list[str]


class RecordOut(BaseModel):
    """A filled-in form that nothing has replaced."""

    kind: str
    number: int
    at: datetime
    by: str | None
    acting_for: str | None
    values: dict[str, Any]


class TicketOut(BaseModel):
    number: int
    version: int
    item: str
    name: str
    name_zh: str
    name_en: str
    workflow: str
    state: str
    step: str
    channel: str
    language: str
    words: str
    slots: dict[str, Any]
    home: str | None
    resident: PersonOut | None
    butler: PersonOut | None
    first_butler: PersonOut | None
    worker: PersonOut | None
    is_urgent: bool
    class_: str | None = Field(serialization_alias="class")
    severity: str | None
    department: str | None
    decision: str | None
    reason: str | None
    satisfaction: str | None
    score: int | None
    reopened_from: int | None
    merged_into: int | None
    split_from: int | None
    set_aside_until: datetime | None
    appointment: dict[str, datetime] | None
    asked_at: datetime
    received_at: datetime
    entered_at: datetime
    is_late_entry: bool
    limit_at: datetime | None
    done_at: datetime | None
    closed_at: datetime | None
    promises: list[PromiseOut]
    allowed: list[str]
    next: list[NextOut] = Field(default_factory=list)
    timeline: list[EventOut] | None = None
    records: list[RecordOut] | None = None


class PhotoOut(BaseModel):
    id: str
    kind: str
    size: int


class PageOut(BaseModel):
    items: list[TicketOut]
    next: int | None
