"""The person's door over HTTP, and the command that serves the fake by hand."""

import json
import signal
import subprocess
import sys
import urllib.error
from typing import Any

import pytest
from telegram import Bot

from tests.fake_telegram import FakeTelegram, Person
from tests.fake_telegram.library import keyboard, picture, run
from tests.server import DIRECT, ROOT, free_port


def ask(fake: FakeTelegram, path: str, body: bytes | dict[str, Any] | None = None) -> Any:
    data = json.dumps(body).encode() if isinstance(body, dict) else body
    with DIRECT.open(f"{fake.url}{path}", data, timeout=10) as answer:
        return json.loads(answer.read())


def test_a_person_lives_through_the_door(fake: FakeTelegram) -> None:
    number = ask(fake, "/person", {"name": "李雷", "language": "zh-hans"})["id"]
    ask(fake, f"/person/{number}/start", {"code": "DEMO"})

    async def work(bot: Bot) -> None:
        await bot.send_message(number, "您好", reply_markup=keyboard("Repairs"))

    run(fake, work)
    chat = ask(fake, f"/person/{number}/chat?since=0&wait=5")
    assert [(one["by"], one["text"]) for one in chat["messages"]] == [("me", "/start DEMO"), ("bot", "您好")]
    assert ask(fake, f"/person/{number}/tap", {"label": "Repairs", "wait": 0})["answer"] is None
    assert fake.updates("callback_query")[0].body["data"] == "repairs"
    data = picture()
    ask(fake, f"/person/{number}/photo?caption=leak", data)
    (photo,) = ask(fake, f"/person/{number}/chat")["messages"][-1]["files"]
    with DIRECT.open(f"{fake.url}/person/file/{photo['id']}", timeout=5) as answer:
        assert answer.read() == data
    assert ask(fake, "/person/chats")[0]["last"] == "leak"


def test_the_door_says_what_it_cannot_do(fake: FakeTelegram, tom: Person) -> None:
    for path, body in (
        ("/person/9/chat", None),
        (f"/person/{tom.id}/fly", {}),
        (f"/person/{tom.id}/edit", {}),
    ):
        with pytest.raises(urllib.error.HTTPError) as caught:
            ask(fake, path, body)
        assert caught.value.code == 400
        assert json.loads(caught.value.read())["error"]
        caught.value.close()


def test_the_page_is_served(fake: FakeTelegram) -> None:
    with DIRECT.open(fake.url, timeout=5) as answer:
        assert answer.headers["Content-Type"] == "text/html"
        assert b"<title>Try the bot</title>" in answer.read()


def test_served_by_hand_it_names_its_address_and_ends_when_asked() -> None:
    command = [sys.executable, "-m", "tests.fake_telegram", "--port", str(free_port())]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert f"http://127.0.0.1:{command[-1]}/" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
