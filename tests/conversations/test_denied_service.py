"""The wrong service was taken: "not the rice cooker, the dishwasher" is no detail of it."""

from dataclasses import replace

import pytest

from backend.conversations.state import State
from tests.conversations.talking import Chat, chat

COOKER = "value.repair-appliance.rice-cooker"
STERILISER = "value.repair-appliance.sterilizer"
DISHWASHER = "value.repair-appliance.book-repair"


def mistaken(language: str, words: str) -> Chat:
    """A chat at the read-back of a rice cooker's repair that nobody asked for."""
    talk = chat(language)
    talk.state = replace(
        State(), offered=(COOKER, STERILISER), offered_words=words, offered_at=talk.now.isoformat()
    )
    talk.say("第一个" if language == "zh" else "the first one")
    for _ in range(4):
        if talk.last_kinds[-1] == "read_back":
            break
        talk.press("slot")
    assert talk.last_kinds[-1] == "read_back", talk.last_kinds
    return talk


@pytest.mark.parametrize(
    ("language", "first", "words"),
    [
        ("zh", "我家洗碗机坏了，明天上午来修，家里有人", "不是电饭锅，是洗碗机"),
        ("zh", "厨房的那个坏了，明天上午来修", "不对，不是电饭锅，是洗碗机坏了"),
        ("zh", "厨房的那个坏了，明天上午来修", "我说的是洗碗机，不是电饭锅"),
        ("en", "my dishwasher is broken, tomorrow morning", "not the rice cooker, the dishwasher"),
        ("en", "the kitchen thing is broken", "It's the dishwasher, not the rice cooker"),
    ],
)
def test_the_service_that_is_meant_takes_its_place(language: str, first: str, words: str) -> None:
    talk = mistaken(language, first)
    talk.say(words)
    assert talk.last_kinds[0] == "dropped"
    form = talk.state.form
    assert form is not None
    assert (form.item, form.slots["appliance"]) == (DISHWASHER, "dishwasher")
    assert "when" in form.slots, "a time that was told holds for it too"
    assert first in form.words
    assert talk.opened == []


@pytest.mark.parametrize(
    ("language", "first", "words"),
    [
        ("zh", "我家洗碗机坏了", "不是修电饭锅"),
        ("en", "my dishwasher is broken", "it's not the rice cooker"),
    ],
)
def test_what_else_the_words_may_mean_is_offered_where_none_is_told(
    language: str, first: str, words: str
) -> None:
    talk = mistaken(language, first)
    talk.say(words)
    assert talk.last_kinds == ["dropped", "which"]
    assert DISHWASHER in talk.state.offered
    assert COOKER not in talk.state.offered
    assert talk.state.form is None


@pytest.mark.parametrize("words", ["不是明天，是后天上午", "不是厨房，是餐厅"])
def test_a_detail_that_is_denied_is_a_detail_still(words: str) -> None:
    talk = mistaken("zh", "厨房的电饭锅坏了，明天上午来修")
    talk.say(words)
    assert talk.state.form is not None
    assert talk.state.form.item == COOKER
