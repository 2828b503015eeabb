"""What the outbound half needs from the backend, and the parcels it is handed.

``Backend`` is the half of ``bot.client.Backend`` that delivering uses; tests put a double behind it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol

Json = dict[str, Any]
Op = Literal["send", "edit", "strip", "delete"]
FileKind = Literal["photo", "voice", "video", "document"]

OPS: Final[Mapping[str, Op]] = {"send": "send", "edit": "edit", "strip": "strip", "delete": "delete"}
KINDS: Final[Mapping[str, FileKind]] = {
    "photo": "photo", "voice": "voice", "video": "video", "document": "document",
}  # fmt: skip


class Backend(Protocol):
    """The backend's doors that delivering uses. Every method may raise ``bot.errors`` exceptions."""

    async def claim(self, limit: int, wait_seconds: float, holding: Sequence[Any] = ()) -> Json:
        """Lease up to ``limit`` parcels; wait at most ``wait_seconds``. ``{"items": […], "typing": […]}``.

        ``holding``: the parcels that are under way here; others that this place had leased come again.
        """

    async def ack(self, acks: Sequence[Json]) -> None:
        """Say what became of parcels, all in one call."""

    async def claim_files(self, limit: int, wait_seconds: float) -> Json:
        """Lease up to ``limit`` files that are to be fetched from Telegram: ``{"items": […]}``."""

    async def upload(self, file_id: Any, data: bytes, name: str) -> None:
        """Store the bytes of a claimed file; the backend settles the claim."""

    async def ack_file(self, file_id: Any, outcome: str, reason: str | None = None) -> None:
        """Give a claimed file back (``retry``) or up (``dead``)."""

    async def file(self, file_id: Any) -> bytes:
        """Return the bytes of a file that is to be sent."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button: what is read on it and what comes back when it is tapped."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class File:
    """A file to send; its bytes are asked for by ``id`` just before; ``size`` is in bytes."""

    id: Any
    kind: FileKind
    name: str
    size: int = 0
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """What is to be shown, in the words and with the buttons the backend chose.

    ``keyboard``: None, "remove" (take a reply keyboard away) or ("contact", label of the button).
    """

    text: str = ""
    author: str = "bot"
    name: str = ""
    kind: str = ""
    language: str = "en"
    style: str = "choices"
    buttons: tuple[Button, ...] = ()
    keyboard: Literal["remove"] | tuple[Literal["contact"], str] | None = None
    reply_to: int | None = None
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class Parcel:
    """One leased row of the outbox. ``id`` goes back with the ack as it came."""

    id: Any
    chat: int
    op: Op = "send"
    targets: tuple[int, ...] = ()
    attempt: int = 1
    urgent: bool = False
    message: Message = field(default_factory=Message)


def read_parcel(item: Mapping[str, Any]) -> Parcel:
    """Return the parcel that ``item`` of a claim describes. Raises ValueError when it makes no sense."""
    try:
        return Parcel(
            id=item["id"],
            chat=int(item["chat"]),
            op=OPS[item.get("op") or "send"],
            targets=tuple(int(target) for target in item.get("targets") or ()),
            attempt=int(item.get("attempt") or 1),
            urgent=bool(item.get("urgent")),
            message=_message(item.get("message") or {}),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"a parcel without sense: {error!r}") from error


def _message(item: Mapping[str, Any]) -> Message:
    reply_to = item.get("reply_to")
    return Message(
        text=item.get("text") or "",
        author=item.get("author") or "bot",
        name=item.get("name") or "",
        kind=item.get("kind") or "",
        language=item.get("language") or "en",
        style=item.get("style") or "choices",
        buttons=tuple(Button(str(b["label"]), str(b["value"])) for b in item.get("buttons") or ()),
        keyboard=_keyboard(item.get("keyboard")),
        reply_to=None if reply_to is None else int(reply_to),
        files=tuple(_file(file) for file in item.get("files") or ()),
    )


def _keyboard(item: Any) -> Literal["remove"] | tuple[Literal["contact"], str] | None:
    if item == "remove":
        return "remove"
    return ("contact", str(item["contact"])) if item else None


def _file(item: Mapping[str, Any]) -> File:
    return File(
        id=item["id"],
        kind=KINDS.get(item.get("kind") or "", "document"),
        name=item.get("name") or "file",
        size=int(item.get("size") or 0),
        content_type=item.get("content_type") or "",
    )
