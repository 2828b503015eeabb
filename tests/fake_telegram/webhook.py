"""Delivery to a webhook: one update in flight per lane, several lanes at once, again until it is taken."""

import asyncio
import json
import re
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp

from tests.fake_telegram.delivery import Delivery, Inbox, Lane, Update, allowed
from tests.fake_telegram.errors import WEBHOOK_SET, bad
from tests.fake_telegram.params import Params
from tests.fake_telegram.state import Bot

FIRST_DELAY: Final = 0.2
LAST_DELAY: Final = 60.0
MOST_RETRY_AFTER: Final = 3600
ANSWER_SECONDS: Final = 60
SECRET: Final = re.compile(r"[A-Za-z0-9_-]*")
PORTS: Final = (None, 80, 88, 443, 8443)
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
Execute = Callable[[Bot, str, Params], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One POST to the webhook: status is None when no answer came; ``at`` is monotonic seconds."""

    update_id: int
    lane: Lane
    at: float
    done: float
    status: int | None


@dataclass(eq=False)
class Webhook:
    """Where updates of one bot go, and how that fares."""

    delivery: Delivery
    bot: Bot
    execute: Execute
    url: str
    secret: str
    max_connections: int
    session: aiohttp.ClientSession
    last_error: str = ""
    last_error_at: float = 0.0

    def __post_init__(self) -> None:
        self._lanes: dict[Lane, deque[Update]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._free = asyncio.Semaphore(self.max_connections)

    @property
    def settings(self) -> tuple[str, str, int]:
        return self.url, self.secret, self.max_connections

    def offer(self, update: Update) -> None:
        """Put an update at the end of its lane. In the thread of the server only."""
        lane = self._lanes.get(update.lane)
        if lane is not None:
            lane.append(update)
            return
        self._lanes[update.lane] = deque([update])
        task = asyncio.get_running_loop().create_task(self._work(update.lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def close(self) -> None:
        """Stop; what was not taken stays queued."""
        for task in self._tasks:
            task.cancel()

    async def _work(self, name: Lane) -> None:
        lane = self._lanes[name]
        while lane:
            await self._deliver(lane[0])
            lane.popleft()
        del self._lanes[name]

    async def _deliver(self, update: Update) -> None:
        delay = FIRST_DELAY
        while update.expires > self.delivery.world.now():
            async with self._free:
                status, wait = await self._post(update)
            if status is not None and 200 <= status < 300:
                break
            await asyncio.sleep(wait or delay)
            delay = min(delay * 2, LAST_DELAY)
        with self.delivery.world.lock:
            self.delivery.inbox(self.bot).queue.pop(update.id, None)

    async def _post(self, update: Update) -> tuple[int | None, float]:
        at = monotonic()
        headers = {"Content-Type": "application/json"}
        if self.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self.secret
        status, wait = None, 0.0
        try:
            async with self.session.post(self.url, data=update.encode(), headers=headers) as answer:
                status, body = answer.status, await answer.read()
                wait = _retry_after(answer.headers.get("Retry-After", ""))
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            body = b""
            self._note(_worded(error))
        self.delivery.inbox(self.bot).attempts.append(
            Attempt(update.id, update.lane, at, monotonic(), status)
        )
        if status is not None and 200 <= status < 300:
            await self._obey(body)
        elif status is not None:
            self._note(f"Wrong response from the webhook: {status} {answer.reason}")
        return status, wait

    def _note(self, error: str) -> None:
        self.last_error, self.last_error_at = error, self.delivery.world.now()

    async def _obey(self, body: bytes) -> None:
        """A method in the answer is executed; nobody hears how it went."""
        if not body.startswith(b"{"):
            return
        try:
            said = json.loads(body)
        except ValueError:
            return
        method = said.pop("method", None) if isinstance(said, dict) else None
        if isinstance(method, str):
            await self.execute(self.bot, method, Params(said))


def _retry_after(value: str) -> float:
    return float(min(int(value), MOST_RETRY_AFTER)) if value.isdigit() else 0.0


def _worded(error: BaseException) -> str:
    if isinstance(error, aiohttp.ClientConnectorError):
        return "Connection refused"
    return "Read timeout expired" if isinstance(error, TimeoutError) else "Connection closed"


class Webhooks:
    """setWebhook, deleteWebhook and getWebhookInfo."""

    def __init__(self, delivery: Delivery, execute: Execute) -> None:
        self.delivery = delivery
        self._execute = execute
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        for bot in self.delivery.world.bots.values():
            webhook = self.delivery.inbox(bot).webhook
            if webhook is not None:
                webhook.close()
        if self._session is not None:
            await self._session.close()

    def set(self, bot: Bot, params: Params) -> bool:
        """Raises 400 for an address or a secret that Telegram would refuse."""
        url = params.text("url").strip()
        if not url:
            return self.delete(bot, params)
        _check(url, params.text("secret_token"))
        inbox = self.delivery.inbox(bot)
        self.delivery.interrupt(inbox, WEBHOOK_SET)
        if params.raw.get("allowed_updates") is not None:
            inbox.allowed = allowed(params)
        secret = params.text("secret_token")
        most = min(max(params.integer("max_connections", 40), 1), 100)
        old = inbox.webhook
        if old is None or params.flag("drop_pending_updates") or old.settings != (url, secret, most):
            webhook = Webhook(self.delivery, bot, self._execute, url, secret, most, self._client())
            self._replace(inbox, params, webhook)
        return True

    def delete(self, bot: Bot, params: Params) -> bool:
        self._replace(self.delivery.inbox(bot), params, None)
        return True

    def _replace(self, inbox: Inbox, params: Params, webhook: Webhook | None) -> None:
        if inbox.webhook is not None:
            inbox.webhook.close()
        if params.flag("drop_pending_updates"):
            inbox.queue.clear()
        inbox.webhook = webhook
        if webhook is not None:
            for update in inbox.queue.values():
                webhook.offer(update)

    def info(self, bot: Bot, _: Params) -> dict[str, Any]:
        """The answer of getWebhookInfo."""
        inbox = self.delivery.inbox(bot)
        webhook = inbox.webhook
        said: dict[str, Any] = {
            "url": webhook.url if webhook else "",
            "has_custom_certificate": False,
            "pending_update_count": len(inbox.queue),
        }
        if inbox.allowed is not None:
            said["allowed_updates"] = sorted(inbox.allowed)
        if webhook is not None:
            said |= {"max_connections": webhook.max_connections, "ip_address": "127.0.0.1"}
            if webhook.last_error:
                said |= {"last_error_date": int(webhook.last_error_at)}
                said |= {"last_error_message": webhook.last_error}
        return said

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0)
            timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
            self._session = aiohttp.ClientSession(connector=connector, timeout=timeout, trust_env=False)
        return self._session


def _check(url: str, secret: str) -> None:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise bad("invalid webhook URL specified") from None
    if not host or parts.scheme not in ("http", "https"):
        raise bad("invalid webhook URL specified")
    if host not in LOOPBACK:  # the loopback address is this server's own mercy: tests have no certificate
        if parts.scheme != "https":
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        if port not in PORTS:
            raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if len(secret) > 256:
        raise bad("secret token is too long")
    if not SECRET.fullmatch(secret):
        raise bad("secret token contains unallowed characters")
