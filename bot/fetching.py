"""Fetching what people sent: a file is claimed, downloaded from Telegram, handed to the backend.

Telegram lets bots download up to 20 MB; more than that is never read, whatever a server announces.
"""

import asyncio
import secrets
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, Final, Protocol

import structlog
from telegram import Bot
from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from bot.errors import BackendDown, BackendRefused
from bot.faults import TOKEN_SECONDS, says
from bot.ports import Backend
from bot.waiting import Backoff, pause, unless_stopped

LIMIT: Final = 20 * 1024 * 1024
PLACES: Final = 3
CLAIM_WAIT: Final = 20.0
#: seconds for one file, within the lease of 120 s
FETCH_SECONDS: Final = 100.0
GRACE: Final = 1.0
_PASSING: Final = ("temporarily unavailable", "try again", "flood")
log: Final = structlog.stdlib.get_logger(__name__)


class TooBig(Exception):
    """The file has more bytes than we take."""


class Download(Protocol):
    """Reads what an address holds: ``bot.request.AiohttpRequest.download`` in service."""

    async def __call__(self, url: str, limit: int) -> bytes | None:
        """Return the bytes, None when they are more than ``limit``. Raises TelegramError."""


class Fetcher:
    """Fetches the files that messages wait for, three at a time. None of them is ever sent to a person."""

    def __init__(self, bot: Bot, backend: Backend, download: Download) -> None:
        self._bot, self._backend, self._download = bot, backend, download
        self._backoff = Backoff(first=0.5, longest=10.0)
        self._jobs: set[asyncio.Task[None]] = set()
        self._pause = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Fetch until ``stop``; what is under way then is given back to the backend."""
        try:
            while not stop.is_set():
                await self._round(stop)
        finally:
            await self._wind_up()

    async def _round(self, stop: asyncio.Event) -> None:
        if self._pause:
            seconds, self._pause = self._pause, 0.0
            await pause(stop, seconds)
        elif len(self._jobs) >= PLACES:
            await unless_stopped(stop, asyncio.wait(self._jobs, return_when=asyncio.FIRST_COMPLETED))
        else:
            await pause(stop, await unless_stopped(stop, self._claim()) or 0.0)

    async def _claim(self) -> float:
        """Claim once and begin to fetch; return the seconds to wait before the next claim."""
        try:
            answer = await self._backend.claim_files(PLACES - len(self._jobs), CLAIM_WAIT)
        except (BackendDown, BackendRefused) as error:
            seconds = self._backoff.pause()
            log.warning("no files claimed", status=error.status, again_in=round(seconds, 1))
            return seconds
        self._backoff.reset()
        for item in answer.get("items") or ():
            task = asyncio.create_task(self._run_job(item))
            self._jobs.add(task)
            task.add_done_callback(self._jobs.discard)
        return 0.0

    async def _run_job(self, item: Mapping[str, Any]) -> None:
        """Fetch one file; say so when it could not be had."""
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                await self._fetch(item)
            return
        except asyncio.CancelledError:
            await self._settle(item, "retry", "stopped")
            raise
        except Exception as error:
            outcome, reason = self._outcome(item, error)
        await self._settle(item, outcome, reason)

    async def _fetch(self, item: Mapping[str, Any]) -> None:
        if int(item.get("size") or 0) > LIMIT:
            raise TooBig
        file = await self._bot.get_file(str(item["remote_id"]))
        path = file.file_path or ""
        if (file.file_size or 0) > LIMIT:
            raise TooBig
        data = await self._download(path, LIMIT)
        if data is None:
            raise TooBig
        name = item.get("name") or PurePosixPath(path).name or "file"
        try:
            await self._backend.upload(item["id"], data, name)
        except BackendRefused as error:  # the backend has settled it itself
            log.info("file not kept", file=item["id"], status=error.status)

    def _outcome(self, item: Mapping[str, Any], error: Exception) -> tuple[str, str]:
        if isinstance(error, TooBig) or (isinstance(error, BadRequest) and says(error, "too big")):
            return "dead", "too_large"
        if isinstance(error, BadRequest | Forbidden) and not says(error, *_PASSING):
            return "dead", "refused"
        if isinstance(error, InvalidToken):
            self._pause = TOKEN_SECONDS
            return "retry", "token"
        if isinstance(error, TelegramError | TimeoutError | BackendDown):
            return "retry", type(error).__name__
        log.error("failed", file=item.get("id"), error_id=secrets.token_hex(4), exc_info=error)
        return "dead", "fault"

    async def _settle(self, item: Mapping[str, Any], outcome: str, reason: str) -> None:
        """Tell the backend; when it is away, its lease on the file ends by itself."""
        log.warning("file not fetched", file=item.get("id"), outcome=outcome, because=reason)
        try:
            await self._backend.ack_file(item["id"], outcome, reason)
        except (BackendDown, BackendRefused) as error:
            log.warning("file not settled", file=item.get("id"), status=error.status)

    async def _wind_up(self) -> None:
        for task in self._jobs:
            task.cancel()
        if self._jobs:
            await asyncio.wait(self._jobs, timeout=GRACE)
