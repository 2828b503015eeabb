"""Two telegram processes of one bot on one machine: one polls, and is replaced when it ends or is killed."""

from pathlib import Path

import pytest

from backend.clock import SystemClock
from backend.conversations.leading import LEASE
from backend.db import Database
from tests.fake_telegram import FakeTelegram
from tests.house import cast
from tests.scenarios.watching import until
from tests.server import ServerProcess

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_one_of_two_processes_polls_and_the_other_replaces_it(
    tmp_path: Path, db: Database, database_url: str
) -> None:
    cast.enter(db, SystemClock())  # type: ignore[arg-type]
    with FakeTelegram() as fake:
        settings = {
            "GUANJIA_TELEGRAM_TOKEN": fake.token,
            "GUANJIA_TELEGRAM_API_URL": fake.url,
            "GUANJIA_SERVICE_TOKEN": "a service token for tests",
        }
        web = ServerProcess(tmp_path, database_url, "--only", "web,clock", extra=settings)
        settings["GUANJIA_BACKEND_URL"] = web.url
        pair = [ServerProcess(tmp_path, database_url, "--only", "telegram", extra=settings) for _ in range(2)]
        try:
            web.start()
            _replace(fake, *pair)
        finally:
            for process in (*pair, web):
                process.kill()
        assert [call.method for call in fake.calls if "409" in str(call.answered)] == []
        assert fake.unknown_methods == []


def _replace(fake: FakeTelegram, one: ServerProcess, other: ServerProcess) -> None:
    tom = fake.person("Tom", "en")
    one.begin()
    tom.start()
    tom.wait(lambda chat: any(shown.by == "bot" for shown in chat), 60)
    other.begin()
    until(lambda: "stands by" in other.log(), 60)
    one.stop()
    until(lambda: "has taken over" in other.log(), 10, "what was given back is taken at once")
    one.begin()
    until(lambda: "stands by" in one.log(), 60)
    other.kill()
    until(lambda: "has taken over" in one.log(), LEASE.total_seconds() + 10)
    one.kill()
    one.begin()
    asked = len(tom.chat) + 1
    tom.write("/help")
    tom.wait(lambda chat: len(chat) > asked, 15)  # the same process again: its lease is still its own
