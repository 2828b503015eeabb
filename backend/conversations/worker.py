"""Turns that nobody is waiting for: what other channels stored, and what a killed process left behind."""

import asyncio
import threading
from concurrent.futures import Executor
from typing import Final

from backend import logs
from backend.conversations import service
from backend.conversations.bell import Bell
from backend.conversations.tools import Tools
from backend.messages import queries
from backend.messages.queries import Backlog

#: turns of other processes, and those of one that was killed, are looked for this often
LOOK_SECONDS: Final = 1.0
NOTHING: Final = Backlog(0, 0)


class TurnWorker:
    """Runs waiting turns in this process's turn threads; one conversation is never run twice at once here,
    and the conversation's row lock sees to it between processes."""

    def __init__(self, tools: Tools, threads: Executor, done: Bell) -> None:
        self._tools = tools
        self._threads = threads
        self._done = done
        self.waiting = Bell()
        #: conversations in the threads, and what is known to wait in each
        self._busy: dict[int, Backlog] = {}
        self._guard = threading.Lock()

    async def run(self) -> None:
        """Look for turns when something was stored, and once a second; until cancelled."""
        self.waiting.hang(asyncio.get_running_loop())
        while True:
            with self.waiting.listen() as rung:
                try:
                    await asyncio.to_thread(self.step)
                except Exception as error:
                    logs.failure("turn_worker", error)
                    await asyncio.sleep(LOOK_SECONDS)
                await _heard(rung)

    def wake(self) -> None:
        """Something was stored: look now."""
        self.waiting.ring()

    def wake_in(self, seconds: float) -> None:
        """Something stored may be read in a while. On the event loop only."""
        self.waiting.ring_in(seconds + 0.02)

    def step(self) -> int:
        """Hand every conversation with a waiting message to a thread; how many were handed over."""
        with self._tools.db.read() as session:
            waiting = queries.count_waiting(session, self._tools.clock.real_now())
        started = [one for one, backlog in waiting.items() if self._start(one, backlog)]
        return len(started)

    def _start(self, conversation_id: int, backlog: Backlog) -> bool:
        with self._guard:
            is_busy = conversation_id in self._busy
            self._busy[conversation_id] = backlog
        return not is_busy and self._submit(conversation_id)

    def _run(self, conversation_id: int) -> None:
        with self._guard:
            before, self._busy[conversation_id] = self._busy[conversation_id], NOTHING
        done = None
        try:
            done = service.take_turn(self._tools, conversation_id)
        except Exception as error:
            logs.failure("turn_worker", error, conversation_id=conversation_id)
        self._done.ring()
        # One turn, then to the end of the line: a flood in one chat must not hold a thread.
        with self._guard:
            left = _left(before, self._busy[conversation_id], done)
            self._busy[conversation_id] = Backlog(left, 0)
            if left <= 0:
                del self._busy[conversation_id]
        if left > 0:
            self._submit(conversation_id)

    def _submit(self, conversation_id: int) -> bool:
        try:
            self._threads.submit(self._run, conversation_id)
        except RuntimeError:  # this process is ending: what waits is found by the next one
            return False
        return True


def _left(before: Backlog, during: Backlog, done: int | None) -> int:
    """How many messages still wait. What was counted ``during`` a turn is newer than what was ``before`` it,
    and may count its message in; a turn that found none to take (``done`` None) leaves what came since."""
    if during.count:
        return during.count - (during.oldest_id == done)
    return before.count - 1 if done is not None else 0


async def _heard(rung: asyncio.Event) -> None:
    try:
        # Not wait_for: before Python 3.12 it may swallow a cancellation that comes together with the ring.
        async with asyncio.timeout(LOOK_SECONDS):
            await rung.wait()
    except TimeoutError:
        return
