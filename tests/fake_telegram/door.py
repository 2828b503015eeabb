"""The person's door over HTTP: for the page, and for those who drive the people from another process."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from starlette.types import Receive, Scope, Send

from tests.fake_telegram.api import HTML, JSON, encode, respond
from tests.fake_telegram.errors import ApiError
from tests.fake_telegram.params import body_of
from tests.fake_telegram.people import Person
from tests.fake_telegram.shown import Shown

if TYPE_CHECKING:
    from tests.fake_telegram.server import FakeTelegram

PAGE: Final = Path(__file__).with_name("page.html")
LONGEST_WAIT: Final = 25.0
STEP: Final = 0.05
Action = Callable[[Person, dict[str, Any]], Any]
ACTIONS: Final[dict[str, Action]] = {
    "start": lambda who, said: who.start(str(said.get("code", ""))),
    "write": lambda who, said: who.write(str(said["text"]), reply_to=said.get("reply_to")),
    "edit": lambda who, said: who.edit(int(said["message_id"]), str(said["text"])),
    "delete": lambda who, said: who.delete(int(said["message_id"])),
    "react": lambda who, said: who.react(int(said["message_id"]), str(said.get("emoji", ""))),
    "contact": lambda who, said: who.contact(own=bool(said.get("own", True)), phone=said.get("phone")),
    "location": lambda who, said: who.location(float(said["latitude"]), float(said["longitude"])),
    "sticker": lambda who, said: who.sticker(),
    "block": lambda who, said: who.block(),
    "unblock": lambda who, said: who.unblock(),
}
UPLOADS: Final = ("photo", "voice", "video", "document")


class Door:
    """`GET /` the page; `/person…` JSON. A refusal is 400 or 404 with ``{"error": …}``."""

    def __init__(self, fake: "FakeTelegram") -> None:
        self.fake = fake

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request of the page."""
        if scope["path"] == "/":
            await respond(send, 200, HTML, PAGE.read_bytes())
            return
        if scope["path"].startswith("/person/file/"):
            await self._file(scope["path"].removeprefix("/person/file/"), send)
            return
        try:
            status, said = 200, await self._answer(scope, receive)
        except (ValueError, KeyError, TypeError, LookupError) as error:
            status, said = 400, {"error": str(error)}
        await respond(send, status, JSON, encode(said))

    async def _answer(self, scope: Scope, receive: Receive) -> Any:
        parts = scope["path"].strip("/").split("/")[1:]
        query = dict(parse_qsl(scope["query_string"].decode()))
        if scope["method"] == "GET":
            if parts == ["chats"]:
                return [self._row(person) for person in self.fake.people.values()]
            return await self._chat(
                self._person(parts), int(query.get("since", -1)), float(query.get("wait", 0))
            )
        body = await body_of(receive)
        if not parts:
            said = json.loads(body)
            return self._row(self.fake.person(str(said["name"]), str(said.get("language", ""))))
        return await self._act(self._person(parts), parts[1], query, body)

    def _person(self, parts: list[str]) -> Person:
        if not parts or not parts[0].isdigit() or int(parts[0]) not in self.fake.people:
            raise LookupError("there is no such person")
        return self.fake.people[int(parts[0])]

    async def _act(self, who: Person, action: str, query: dict[str, str], body: bytes) -> dict[str, Any]:
        if action in UPLOADS:
            return {"message_id": _upload(who, action, query, body)}
        said = json.loads(body) if body else {}
        if action in ("tap", "forge"):
            return await self._tap(who, action, said)
        if action not in ACTIONS:
            raise LookupError(f"{action} is nothing a person can do here")
        return {"message_id": ACTIONS[action](who, said)}

    async def _tap(self, who: Person, action: str, said: dict[str, Any]) -> dict[str, Any]:
        """Press, and wait for the answer without stopping the server."""
        number, label = said.get("message_id"), str(said.get("label") or said.get("data"))
        if action == "forge":
            before = set(self.fake.world.taps)
            who.forge(label, message_id=number, timeout=0)
            (tap_id,) = set(self.fake.world.taps) - before
        else:
            tap_id = who.press(label, message_id=number)
        if not tap_id:
            return {"answer": None}
        tap, until = self.fake.world.taps[tap_id], monotonic() + float(said.get("wait", 5))
        while tap.answer is None and monotonic() < until:
            await asyncio.sleep(STEP)
        return {"answer": tap.answer, "is_alert": tap.is_alert}

    async def _chat(self, who: Person, since: int, wait: float) -> dict[str, Any]:
        """The chat, at once or when it has changed since a sequence number."""
        until = monotonic() + min(wait, LONGEST_WAIT)
        while who.room.sequence <= since and monotonic() < until:
            await asyncio.sleep(STEP)
        return self._row(who) | {
            "sequence": who.room.sequence,
            "messages": [_message(one) for one in who.chat],
            "keyboard": [[key.label for key in row] for row in who.keyboard or []],
            "commands": who.commands,
            "description": who.description,
            "is_blocked": who.room.is_blocked,
        }

    def _row(self, who: Person) -> dict[str, Any]:
        last = next((message.text or message.kind for message in reversed(who.chat)), "")
        said = {"id": who.id, "name": who.user.first_name, "language": who.user.language}
        return said | {"last": last[:80], "sequence": who.room.sequence, "is_typing": who.is_typing}

    async def _file(self, number: str, send: Send) -> None:
        try:
            file = self.fake.world.files.get(number)
        except ApiError:
            await respond(send, 404, JSON, b'{"error":"there is no such file"}')
            return
        usual = {"photo": "image/jpeg", "voice": "audio/ogg"}.get(file.kind, "application/octet-stream")
        kind = (file.content_type or usual).encode("ascii", "replace")
        await respond(send, 200, (b"content-type", kind), file.content())


def _upload(who: Person, kind: str, query: dict[str, str], body: bytes) -> int:
    """The body is the file itself; the caption and a name stand in the address."""
    if not body:
        raise ValueError("the file is empty")
    caption, name = query.get("caption", ""), query.get("name", "file.bin")
    if kind == "document":
        return who.document(name, body, caption)
    if kind == "voice":
        return who.voice(body, caption)
    return who.photo(body, caption) if kind == "photo" else who.video(body, caption, name)


def _message(one: Shown) -> dict[str, Any]:
    files = [{"id": f.id, "kind": f.kind, "name": f.name, "size": f.size} for f in one.files]
    said = {"message_id": one.message_id, "by": one.by, "text": one.text, "kind": one.kind, "files": files}
    said |= {"buttons": [[asdict(button) for button in row] for row in one.buttons]}
    said |= {"edited": one.edited, "reply_to": one.reply_to, "entities": one.entities}
    return said | {"reactions": one.reactions, "date": one.body["date"], "album": one.album}
