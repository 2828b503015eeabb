"""The sender between a backend and Telegram, both over real HTTP: order, fairness, acks, stopping."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from telegram import Bot

from bot import deliver
from bot.client import Backend
from bot.journal import Journal
from bot.pacing import UNLIMITED, Limits
from bot.request import AiohttpRequest
from bot.sender import Sender
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
def people(fake: FakeTelegram) -> list[Person]:
    found = [fake.person(name) for name in ("Tom", "Ann", "Ben")]
    for person in found:
        person.start()
    return found


@dataclass
class Post:
    """A running sender and the backend it serves."""

    backend: BackendDouble
    sender: Sender
    stop: asyncio.Event
    running: "asyncio.Task[None]"

    async def end(self) -> None:
        self.stop.set()
        await self.running


@asynccontextmanager
async def post(
    fake: FakeTelegram, double: BackendDouble | None = None, **options: Any
) -> AsyncIterator[Post]:
    """A sender at work, with a backend of its own unless one is given; it is stopped at the end."""
    request = AiohttpRequest()
    bot = Bot(fake.token, f"{fake.url}/bot", f"{fake.url}/file/bot", request=request)
    async with contextlib.AsyncExitStack() as stack:
        double = double or await stack.enter_async_context(BackendDouble())
        client: Backend = double.client(fake.token, "desk:0")
        sender = Sender(bot, client, **{"limits": UNLIMITED, **options})
        stop = asyncio.Event()
        running = asyncio.create_task(sender.run(stop))
        at_work = Post(double, sender, stop, running)
        try:
            yield at_work
            await at_work.end()
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await client.close()
            await request.shutdown()


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(work())


def said(person: Person) -> list[str]:
    return [shown.text for shown in person.chat if shown.by == "bot"]


async def see(fake: FakeTelegram, count: int, method: str, person: Person) -> None:
    """Wait, without stopping the sender, until Telegram has answered so many calls."""
    await asyncio.to_thread(fake.wait_calls, count, method, person)


def test_a_message_is_sent_and_its_id_comes_back(fake: FakeTelegram, people: list[Person]) -> None:
    async def work() -> None:
        async with post(fake) as at:
            number = await at.backend.queue(people[0], "Hello")
            await at.backend.settled(number)
            shown = people[0].chat[-1]
            remote_ids = [str(shown.message_id)]
            assert at.backend.acks == [{"id": number, "outcome": "sent", "remote_ids": remote_ids}]

    run(work)
    assert said(people[0]) == ["Hello"]


def test_each_chat_keeps_its_order_while_others_go_on(fake: FakeTelegram, people: list[Person]) -> None:
    async def work() -> None:
        async with post(fake) as at:
            fake.faults.add("delay:0.05", chat=people[0], times=3)
            numbers = [await at.backend.queue(people[i % 3], f"{i}") for i in range(60)]
            await at.backend.settled(*numbers)

    run(work)
    for place, person in enumerate(people):
        assert said(person) == [str(i) for i in range(place, 60, 3)]


def test_acks_go_together(fake: FakeTelegram) -> None:
    crowd = [fake.person(f"P{i}") for i in range(30)]
    for person in crowd:
        person.start()

    async def work() -> None:
        async with post(fake) as at:
            numbers = [await at.backend.queue(person, "Hello") for person in crowd]
            await at.backend.settled(*numbers)
            assert len(at.backend.acks) == 30
            assert len(at.backend.posts) < 20

    run(work)


def test_a_429_keeps_back_its_own_chat_only(fake: FakeTelegram, people: list[Person]) -> None:
    async def work() -> None:
        async with post(fake) as at:
            fake.faults.add("429", chat=people[0], method="sendMessage", retry_after=40)
            late = await at.backend.queue(people[0], "Late")
            numbers = [await at.backend.queue(people[1 + i % 2], f"{i}") for i in range(20)]
            await at.backend.settled(*numbers)
            (ack,) = at.backend.acks_of(late)
            assert ack == {"id": late, "outcome": "retry", "reason": "flood", "retry_after": 40.0}

    run(work)
    assert said(people[0]) == []


def test_a_chat_that_must_rest_for_long_gives_its_place_back(
    fake: FakeTelegram, people: list[Person]
) -> None:
    limits = Limits(private=0.01, private_burst=1)

    async def work() -> None:
        async with post(fake, limits=limits) as at:
            first = await at.backend.queue(people[0], "One")
            second = await at.backend.queue(people[0], "Two")
            await at.backend.until(lambda: at.backend.acks_of(second))
            assert at.backend.acks_of(first)[0]["outcome"] == "sent"
            (ack,) = at.backend.acks_of(second)
            assert (ack["outcome"], ack["reason"]) == ("retry", "flood")
            assert 90 < ack["retry_after"] <= 100

    run(work)


def test_a_short_rest_is_waited_for(fake: FakeTelegram, people: list[Person]) -> None:
    async def work() -> None:
        async with post(fake, limits=Limits(private=20, private_burst=1)) as at:
            numbers = [await at.backend.queue(people[0], f"{i}") for i in range(3)]
            await at.backend.settled(*numbers)
            assert [ack["outcome"] for ack in at.backend.acks] == ["sent"] * 3

    run(work)


def test_a_lost_chat_is_told_dead_and_the_rest_goes_on(fake: FakeTelegram, people: list[Person]) -> None:
    people[0].block()

    async def work() -> None:
        async with post(fake) as at:
            numbers = [await at.backend.queue(person, "Hello") for person in people]
            await at.backend.settled(*numbers)
            assert at.backend.acks_of(numbers[0]) == [
                {"id": numbers[0], "outcome": "dead", "reason": "blocked"}
            ]

    run(work)
    assert said(people[1]) == said(people[2]) == ["Hello"]


def test_a_migrated_group_gets_its_message_at_once_under_the_new_id(fake: FakeTelegram) -> None:
    group = fake.group("Tower 3", [fake.person("Ann")])
    old = group.id
    group.migrate()

    async def work() -> None:
        async with post(fake) as at:
            number = await at.backend.queue(old, "Hello")
            await at.backend.settled(number)
            assert [ack["outcome"] for ack in at.backend.acks] == ["retry", "sent"]

    run(work)
    assert group.chat[-1].text == "Hello"


def test_nothing_is_lost_while_the_backend_is_away(fake: FakeTelegram, people: list[Person]) -> None:
    async def work() -> None:
        async with post(fake) as at:
            at.backend.refuse["/api/outbox/claim"] = [503]
            at.backend.refuse["/api/outbox/ack"] = [503, 500]
            numbers = [await at.backend.queue(people[0], text) for text in ("One", "Two")]
            await at.backend.settled(*numbers)
            assert [ack["outcome"] for ack in at.backend.acks] == ["sent", "sent"]

    run(work)
    assert said(people[0]) == ["One", "Two"]


def test_what_was_sent_before_a_kill_is_told_and_not_sent_again(
    fake: FakeTelegram, people: list[Person], tmp_path: Path
) -> None:
    async def work() -> None:
        async with BackendDouble() as backend:
            backend.refuse["/api/outbox/ack"] = [503] * 1000
            async with post(fake, backend, journal=Journal(tmp_path / "sent")) as killed:
                number = await backend.queue(people[0], "Once")
                await see(fake, 1, "sendMessage", people[0])
                killed.running.cancel()  # what a kill leaves: the message at Telegram, nothing told
                await asyncio.gather(killed.running, return_exceptions=True)
                killed.running = asyncio.create_task(asyncio.sleep(0))
            backend.refuse.clear()
            assert backend.acks == []
            async with post(fake, backend, journal=Journal(tmp_path / "sent")):
                second = await backend.queue(people[0], "Twice")
                await backend.settled(number, second)

    run(work)
    assert said(people[0]) == ["Once", "Twice"]


def test_an_ack_the_backend_refuses_does_not_hold_up_the_others(
    fake: FakeTelegram, people: list[Person]
) -> None:
    async def work() -> None:
        async with post(fake) as at:
            at.backend.poison = 1
            first, *others = [await at.backend.queue(person, "Hello") for person in people]
            await at.backend.settled(*others)
            assert first == 1
            assert at.backend.acks_of(first) == []

    run(work)


def test_a_parcel_without_sense_is_given_up(fake: FakeTelegram, people: list[Person]) -> None:
    async def work() -> None:
        async with post(fake) as at:
            odd = await at.backend.queue("nobody", "Hello")
            fine = await at.backend.queue(people[0], "Hello")
            await at.backend.settled(odd, fine)
            assert at.backend.acks_of(odd)[0]["outcome"] == "dead"

    run(work)


def test_a_fault_of_ours_gives_up_one_message_and_not_the_sender(
    fake: FakeTelegram, people: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(message: Any) -> Any:
        if message.text == "Break":
            raise RuntimeError("a fault of ours")
        return honest(message)

    honest = deliver.render
    monkeypatch.setattr(deliver, "render", broken)

    async def work() -> None:
        async with post(fake) as at:
            bad = await at.backend.queue(people[0], "Break")
            fine = await at.backend.queue(people[0], "Hello")
            await at.backend.settled(bad, fine)
            assert at.backend.acks_of(bad)[0]["reason"].startswith("refused: a fault of the sender")

    run(work)
    assert said(people[0]) == ["Hello"]


def test_a_refused_token_silences_the_sender_and_keeps_the_message(
    fake: FakeTelegram, people: list[Person]
) -> None:
    async def work() -> None:
        async with post(fake) as at:
            fake.faults.add("401", chat=people[0])
            number = await at.backend.queue(people[0], "Hello")
            await at.backend.until(lambda: at.backend.acks)
            assert at.backend.acks == [
                {"id": number, "outcome": "retry", "reason": "token", "retry_after": 30.0}
            ]
            await at.end()  # at once, although the silence lasts for thirty seconds

    run(work)


def test_a_stop_lets_a_send_end_and_gives_back_what_has_not_begun(
    fake: FakeTelegram, people: list[Person]
) -> None:
    async def work() -> None:
        async with post(fake, limits=Limits(private=0.1, private_burst=1)) as at:
            first = await at.backend.queue(people[1], "Before")
            await at.backend.settled(first)
            fake.faults.add("delay:0.3", chat=people[0])
            under_way = await at.backend.queue(people[0], "Slow")
            waiting = await at.backend.queue(people[1], "Waiting for its turn")
            await asyncio.to_thread(
                fake.wait_calls, 1, "sendMessage", people[0], which=lambda call: call.at is not None
            )
            await at.backend.until(lambda: all(row.is_leased or row.is_over for row in at.backend.rows))
            await at.end()
            assert at.backend.acks_of(under_way)[0]["outcome"] == "sent"
            assert at.backend.acks_of(waiting) == [
                {"id": waiting, "outcome": "retry", "reason": "flood", "retry_after": 0.05}
            ]

    run(work)
    assert said(people[0]) == ["Slow"]


def test_a_send_that_does_not_end_before_the_stop_is_unconfirmed(
    fake: FakeTelegram, people: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sender.GRACE", 0.05)

    async def work() -> None:
        async with post(fake) as at:
            fake.faults.add("delay:5", chat=people[0])
            number = await at.backend.queue(people[0], "Slow")
            await asyncio.to_thread(
                fake.wait_calls, 1, "sendMessage", people[0], which=lambda call: call.at is not None
            )
            await at.end()
            assert at.backend.acks == [{"id": number, "outcome": "retry", "reason": "unconfirmed"}]

    run(work)


def test_a_typing_butler_is_shown_once_in_four_seconds(fake: FakeTelegram, people: list[Person]) -> None:
    now = [100.0]

    async def work() -> None:
        async with post(fake, now=lambda: now[0]) as at:
            for expected in (1, 1, 2):
                at.backend.typing = [{"account": "1", "chat": str(people[0].id)}]
                claims = at.backend.claims
                await at.backend.tell()
                await see(fake, expected, "sendChatAction", people[0])
                number = await at.backend.queue(people[1], "Another chat")  # the claim has been answered
                await at.backend.settled(number)
                assert at.backend.claims > claims
                now[0] += 2.5

    run(work)
    assert len(fake.calls_of("sendChatAction", people[0])) == 2


def test_a_reply_that_takes_its_time_is_announced(fake: FakeTelegram, people: list[Person]) -> None:
    async def work() -> None:
        async with post(fake, typing_after=0.01) as at:
            at.sender.expect_reply(people[0].id)
            await see(fake, 1, "sendChatAction", people[0])
            assert people[0].is_typing

    run(work)


def test_a_quick_reply_costs_no_typing_action(fake: FakeTelegram, people: list[Person]) -> None:
    async def work() -> None:
        async with post(fake) as at:
            at.sender.expect_reply(people[0].id)
            number = await at.backend.queue(people[0], "Here you are")
            await at.backend.settled(number)

    run(work)
    assert fake.calls_of("sendChatAction", people[0]) == []


def test_a_notice_to_everybody_does_not_hold_up_a_reply(fake: FakeTelegram, people: list[Person]) -> None:
    crowd = [fake.person(f"R{i}") for i in range(60)]
    for person in crowd:
        person.start()

    async def work() -> None:
        async with post(fake, limits=Limits()) as at:
            bulk = [await at.backend.queue(person, "Notice", urgent=False) for person in crowd]
            await at.backend.until(lambda: len(at.backend.acks) >= 10)
            reply = await at.backend.queue(people[0], "Reply")
            await at.backend.settled(reply)
            assert sum(bool(at.backend.acks_of(number)) for number in bulk) < 45

    run(work)
