"""The live stream: one hub per process, one plain server-sent event stream per browser.

Events carry ids only; the page then asks for the rows it may see, in its own language.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.responses import StreamingResponse

KEEP_ALIVE_SECONDS: Final = 15.0
#: a browser that has not read this many events is behind for good: it is sent off and looks anew
BACKLOG: Final = 500


@dataclass(frozen=True, slots=True)
class LiveMessage:
    """One event for open pages: ``kind`` is ticket, alert or clock; ``user_id`` None means everybody."""

    id: str
    estate_id: int
    kind: str
    payload: dict[str, Any]
    user_id: int | None = None

    def encoded(self) -> bytes:
        data = json.dumps(self.payload, separators=(",", ":"))
        return f"id: {self.id}\nevent: {self.kind}\ndata: {data}\n\n".encode()


@dataclass(eq=False, slots=True)
class Listener:
    """One open stream: the estates its user may see, and what waits to be sent; None ends the stream."""

    user_id: int
    estates: frozenset[int]
    queue: asyncio.Queue[bytes | None] = field(default_factory=lambda: asyncio.Queue(BACKLOG + 1))

    def wants(self, message: LiveMessage) -> bool:
        return message.estate_id in self.estates and message.user_id in (None, self.user_id)

    def offer(self, chunk: bytes | None) -> bool:
        """Queue ``chunk``; False when this browser reads too slowly."""
        if chunk is not None and self.queue.qsize() >= BACKLOG:
            return False
        try:
            self.queue.put_nowait(chunk)
        except asyncio.QueueFull:
            return False
        return True


class LiveHub:
    """Fans events out to the streams of this process. Lives on the event loop: no locks are needed."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._is_closed = False

    def __len__(self) -> int:
        return len(self._listeners)

    def join(self, user_id: int, estates: Iterable[int]) -> Listener:
        """Open a stream for ``user_id``; a hub that is shut down hands out an ended one."""
        listener = Listener(user_id, frozenset(estates))
        if self._is_closed:
            listener.offer(None)
        else:
            self._listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        self._listeners.discard(listener)

    def publish(self, messages: Iterable[LiveMessage]) -> None:
        """Hand each message to every stream that may know of it."""
        for message in messages:
            chunk = message.encoded()
            for listener in [one for one in self._listeners if one.wants(message)]:
                if not listener.offer(chunk):
                    self.leave(listener)
                    listener.queue.get_nowait()
                    listener.offer(None)

    def close(self) -> None:
        """End every stream, so that the server can stop at once."""
        self._is_closed = True
        for listener in self._listeners:
            if not listener.offer(None):
                listener.queue.get_nowait()
                listener.offer(None)
        self._listeners.clear()

    async def stream(self, listener: Listener) -> AsyncIterator[bytes]:
        """The bytes of one stream: a greeting, events, and a comment every 15 s."""
        yield b"retry: 2000\n\n: welcome\n\n"
        try:
            while True:
                try:
                    async with asyncio.timeout(KEEP_ALIVE_SECONDS):
                        chunk = await listener.queue.get()
                except TimeoutError:
                    chunk = b": still here\n\n"
                if chunk is None:
                    return
                yield chunk
        finally:
            self.leave(listener)

    def response(self, user_id: int, estates: Iterable[int]) -> StreamingResponse:
        """Answer a request for the live stream."""
        listener = self.join(user_id, estates)
        return StreamingResponse(
            self.stream(listener),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"},
        )
