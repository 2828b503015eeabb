"""The command line: every verb as an operator types it, every mistake answered in one line."""

import json
import re
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

import run_bot
from backend import installation, migrate, serve
from backend.clock import HandClock
from backend.db import Database
from backend.installation import House
from backend.models import ChannelState
from backend.settings import Settings
from backend.vault import Vault
from intents import loader
from intents.rows import DataFaults
from tests.server import ROOT, ServerProcess

WORDS = "--name-zh 清源里 --name-en Spring --code QY --timezone Asia/Shanghai --hotline 05718888 --admin head"
SETUP = ["setup", *WORDS.split(), "--password-file", "secret.txt"]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Path:
    """A folder of an operator's own, with the settings of this test in the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GUANJIA_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("GUANJIA_SECRET_KEY", settings.secret_key)
    (tmp_path / "secret.txt").write_text("a long and private sentence\n", encoding="utf-8")
    return tmp_path


def _complaint(capture: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run a command that must fail; return its one line."""
    assert run_bot.main(arguments) == 2
    (line,) = capture.readouterr().err.splitlines()
    return line


def test_set_up_then_staff_then_an_invitation(
    here: Path, db: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_bot.main(SETUP) == 0
    assert "清源里 Spring is set up" in capsys.readouterr().out
    staff = ["user", "add", "li.na", "--role", "butler", "--name-zh", "李娜", "--name-en", "Li Na"]
    assert run_bot.main([*staff, "--must-change"]) == 0
    *said_before, password = capsys.readouterr().out.splitlines()
    assert len(password) >= 12
    assert "at the first sign-in another is chosen" in " ".join(said_before)
    assert run_bot.main([*staff[:2], "robot", *staff[3:]]) == 0
    assert "another" not in capsys.readouterr().out
    assert run_bot.main(["invite", "3-2-1501", "--new", "--name", "陈伟", "--uses", "2"]) == 0
    said = capsys.readouterr().out
    assert re.search(r"Invitation to 3-2-1501 in QY: \w{4}-\w{4}-\w{4}-\w{4}", said)
    assert "/chat?invitation=" in said


def test_an_invitation_is_for_telegram_too_where_the_bot_is_known(
    here: Path, db: Database, clock: HandClock, capsys: pytest.CaptureFixture[str]
) -> None:
    run_bot.main(SETUP)
    tell_bot(db, clock, "100", "estate_bot")
    capsys.readouterr()
    assert run_bot.main(["invite", "3-2-1501", "--new"]) == 0
    first, own, telegram = capsys.readouterr().out.splitlines()
    code = first.split(": ")[1].split()[0]
    assert own.endswith(f"/chat?invitation={code}")
    assert telegram == f"https://t.me/estate_bot?start={code}"


def tell_bot(db: Database, clock: HandClock, account: str, name: str) -> None:
    now = clock.real_now()
    with db.write() as session:
        session.add(
            ChannelState(channel="telegram", account=account, name=name, state="working", since_at=now,
                         seen_at=now)
        )  # fmt: skip


def test_where_nobody_can_be_asked_the_missing_answer_is_named(
    here: Path, db: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "--name-zh" in _complaint(capsys, "setup")


def test_a_weak_password_is_refused_in_a_sentence(
    here: Path, db: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "secret.txt").write_text("short", encoding="utf-8")
    assert "12 to 128 characters" in _complaint(capsys, *SETUP)


def test_a_missing_password_file_is_one_line(
    here: Path, db: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "secret.txt").unlink()
    assert "secret.txt" in _complaint(capsys, *SETUP)


def test_the_demo_does_not_start_on_a_real_estate(
    here: Path, db: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run_bot.main(SETUP) == 0
    capsys.readouterr()
    monkeypatch.setenv("GUANJIA_PORT", "1")
    assert "without --demo" in _complaint(capsys, "serve", "--demo", "--only", "clock")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_an_older_schema_is_refused_on_postgresql_and_the_command_named(
    here: Path, db: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    migrate.downgrade(db, "base")
    assert "run_bot.py migrate" in _complaint(capsys, "serve", "--only", "clock")


def test_migrate_says_what_it_did(here: Path, db: Database, capsys: pytest.CaptureFixture[str]) -> None:
    migrate.downgrade(db, "base")
    assert run_bot.main(["migrate"]) == 0
    assert "is now at schema" in capsys.readouterr().out
    assert run_bot.main(["migrate"]) == 0
    assert "was already at" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("GUANJIA_PORT", "many", "1 to 65535"),
        ("GUANJIA_TIMEZONE", "Mars/Olympus", "IANA"),
        ("GUANJIA_DATABASE_URL", "mysql://here", "postgresql"),
    ],
)
def test_a_wrong_setting_is_named_with_what_was_expected(
    name: str, value: str, said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(name, value)
    line = _complaint(capsys, "migrate")
    assert name in line
    assert said in line


def test_a_database_out_of_reach_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GUANJIA_DATABASE_URL", f"postgresql://nobody@/none?host={tmp_path}")
    monkeypatch.setenv("GUANJIA_SECRET_KEY", "s" * 32)
    assert "The database cannot be used" in _complaint(capsys, "migrate")


def test_every_fault_of_the_data_is_listed_and_the_start_refused(
    here: Path, db: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty() -> None:
        raise DataFaults(("slots.toml: when: prompt: missing", "items/x.toml: y: name: empty"))

    monkeypatch.setattr(loader, "load_menu", faulty)
    assert run_bot.main(["serve", "--only", "clock"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "slots.toml: when: prompt: missing",
        "items/x.toml: y: name: empty",
    ]


def test_what_nobody_foresaw_is_one_line_and_one_log_line_without_words(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise KeyError("我家漏水了")

    monkeypatch.setattr(run_bot, "load", broken)
    assert run_bot.main(["migrate"]) == 2
    logged, told = capsys.readouterr().err.splitlines()
    assert json.loads(logged)["error_id"] in told
    assert "漏水" not in logged + told


def test_telegram_alone_without_a_token_names_the_setting(capsys: pytest.CaptureFixture[str]) -> None:
    assert "GUANJIA_TELEGRAM_TOKEN" in _complaint(capsys, "serve", "--only", "telegram")


def test_understand_answers_every_line_even_blank_and_broken_ones() -> None:
    lines = [
        "明天下午三点修空调".encode(),
        b"",
        b"\xff\xfe broken",
        b'{"text": "hello", "hint": {"language": "en"}}',
    ]
    done = subprocess.run(
        [sys.executable, str(ROOT / "run_bot.py"), "understand", "--now", "2026-03-11T10:00"],
        input=b"\n".join(lines) + b"\n",
        capture_output=True,
        check=True,
    )
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(told) == len(lines)
    assert told[0]["intents"][0]["slots"]["when"]["start"] == "2026-03-12T15:00:00+08:00"
    assert told[1]["language"] == "zh"
    assert told[3]["intents"][0]["act"] == "greeting"


def test_an_instant_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert "2026-03-11T10:00" in _complaint(capsys, "understand", "--now", "soon")


def _house(settings: Settings, db: Database, clock: HandClock) -> House:
    house = House(settings, db, Vault(settings.secret_key), clock)
    installation.ensure_data(house, loader.load_menu(), wants_demo=True)
    return house


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_start_tells_links_logins_and_codes(
    settings: Settings, db: Database, clock: HandClock, capsys: pytest.CaptureFixture[str]
) -> None:
    run_bot.announce(_house(settings, db, clock))
    said = capsys.readouterr().out
    for part in (
        "http://127.0.0.1:8000/",
        "chat?estate=",
        "butler",
        "guanjia-demo",
        "DEMO-OWNER",
        "DEMO-TENANT",
    ):
        assert part in said
    assert "Warning" not in said


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_start_tells_the_bots_links_when_it_is_known(
    settings: Settings, db: Database, clock: HandClock, capsys: pytest.CaptureFixture[str]
) -> None:
    house = _house(replace(settings, telegram_token="100:abc"), db, clock)
    run_bot.announce(house)
    assert "t.me" not in capsys.readouterr().out
    tell_bot(db, clock, "100", "estate_bot")
    tell_bot(db, clock, "200", "another_bot")
    run_bot.announce(house)
    said = capsys.readouterr().out
    assert "https://t.me/estate_bot?start=e_" in said
    assert "another_bot" not in said


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_open_address_is_warned_about_and_its_chat_shown_as_a_link(
    settings: Settings, db: Database, clock: HandClock, capsys: pytest.CaptureFixture[str]
) -> None:
    open_one = serve.reachable(replace(settings, host="192.0.2.7"), {})
    assert open_one.is_secure is False, "over plain http in the local network a Secure cookie would be lost"
    run_bot.announce(_house(open_one, db, clock))
    said = capsys.readouterr().out
    assert "passwords are public" in said
    assert "https" in said
    assert "http://192.0.2.7:8000/chat" in said


def test_a_public_address_that_was_set_is_kept(settings: Settings) -> None:
    environ = {"GUANJIA_PUBLIC_URL": "https://butler.example"}
    public = replace(settings, host="0.0.0.0", public_url="https://butler.example")
    assert serve.reachable(public, environ) == public


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_server_ends_in_order_within_seconds_although_a_long_poll_is_open(
    database_url: str, tmp_path: Path
) -> None:
    server = ServerProcess(tmp_path, database_url)
    server.start()
    with httpx2.Client(base_url=server.url, timeout=30, trust_env=False) as client:
        session = client.post("/api/chat/sessions", json={"invitation": "DEMO-OWNER"}).json()
        last = session["messages"][-1]["seq"]
        with socket.create_connection(("127.0.0.1", server.port)) as waiting:
            request = f"GET /api/chat/messages?after={last}&wait=25 HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            waiting.sendall(f"{request}Authorization: Bearer {session['token']}\r\n\r\n".encode())
            client.get("/healthz")  # answered after the poll was taken up
            started = time.monotonic()
            assert server.stop() == 0, server.log()
            assert waiting.recv(12) == b"HTTP/1.1 200", "the poll was cut off instead of answered"
    assert time.monotonic() - started < 15
