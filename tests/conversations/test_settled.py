"""Buttons of questions that were answered in words are taken away, in the chat of a channel too."""

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from backend.app import create_app
from backend.clock import HandClock
from backend.conversations import drafts
from backend.db import Database
from backend.settings import Settings
from tests.conversations.carrier import Carrier
from tests.conversations.talking import engine
from tests.conversations.test_dialogue import LEAK
from tests.house import cast as the_cast
from tests.house.cast import CHEN_CODE

#: reply kinds that end with a question and its buttons
ASKED = ("ask", "read_back", "read_back_change")


@pytest.fixture
def chen(settings: Settings, db: Database, clock: HandClock) -> Carrier:
    the_cast.enter(db, clock)
    app: FastAPI = create_app(settings, database=db, clock=clock, engine=engine())
    carrier = Carrier(app, TestClient(app, raise_server_exceptions=False), db)
    carrier.hear(kind="start", text=CHEN_CODE)
    return carrier


def asked(chen: Carrier) -> tuple[str, list[str]]:
    """Begin a wish; return the kind of the question and what the channel calls its message."""
    found = chen.hear(LEAK["zh"])
    question = next(one for one in found if one["message"]["kind"] in ASKED)
    return question["message"]["kind"], question["remote_ids"]


def stripped(found: list[dict[str, object]]) -> list[object]:
    return [one["targets"] for one in found if one["op"] == "strip"]


def test_a_question_answered_in_words_loses_its_buttons(chen: Carrier, clock: HandClock) -> None:
    _kind, shown = asked(chen)
    clock.advance(seconds=20)
    assert stripped(chen.hear("明天上午")) == [shown]


def test_a_wish_let_go_leaves_no_buttons_behind(chen: Carrier, clock: HandClock) -> None:
    _kind, shown = asked(chen)
    clock.advance(seconds=20)
    found = chen.hear("算了不用修了")
    assert [one["message"]["kind"] for one in found if one["op"] == "send"] == ["dropped"]
    assert stripped(found) == [shown]


def test_a_tap_takes_its_own_buttons_away_once(chen: Carrier, clock: HandClock) -> None:
    found = chen.hear(LEAK["zh"])
    question = next(one for one in found if one["message"]["buttons"])
    clock.advance(seconds=20)
    chen.store(chen.tap(question))
    chen.turns()
    assert stripped(chen.deliver()) == [question["remote_ids"]]


def test_a_question_that_stays_open_keeps_its_buttons(chen: Carrier, clock: HandClock) -> None:
    asked(chen)
    clock.advance(seconds=20)
    found = chen.hear("/menu")
    assert stripped(found) == []


def test_after_half_an_hour_the_read_back_has_no_buttons_left(chen: Carrier, clock: HandClock) -> None:
    asked(chen)
    found = []
    for minutes in (6, 30):
        clock.advance(seconds=60 * minutes)
        drafts.tick(chen.db, clock, engine().menu)
        found += chen.deliver()
    sent = [one["remote_ids"] for one in found if one["op"] == "send" and one["message"]["buttons"]]
    assert sent, "a nudge with buttons"
    assert sent[0] in stripped(found)
