"""Files that people sent are fetched from Telegram and handed to the backend, within a bound."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from telegram import Bot

from bot.fetching import LIMIT, Fetcher
from bot.request import AiohttpRequest
from tests.bot.backend_double import BackendDouble
from tests.fake_telegram import FakeTelegram, Person


@pytest.fixture(scope="module")
def telegram() -> Iterator[FakeTelegram]:
    with FakeTelegram() as fake:
        yield fake
        assert fake.unknown_methods == []


@pytest.fixture
def fake(telegram: FakeTelegram) -> Iterator[FakeTelegram]:
    yield telegram
    telegram.faults.clear()


@pytest.fixture
def tom(fake: FakeTelegram) -> Person:
    person = fake.person("Tom")
    person.start()
    return person


@asynccontextmanager
async def fetching(fake: FakeTelegram, download: Any = None) -> AsyncIterator[BackendDouble]:
    """A fetcher at work; it is stopped at the end."""
    request = AiohttpRequest()
    bot = Bot(fake.token, f"{fake.url}/bot", f"{fake.url}/file/bot", request=request)
    async with BackendDouble() as double:
        client = double.client(fake.token)
        stop = asyncio.Event()
        running = asyncio.create_task(Fetcher(bot, client, download or request.download).run(stop))
        try:
            yield double
            stop.set()
            await running
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await client.close()
            await request.shutdown()


async def expect(double: BackendDouble, number: str, remote_id: str, **fields: Any) -> None:
    usual = {"id": number, "account": "1", "remote_id": remote_id, "kind": "document", "name": "", "size": 0}
    double.expected.append(usual | fields)
    await double.tell()


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(work())


def newest(person: Person) -> str:
    """The file id of the newest message."""
    return person.chat[-1].files[0].id


def test_files_are_fetched_with_their_names_and_bytes(fake: FakeTelegram, tom: Person) -> None:
    tom.document("合同.pdf", b"%PDF-1.7 words")
    contract = newest(tom)
    tom.voice(b"OggS voice")
    voice = newest(tom)

    async def work() -> None:
        async with fetching(fake) as double:
            await expect(double, "a", contract, name="合同.pdf")
            await expect(double, "b", voice, kind="voice")
            await double.until(lambda: len(double.uploads) == 2)
            assert double.uploads["a"] == ("合同.pdf", b"%PDF-1.7 words")
            name, data = double.uploads["b"]
            assert data == b"OggS voice"
            assert name.endswith((".oga", ".ogg"))
            assert double.file_acks == []

    run(work)


def test_more_files_than_places_are_all_fetched(fake: FakeTelegram, tom: Person) -> None:
    ids = []
    for i in range(8):
        tom.document(f"{i}.txt", f"{i}".encode())
        ids.append(newest(tom))

    async def work() -> None:
        async with fetching(fake) as double:
            for i, remote_id in enumerate(ids):
                await expect(double, str(i), remote_id)
            await double.until(lambda: len(double.uploads) == 8)
            assert [double.uploads[str(i)][1] for i in range(8)] == [f"{i}".encode() for i in range(8)]

    run(work)


@pytest.mark.parametrize("announced", [0, LIMIT + 1])
def test_a_file_that_is_too_large_is_given_up(fake: FakeTelegram, tom: Person, announced: int) -> None:
    tom.document("film.zip", LIMIT + 1)
    film = newest(tom)

    async def work() -> None:
        async with fetching(fake) as double:
            await expect(double, "a", film, size=announced)
            await double.until(lambda: double.file_acks)
            assert double.file_acks == [{"id": "a", "outcome": "dead", "reason": "too_large"}]

    run(work)


def test_a_server_that_sends_more_than_it_announced_is_cut_off(fake: FakeTelegram, tom: Person) -> None:
    tom.document("words.txt", b"words " * 100)
    words = newest(tom)
    asked: list[int] = []
    request = AiohttpRequest()

    async def small(url: str, limit: int) -> bytes | None:
        asked.append(limit)
        return await request.download(url, 100)

    async def work() -> None:
        async with fetching(fake, small) as double:
            await expect(double, "a", words)
            await double.until(lambda: double.file_acks)
            await request.shutdown()
            assert double.file_acks == [{"id": "a", "outcome": "dead", "reason": "too_large"}]

    run(work)
    assert asked == [LIMIT]


def test_a_file_that_telegram_does_not_know_is_given_up(fake: FakeTelegram) -> None:
    async def work() -> None:
        async with fetching(fake) as double:
            await expect(double, "a", "no-such-file")
            await double.until(lambda: double.file_acks)
            assert double.file_acks == [{"id": "a", "outcome": "dead", "reason": "refused"}]

    run(work)


@pytest.mark.parametrize(
    ("fault", "method"),
    [("drop", "getFile"), ("502", "getFile"), ("429", "getFile"), ("drop", "download"), ("502", "download"),
     ("400:Bad Request: file is temporarily unavailable", "getFile"), ("401", "getFile")],
)  # fmt: skip
def test_trouble_on_the_way_is_tried_again_later(
    fake: FakeTelegram, tom: Person, fault: str, method: str
) -> None:
    tom.document("words.txt", b"words")
    words = newest(tom)
    fake.faults.add(fault, method=method, times=None)

    async def work() -> None:
        async with fetching(fake) as double:
            await expect(double, "a", words)
            await double.until(lambda: double.file_acks)
            (ack,) = double.file_acks
            assert (ack["id"], ack["outcome"]) == ("a", "retry")
            assert double.uploads == {}

    run(work)


def test_what_the_backend_refuses_it_has_settled_itself(fake: FakeTelegram, tom: Person) -> None:
    tom.document("virus.exe", b"MZ")
    first = newest(tom)
    tom.document("words.txt", b"words")
    second = newest(tom)

    async def work() -> None:
        async with fetching(fake) as double:
            double.refuse["/api/files"] = [422]
            await expect(double, "a", first)
            await expect(double, "b", second)
            await double.until(lambda: double.uploads and not double.refuse["/api/files"])
            assert len(double.uploads) == 1
            assert double.file_acks == []

    run(work)


def test_a_backend_that_is_away_is_asked_again(fake: FakeTelegram, tom: Person) -> None:
    tom.document("words.txt", b"words")
    words = newest(tom)

    async def work() -> None:
        async with fetching(fake) as double:
            double.refuse["/api/files/claim"] = [503]
            await expect(double, "a", words)
            await double.until(lambda: double.uploads)

    run(work)


def test_a_stop_gives_back_what_is_under_way(fake: FakeTelegram, tom: Person) -> None:
    tom.document("words.txt", b"words")
    words = newest(tom)
    fake.faults.add("delay:5", method="getFile")

    async def work() -> None:
        async with fetching(fake) as double:
            await expect(double, "a", words)
            await asyncio.to_thread(fake.wait_calls, 1, "getFile", which=lambda call: call.done is None)
        assert double.file_acks == [{"id": "a", "outcome": "retry", "reason": "stopped"}]

    run(work)
