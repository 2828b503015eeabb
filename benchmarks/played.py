"""What the measured processes do: a bare bot of the library, our carrier, a backend of nothing, the service.

``python -m benchmarks.played ROLE``, started by ``benchmarks.children``, with settings as for ``run_bot.py``.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy loads

import asyncio
import json
import sys
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

import uvicorn
from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters

import run_bot
from backend import logs, serve
from backend.settings import load
from benchmarks.children import answer_about_cpu
from bot.assembly import Telegram, configure
from bot.pacing import UNLIMITED

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


def bare() -> None:
    """The echo bot of the library's own documentation, at the server of the settings."""

    async def echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        if update.message is not None and update.message.text is not None:
            await update.message.reply_text(update.message.text)

    settings = load()
    application = (
        Application.builder()
        .token(settings.telegram_token)
        .base_url(f"{settings.telegram_api_url}/bot")
        .build()
    )
    application.add_handler(MessageHandler(filters.TEXT & ~filters.COMMAND, echo))
    application.run_polling()


def carrier() -> None:
    """Our carrier alone, as ``serve --only telegram`` runs it, but without Telegram's pace."""
    settings = load()
    config = configure(settings, settings.backend_url, serve.webhook_secret(settings))
    telegram = Telegram(config, limits=UNLIMITED)
    sock = serve.bind(settings) if telegram.webhook is not None else None
    serve.serve_alone(telegram, settings, sock)


def service() -> None:
    """All in one as ``serve --demo`` runs it, but without Telegram's pace."""
    settings = load()
    config = configure(settings, serve.own_address(settings), serve.webhook_secret(settings))
    telegram = Telegram(config, limits=UNLIMITED)
    asked = run_bot.parser().parse_args(["serve", "--demo"])
    run_bot.serve_house(settings, asked, serve.PARTS, telegram, serve.bind(settings))


def stub() -> None:
    """A backend that keeps nothing: what comes in goes out as a parcel of the same words."""
    uvicorn.run(Echoes(), port=load().port, log_config=None, access_log=False, lifespan="off")


class Echoes:
    """The carrier's doors with nothing behind them."""

    def __init__(self) -> None:
        self._parcels: dict[str, deque[dict[str, Any]]] = {}
        self._some = asyncio.Event()
        self._count = 0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        asked = json.loads(await _body(receive) or b"{}")
        status, said = await self._answer(scope["path"], asked)
        content = b"" if said is None else json.dumps(said).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    async def _answer(self, path: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any] | None]:
        if path == "/api/messages":
            for message in asked["messages"]:
                self._count += 1
                self._queue(message["account"]).append(_parcel(self._count, message))
            self._some.set()
            return 202, {"stored": len(asked["messages"])}
        if path == "/api/outbox/claim":
            return 200, {"items": await self._claim(asked), "typing": []}
        if path == "/api/channels/lead":
            return 200, {"leads": True}
        if path == "/api/files/claim":
            await asyncio.sleep(asked["wait_seconds"])
            return 200, {"items": []}
        return 204, None

    def _queue(self, account: str) -> deque[dict[str, Any]]:
        return self._parcels.setdefault(account, deque())

    async def _claim(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        queue = self._queue(asked["account"])
        until = asyncio.get_running_loop().time() + asked["wait_seconds"]
        while not queue and (left := until - asyncio.get_running_loop().time()) > 0:
            self._some.clear()
            try:
                async with asyncio.timeout(left):
                    await self._some.wait()
            except TimeoutError:
                break
        return [queue.popleft() for _ in range(min(len(queue), asked["limit"]))]


async def _body(receive: Receive) -> bytes:
    body, has_more = b"", True
    while has_more:
        message = await receive()
        body += message.get("body", b"")
        has_more = bool(message.get("more_body"))
    return body


def _parcel(number: int, message: dict[str, Any]) -> dict[str, Any]:
    told = {"seq": number, "author": "bot", "name": None, "kind": None, "language": "en",
            "text": message["text"], "style": "choices", "buttons": [], "keyboard": None, "reply_to": None,
            "files": []}  # fmt: skip
    return {"id": number, "account": message["account"], "chat": message["chat"], "op": "send", "targets": [],
            "attempt": 1, "urgent": False, "message": told}  # fmt: skip


ROLES: Final[dict[str, Callable[[], None]]] = {
    "bare": bare,
    "carrier": carrier,
    "service": service,
    "stub": stub,
}

if __name__ == "__main__":
    logs.configure("WARNING")
    answer_about_cpu()
    ROLES[sys.argv[1]]()
