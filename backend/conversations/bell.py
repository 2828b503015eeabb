"""A bell of one process: whoever waits for something to send or to answer is woken at once.

Other processes are not heard; they are found by looking again after a moment.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Bell:
    """Rung from any thread; heard on the event loop it was given."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listeners: set[asyncio.Event] = set()
        self._is_closed = False

    def hang(self, loop: asyncio.AbstractEventLoop) -> None:
        """Name the loop on which it is heard; before that, ringing does nothing."""
        self._loop = loop

    @contextmanager
    def listen(self) -> Iterator[asyncio.Event]:
        """An event that the next ring sets; listen before looking, or a ring is missed."""
        event = asyncio.Event()
        self._listeners.add(event)
        try:
            yield event
        finally:
            self._listeners.discard(event)

    def ring(self) -> None:
        """Wake every listener. Safe in every thread, and after the loop has ended."""
        if self._loop is None or self._loop.is_closed():
            return
        self._loop.call_soon_threadsafe(self._wake)

    def ring_in(self, seconds: float) -> None:
        """Ring after a while. On the loop only."""
        if self._loop is not None:
            self._loop.call_later(seconds, self._wake)

    @property
    def is_closed(self) -> bool:
        return self._is_closed

    def close(self) -> None:
        """Let everyone who listens go now, so that the server can stop."""
        self._is_closed = True
        self.ring()

    def _wake(self) -> None:
        for event in self._listeners:
            event.set()
