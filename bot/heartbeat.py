"""How the road to Telegram is, told to the backend on every change and each twenty seconds."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final, Literal

import structlog

from bot.client import Backend
from bot.config import BotConfig
from bot.errors import BackendDown, BackendRefused

State = Literal["working", "unreachable", "standing_by", "refused"]
EVERY: Final = 20.0
log: Final = structlog.stdlib.get_logger(__name__)


class Health:
    """The state of one bot. ``username`` is None until Telegram has told it.

    Until the first contact the state is unknown, and nothing is told. ``on_known`` is called once, with the
    username, when it is known.
    """

    def __init__(self, config: BotConfig, on_known: Callable[[str], None] | None = None) -> None:
        self.state: State | None = None
        self.detail: str | None = None
        self.username: str | None = None
        self._config = config
        self._on_known = on_known
        self._changed = asyncio.Event()

    def known(self, username: str) -> None:
        is_new = self.username is None
        self.username = username
        if is_new and self._on_known is not None:
            self._on_known(username)

    def become(self, state: State, detail: object = None) -> None:
        """Take a new state; a change is logged in one line, a repetition is not."""
        said = None if detail is None else self._config.mask(detail)[:300]
        if (state, said) == (self.state, self.detail):
            return
        if state != self.state:
            tell = log.info if state == "working" else log.warning
            tell("telegram", state=state, was=self.state, detail=said, account=self._config.account)
        self.state, self.detail = state, said
        self._changed.set()

    async def report(self, backend: Backend, every: float = EVERY) -> None:
        """Tell the backend for as long as it is not cancelled; a backend that is away hears the next one."""
        while True:
            if self.state is not None:
                await self._tell(backend, self.state)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), every)

    async def _tell(self, backend: Backend, state: State) -> None:
        self._changed.clear()
        try:
            await backend.status(state, self.username, self._config.mode, self.detail)
        except (BackendDown, BackendRefused) as error:
            log.debug("status not told", because=self._config.mask(error))
