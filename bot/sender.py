"""Sending: parcels are claimed, delivered side by side, one at a time in a chat, and told back.

A chat that must wait holds one place at most, and not for longer than ``LONGEST_WAIT``: beyond that its
parcel goes back to the backend, which hands it out again when the time has come.
"""

import asyncio
import secrets
import time
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final

import structlog
from telegram import Bot
from telegram.constants import ChatAction
from telegram.error import NetworkError, TelegramError

from bot.acks import Acks
from bot.deliver import Deliverer, Delivery, TooSoon
from bot.errors import BackendDown, BackendRefused
from bot.faults import AT_ONCE, TOKEN_SECONDS, Outcome, refusal
from bot.heartbeat import Health
from bot.journal import Journal
from bot.pacing import Limits, Pacing
from bot.ports import Backend, read_parcel
from bot.waiting import Backoff, pause, unless_stopped

#: parcels under way at once: enough for Telegram’s pace, and few to repeat when this process is killed
PLACES: Final = 12
#: seconds: a claim waits; the backend's lease; what is left of it for a send to begin at all
CLAIM_WAIT: Final = 20.0
LEASE: Final = 60.0
ROOM_TO_SEND: Final = 32.0
LONGEST_WAIT: Final = 15.0
#: seconds that sends under way have at a stop, and the last acks
GRACE: Final = 1.4
LAST_ACKS: Final = 0.5
#: seconds: no reply for so long shows "typing"; Telegram shows it for five
TYPING_AFTER: Final = 0.8
TYPING_EVERY: Final = 4.0
MOST_TYPING: Final = 8
#: outcomes after which it is not sure that Telegram can be reached
IN_DOUBT: Final = ("unconfirmed", "network", "server")
log: Final = structlog.stdlib.get_logger(__name__)


class Sender:
    """Sends what the backend has queued for one bot."""

    def __init__(
        self,
        bot: Bot,
        backend: Backend,
        *,
        limits: Limits | None = None,
        now: Callable[[], float] = time.monotonic,
        typing_after: float = TYPING_AFTER,
        health: Health | None = None,
        journal: Journal | None = None,
    ) -> None:
        """``limits`` None: Telegram's. ``now``: any steadily growing count of seconds.

        ``health`` is told when Telegram is out of reach, and when it is back; ``journal`` keeps what was sent
        and not told yet for the next process.
        """
        self._bot, self._backend, self._now = bot, backend, now
        self._pacing = Pacing(limits)
        self._deliverer = Deliverer(bot, backend, self._gate, self._hold, now)
        self._acks = Acks(backend, now, journal)
        self._typing = Typing(bot, now, typing_after)
        self._backoff = Backoff(first=0.25, longest=5.0)
        self._jobs: dict[asyncio.Task[None], Delivery] = {}
        self._last: dict[int, asyncio.Task[None]] = {}
        self._silent_until = 0.0
        self._health, self._is_in_doubt = health, False
        self._reach_backoff = Backoff(first=0.5, longest=15.0)

    async def run(self, stop: asyncio.Event) -> None:
        """Send until ``stop``, then let sends under way end within two seconds and tell what was sent."""
        self._acks.take_up(self._now() + LEASE)
        telling = asyncio.create_task(self._acks.run())
        try:
            await unless_stopped(stop, self._acks.all_told())  # before a claim could bring the same again
            while not stop.is_set():
                await self._round(stop)
        finally:
            await self._wind_up(telling)

    def expect_reply(self, chat: int) -> None:
        """A person wrote in ``chat``: show "typing" there unless a parcel for it comes soon."""
        if chat not in self._last:
            self._typing.expect(chat)

    async def _round(self, stop: asyncio.Event) -> None:
        silent = self._silent_until - self._now()
        if silent > 0:
            await pause(stop, silent)
        elif self._is_in_doubt:
            await pause(stop, await unless_stopped(stop, self._look()) or 0.0)
        elif len(self._jobs) >= PLACES:
            await unless_stopped(stop, asyncio.wait(self._jobs, return_when=asyncio.FIRST_COMPLETED))
        else:
            await pause(stop, await unless_stopped(stop, self._claim()) or 0.0)

    async def _look(self) -> float:
        """A send got no answer: see whether Telegram answers at all before more is sent in vain.

        In an outage each message would soon have used up the tries that its unknown fate allows.
        """
        try:
            await self._bot.get_me()
        except NetworkError as error:
            if self._health is not None:
                self._health.become("unreachable", type(error).__name__)
            return self._reach_backoff.pause()
        except TelegramError:  # an answer, though no friendly one: the send itself will show what is wrong
            pass
        self._is_in_doubt = False
        self._reach_backoff.reset()
        if self._health is not None and self._health.state == "unreachable":
            self._health.become("working")
        return 0.0

    async def _claim(self) -> float:
        """Claim once and begin to deliver; return the seconds to wait before the next claim."""
        try:
            holding = [delivery.parcel.id for delivery in self._jobs.values()]
            answer = await self._backend.claim(PLACES - len(self._jobs), CLAIM_WAIT, holding)
        except (BackendDown, BackendRefused) as error:
            seconds = self._backoff.pause()
            log.warning(
                "nothing claimed", status=error.status, because=str(error), again_in=round(seconds, 1)
            )
            return seconds
        self._backoff.reset()
        for item in answer.get("items") or ():
            self._begin(item)
        for who in answer.get("typing") or ():
            self._typing.show(int(who["chat"]))
        return 0.0

    def _begin(self, item: Mapping[str, Any]) -> None:
        until = self._now() + LEASE
        try:
            delivery = Delivery(read_parcel(item), until)
        except ValueError as error:
            log.error("parcel not understood", parcel=item.get("id"), because=str(error)[:200])
            self._acks.put(refusal("the parcel is not understood").ack(item.get("id")), until)
            return
        chat = delivery.parcel.chat
        self._typing.cancel(chat)
        task = asyncio.create_task(self._run_job(delivery, self._last.get(chat)))
        self._jobs[task] = delivery
        self._last[chat] = task
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        chat = self._jobs.pop(task).parcel.chat
        if self._last.get(chat) is task:
            del self._last[chat]

    async def _run_job(self, delivery: Delivery, before: "asyncio.Task[None] | None") -> None:
        """Deliver one parcel after the one before it in its chat, and put its ack."""
        try:
            if before is not None:
                await asyncio.wait([before])
            outcome = await self._deliver(delivery)
        except asyncio.CancelledError:
            self._tell(delivery, delivery.cut_short(AT_ONCE))
            raise
        self._tell(delivery, outcome)
        # Its place is free when the backend knows: what is sent and not told is what a kill would repeat.
        await self._acks.settled(delivery.parcel.id)

    async def _deliver(self, delivery: Delivery) -> Outcome:
        room = delivery.until - self._now() - ROOM_TO_SEND
        if room < 0 or not await self._acks.until_taken(room):
            return delivery.cut_short(AT_ONCE)
        try:
            return await self._deliverer.deliver(delivery)
        except Exception as error:  # a fault of ours: this message is given up, the others go on
            error_id = secrets.token_hex(4)
            log.error("failed", parcel=delivery.parcel.id, error_id=error_id, exc_info=error)
            return refusal(f"a fault of the sender, {error_id}")

    def _tell(self, delivery: Delivery, outcome: Outcome) -> None:
        if outcome.reason == "token" and self._silent_until <= self._now():
            self._silent_until = self._now() + TOKEN_SECONDS
            log.error("telegram refuses the token", again_in=TOKEN_SECONDS)
        if outcome.outcome == "retry" and outcome.reason in IN_DOUBT:
            self._is_in_doubt = True
        if outcome.outcome != "sent":
            log.warning(
                "not sent", parcel=delivery.parcel.id, outcome=outcome.outcome, because=outcome.reason
            )
        remote_ids = () if outcome.outcome == "retry" else delivery.remote_ids
        self._acks.put(outcome.ack(delivery.parcel.id, remote_ids), delivery.until)

    async def _gate(self, chat: int, urgent: bool, cost: int) -> None:
        """Wait until ``chat`` may get ``cost`` more messages. Raises TooSoon."""
        while (wait := self._pacing.take(chat, self._now(), urgent, cost)) > 0:
            if wait > LONGEST_WAIT:
                raise TooSoon(wait)
            await asyncio.sleep(wait)

    def _hold(self, chat: int, seconds: float) -> None:
        self._pacing.hold(chat, self._now() + seconds)

    async def _wind_up(self, telling: "asyncio.Task[None]") -> None:
        """Give back what has not begun, wait a little for the rest, tell what became of all."""
        self._typing.close()
        for task, delivery in list(self._jobs.items()):
            if delivery.stage != "unconfirmed" and not self._deliverer.has_begun(delivery.parcel):
                task.cancel()
        await self._let_end(GRACE)
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)
        try:
            async with asyncio.timeout(LAST_ACKS):
                while len(self._acks) and await self._acks.flush():
                    pass
        except TimeoutError:
            log.warning("acks not told at the end", count=len(self._acks))
        self._acks.close()

    async def _let_end(self, seconds: float) -> None:
        tasks = list(self._jobs)
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


class Typing:
    """Shows in chats that somebody is typing; best effort, and never more often than every four seconds."""

    def __init__(self, bot: Bot, now: Callable[[], float], after: float = TYPING_AFTER) -> None:
        self._bot, self._now, self._after = bot, now, after
        self._expected: dict[int, asyncio.TimerHandle] = {}
        self._shown: dict[int, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def expect(self, chat: int) -> None:
        """Show it in ``chat`` after a while unless ``cancel`` comes first."""
        if chat not in self._expected:
            self._expected[chat] = asyncio.get_running_loop().call_later(self._after, self._overdue, chat)

    def cancel(self, chat: int) -> None:
        """A message for ``chat`` has come."""
        timer = self._expected.pop(chat, None)
        if timer is not None:
            timer.cancel()

    def show(self, chat: int) -> None:
        """Show it in ``chat`` now, unless it is shown there already or many are being told."""
        now = self._now()
        self._shown = {other: at for other, at in self._shown.items() if now - at < TYPING_EVERY}
        if chat not in self._shown and len(self._tasks) < MOST_TYPING:
            self._shown[chat] = now
            self._start(self._send(chat))

    def close(self) -> None:
        """Forget what is expected and what is under way."""
        for timer in self._expected.values():
            timer.cancel()
        self._expected.clear()
        for task in self._tasks:
            task.cancel()

    def _overdue(self, chat: int) -> None:
        del self._expected[chat]
        self.show(chat)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send(self, chat: int) -> None:
        try:
            await self._bot.send_chat_action(chat, ChatAction.TYPING)
        except TelegramError as error:
            log.debug("typing not shown", because=type(error).__name__)
