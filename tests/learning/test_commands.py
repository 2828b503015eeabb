"""`run_bot.py phrases`, and what a training takes from the database."""

from pathlib import Path

import pytest

import run_bot
from backend import phrase_commands
from backend.db import Database
from backend.settings import known_database_url
from intents.additions import Phrase
from tests.command.test_run_bot import SETUP, _complaint, here
from tests.learning.conftest import LAMP, TAP

__all__ = ["here"]
WORDS = "小夜灵又罢工了"


@pytest.fixture
def set_up(here: Path, db: Database, capsys: pytest.CaptureFixture[str]) -> Path:
    assert run_bot.main(SETUP) == 0
    capsys.readouterr()
    return here


def typed(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    assert run_bot.main(["phrases", *arguments]) == 0
    return capsys.readouterr().out.splitlines()


def approved() -> list[Phrase]:
    return phrase_commands.approved(run_bot.ERR)


def test_a_phrase_is_added_listed_rejected_and_approved_again(
    set_up: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(capsys, "list") == ["There are none."]
    (line,) = typed(capsys, "add", WORDS, "--item", LAMP)
    number = line.split()[0]
    assert line == f"{number}  approved (operator)  {WORDS}  → {LAMP}"
    assert approved() == [Phrase(WORDS, (LAMP,))]
    assert "rejected" in typed(capsys, "reject", number)[0]
    assert approved() == []
    assert typed(capsys, "list", "--state", "approved") == ["There are none."]
    assert TAP in typed(capsys, "approve", number, "--item", LAMP, "--item", TAP)[0]
    assert approved() == [Phrase(WORDS, (LAMP, TAP))]
    assert len(typed(capsys, "list", "--state", "approved")) == 1


def test_every_mistake_is_one_line(set_up: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no.such.item" in _complaint(capsys, "phrases", "add", WORDS, "--item", "no.such.item")
    assert "telephone" in _complaint(capsys, "phrases", "add", "打13800138000", "--item", LAMP)
    assert "nothing here" in _complaint(capsys, "phrases", "approve", "99")
    assert "XX" in _complaint(capsys, "phrases", "add", WORDS, "--item", LAMP, "--estate", "XX")


def test_of_several_numbers_all_or_none_are_approved(
    set_up: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number = typed(capsys, "add", WORDS, "--item", LAMP)[0].split()[0]
    typed(capsys, "reject", number)
    assert _complaint(capsys, "phrases", "approve", number, "99")
    assert approved() == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_where_nothing_was_set_up_a_training_takes_nothing_and_makes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    monkeypatch.delenv("GUANJIA_DATABASE_URL", raising=False)
    assert known_database_url() is None
    assert approved() == []
    assert list(empty.iterdir()) == []
    monkeypatch.setenv("GUANJIA_DATABASE_URL", database_url)
    assert known_database_url() == database_url
    (empty / "old.sqlite").touch()
    monkeypatch.setenv("GUANJIA_DATABASE_URL", f"sqlite:///{empty / 'old.sqlite'}")
    assert approved() == [], "a database of an older schema"


def test_a_database_out_of_reach_is_one_line_and_the_training_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GUANJIA_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none?connect_timeout=2")
    assert approved() == []
    (line,) = capsys.readouterr().err.splitlines()
    assert "without approved phrases" in line
