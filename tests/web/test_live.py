"""The live stream: who hears what, who reads too slowly, and how it ends."""

import asyncio

from backend.web.live import BACKLOG, LiveHub, LiveMessage


def message(estate: int = 1, user: int | None = None, number: int = 7) -> LiveMessage:
    return LiveMessage("0.1", estate, "ticket", {"number": number}, user)


async def read(hub: LiveHub, *, count: int) -> list[bytes]:
    """Read the greeting and ``count`` chunks of a fresh stream of user 5 in estate 1."""
    listener = hub.join(5, {1})
    stream = hub.stream(listener)
    chunks = [await anext(stream)]
    for one in (message(), message(estate=2), message(user=6), message(user=5, number=8)):
        hub.publish([one])
    for _ in range(count):
        async with asyncio.timeout(1):
            chunks.append(await anext(stream))
    await stream.aclose()
    return chunks


def test_a_stream_carries_ids_of_its_own_estates_and_its_own_alerts_only() -> None:
    hub = LiveHub()
    greeting, first, second = asyncio.run(read(hub, count=2))
    assert greeting.startswith(b"retry: 2000")
    assert first == b'id: 0.1\nevent: ticket\ndata: {"number":7}\n\n'
    assert b'"number":8' in second
    assert len(hub) == 0


def test_a_browser_that_does_not_read_is_sent_off_without_holding_the_others() -> None:
    async def flood() -> tuple[int, bool]:
        hub = LiveHub()
        listener = hub.join(5, {1})
        for _ in range(BACKLOG + 5):
            hub.publish([message()])
        chunks = [chunk async for chunk in hub.stream(listener)]
        return len(chunks), len(hub) == 0

    count, is_gone = asyncio.run(flood())
    assert is_gone
    assert count <= BACKLOG + 1


def test_closing_the_hub_ends_every_stream_and_opens_no_new_one() -> None:
    async def close() -> list[bytes]:
        hub = LiveHub()
        old = hub.join(5, {1})
        hub.close()
        new = hub.join(6, {1})
        return [chunk async for chunk in hub.stream(old)] + [chunk async for chunk in hub.stream(new)]

    assert len(asyncio.run(close())) == 2


def test_the_answer_is_not_kept_anywhere() -> None:
    async def answer() -> dict[str, str]:
        return dict(LiveHub().response(5, {1}).headers)

    headers = asyncio.run(answer())
    assert headers["content-type"].startswith("text/event-stream")
    assert headers["cache-control"] == "no-cache, no-transform"
    assert headers["x-accel-buffering"] == "no"
