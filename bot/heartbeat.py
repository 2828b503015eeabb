"""How the road to Telegram is, told to the backend on every change and each twenty seconds."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final, Literal

import structlog

from bot import notices
from bot.client import Backend
from bot.config import BotConfig
from bot.errors import BackendDown, BackendRefused

State = Literal["working", "unreachable", "standing_by", "refused"]
EVERY: Final = 20.0
log: Final = structlog.stdlib.get_logger(__name__)


class Health:
    """The state of one bot. ``username`` is None until Telegram has told it.

    Until the first contact the state is unknown, and nothing is told. ``on_known`` is called once, with the
    username, when it is known; ``on_change`` with a sentence for the operator when something changes.
    ``holder`` names this process where one of several leads.
    """

    def __init__(
        self,
        config: BotConfig,
        on_known: Callable[[str], None] | None = None,
        on_change: Callable[[str], None] | None = None,
    ) -> None:
        self.holder: str | None = None
        self.state: State | None = None
        self.detail: str | None = None
        self.username: str | None = None
        self._config = config
        self._on_known, self._on_change = on_known, on_change
        self._backend_trouble: str | None = None
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
            self._notice(notices.of_state(state, said, self.state))
        self.state, self.detail = state, said
        self._changed.set()

    def backend_failed(self, error: BackendDown | BackendRefused) -> None:
        """The backend did not take a call; the operator reads it once."""
        trouble = notices.of_backend(self._config, error)
        if trouble != self._backend_trouble:
            self._backend_trouble = trouble
            self._notice(trouble)

    def backend_answered(self) -> None:
        if self._backend_trouble is not None:
            self._backend_trouble = None
            self._notice(notices.of_backend_back(self._config))

    def _notice(self, sentence: str | None) -> None:
        if sentence is not None and self._on_change is not None:
            self._on_change(self._config.mask(sentence))

    async def report(self, backend: Backend, every: float = EVERY) -> None:
        """Tell the backend for as long as it is not cancelled; a backend that is away hears the next one."""
        while True:
            if self.state is not None:
                await self._tell(backend, self.state)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(every):
                    await self._changed.wait()

    async def _tell(self, backend: Backend, state: State) -> None:
        self._changed.clear()
        try:
            await backend.status(state, self.username, self._config.mode, self.detail, self.holder)
            self.backend_answered()
        except (BackendDown, BackendRefused) as error:
            self.backend_failed(error)
            log.debug("status not told", because=self._config.mask(error))
