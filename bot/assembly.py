"""The carrier beside the rest of a process: in its own thread, with its own loop."""

import asyncio
import contextlib
import importlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

import structlog

from bot.application import Carrier
from bot.config import BotConfig, webhook_path
from bot.pacing import Limits
from bot.updates import Inbound
from bot.webhook import WebhookApp

#: seconds to wait for the end of the carrier, which needs two at most
PATIENCE: Final = 3.0
log: Final = structlog.stdlib.get_logger(__name__)


class Settings(Protocol):
    """What the carrier reads of the installation's settings."""

    @property
    def telegram_token(self) -> str: ...
    @property
    def telegram_api_url(self) -> str: ...
    @property
    def telegram_mode(self) -> str: ...
    @property
    def telegram_proxy(self) -> str: ...
    @property
    def service_token(self) -> str: ...
    @property
    def public_url(self) -> str: ...
    @property
    def var_dir(self) -> Path: ...


def configure(settings: Settings, backend_url: str, webhook_secret: str) -> BotConfig:
    """Return the carrier's own settings; in webhook mode Telegram delivers under the public address."""
    token = settings.telegram_token
    return BotConfig(
        token=token,
        service_token=settings.service_token,
        backend_url=backend_url,
        api_url=settings.telegram_api_url,
        mode=settings.telegram_mode,
        webhook_url=settings.public_url + webhook_path(token),
        webhook_secret=webhook_secret,
        proxy=settings.telegram_proxy,
        keep=settings.var_dir,
    )


class Telegram:
    """One bot's carrier as a thread. ``webhook`` is the ASGI app to serve, in webhook mode only."""

    def __init__(
        self,
        config: BotConfig,
        on_known: Callable[[str], None] | None = None,
        limits: Limits | None = None,
        on_change: Callable[[str], None] | None = None,
    ) -> None:
        """``on_known`` and ``on_change``: what the operator is told (called in the carrier's thread).

        ``limits`` None: Telegram's. Raises CannotCarry when the settings do not allow it to start.
        """
        self._carrier = Carrier(config, on_known, limits=limits, on_change=on_change)
        self.webhook: WebhookApp | None = None
        if config.mode == "webhook":
            self.webhook = WebhookApp(config, self._carrier.health, on_stored=self._pass_on)
        self._thread = threading.Thread(target=self._run, name="telegram", daemon=True)
        self._asked = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the carrier: sends under way are finished. Returns within three seconds."""
        self._asked.set()
        if self._loop is not None and self._stop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has just ended by itself
                self._loop.call_soon_threadsafe(self._stop.set)
        if self._thread.ident is not None:
            self._thread.join(PATIENCE)

    def _pass_on(self, message: Inbound) -> None:
        """Tell the carrier's loop of a message that the webhook has stored in another."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the carrier has ended
                self._loop.call_soon_threadsafe(self._carrier.on_stored, message)

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=_loop_factory()) as runner:
                runner.run(self._carry())
        except Exception as error:
            log.error("the telegram part ended", exc_info=error)

    async def _carry(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        if self._asked.is_set():
            return
        await self._carrier.run(self._stop)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """Return the fast loop where there is one: the web server has it too."""
    try:
        uvloop = importlib.import_module("uvloop")
    except ImportError:
        return asyncio.new_event_loop
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory
