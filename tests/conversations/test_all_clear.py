"""After an alarm "all is well again" reaches whoever was called, in whatever words; else it is an alarm."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from backend.conversations.state import OnTicket
from backend.models import Alert
from tests.conversations.conftest import Line
from tests.conversations.talking import Chat, chat
from tests.conversations.test_dialogue import ticket

LOCKED = {"zh": "孩子被反锁在家里了", "en": "my baby is locked in the flat"}
REPAIR = ticket(1001, item="value.repair-plumbing.faucet-replace", name="水龙头")


def alarmed(language: str, words: str = "") -> Chat:
    talk = chat(language)
    alarm = ticket(1007, item="common.security.incident", workflow="emergency", opened_at=talk.now,
                   words=words or LOCKED[language], actions=())  # fmt: skip
    talk.knows(tickets=(REPAIR, alarm))
    talk.state = replace(talk.state, about=1007, expects="alarm")
    talk.later(minutes=4)
    return talk


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", "孩子自己开门了，没事了，不用来了"),
        ("zh", "已经好了"),
        ("zh", "虚惊一场"),
        ("zh", "孩子出来了"),
        ("zh", "取消"),
        ("en", "never mind, he got in"),
        ("en", "false alarm"),
        ("en", "he is out now, thank you"),
        ("en", "it's fine now"),
        ("en", "cancel"),
    ],
)
def test_all_is_well_goes_to_the_duty_team_and_is_thanked_for(language: str, words: str) -> None:
    talk = alarmed(language)
    talk.say(words)
    assert talk.last_kinds == ["all_clear"]
    (order,) = talk.turn.orders
    assert isinstance(order, OnTicket)
    assert (order.verb, order.number, order.values["kind"]) == ("add", 1007, "all_clear")


@pytest.mark.parametrize(
    ("language", "alarm", "words"),
    [
        ("zh", "", "门还没打开"),
        ("zh", "有陌生人在我家门口", "有人进来了"),
        ("zh", "厨房着火了", "我们出来了"),
        ("en", "", "he is still inside"),
        ("en", "the kitchen is on fire", "we are out now"),
        ("en", "a man is at my door", "he got in"),
    ],
)
def test_a_danger_that_goes_on_is_not_called_over(language: str, alarm: str, words: str) -> None:
    talk = alarmed(language, alarm)
    talk.say(words)
    assert "all_clear" not in talk.last_kinds


def test_never_mind_about_another_wish_is_of_that_wish() -> None:
    talk = alarmed("en")
    talk.tap("value.clean-oneoff.household-clean")
    talk.say("never mind")
    assert "all_clear" not in talk.last_kinds


def test_whoever_was_called_is_called_again_once(chen: Line) -> None:
    line = chen
    line.say("我被困在电梯里了")
    with line.tools.db.read() as session:
        called = set(session.scalars(select(Alert.user_id).where(Alert.kind == "emergency")))
    line.say("已经出来了，没事了")
    line.say("没事了")
    with line.tools.db.read() as session:
        told = list(session.scalars(select(Alert.user_id).where(Alert.kind == "all_clear")))
    assert called
    assert called <= set(told)
    assert len(told) == len(set(told))
