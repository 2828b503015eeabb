"""Fetching updates ourselves: the next offset is asked for only when everything before it is durable.

python-telegram-bot's own updater confirms an update as soon as it lies in its memory; a killed process then
loses it. Here a killed process fetches it again, and the inbox knows it by its key.
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from typing import Any, Final
from urllib.parse import urlencode

import structlog
from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.config import BotConfig
from bot.errors import BackendDown
from bot.heartbeat import Health
from bot.inbox import Inbox
from bot.manners import Manners
from bot.request import AiohttpRequest
from bot.updates import ALLOWED, Inbound, inbound, salvage
from bot.waiting import Backoff, pause, unless_stopped

#: seconds that Telegram holds a request without news, and how many updates it may return
HOLD: Final = 25
BATCH: Final = 100
#: seconds between two tries while another poller has the token, or Telegram refuses it
STAND_BY: Final = 30.0
log: Final = structlog.stdlib.get_logger(__name__)


class Poller:
    """The one poller of a token; a second one stands by and takes over within ``stand_by`` seconds."""

    def __init__(
        self,
        bot: Bot,
        fetching: AiohttpRequest,
        inbox: Inbox,
        config: BotConfig,
        health: Health,
        manners: Manners,
        on_stored: Callable[[Inbound], None] | None = None,
        stand_by: float = STAND_BY,
        hold: int = HOLD,
    ) -> None:
        """``on_stored`` hears of each message when it is durable."""
        self.offset: int | None = None
        self._bot, self._fetching, self._inbox = bot, fetching, inbox
        self._config, self._health, self._manners = config, health, manners
        self._on_stored, self._stand_by, self._hold = on_stored, stand_by, hold
        self._backoff = Backoff()
        # The backend is a neighbour: asking it often costs nothing, and people wait for it.
        self._backend_backoff = Backoff(first=0.25, longest=5.0)
        self._has_cleared = False

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until ``stop``; a fetch under way is given up, its updates are not yet confirmed."""
        while not stop.is_set():
            seconds = await unless_stopped(stop, self.step())
            await pause(stop, seconds or 0.0)

    async def step(self) -> float:
        """Fetch once and store what came; return the seconds to wait before the next step.

        The offset moves past an update only when it is durable. Every failure is told to ``health``.
        """
        try:
            await self._clear_webhook()
            raws = await self._fetch()
        except TelegramError as error:
            return self._failed(error)
        self._health.become("working")
        try:
            await self._take(raws)
        except BackendDown as error:
            log.warning("backend down", because=self._config.mask(error), waiting=len(raws))
            return self._backend_backoff.pause()
        self._backoff.reset()
        self._backend_backoff.reset()
        return 0.0

    async def _clear_webhook(self) -> None:
        """Once: while a webhook is set, nothing can be fetched. What waits for us stays."""
        if not self._has_cleared:
            await self._bot.delete_webhook(drop_pending_updates=False)
            self._has_cleared = True

    async def _fetch(self) -> list[dict[str, Any]]:
        """Return raw updates: the library gives up a whole batch for one update that it cannot read."""
        # After a failure without holding, so that it soon shows whether all is well again.
        hold = self._hold if self._health.state == "working" else 0
        asked = {"timeout": hold, "limit": BATCH, "allowed_updates": json.dumps(ALLOWED)}
        if self.offset is not None:
            asked["offset"] = self.offset
        address = f"{self._config.base_url}{self._config.token}/getUpdates?{urlencode(asked)}"
        patience = hold + self._fetching.read_timeout
        found = await self._fetching.post(address, read_timeout=patience, write_timeout=0.0)
        return [raw for raw in found if isinstance(raw, dict)] if isinstance(found, list) else []

    async def _take(self, raws: Sequence[dict[str, Any]]) -> None:
        updates = [(raw, read(raw, self._bot)) for raw in raws]
        found = [translated(raw, update, self._config.account) for raw, update in updates]
        messages = [message for message in found if message is not None]
        await self._inbox.store(messages)
        if raws:
            self.offset = max(int(raw["update_id"]) for raw in raws) + 1
        for _, update in updates:
            if update is not None:
                self._manners.after(update)
        if self._on_stored is not None:
            for message in messages:
                self._on_stored(message)

    def _failed(self, error: TelegramError) -> float:
        if isinstance(error, Conflict):
            self._health.become("standing_by", "another poller has this token")
            return self._stand_by
        if isinstance(error, InvalidToken):
            self._health.become("refused", "Telegram refuses the token")
            return self._stand_by
        self._health.become("unreachable", type(error).__name__)
        if isinstance(error, RetryAfter):
            return seconds_of(error)
        return self._backoff.pause()


def read(raw: dict[str, Any], bot: Bot | None) -> Update | None:
    """Return the update, or None when the library cannot make sense of it (logged by its number)."""
    try:
        return Update.de_json(raw, bot)
    except Exception as error:  # whatever the library raises on a shape it does not know
        log.error("update not readable", update=raw.get("update_id"), because=type(error).__name__)
        return None


def translated(raw: dict[str, Any], update: Update | None, account: str) -> Inbound | None:
    """Return what the backend is told of an update, readable or not; none of them may stop the others."""
    if update is not None:
        try:
            return inbound(update, account)
        except Exception as error:  # a shape that we did not think of: it would come again and again
            log.error("update not understood", update=raw.get("update_id"), because=type(error).__name__)
    return salvage(raw, account)


def seconds_of(error: RetryAfter) -> float:
    after = error.retry_after
    return float(after) if isinstance(after, int | float) else after.total_seconds()
