"""The notifier's own thread: each second it hands alerts over, and sends what is due, side by side.

It runs beside the scheduler, never in it: a mail server that takes its time must not hold up a promise.
Several processes may run one each.
"""

import asyncio
import threading
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, Final

from backend import logs
from backend.clock import Clock
from backend.db import Database
from backend.notifier import queries, service
from backend.notifier.robots import Outcome
from backend.notifier.senders import Outside, Sender, senders
from backend.notifier.service import Bundle, Titles
from backend.vault import Vault

EVERY_SECONDS: Final = 1.0
#: what is under way at the end has this long; what is cut off is sent again when its lease is over
GRACE_SECONDS: Final = 2.0
#: a failing round is logged once a minute
LOG_EVERY: Final = 60
FORGET_EVERY: Final = timedelta(hours=6)


class Worker:
    """Tells staff. ``url``: where the dashboard lives; ``titles``: names of the promises, by clock."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        vault: Vault,
        url: str,
        titles: Titles | None = None,
        outside: Outside | None = None,
    ) -> None:
        self._db, self._clock, self._vault, self._url = db, clock, vault, url
        self._titles = titles or {}
        self._outside = outside
        self._senders: dict[str, Sender] = {}
        self._sends: set[asyncio.Task[None]] = set()
        self._failures = 0
        self._forgot_at = clock.real_now()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None

    def start(self) -> None:
        """Begin, in a thread of its own."""
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(ready)), name="notifier",
                                        daemon=True)  # fmt: skip
        self._thread.start()
        ready.wait()

    def shutdown(self, wait: bool = True) -> None:
        """End within about two seconds; nothing is lost by it."""
        if self._loop is None or self._stop is None or self._thread is None:
            return
        self._loop.call_soon_threadsafe(self._stop.set)
        if wait:
            self._thread.join(GRACE_SECONDS + 1)

    async def round(self) -> int:
        """Hand over and send once, to the end; returns how many messages went their way."""
        sends = await self._begin()
        await asyncio.gather(*sends)
        return len(sends)

    async def _run(self, ready: threading.Event) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        ready.set()
        while not self._stop.is_set():
            await self._guarded()
            try:
                async with asyncio.timeout(EVERY_SECONDS):
                    await self._stop.wait()
            except TimeoutError:
                continue
        if self._sends:
            await asyncio.wait(self._sends, timeout=GRACE_SECONDS)

    async def _guarded(self) -> None:
        try:
            for send in await self._begin():
                task = asyncio.create_task(self._logged(send))
                self._sends.add(task)
                task.add_done_callback(self._sends.discard)
        except Exception as error:
            if self._failures % LOG_EVERY == 0:
                logs.failure("notifier", error, times=self._failures + 1)
            self._failures += 1
        else:
            self._failures = 0

    async def _begin(self) -> list[Coroutine[Any, Any, None]]:
        bundles = await asyncio.to_thread(self._claim)
        return [self._send(bundle) for bundle in bundles]

    def _claim(self) -> list[Bundle]:
        service.tick(self._db, self._clock, self._titles)
        now = self._clock.real_now()
        if now - self._forgot_at >= FORGET_EVERY:
            self._forgot_at = now
            self._db.run(lambda session: queries.forget_old(session, now - service.KEPT))
        room = service.PLACES - len(self._sends)
        with self._db.read() as session:
            if room <= 0 or not queries.is_any_due(session, now, is_telegram=False):
                return []
        return self._db.run(lambda session: service.claim(session, self._vault, self._url, now, room))

    async def _logged(self, send: Coroutine[Any, Any, None]) -> None:
        try:
            await send
        except Exception as error:  # its lease ends, and it is tried again
            logs.failure("notifier.send", error)

    async def _send(self, bundle: Bundle) -> None:
        outcome = await self._outcome(bundle)
        if outcome.kind != "sent":
            logs.get("notifier").warning("not sent", delivery=bundle.ids[0], channel=bundle.channel,
                                         outcome=outcome.kind, because=outcome.reason)  # fmt: skip
        await asyncio.to_thread(self._settle, bundle, outcome)

    def _settle(self, bundle: Bundle, outcome: Outcome) -> None:
        now = self._clock.real_now()
        self._db.run(lambda session: service.settle(session, bundle.ids, outcome, now))

    async def _outcome(self, bundle: Bundle) -> Outcome:
        if bundle.parcel is None:
            return Outcome("dead", "sealed")
        if not self._senders:
            self._senders = senders(self._outside or Outside())
        try:
            return await self._senders[bundle.channel].send(bundle.parcel)
        except Exception as error:  # a fault of ours: this message may fail, the others go on
            logs.failure("notifier.send", error, channel=bundle.channel)
            return Outcome("retry", "failed")
