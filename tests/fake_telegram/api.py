"""The Bot API over HTTP: finds bot and method, meets faults and limits, answers, logs the call."""

import asyncio
import json
from time import monotonic
from typing import Any, Final

from starlette.types import Receive, Scope, Send

from tests.fake_telegram import editing, profile, sending
from tests.fake_telegram.delivery import Delivery
from tests.fake_telegram.errors import ApiError, Dropped, bad, flood
from tests.fake_telegram.faults import HTML_502, Fault
from tests.fake_telegram.methods import METHODS, PACED
from tests.fake_telegram.params import Params, read
from tests.fake_telegram.state import Bot, Call, World
from tests.fake_telegram.webhook import Webhooks

JSON: Final = (b"content-type", b"application/json")
HTML: Final = (b"content-type", b"text/html")
BYTES: Final = (b"content-type", b"application/octet-stream")
CHUNK: Final = 256 * 1024
ROOMS: Final = (editing, profile, sending)  # importing them fills the table of methods
Answer = tuple[int, tuple[bytes, bytes], bytes]


class HtmlAnswer(Exception):
    """A gateway's page instead of JSON."""


class Api:
    """`/bot{token}/{method}` and `/file/bot{token}/{path}`."""

    def __init__(self, world: World, delivery: Delivery) -> None:
        self.world = world
        self.delivery = delivery
        self.webhooks = Webhooks(delivery, self.execute)
        self._own = {
            "setwebhook": self.webhooks.set,
            "deletewebhook": self.webhooks.delete,
            "getwebhookinfo": self.webhooks.info,
        }

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request of a bot."""
        token, _, name = scope["path"].removeprefix("/bot").partition("/")
        try:
            status, kind, body = await self._answer(token, name, scope, receive)
        except (Dropped, asyncio.CancelledError):
            await cut(receive, send)
            return
        await respond(send, status, kind, body)

    async def _answer(self, token: str, name: str, scope: Scope, receive: Receive) -> Answer:
        try:
            params = await read(scope, receive)
            params.receive = receive
            bot = self._bot(token)
            return 200, JSON, b'{"ok":true,"result":' + await self._called(bot, name, params) + b"}"
        except ApiError as error:
            return error.status, JSON, encode(error.body())
        except HtmlAnswer:
            return 502, HTML, HTML_502

    def _bot(self, token: str) -> Bot:
        bot = self.world.bots.get(token)
        if bot is not None and not bot.is_revoked:
            return bot
        number, _, secret = token.partition(":")
        if number.isdigit() and secret:
            raise ApiError(401, "Unauthorized")
        raise ApiError(404, "Not Found")

    async def execute(self, bot: Bot, name: str, params: Params) -> None:
        """A call inside a webhook answer: logged like any other, its outcome is told to nobody."""
        try:
            await self._called(bot, name, params)
        except (ApiError, HtmlAnswer, Dropped):
            return

    async def _called(self, bot: Bot, name: str, params: Params) -> bytes:
        chat = params.integer("chat_id") or None
        call = Call(name, bot, chat, params, monotonic())
        with self.world.lock:
            self.world.calls.append(call)
            self.world.called.notify_all()
            fault = self.world.faults.strike(name, chat)
        try:
            result = await self._faulted(fault, call, params)
            call.answered = 200
            return result
        except ApiError as error:
            call.answered, call.error = error.status, error.description
            raise
        except HtmlAnswer:
            call.answered, call.error = 502, "Bad Gateway"
            raise
        finally:
            call.done = monotonic()
            with self.world.lock:
                self.world.called.notify_all()

    async def _faulted(self, fault: Fault | None, call: Call, params: Params) -> bytes:
        if fault is None:
            return await self._run(call, params)
        name, _, value = fault.kind.partition(":")
        if name == "delay":
            await asyncio.sleep(float(value))
            return await self._run(call, params)
        if name == "lost_answer":
            await self._run(call, params)
            raise Dropped
        if name == "drop":
            raise Dropped
        raise _trouble(name, value, fault.retry_after)

    async def _run(self, call: Call, params: Params) -> bytes:
        name = call.method.lower()
        if name == "getupdates":
            return await self.delivery.poll(call.bot, params)
        work = self._own.get(name)
        with self.world.lock:
            if work is not None:
                call.result = work(call.bot, params)
            else:
                call.result = self._method(name, call, params)
            return encode(call.result)

    def _method(self, name: str, call: Call, params: Params) -> Any:
        function = METHODS.get(name)
        if function is None:
            self.world.unknown_methods.append(call.method)
            raise ApiError(404, "Not Found: method not found")
        if self.world.pacing.is_on and name in PACED and call.chat:
            wait = self.world.pacing.wait(call.bot.id, call.chat, monotonic())
            if wait:
                raise flood(wait)
        return function(self.world, call.bot, params)

    async def download(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The bytes behind a path that getFile gave out."""
        token, _, path = scope["path"].removeprefix("/file/bot").partition("/")
        call: Call | None = None
        try:
            bot = self._bot(token)
            call = Call("download", bot, None, Params({"path": path}), monotonic())
            with self.world.lock:
                self.world.calls.append(call)
                fault = self.world.faults.strike("download", None)
            status, kind, body = 200, BYTES, await self._bytes(fault, path)
        except ApiError as error:
            status, kind, body = error.status, JSON, encode(error.body())
        except HtmlAnswer:
            status, kind, body = 502, HTML, HTML_502
        except Dropped:
            await cut(receive, send)
            return
        if call is not None:
            call.answered, call.done = status, monotonic()
        await respond(send, status, kind, body)

    async def _bytes(self, fault: Fault | None, path: str) -> bytes:
        name, _, value = fault.kind.partition(":") if fault else ("", "", "")
        if name == "delay":
            await asyncio.sleep(float(value))
        elif name in ("drop", "lost_answer"):
            raise Dropped
        elif fault is not None:
            raise _trouble(name, value, fault.retry_after)
        with self.world.lock:
            file = self.world.files.at(path)
        if file is None:
            raise ApiError(404, "Not Found")
        return file.content()


def _trouble(name: str, value: str, retry_after: int) -> Exception:
    if name == "429":
        return flood(retry_after)
    if name == "502" and not value:
        return HtmlAnswer()
    usual = {
        "401": "Unauthorized",
        "403": "Forbidden: bot was blocked by the user",
        "500": "Internal Server Error",
    }
    if name == "400":
        return bad(value.removeprefix("Bad Request: "))
    return ApiError(int(name), value or usual[name])


def encode(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


async def respond(send: Send, status: int, kind: tuple[bytes, bytes], body: bytes) -> None:
    """One whole answer; a long one in pieces."""
    headers = [kind, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    for start in range(0, len(body) - CHUNK, CHUNK):
        await send({"type": "http.response.body", "body": body[start : start + CHUNK], "more_body": True})
    rest = (len(body) - 1) // CHUNK * CHUNK if body else 0
    await send({"type": "http.response.body", "body": body[rest:], "more_body": False})


async def cut(receive: Receive, send: Send) -> None:
    """Cut the connection: uvicorn offers no way of saying so, its transport does."""
    cycle: Any = getattr(send, "__self__", None)
    if cycle is not None and not cycle.disconnected:
        cycle.transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass
