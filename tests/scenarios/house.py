"""The whole house for one test: web part, turn worker, carrier and a Telegram of our own, over real HTTP.

The clocks are the real ones here: threads of several loops run beside each other.
"""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import httpx2
import uvicorn
from fastapi import FastAPI
from sqlalchemy import select

from backend.app import create_app, end_streams
from backend.clock import SystemClock
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
    app: FastAPI
    db: Database
    settings: Settings
    cast: Cast
    web: httpx2.Client
    tokens: dict[str, str] = field(default_factory=dict)

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


@contextlib.contextmanager
def open_house(
    settings: Settings, db: Database, mode: str, clock: Any = None, limits: Limits | None = UNLIMITED
) -> Iterator[House]:
    """Serve on a free port with the standing cast; everything has ended when the block ends.

    ``limits`` None: Telegram's own pace, one message a second in a chat.
    """
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    used = clock or SystemClock()
    with FakeTelegram() as fake, httpx2.Client(base_url=url, timeout=30, trust_env=False) as web:
        settings = replace(
            settings, port=port, public_url=url, backend_url=url, telegram_token=fake.token,
            telegram_api_url=fake.url, telegram_mode=mode,
        )  # fmt: skip
        cast = the_cast.enter(db, used)
        app = create_app(settings, database=db, clock=used, engine=engine())
        telegram = Telegram(configure(settings, url, WEBHOOK_SECRET), limits=limits)
        if telegram.webhook is not None:
            app.mount("/telegram", telegram.webhook)
        with _serving(app, port, telegram), _running(telegram):
            yield House(fake, app, db, settings, cast, web)
        assert fake.unknown_methods == [], "the bot called what Telegram does not have"


@contextlib.contextmanager
def _serving(app: FastAPI, port: int, telegram: Telegram) -> Iterator[None]:
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, access_log=False,
                            timeout_graceful_shutdown=2)  # fmt: skip
    server = uvicorn.Server(config)
    begun = threading.Event()
    startup, shutdown = server.startup, server.shutdown

    async def start(sockets: Any = None) -> None:
        await startup(sockets)
        begun.set()

    async def end(sockets: Any = None) -> None:
        end_streams(app)
        await shutdown(sockets)
        if telegram.webhook is not None:
            await telegram.webhook.close()

    server.startup, server.shutdown = start, end  # type: ignore[method-assign]
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert begun.wait(30), "the web part did not start"
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive(), "the web part did not end"


@contextlib.contextmanager
def _running(telegram: Telegram) -> Iterator[None]:
    telegram.start()
    try:
        yield
    finally:
        telegram.stop()


def tick(house: House) -> None:
    """One second's work of the clock part."""
    Ticker(steps(house.db, house.app.state.clock, house.app.state.menu)).tick()
