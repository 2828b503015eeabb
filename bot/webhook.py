"""Where Telegram delivers in webhook mode: a small ASGI app that answers 200 when the update is durable.

Whoever does not know the secret is refused before anything is read. What Telegram could redeliver for ever
without use (unknown kinds, poison) is answered 200; a backend that is away gets 503 with Retry-After, which
Telegram honours. A tap's sign goes back inside the answer.
"""

import hmac
import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

import structlog

from bot.client import Backend
from bot.config import BotConfig
from bot.errors import BackendDown
from bot.heartbeat import Health
from bot.inbox import Inbox
from bot.manners import Etiquette
from bot.polling import read, translated
from bot.updates import Inbound

MOST: Final = 1024 * 1024
SECRET: Final = b"x-telegram-bot-api-secret-token"
RETRY_AFTER: Final = b"5"
MOUNT: Final = "/telegram"
log: Final = structlog.stdlib.get_logger(__name__)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class _Refused(Exception):
    """The request is answered with this status, and nothing is stored."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class WebhookApp:
    """One bot's webhook. Its connections to the backend belong to the loop that serves it."""

    def __init__(
        self,
        config: BotConfig,
        health: Health,
        backend: Backend | None = None,
        on_stored: Callable[[Inbound], None] | None = None,
    ) -> None:
        """``on_stored`` hears of each message when it is durable, in the loop that serves."""
        self._config = config
        self._backend = backend or Backend(config)
        self._inbox: Inbox | None = None
        self._etiquette = Etiquette(config, health)
        self._path = config.webhook_path
        self._on_stored = on_stored

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            try:
                await self._serve(scope, receive, send)
            except _Refused as refused:
                await _answer(send, refused.status)

    async def close(self) -> None:
        """Close what this app opened, in its own loop."""
        if self._inbox is not None:
            await self._inbox.close()
            self._inbox = None
        await self._backend.close()

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._check_door(scope)
        raw = _update(await _body(scope, receive))
        update = read(raw, None)
        message = translated(raw, update, self._config.account)
        try:
            if message is not None:
                await self._box().store([message])
        except BackendDown as error:
            log.warning("backend down", because=self._config.mask(error), waiting=1)
            await _answer(send, 503, (b"retry-after", RETRY_AFTER))
            return
        if message is not None and self._on_stored is not None:
            self._on_stored(message)
        await _answer(send, 200, body=self._etiquette.answer(update) if update else None)

    def _check_door(self, scope: Scope) -> None:
        path = str(scope["path"])
        if not path.startswith(f"{MOUNT}/"):  # mounted by a framework that takes its own part away
            path = MOUNT + path
        if path != self._path:
            raise _Refused(404)
        if scope["method"] != "POST":
            raise _Refused(405)
        given = b"".join(value for name, value in scope["headers"] if name == SECRET)
        if not hmac.compare_digest(given, self._config.webhook_secret.encode()) or not given:
            raise _Refused(403)

    def _box(self) -> Inbox:
        if self._inbox is None:
            self._inbox = Inbox(self._backend)
        return self._inbox


async def _body(scope: Scope, receive: Receive) -> bytes:
    """Read at most 1 MB. Raises _Refused (413) as soon as there is more, 400 when the caller goes away."""
    told = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    if told.isdigit() and int(told) > MOST:
        raise _Refused(413)
    parts, size, has_more = [], 0, True
    while has_more:
        message = await receive()
        if message["type"] != "http.request":
            raise _Refused(400)
        part = message.get("body", b"")
        size += len(part)
        if size > MOST:
            raise _Refused(413)
        parts.append(part)
        has_more = bool(message.get("more_body"))
    return b"".join(parts)


def _update(body: bytes) -> dict[str, Any]:
    """Return the update in a body. Raises _Refused (400) when it is none."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise _Refused(400) from None
    if not isinstance(found, dict) or not isinstance(found.get("update_id"), int):
        raise _Refused(400)
    return found


async def _answer(
    send: Send, status: int, *headers: tuple[bytes, bytes], body: dict[str, Any] | None = None
) -> None:
    content = b"" if body is None else json.dumps(body).encode()
    told = [(b"content-length", str(len(content)).encode()), *headers]
    if content:
        told.append((b"content-type", b"application/json"))
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": content})
