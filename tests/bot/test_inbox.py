"""What lies in the inbox is safe, in order, and no bad message stops another."""

import asyncio
from typing import Any

import pytest

from bot.client import Backend
from bot.errors import BackendDown
from bot.inbox import CRASHES, Inbox
from tests.bot.little_backend import SERVICE_TOKEN, LittleBackend, bad_if, until, with_backend


def note(number: int, chat: str = "5") -> dict[str, Any]:
    key = f"{chat}:{number}"
    return {
        "channel": "telegram",
        "account": "1",
        "chat": chat,
        "external_id": key,
        "text": f"words {number}",
    }


async def _close(inbox: Inbox, client: Backend) -> None:
    await inbox.close()
    await client.close()


def test_a_message_is_stored_with_the_service_token_before_store_returns() -> None:
    async def test(backend: LittleBackend) -> None:
        client = Backend(backend.config())
        inbox = Inbox(client)
        await inbox.store([note(1)])
        assert backend.stored == [note(1)]
        assert backend.tokens == {f"Bearer {SERVICE_TOKEN}"}
        await _close(inbox, client)

    with_backend(test)


def test_what_arrives_during_a_request_travels_together_in_the_next() -> None:
    async def test(backend: LittleBackend) -> None:
        client = Backend(backend.config())
        inbox = Inbox(client)
        backend.gate.clear()
        first = asyncio.create_task(inbox.store([note(0)]))
        await until(lambda: backend.posts)
        others = [asyncio.create_task(inbox.store([note(number)])) for number in range(1, 10)]
        await asyncio.sleep(0)
        backend.gate.set()
        await asyncio.gather(first, *others)
        assert [len(post) for post in backend.posts] == [1, 9]
        assert backend.keys == [f"5:{number}" for number in range(10)]
        await _close(inbox, client)

    with_backend(test)


def test_a_hundred_messages_go_in_requests_of_fifty_in_order() -> None:
    async def test(backend: LittleBackend) -> None:
        client = Backend(backend.config())
        inbox = Inbox(client)
        await inbox.store([note(number) for number in range(100)])
        assert [len(post) for post in backend.posts] == [50] * 2
        assert backend.keys == [f"5:{number}" for number in range(100)]
        await _close(inbox, client)

    with_backend(test)


def test_poison_is_singled_out_answered_without_its_words_and_blocks_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def test(backend: LittleBackend) -> None:
        client = Backend(backend.config())
        inbox = Inbox(client)
        backend.judge = bad_if("5:1")
        await inbox.store([note(number) for number in range(4)])
        assert backend.keys == ["5:0", "5:1", "5:2", "5:3"]
        assert backend.stored[1]["kind"] == "unsupported"
        assert "text" not in backend.stored[1]
        await _close(inbox, client)

    with_backend(test)
    assert "words 1" not in caplog.text


def test_what_is_refused_even_without_its_words_is_dropped() -> None:
    async def test(backend: LittleBackend) -> None:
        client = Backend(backend.config())
        inbox = Inbox(client)
        backend.judge = lambda messages: 422 if any(m["chat"] == "x" for m in messages) else 202
        await inbox.store([note(1), note(2, "x"), note(3)])
        assert backend.keys == ["5:1", "5:3"]
        await _close(inbox, client)

    with_backend(test)


@pytest.mark.parametrize("status", [401, 429, 500, 502, 503])
def test_a_backend_that_is_away_or_closed_leaves_the_message_to_its_sender(status: int) -> None:
    async def test(backend: LittleBackend) -> None:
        client = Backend(backend.config())
        inbox = Inbox(client)
        backend.judge = lambda _messages: status
        with pytest.raises(BackendDown) as down:
            await inbox.store([note(1), note(2)])
        assert down.value.status == status
        backend.judge = lambda _messages: 202
        await inbox.store([note(1), note(2)])
        assert backend.keys == ["5:1", "5:2"]
        await _close(inbox, client)

    with_backend(test)


def test_no_later_message_is_stored_before_one_that_could_not_be() -> None:
    async def test(backend: LittleBackend) -> None:
        client = Backend(backend.config())
        inbox = Inbox(client)
        backend.gate.clear()
        backend.judge = lambda _messages: 503
        first = asyncio.create_task(inbox.store([note(1)]))
        await until(lambda: backend.posts)
        second = asyncio.create_task(inbox.store([note(2)]))
        await asyncio.sleep(0)
        backend.gate.set()
        results = await asyncio.gather(first, second, return_exceptions=True)
        assert all(isinstance(result, BackendDown) for result in results)
        assert backend.posts == [["5:1"]]
        await _close(inbox, client)

    with_backend(test)


def test_a_message_that_breaks_the_backend_again_and_again_is_stored_without_its_words() -> None:
    async def test(backend: LittleBackend) -> None:
        client = Backend(backend.config())
        inbox = Inbox(client)
        backend.judge = bad_if("5:1", 500)
        for _ in range(CRASHES - 1):
            with pytest.raises(BackendDown):
                await inbox.store([note(0), note(1), note(2)])
        await inbox.store([note(0), note(1), note(2)])
        assert backend.keys == ["5:0", "5:1", "5:2"]
        assert backend.stored[1]["kind"] == "unsupported"
        await _close(inbox, client)

    with_backend(test)


def test_a_backend_that_is_broken_for_all_loses_nothing() -> None:
    async def test(backend: LittleBackend) -> None:
        client = Backend(backend.config())
        inbox = Inbox(client)
        backend.judge = lambda _messages: 500
        for _ in range(CRASHES + 3):
            with pytest.raises(BackendDown):
                await inbox.store([note(1)])
        backend.judge = lambda _messages: 202
        await inbox.store([note(1)])
        assert backend.stored == [note(1)]
        await _close(inbox, client)

    with_backend(test)


def test_whoever_waits_when_the_carrier_stops_is_told_that_nothing_is_stored() -> None:
    async def test(backend: LittleBackend) -> None:
        client = Backend(backend.config())
        inbox = Inbox(client)
        backend.gate.clear()
        waiting = asyncio.create_task(inbox.store([note(1)]))
        await until(lambda: backend.posts)
        await inbox.close()
        with pytest.raises(BackendDown):
            await waiting
        backend.gate.set()
        await client.close()

    with_backend(test)
