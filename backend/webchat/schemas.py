"""Shapes of the resident API (DESIGN §4); ``time`` and ``day`` are the instant in words, for the page."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Language = Literal["zh", "en"]
Key = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$")]


class Body(BaseModel):
    model_config = ConfigDict(extra="ignore")


class SessionBody(Body):
    language: Language | None = None
    invitation: Annotated[str, Field(max_length=64)] | None = None
    estate: Annotated[str, Field(max_length=40, pattern=r"^[^\x00]*$")] | None = None


class MessageBody(Body):
    """Text, or a button's value; files that were uploaded before may come with either text or nothing."""

    client_id: Key
    text: str | None = None
    button: Annotated[str, Field(max_length=64)] | None = None
    files: Annotated[list[Key], Field(max_length=10)] = Field(default_factory=list)


class LanguageBody(Body):
    language: Language


class LargeBody(Body):
    on: bool


class LinkBody(Body):
    invitation: Annotated[str, Field(min_length=1, max_length=64)]


class ButtonOut(BaseModel):
    label: str
    value: str


class TicketRef(BaseModel):
    number: int
    item: str
    state: str


class FileOut(BaseModel):
    id: str
    kind: str
    name: str
    size: int
    url: str


class MessageOut(BaseModel):
    seq: int
    author: Literal["bot", "butler", "resident", "system"]
    language: str
    text: str
    buttons: list[ButtonOut]
    style: Literal["choices", "list"]
    ticket: TicketRef | None
    files: list[FileOut]
    client_id: str | None = None
    name: str | None = None
    sent_at: str
    time: str
    day: str
    replaces: list[int] = Field(default_factory=list)


class MessagesOut(BaseModel):
    messages: list[MessageOut]


class PolledOut(MessagesOut):
    typing: bool


class SessionOut(MessagesOut):
    token: str


class RepliesOut(MessagesOut):
    """``reset``: the chat moved to the resident's own conversation; read it again from the start."""

    reset: bool = False


class PromiseOut(BaseModel):
    clock: str
    due_at: str
    met_at: str | None
    breached_at: str | None
    text: str
    explain: list[str] = Field(default_factory=list)


class NextOut(BaseModel):
    """What happens next: in words, whether it is the resident's own turn, and by when.

    ``due_at`` and ``time`` belong to the next promise that is still open; without one they are missing.
    """

    text: str
    yours: bool
    due_at: str | None = None
    time: str = ""


class TicketOut(BaseModel):
    number: int
    item: str
    name: str
    state: str
    step: str
    step_name: str
    slots: dict[str, object]
    created_at: str
    promises: list[PromiseOut]
    next: NextOut | None = None


class CodeOut(BaseModel):
    code: str
    expires_at: str


class ButlerOut(BaseModel):
    name: str
    phone: str


class EstateOut(BaseModel):
    code: str
    name: str
    hotline: str
    desk_hours: str


class MeOut(BaseModel):
    name: str
    linked: bool
    language: str
    large_type: bool
    butler: ButlerOut | None
    estate: EstateOut
    home: str
