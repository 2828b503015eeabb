"""After "not satisfied": the reason is thanked for, and "is he coming today?" is asked of the work."""

from dataclasses import replace

import pytest

from backend.conversations.state import OnTicket
from tests.conversations.talking import chat
from tests.conversations.test_dialogue import ticket

TAP = ticket(
    1070, item="value.repair-plumbing.faucet-replace", name="水龙头维修", words="厨房的水龙头一直滴水"
)
NOISE = ticket(1083, item="common.voice.complaint", workflow="complaint", name="投诉", words="半夜装修很吵")


@pytest.mark.parametrize("is_quiet", [False, True])
def test_the_reason_that_was_asked_for_is_thanked_for(is_quiet: bool) -> None:
    done = replace(TAP, wants_follow_up=True, state="done")
    talk = chat("zh", tickets=(done,), is_quiet=is_quiet)
    talk.state = replace(talk.state, about=1070, expects="why")
    talk.say("主卫那个还是滴水，而且师傅没提前打电话")
    assert talk.last_kinds == ["added"]
    (order,) = talk.turn.orders
    assert isinstance(order, OnTicket)
    assert (order.number, order.values["kind"]) == (1070, "why")


def test_a_question_how_it_stands_is_no_reason() -> None:
    talk = chat("zh", tickets=(TAP,))
    talk.state = replace(talk.state, about=1070, expects="why")
    talk.say("我的维修单现在什么进度？")
    assert talk.last_kinds == ["status"]


@pytest.mark.parametrize("words", ["小林你还在吗，师傅今天还来不来返工", "快点让师傅过来返工，别再拖了"])
def test_who_asks_for_the_worker_means_the_work_and_no_complaint(words: str) -> None:
    talk = chat("zh", tickets=(TAP, NOISE))
    talk.state = replace(talk.state, about=1083)
    talk.say(words)
    assert not any(isinstance(one, OnTicket) and one.number == 1083 for one in talk.turn.orders)
    assert talk.last_kinds[0] in ("urged", "status")
