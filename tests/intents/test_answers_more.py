"""Answers used up by another detail than the one asked for, and numbers of people."""

from datetime import datetime

import pytest

from intents.meaning import Act, Hint
from intents.understand import Engine


@pytest.mark.parametrize(
    ("slot", "words", "told"),
    [
        ("visitor", "下午两点左右", "when"),
        ("dest", "4个人", "party"),
        ("dest", "there are four people", "party"),
        ("entry", "客厅", "where"),
        ("entry", "in the living room", "where"),
        ("duration", "4个人", "party"),
        ("where", "现在", "when"),
        ("where", "right now please", "when"),
        ("when", "卧室的", "where"),
        ("when", "我在家", "entry"),
    ],
)
def test_what_is_used_up_by_another_detail_leaves_the_question_open(
    engine: Engine, now: datetime, slot: str, words: str, told: str
) -> None:
    intent = engine.understand(words, now, Hint("zh", expected_slot=slot)).intents[0]
    assert intent.act is Act.INFORM
    assert told in intent.slots
    assert slot not in intent.slots


@pytest.mark.parametrize(
    ("slot", "words"),
    [
        ("service_scope", "客厅"),
        ("dest", "客厅"),
        ("visitor", "王伟，4个人"),
        ("pref", "不要辣的"),
        ("qty", "两个"),
    ],
)
def test_an_answer_that_says_more_stays_the_answer(
    engine: Engine, now: datetime, slot: str, words: str
) -> None:
    assert slot in engine.understand(words, now, Hint("zh", expected_slot=slot)).intents[0].slots


@pytest.mark.parametrize("words", ["现在4个人", "4个人", "two people", "三位"])
def test_a_number_of_people_calls_for_nobody(engine: Engine, now: datetime, words: str) -> None:
    assert engine.understand(words, now, Hint("zh")).intents[0].act is not Act.HUMAN


@pytest.mark.parametrize("words", ["转人工", "I want to talk to a real person"])
def test_who_asks_for_a_person_is_heard(engine: Engine, now: datetime, words: str) -> None:
    hint = Hint("zh", expected_slot="when")
    assert engine.understand(words, now, hint).intents[0].act is Act.HUMAN


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("at 5: Anna Lee", "Anna Lee"),
        ("Anna Lee at 5", "Anna Lee"),
        ("tomorrow at 5: Anna Lee", "Anna Lee"),
        ("5点：李安娜", "李安娜"),
        ("明天下午三点，王伟，两位", "王伟，两位"),
    ],
)
def test_a_name_is_kept_without_the_hour_told_beside_it(
    engine: Engine, now: datetime, words: str, name: str
) -> None:
    slots = engine.understand(words, now, Hint("zh", expected_slot="visitor")).intents[0].slots
    assert slots["visitor"] == name
    assert "when" in slots


@pytest.mark.parametrize("slot", ["origin", "dest"])
@pytest.mark.parametrize(
    ("words", "act"),
    [
        ("我要交物业费", Act.REQUEST),
        ("帮我订两桶水", Act.REQUEST),
        ("我想投诉", Act.COMPLAINT),
        ("please fix my tap", Act.REQUEST),
    ],
)
def test_a_plain_wish_is_no_place(engine: Engine, now: datetime, slot: str, words: str, act: Act) -> None:
    assert engine.understand(words, now, Hint("zh", expected_slot=slot)).intents[0].act is act


@pytest.mark.parametrize("slot", ["origin", "dest"])
@pytest.mark.parametrize(
    "words",
    [
        "物业服务中心",
        "我要去人民广场",
        "请送我到机场",
        "the Hilton please",
        "I want to go to the airport",
        "我家",
    ],
)
def test_a_place_is_one_however_it_is_asked_for(engine: Engine, now: datetime, slot: str, words: str) -> None:
    assert engine.understand(words, now, Hint("zh", expected_slot=slot)).intents[0].act is Act.INFORM
