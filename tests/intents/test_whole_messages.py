"""Whole short messages: a fault told again, a workman asked for, who is at home, a lift at a standstill."""

from datetime import datetime

import pytest

from intents.acts import ActClassifier
from intents.meaning import Act
from intents.normalize import normalize
from intents.understand import Engine

BY_WORDS = ActClassifier(())
LIFT = "common.equipment.lift-fault"

AGAIN = [
    "电梯又坏了",
    "电梯又停了",
    "三号楼的货梯又不动了",
    "空调又不制冷了",
    "热水器又停了",
    "书房的插座又没电了",
    "楼道灯又不亮了",
    "单元门禁又失灵了，麻烦派人看看",
    "洗手间地漏又堵了",
    "阳台的水龙头又漏水了",
    "又跳闸了",
    "又停水了",
    "今天又断网了",
    "the lift has stopped again",
    "the elevator broke down again",
    "our shower is blocked again",
    "my AC isn't cooling again",
    "the washing machine has stopped again, please send someone",
    "no hot water again",
    "the garage door is stuck again",
]
JUDGED = [
    "空调昨天刚修好又坏了",
    "师傅修过的水龙头又漏了",
    "换了阀门又漏了",
    "the plumber came and the tap is leaking again",
]
WORKMEN = [
    "师傅来修一下厨房水龙头",
    "师傅帮我看一下热水器",
    "师傅上门装个浴霸",
    "水电工过来通一下下水道",
    "师傅你好，麻烦来换个灯管",
    "the plumber please come and fix the kitchen tap",
    "electrician to check the socket in the study",
    "could the handyman come and repair the wardrobe door",
]
AT_HOME = [
    "家里有人",
    "明天家里有人",
    "家里一直有人",
    "周六白天家里没人",
    "我在家",
    "我妈下午都在家",
    "有人在家",
    "somebody is home",
    "someone will be at home tomorrow",
    "there is someone at home all day",
    "nobody is home",
    "I'm home",
]
STANDS_STILL = [
    "电梯不动了",
    "2号楼左边那部电梯不动了",
    "货梯停运了",
    "电梯又停了，麻烦派人来看看",
    "电梯停在8楼不动了，里面没人",
    "the lift is not moving",
    "the elevator has stopped",
    "the lift in tower 3 won't move",
    "lift out of order since this morning",
    "the goods lift stopped again, nobody inside",
]
INSIDE = [
    "我被困在电梯里，电梯不动了",
    "电梯不动了，我们在里面",
    "电梯不动了，我出不去",
    "电梯停了，里面黑着灯有人在喊",
    "the lift is not moving and I'm inside",
    "lift not moving, it's dark in here, help",
    "the lift has stopped and we can't get out",
    "someone in the lift is not moving",
]
NO_DANGER = [
    "家里一直有人",
    "someone is at home",
    "there is no water",
    "the water is off",
    "the door is not moving",
    "没人在里面",
    "nobody is inside",
]
STILL_DANGER = [
    "家里进来人了",
    "家里有人在翻东西",
    "somebody is in my home",
    "my mother is at home and not moving",
]


@pytest.mark.parametrize("text", AGAIN)
def test_a_thing_that_has_failed_again_is_reported(engine: Engine, now: datetime, text: str) -> None:
    meaning = engine.understand(text, now)
    assert (meaning.emergency, meaning.intents[0].act) == (False, Act.REQUEST)


@pytest.mark.parametrize("text", JUDGED)
def test_what_was_mended_and_fails_again_is_judged(engine: Engine, now: datetime, text: str) -> None:
    assert engine.understand(text, now).intents[0].act == Act.DISSATISFIED


@pytest.mark.parametrize("text", ["又坏了", "it stopped again", "它又不动了"])
def test_where_no_thing_is_named_nothing_is_reported(engine: Engine, now: datetime, text: str) -> None:
    assert engine.understand(text, now).intents[0].act == Act.DISSATISFIED


@pytest.mark.parametrize("text", WORKMEN)
def test_who_calls_for_a_workman_orders(engine: Engine, now: datetime, text: str) -> None:
    assert engine.understand(text, now).intents[0].act == Act.REQUEST


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("师傅还没来", Act.URGE),
        ("师傅不用来了", Act.CANCEL),
        ("师傅什么时候来", Act.STATUS),
        ("师傅修完了还是漏", Act.DISSATISFIED),
        ("is the plumber coming today?", Act.STATUS),
    ],
)
def test_what_is_said_of_a_workman_is_no_order(engine: Engine, now: datetime, text: str, act: Act) -> None:
    assert engine.understand(text, now).intents[0].act == act


@pytest.mark.parametrize("text", AT_HOME)
def test_who_is_at_home_is_a_detail_and_no_greeting(engine: Engine, now: datetime, text: str) -> None:
    meaning = engine.understand(text, now)
    assert (meaning.emergency, meaning.intents[0].act) == (False, Act.AMEND)


@pytest.mark.parametrize("text", STANDS_STILL)
def test_a_lift_that_stands_still_is_a_fault(engine: Engine, now: datetime, text: str) -> None:
    meaning = engine.understand(text, now)
    first = meaning.intents[0]
    assert not meaning.emergency
    assert first.act == Act.REQUEST
    assert LIFT in {first.item, *(one.item for one in first.alternatives)}


@pytest.mark.parametrize("text", INSIDE)
def test_with_somebody_inside_it_is_an_alarm(engine: Engine, now: datetime, text: str) -> None:
    assert engine.understand(text, now).emergency


@pytest.mark.parametrize("text", NO_DANGER)
def test_what_is_gone_still_or_empty_is_no_danger(engine: Engine, now: datetime, text: str) -> None:
    assert not engine.understand(text, now).emergency


@pytest.mark.parametrize("text", STILL_DANGER)
def test_one_word_more_and_it_is_heard(engine: Engine, now: datetime, text: str) -> None:
    assert engine.understand(text, now).emergency


@pytest.mark.parametrize("text", [*AGAIN, *WORKMEN, *AT_HOME])
def test_all_of_it_is_told_without_a_training(text: str) -> None:
    expected = Act.AMEND if text in AT_HOME else Act.REQUEST
    found = BY_WORDS.courtesy(normalize(text).text)
    assert found is not None
    assert found.act == expected


@pytest.mark.parametrize(
    "text",
    [
        "我要投诉：楼道的灯又坏了",
        "投诉，电梯又停了",
        "我要举报，楼下又堵了消防通道，门又卡住了",
        "complaint: the lift is broken again",
        "I want to complain, the corridor light is out again",
    ],
)
def test_a_complaint_that_is_named_stays_one_though_something_failed_again(
    engine: Engine, now: datetime, text: str
) -> None:
    assert engine.understand(text, now).intents[0].act == Act.COMPLAINT
