"""A backend over real HTTP that remembers what the carrier stored, and fails as it is told to."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Self

from aiohttp import web

from bot.config import BotConfig

TOKEN = "1000001:TEST-token"
SERVICE_TOKEN = "service-token-of-the-tests"


class LittleBackend:
    """``async with LittleBackend() as backend``: serves in the running loop on a free port.

    ``judge`` gets the messages of a request and returns the status to answer with (202 stores them).
    """

    def __init__(self) -> None:
        self.url = ""
        self.stored: list[dict[str, Any]] = []
        self.posts: list[list[str]] = []
        self.told: list[dict[str, Any]] = []
        self.tokens: set[str] = set()
        self.claims = 0
        #: who leads, and who asked for it or gave it back: (holder, release)
        self.leader: str | None = None
        self.asked: list[tuple[str, bool]] = []
        self.lead_status = 200
        self.judge: Callable[[list[dict[str, Any]]], int] = lambda _messages: 202
        self.gate = asyncio.Event()
        self.gate.set()
        self._runner: web.AppRunner | None = None

    def config(self, **values: str) -> BotConfig:
        settings = {"token": TOKEN, "service_token": SERVICE_TOKEN, "backend_url": self.url, **values}
        return BotConfig(**settings)

    @property
    def keys(self) -> list[str]:
        return [message["external_id"] for message in self.stored]

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/api/messages", self._messages)
        app.router.add_post("/api/channels/status", self._status)
        app.router.add_post("/api/channels/lead", self._lead)
        app.router.add_post("/api/outbox/claim", self._nothing)
        app.router.add_post("/api/files/claim", self._nothing)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_error: object) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _messages(self, request: web.Request) -> web.Response:
        self.tokens.add(request.headers["Authorization"])
        messages = (await request.json())["messages"]
        self.posts.append([message["external_id"] for message in messages])
        await self.gate.wait()
        status = self.judge(messages)
        if status != 202:
            return web.json_response({"status": status, "detail": "no"}, status=status)
        new = [m for m in messages if m["external_id"] not in self.keys]
        self.stored += new
        return web.json_response({"stored": len(new)}, status=202)

    async def _status(self, request: web.Request) -> web.Response:
        self.told.append(await request.json())
        return web.Response(status=204)

    async def _lead(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.asked.append((body["holder"], body["release"]))
        if self.lead_status != 200:
            return web.json_response({"detail": "no"}, status=self.lead_status)
        if self.leader in (None, body["holder"]):
            self.leader = None if body["release"] else body["holder"]
        return web.json_response({"leads": self.leader == body["holder"]})

    async def _nothing(self, request: web.Request) -> web.Response:
        self.claims += 1
        await asyncio.sleep((await request.json())["wait_seconds"])
        return web.json_response({"items": [], "typing": []})


def bad_if(key: str, status: int = 422) -> Callable[[list[dict[str, Any]]], int]:
    """A judge that refuses each request with this message in it, unless its contents were taken out."""

    def judge(messages: list[dict[str, Any]]) -> int:
        found = [m for m in messages if m["external_id"] == key and m.get("kind") != "unsupported"]
        return status if found else 202

    return judge


def with_backend(test: Callable[[LittleBackend], Coroutine[Any, Any, None]]) -> None:
    """Run ``test`` in a loop of its own, with a backend."""

    async def run() -> None:
        async with LittleBackend() as backend:
            await test(backend)

    asyncio.run(run())


async def until(is_so: Callable[[], object], seconds: float = 10) -> None:
    """Return as soon as ``is_so``. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not is_so():
            await asyncio.sleep(0.005)
