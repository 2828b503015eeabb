"""What it costs to carry: our bot beside a bare one of the library, and a message's whole way and back.

Bots, backend and service are processes of their own; the server they talk to is the fake Telegram, here. All
bots of one comparison run side by side and are measured in alternation, so that a busy machine meets each.
"""

import contextlib
import socket
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from statistics import median
from typing import Final

from backend import installation
from backend.settings import Settings, load
from benchmarks.children import Child
from benchmarks.crowd import Crowd, Talk
from benchmarks.measure import Figure, short
from benchmarks.turns import ASKING, OPENING
from intents.loader import load_menu
from tests.fake_telegram import Bot, FakeTelegram

ROUNDS: Final = 3
CHATS: Final = 200
OUTSTANDING: Final = 32
#: messages in a round, by how many of them may be without an answer
COUNTS: Final = {1: 300, OUTSTANDING: 1000}
START_SECONDS: Final = 60
#: people who write on the whole way: each is a resident of a home of their own
RESIDENTS: Final = 100
ALONE: Final = 40
SECRET: Final = "for measuring only, for measuring only"
BARE: Final = "bare bot of the library, polling"
POLLING: Final = "our carrier, polling"
WEBHOOK: Final = "our carrier, webhook"


@dataclass(frozen=True, slots=True)
class Seen:
    """One round: the talk, and the CPU milliseconds of the measured process for one message."""

    talk: Talk
    cpu_ms: float


@dataclass(frozen=True, slots=True)
class Medians:
    """Several rounds in one; latencies in milliseconds."""

    cpu_ms: float
    per_second: float
    p50: float
    p99: float

    @property
    def aside(self) -> str:
        pace = f"{short(self.per_second)}/s, p50 {short(self.p50)} ms, p99 {short(self.p99)} ms"
        return f"{pace}, CPU {short(self.cpu_ms)} ms"


def medians(rounds: list[Seen]) -> Medians:
    return Medians(
        median(one.cpu_ms for one in rounds),
        median(one.talk.per_second for one in rounds),
        median(one.talk.ms(0.5) for one in rounds),
        median(one.talk.ms(0.99) for one in rounds),
    )


def measure() -> Iterator[Figure]:
    """The carrier alone, its backend a process that keeps nothing, beside a bare echo bot."""
    seen = _compare()
    for outstanding in COUNTS:
        for name in (BARE, POLLING, WEBHOOK):
            found, bare = medians(seen[name, outstanding]), medians(seen[BARE, outstanding])
            yield Figure(
                f"{name}, {outstanding} outstanding: CPU for an update", found.cpu_ms, "ms",
                None if name == BARE else 2 * bare.cpu_ms, aside=found.aside,
            )  # fmt: skip
    alone = medians(seen[BARE, 1]).per_second
    for name in (POLLING, WEBHOOK):
        pace = medians(seen[name, OUTSTANDING]).per_second
        what = f"{name}, {OUTSTANDING} outstanding, against the bare bot one at a time"
        yield Figure(what, pace, "/s", alone, is_floor=True)


def _compare() -> dict[tuple[str, int], list[Seen]]:
    with FakeTelegram() as fake, contextlib.ExitStack() as stack:
        backend = free_port()
        stack.enter_context(Child("stub", settings=_settings(backend)))
        bots: dict[str, tuple[Child, Crowd]] = {}
        for name, role, mode in (
            (BARE, "bare", ""),
            (POLLING, "carrier", "polling"),
            (WEBHOOK, "carrier", "webhook"),
        ):
            bot = fake.add_bot()
            settings = _settings(free_port(), fake, bot, mode) | {"BACKEND_URL": _local(backend)}
            child = stack.enter_context(Child(role, settings=settings))
            bots[name] = child, Crowd(fake, bot, CHATS)
            _await_bot(fake, bot)
        for child, crowd in bots.values():  # connections, code that runs for the first time
            _round(child, crowd, "Good morning", 100, OUTSTANDING)
        seen: dict[tuple[str, int], list[Seen]] = {}
        for _ in range(ROUNDS):
            for outstanding, count in COUNTS.items():
                for name, (child, crowd) in bots.items():
                    one = _round(child, crowd, "Good morning", count, outstanding)
                    seen.setdefault((name, outstanding), []).append(one)
        return seen


def _round(child: Child, crowd: Crowd, text: str, count: int, outstanding: int) -> Seen:
    before = child.cpu_ms()
    talk = crowd.talk(repeat(text), count, outstanding)
    crowd.rest()
    return Seen(talk, (child.cpu_ms() - before) / count)


def measure_whole() -> Iterator[Figure]:
    """From the update at Telegram's server over storing, understanding and answering to the reply there."""
    seen = _answer()
    for name in ("asks", "opens a ticket"):
        alone, many = medians(seen[name, 1]), medians(seen[name, OUTSTANDING])
        what = f"whole way, message that {name}"
        # Alone it also carries what a service does while it waits: no promise is made for that.
        yield Figure(f"{what}, one at a time: p50", alone.p50, "ms", aside=alone.aside)
        yield Figure(f"{what}, {OUTSTANDING} outstanding: CPU", many.cpu_ms, "ms", 14.0)
        yield Figure(
            f"{what}, {OUTSTANDING} outstanding", many.per_second, "/s", 60.0, is_floor=True, aside=many.aside
        )


def _answer() -> dict[tuple[str, int], list[Seen]]:
    seen: dict[tuple[str, int], list[Seen]] = {}
    with FakeTelegram() as fake, tempfile.TemporaryDirectory() as folder:
        port = free_port()
        settings = _settings(port, fake, fake.bot, "polling") | {
            "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite", "MEDIA_DIR": f"{folder}/media",
            "SECRET_KEY": SECRET, "ARGON2_IS_CHEAP": "1",
        }  # fmt: skip
        codes = iter(_invitations(settings, Path(folder), (RESIDENTS + ALONE) * ROUNDS))
        with Child("service", settings=settings) as child:
            _await_bot(fake, fake.bot)
            for _ in range(ROUNDS):
                for outstanding, count in ((1, ALONE), (OUTSTANDING, RESIDENTS)):
                    crowd = Crowd(fake, fake.bot, count)
                    crowd.talk((f"/start {code}" for code in codes), count, 8)
                    crowd.rest()
                    for name, text in (("asks", ASKING), ("opens a ticket", OPENING)):
                        one = _round(child, crowd, text, count, outstanding)
                        seen.setdefault((name, outstanding), []).append(one)
    return seen


def _invitations(settings: dict[str, str], folder: Path, count: int) -> list[str]:
    """Fill a fresh demo and invite so many residents, each into a home of their own."""
    house = installation.open_house(_loaded(settings, folder))
    with contextlib.closing(house):
        installation.ensure_data(house, load_menu(), wants_demo=True)
        estate = installation.list_estates(house.database)[0].code
        wishes = (
            installation.Wish(f"90-1-{1000 + n}", estate, guest=installation.Guest(f"住户{n}"), is_new=True)
            for n in range(count)
        )
        return [installation.invite(house, wish)[0] for wish in wishes]


def _loaded(settings: dict[str, str], folder: Path) -> Settings:
    return load({f"GUANJIA_{name}": value for name, value in settings.items()}, folder)


def _settings(
    port: int, fake: FakeTelegram | None = None, bot: Bot | None = None, mode: str = ""
) -> dict[str, str]:
    own = {"PORT": str(port), "LOG_LEVEL": "WARNING", "SECRET_KEY": SECRET,
           "DATABASE_URL": "sqlite:///unused.sqlite"}  # fmt: skip
    if fake is not None and bot is not None:
        own |= {"TELEGRAM_TOKEN": bot.token, "TELEGRAM_API_URL": fake.url, "TELEGRAM_MODE": mode or "polling"}
    return own


def _await_bot(fake: FakeTelegram, bot: Bot) -> None:
    """Wait until the bot fetches its updates, or has said where they are to go."""
    until = time.monotonic() + START_SECONDS
    while fake.delivery.inbox(bot).poller is None and not fake.webhook_of(bot).url:
        if time.monotonic() > until:
            raise TimeoutError(f"the bot did not start within {START_SECONDS} s")
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _local(port: int) -> str:
    return f"http://127.0.0.1:{port}"
