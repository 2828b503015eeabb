"""kill -9 of the telegram and the web process while forty residents write on Telegram, fifty times in all.

What must hold: every message is stored once and has its one effect; every reply arrives, and is repeated only
when a process died during that very send.
"""

import contextlib
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import func, select

from backend.clock import SystemClock
from backend.db import Database
from backend.models import ChannelLink, Deadline, Message, OutboxRow, Ticket
from backend.people import invitations, setup
from backend.people.homes import HomeName
from tests.fake_telegram import FakeTelegram
from tests.fake_telegram.people import Person
from tests.house import cast
from tests.server import ServerProcess, free_port

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]

RESIDENTS = 40
SEED = 20260311
#: (telegram, web) kills of each mode and kind of database: fifty in all
KILLS = {
    ("polling", "sqlite"): (10, 3),
    ("polling", "postgresql"): (10, 3),
    ("webhook", "sqlite"): (9, 3),
    ("webhook", "postgresql"): (9, 3),
}
#: seconds between the moment a process works again and its next end
SPARED = (0.05, 0.9)
#: with fewer messages than this under way, everybody writes once more
TRAFFIC = 25
PATIENCE = 120.0  # a bound for busy machines
ZH = ("楼上装修", "地下车库", "电梯机房", "门口广场", "隔壁空调", "小区路灯", "健身房", "垃圾房", "儿童乐园",
      "快递柜", "水泵房", "配电室", "花园", "天台", "大堂", "会所")  # fmt: skip
EN = ("flat above", "garage", "lift", "square", "neighbour's dog", "generator", "gym", "bin room",
      "playground", "parcel locker", "pump room", "fan", "garden", "roof", "lobby", "club house")  # fmt: skip
WAITING = ("queued", "leased", "failed")


def complaint(language: str, wave: int) -> tuple[str, str]:
    """What is written, and what of it stands in the answer."""
    if language == "zh":
        return f"我要投诉，{ZH[wave]}的噪音太大了。", f"{ZH[wave]}的噪音太大了"
    return f"I want to complain: the {EN[wave]} is far too noisy.", f"the {EN[wave]} is far too noisy"


@dataclass
class Crowd:
    """Forty residents on Telegram; ``waves`` counts how often each of them has written."""

    fake: FakeTelegram
    people: list[Person] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    waves: int = 0

    def join(self, codes: list[str]) -> None:
        for number, code in enumerate(codes):
            language = ("zh", "en")[number % 2]
            person = self.fake.person(f"Resident {number}", "zh-hans" if language == "zh" else "en")
            self.people.append(person)
            self.languages.append(language)
            person.start(code)
        for person, language in zip(self.people, self.languages, strict=True):
            person.wait_for("您的管家" if language == "zh" else "Your butler is", timeout=PATIENCE)

    def write(self) -> None:
        for person, language in zip(self.people, self.languages, strict=True):
            person.write(complaint(language, self.waves)[0])
        self.waves += 1

    def answers(self, number: int) -> list[int]:
        """The waves that person ``number`` has an answer to, in the order in which they came."""
        parts = [complaint(self.languages[number], wave)[1] for wave in range(self.waves)]
        said = [one.text for one in self.people[number].chat if one.by == "bot"]
        return [wave for text in said for wave, part in enumerate(parts) if part in text]

    def unanswered(self) -> int:
        return sum(self.waves - len(set(self.answers(number))) for number in range(len(self.people)))

    def repeats(self) -> list[int]:
        """How often each reply was shown beyond the once."""
        said = [Counter(one.text for one in person.chat if one.by == "bot") for person in self.people]
        return [times - 1 for counted in said for times in counted.values()]


@dataclass
class Pair:
    """The two processes, and who of them dies when."""

    fake: FakeTelegram
    db: Database
    web: ServerProcess
    telegram: ServerProcess
    chance: random.Random
    begun_at: float = 0.0
    died: Counter[str] = field(default_factory=Counter)

    def kill(self, name: str) -> None:
        self._await_both()
        time.sleep(self.chance.uniform(*SPARED))  # the random moment itself
        victim = self.web if name == "web" else self.telegram
        victim.kill()
        if name == "telegram":
            self.begun_at = time.monotonic()
        victim.begin()
        self.died[name] += 1

    def _await_both(self) -> None:
        """Until both work (again): killed earlier, they would do nothing that a kill could hurt."""
        self.web.await_answer()
        until = time.monotonic() + PATIENCE
        while not self._has_called():
            assert self.telegram.is_running, self.telegram.log()[-2000:]
            assert time.monotonic() < until, self.telegram.log()[-2000:]
            time.sleep(0.02)

    def _has_called(self) -> bool:
        return any(call.at > self.begun_at for call in reversed(self.fake.calls[-200:]))

    def settle(self, crowd: Crowd) -> None:
        """Until everybody is answered and nothing is left to be sent."""
        until = time.monotonic() + PATIENCE
        self.web.await_answer()
        while crowd.unanswered() or self._unsent() or self.fake.pending:
            assert time.monotonic() < until, f"{crowd.unanswered()} messages without an answer"
            time.sleep(0.25)

    def _unsent(self) -> int:
        with self.db.read() as session:
            return session.scalar(select(func.count()).where(OutboxRow.state.in_(WAITING))) or 0


def _invite(db: Database) -> list[str]:
    """The standing cast, forty homes of their own with a resident each; the codes of their invitations."""
    clock, safe = SystemClock(), cast.vault()
    here = cast.enter(db, clock)  # type: ignore[arg-type]
    now, codes = clock.real_now(), [f"CHAOS-{number:04}" for number in range(RESIDENTS)]
    with db.write() as session:
        for number, code in enumerate(codes):
            flat = HomeName("9", "1", f"{number + 100}")
            home = setup.create_home(session, here.estate, flat, butler=here.butler)
            person = setup.create_resident(
                session, safe, home, now, name=f"测试{number}", language=("zh", "en")[number % 2]
            )
            invitations.add_invitation(
                session, safe, home, person, code=code, now=now, uses=None, expires_at=None
            )
    return codes


@contextlib.contextmanager
def _processes(folder: Path, url: str, db: Database, fake: FakeTelegram, mode: str) -> Iterator[Pair]:
    def of(only: str, **extra: str) -> ServerProcess:
        settings = {
            "GUANJIA_TELEGRAM_TOKEN": fake.token,
            "GUANJIA_TELEGRAM_API_URL": fake.url,
            "GUANJIA_TELEGRAM_MODE": mode,
            "GUANJIA_SERVICE_TOKEN": "a service token for tests",
        }
        return ServerProcess(folder, url, "--only", only, extra=settings | extra)

    web = of("web,clock")
    own = free_port()  # where Telegram delivers
    telegram = of("telegram", GUANJIA_BACKEND_URL=web.url, GUANJIA_PORT=str(own),
                  GUANJIA_PUBLIC_URL=f"http://127.0.0.1:{own}")  # fmt: skip
    pair = Pair(fake, db, web, telegram, random.Random(f"{SEED} {mode} {db.is_sqlite}"))
    try:
        web.begin()
        telegram.begin()
        yield pair
    finally:
        web.kill()
        telegram.kill()


@pytest.mark.parametrize("mode", ["polling", "webhook"])
def test_kills_in_traffic_lose_and_double_nothing(
    mode: str, tmp_path: Path, db: Database, database_url: str, figure: Callable[..., None]
) -> None:
    codes = _invite(db)
    telegram_kills, web_kills = KILLS[mode, "sqlite" if db.is_sqlite else "postgresql"]
    with FakeTelegram() as fake, _processes(tmp_path, database_url, db, fake, mode) as pair:
        crowd = Crowd(fake)
        crowd.join(codes)
        victims = ["telegram"] * telegram_kills + ["web"] * web_kills
        pair.chance.shuffle(victims)
        for victim in victims:
            if crowd.unanswered() < TRAFFIC:
                crowd.write()
            pair.kill(victim)
        pair.settle(crowd)
        assert fake.unknown_methods == []
        repeats = crowd.repeats()
        figure(**pair.died, messages=crowd.waves * RESIDENTS, repeats=sum(repeats))
        _check_chats(crowd)
        assert sum(repeats) <= len(victims), "at most one reply for each kill"
    _check_messages(db, crowd)
    _check_tickets(db, crowd)


def _check_chats(crowd: Crowd) -> None:
    """Everybody has every answer, each first shown in the order of the questions."""
    for number in range(RESIDENTS):
        in_order = list(dict.fromkeys(crowd.answers(number)))
        assert in_order == list(range(crowd.waves)), crowd.people[number].transcript()


def _check_messages(db: Database, crowd: Crowd) -> None:
    with db.read() as session:
        rows = session.execute(
            select(ChannelLink.address, Message.text)
            .join(Message, Message.link_id == ChannelLink.id)
            .where(Message.author == "resident", Message.kind != "start")
            .order_by(Message.seq)
        ).all()
        unread = session.scalar(select(func.count()).where(Message.turn_state.in_(("received", "parked"))))
    for person, language in zip(crowd.people, crowd.languages, strict=True):
        written = [complaint(language, wave)[0] for wave in range(crowd.waves)]
        assert [text for address, text in rows if address == str(person.id)] == written
    assert unread == 0


def _check_tickets(db: Database, crowd: Crowd) -> None:
    with db.read() as session:
        tickets = list(session.scalars(select(Ticket)))
        clocks = Counter(session.scalars(select(Deadline.ticket_id).where(Deadline.clock == "SLA-01")))
    assert len(tickets) == len({ticket.number for ticket in tickets}) == crowd.waves * RESIDENTS
    assert set(Counter(ticket.conversation_id for ticket in tickets).values()) == {crowd.waves}
    assert {clocks[ticket.id] for ticket in tickets} == {1}
