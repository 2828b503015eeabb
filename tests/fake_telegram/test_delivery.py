"""How updates reach a bot: poll, webhook, lanes, order; and what faults do to its calls."""

import asyncio
import json
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from time import monotonic

import pytest
from aiohttp import web
from telegram import (
    Bot,
    Update,
)
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from tests.fake_telegram import FakeTelegram, Person
from tests.fake_telegram.library import keyboard, refusal, run
from tests.server import free_port


def test_a_poll_is_held_until_something_comes_and_confirms_by_its_offset(
    fake: FakeTelegram, tom: Person
) -> None:
    async def work(bot: Bot) -> float:
        (first,) = await bot.get_updates(timeout=5)
        assert (await bot.get_updates(timeout=5))[0].update_id == first.update_id
        began = monotonic()
        asyncio.get_running_loop().call_later(0.2, tom.write, "later")
        (second,) = await bot.get_updates(first.update_id + 1, timeout=5)
        assert second.message is not None
        assert second.message.text == "later"
        await bot.get_updates(second.update_id + 1)
        return monotonic() - began

    assert 0.15 < run(fake, work) < 2
    assert fake.pending == 0


def test_a_second_poller_ends_the_first_and_a_webhook_ends_both(fake: FakeTelegram, tom: Person) -> None:
    async def work(bot: Bot) -> None:
        (one,) = await bot.get_updates()
        first = asyncio.create_task(refusal(bot.get_updates(one.update_id + 1, timeout=5), Conflict))
        fake.wait_calls(1, "getUpdates")
        await asyncio.to_thread(fake.wait_calls, 2, "getUpdates", which=lambda call: True)
        second = asyncio.create_task(refusal(bot.get_updates(one.update_id + 1, timeout=5), Conflict))
        assert "terminated by other getUpdates request" in await first
        await asyncio.to_thread(fake.wait_calls, 3, "getUpdates", which=lambda call: True)
        await bot.set_webhook("https://example.com/hook")
        assert "terminated by setWebhook request" in await second
        assert "can't use getUpdates method while webhook is active" in await refusal(
            bot.get_updates(), Conflict
        )

    run(fake, work)


def test_a_tap_hears_its_answer_once(fake: FakeTelegram, tom: Person) -> None:
    async def work(bot: Bot) -> str | None:
        await bot.send_message(tom.id, "Menu", reply_markup=keyboard("Repairs"))
        pressed = asyncio.create_task(asyncio.to_thread(tom.tap, "repairs"))
        await asyncio.to_thread(tom.wait, lambda chat: fake.updates("callback_query"))
        query = (await bot.get_updates(allowed_updates=[]))[-1].callback_query
        assert query is not None
        assert query.data == "repairs"
        await query.answer("Opening")
        assert "query is too old" in (await refusal(query.answer("again"))).lower()
        await query.edit_message_text("Which room?", reply_markup=keyboard("Kitchen"))
        return await pressed

    assert run(fake, work) == "Opening"
    assert tom.chat[-1].labels == ["Kitchen"]
    with pytest.raises(LookupError, match="no button 'Repairs' is shown"):
        tom.press("Repairs")


def test_a_late_answer_to_a_tap_is_refused_and_a_late_tap_is_dropped(fake: FakeTelegram, tom: Person) -> None:
    async def work(bot: Bot) -> None:
        await bot.send_message(tom.id, "Menu", reply_markup=keyboard("Repairs"))
        number = tom.press("Repairs")
        fake.skip(151)
        assert "query is too old" in (await refusal(bot.answer_callback_query(number))).lower()
        assert [update.callback_query for update in await bot.get_updates()] == [None]

    run(fake, work)


def test_a_tap_can_overtake_the_message_before_it(fake: FakeTelegram, tom: Person) -> None:
    async def work(bot: Bot) -> list[str]:
        await bot.send_message(tom.id, "Menu", reply_markup=keyboard("Repairs"))
        with fake.hold_messages(tom):
            tom.write("it drips")
            tom.press("Repairs")
        return [("tap" if u.callback_query else "message") for u in await bot.get_updates()]

    assert run(fake, work) == ["message", "tap", "message"]


def test_reactions_come_only_when_they_are_asked_for(fake: FakeTelegram, tom: Person) -> None:
    async def work(bot: Bot) -> list[Update]:
        sent = await bot.send_message(tom.id, "Done.")
        tom.react(sent.message_id, "👍")
        await bot.get_updates(allowed_updates=["message", "message_reaction"])
        tom.react(sent.message_id, "❤")
        await bot.set_message_reaction(tom.id, tom.chat[0].message_id, "👀")
        assert await refusal(bot.set_message_reaction(tom.id, sent.message_id, "🚰")) == "Reaction_invalid"
        return list(await bot.get_updates())

    reaction = run(fake, work)[-1].message_reaction
    assert reaction is not None
    assert [len(reaction.old_reaction), reaction.new_reaction[0].emoji] == [1, "❤"]
    assert tom.chat[0].reactions == ["👀"]
    assert len(fake.updates("message_reaction")) == 1


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("429", RetryAfter),
        ("403", Forbidden),
        ("401", InvalidToken),
        ("502", NetworkError),
        ("drop", NetworkError),
        ("lost_answer", NetworkError),
        ("400:chat not found", BadRequest),
    ],
)
def test_a_fault_strikes_its_method_and_chat_as_often_as_asked(
    fake: FakeTelegram, tom: Person, kind: str, error: type[TelegramError]
) -> None:
    ann = fake.person("Ann")
    ann.start()
    fault = fake.faults.add(kind, method="sendMessage", chat=tom, times=2, retry_after=7)

    async def work(bot: Bot) -> None:
        for _ in range(2):
            await refusal(bot.send_message(tom.id, "x"), error)
            await bot.send_message(ann.id, "x")
        await bot.send_message(tom.id, "x")

    run(fake, work)
    assert fault.hits == 2
    assert sum(message.by == "bot" for message in tom.chat) == (3 if kind == "lost_answer" else 1)
    assert [call.answered for call in fake.calls_of("sendMessage", ann)] == [200, 200]


def test_a_delay_delays_its_chat_alone(fake: FakeTelegram, tom: Person) -> None:
    ann = fake.person("Ann")
    ann.start()
    fake.faults.add("delay:0.3", chat=tom)

    async def work(bot: Bot) -> None:
        await asyncio.gather(*(bot.send_message(one.id, "x") for one in (tom, ann)))

    run(fake, work)
    (slow,), (quick,) = fake.calls_of("sendMessage", tom), fake.calls_of("sendMessage", ann)
    assert slow.done is not None
    assert quick.done is not None
    assert slow.done - slow.at > 0.29 > quick.done - quick.at


def test_the_pacing_limits_hold_per_chat_when_they_are_on(fake: FakeTelegram, tom: Person) -> None:
    ann = fake.person("Ann")
    ann.start()
    fake.limits = True

    async def work(bot: Bot) -> None:
        for _ in range(3):
            await bot.send_message(tom.id, "x")
        await refusal(bot.send_message(tom.id, "x"), RetryAfter)
        await bot.send_message(ann.id, "x")

    run(fake, work)
    assert fake.calls[-2].error == "Too Many Requests: retry after 1"


class Hook:
    """A webhook that notes what comes and answers as it is told."""

    def __init__(self, *answers: web.Response) -> None:
        self.answers = list(answers)
        self.seen: list[tuple[float, int, str]] = []
        self.arrived = asyncio.Condition()
        self.gate: asyncio.Event | None = None
        self.most = self.inside = 0

    async def take(self, request: web.Request) -> web.Response:
        said = json.loads(await request.read())
        self.inside += 1
        self.most = max(self.most, self.inside)
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        self.seen.append((monotonic(), said["update_id"], secret))
        async with self.arrived:
            self.arrived.notify_all()
        if self.gate is not None:
            await self.gate.wait()
        self.inside -= 1
        return self.answers.pop(0) if self.answers else web.Response()

    async def wait(self, count: int) -> None:
        async with asyncio.timeout(10), self.arrived:
            await self.arrived.wait_for(lambda: len(self.seen) >= count)

    @asynccontextmanager
    async def served(self) -> AsyncIterator[str]:
        application = web.Application()
        application.router.add_post("/hook", self.take)
        runner = web.AppRunner(application)
        await runner.setup()
        port = free_port()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield f"http://127.0.0.1:{port}/hook"
        await runner.cleanup()


def test_a_webhook_is_called_again_until_it_takes_the_update(fake: FakeTelegram, tom: Person) -> None:
    reply = {"method": "sendMessage", "chat_id": tom.id, "text": "Said in the answer."}

    async def work(bot: Bot) -> None:
        hook = Hook(web.Response(status=500), web.Response(status=503), web.json_response(reply))
        async with hook.served() as url:
            await bot.set_webhook(url, secret_token="s3cret_-", max_connections=4)
            await hook.wait(3)
            await asyncio.to_thread(tom.wait_for, "Said in the answer.")
            times = [at for at, _, _ in hook.seen]
            assert times[1] - times[0] > 0.19
            assert times[2] - times[1] > 0.39
            assert {(number, secret) for _, number, secret in hook.seen} == {
                (fake.updates()[0].id, "s3cret_-")
            }
            assert "503" in ((await bot.get_webhook_info()).last_error_message or "")
            fake.redeliver(fake.updates()[0].id)
            await hook.wait(4)
            assert hook.seen[3][1] == hook.seen[0][1]
            await bot.delete_webhook()
        assert [attempt.status for attempt in fake.webhook.attempts] == [500, 503, 200, 200]
        assert "unallowed characters" in await refusal(bot.set_webhook(url, secret_token="not allowed"))
        assert "https url must" in await refusal(bot.set_webhook("http://example.com/hook"))

    run(fake, work)


def test_a_webhook_gets_one_update_per_lane_and_several_lanes_at_once(
    fake: FakeTelegram, tom: Person
) -> None:
    ann = fake.person("Ann")

    async def work(bot: Bot) -> None:
        await bot.send_message(tom.id, "Menu", reply_markup=keyboard("Repairs"))
        hook = Hook()
        hook.gate = asyncio.Event()
        async with hook.served() as url:
            await bot.set_webhook(url)
            tom.write("second")
            ann.start()
            tom.press("Repairs")
            await hook.wait(3)
            assert hook.most == 3
            hook.gate.set()
            await hook.wait(4)
            async with asyncio.timeout(5):
                while fake.pending:
                    await asyncio.sleep(0.01)
            lanes = {attempt.lane[0] for attempt in fake.webhook.attempts}
            assert lanes == {"message", "tap"}

    run(fake, work)


def test_many_writers_at_once_lose_nothing_and_keep_their_order(fake: FakeTelegram) -> None:
    people = [fake.person(f"P{number}") for number in range(8)]

    def write(person: Person) -> None:
        for number in range(50):
            person.write(str(number))

    async def work(bot: Bot) -> list[Update]:
        taken: list[Update] = []
        while len(taken) < 400:
            offset = taken[-1].update_id + 1 if taken else 0
            taken += await bot.get_updates(offset, timeout=5)
        return taken

    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(write, person) for person in people]
        taken = run(fake, work)
        for job in jobs:
            job.result()
    for person in people:
        texts = [one.message.text for one in taken if one.message and one.message.chat.id == person.id]
        assert texts == [str(number) for number in range(50)]


def test_a_poller_that_has_gone_holds_nothing(fake: FakeTelegram, tom: Person) -> None:
    async def work(bot: Bot) -> None:
        (one,) = await bot.get_updates()
        waiting = asyncio.create_task(bot.get_updates(one.update_id + 1, timeout=30))
        await asyncio.to_thread(fake.wait_calls, 2, "getUpdates", which=lambda call: True)
        assert fake.is_polled
        waiting.cancel()
        with pytest.raises((asyncio.CancelledError, NetworkError)):
            await waiting
        await asyncio.to_thread(fake.wait_calls, 2, "getUpdates")
        assert not fake.is_polled

    run(fake, work)
    assert fake.calls[-1].answered is None


def test_redelivered_updates_come_under_their_own_number(fake: FakeTelegram, tom: Person) -> None:
    async def work(bot: Bot) -> list[int]:
        (one,) = await bot.get_updates()
        await bot.get_updates(one.update_id + 1)
        fake.redeliver(fake.update_of(tom.chat[0].message_id))
        return [update.update_id - one.update_id for update in await bot.get_updates(one.update_id + 1)]

    assert run(fake, work) == [0]


def test_while_offline_every_call_is_cut(fake: FakeTelegram, tom: Person) -> None:
    async def work(bot: Bot) -> None:
        with fake.offline():
            await refusal(bot.send_message(tom.id, "x"), NetworkError)
        await bot.send_message(tom.id, "x")

    run(fake, work)
    assert [call.answered for call in fake.calls_of("sendMessage")] == [None, 200]
