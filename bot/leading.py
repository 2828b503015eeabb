"""One process of a bot fetches its messages; the others stand by. The backend keeps who it is, by a lease."""

import asyncio
import contextlib
import errno
import secrets
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from hashlib import sha256
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Final

import structlog

from bot.client import Backend
from bot.config import BotConfig
from bot.errors import BackendDown, BackendRefused
from bot.heartbeat import Health
from bot.waiting import Backoff, pause, unless_stopped

#: seconds for which a granted lead is used without being renewed: a little less than the backend's thirty
LEASE: Final = 28.0
#: seconds between two renewals, and between two questions of a process that stands by
EVERY: Final = 10.0
AGAIN: Final = 3.0
#: seconds that giving back may take at the end
LAST_WORD: Final = 1.0
log: Final = structlog.stdlib.get_logger(__name__)

Part = Callable[[asyncio.Event], Awaitable[None]]


class Lead:
    """The right to fetch one bot's messages. ``holder`` names this process (see ``place``)."""

    def __init__(
        self, backend: Backend, health: Health, holder: str, every: float = EVERY, again: float = AGAIN
    ) -> None:
        self._backend, self._health, self._holder = backend, health, holder
        self._every, self._again = every, again
        self._until = 0.0
        self._backoff = Backoff(first=0.25, longest=5.0)

    @property
    def leads(self) -> bool:
        return monotonic() < self._until

    async def run(self, part: Part, stop: asyncio.Event) -> None:
        """Run ``part`` for as long as this process leads, until ``stop``; then give the lead back."""
        while not stop.is_set():
            seconds = await unless_stopped(stop, self._ask())
            if seconds is not None and self.leads:
                await self._lead(part, stop, seconds)
            else:
                await pause(stop, seconds or 0.0)
        await self._give_back()

    async def _lead(self, part: Part, stop: asyncio.Event, seconds: float) -> None:
        over = asyncio.Event()

        async def work() -> None:
            await part(over)

        async with asyncio.TaskGroup() as group:
            group.create_task(work())
            await self._keep(stop, seconds)
            over.set()
        if not stop.is_set():
            log.warning("lead lost", holder=self._holder)

    async def _keep(self, stop: asyncio.Event, seconds: float) -> None:
        """Renew the lease until it is lost or the stop comes."""
        while self.leads and not await pause(stop, min(seconds, self._until - monotonic())):
            seconds = await unless_stopped(stop, self._ask()) or 0.0

    async def _ask(self) -> float:
        """Ask for the lead, or renew it; return the seconds until it is to be asked for again."""
        asked_at = monotonic()
        try:
            is_ours = await self._backend.lead(self._holder)
        except (BackendDown, BackendRefused) as error:
            self._health.backend_failed(error)
            return self._backoff.pause()
        self._health.backend_answered()
        self._backoff.reset()
        self._until = asked_at + LEASE if is_ours else 0.0
        if not is_ours:
            self._health.become("standing_by", "another process of this house leads")
        return self._every if is_ours else self._again

    async def _give_back(self) -> None:
        self._until = 0.0
        with contextlib.suppress(BackendDown, BackendRefused, TimeoutError):
            async with asyncio.timeout(LAST_WORD):
                await self._backend.lead(self._holder, release=True)


@contextlib.contextmanager
def place(config: BotConfig) -> Iterator[str]:
    """Name this process among those of its bot: the machine, and the first number that is free on it.

    The number is held as a socket's abstract name: the system frees it however the process ends, and a
    process that is started again has its old name and need not wait for its own lease. Elsewhere than on
    Linux the name is a new one each time.
    """
    with contextlib.ExitStack() as held:
        number = _number(config, held)
        yield f"{socket.gethostname()[:100]}:{_boot()}:{number}"


def _boot() -> str:
    """What tells two machines of one name apart: such as are copies of each other."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii")[:8]
    except OSError:
        return ""


def _number(config: BotConfig, held: contextlib.ExitStack) -> str:
    bot = sha256(f"{config.token} {config.backend_url}".encode()).hexdigest()[:16]
    if sys.platform != "linux":
        return secrets.token_hex(4)
    for number in count():
        one = held.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        try:
            one.bind(f"\0guanjia-{bot}-{number}")
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                continue
            break
        return str(number)
    return secrets.token_hex(4)
