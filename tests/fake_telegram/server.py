"""The fake as tests use it: a context manager that serves the Bot API from a thread."""

import asyncio
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from types import TracebackType
from typing import Any, Self

import uvicorn
from starlette.types import Receive, Scope, Send

from tests.fake_telegram.api import JSON, Api, respond
from tests.fake_telegram.delivery import DAY, Delivery, Held, Update
from tests.fake_telegram.door import Door
from tests.fake_telegram.faults import Faults
from tests.fake_telegram.groups import Group
from tests.fake_telegram.people import Person
from tests.fake_telegram.state import Bot, Call, Chat, User, World
from tests.fake_telegram.webhook import Attempt


@dataclass(frozen=True, slots=True)
class WebhookView:
    """The webhook at one moment; ``attempts`` holds every POST to any webhook of the bot, as it ended."""

    url: str
    secret: str
    max_connections: int
    last_error: str
    pending: int
    attempts: tuple[Attempt, ...]


class FakeTelegram:
    """A Bot API server on the loopback address, with people and groups. Safe to use from several threads.

    ``with FakeTelegram() as fake:`` serves until the end of the block; ``port`` 0 takes a free one.
    """

    def __init__(self, port: int = 0) -> None:
        self.world = World()
        self.delivery = Delivery(self.world)
        self._api = Api(self.world, self.delivery)
        self._door = Door(self)
        self._port = port
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self.url = ""
        self.people: dict[int, Person] = {}
        self.bot = self.add_bot("guanjia_test_bot")

    # --- life ----------------------------------------------------------------------------------------------

    def start(self) -> Self:
        """Serve. Raises OSError when the port is taken."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self._port))
        self._port = listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        config = uvicorn.Config(
            self._application,
            interface="asgi3",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            ws="none",
            timeout_keep_alive=120,
            timeout_graceful_shutdown=1,
            server_header=False,
            date_header=False,
        )
        self._server = uvicorn.Server(config)
        ready = threading.Event()
        self._thread = threading.Thread(
            target=self._serve, args=(listener, config, ready), name="fake-telegram", daemon=True
        )
        self._thread.start()
        ready.wait(20)
        return self

    def stop(self) -> None:
        """End at once; polls that are held are cut."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = self._server.force_exit = True
            self._thread.join(20)
            self._server = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _serve(self, listener: socket.socket, config: uvicorn.Config, ready: threading.Event) -> None:
        server = self._server
        assert server is not None

        async def live() -> None:
            self.delivery.start(asyncio.get_running_loop())
            asyncio.get_running_loop().call_soon(ready.set)
            await server._serve([listener])
            await self._api.webhooks.close()

        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(live())
        listener.close()

    async def _application(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        if path.startswith("/bot"):
            await self._api.serve(scope, receive, send)
        elif path.startswith("/file/bot"):
            await self._api.download(scope, receive, send)
        elif path == "/" or path.startswith("/person"):
            await self._door.serve(scope, receive, send)
        else:
            await respond(send, 404, JSON, b'{"ok":false,"error_code":404,"description":"Not Found"}')

    # --- bots and people -----------------------------------------------------------------------------------

    @property
    def token(self) -> str:
        return self.bot.token

    def add_bot(self, username: str = "another_test_bot") -> Bot:
        """One more bot with a token of its own."""
        with self.world.lock:
            bot = Bot(self.world.number("bot"), username)
            self.world.bots[bot.token] = bot
            self.world.users[bot.id] = bot.user
        return bot

    def revoke(self, bot: Bot | None = None) -> None:
        """The token is no longer valid: 401 from now on."""
        (bot or self.bot).is_revoked = True

    def person(
        self,
        name: str,
        language: str = "",
        *,
        last_name: str = "",
        username: str = "",
        bot: Bot | None = None,
        same_as: Person | None = None,
    ) -> Person:
        """Somebody with a private chat with the bot. ``same_as``: the same account at another bot."""
        with self.world.lock:
            own = bot or self.bot
            user = (
                same_as.user
                if same_as
                else User(self.world.number("user"), name, last_name, username, language)
            )
            self.world.users[user.id] = user
            room = Chat(own, user.id, "private", "", self.world.lock)
            room.members[user.id] = user
            own.chats[user.id] = room
            person = Person(self.world, self.delivery, user, room)
            self.people.setdefault(user.id, person)
        return person

    def group(self, title: str, members: Sequence[Person], bot: Bot | None = None) -> Group:
        """A group of these people and the bot (the bot is told that it was added)."""
        with self.world.lock:
            return Group(self.world, self.delivery, bot or self.bot, title, members)

    # --- time, updates, lanes ------------------------------------------------------------------------------

    def skip(self, seconds: float) -> None:
        """Move the server's time on: taps and file paths grow old, messages can no longer be deleted."""
        with self.world.lock:
            self.world.skipped += seconds

    def hold_messages(self, chat: Any = None) -> Held:
        """Keep back messages and edits of a chat (a person, a group, an id; None: of all) until released."""
        return self.delivery.hold("message", _number(chat))

    def hold_taps(self, person: Any = None) -> Held:
        """Keep back the taps of a person (None: of all) until released; after 150 s they are dropped."""
        return self.delivery.hold("tap", _number(person))

    def hold_status(self, chat: Any = None) -> Held:
        """Keep back what tells that the bot was blocked, unblocked, added or removed."""
        return self.delivery.hold("status", _number(chat))

    def updates(self, kind: str | None = None, bot: Bot | None = None) -> list[Update]:
        """All updates that were ever ready for the bot, in order; ``id`` is the update_id."""
        with self.world.lock:
            history = self.delivery.inbox(bot or self.bot).history.values()
            return [update for update in history if kind in (None, update.kind)]

    def update_of(self, message_id: int) -> int:
        """The update_id that brought a person's message (the last one that speaks of it)."""
        found = [one.id for one in self.updates() if one.body.get("message_id") == message_id]
        return found[-1]

    def redeliver(self, update_id: int, bot: Bot | None = None) -> None:
        """Hand an update over once more under the same id. Raises KeyError when there was none."""
        self.delivery.again(bot or self.bot, update_id)

    def push(self, kind: str, body: dict[str, Any], bot: Bot | None = None) -> None:
        """Hand over an update of any kind, also of one nobody knows or the bot did not ask for."""
        with self.world.lock:
            self.delivery.force(bot or self.bot, kind, body, ("other", 0), DAY)

    @property
    def pending(self) -> int:
        """How many updates the bot has not confirmed."""
        with self.world.lock:
            return len(self.delivery.inbox(self.bot).queue)

    @property
    def is_polled(self) -> bool:
        """Whether a long poll of the bot is being held just now."""
        return self.delivery.inbox(self.bot).poller is not None

    @property
    def webhook(self) -> WebhookView:
        return self.webhook_of(self.bot)

    def webhook_of(self, bot: Bot) -> WebhookView:
        """How a bot's webhook stands; its url is "" when there is none."""
        with self.world.lock:
            inbox = self.delivery.inbox(bot)
            one, pending, attempts = inbox.webhook, len(inbox.queue), tuple(inbox.attempts)
            if one is None:
                return WebhookView("", "", 0, "", pending, attempts)
            return WebhookView(*one.settings, one.last_error, pending, attempts)

    # --- trouble and the log -------------------------------------------------------------------------------

    @property
    def faults(self) -> Faults:
        return self.world.faults

    @property
    def limits(self) -> bool:
        """Whether the pacing limits of the real server hold; ``fake.world.pacing`` has their values."""
        return self.world.pacing.is_on

    @limits.setter
    def limits(self, is_on: bool) -> None:
        self.world.pacing.is_on = is_on

    @contextmanager
    def offline(self) -> Any:
        """Every connection is cut inside the block."""
        fault = self.faults.add("drop", times=None)
        try:
            yield
        finally:
            self.faults.remove(fault)

    @property
    def calls(self) -> list[Call]:
        """The log of all calls in the order they came."""
        with self.world.lock:
            return list(self.world.calls)

    @property
    def unknown_methods(self) -> list[str]:
        """Methods that were called though this server lacks them."""
        return self.world.unknown_methods

    def calls_of(self, method: str | None = None, chat: Any = None) -> list[Call]:
        """The calls of one method, of one chat, or both."""
        with self.world.lock:
            return list(self.world.calls_of(method, _number(chat)))

    def wait_calls(
        self,
        count: int,
        method: str | None = None,
        chat: Any = None,
        timeout: float = 10.0,
        *,
        which: Callable[[Call], bool] = lambda call: call.done is not None,
    ) -> list[Call]:
        """Wait until so many calls have ended (or fit ``which``). Raises AssertionError."""
        until = monotonic() + timeout
        with self.world.lock:
            while True:
                found = [call for call in self.calls_of(method, chat) if which(call)]
                if len(found) >= count:
                    return found
                left = until - monotonic()
                if left <= 0:
                    said = [(call.method, call.chat, call.answered) for call in self.world.calls[-20:]]
                    raise AssertionError(f"{len(found)} of {count} calls of {method}; the last: {said}")
                self.world.called.wait(left)


def _number(chat: Any) -> int | None:
    return None if chat is None else int(getattr(chat, "id", chat))
