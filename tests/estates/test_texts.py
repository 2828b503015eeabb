"""What one web process words anew is used by every other at its next turn, though each keeps what it read."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from backend.app import create_app
from backend.audit.service import Actor
from backend.clock import HandClock
from backend.conversations.sentences import SENTENCES
from backend.db import Database
from backend.estates import queries, texts
from backend.models import Estate
from backend.office import settings_texts
from backend.office.settings import Hand
from backend.settings import Settings
from tests.conversations.talking import engine
from tests.house import cast as the_cast
from tests.house.cast import Cast

GREETING = SENTENCES["greeting"]
ROOT = Path(__file__).parents[2]
Words = Callable[[str], None]


@pytest.fixture
def cast(db: Database, clock: HandClock) -> Cast:
    return the_cast.enter(db, clock)


@pytest.fixture
def word(db: Database, clock: HandClock, cast: Cast) -> Words:
    """Let this process word the greeting anew; an empty text is the standard's."""

    def worded(text: str) -> None:
        hand = Hand(Actor(cast.manager.id, "127.0.0.1"), clock.now(), clock.real_now())
        with db.write() as session:
            estate = queries.lock_estate(session, cast.estate.id)
            settings_texts.save(session, hand, estate, "greeting", {"zh": text, "en": ""})

    return worded


@pytest.fixture
def ask_elsewhere(database_url: str, cast: Cast) -> Iterator[Callable[[], dict[str, Any]]]:
    """Ask another process how the estate words its sentences; it lives as long as the test."""
    command = [sys.executable, "-m", "tests.estates.other_process", database_url, str(cast.estate.id)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        told, line = other.stdout, other.stdin

        def ask() -> dict[str, Any]:
            line.write("now\n")
            line.flush()
            found: dict[str, Any] = json.loads(told.readline())
            return found

        yield ask
        line.close()
        other.wait(10)


def test_another_process_words_it_so_at_its_next_look(
    word: Words, ask_elsewhere: Callable[[], dict[str, Any]]
) -> None:
    assert ask_elsewhere() == {}
    word("{named}{hello}这里是{estate}小翠。")
    assert ask_elsewhere() == {GREETING: {"zh": "{named}{hello}这里是{estate}小翠。"}}
    word("{named}{hello}{estate}欢迎您。")
    assert ask_elsewhere() == {GREETING: {"zh": "{named}{hello}{estate}欢迎您。"}}
    word("")
    assert ask_elsewhere() == {GREETING: {}}


def test_a_resident_served_by_another_process_reads_the_new_words_at_once(
    db: Database, cast: Cast, clock: HandClock, settings: Settings, word: Words
) -> None:
    other = Database(settings.database_url)
    app = create_app(settings, database=other, clock=clock, engine=engine())

    client = TestClient(app, base_url="https://testserver")

    def greeting() -> str:
        body = {"language": "zh", "estate": cast.estate.code}
        messages = client.post("/api/chat/sessions", json=body).json()["messages"]
        return " ".join(one["text"] for one in messages)

    assert "小翠" not in greeting()
    word("{named}{hello}这里是{estate}小翠。")
    assert "小翠" in greeting()
    word("{named}{hello}{estate}欢迎您。")
    assert "翠园欢迎您。" in greeting()
    client.close()
    app.state.threads.shutdown()
    other.close()


def test_another_setting_saved_meanwhile_does_not_bring_the_old_words_back(
    db: Database, cast: Cast, word: Words, ask_elsewhere: Callable[[], dict[str, Any]]
) -> None:
    word("{named}{hello}这里是{estate}小翠。")
    with db.write() as session:
        estate = queries.lock_estate(session, cast.estate.id)
        estate.settings = {**estate.settings, "accent": "#1f6f43"}
    word("{named}{hello}{estate}欢迎您。")
    assert ask_elsewhere()[GREETING] == {"zh": "{named}{hello}{estate}欢迎您。"}


def test_words_that_are_taken_back_before_the_commit_are_not_kept(
    db: Database, cast: Cast, clock: HandClock, word: Words
) -> None:
    """A process that looked into its own unfinished change must not go on using it."""
    hand = Hand(Actor(cast.manager.id, "127.0.0.1"), clock.now(), clock.real_now())
    own = {"zh": "{named}{hello}{estate}草稿。", "en": ""}

    def break_off() -> None:
        with db.write() as session:
            estate = queries.lock_estate(session, cast.estate.id)
            settings_texts.save(session, hand, estate, "greeting", own)
            assert texts.texts_of(session, estate)[GREETING] == {"zh": own["zh"]}
            raise InterruptedError

    with pytest.raises(InterruptedError):
        break_off()
    word("{named}{hello}{estate}欢迎您。")
    with db.read() as session:
        found = texts.texts_of(session, session.get_one(Estate, cast.estate.id))
    assert found[GREETING] == {"zh": "{named}{hello}{estate}欢迎您。"}
