"""The road to Telegram: what is sent, and what failed when something did."""

import asyncio

import pytest
from telegram import Bot, InputFile
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TimedOut

from bot.errors import CannotCarry, NoAnswer, NotSent
from bot.request import AiohttpRequest, check_proxy
from tests.bot.carrying import carrying, config_of, line
from tests.bot.little_backend import LittleBackend
from tests.fake_telegram import FakeTelegram
from tests.server import free_port


def test_words_files_and_their_names_arrive_as_they_are() -> None:
    async def test(fake: FakeTelegram, backend: LittleBackend) -> None:
        tom = fake.person("Tom")
        tom.start()
        async with line(config_of(fake, backend)) as one:
            await one.bot.send_message(tom.id, "a & b = <c> 水 👍 +%")
            file = InputFile(b"%PDF-1.4", filename='账单 "三月".pdf')
            sent = await one.bot.send_document(tom.id, file, caption="账单")
            assert sent.document is not None
        assert [shown.text for shown in tom.chat if shown.by == "bot"] == ["a & b = <c> 水 👍 +%", "账单"]
        assert sent.document.file_name == "账单  三月 .pdf"

    carrying(test)


def test_a_file_is_fetched_within_its_bound() -> None:
    async def test(fake: FakeTelegram, backend: LittleBackend) -> None:
        tom = fake.person("Tom")
        tom.start()
        async with line(config_of(fake, backend)) as one:
            sent = await one.bot.send_document(tom.id, InputFile(b"x" * 5000, filename="a.bin"))
            assert sent.document is not None
            file = await one.bot.get_file(sent.document.file_id)
            assert await one.calling.download(str(file.file_path), 5000) == b"x" * 5000
            assert await one.calling.download(str(file.file_path), 4999) is None
            assert bytes(await file.download_as_bytearray()) == b"x" * 5000

    carrying(test)


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("403", Forbidden),
        ("400:chat not found", BadRequest),
        ("401", InvalidToken),
        ("429", RetryAfter),
        ("502", NetworkError),
        ("drop", NoAnswer),
        ("lost_answer", NoAnswer),
    ],
)
def test_every_trouble_has_the_class_the_library_gives_it(kind: str, error: type[Exception]) -> None:
    async def test(fake: FakeTelegram, backend: LittleBackend) -> None:
        tom = fake.person("Tom")
        tom.start()
        async with line(config_of(fake, backend)) as one:
            await one.bot.send_message(tom.id, "first")
            fake.faults.add(kind, method="sendMessage")
            with pytest.raises(error) as raised:
                await one.bot.send_message(tom.id, "second")
            assert not isinstance(raised.value, NotSent)
            assert one.config.token not in repr(raised.value)
            await one.bot.send_message(tom.id, "third")

    carrying(test)


def test_an_answer_that_does_not_come_in_time_is_told_apart_from_a_call_that_never_left() -> None:
    async def test(fake: FakeTelegram, backend: LittleBackend) -> None:
        tom = fake.person("Tom")
        tom.start()
        async with line(config_of(fake, backend)) as one:
            fake.faults.add("delay:1", method="sendMessage")
            with pytest.raises(TimedOut) as raised:
                await one.bot.send_message(tom.id, "x", read_timeout=0.05, write_timeout=0.05)
            assert not isinstance(raised.value, NotSent)

    carrying(test)


@pytest.mark.parametrize("proxy", ["", "http://127.0.0.1:{port}"])
def test_where_nobody_listens_nothing_was_sent(proxy: str) -> None:
    async def test() -> None:
        calling = AiohttpRequest(proxy.format(port=free_port()))
        bot = Bot("1:token", base_url=f"http://127.0.0.1:{free_port()}/bot", request=calling)
        with pytest.raises(NotSent) as raised:
            await bot.send_message(1, "x")
        assert "1:token" not in str(raised.value)
        await calling.shutdown()

    asyncio.run(test())


def test_a_proxy_that_we_cannot_use_is_refused_in_words() -> None:
    for good in ("", "http://proxy.example:8080", "https://user:pass@proxy.example"):
        check_proxy(good)
    for bad in ("socks5://127.0.0.1:1080", "proxy.example:8080", "http://"):
        with pytest.raises(CannotCarry, match="GUANJIA_TELEGRAM_PROXY"):
            AiohttpRequest(bad)


def test_calls_go_through_the_proxy_that_is_set() -> None:
    asked: list[str] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readline()).decode())
        body = b'{"ok":true,"result":true}'
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body)
        )
        await writer.drain()
        writer.close()

    async def test() -> None:
        server = await asyncio.start_server(proxy, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        calling = AiohttpRequest(f"http://127.0.0.1:{port}")
        bot = Bot("1:token", base_url="http://telegram.example/bot", request=calling)
        assert await bot.delete_webhook()
        assert asked == ["POST http://telegram.example/bot1:token/deleteWebhook HTTP/1.1\r\n"]
        await calling.shutdown()
        server.close()
        await server.wait_closed()

    asyncio.run(test())


def test_it_can_be_ended_twice_and_begun_again() -> None:
    async def test() -> None:
        calling = AiohttpRequest()
        await calling.initialize()
        await calling.shutdown()
        await calling.shutdown()
        await calling.initialize()
        await calling.shutdown()

    asyncio.run(test())
