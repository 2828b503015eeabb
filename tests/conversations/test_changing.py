"""Asking in words to change something does what the button does, and is never a value."""

from dataclasses import replace

import pytest

from tests.conversations.talking import Chat, chat
from tests.conversations.test_dialogue import asking, confirming


def qty_asked() -> Chat:
    """A wish with a fault, of which the number is asked."""
    talk = chat("zh")
    talk.say("镜前灯坏了，后天下午来修，家里有人")
    form = talk.state.form
    assert form is not None
    talk.state = replace(
        talk.state, form=replace(form, step="asking", asking="qty", asked=(*form.asked, "qty"))
    )
    return talk


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", "改一下"),
        ("zh", "我想改一下"),
        ("zh", "我要修改"),
        ("zh", "等等，改一下信息"),
        ("en", "change it"),
        ("en", "I'd like to change something"),
        ("en", "can I change that?"),
    ],
)
def test_it_opens_the_change(language: str, words: str) -> None:
    talk = confirming(language)
    before = talk.state.form
    assert before is not None
    talk.say(words)
    assert talk.last_kinds == ["which_detail"]
    form = talk.state.form
    assert form is not None
    assert (form.words, form.slots, form.step) == (before.words, before.slots, "changing")


@pytest.mark.parametrize(
    ("language", "words", "time"),
    [
        ("zh", "我想改一下时间", "后天下午"),
        ("zh", "时间改一下", "后天下午"),
        ("zh", "改时间", "后天下午"),
        ("en", "I want to change the time", "Friday afternoon"),
        ("en", "please change the date", "Friday afternoon"),
    ],
)
def test_the_detail_that_is_named_is_asked_for_at_once(language: str, words: str, time: str) -> None:
    talk = confirming(language)
    before = talk.state.form
    assert before is not None
    talk.say(words)
    assert talk.last_kinds == ["ask"]
    talk.say(time)
    assert talk.last_kinds == ["read_back_change"]
    assert talk.state.form is not None
    assert talk.state.form.slots["when"] != before.slots["when"]


def test_a_detail_may_be_typed_where_its_button_stands() -> None:
    talk = confirming("zh")
    talk.say("改一下")
    talk.say("时间")
    assert (talk.last_kinds, talk.state.form and talk.state.form.asking) == (["ask"], "when")


@pytest.mark.parametrize("words", ["改一下", "我想改一下时间"])
def test_at_a_question_it_is_no_value_and_the_question_comes_again(words: str) -> None:
    talk = qty_asked()
    talk.say(words)
    form = talk.state.form
    assert form is not None
    assert "qty" not in form.slots
    assert "镜前灯坏了" in form.words
    if talk.last_kinds == ["which_detail"]:
        talk.say("时间")
    talk.say("大后天上午")
    assert (talk.last_kinds, talk.state.form and talk.state.form.asking) == (["ask"], "qty")


@pytest.mark.parametrize("words", ["改到后天下午", "换成周五上午"])
def test_a_new_value_is_taken_at_once(words: str) -> None:
    talk = confirming("zh")
    talk.say(words)
    assert talk.last_kinds == ["read_back_change"]


@pytest.mark.parametrize("words", ["换灯泡", "换个水龙头"])
def test_a_wish_that_begins_with_to_change_is_one(words: str) -> None:
    talk = asking("zh")
    talk.say(words)
    assert "which_detail" not in talk.last_kinds


@pytest.mark.parametrize("words", ["correct", "Correct!", "correct, please", "yes, correct", "that's right"])
def test_who_calls_the_read_back_correct_agrees_to_it(words: str) -> None:
    talk = confirming("en")
    talk.say(words)
    assert talk.last_kinds != ["which_detail"]
    assert talk.state.form is None
