"""What a person sees: messages, buttons, files, keyboards; plain values, taken at one moment."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from tests.fake_telegram.files import Files
from tests.fake_telegram.state import Bot, Chat, Message

KINDS = ("photo", "voice", "video", "document", "sticker")


@dataclass(frozen=True, slots=True)
class Button:
    """One button under a message: ``data`` for taps, ``url`` for links."""

    label: str
    data: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the reply keyboard."""

    label: str
    asks_contact: bool = False
    asks_location: bool = False


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A file in the chat; ``data`` reads its bytes (of a photo: the largest size)."""

    id: str
    kind: str
    name: str
    size: int
    content_type: str
    read: Callable[[], bytes]

    @property
    def data(self) -> bytes:
        return self.read()


@dataclass(frozen=True, slots=True)
class Shown:
    """One message as the person sees it now. ``changed`` grows with every change in the chat."""

    message_id: int
    by: str  # "bot", "me", or the name of another member
    text: str  # or the caption
    buttons: list[list[Button]]
    files: list[SeenFile]
    edited: bool
    keyboard: list[list[Key]] | Literal["remove"] | None
    reply_to: int | None
    parse_mode: str | None
    kind: str
    entities: list[dict[str, Any]]
    album: str | None
    reactions: list[str]  # of the others
    made: int
    changed: int
    body: dict[str, Any]

    @property
    def labels(self) -> list[str]:
        """All button labels in reading order."""
        return [button.label for row in self.buttons for button in row]


def shown(message: Message, chat: Chat, viewer: int, files: Files) -> Shown:
    """How ``viewer`` sees a message."""
    body = message.body
    reply = body.get("reply_to_message")
    return Shown(
        message.id,
        _author(chat.bot, message, viewer),
        body.get("text", body.get("caption", "")),
        _buttons(body),
        _files(body, files),
        message.is_edited,
        keys(message.keyboard),
        reply["message_id"] if reply else None,
        message.parse_mode or None,
        _kind(body),
        body.get("entities", body.get("caption_entities", [])),
        body.get("media_group_id"),
        [emoji for who, given in message.reactions.items() if who != viewer for emoji in given],
        message.made,
        message.changed,
        body,
    )


def keys(keyboard: dict[str, Any] | None) -> list[list[Key]] | Literal["remove"] | None:
    if not keyboard or keyboard.get("force_reply"):
        return None
    if keyboard.get("remove_keyboard"):
        return "remove"
    return [[_key(key) for key in row] for row in keyboard["keyboard"]]


def _key(key: dict[str, Any]) -> Key:
    return Key(str(key["text"]), bool(key.get("request_contact")), bool(key.get("request_location")))


def _author(bot: Bot, message: Message, viewer: int) -> str:
    if message.sender == bot.id:
        return "bot"
    return "me" if message.sender == viewer else str(message.body["from"]["first_name"])


def _kind(body: dict[str, Any]) -> str:
    others = ("contact", "venue", "location", "poll", "text")
    return next((kind for kind in (*KINDS, *others) if kind in body), "service")


def _buttons(body: dict[str, Any]) -> list[list[Button]]:
    rows = body.get("reply_markup", {}).get("inline_keyboard", [])
    return [
        [Button(str(b["text"]), str(b.get("callback_data", "")), str(b.get("url", ""))) for b in row]
        for row in rows
    ]


def _files(body: dict[str, Any], files: Files) -> list[SeenFile]:
    seen = []
    for kind in KINDS:
        if kind in body:
            largest = body[kind][-1] if kind == "photo" else body[kind]
            file = files.get(largest["file_id"])
            seen.append(SeenFile(file.id, kind, file.name, file.size, file.content_type, file.content))
    return seen
