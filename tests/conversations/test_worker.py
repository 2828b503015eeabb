"""The turn worker's loop ends when it is told to, whatever happens at that moment."""

import asyncio

from backend.conversations.bell import Bell
from backend.conversations.tools import Tools
from backend.conversations.worker import TurnWorker
from tests.conversations.test_turn import OneByOne


def test_a_ring_together_with_the_end_does_not_keep_the_worker_alive(tools: Tools) -> None:
    async def end_at_a_ring() -> None:
        worker = TurnWorker(tools, OneByOne(), Bell())
        running = asyncio.create_task(worker.run())
        while not worker.waiting._listeners:
            await asyncio.sleep(0)
        await asyncio.sleep(0.1)  # the first look has found nothing; it listens now
        worker.waiting._wake()
        running.cancel()
        async with asyncio.timeout(5):
            await asyncio.gather(running, return_exceptions=True)

    asyncio.run(end_at_a_ring())
