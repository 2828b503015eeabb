"""Shapes of the door for channels (service token): messages in, deliveries out."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

#: without NUL, which no column can hold
SOUND: Final = r"^[^\x00]*$"
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=SOUND)]
#: years that every zone and both databases can reckon with
YEARS: Final = range(1970, 2200)


def _reckonable(at: datetime) -> datetime:
    if at.year not in YEARS:
        raise ValueError("an instant of our time")
    return at


Moment = Annotated[AwareDatetime, AfterValidator(_reckonable)]


class InboundMessage(BaseModel):
    """One message of a channel; (channel, account, external_id) is its key for ever."""

    channel: Annotated[str, Field(min_length=1, max_length=20, pattern=SOUND)]
    account: Annotated[str, Field(max_length=100, pattern=SOUND)] = ""
    chat: Name
    external_id: Name
    text: Annotated[str, Field(max_length=20000)] = ""
    button: Annotated[str, Field(max_length=64)] | None = None
    files: Annotated[list[Name], Field(max_length=10)] = Field(default_factory=list)
    language: Annotated[str, Field(max_length=20)] | None = None
    estate: Annotated[str, Field(max_length=40, pattern=SOUND)] | None = None
    sent_at: Moment | None = None


class InboundBody(BaseModel):
    messages: Annotated[list[InboundMessage], Field(min_length=1, max_length=100)]


class InboundOut(BaseModel):
    """``stored``: how many were new; the rest were known already."""

    stored: int


class ClaimBody(BaseModel):
    channel: Annotated[str, Field(min_length=1, max_length=20, pattern=SOUND)]
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
    id: Annotated[int, Field(ge=1, lt=2**53)]
    outcome: Literal["sent", "retry", "dead"]
    remote_id: Annotated[str, Field(max_length=200)] | None = None
    retry_after: Annotated[float, Field(ge=0, le=86400)] | None = None
    reason: Annotated[str, Field(max_length=500)] | None = None
