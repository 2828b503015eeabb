"""How long to wait after a failure, and waiting that ends when the carrier is asked to stop."""

import asyncio
import contextlib
import random
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

T = TypeVar("T")

FIRST: Final = 1.0
LONGEST: Final = 30.0


class Backoff:
    """Doubling pauses from ``first`` to ``longest`` seconds, each shortened by up to half: processes do not
    march in step.
    """

    def __init__(
        self, chance: Callable[[], float] = random.random, first: float = FIRST, longest: float = LONGEST
    ) -> None:
        self._chance = chance
        self._first = first
        self._longest = longest
        self._failures = 0

    def pause(self) -> float:
        """Return the seconds to wait after one more failure."""
        whole = min(self._longest, self._first * 2.0 ** min(self._failures, 10))
        self._failures += 1
        return whole * (1 - self._chance() / 2)

    def reset(self) -> None:
        self._failures = 0


async def pause(stop: asyncio.Event, seconds: float) -> bool:
    """Wait ``seconds``, or until the stop is asked for; return whether it is."""
    if seconds > 0:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await stop.wait()
    return stop.is_set()


async def unless_stopped(stop: asyncio.Event, work: Coroutine[Any, Any, T]) -> T | None:
    """Return what ``work`` returns, or None when the stop came first; ``work`` is then cancelled."""
    ending, task = asyncio.ensure_future(stop.wait()), asyncio.ensure_future(work)
    try:
        await asyncio.wait({ending, task}, return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        for left in (ending, task):
            left.cancel()
        await asyncio.gather(ending, task, return_exceptions=True)
