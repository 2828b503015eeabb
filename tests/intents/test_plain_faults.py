"""A fault told without saying which is the thing's fault, and never a bill's or a person's."""

from datetime import datetime

import pytest

from intents.meaning import Act
from intents.plain_faults import told_plainly
from intents.understand import Engine


@pytest.mark.parametrize(
    ("wish", "plain"),
    [
        ("灯有点问题", "灯坏了"),
        ("水管有问题，麻烦派人来看看", "水管坏了"),
        ("我家热水器出毛病了", "我家热水器坏了"),
        ("空调不太对劲", "空调坏了"),
        ("我要报修水龙头", "水龙头坏了"),
        ("马桶报修", "马桶坏了"),
        ("我想报修水管漏水", "水管漏水"),
        ("锁坏掉了，叫个师傅来", "锁坏了"),
        ("i have a problem with the window", "the window is broken"),
        ("something is wrong with the light", "the light is broken"),
        ("there's an issue with the toilet, can you send someone", "the toilet is broken"),
        ("the boiler is playing up", "the boiler is broken"),
        ("my lock doesn't work", "the lock is broken"),
    ],
)
def test_a_thing_that_has_a_problem_is_broken(wish: str, plain: str) -> None:
    assert told_plainly(wish) == plain


@pytest.mark.parametrize(
    "wish",
    [
        "发票有问题",
        "没问题",
        "我有个问题",
        "报修",
        "维修进度",
        "保安有问题",
        "空调什么时候维修",
        "there is a problem with my bill",
        "i have a problem with the guard",
        "this doesn't work",
        "no problem",
        "",
    ],
)
def test_what_is_no_thing_is_never_broken(wish: str) -> None:
    assert told_plainly(wish) == ""


@pytest.mark.parametrize("piece", [".", "报修", "有问题", "my ", "problem with ", "你好", "hi "])
def test_a_text_without_end_is_none(piece: str) -> None:
    assert told_plainly(piece * 2_000) == ""


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("something is wrong with the light", "value.repair-electrical."),
        ("I've got an issue with my shower", "value.repair-plumbing."),
        ("my lock is broken", "value.repair-civil."),
        ("水管有问题", "value.repair-plumbing."),
        ("我要报修空调", "value.repair-appliance."),
        ("瓷砖坏了", "value.repair-"),
    ],
)
def test_whoever_names_only_the_thing_is_offered_its_repair(
    engine: Engine, now: datetime, text: str, group: str
) -> None:
    meaning = engine.understand(text, now)
    (intent,) = meaning.intents
    assert meaning.decision != "hand_over"
    assert intent.act is Act.REQUEST
    assert (intent.item or "").startswith(group)


def test_gas_that_ran_out_is_no_leak(engine: Engine, now: datetime) -> None:
    assert not engine.understand("没煤气了，做不了饭", now).emergency
    assert not engine.understand("gas has run out, the meter shows zero", now).emergency
