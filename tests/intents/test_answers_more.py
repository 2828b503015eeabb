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
