"""Telling the backend what became of parcels: several in one call, each until it is taken or too late."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import structlog

from bot.errors import BackendDown, BackendRefused
from bot.journal import Journal
from bot.ports import Backend, Json
from bot.waiting import Backoff

#: what ends this soon after another goes with it (seconds)
TOGETHER: Final = 0.005
MOST: Final = 100
log: Final = structlog.stdlib.get_logger(__name__)


class Acks:
    """Acks that wait to be told. An ack whose lease is over is dropped: its row was leased anew."""

    def __init__(self, backend: Backend, now: Callable[[], float], journal: Journal | None = None) -> None:
        """``journal`` keeps the acks of sends that went out beyond this process's end."""
        self._backend = backend
        self._journal = journal or Journal()
        self._now = now
        self._waiting: list[tuple[Json, float]] = []
        self._some = asyncio.Event()
        self._changed = asyncio.Event()
        self._on_the_way: set[Any] = set()
        self._taken = asyncio.Event()
        self._taken.set()
        self._backoff = Backoff(first=0.1, longest=2.0)

    def put(self, ack: Json, until: float) -> None:
        """Take an ack that is worth telling until ``until``."""
        self._journal.note(ack)
        self._waiting.append((ack, until))
        self._some.set()

    def take_up(self, until: float) -> None:
        """Take what a killed process had sent and not told. Once, at the beginning."""
        left = self._journal.open()
        if left:
            log.info("sends of the process before are told now", count=len(left))
            self._waiting += [(ack, until) for ack in left]
            self._some.set()

    def close(self) -> None:
        self._journal.close()

    async def settled(self, parcel_id: Any) -> None:
        """Wait until no ack of this parcel waits or is on its way."""
        while parcel_id in self._on_the_way or any(ack["id"] == parcel_id for ack, _ in self._waiting):
            self._changed.clear()
            await self._changed.wait()

    async def all_told(self) -> None:
        """Wait until none waits or is on its way."""
        while self._on_the_way or self._waiting:
            self._changed.clear()
            await self._changed.wait()

    async def run(self) -> None:
        """Tell them until cancelled; what comes while a call is out goes with the next one."""
        while True:
            await self._some.wait()
            await asyncio.sleep(TOGETHER)
            if not await self.flush():
                await asyncio.sleep(self._backoff.pause())

    async def until_taken(self, seconds: float) -> bool:
        """Wait while the backend takes no acks; False when it still does not after ``seconds``.

        What is sent meanwhile could not be told: a killed process would send all of it again.
        """
        try:
            async with asyncio.timeout(seconds):
                await self._taken.wait()
        except TimeoutError:
            return False
        return True

    async def flush(self) -> bool:
        """Tell what waits, at most a hundred; False when the backend is away and they wait on."""
        batch = self._batch()
        if not batch:
            self._taken.set()  # what could not be told is too late now
            self._changed.set()
            return True
        self._on_the_way = {ack["id"] for ack, _ in batch}
        try:
            await self._backend.ack([ack for ack, _ in batch])
        except BackendRefused as error:
            await self._apart(batch, error)
        except BackendDown:
            self._waiting = batch + self._waiting
            self._some.set()
            self._taken.clear()
            return False
        except asyncio.CancelledError:
            self._waiting = batch + self._waiting
            raise
        finally:
            self._on_the_way = set()
            self._changed.set()
        self._backoff.reset()
        self._taken.set()
        self._journal.told(ack for ack, _ in self._waiting)
        return True

    def __len__(self) -> int:
        return len(self._waiting)

    def _batch(self) -> list[tuple[Json, float]]:
        now = self._now()
        live = [waiting for waiting in self._waiting if waiting[1] > now]
        if len(live) < len(self._waiting):
            log.warning("acks too late", count=len(self._waiting) - len(live))
        batch, self._waiting = live[:MOST], live[MOST:]
        if not self._waiting:
            self._some.clear()
        return batch

    async def _apart(self, batch: list[tuple[Json, Any]], error: BackendRefused) -> None:
        """One the backend will not take must not hold up the others."""
        if len(batch) == 1:
            log.error("ack refused", parcel=batch[0][0]["id"], status=error.status, because=error.detail)
            return
        for waiting in batch:
            try:
                await self._backend.ack([waiting[0]])
            except BackendDown:
                self.put(*waiting)
            except BackendRefused as refused:
                await self._apart([waiting], refused)
