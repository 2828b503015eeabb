"""Few requests without an answer at a time: those are what a killed process sends again."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Final

#: requests without an answer; how long one counts (seconds). With Telegram's usual answer in a tenth of a
#: second this is about its own pace; a slow one, or one that hangs, keeps nobody else back for longer.
MOST: Final = 3
COUNTS: Final = 0.15


class Abreast:
    """Lets through ``most`` at a time, in the order in which they came; belongs to one loop."""

    def __init__(self, most: int = MOST, counts: float = COUNTS) -> None:
        self._free = asyncio.Semaphore(most)
        self._counts = counts

    @contextlib.asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Wait for a place, and keep it until the answer is there or it has been kept for long enough."""
        await self._free.acquire()
        place = contextlib.ExitStack()
        place.callback(self._free.release)
        timer = asyncio.get_running_loop().call_later(self._counts, place.close)
        try:
            yield
        finally:
            timer.cancel()
            place.close()
