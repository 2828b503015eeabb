"""Messages into the backend's inbox, and the certainty that they lie there.

Group commit: what arrives while one request is under way travels together in the next. Whoever calls
``store`` goes on when the messages are durable, or have been given up as unreadable; ``BackendDown`` means
that they must be offered again. Poison (a message the backend refuses) is singled out: it is stored once
more without its contents, so that the person gets an answer, and never blocks what is behind it.
"""

import asyncio
from collections.abc import Sequence
from typing import Final, Protocol

import structlog

from bot.errors import BackendDown, BackendRefused
from bot.updates import Inbound, bare

#: messages in one request: the backend writes them in one transaction, which must stay short
CHUNK: Final = 50
#: times that a single message may bring the backend to answer 500 before it is tried without contents
CRASHES: Final = 5
REMEMBERED: Final = 1000
Waiting = tuple[Inbound, asyncio.Future[None]]
log: Final = structlog.stdlib.get_logger(__name__)


class Store(Protocol):
    """The door that messages go through (``bot.client.Backend``)."""

    async def store(self, messages: Sequence[Inbound]) -> int: ...


class Inbox:
    """One at a time goes through the door, in the order of arrival; belongs to one loop."""

    def __init__(self, backend: Store) -> None:
        self._backend = backend
        self._waiting: list[Waiting] = []
        self._worker: asyncio.Task[None] | None = None
        self._crashes: dict[str, int] = {}

    async def store(self, messages: Sequence[Inbound]) -> None:
        """Return when all ``messages`` are durable, in their order. Raises BackendDown when they are not."""
        if not messages:
            return
        loop = asyncio.get_running_loop()
        done = [loop.create_future() for _ in messages]
        self._waiting += zip(messages, done, strict=True)
        if self._worker is None or self._worker.done():
            self._worker = loop.create_task(self._work())
        results = await asyncio.gather(*done, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def close(self) -> None:
        """Give up what is under way; those who wait are told that it is not stored."""
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)
        self._fail(self._waiting, BackendDown(None, "the carrier stops"))

    async def _work(self) -> None:
        while self._waiting:
            chunk, self._waiting = self._waiting[:CHUNK], self._waiting[CHUNK:]
            try:
                await self._put([message for message, _ in chunk])
            except asyncio.CancelledError:
                self._fail_all(chunk, BackendDown(None, "the carrier stops"))
                raise
            except Exception as error:
                self._fail_all(chunk, error)
            else:
                for _, done in chunk:
                    if not done.done():
                        done.set_result(None)

    def _fail_all(self, chunk: Sequence[Waiting], error: Exception) -> None:
        """All that wait fail with the chunk: a later message must not be stored before an earlier one."""
        behind, self._waiting = self._waiting, []
        self._fail([*chunk, *behind], error)

    @staticmethod
    def _fail(waiting: Sequence[Waiting], error: Exception) -> None:
        for _, done in waiting:
            if not done.done():
                done.set_exception(error)

    async def _put(self, messages: Sequence[Inbound]) -> None:
        try:
            await self._backend.store(messages)
            return
        except BackendRefused:
            pass  # one of them is bad; which, shows one by one
        except BackendDown as error:
            if error.status != 500:
                raise
        for message in messages:
            await self._put_alone(message)

    async def _put_alone(self, message: Inbound) -> None:
        try:
            await self._backend.store([message])
        except BackendRefused as error:
            log.error("message refused", external_id=message.get("external_id"), status=error.status)
            await self._put_bare(message)
        except BackendDown as error:
            if error.status != 500 or not self._is_crashing(message):
                raise
            # If the backend takes it without its contents, it was the contents; if not, all is kept.
            await self._put_bare(message)
            log.error("message broke the backend", external_id=message.get("external_id"))

    async def _put_bare(self, message: Inbound) -> None:
        try:
            await self._backend.store([bare(message)])
        except BackendRefused as error:
            log.error("message dropped", external_id=message.get("external_id"), status=error.status)

    def _is_crashing(self, message: Inbound) -> bool:
        """Count one more 500 for this message; True when there have been too many for an accident."""
        key = str(message.get("external_id"))
        count = self._crashes.pop(key, 0) + 1
        self._crashes[key] = count
        while len(self._crashes) > REMEMBERED:
            del self._crashes[next(iter(self._crashes))]
        return count >= CRASHES
