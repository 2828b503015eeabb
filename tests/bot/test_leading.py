"""One process of a bot fetches its messages, the others stand by; what the operator reads of it."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from bot import notices
from bot.application import Carrier
from bot.client import Backend
from bot.config import BotConfig
from bot.errors import BackendDown, BackendRefused
from bot.heartbeat import Health
from bot.leading import Lead, place
from tests.bot.carrying import carrying, config_of
from tests.bot.little_backend import LittleBackend, until, with_backend
from tests.fake_telegram import FakeTelegram

ROOT = Path(__file__).parents[2]
#: takes a place, says so, and holds it until it is killed
HOLDER = """
import sys
from bot.config import BotConfig
from bot.leading import place
with place(BotConfig("1:killed", "s", "http://127.0.0.1:1")) as name:
    print(name, flush=True)
    sys.stdin.read()
"""


class Process:
    """One process that wants to lead, with a part that says whether it runs."""

    def __init__(self, backend: LittleBackend, holder: str) -> None:
        config = backend.config()
        self.health = Health(config)
        self.client = Backend(config)
        self.lead = Lead(self.client, self.health, holder, every=0.02, again=0.02)
        self.stop = asyncio.Event()
        self.is_polling = False
        self.running = asyncio.create_task(self.lead.run(self._poll, self.stop))

    async def _poll(self, over: asyncio.Event) -> None:
        self.is_polling = True
        await over.wait()
        self.is_polling = False

    async def end(self) -> None:
        self.stop.set()
        async with asyncio.timeout(2):
            await self.running
        await self.client.close()


def test_one_of_two_polls_and_the_other_takes_over_when_it_ends() -> None:
    async def test(backend: LittleBackend) -> None:
        one = Process(backend, "a")
        await until(lambda: one.is_polling)
        other = Process(backend, "b")
        await until(lambda: other.health.state == "standing_by")
        assert not other.is_polling
        await one.end()
        assert ("a", True) in backend.asked, "given back"
        await until(lambda: other.is_polling)
        await other.end()
        assert backend.leader is None

    with_backend(test)


def test_the_lead_is_asked_for_before_the_first_fetch_and_renewed_beside_the_held_one() -> None:
    async def test(backend: LittleBackend) -> None:
        one = Process(backend, "a")
        await until(lambda: one.is_polling)
        assert backend.asked == [("a", False)]
        await until(lambda: len(backend.asked) > 2)
        assert one.is_polling
        await one.end()

    with_backend(test)


def test_who_has_lost_the_lead_stops_to_poll() -> None:
    async def test(backend: LittleBackend) -> None:
        one = Process(backend, "a")
        await until(lambda: one.is_polling)
        backend.leader = "b"
        await until(lambda: not one.is_polling)
        await until(lambda: one.health.state == "standing_by")
        await one.end()
        assert backend.leader == "b"

    with_backend(test)


def test_without_the_backend_it_polls_until_its_lease_is_over_and_again_when_it_is_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.leading.LEASE", 0.3)

    async def test(backend: LittleBackend) -> None:
        one = Process(backend, "a")
        await until(lambda: one.is_polling)
        asked = len(backend.asked)
        backend.lead_status = 503
        await until(lambda: len(backend.asked) > asked)
        assert one.is_polling, "one answer that fails takes nothing away"
        await until(lambda: not one.is_polling)
        backend.lead_status = 200
        await until(lambda: one.is_polling)
        await one.end()

    with_backend(test)


def test_two_carriers_of_one_bot_never_disturb_each_other() -> None:
    async def test(fake: FakeTelegram, backend: LittleBackend) -> None:
        said: list[str] = []
        config, stops = config_of(fake, backend), (asyncio.Event(), asyncio.Event())
        one = asyncio.create_task(Carrier(config).run(stops[0]))
        await until(lambda: fake.is_polled)
        second = Carrier(config, on_change=said.append)
        other = asyncio.create_task(second.run(stops[1]))
        await until(lambda: second.health.state == "standing_by")
        assert "stands by" in said[-1]
        stops[0].set()
        await one
        fake.person("Tom").write("The tap leaks")
        await until(lambda: backend.stored)
        assert second.health.state == "working"
        assert said[-1] == "Telegram: this process has taken over."
        stops[1].set()
        await other
        assert {told["holder"] for told in backend.told} == {holder for holder, _ in backend.asked}
        assert len({holder for holder, _ in backend.asked}) == 2
        assert [call.answered for call in fake.calls if "409" in str(call.answered)] == []

    carrying(test)


def test_processes_on_one_machine_have_different_names_and_a_free_one_is_used_again() -> None:
    config = BotConfig("1:places", "s", "http://127.0.0.1:1")
    with place(config) as first:
        with place(config) as second:
            assert first != second
        with place(config) as third:
            assert third == second
    with place(config) as again:
        assert again == first


@pytest.mark.skipif(sys.platform != "linux", reason="names are held by the system on Linux only")
def test_a_killed_process_has_the_same_name_when_it_is_started_again() -> None:
    def begin() -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )

    names = []
    for _ in range(2):
        with begin() as process:
            assert process.stdout is not None
            names.append(process.stdout.readline())
            process.kill()
    assert names[0] == names[1] != ""


def test_a_wrong_service_token_is_said_once_on_the_terminal() -> None:
    async def test(backend: LittleBackend) -> None:
        said: list[str] = []
        health = Health(backend.config(), on_change=said.append)
        client = Backend(backend.config())
        lead = Lead(client, health, "a", again=0.01)
        stop = asyncio.Event()
        backend.lead_status = 401
        running = asyncio.create_task(lead.run(lambda over: over.wait(), stop))  # type: ignore[arg-type,return-value]
        await until(lambda: len(backend.asked) > 1)
        backend.lead_status = 200
        await until(lambda: len(said) > 1)
        stop.set()
        await running
        await client.close()
        assert "GUANJIA_SERVICE_TOKEN" in said[0]
        assert said[1:] == [f"The web part at {backend.url} answers again."]

    with_backend(test)


def test_the_operator_reads_each_change_as_one_line_with_what_to_do() -> None:
    config, said = BotConfig("1:secret", "service-word", "http://127.0.0.1:8000"), list[str]()
    health = Health(config, on_change=said.append)
    for state, detail in (
        ("working", None), ("unreachable", "NotSent"), ("unreachable", "NotSent"), ("working", None),
        ("refused", "Telegram refuses 1:secret"),
    ):  # fmt: skip
        health.become(state, detail)  # type: ignore[arg-type]
    assert said == [
        "Telegram cannot be reached (NotSent); it is tried again until it works.",
        "Telegram works again.",
        "Telegram refuses GUANJIA_TELEGRAM_TOKEN: ask @BotFather for it (/token), set it, start again.",
    ]
    assert "GUANJIA_BACKEND_URL" in notices.of_backend(config, BackendDown(404, "/x"))
    assert "GUANJIA_BACKEND_URL" in notices.of_backend(config, BackendRefused(422, "x"))
    assert "does not answer" in notices.of_backend(config, BackendDown(None, "x"))
