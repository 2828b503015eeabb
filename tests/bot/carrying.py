"""The inbound half as one piece for tests: our fake Telegram on one side, a little backend on the other."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from telegram import Bot

from bot.client import Backend
from bot.config import BotConfig
from bot.heartbeat import Health
from bot.inbox import Inbox
from bot.manners import Etiquette, Manners
from bot.polling import Poller
from bot.request import AiohttpRequest
from tests.bot.little_backend import LittleBackend
from tests.fake_telegram import FakeTelegram


class Line:
    """One bot's line: ``bot`` and ``fetching`` towards Telegram, ``poller``, ``health`` and ``inbox``."""

    def __init__(self, config: BotConfig) -> None:
        self.config = config
        self.health = Health(config)
        self.calling, self.fetching = AiohttpRequest(config.proxy), AiohttpRequest(config.proxy, 2)
        self.bot = Bot(
            config.token,
            base_url=config.base_url,
            base_file_url=config.base_file_url,
            request=self.calling,
            get_updates_request=self.fetching,
        )
        self.client = Backend(config)
        self.inbox = Inbox(self.client)
        self.manners = Manners(self.bot, Etiquette(config, self.health))

    def poller(self, **values: Any) -> Poller:
        values = {"stand_by": 0.05, "hold": 0, **values}
        return Poller(self.bot, self.fetching, self.inbox, self.config, self.health, self.manners, **values)

    async def close(self) -> None:
        await self.manners.close()
        await self.inbox.close()
        await self.client.close()
        await self.calling.shutdown()
        await self.fetching.shutdown()


@asynccontextmanager
async def line(config: BotConfig) -> AsyncIterator[Line]:
    one = Line(config)
    try:
        yield one
    finally:
        await one.close()


def carrying(test: Callable[[FakeTelegram, LittleBackend], Coroutine[Any, Any, None]]) -> None:
    """Run ``test`` in a loop of its own, with a fake Telegram and a backend."""

    async def run(fake: FakeTelegram) -> None:
        async with LittleBackend() as backend:
            await test(fake, backend)

    with FakeTelegram() as fake:
        asyncio.run(run(fake))


def config_of(fake: FakeTelegram, backend: LittleBackend, **values: str) -> BotConfig:
    return backend.config(token=fake.token, api_url=fake.url, **values)
