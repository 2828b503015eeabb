"""A small backend of the carrier's outbound half, over real HTTP: an outbox, expected files, and their acks.

It keeps what the real one promises (one message a chat, lowest first, urgent before bulk) and lets a test say
when it is away.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import web

from bot.client import Backend
from bot.config import BotConfig

#: what a retry without retry_after waits here; the real one backs off from a second
AGAIN = 0.01
NO_TIME = 0.005


@dataclass
class Row:
    """One delivery of the outbox."""

    item: dict[str, Any]
    is_leased: bool = False
    is_over: bool = False
    due_at: float = 0.0


@dataclass
class BackendDouble:
    """Serves inside ``async with``. ``url`` is its address; everything else is read and set freely."""

    rows: list[Row] = field(default_factory=list)
    typing: list[dict[str, str]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    expected: list[dict[str, Any]] = field(default_factory=list)
    uploads: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    file_acks: list[dict[str, Any]] = field(default_factory=list)
    posts: list[list[dict[str, Any]]] = field(default_factory=list)
    #: path → the statuses that the next requests to it get
    refuse: dict[str, list[int]] = field(default_factory=dict)
    #: an ack of this parcel is refused
    poison: Any = None
    url: str = ""
    claims: int = 0

    async def __aenter__(self) -> "BackendDouble":
        self._changed = asyncio.Condition()
        self._numbers = count(1)
        app = web.Application(client_max_size=64 * 1024 * 1024, middlewares=[self._trouble])
        app.router.add_post("/api/outbox/claim", self._claim)
        app.router.add_post("/api/outbox/ack", self._ack)
        app.router.add_post("/api/files/claim", self._claim_files)
        app.router.add_post("/api/files/ack", self._ack_file)
        app.router.add_post("/api/files", self._upload)
        app.router.add_get("/api/files/{id}", self._file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._runner.cleanup()

    def client(self, token: str, holder: str | None = None) -> Backend:
        """A client of this backend for the bot with ``token`` at place ``holder``; close it at the end."""
        config = BotConfig(token=token, service_token="a service token", backend_url=self.url)
        return Backend(config, holder)

    def message(self, text: str = "", **fields: Any) -> dict[str, Any]:
        """A message as parcels hold it."""
        usual = {
            "seq": 1, "author": "bot", "name": None, "kind": None, "language": "en", "text": text,
            "style": "choices", "buttons": [], "keyboard": None, "reply_to": None, "files": [],
        }  # fmt: skip
        return usual | fields

    async def queue(
        self, chat: Any, text: str = "", *, op: str = "send", urgent: bool = True, **fields: Any
    ) -> int:
        """Put a delivery into the outbox and return its id; beside ``targets`` the rest is its message."""
        number = next(self._numbers)
        targets = [str(target) for target in fields.pop("targets", [])]
        item = {
            "id": number, "account": "1", "chat": str(getattr(chat, "id", chat)), "op": op,
            "targets": targets, "attempt": 1, "urgent": urgent, "message": self.message(text, **fields),
        }  # fmt: skip
        self.rows.append(Row(item))
        await self.tell()
        return number

    async def tell(self) -> None:
        """Something changed: whoever waits looks again."""
        async with self._changed:
            self._changed.notify_all()

    @property
    def acks(self) -> list[dict[str, Any]]:
        """All acks that were taken, in order."""
        return [ack for post in self.posts for ack in post]

    def acks_of(self, number: int) -> list[dict[str, Any]]:
        return [ack for ack in self.acks if ack["id"] == number]

    async def until(self, is_so: Callable[[], object], seconds: float = 10.0) -> None:
        """Wait until ``is_so`` after a change here. Raises TimeoutError."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: bool(is_so()))

    async def settled(self, *numbers: int) -> None:
        """Wait until these deliveries are sent or dead."""
        await self.until(lambda: all(row.is_over for row in self.rows if row.item["id"] in numbers))

    # --- doors ---------------------------------------------------------------------------------------------

    @web.middleware
    async def _trouble(self, request: web.Request, handler: Any) -> web.StreamResponse:
        waiting = self.refuse.get(request.path)
        if waiting:
            return web.json_response({"detail": "no"}, status=waiting.pop(0))
        answer: web.StreamResponse = await handler(request)
        return answer

    async def _claim(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.claims += 1
        loop = asyncio.get_running_loop()
        until = loop.time() + body["wait_seconds"]
        while True:
            self._free(body)
            found = self._due(body["limit"], loop.time())
            typing, self.typing = self.typing, []
            if found or typing or loop.time() >= until:
                break
            await self._wait(
                min(until, *(row.due_at for row in self.rows if self._waits(row)), loop.time() + 1)
            )
        for row in found:
            row.is_leased = True
        return web.json_response({"items": [row.item for row in found], "typing": typing})

    def _free(self, body: dict[str, Any]) -> None:
        """Leases of one place that its process no longer holds are over; here there is one place only."""
        if "holder" in body:
            for row in self.rows:
                row.is_leased = row.is_leased and row.item["id"] in body["holding"]

    def _waits(self, row: Row) -> bool:
        return not row.is_over and not row.is_leased and row.due_at > 0

    def _due(self, limit: int, now: float) -> list[Row]:
        first: dict[str, Row] = {}
        for row in self.rows:
            if not row.is_over:
                first.setdefault(row.item["chat"], row)
        due = [row for row in first.values() if not row.is_leased and row.due_at <= now]
        return sorted(due, key=lambda row: not row.item["urgent"])[:limit]

    async def _wait(self, until: float) -> None:
        seconds = max(NO_TIME, until - asyncio.get_running_loop().time())
        try:
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait()
        except TimeoutError:
            return

    async def _ack(self, request: web.Request) -> web.Response:
        acks = (await request.json())["acks"]
        if any(ack["id"] == self.poison for ack in acks):
            return web.json_response({"detail": "not this one"}, status=422)
        now = asyncio.get_running_loop().time()
        self.posts.append(acks)
        for ack in acks:
            for row in (row for row in self.rows if row.item["id"] == ack["id"]):
                row.is_leased = False
                row.is_over = ack["outcome"] != "retry"
                row.due_at = now + ack.get("retry_after", AGAIN)
                row.item["attempt"] += 1
                row.item["chat"] = ack.get("new_chat", row.item["chat"])
        await self.tell()
        return web.Response(status=204)

    async def _claim_files(self, request: web.Request) -> web.Response:
        body = await request.json()
        if not self.expected:
            await self._wait(asyncio.get_running_loop().time() + body["wait_seconds"])
        some = self.expected[: body["limit"]]
        self.expected = self.expected[body["limit"] :]
        return web.json_response({"items": some})

    async def _ack_file(self, request: web.Request) -> web.Response:
        self.file_acks.append(await request.json())
        await self.tell()
        return web.Response(status=204)

    async def _upload(self, request: web.Request) -> web.Response:
        form = await request.post()
        file = form["file"]
        assert isinstance(file, web.FileField)
        self.uploads[str(form["id"])] = (file.filename, file.file.read())
        await self.tell()
        return web.json_response({"id": form["id"]}, status=201)

    async def _file(self, request: web.Request) -> web.Response:
        data = self.files.get(request.match_info["id"])
        return web.Response(status=404) if data is None else web.Response(body=data)
