"""Whoever asks for the butler's number gets it, and no ticket."""

import pytest
from sqlalchemy import update

from backend.conversations.directory import asked
from backend.models import User
from tests.conversations.conftest import Line
from tests.conversations.talking import chat


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", "管家电话多少"),
        ("zh", "你们管家电话多少"),
        ("zh", "请问我家管家的联系方式是什么"),
        ("en", "what's my butler's phone number?"),
        ("en", "can i have the butler's number please"),
        ("en", "how do i call my butler"),
    ],
)
def test_the_number_is_told_and_no_ticket_opened(language: str, words: str) -> None:
    talk = chat(language)
    talk.say(words)
    assert talk.last_kinds == ["butler_number"]
    assert talk.opened == []


@pytest.mark.parametrize(
    "words", ["管家电话打不通", "让管家给我打电话", "my butler does not answer the phone", "call my butler"]
)
def test_a_call_that_is_wanted_or_failed_is_no_such_question(words: str) -> None:
    assert not asked(words)


def test_it_is_the_number_on_the_card(chen: Line) -> None:
    sealed = chen.tools.vault.seal("+8613800138000")
    with chen.tools.db.write() as session:
        session.execute(update(User).values(phone_sealed=sealed))
    (reply,) = chen.say("管家电话多少")
    assert "138 0013 8000" in reply.text
    assert chen.tickets() == []


def test_without_one_it_is_the_estates(chen: Line) -> None:
    with chen.tools.db.write() as session:
        session.execute(update(User).values(phone_sealed=None))
    (reply,) = chen.say("管家电话多少")
    assert reply.reply_kind == "faq"
    assert chen.tickets() == []
