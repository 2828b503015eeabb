"""Shapes of the door for channels (service token): messages in, deliveries out."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field

Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]


class InboundMessage(BaseModel):
    """One message of a channel; (channel, account, external_id) is its key for ever."""

    channel: Annotated[str, Field(min_length=1, max_length=20)]
    account: Annotated[str, Field(max_length=100)] = ""
    chat: Name
    external_id: Name
    text: Annotated[str, Field(max_length=20000)] = ""
    button: Annotated[str, Field(max_length=64)] | None = None
    files: Annotated[list[Name], Field(max_length=10)] = Field(default_factory=list)
    language: Annotated[str, Field(max_length=20)] | None = None
    estate: Annotated[str, Field(max_length=40)] | None = None
    sent_at: AwareDatetime | None = None


class InboundBody(BaseModel):
    messages: Annotated[list[InboundMessage], Field(min_length=1, max_length=100)]


class InboundOut(BaseModel):
    """``stored``: how many were new; the rest were known already."""

    stored: int


class ClaimBody(BaseModel):
    channel: Annotated[str, Field(min_length=1, max_length=20)]
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    wait_seconds: Annotated[float, Field(ge=0, le=20)] = 0


class Parcel(BaseModel):
    id: int
    account: str
    chat: str
    message: dict[str, Any]


class ClaimOut(BaseModel):
    items: list[Parcel]


class AckBody(BaseModel):
    id: int
    outcome: Literal["sent", "retry", "dead"]
    remote_id: Annotated[str, Field(max_length=200)] | None = None
    retry_after: Annotated[float, Field(ge=0)] | None = None
    reason: Annotated[str, Field(max_length=500)] | None = None
