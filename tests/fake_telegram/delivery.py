"""Updates on their way to the bot: lanes, holding back on purpose, and the long poll that really holds."""

import asyncio
import json
import threading
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from starlette.types import Receive

from tests.fake_telegram.errors import OTHER_POLLER, WEBHOOK_ACTIVE, ApiError, Dropped, bad
from tests.fake_telegram.params import Params
from tests.fake_telegram.state import Bot, World

if TYPE_CHECKING:
    from tests.fake_telegram.webhook import Attempt, Webhook

DAY: Final = 86400.0
TAP_LIFE: Final = 150.0
MOST_WAIT: Final = 50
#: never delivered unless allowed_updates names them
ON_REQUEST: Final = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
Lane = tuple[str, int]


@dataclass(slots=True, eq=False)
class Update:
    """One update in its lane; ``expires`` is the server's time."""

    id: int
    kind: str
    lane: Lane
    body: dict[str, Any]
    expires: float
    _encoded: bytes = b""

    def encode(self) -> bytes:
        if not self._encoded:
            said = {"update_id": self.id, self.kind: self.body}
            self._encoded = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
        return self._encoded


@dataclass(slots=True)
class Inbox:
    """What one bot has not taken yet, and how it wants to be told."""

    queue: dict[int, Update] = field(default_factory=dict)
    again: list[Update] = field(default_factory=list)
    history: dict[int, Update] = field(default_factory=dict)
    allowed: frozenset[str] | None = None
    poller: "asyncio.Future[None] | None" = None
    webhook: "Webhook | None" = None
    attempts: "list[Attempt]" = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Held:
    """A lane that waits until ``release`` (or the end of the with block); what comes meanwhile is kept."""

    delivery: "Delivery"
    lane: tuple[str, int | None]
    waiting: list[tuple[Bot, Update]] = field(default_factory=list)

    def fits(self, lane: Lane) -> bool:
        return self.lane[0] == lane[0] and self.lane[1] in (None, lane[1])

    def release(self) -> None:
        """Let the kept updates go, in order; those that have expired meanwhile (a tap: 150 s) are dropped."""
        self.delivery.release(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


class Delivery:
    """Takes updates from the people's side and hands them to the bots, at least once."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0
        self._inboxes: defaultdict[int, Inbox] = defaultdict(Inbox)
        self._held: list[Held] = []
        self._next = 700_000_000
        world.push = self.push

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Called once, in the thread of the server."""
        self.loop, self._thread = loop, threading.get_ident()

    def inbox(self, bot: Bot) -> Inbox:
        return self._inboxes[bot.id]

    def hold(self, kind: str, number: int | None) -> Held:
        """Keep back a lane: "message" by chat, "tap" by person, "status" by chat, "reaction" by chat."""
        held = Held(self, (kind, number))
        with self.world.lock:
            self._held.append(held)
        return held

    def is_held(self, lane: Lane) -> bool:
        return any(held.fits(lane) for held in self._held)

    def release(self, held: Held) -> None:
        with self.world.lock:
            if held in self._held:
                self._held.remove(held)
            waiting, held.waiting = held.waiting, []
            for bot, update in waiting:
                if update.expires > self.world.now():
                    self._enter(bot, update)

    def push(self, bot: Bot, kind: str, body: dict[str, Any], lane: Lane, life: float) -> None:
        """Take one update. What the bot did not ask for is gone at once, as on the real server."""
        allowed = self.inbox(bot).allowed
        if kind in allowed if allowed else kind not in ON_REQUEST:
            self.force(bot, kind, body, lane, life)

    def force(self, bot: Bot, kind: str, body: dict[str, Any], lane: Lane, life: float) -> None:
        """Take one update that the bot did not ask for too."""
        update = Update(0, kind, lane, body, self.world.now() + life)
        for held in self._held:
            if held.fits(lane):
                held.waiting.append((bot, update))
                return
        self._enter(bot, update)

    def _enter(self, bot: Bot, update: Update) -> None:
        self._next += 1
        update.id = self._next
        inbox = self.inbox(bot)
        inbox.queue[update.id] = inbox.history[update.id] = update
        self._hand_over(inbox, update)

    def again(self, bot: Bot, number: int) -> None:
        """Deliver an update once more under its own number. Raises KeyError for one that never was."""
        with self.world.lock:
            inbox = self.inbox(bot)
            update = inbox.history[number]
            if inbox.webhook is None:
                inbox.again.append(update)
            else:
                inbox.queue.setdefault(number, update)
            self._hand_over(inbox, update)

    def _hand_over(self, inbox: Inbox, update: Update) -> None:
        if inbox.webhook is not None:
            self.on_loop(inbox.webhook.offer, update)
        elif inbox.poller is not None:
            self.on_loop(_wake, inbox.poller)

    def on_loop(self, work: Any, *arguments: Any) -> None:
        """Run a small piece of work in the thread of the server."""
        if self.loop is None:
            return
        if threading.get_ident() == self._thread:
            work(*arguments)
        else:
            self.loop.call_soon_threadsafe(work, *arguments)

    async def poll(self, bot: Bot, params: Params) -> bytes:
        """getUpdates: the updates as JSON. Raises 409 beside a webhook or when another poller comes."""
        limit = min(max(params.integer("limit", 100), 1), 100)
        seconds = min(max(params.integer("timeout"), 0), MOST_WAIT)
        with self.world.lock:
            inbox = self._begin(bot, params)
            taken = list(self._take(inbox, limit))
            if taken or not seconds:
                return _joined(taken)
            poller = inbox.poller = asyncio.get_running_loop().create_future()
        await self._woken(inbox, poller, seconds, params.receive)
        with self.world.lock:
            return _joined(list(self._take(inbox, limit)))

    async def _woken(
        self, inbox: Inbox, poller: "asyncio.Future[None]", seconds: float, receive: Receive | None
    ) -> None:
        """Hold until something comes, the time is over, or the caller has gone (raises Dropped)."""
        loop = asyncio.get_running_loop()
        timer = loop.call_later(seconds, _wake, poller)
        gone = loop.create_task(_left(receive, poller)) if receive is not None else None
        try:
            await poller
        finally:
            timer.cancel()
            if gone is not None:
                gone.cancel()
            if inbox.poller is poller:
                inbox.poller = None

    def _begin(self, bot: Bot, params: Params) -> Inbox:
        inbox = self.inbox(bot)
        if inbox.webhook is not None:
            raise ApiError(409, WEBHOOK_ACTIVE)
        self.interrupt(inbox, OTHER_POLLER)
        if params.raw.get("allowed_updates") is not None:
            inbox.allowed = allowed(params)
        offset = params.integer("offset")
        if offset < 0:
            offset = max(inbox.queue, default=0) + 1 + offset
        for number in [number for number in inbox.queue if number < offset]:
            del inbox.queue[number]
        return inbox

    def interrupt(self, inbox: Inbox, reason: str) -> None:
        """End a poll that is being held with 409."""
        if inbox.poller is not None and not inbox.poller.done():
            inbox.poller.set_exception(ApiError(409, reason))
        inbox.poller = None

    def _take(self, inbox: Inbox, limit: int) -> Iterator[Update]:
        now = self.world.now()
        for number in [number for number, update in inbox.queue.items() if update.expires <= now]:
            del inbox.queue[number]
        repeated, inbox.again = inbox.again[:limit], inbox.again[limit:]
        for update, _ in zip(chain(repeated, inbox.queue.values()), range(limit), strict=False):
            yield update


async def _left(receive: Receive, poller: "asyncio.Future[None]") -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    if not poller.done():
        poller.set_exception(Dropped())


def _wake(poller: "asyncio.Future[None]") -> None:
    if not poller.done():
        poller.set_result(None)


def _joined(updates: list[Update]) -> bytes:
    return b"[" + b",".join(update.encode() for update in updates) + b"]"


def allowed(params: Params) -> frozenset[str] | None:
    """The kinds a bot asks for; None (an empty list) means the usual ones. Raises 400 for no list."""
    kinds = params.json("allowed_updates")
    if kinds is None:
        return None
    if not isinstance(kinds, list):
        raise bad("can't parse allowed_updates: expected an Array of String")
    return frozenset(str(kind) for kind in kinds) or None
