"""The body of a call, in each form the Bot API takes: JSON, urlencoded or multipart."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.types import Receive, Scope

from tests.fake_telegram.errors import ApiError, bad

MEGABYTE = 1024 * 1024
MOST_BODY = 64 * MEGABYTE
MOST_UPLOAD = 50 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a multipart body."""

    name: str
    data: bytes
    content_type: str


@dataclass(slots=True)
class Params:
    """The members of a call: text as it came over the wire, or JSON values; uploads beside them."""

    raw: dict[str, Any] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    receive: Receive | None = None  # to notice that a caller who waits has gone

    def text(self, name: str, default: str = "") -> str:
        """A member as text; raises 400 for a member that is no text."""
        value = self.raw.get(name)
        if value is None:
            return default
        if isinstance(value, (dict, list)):
            raise bad(f'object expected as "{name}"')
        return str(value)

    def integer(self, name: str, default: int = 0) -> int:
        """A member as a whole number; like the real server, text that is no number counts as the default."""
        try:
            return int(self.raw.get(name, default))
        except (TypeError, ValueError):
            return default

    def flag(self, name: str) -> bool:
        value = self.raw.get(name)
        return value is True or str(value).lower() in ("true", "yes", "1")

    def number(self, name: str) -> float:
        """A member as a number; raises 400 when it is missing."""
        if self.raw.get(name) in (None, ""):
            raise bad(f"{name} is empty")
        try:
            return float(self.raw[name])
        except (TypeError, ValueError):
            return 0.0

    def json(self, name: str) -> Any:
        """A member that is JSON inside a form or a value of a JSON body; None when missing."""
        value = self.raw.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad(f"can't parse {name.replace('_', ' ')} JSON object") from None

    def upload(self, value: str, member: str) -> Upload | None:
        """The file meant by ``attach://part``, or sent under the member's own name."""
        part = value.removeprefix("attach://") if value.startswith("attach://") else member
        return self.uploads.get(part)

    def shown(self) -> dict[str, Any]:
        """For the log of calls: all members, JSON opened, uploads by their size."""
        opened = {name: _opened(value) for name, value in self.raw.items()}
        return opened | {name: f"<{len(file.data)} bytes>" for name, file in self.uploads.items()}


def _opened(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


async def body_of(receive: Receive) -> bytes:
    """The whole body. Raises 413 beyond the bound."""
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return body
    parts, size = [body], len(body)
    while message.get("more_body"):
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MOST_BODY:
            raise ApiError(413, "Request Entity Too Large")
    return b"".join(parts)


async def read(scope: Scope, receive: Receive) -> Params:
    """All members of a call; those of the body win over those of the address."""
    query = scope["query_string"]
    raw: dict[str, Any] = dict(parse_qsl(query.decode(), keep_blank_values=True)) if query else {}
    kind = _content_type(scope)
    if kind.startswith(b"multipart/form-data"):
        return await _multipart(scope, receive, raw)
    body = await body_of(receive)
    if not body:
        return Params(raw)
    if kind.startswith(b"application/json"):
        return Params(raw | _object(body))
    if kind.startswith(b"application/x-www-form-urlencoded"):
        raw.update(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    return Params(raw)


def _content_type(scope: Scope) -> bytes:
    for name, value in scope["headers"]:
        if name == b"content-type":
            return bytes(value).lower()
    return b""


def _object(body: bytes) -> dict[str, Any]:
    try:
        members = json.loads(body)
    except ValueError:
        raise bad("can't parse JSON object") from None
    if not isinstance(members, dict):
        raise bad("JSON object expected")
    return members


async def _multipart(scope: Scope, receive: Receive, raw: dict[str, Any]) -> Params:
    params = Params(raw)
    form = await Request(scope, receive).form(max_files=50, max_part_size=MEGABYTE)
    for name, part in form.multi_items():
        if isinstance(part, UploadFile):
            data = await part.read()
            if len(data) > MOST_UPLOAD:
                raise ApiError(413, "Request Entity Too Large")
            params.uploads[name] = Upload(part.filename or "", data, part.content_type or "")
        else:
            params.raw[name] = part
    await form.close()
    return params
