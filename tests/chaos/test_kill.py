"""kill -9 of the server while forty residents write: nothing is lost and nothing happens twice."""

import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import func, select

from backend import installation
from backend.clock import SystemClock
from backend.db import Database
from backend.installation import Guest, House, Wish
from backend.models import Deadline, Estate, Home, Message, Ticket
from backend.settings import Settings
from backend.vault import Vault
from tests.server import ServerProcess

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]

RESIDENTS = 40
#: the server is killed when so many messages have been answered
KILLS_AT = (1, 9, 20, 31)
WORDS = {"zh": "我要投诉，楼上装修太吵了。", "en": "I want to complain: the flat above is far too noisy."}
RETRY_SECONDS = 0.5
PATIENCE_SECONDS = 600  # a bound for busy machines


@dataclass
class Writer:
    """A resident who writes one message and tries again, with the same client_id, until it is answered."""

    url: str
    code: str
    language: str
    client_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    token: str = ""
    tries: int = 0

    def join(self) -> None:
        with httpx2.Client(base_url=self.url, timeout=30, trust_env=False) as client:
            body = {"invitation": self.code, "language": self.language}
            answer = client.post("/api/chat/sessions", json=body)
        assert answer.status_code == 201, answer.text
        self.token = answer.json()["token"]

    def write(self, until: float) -> None:
        body = {"client_id": self.client_id, "text": WORDS[self.language]}
        headers = {"Authorization": f"Bearer {self.token}"}
        with httpx2.Client(base_url=self.url, headers=headers, timeout=60, trust_env=False) as client:
            while not self._is_answered(client, body):
                assert time.monotonic() < until, "never answered"
                time.sleep(RETRY_SECONDS)

    def _is_answered(self, client: httpx2.Client, body: dict[str, str]) -> bool:
        self.tries += 1
        try:
            answer = client.post("/api/chat/messages", json=body)
        except httpx2.TransportError:
            return False  # the server was killed before it could answer: once more, with the same id
        assert answer.status_code in (200, 429, 503), answer.text
        return answer.status_code == 200


class Crowd:
    """All writers at once, each in a thread; ``answered`` counts who is done."""

    def __init__(self, writers: list[Writer]) -> None:
        self._writers = writers
        self._lock = threading.Lock()
        self._until = time.monotonic() + PATIENCE_SECONDS
        self.answered = 0
        self.faults: list[BaseException] = []
        self._threads = [
            threading.Thread(target=self._run, args=(writer,), daemon=True) for writer in writers
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def wait_for(self, number: int) -> None:
        while self.answered < number and not self.faults:
            assert time.monotonic() < self._until, "the crowd is stuck"
            time.sleep(0.01)

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def _run(self, writer: Writer) -> None:
        try:
            writer.write(self._until)
        except BaseException as fault:
            self.faults.append(fault)
        with self._lock:
            self.answered += 1


@pytest.fixture
def server(tmp_path: Path, database_url: str) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path, database_url)
    process.start()
    yield process
    process.kill()


def _invite(db: Database, settings: Settings) -> list[tuple[str, str]]:
    """Make an invitation for a new resident in each of forty homes; return code and language."""
    house = House(settings, db, Vault(settings.secret_key), SystemClock())
    with db.read() as session:
        homes = session.execute(select(Estate.code, Home.code).join(Home, Home.estate_id == Estate.id)).all()
    codes = []
    for number in range(RESIDENTS):
        estate, home = homes[number % len(homes)]
        language = ("zh", "en")[number % 2]
        guest = Guest(f"测试{number}", "family", language)
        codes.append((installation.invite(house, Wish(home, estate, guest=guest))[0], language))
    return codes


def test_kill_9_during_forty_messages_loses_and_doubles_nothing(
    server: ServerProcess, db: Database, settings: Settings
) -> None:
    writers = [Writer(server.url, code, language) for code, language in _invite(db, settings)]
    for writer in writers:
        writer.join()
    with db.read() as session:
        known = set(session.scalars(select(Ticket.id)))
    crowd = Crowd(writers)
    crowd.start()
    for number in KILLS_AT:
        crowd.wait_for(number)
        server.kill()
        server.start()
    crowd.join()
    assert crowd.faults == []
    assert any(writer.tries > 1 for writer in writers), "no message was in flight when the server died"
    _check_messages(db, writers)
    _check_tickets(db, known)


def _check_messages(db: Database, writers: list[Writer]) -> None:
    ours = {writer.client_id for writer in writers}
    with db.read() as session:
        stored = Counter(session.scalars(select(Message.client_id).where(Message.client_id.in_(ours))))
        waiting = session.scalar(select(func.count()).where(Message.turn_state == "received"))
        parked = session.scalar(
            select(func.count()).where(Message.turn_state == "parked", Message.client_id.in_(ours))
        )
    assert stored == dict.fromkeys(ours, 1)
    assert (waiting, parked) == (0, 0)


def _check_tickets(db: Database, known: set[int]) -> None:
    with db.read() as session:
        tickets = [row for row in session.scalars(select(Ticket)) if row.id not in known]
        clocks = Counter(session.scalars(select(Deadline.ticket_id).where(Deadline.clock == "SLA-01")))
    assert len(tickets) == RESIDENTS
    assert set(Counter(ticket.conversation_id for ticket in tickets).values()) == {1}
    assert len({ticket.number for ticket in tickets}) == RESIDENTS
    assert {clocks[ticket.id] for ticket in tickets} == {1}
