"""Telling Telegram where to deliver, until it knows, and looking now and then whether it does."""

import asyncio
from datetime import datetime
from typing import Final

from telegram import Bot, WebhookInfo
from telegram.error import InvalidToken, RetryAfter, TelegramError

from bot.config import BotConfig
from bot.heartbeat import Health
from bot.polling import STAND_BY, seconds_of
from bot.updates import ALLOWED
from bot.waiting import Backoff, pause, unless_stopped

#: deliveries under way at the same time; seconds between two looks
CONNECTIONS: Final = 40
EVERY: Final = 60.0


class Registrar:
    """Keeps the webhook set. What waits at Telegram is never dropped."""

    def __init__(self, bot: Bot, config: BotConfig, health: Health) -> None:
        self._bot, self._config, self._health = bot, config, health
        self._backoff = Backoff()
        self._is_set = False
        self._last_error: datetime | None = None

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            seconds = await unless_stopped(stop, self.step())
            await pause(stop, seconds or 0.0)

    async def step(self) -> float:
        """Set the webhook, or look at it; return the seconds to wait before the next step."""
        try:
            if self._is_set:
                await self._look()
            else:
                await self._set()
        except InvalidToken:
            self._health.become("refused", "Telegram refuses the token")
            return STAND_BY
        except RetryAfter as error:
            return seconds_of(error)
        except TelegramError as error:
            self._health.become("unreachable", f"{type(error).__name__}: {error}")
            return self._backoff.pause()
        self._backoff.reset()
        return EVERY

    async def _set(self) -> None:
        await self._bot.set_webhook(
            self._config.webhook_url,
            secret_token=self._config.webhook_secret,
            allowed_updates=ALLOWED,
            max_connections=CONNECTIONS,
            drop_pending_updates=False,
        )
        self._is_set = True
        self._health.become("working")

    async def _look(self) -> None:
        info = await self._bot.get_webhook_info()
        if info.url != self._config.webhook_url:
            await self._set()
        elif self._is_in_vain(info):
            self._health.become("unreachable", f"Telegram cannot deliver: {info.last_error_message}")
        else:
            self._health.become("working")

    def _is_in_vain(self, info: WebhookInfo) -> bool:
        """True when updates wait and a delivery has failed since the last look."""
        is_new = info.last_error_date is not None and info.last_error_date != self._last_error
        self._last_error = info.last_error_date
        return is_new and info.pending_update_count > 0
