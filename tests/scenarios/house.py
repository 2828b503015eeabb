"""The whole house for one test: web part, turn worker, carrier and a Telegram of our own, over real HTTP.

The clocks are the real ones here: threads of several loops run beside each other.
"""

import contextlib
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import httpx2
import uvicorn
from fastapi import FastAPI
from sqlalchemy import select

from backend.app import create_app, end_streams
from backend.clock import Clock, SystemClock
from backend.db import Database
from backend.models import Message, OutboxRow, Ticket
from backend.scheduler import Ticker, steps
from backend.settings import Settings
from bot.assembly import Telegram, configure
from bot.pacing import UNLIMITED, Limits
from tests.conversations.talking import engine
from tests.fake_telegram import FakeTelegram
from tests.house import cast as the_cast
from tests.house.cast import PASSWORD, Cast
from tests.server import free_port

WEBHOOK_SECRET = "a-secret-of-the-tests_1"


@dataclass
class House:
    """What a test asks of it: people on Telegram, staff over the API, rows of the database."""

    fake: FakeTelegram
    parts: "Parts"
    db: Database
    settings: Settings
    cast: Cast
    web: httpx2.Client
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def app(self) -> FastAPI:
        return self.parts.app

    def as_(self, username: str) -> dict[str, str]:
        if username not in self.tokens:
            answer = self.web.post("/api/staff/login", json={"username": username, "password": PASSWORD})
            self.tokens[username] = answer.json()["token"]
        return {"Authorization": f"Bearer {self.tokens[username]}", "Accept-Language": "en"}

    def do(self, number: int, action: str, by: str = "butler", **body: Any) -> dict[str, Any]:
        """An action of staff that must work; the ticket."""
        answer = self.web.post(f"/api/tickets/{number}/{action}", json=body, headers=self.as_(by))
        assert answer.status_code == 200, answer.text
        ticket: dict[str, Any] = answer.json()
        return ticket

    def see(self, number: int) -> dict[str, Any]:
        ticket: dict[str, Any] = self.web.get(f"/api/tickets/{number}", headers=self.as_("butler")).json()
        return ticket

    def newest(self) -> Ticket:
        with self.db.read() as session:
            return session.scalars(select(Ticket).order_by(Ticket.id.desc())).first()  # type: ignore[return-value]

    def tickets(self) -> list[Ticket]:
        with self.db.read() as session:
            return list(session.scalars(select(Ticket).order_by(Ticket.id)))

    def heard(self) -> list[Message]:
        """What residents have said, as it is stored."""
        with self.db.read() as session:
            rows = select(Message).where(Message.author == "resident").order_by(Message.id)
            return list(session.scalars(rows))

    def unsent(self) -> list[OutboxRow]:
        with self.db.read() as session:
            rows = select(OutboxRow).where(OutboxRow.state.in_(("queued", "leased", "failed")))
            return list(session.scalars(rows))


class Parts:
    """The parts that are served, each to be ended and begun again within a test."""

    def __init__(
        self, settings: Settings, db: Database, clock: Clock, limits: Limits | None, webhook_port: int | None
    ) -> None:
        self.settings, self._db, self._clock, self._limits = settings, db, clock, limits
        self._webhook_port = webhook_port
        self.app = self._new_app()
        self.telegram = self._new_telegram()
        self._web: Served | None = None
        self._webhook: Served | None = None

    def start(self) -> None:
        self.start_web()
        self.start_telegram()

    def start_web(self) -> None:
        if self._web is not None:
            return
        if self.telegram.webhook is not None and self._webhook_port is None:
            self.app.mount("/telegram", self.telegram.webhook)
        is_mounted = self._webhook_port is None and self.telegram.webhook is not None
        close = self.telegram.webhook.close if is_mounted and self.telegram.webhook else None
        self._web = Served(self.app, self.settings.port, partial(end_streams, self.app), close)

    def stop_web(self) -> None:
        """Nobody answers at the backend's address; the next start is a new process's."""
        if self._web is not None:
            self._web.stop()
            self._web, self.app = None, self._new_app()

    def start_telegram(self) -> None:
        if self.telegram.webhook is not None and self._webhook_port is not None:
            self._webhook = Served(self.telegram.webhook, self._webhook_port)
        self.telegram.start()

    def stop_telegram(self) -> None:
        """The carrier ends, and with it what it knew; where it serves a webhook of its own, that too."""
        self.telegram.stop()
        if self._webhook is not None:
            self._webhook.stop()
            self._webhook = None
        self.telegram = self._new_telegram()

    def restart_carrier(self) -> None:
        """As after a deploy; where the web part serves the webhook, that goes with it."""
        is_one = self.telegram.webhook is not None and self._webhook_port is None
        if is_one:
            self.stop_web()
        self.stop_telegram()
        self.start()

    def stop(self) -> None:
        self.stop_telegram()
        self.stop_web()

    def _new_app(self) -> FastAPI:
        return create_app(self.settings, database=self._db, clock=self._clock, engine=engine())

    def _new_telegram(self) -> Telegram:
        port = self._webhook_port or self.settings.port
        named = replace(self.settings, public_url=f"http://127.0.0.1:{port}")
        return Telegram(configure(named, self.settings.backend_url, WEBHOOK_SECRET), limits=self._limits)


class Served:
    """An application that uvicorn serves from a thread, until ``stop``."""

    def __init__(
        self,
        app: Any,
        port: int,
        before_end: Callable[[], None] = lambda: None,
        after_end: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Both hooks run in the loop that serves."""
        config = uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, access_log=False,
                                timeout_graceful_shutdown=1)  # fmt: skip
        self._server = uvicorn.Server(config)
        begun = threading.Event()
        startup, shutdown = self._server.startup, self._server.shutdown

        async def start(sockets: Any = None) -> None:
            await startup(sockets)
            begun.set()

        async def end(sockets: Any = None) -> None:
            before_end()
            await shutdown(sockets)
            if after_end is not None:
                await after_end()

        self._server.startup, self._server.shutdown = start, end  # type: ignore[method-assign]
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        assert begun.wait(30), "it did not start"

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(20)
        assert not self._thread.is_alive(), "it did not end"


@contextlib.contextmanager
def open_house(
    settings: Settings,
    db: Database,
    mode: str,
    clock: Any = None,
    limits: Limits | None = UNLIMITED,
    *,
    is_apart: bool = False,
) -> Iterator[House]:
    """Serve on a free port with the standing cast; everything has ended when the block ends.

    ``limits`` None: Telegram's own pace, one message a second in a chat. ``is_apart``: the webhook is served
    on a port of its own, as by `serve --only telegram`.
    """
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    used: Any = clock or SystemClock()
    with FakeTelegram() as fake, httpx2.Client(base_url=url, timeout=30, trust_env=False) as web:
        settings = replace(
            settings, port=port, public_url=url, backend_url=url, telegram_token=fake.token,
            telegram_api_url=fake.url, telegram_mode=mode,
        )  # fmt: skip
        cast = the_cast.enter(db, used)
        parts = Parts(settings, db, used, limits, free_port() if is_apart else None)
        try:
            parts.start()
            yield House(fake, parts, db, settings, cast, web)
        finally:
            parts.stop()
        assert fake.unknown_methods == [], "the bot called what Telegram does not have"


def tick(house: House) -> None:
    """One second's work of the clock part."""
    state = house.app.state
    Ticker(steps(house.db, state.clock, state.menu, house.settings.media_dir)).tick()
