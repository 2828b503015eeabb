"""Several wishes in one message, and one wish told in several clauses."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from intents.meaning import Act
from intents.understand import Engine

TWO = [
    ("空调洗一下，窗帘也拆下来洗", ("value.special.ac-clean", "value.clean-special.curtain")),
    ("周六来两位客人帮登记，顺便借个手推车",
     ("common.security.visitor-registration", "complimentary.loan.trolley")),
    ("Please hang my new ceiling lamp and also replace the hallway bulb",
     ("value.repair-electrical.install-lamp", "value.repair-electrical.tube-bulb")),
    ("Two things: my access card is dead, and the lobby plants need watering",
     ("common.security.one-card", "common.greening.lobby-plants")),
]  # fmt: skip
ONE = [
    "马桶堵了，冲水水位老高，半天才下去",
    "厨房水龙头滴水\n滴了好几天了\n用盆接着\n请师傅来看看\n明天上午在家",
    "明天我爸和我舅来，两个人一起登记访客",
    "laptop is slow and keeps freezing, and the screen flickers",
    "Water the roses and the ferns and the cactus while I'm away",
    "The fridge hums all night. It still cools, it's just loud",
]


@pytest.mark.parametrize(("text", "items"), TWO)
def test_each_of_two_wishes_is_kept(engine: Engine, now: datetime, text: str, items: tuple[str, str]) -> None:
    assert tuple(intent.item for intent in engine.understand(text, now).intents) == items


@pytest.mark.parametrize("text", ONE)
def test_one_wish_told_in_several_clauses_stays_one(engine: Engine, now: datetime, text: str) -> None:
    assert len(engine.understand(text, now).intents) == 1


@pytest.mark.parametrize(
    ("text", "acts"),
    [
        ("取消明天的保洁，另外订周五晚上的餐厅", (Act.CANCEL, Act.REQUEST)),
        ("催一下1002，顺便订桶水", (Act.URGE, Act.REQUEST)),
        ("我要投诉楼上半夜蹦迪，另外帮我约个保洁", (Act.COMPLAINT, Act.REQUEST)),
        ("Cancel the cleaning tomorrow, and also book a taxi to the airport", (Act.CANCEL, Act.REQUEST)),
    ],
)
def test_a_new_wish_beside_another_matter_is_kept_too(
    engine: Engine, now: datetime, text: str, acts: tuple[Act, Act]
) -> None:
    assert tuple(intent.act for intent in engine.understand(text, now).intents) == acts


@pytest.mark.parametrize(
    "text",
    [
        "取消保洁，我自己打扫",
        "师傅来的时候顺便带个新阀门，加到单子里",
        "不用来了，水管自己好了",
        "please cancel the plumber, my husband fixed the tap",
    ],
)
def test_what_is_said_of_an_old_matter_orders_nothing_new(engine: Engine, now: datetime, text: str) -> None:
    assert all(intent.act is not Act.REQUEST for intent in engine.understand(text, now).intents)


def test_each_wish_has_its_own_time(engine: Engine, now: datetime) -> None:
    first, second = engine.understand("周六上午擦玻璃，另外明天下午三点叫辆出租车", now).intents
    assert first.slots["when"] != second.slots["when"]


def test_and_also_is_no_sign_that_something_goes_on(engine: Engine, now: datetime) -> None:
    intents = engine.understand("空调坏了，灯也不亮，还有帮我叫个保洁", now).intents
    assert [intent.act for intent in intents] == [Act.REQUEST] * len(intents)
    assert intents[0].item == "value.repair-appliance.ac"


def test_each_wish_has_its_own_words_as_they_were_written(engine: Engine, now: datetime) -> None:
    first, second = engine.understand("Wash the AC please, also book a Taxi for 3 pm", now).intents
    assert second.words == "book a Taxi for 3 pm"
    assert "Taxi" not in first.words


def test_a_message_means_the_same_whatever_was_read_before_it(engine: Engine, now: datetime) -> None:
    parts = ["厨房水龙头漏水", "帮我约个保洁", "the light in the hall is broken", "我的快递到了吗"]
    texts = [
        *parts,
        "厨房水龙头漏水，帮我约个保洁",
        "我的快递到了吗，厨房水龙头漏水",
        "帮我约个保洁, the light in the hall is broken",
    ]
    first = [engine.understand(text, now) for text in texts]
    again = [engine.understand(text, now) for text in reversed(texts)]
    assert list(reversed(again)) == first


def test_two_threads_do_not_read_each_others_messages(engine: Engine, now: datetime) -> None:
    texts = [
        "厨房水龙头漏水，帮我约个保洁",
        "帮我约个保洁",
        "我的快递到了吗，厨房水龙头漏水",
        "厨房水龙头漏水",
    ] * 5
    alone = [engine.understand(text, now) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda text: engine.understand(text, now), texts)) == alone
