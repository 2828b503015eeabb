"""The carrier: one bot, its poller or webhook, its sender and its fetcher, started and ended together."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from functools import partial
from hashlib import sha256
from typing import Final

import structlog
from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot.client import Backend
from bot.commands import introduce
from bot.config import BotConfig
from bot.fetching import Fetcher
from bot.heartbeat import Health
from bot.inbox import Inbox
from bot.journal import Journal
from bot.leading import Lead, place
from bot.manners import Etiquette, Manners
from bot.pacing import Limits
from bot.polling import STAND_BY, Poller
from bot.registration import Registrar
from bot.request import AiohttpRequest
from bot.sender import Sender
from bot.updates import Inbound
from bot.waiting import Backoff, pause, unless_stopped

#: seconds that sends under way have to end in when the stop is asked for
GRACE: Final = 2.0
#: seconds before a part that failed is started again
AGAIN: Final = 5.0
#: kinds of messages that nobody waits for an answer to
SILENT: Final = ("edit", "reaction", "blocked", "returned")
log: Final = structlog.stdlib.get_logger(__name__)

Part = Callable[[asyncio.Event], Awaitable[None]]


class Carrier:
    """Everything between one bot and the backend. ``run`` is called once."""

    def __init__(
        self,
        config: BotConfig,
        on_known: Callable[[str], None] | None = None,
        stand_by: float = STAND_BY,
        limits: Limits | None = None,
        on_change: Callable[[str], None] | None = None,
    ) -> None:
        """``on_known`` gets the bot's username once, ``on_change`` sentences for the operator.

        ``limits`` None: Telegram's. Raises CannotCarry for a proxy we cannot use.
        """
        self.config = config
        self.health = Health(config, on_known, on_change)
        self._stand_by, self._limits = stand_by, limits
        self._sender: Sender | None = None
        # At lower levels the library logs its calls: the address with the token, people's words.
        logging.getLogger("telegram").setLevel(logging.WARNING)
        self._calling = AiohttpRequest(config.proxy)
        self._fetching = AiohttpRequest(config.proxy, connections=2)
        self._bot = Bot(
            config.token,
            base_url=config.base_url,
            base_file_url=config.base_file_url,
            request=self._calling,
            get_updates_request=self._fetching,
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Carry until ``stop``, then end within three seconds. Nothing that was stored depends on how."""
        with place(self.config) as holder:
            self.health.holder = holder if self.config.mode == "polling" else None
            await self._carry(holder, stop)

    async def _carry(self, holder: str, stop: asyncio.Event) -> None:
        backend = Backend(self.config, holder)
        inbox = Inbox(backend)
        manners = Manners(self._bot, Etiquette(self.config, self.health))
        reporting = asyncio.create_task(self.health.report(backend))
        try:
            await self._greet(stop)
            await self._run_parts(self._parts(backend, inbox, manners, holder), stop)
        finally:
            reporting.cancel()
            await asyncio.gather(reporting, return_exceptions=True)
            await manners.close()
            await inbox.close()
            await backend.close()
            await self._calling.shutdown()
            await self._fetching.shutdown()

    def on_stored(self, message: Inbound) -> None:
        """A message lies in the inbox: its sender sees that an answer is being written. Own loop only."""
        if self._sender is not None and message.get("kind") not in SILENT:
            self._sender.expect_reply(int(message["chat"]))

    def _parts(self, backend: Backend, inbox: Inbox, manners: Manners, holder: str) -> dict[str, Part]:
        self._sender = Sender(
            self._bot, backend, limits=self._limits, health=self.health, journal=self._journal(holder)
        )
        receiving: Part = Registrar(self._bot, self.config, self.health).run
        if self.config.mode == "polling":
            poller = Poller(
                self._bot,
                self._fetching,
                inbox,
                self.config,
                self.health,
                manners,
                self.on_stored,
                self._stand_by,
            )
            receiving = partial(Lead(backend, self.health, holder).run, poller.run)
        return {
            "receiving": receiving,
            "sending": self._sender.run,
            "fetching": Fetcher(self._bot, backend, self._calling.download).run,
            "introducing": self._introduce,
        }

    def _journal(self, holder: str) -> Journal:
        """The journal of this place, kept by account and place: a machine may run several."""
        if self.config.keep is None:
            return Journal()
        name = sha256(f"{holder} {self.config.backend_url}".encode()).hexdigest()[:16]
        return Journal(self.config.keep / f"telegram-{self.config.account}-{name}.sent")

    async def _run_parts(self, parts: dict[str, Part], stop: asyncio.Event) -> None:
        tasks = [asyncio.create_task(self._keep(name, part, stop)) for name, part in parts.items()]
        await stop.wait()
        _, late = await asyncio.wait(tasks, timeout=GRACE)
        for task in late:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep(self, name: str, part: Part, stop: asyncio.Event) -> None:
        """Run a part; one that fails by a fault of ours is logged and started again."""
        while not stop.is_set():
            try:
                await part(stop)
                return
            except Exception as error:
                log.error("failed", part=name, error_id=secrets.token_hex(4), exc_info=error)
            await pause(stop, AGAIN)

    async def _greet(self, stop: asyncio.Event) -> None:
        """Ask Telegram who we are until it says so: nothing is claimed for a bot that cannot send."""
        backoff = Backoff()
        while not stop.is_set():
            seconds = await unless_stopped(stop, self._ask_name(backoff))
            if not seconds:
                return
            await pause(stop, seconds)

    async def _ask_name(self, backoff: Backoff) -> float:
        try:
            me = await self._bot.get_me()
        except InvalidToken:
            self.health.become("refused", "Telegram refuses the token")
            return self._stand_by
        except TelegramError as error:
            self.health.become("unreachable", type(error).__name__)
            return backoff.pause()
        self.health.known(me.username or "")
        return 0.0

    async def _introduce(self, stop: asyncio.Event) -> None:
        await unless_stopped(stop, introduce(self._bot))
