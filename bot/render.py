"""A message becomes Bot API calls. Pure: no request, no clock, no Telegram class.

Text goes out without a parse mode, as it was written. Only what the bot itself reads back or registers has
its first line in bold, by way of ``bot.escaping``. Buttons stand on the last call, the quote on the first.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from bot.escaping import bold, html, is_balanced
from bot.ports import Button, File, Message
from bot.splitting import CAPTION_LIMIT, first_sentence, split, units
from locales import t

Method = Literal[
    "sendMessage", "editMessageText",
    "sendPhoto", "sendMediaGroup", "sendVoice", "sendVideo", "sendDocument",
]  # fmt: skip
Rows = tuple[tuple[Button, ...], ...]

#: the bot's messages whose first line is a heading
_HEADED: Final = ("read_back", "emergency", "opened")
_HEADED_ENDS: Final = "_opened"
_HEADING_UNITS: Final = 12  # a shorter first sentence is a name or an abbreviation, not a heading

ALBUM: Final = 10
PHOTO_BYTES: Final = 10 * 1024 * 1024
_PHOTO_TYPES: Final = frozenset({"image/jpeg", "image/png", "image/webp"})
_VOICE_NAMES: Final = (".ogg", ".oga", ".opus")

#: widths count a Chinese sign as two
COLUMN_WIDTH: Final = 18
ROW_WIDTH: Final = 28
ROW_BUTTONS: Final = 3
LIST_ROWS: Final = 9  # eight and the way back
DATA_BYTES: Final = 64
_WAYS_OUT: Final = ("Back", "Menu", "Talk to a person")


@dataclass(frozen=True, slots=True)
class Call:
    """One request to Telegram.

    ``text`` is the message's text or the files' caption; ``markup`` is the same as HTML, None for plain text.
    ``rows`` are inline buttons; ``keyboard`` is "remove" or the label of a button that shares one's contact.
    ``target`` is the message that an edit changes.
    """

    method: Method
    text: str = ""
    markup: str | None = None
    rows: Rows = ()
    keyboard: Literal["remove"] | tuple[Literal["contact"], str] | None = None
    reply_to: int | None = None
    files: tuple[File, ...] = ()
    target: int | None = None

    @property
    def cost(self) -> int:
        """How many messages Telegram counts this for."""
        return max(1, len(self.files))


def render(message: Message) -> tuple[Call, ...]:
    """Return the calls that show ``message``, in order; none when there is nothing to show."""
    rows = keyboard_rows(message)
    calls = list(_calls(message, has_rows=bool(rows)))
    if not calls:
        return ()
    calls[0] = replace(calls[0], reply_to=message.reply_to)
    if rows and calls[-1].method != "sendMediaGroup":  # an album cannot bear buttons
        calls[-1] = replace(calls[-1], rows=rows)
    return _with_keyboard(calls, message)


def _with_keyboard(calls: list[Call], message: Message) -> tuple[Call, ...]:
    """One message bears one keyboard, inline first; a reply keyboard takes the last free place."""
    if message.keyboard is not None:
        free = [i for i, call in enumerate(calls) if not call.rows and call.method != "sendMediaGroup"]
        if free:
            calls[free[-1]] = replace(calls[free[-1]], keyboard=message.keyboard)
    return tuple(calls)


def _calls(message: Message, *, has_rows: bool) -> Iterator[Call]:
    text = words(message)
    files = list(_file_calls(message.files))
    if not files:
        yield from text_calls(text, _is_headed(message))
        return
    is_album = len(files) == 1 and files[0].method == "sendMediaGroup"
    if len(files) == 1 and units(text) <= CAPTION_LIMIT and not (is_album and has_rows):
        yield replace(files[0], text=text if _is_visible(text) else "")
        return
    texts = list(text_calls(text, _is_headed(message)))
    yield from (*files, *texts) if has_rows and files[-1].method == "sendMediaGroup" else (*texts, *files)


def as_edit(calls: tuple[Call, ...], target: int) -> Call | None:
    """Return the call that shows the same in place of ``target``; None when an edit cannot show it."""
    if len(calls) != 1 or calls[0].method != "sendMessage" or calls[0].keyboard is not None:
        return None
    return replace(calls[0], method="editMessageText", reply_to=None, target=target)


def words(message: Message) -> str:
    """Return what is to be read: a butler's words below the butler's name."""
    text = sound(message.text)
    if message.author != "butler" or not message.name:
        return text
    colon = "：" if message.language == "zh" else ":"
    return f"{sound(message.name)}{colon}\n{text}".rstrip("\n")


def sound(text: str) -> str:
    """Return ``text`` without what Telegram refuses: half a surrogate pair, control characters."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\r\n", "\n")
    return "".join(char for char in whole if char in "\n\t" or unicodedata.category(char) != "Cc")


def text_calls(text: str, is_headed: bool = False) -> Iterator[Call]:
    """Yield a text as messages of at most 4,096 units; a part of blanks alone is left out."""
    parts = [part for part in split(text) if _is_visible(part)]
    for index, part in enumerate(parts):
        yield Call("sendMessage", part, _headed(part) if is_headed and index == 0 else None)


def _is_visible(text: str) -> bool:
    """False for what Telegram takes for empty: blanks, joiners and marks that nothing bears."""
    return any(unicodedata.category(char) not in ("Zs", "Zl", "Zp", "Cc", "Cf", "Mn") for char in text)


def _is_headed(message: Message) -> bool:
    is_kind = message.kind.startswith(_HEADED) or message.kind.endswith(_HEADED_ENDS)
    return message.author == "bot" and is_kind


def _headed(text: str) -> str | None:
    """Return ``text`` as HTML with its heading in bold; None when it has none that is one for certain."""
    text = text.strip()
    head, line_end, _ = text.partition("\n")
    if not line_end:
        head = first_sentence(text).rstrip()
        if units(head) < _HEADING_UNITS or head == text:
            return None
    markup = bold(head) + html(text[len(head) :])
    return markup if is_balanced(markup) else None


def _file_calls(files: Sequence[File]) -> Iterator[Call]:
    photos = [file for file in files if method_for(file) == "sendPhoto"]
    for start in range(0, len(photos), ALBUM):
        album = tuple(photos[start : start + ALBUM])
        yield Call("sendPhoto" if len(album) == 1 else "sendMediaGroup", files=album)
    for file in files:
        if file not in photos:
            yield Call(method_for(file), files=(file,))


def method_for(file: File) -> Method:
    """Return how a file is sent: what Telegram would refuse or spoil in its own kind goes as a document."""
    if file.kind == "photo" and file.size <= PHOTO_BYTES:
        is_photo = not file.content_type or file.content_type in _PHOTO_TYPES
        return "sendPhoto" if is_photo else "sendDocument"
    if file.kind == "voice":
        is_ogg = "ogg" in file.content_type or file.name.lower().endswith(_VOICE_NAMES)
        return "sendVoice" if is_ogg else "sendDocument"
    return "sendVideo" if file.kind == "video" else "sendDocument"


def width(label: str) -> int:
    """Return how wide a label is drawn: Chinese signs and emoji are two, the rest one."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in label)


def keyboard_rows(message: Message) -> Rows:
    """Return the inline buttons in rows. Buttons that Telegram would refuse (no label, data) are left out."""
    buttons = [b for b in message.buttons if b.label.strip() and 0 < len(b.value.encode()) <= DATA_BYTES]
    return _list(buttons) if message.style == "list" else tuple(_fill(buttons))


def _list(buttons: Sequence[Button]) -> Rows:
    """Two columns when all labels are short (or one would be too long), the ways out below."""
    outs = {t(language, label) for language in ("en", "zh") for label in _WAYS_OUT}
    entries = [button for button in buttons if button.label not in outs]
    last = [button for button in buttons if button.label in outs]
    is_short = all(width(button.label) <= COLUMN_WIDTH for button in entries)
    columns = 2 if is_short or len(entries) + bool(last) > LIST_ROWS else 1
    rows = (tuple(entries[i : i + columns]) for i in range(0, len(entries), columns))
    return (*rows, *_fill(last))


def _fill(buttons: Sequence[Button]) -> Iterator[tuple[Button, ...]]:
    """Yield rows with as many buttons as fit side by side."""
    row: list[Button] = []
    for button in buttons:
        wide = sum(width(b.label) for b in (*row, button))
        if row and (len(row) == ROW_BUTTONS or wide > ROW_WIDTH):
            yield tuple(row)
            row = []
        row.append(button)
    if row:
        yield tuple(row)
