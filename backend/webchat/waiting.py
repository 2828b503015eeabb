"""Long polls of one process: woken when their conversation has something new, ended at shutdown."""

import asyncio
import math
from collections.abc import Iterator
from contextlib import contextmanager


class Waiters:
    """Lives on the event loop: no locks are needed."""

    def __init__(self) -> None:
        self._waiting: dict[int, set[asyncio.Event]] = {}
        self._is_closed = False

    @contextmanager
    def join(self, conversation_id: int) -> Iterator[asyncio.Event]:
        """An event that is set when the conversation changes; join before looking, or a change is missed."""
        event = asyncio.Event()
        if self._is_closed:
            event.set()
        self._waiting.setdefault(conversation_id, set()).add(event)
        try:
            yield event
        finally:
            waiting = self._waiting.get(conversation_id, set())
            waiting.discard(event)
            if not waiting:
                self._waiting.pop(conversation_id, None)

    def wake(self, conversation_id: int) -> None:
        for event in self._waiting.get(conversation_id, ()):
            event.set()

    @property
    def is_closed(self) -> bool:
        return self._is_closed

    def close(self) -> None:
        """Let every long poll answer now, so that the server can stop."""
        self._is_closed = True
        for events in self._waiting.values():
            for event in events:
                event.set()


async def wait(event: asyncio.Event, seconds: float) -> bool:
    """Wait for the event at most so long; False when the time passed."""
    try:
        async with asyncio.timeout(None if seconds == math.inf else seconds):
            await event.wait()
    except TimeoutError:
        return False
    event.clear()
    return True
