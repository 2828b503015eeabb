"""An unmodified python-telegram-bot at the fake: what the tests of the fake share."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, TelegramError
from telegram.request import HTTPXRequest

from tests.fake_telegram import FakeTelegram

Work = Callable[[Bot], Coroutine[Any, Any, Any]]


@asynccontextmanager
async def bot_at(fake: FakeTelegram, token: str = "") -> AsyncIterator[Bot]:
    def request() -> HTTPXRequest:
        return HTTPXRequest(connection_pool_size=8, httpx_kwargs={"trust_env": False})

    async with Bot(
        token or fake.token,
        base_url=f"{fake.url}/bot",
        base_file_url=f"{fake.url}/file/bot",
        request=request(),
        get_updates_request=request(),
    ) as bot:
        yield bot


def run(fake: FakeTelegram, work: Work) -> Any:
    async def whole() -> Any:
        async with bot_at(fake) as bot:
            return await work(bot)

    return asyncio.run(whole())


def keyboard(*labels: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(one, callback_data=one.lower())] for one in labels])


def picture(width: int = 1600, height: int = 900) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, "JPEG")
    return out.getvalue()


async def refusal(call: Coroutine[Any, Any, Any], kind: type[TelegramError] = BadRequest) -> str:
    with pytest.raises(kind) as caught:
        await call
    return str(caught.value)
