"""Polling: the offset follows the store, whatever fails on the way."""

import asyncio

import pytest

from bot.waiting import Backoff, pause, unless_stopped
from tests.bot.carrying import carrying, config_of, line
from tests.bot.little_backend import LittleBackend, bad_if, until
from tests.fake_telegram import FakeTelegram


def test_what_people_write_is_stored_before_it_is_confirmed() -> None:
    async def test(fake: FakeTelegram, backend: LittleBackend) -> None:
        tom = fake.person("Tom", language="en-GB")
        first, second = tom.write("The tap leaks"), tom.write("in the kitchen")
        async with line(config_of(fake, backend)) as one:
            poller = one.poller()
            assert await poller.step() == 0.0
            assert backend.keys == [f"{tom.id}:{first}", f"{tom.id}:{second}"]
            assert fake.pending == 2, "confirmed only by the next request"
            assert await poller.step() == 0.0
            assert fake.pending == 0
            assert one.health.state == "working"

    carrying(test)


def test_while_the_backend_is_away_the_offset_stays_where_it_is() -> None:
    async def test(fake: FakeTelegram, backend: LittleBackend) -> None:
        tom = fake.person("Tom")
        tom.write("The tap leaks")
        backend.judge = lambda _messages: 503
        async with line(config_of(fake, backend)) as one:
            poller = one.poller()
            pauses = [await poller.step() for _ in range(3)]
            assert all(pauses)
            assert pauses[2] > pauses[0] / 2
            assert poller.offset is None
            assert fake.pending == 1
            backend.judge = lambda _messages: 202
            assert await poller.step() == 0.0
            assert len(backend.stored) == 1

    carrying(test)


def test_an_update_that_comes_again_is_stored_once() -> None:
    async def test(fake: FakeTelegram, backend: LittleBackend) -> None:
        tom = fake.person("Tom")
        number = tom.write("The tap leaks")
        async with line(config_of(fake, backend)) as one:
            poller = one.poller()
            await poller.step()
            await poller.step()
            fake.redeliver(fake.update_of(number))
            await poller.step()
            async with line(one.config) as other:
                await other.poller().step()
            assert len(backend.stored) == 1
            assert len(backend.posts) >= 2

    carrying(test)


def test_a_tap_is_signed_after_it_is_stored_and_not_in_line_with_the_next_poll() -> None:
    async def test(fake: FakeTelegram, backend: LittleBackend) -> None:
        tom = fake.person("Tom")
        tom.start()
        async with line(config_of(fake, backend)) as one:
            poller = one.poller()
            await poller.step()
            buttons = {"inline_keyboard": [[{"text": "Repairs", "callback_data": "7.0"}]]}
            await one.bot.send_message(tom.id, "Menu", api_kwargs={"reply_markup": buttons})
            fake.faults.add("delay:0.3", method="answerCallbackQuery")
            tap = tom.press("Repairs")
            assert await poller.step() == 0.0
            assert backend.stored[-1]["button"] == "7.0"
            assert tom.answer_to(tap, 0.0) is None, "the poller does not wait for it"
            assert await asyncio.to_thread(tom.answer_to, tap) == ""

    carrying(test)


def test_a_tap_too_old_to_be_signed_is_stored_all_the_same() -> None:
    async def test(fake: FakeTelegram, backend: LittleBackend) -> None:
        tom = fake.person("Tom")
        tom.start()
        async with line(config_of(fake, backend)) as one:
            poller = one.poller()
            await poller.step()
            await one.bot.send_message(tom.id, "Menu")
            fake.faults.add("400:query is too old and response timeout expired", method="answerCallbackQuery")
            await asyncio.to_thread(tom.forge, "99.0", timeout=0.0)
            await poller.step()
            await one.manners.close()
            assert await poller.step() == 0.0
            assert backend.stored[-1]["button"] == "99.0"

    carrying(test)


def test_a_second_poller_stands_by_and_takes_over() -> None:
    async def test(fake: FakeTelegram, backend: LittleBackend) -> None:
        async with line(config_of(fake, backend)) as one:
            poller = one.poller()
            fault = fake.faults.add(
                "409:Conflict: terminated by other getUpdates request", method="getUpdates", times=None
            )
            assert await poller.step() == 0.05
            assert await poller.step() == 0.05
            assert one.health.state == "standing_by"
            fake.faults.remove(fault)
            assert await poller.step() == 0.0
            assert one.health.state == "working"

    carrying(test)


def test_a_webhook_that_was_set_is_taken_away_and_what_waits_is_kept() -> None:
    async def test(fake: FakeTelegram, backend: LittleBackend) -> None:
        async with line(config_of(fake, backend)) as one:
            await one.bot.set_webhook("https://127.0.0.1:1/nobody")
            tom = fake.person("Tom")
            tom.write("The tap leaks")
            poller = one.poller()
            await poller.step()
            assert len(backend.stored) == 1
            assert fake.webhook.url == ""

    carrying(test)


def test_a_refused_token_is_said_and_tried_again_later() -> None:
    async def test(fake: FakeTelegram, backend: LittleBackend) -> None:
        async with line(config_of(fake, backend)) as one:
            fake.revoke()
            assert await one.poller().step() == 0.05
            assert one.health.state == "refused"
            assert one.config.token not in str(one.health.detail)

    carrying(test)


@pytest.mark.parametrize("kind", ["502", "500", "drop", "lost_answer"])
def test_a_telegram_that_is_out_of_reach_is_tried_again_after_a_pause(kind: str) -> None:
    async def test(fake: FakeTelegram, backend: LittleBackend) -> None:
        tom = fake.person("Tom")
        tom.write("The tap leaks")
        async with line(config_of(fake, backend)) as one:
            fake.faults.add(kind, method="getUpdates")
            poller = one.poller()
            assert await poller.step() > 0
            assert one.health.state == "unreachable"
            assert await poller.step() == 0.0
            assert one.health.state == "working"
            assert len(backend.stored) == 1

    carrying(test)


def test_telegrams_own_pause_is_obeyed() -> None:
    async def test(fake: FakeTelegram, backend: LittleBackend) -> None:
        async with line(config_of(fake, backend)) as one:
            fake.faults.add("429", method="getUpdates", retry_after=7)
            assert await one.poller().step() == 7.0

    carrying(test)


def test_what_cannot_be_read_or_is_unknown_does_not_stop_what_follows() -> None:
    async def test(fake: FakeTelegram, backend: LittleBackend) -> None:
        tom = fake.person("Tom")
        broken = {"message_id": 7, "chat": {"id": tom.id, "type": "private"}, "text": "secret words"}
        fake.push("message", broken)
        number = tom.write("The tap leaks")
        async with line(config_of(fake, backend)) as one:
            poller = one.poller()
            for _ in range(3):
                await poller.step()
            assert backend.keys == [f"{tom.id}:7", f"{tom.id}:{number}"]
            assert backend.stored[0]["kind"] == "unsupported"

    carrying(test)


def test_poison_does_not_stop_the_line() -> None:
    async def test(fake: FakeTelegram, backend: LittleBackend) -> None:
        tom = fake.person("Tom")
        first, second = tom.write("poison"), tom.write("The tap leaks")
        backend.judge = bad_if(f"{tom.id}:{first}")
        async with line(config_of(fake, backend)) as one:
            poller = one.poller()
            await poller.step()
            await poller.step()
            assert fake.pending == 0
            assert [m.get("kind") for m in backend.stored] == ["unsupported", None]
            assert backend.keys[1] == f"{tom.id}:{second}"

    carrying(test)


def test_a_group_is_told_once_that_the_bot_talks_in_private_and_nothing_is_stored() -> None:
    async def test(fake: FakeTelegram, backend: LittleBackend) -> None:
        tom = fake.person("Tom")
        group = fake.group("Building 3", [tom])
        async with line(config_of(fake, backend)) as one:
            one.health.known("guanjia_test_bot")
            poller = one.poller()
            await poller.step()
            group.write(tom, "/menu")
            await poller.step()
            await one.manners.close(5)
            (said,) = [shown.text for shown in group.chat if shown.by == "bot"]
            assert "https://t.me/guanjia_test_bot" in said
            assert backend.posts == []

    carrying(test)


def test_asked_to_stop_it_gives_up_the_fetch_under_way() -> None:
    async def test(fake: FakeTelegram, backend: LittleBackend) -> None:
        async with line(config_of(fake, backend)) as one:
            one.health.become("working")
            stop = asyncio.Event()
            running = asyncio.create_task(one.poller(hold=25).run(stop))
            await until(lambda: fake.is_polled)
            stop.set()
            async with asyncio.timeout(2):
                await running

    carrying(test)


def test_it_hears_of_what_is_stored_when_it_is() -> None:
    async def test(fake: FakeTelegram, backend: LittleBackend) -> None:
        heard: list[str] = []
        tom = fake.person("Tom")
        tom.write("The tap leaks")
        async with line(config_of(fake, backend)) as one:
            poller = one.poller(on_stored=lambda message: heard.append(message["text"]))
            backend.judge = lambda _messages: 503
            await poller.step()
            assert heard == []
            backend.judge = lambda _messages: 202
            await poller.step()
            assert heard == ["The tap leaks"]

    carrying(test)


def test_pauses_double_to_a_bound_and_differ_between_processes() -> None:
    steady = Backoff(chance=lambda: 0.0)
    assert [steady.pause() for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]
    steady.reset()
    assert steady.pause() == 1
    assert Backoff(chance=lambda: 1.0).pause() == 0.5


def test_waiting_ends_with_the_stop() -> None:
    async def test() -> None:
        stop = asyncio.Event()
        assert await unless_stopped(stop, asyncio.sleep(0, "done")) == "done"
        asyncio.get_running_loop().call_soon(stop.set)
        assert await pause(stop, 60) is True
        assert await unless_stopped(stop, asyncio.sleep(60, "done")) is None

    asyncio.run(test())


def test_an_update_of_a_shape_we_did_not_think_of_is_answered_and_not_fetched_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stumble(_update: object, _account: str) -> None:
        raise AttributeError("no such part")

    async def test(fake: FakeTelegram, backend: LittleBackend) -> None:
        tom = fake.person("Tom")
        tom.write("The tap leaks")
        monkeypatch.setattr("bot.polling.inbound", stumble)
        async with line(config_of(fake, backend)) as one:
            assert await one.poller().step() == 0.0
        assert [message["kind"] for message in backend.stored] == ["unsupported"]

    carrying(test)
