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


Kind = Literal[
    "message", "start", "command", "contact", "location", "sticker", "unsupported",
    "edit", "reaction", "blocked", "returned",
]  # fmt: skip


class Attachment(BaseModel):
    """A file that the channel still has: fetched after the message is stored."""

    remote_id: Name
    kind: Literal["photo", "voice", "video", "document"]
    name: Annotated[str, Field(max_length=300, pattern=SOUND)] = ""
    size: Annotated[int, Field(ge=0, lt=2**53)] | None = None
    content_type: Annotated[str, Field(max_length=200, pattern=SOUND)] = ""


class SharedContact(BaseModel):
    """A telephone number that was shared; ``phone`` only when it is the sender's own."""

    is_own: bool
    phone: Annotated[str, Field(max_length=40, pattern=SOUND)] | None = None


class Location(BaseModel):
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    title: Annotated[str, Field(max_length=300, pattern=SOUND)] = ""


class InboundMessage(BaseModel):
    """One message of a channel; (channel, account, external_id) is its key for ever.

    ``kind``: message (words, files, a pressed button), start (``text``: the invitation code), command,
    contact, location, sticker, unsupported; or something that happened to an earlier message (edit,
    reaction) or to the chat (blocked, returned). ``remote_id``: what the channel calls the message meant.
    """

    channel: Annotated[str, Field(min_length=1, max_length=20, pattern=SOUND)]
    account: Annotated[str, Field(max_length=100, pattern=SOUND)] = ""
    chat: Name
    external_id: Name
    kind: Kind = "message"
    text: Annotated[str, Field(max_length=20000)] = ""
    button: Annotated[str, Field(max_length=64)] | None = None
    command: Literal["menu", "status", "lang", "human", "help"] | None = None
    remote_id: Name | None = None
    reply_to: Name | None = None
    album: Name | None = None
    files: Annotated[list[Name], Field(max_length=10)] = Field(default_factory=list)
    attachments: Annotated[list[Attachment], Field(max_length=10)] = Field(default_factory=list)
    contact: SharedContact | None = None
    location: Location | None = None
    reactions: Annotated[list[Annotated[str, Field(max_length=20, pattern=SOUND)]], Field(max_length=20)] = (
        Field(default_factory=list)
    )
    name: Annotated[str, Field(max_length=200, pattern=SOUND)] = ""
    language: Annotated[str, Field(max_length=20)] | None = None
    estate: Annotated[str, Field(max_length=40, pattern=SOUND)] | None = None
    sent_at: Moment | None = None


class InboundBody(BaseModel):
    messages: Annotated[list[InboundMessage], Field(min_length=1, max_length=100)]


class InboundOut(BaseModel):
    """``stored``: how many were new; the rest were known already."""

    stored: int


class ClaimBody(BaseModel):
    """Who asks: a channel, and the account (bot) it speaks for; without an account, for all of them."""

    channel: Annotated[str, Field(min_length=1, max_length=20, pattern=SOUND)]
    account: Annotated[str, Field(max_length=100, pattern=SOUND)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    wait_seconds: Annotated[float, Field(ge=0, le=20)] = 0
    #: the place that asks, which one process at a time has, and the deliveries under way there: what else was
    #: leased to this place is handed out again at once
    holder: Annotated[str, Field(min_length=1, max_length=200, pattern=SOUND)] | None = None
    holding: Annotated[list[int], Field(max_length=200)] = []


class Parcel(BaseModel):
    """One delivery: ``op`` send, edit, strip or delete; ``targets``: remote ids of the message it touches."""

    id: int
    account: str
    chat: str
    op: str = "send"
    targets: list[str] = Field(default_factory=list)
    attempt: int = 1
    urgent: bool = False
    message: dict[str, Any]


class Chat(BaseModel):
    account: str
    chat: str


class ClaimOut(BaseModel):
    """What to send now, and the chats in which a person is typing an answer at this moment."""

    items: list[Parcel]
    typing: list[Chat] = Field(default_factory=list)


class Ack(BaseModel):
    """What became of one delivery."""

    id: Annotated[int, Field(ge=1, lt=2**53)]
    outcome: Literal["sent", "retry", "dead"]
    remote_id: Annotated[str, Field(max_length=200)] | None = None
    remote_ids: Annotated[list[Name], Field(max_length=50)] = Field(default_factory=list)
    retry_after: Annotated[float, Field(ge=0, le=86400)] | None = None
    reason: Annotated[str, Field(max_length=500)] | None = None
    new_chat: Name | None = None


class AckList(BaseModel):
    acks: Annotated[list[Ack], Field(min_length=1, max_length=100)]


AckBody = Ack | AckList


class ExpectedFile(BaseModel):
    """A file to be fetched from the channel, then posted to ``/api/files`` under this id."""

    id: str
    account: str
    remote_id: str
    kind: str
    name: str
    size: int


class ExpectedOut(BaseModel):
    items: list[ExpectedFile]


class FileAck(BaseModel):
    id: Name
    outcome: Literal["retry", "dead"]
    reason: Annotated[str, Field(max_length=500)] | None = None


class ChannelReport(BaseModel):
    """How a channel's process fares; told on every change and every twenty seconds."""

    channel: Annotated[str, Field(min_length=1, max_length=20, pattern=SOUND)]
    account: Annotated[str, Field(max_length=100, pattern=SOUND)] = ""
    state: Literal["working", "unreachable", "standing_by", "refused"]
    name: Annotated[str, Field(max_length=100, pattern=SOUND)] | None = None
    mode: Literal["polling", "webhook"] | None = None
    detail: Annotated[str, Field(max_length=500, pattern=SOUND)] | None = None
    holder: Name | None = None


class LeadBody(BaseModel):
    """A process asks to be the one that fetches a bot's messages; ``release`` gives that back."""

    channel: Annotated[str, Field(min_length=1, max_length=20, pattern=SOUND)]
    account: Annotated[str, Field(max_length=100, pattern=SOUND)] = ""
    holder: Name
    release: bool = False


class LeadOut(BaseModel):
    leads: bool
