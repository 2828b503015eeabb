"""One reader of live events per process, every 200 ms, fanned out to all its streams and long polls."""

import asyncio
from typing import Final

from backend import logs
from backend.conversations.bell import Bell
from backend.db import Database
from backend.messages import live
from backend.messages.live import Cursor, Live
from backend.web.live import LiveHub, LiveMessage
from backend.webchat.waiting import Waiters

EVERY_SECONDS: Final = 0.2


class LivePoller:
    """Reads events once for everybody; runs on the event loop, reads in a thread."""

    def __init__(self, db: Database, hub: LiveHub, waiters: Waiters, bell: Bell) -> None:
        self._db = db
        self._hub = hub
        self._waiters = waiters
        self._bell = bell
        self._cursor: Cursor | None = None

    async def run(self) -> None:
        """Poll until cancelled; a passing fault of the database is logged and tried again."""
        while True:
            try:
                await self.step()
            except Exception as error:
                logs.failure("live_poller", error)
                await asyncio.sleep(1)
            await asyncio.sleep(EVERY_SECONDS)

    async def step(self) -> int:
        """Read what is new and hand it out; how many events there were."""
        found = await asyncio.to_thread(self._read)
        for event in found:
            self._hand_out(event)
        return len(found)

    def _read(self) -> list[Live]:
        with self._db.read() as session:
            if self._cursor is None:
                self._cursor = live.latest(session)
                return []
            found = live.list_after(session, self._cursor)
        if found:
            self._cursor = found[-1].cursor
        return found

    def _hand_out(self, event: Live) -> None:
        if event.kind == "message":
            self._waiters.wake(int(event.payload["conversation"]))
            self._bell.ring()  # something may have been queued for a channel
        key = f"{event.cursor.xid}.{event.cursor.id}"
        if event.kind == "alert":
            users = event.payload.get("users") or [None]
            self._hub.publish(LiveMessage(key, event.estate_id, "alert", {}, user) for user in users)
        else:
            self._hub.publish([LiveMessage(key, event.estate_id, event.kind, event.payload)])
