"""Text as Telegram takes it: the HTML subset with its complaints, lengths in UTF-16 units, keyboards."""

import html
import json
import re
from dataclasses import dataclass
from typing import Any, Final

from tests.fake_telegram.errors import ApiError, bad
from tests.fake_telegram.params import Params

MOST_TEXT: Final = 4096
MOST_CAPTION: Final = 1024
MOST_BUTTONS: Final = 100
MOST_DATA: Final = 64
TAGS: Final = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_TAG = re.compile(r"<(/?)([^\s>]*)([^>]*)>")
_ATTRIBUTE = re.compile(r"""\s*([^\s=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[A-Za-z0-9.-]+))?""")
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);?")
_COMMAND = re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,32}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])")
PRESSES: Final = (
    "callback_data",
    "url",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "copy_text",
    "pay",
    "callback_game",
)


def units(text: str) -> int:
    """Length in UTF-16 units: what every limit of Telegram counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass(slots=True)
class _Open:
    tag: str
    at: int
    value: str


class _Html:
    """One reading of one HTML text."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.parts: list[str] = []
        self.length = 0
        self.open: list[_Open] = []
        self.entities: list[dict[str, Any]] = []

    def read(self) -> tuple[str, list[dict[str, Any]]]:
        position = 0
        while (start := self.source.find("<", position)) >= 0:
            self._plain(self.source[position:start])
            found = _TAG.match(self.source, start)
            if found is None:
                what = "end" if self.source.startswith("</", start) else "start"
                raise self._fault(f"Unclosed {what} tag at byte offset {self._bytes(start)}")
            self._tag(found, self._bytes(start))
            position = found.end()
        self._plain(self.source[position:])
        if self.open:
            raise self._fault(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        self.entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        return "".join(self.parts), self.entities

    def _bytes(self, position: int) -> int:
        return len(self.source[:position].encode())

    def _plain(self, text: str) -> None:
        if "&" in text:
            text = _ENTITY.sub(lambda found: html.unescape(found.group()), text)
        self.parts.append(text)
        self.length += units(text)

    def _tag(self, found: "re.Match[str]", offset: int) -> None:
        is_end, name, rest = found[1], found[2].lower(), found[3]
        if is_end:
            self._end(name, offset)
            return
        if name not in TAGS:
            raise self._fault(f'Unsupported start tag "{name}" at byte offset {offset}')
        value = self._attributes(name, rest, offset)
        if name == "span" and value != "tg-spoiler":
            raise self._fault(f'Tag "span" must have class "tg-spoiler" at byte offset {offset}')
        self.open.append(_Open(name, self.length, value))

    def _attributes(self, tag: str, rest: str, offset: int) -> str:
        wanted = {"a": "href", "code": "class", "span": "class", "tg-emoji": "emoji-id"}.get(tag)
        value = ""
        for name, given in _ATTRIBUTE.findall(rest.rstrip()):
            if not given and (tag, name) != ("blockquote", "expandable"):
                where = f'of the tag "{tag}" at byte offset {offset}'
                raise self._fault(f"Expected equal sign in declaration of an attribute {where}")
            if name == wanted:
                value = html.unescape(given.strip("\"'"))
        return value

    def _end(self, name: str, offset: int) -> None:
        if not self.open:
            raise self._fault(f"Unexpected end tag at byte offset {offset}")
        began = self.open.pop()
        if name and name != began.tag:
            wrong = f'expected "</{began.tag}>", found "</{name}>"'
            raise self._fault(f"Unmatched end tag at byte offset {offset}, {wrong}")
        if self.length > began.at:
            entity = {"offset": began.at, "length": self.length - began.at, "type": TAGS[began.tag]}
            if began.tag == "a":
                entity["url"] = began.value
            if began.tag == "tg-emoji":
                entity["custom_emoji_id"] = began.value
            self.entities.append(entity)

    @staticmethod
    def _fault(reason: str) -> ApiError:
        return bad(f"can't parse entities: {reason}")


def parse(text: str, mode: str, given: Any = None) -> tuple[str, list[dict[str, Any]]]:
    """Text and entities of what a bot sends. Raises 400 for HTML Telegram refuses, and for other modes.

    Markdown is refused on purpose: Guanjia's carrier speaks HTML or plain text, nothing else.
    """
    text = text.replace("\r", "")
    entities: list[dict[str, Any]] = []
    if mode.lower() == "html":
        if "<" in text or "&" in text:
            text, entities = _Html(text).read()
    elif mode:
        raise bad("unsupported parse_mode")
    elif isinstance(given, list):
        entities = [entity for entity in given if isinstance(entity, dict)]
    return _trimmed(text, entities)


def _trimmed(text: str, entities: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    whole = text.rstrip(" \n")
    if not entities:
        return whole.lstrip(" \n"), []
    end = units(whole)
    kept = [e | {"length": min(e["length"], end - e["offset"])} for e in entities if e["offset"] < end]
    return whole, kept


def sent_text(params: Params) -> dict[str, Any]:
    """The text of sendMessage or editMessageText. Raises 400 when it is empty or too long."""
    if not params.text("text"):
        raise bad("message text is empty")
    text, entities = parse(params.text("text"), params.text("parse_mode"), params.json("entities"))
    if not text.strip():
        raise bad("text must be non-empty")
    if units(text) > MOST_TEXT:
        raise bad("message is too long")
    return {"text": text, "entities": entities} if entities else {"text": text}


def sent_caption(members: Params) -> dict[str, Any]:
    """The caption of a file, or nothing. Raises 400 when it is too long."""
    given = members.json("caption_entities")
    text, entities = parse(members.text("caption"), members.text("parse_mode"), given)
    if units(text) > MOST_CAPTION:
        raise bad("message caption is too long")
    if not text:
        return {}
    return {"caption": text, "caption_entities": entities} if entities else {"caption": text}


def person_entities(text: str) -> list[dict[str, Any]]:
    """The commands in what a person writes."""
    if "/" not in text:
        return []
    return [
        {"type": "bot_command", "offset": units(text[: found.start()]), "length": len(found.group())}
        for found in _COMMAND.finditer(text)
    ]


def inline_keyboard(markup: Any) -> dict[str, Any] | None:
    """The inline keyboard of a message; None for none. Raises 400 for buttons Telegram refuses."""
    rows = markup.get("inline_keyboard") if isinstance(markup, dict) else None
    if rows is None:
        return None
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad('field "inline_keyboard" of the InlineKeyboardMarkup should be an Array of Arrays')
    shown = [[_button(button) for button in row] for row in rows if row]
    if sum(map(len, shown)) > MOST_BUTTONS or len(json.dumps(shown)) > 10_000:
        raise bad("reply markup is too long")
    return {"inline_keyboard": shown} if shown else None


def _button(button: Any) -> dict[str, Any]:
    if not isinstance(button, dict):
        raise bad("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    if not str(button.get("text", "")).strip():
        raise bad('can\'t parse inline keyboard button: field "text" must be non-empty')
    if not any(name in button for name in PRESSES):
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if "callback_data" in button and not 1 <= len(str(button["callback_data"]).encode()) <= MOST_DATA:
        raise bad("BUTTON_DATA_INVALID")
    if "url" in button and not re.match(r"(?:https?|tg|mailto|tel)://?[^\s]+$", str(button["url"])):
        raise bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    return {name: value for name, value in button.items() if value is not None}


def reply_keyboard(markup: Any, is_private: bool) -> dict[str, Any] | None:
    """A reply keyboard, its removal, a forced reply, or None. Raises 400 for a wrong one."""
    if not isinstance(markup, dict) or "inline_keyboard" in markup:
        return None
    if markup.get("remove_keyboard") or markup.get("force_reply"):
        return markup
    rows = markup.get("keyboard")
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad("object expected as reply markup")
    shown = [[{"text": key} if isinstance(key, str) else key for key in row] for row in rows]
    for key in (key for row in shown for key in row):
        if not isinstance(key, dict) or not str(key.get("text", "")):
            raise bad("can't parse keyboard button: KeyboardButton must be a String or an Object")
        if not is_private and (key.get("request_contact") or key.get("request_location")):
            raise bad("phone number can be requested in private chats only")
    return markup | {"keyboard": shown}
