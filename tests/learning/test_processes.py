"""Two real web processes on one database: a phrase approved at one is understood by both within seconds."""

import time
from pathlib import Path
from typing import Any

import httpx2
import pytest

from backend import installation
from backend.clock import SystemClock
from backend.db import Database
from backend.installation import House
from backend.people.roles import Role
from backend.settings import Settings
from backend.vault import Vault
from intents.loader import load_menu
from tests.learning.conftest import LAMP
from tests.server import ServerProcess

WORDS = "小夜灵又罢工了"
PATIENCE_SECONDS = (
    60.0  # a bound for busy machines; five seconds are promised, the figure says how many it took
)


class Web:
    """One web process, asked over HTTP."""

    def __init__(self, process: ServerProcess, settings: Settings) -> None:
        self.process = process
        self.http = httpx2.Client(base_url=process.url, timeout=30, trust_env=False)

    def sign_in(self, username: str, password: str) -> None:
        answer = self.http.post("/api/staff/login", json={"username": username, "password": password})
        self.http.headers["Authorization"] = f"Bearer {answer.json()['token']}"

    def served(self) -> dict[str, str]:
        found: dict[str, str] = self.http.get("/api/phrases/versions").json()["served"]
        return found

    def chat(self) -> dict[str, str]:
        answer = self.http.post("/api/chat/sessions", json={"language": "zh"})
        return {"Authorization": f"Bearer {answer.json()['token']}"}

    def say(self, header: dict[str, str], text: str) -> list[dict[str, Any]]:
        body = {"client_id": text, "text": text}
        answer = self.http.post("/api/chat/messages", json=body, headers=header)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["messages"]
        return found


@pytest.fixture
def webs(tmp_path: Path, database_url: str, settings: Settings) -> Any:
    first = ServerProcess(tmp_path, database_url, "--demo")
    second = ServerProcess(tmp_path, database_url, "--only", "web")
    try:
        first.start()
        second.start()
        webs = [Web(first, settings), Web(second, settings)]
        password = supervisor(database_url, settings)
        for web in webs:
            web.sign_in("xu", password)
        yield webs
        for web in webs:
            web.http.close()
    finally:
        first.stop()
        second.stop()


def supervisor(database_url: str, settings: Settings) -> str:
    database = Database(database_url)
    house = House(settings, database, Vault(settings.secret_key), SystemClock(lambda: 0))
    try:
        code = installation.list_estates(database)[0].code
        return installation.add_user(
            house, installation.NewUser("xu", Role.SUPERVISOR, "许主管", "Xu", (code,))
        )
    finally:
        house.close()


@pytest.mark.timeout(300)
def test_two_processes_understand_an_approved_phrase_within_five_seconds(
    webs: list[Web], figure: Any
) -> None:
    one = webs[0]
    chats = [web.chat() for web in webs]
    answer = one.http.post("/api/phrases", json={"text": WORDS, "items": [LAMP]})
    assert answer.status_code == 201, answer.text
    approved = time.monotonic()
    waiting = list(webs)
    while waiting:
        assert time.monotonic() - approved < PATIENCE_SECONDS
        waiting = [web for web in waiting if web.served()["phrases"] != "1"]
        time.sleep(0.05)
    figure(seconds=round(time.monotonic() - approved, 2))
    name = load_menu().item(LAMP).name.zh
    for web, header in zip(webs, chats, strict=True):
        said = " ".join(message["text"] for message in web.say(header, WORDS))
        assert name in said, said
