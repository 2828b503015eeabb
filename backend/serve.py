"""One process that serves: the web part, the telegram part, the clock part, or several of them.

What is started here ends within three seconds of a signal; nothing that was stored depends on how it ends.
"""

import asyncio
import contextlib
import re
import signal
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import FrameType
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import uvicorn

from backend.errors import GuanjiaError
from backend.settings import Settings, derive

GRACE_SECONDS: Final = 3
PARTS: Final = ("web", "telegram", "clock")
_TOKEN: Final = re.compile(r"\d{3,}:[\w-]+")
_WEBHOOK_SECRET: Final = re.compile(r"[\w-]{1,256}", re.ASCII)


class Scheduler(Protocol):
    """What is started and ended with the service: the ticker, the notifier (of ``backend.scheduler``)."""

    def start(self) -> None: ...
    def shutdown(self, wait: bool = True) -> None: ...


class Telegram(Protocol):
    """The telegram part: what is started, ended and, in webhook mode, served (``bot.assembly.Telegram``)."""

    @property
    def webhook(self) -> Any: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...


class CannotServe(GuanjiaError):
    """The service cannot start; the text says why and what to do."""


def _nothing() -> None:
    """A hook that is not used."""


@dataclass(frozen=True, slots=True)
class Hooks:
    """What else happens in a serving process, in this order.

    The server answers: ``announce``, ``begin``. It is asked to end: ``end_first`` while it still answers
    (may block for some seconds), ``end_streams`` before it waits for open requests, ``end_last`` after them.
    """

    announce: Callable[[], None] = _nothing
    begin: Callable[[], None] = _nothing
    end_first: Callable[[], None] = _nothing
    end_streams: Callable[[], None] = _nothing
    end_last: Callable[[], Awaitable[None]] | None = None


class _Announcing(uvicorn.Server):
    """A server that says when it answers, and lets others end before it waits for open requests."""

    def __init__(self, config: uvicorn.Config, hooks: Hooks) -> None:
        super().__init__(config)
        self._hooks = hooks

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._hooks.announce()
            self._hooks.begin()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await asyncio.to_thread(self._hooks.end_first)
        self._hooks.end_streams()
        await super().shutdown(sockets)
        if self._hooks.end_last is not None:
            await self._hooks.end_last()


def bind(settings: Settings) -> socket.socket:
    """Take the address before anything slow is loaded. Raises CannotServe when it is taken or not ours."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((settings.host, settings.port))
    except OSError as error:
        sock.close()
        raise CannotServe(
            f"{settings.host}:{settings.port} cannot be used ({error.strerror}): stop the program that "
            "holds it, or set GUANJIA_HOST and GUANJIA_PORT."
        ) from error
    return sock


def serve_web(app: Any, settings: Settings, sock: socket.socket, hooks: Hooks) -> None:
    """Answer requests until a signal comes. Raises CannotServe when the application refuses to start."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_graceful_shutdown=GRACE_SECONDS,
        server_header=False,
    )
    server = _Announcing(config, hooks)
    _outlive_signals()
    server.run(sockets=[sock])
    if not server.started:
        raise CannotServe("The web part did not start; the reason stands in the log above.")


def joined(hooks: Hooks, telegram: Telegram | None, app: Any) -> Hooks:
    """Let the telegram part run beside ``app``: begun when the web answers, ended while it still does."""
    if telegram is None:
        return hooks
    hooks = replace(hooks, begin=telegram.start, end_first=telegram.stop)
    if telegram.webhook is not None:
        app.mount("/telegram", telegram.webhook)
        hooks = replace(hooks, end_last=telegram.webhook.close)
    return hooks


def serve_alone(telegram: Telegram | None, settings: Settings, sock: socket.socket | None) -> None:
    """Run without the web part until a signal comes; ``sock`` is where Telegram delivers in webhook mode."""
    if telegram is not None and sock is not None:
        serve_web(telegram.webhook, settings, sock, Hooks(begin=telegram.start, end_first=telegram.stop))
        return
    if telegram is not None:
        telegram.start()
    try:
        wait_for_signal()
    finally:
        if telegram is not None:
            telegram.stop()


def _outlive_signals() -> None:
    """Uvicorn raises its signal again when it has ended; the rest of this process must still end in order."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: None)


def wait_for_signal() -> None:
    """Return when this process is asked to end (SIGTERM, SIGINT)."""
    asked = threading.Event()

    def _ask(_number: int, _frame: FrameType | None) -> None:
        asked.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _ask)
    while not asked.wait(1):  # a signal may reach another thread; Python hands it to this one when it wakes
        pass


@contextlib.contextmanager
def ticking(*schedulers: Scheduler | None) -> Iterator[None]:
    """Let these run during the block; the last tick of each is finished before the block ends."""
    with contextlib.ExitStack() as running:
        for one in schedulers:
            if one is not None:
                one.start()
                running.callback(one.shutdown, wait=True)
        yield


def chosen_parts(only: str | None, has_telegram: bool = True) -> Sequence[str]:
    """Return the parts named in ``--only a,b``, else all; without a bot's token all but telegram.

    Raises CannotServe for an unknown name, or when telegram is named and there is no token.
    """
    if only is None:
        return [part for part in PARTS if has_telegram or part != "telegram"]
    names = [name.strip() for name in only.split(",") if name.strip()]
    unknown = [name for name in names if name not in PARTS]
    if unknown or not names:
        known = ", ".join(PARTS)
        raise CannotServe(f"This release has no part {', '.join(unknown) or only!r}: --only takes {known}.")
    if "telegram" in names and not has_telegram:
        raise CannotServe("The telegram part needs GUANJIA_TELEGRAM_TOKEN, which @BotFather gives you.")
    return names


def check_telegram(settings: Settings) -> None:
    """Raise CannotServe when these settings can reach no bot, or Telegram could not deliver to us."""
    if not _TOKEN.fullmatch(settings.telegram_token):
        raise CannotServe("GUANJIA_TELEGRAM_TOKEN is no bot token: it looks like 123456789:AbC-dEf….")
    if settings.telegram_mode == "webhook" and not settings.is_secure:
        raise CannotServe(
            f"Telegram delivers to https only: GUANJIA_PUBLIC_URL is {settings.public_url}. "
            "Put a TLS proxy in front and name its address, or set GUANJIA_TELEGRAM_MODE=polling."
        )
    secret = settings.telegram_webhook_secret
    if secret and not _WEBHOOK_SECRET.fullmatch(secret):
        raise CannotServe(
            "GUANJIA_TELEGRAM_WEBHOOK_SECRET must be 1 to 256 letters, digits, underscores and hyphens."
        )


def check_backend(settings: Settings, parts: Sequence[str]) -> None:
    """Raise CannotServe when a telegram part that serves by itself would take itself for the backend."""
    asked = urlsplit(settings.backend_url)
    is_here = is_loopback(asked.hostname or "") or asked.hostname == settings.host
    is_own = is_here and asked.port == settings.port
    if "web" not in parts and settings.telegram_mode == "webhook" and is_own:
        raise CannotServe(
            f"In webhook mode the telegram part listens on port {settings.port} itself: set "
            "GUANJIA_BACKEND_URL to the address of the web part, or GUANJIA_PORT to another port."
        )


def account_of(settings: Settings, only: str | None) -> str | None:
    """Return the bot of these settings, "" where Telegram is left out, None where others may serve it."""
    account = settings.telegram_token.partition(":")[0]
    return account if account or only is None else None


def webhook_secret(settings: Settings) -> str:
    """Return what Telegram must say when it delivers: as set, else derived from the secret key."""
    return settings.telegram_webhook_secret or derive(settings.secret_key, "telegram-webhook")[:64]


def own_address(settings: Settings) -> str:
    """Return the address by which this process reaches its own web part."""
    if settings.host in ("0.0.0.0", "::"):
        return f"http://127.0.0.1:{settings.port}"
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


def reachable(settings: Settings, environ: Mapping[str, str]) -> Settings:
    """On an open address without PUBLIC_URL, links and cookies are for plain http in the local network."""
    lan = None if is_loopback(settings.host) else lan_address(settings.host)
    if lan is None or environ.get("GUANJIA_PUBLIC_URL"):
        return settings
    name = f"[{lan}]" if ":" in lan else lan
    return replace(settings, public_url=f"http://{name}:{settings.port}")


def warnings(settings: Settings, is_demo: bool) -> list[str]:
    """What an operator must know about this way of serving."""
    found = []
    if is_demo and not is_loopback(settings.host):
        found.append("the demo's passwords are public, and other machines can reach this address.")
    if not settings.is_secure:
        found.append("without https, sessions can be read on the way: put a TLS proxy in front of it.")
    return found


def is_loopback(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")


def lan_address(host: str) -> str | None:
    """Return the address by which the local network reaches ``host``, or None. Nothing is sent."""
    if host not in ("0.0.0.0", "::"):
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(
                ("192.0.2.1", 9)
            )  # a documentation address; connecting a datagram socket sends nothing
        except OSError:
            return None
        address = str(probe.getsockname()[0])
    return None if address.startswith(("127.", "0.")) else address
