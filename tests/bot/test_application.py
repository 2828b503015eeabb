"""The carrier as a whole: it starts when it can, says how it is, ends within seconds, keeps its secrets."""

import asyncio
import json
import logging
from pathlib import Path
from typing import Any

import pytest

from backend import logs
from bot.application import Carrier
from bot.assembly import Telegram, configure
from bot.config import BotConfig, webhook_path
from bot.errors import CannotCarry
from bot.registration import EVERY, Registrar
from tests.bot.carrying import carrying, config_of, line
from tests.bot.little_backend import LittleBackend, until
from tests.fake_telegram import FakeTelegram


async def _run(carrier: Carrier, *, during: Any) -> None:
    """Run the carrier for as long as ``during`` takes; it must end within three seconds."""
    stop = asyncio.Event()
    running = asyncio.create_task(carrier.run(stop))
    try:
        await during
    finally:
        stop.set()
        async with asyncio.timeout(3):
            await running


def test_a_message_is_carried_and_the_state_is_told() -> None:
    async def test(fake: FakeTelegram, backend: LittleBackend) -> None:
        names: list[str] = []
        tom = fake.person("Tom")
        tom.write("The tap leaks")

        async def during() -> None:
            await until(lambda: backend.stored)
            await until(lambda: backend.told and tom.commands)

        await _run(Carrier(config_of(fake, backend), names.append), during=during())
        assert names == ["guanjia_test_bot"]
        told = backend.told[-1]
        assert (told["state"], told["mode"], told["name"]) == ("working", "polling", "guanjia_test_bot")
        assert fake.unknown_methods == []

    carrying(test)


def test_in_webhook_mode_telegram_is_told_where_to_deliver_until_it_knows() -> None:
    async def test(fake: FakeTelegram, backend: LittleBackend) -> None:
        config = config_of(
            fake,
            backend,
            mode="webhook",
            webhook_url="https://127.0.0.1:1/telegram/x",
            webhook_secret="s3cret",
        )
        fake.faults.add("502", method="setWebhook")
        tom = fake.person("Tom")
        tom.write("waits")
        async with line(config) as one:
            registrar = Registrar(one.bot, config, one.health)
            assert await registrar.step() < EVERY
            assert one.health.state == "unreachable"
            assert await registrar.step() == EVERY
            assert one.health.state == "working"
            assert fake.webhook.url == config.webhook_url
            assert fake.webhook.secret == "s3cret"
            assert fake.webhook.max_connections == 40
            assert fake.pending == 1, "what waits is kept"

    carrying(test)


def test_a_webhook_that_somebody_took_away_is_set_again() -> None:
    async def test(fake: FakeTelegram, backend: LittleBackend) -> None:
        config = config_of(
            fake, backend, mode="webhook", webhook_url="https://127.0.0.1:1/x", webhook_secret="s"
        )
        async with line(config) as one:
            registrar = Registrar(one.bot, config, one.health)
            await registrar.step()
            await one.bot.delete_webhook()
            await registrar.step()
            assert fake.webhook.url == config.webhook_url

    carrying(test)


def test_deliveries_that_fail_are_seen_by_the_operator() -> None:
    async def test(fake: FakeTelegram, backend: LittleBackend) -> None:
        config = config_of(
            fake, backend, mode="webhook", webhook_url="https://127.0.0.1:1/x", webhook_secret="s"
        )
        async with line(config) as one:
            registrar = Registrar(one.bot, config, one.health)
            await registrar.step()
            tom = fake.person("Tom")
            tom.write("The tap leaks")
            await until(lambda: fake.webhook.last_error)
            await registrar.step()
            assert one.health.state == "unreachable"
            assert "deliver" in str(one.health.detail)

    carrying(test)


def test_nothing_is_claimed_before_telegram_knows_the_bot() -> None:
    async def test(fake: FakeTelegram, backend: LittleBackend) -> None:
        fake.revoke()
        carrier = Carrier(config_of(fake, backend), stand_by=0.05)

        async def during() -> None:
            await until(lambda: backend.told and backend.told[-1]["state"] == "refused")

        await _run(carrier, during=during())
        assert backend.claims == 0

    carrying(test)


def test_it_ends_at_once_while_telegram_is_out_of_reach() -> None:
    async def test(fake: FakeTelegram, backend: LittleBackend) -> None:
        fake.faults.add("delay:30", method="getMe", times=None)
        await _run(Carrier(config_of(fake, backend)), during=asyncio.sleep(0))

    carrying(test)


def test_a_part_that_fails_is_started_again_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.application.AGAIN", 0.01)

    async def test(fake: FakeTelegram, backend: LittleBackend) -> None:
        carrier = Carrier(config_of(fake, backend))
        falls = iter([True, True])

        async def during() -> None:
            await until(lambda: backend.stored)

        class Falling:
            def __init__(self, *_: Any) -> None: ...

            async def run(self, stop: asyncio.Event) -> None:
                if next(falls, False):
                    raise ArithmeticError
                await stop.wait()

        monkeypatch.setattr("bot.application.Fetcher", Falling)
        fake.person("Tom").write("The tap leaks")
        await _run(carrier, during=during())

    carrying(test)


def test_no_log_line_has_the_token_whatever_happens(capfd: pytest.CaptureFixture[str]) -> None:
    """Every road at the lowest level, with faults on each of them."""
    before = logging.getLogger().handlers[:], logging.getLogger().level
    logs.configure("DEBUG")

    async def test(fake: FakeTelegram, backend: LittleBackend) -> None:
        config = config_of(fake, backend)
        tom = fake.person("Tom")
        for kind in ("502", "drop", "401", "409:Conflict", "404:Not Found"):
            fake.faults.add(kind, method="getUpdates")
        fake.faults.add("drop", method="getMe")
        fake.push("message", {"message_id": 7, "chat": {"id": tom.id, "type": "private"}})
        tom.write("very private words")
        carrier = Carrier(config, stand_by=0.01)

        async def during() -> None:
            await until(lambda: len(backend.stored) == 2, 60)

        await _run(carrier, during=during())

    try:
        with FakeTelegram() as fake:
            token = fake.token

            async def run() -> None:
                async with LittleBackend() as backend:
                    await test(fake, backend)

            asyncio.run(run())
        said = capfd.readouterr().err
    finally:
        logging.getLogger().handlers[:], level = before
        logging.getLogger().setLevel(level)
    assert "unreachable" in said
    assert token not in said
    assert token.partition(":")[2] not in said
    assert "very private words" not in said


def test_secrets_are_masked_and_left_out_of_what_is_shown() -> None:
    config = BotConfig(
        token="12345:secret-part",
        service_token="service",
        backend_url="http://b",
        webhook_secret="hook",
        proxy="http://u:p@proxy",
    )
    said = config.mask("POST https://api/bot12345:secret-part/x service hook http://u:p@proxy")
    for secret in ("secret-part", "service", "hook", "u:p"):
        assert secret not in said
        assert secret not in repr(config).replace("service_token", "").replace("webhook_", "")
    assert config.account == "12345"


def test_the_path_of_the_webhook_names_the_bot_by_a_hash() -> None:
    assert webhook_path("abc") == "/telegram/ba7816bf8f01cfea"


class _Settings:
    telegram_token, telegram_api_url, telegram_mode = "1:a", "http://127.0.0.1:1", "webhook"
    telegram_proxy, service_token, public_url = "", "s", "https://butler.example"
    var_dir = Path("var")


def test_the_webhook_lies_under_the_public_address() -> None:
    config = configure(_Settings(), "http://127.0.0.1:8000", "hook")
    assert config.webhook_url == f"https://butler.example{webhook_path('1:a')}"
    assert Telegram(config).webhook is not None


def test_a_proxy_that_we_cannot_use_stops_the_start() -> None:
    with pytest.raises(CannotCarry):
        Telegram(BotConfig("1:a", "s", "http://127.0.0.1:1", proxy="socks5://127.0.0.1:1080"))


def test_the_thread_carries_and_ends() -> None:
    async def test(fake: FakeTelegram, backend: LittleBackend) -> None:
        telegram = Telegram(config_of(fake, backend))
        assert telegram.webhook is None
        fake.person("Tom").write("The tap leaks")
        telegram.start()
        try:
            await until(lambda: backend.stored)
        finally:
            await asyncio.to_thread(telegram.stop)
        assert json.dumps(backend.told[-1])

    carrying(test)


def test_a_thread_that_never_started_can_be_stopped() -> None:
    Telegram(BotConfig("1:a", "s", "http://127.0.0.1:1")).stop()
