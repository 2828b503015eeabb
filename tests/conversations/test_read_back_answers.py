"""Answers to the read-back, and details told for another question than the open one."""

import pytest

from tests.conversations.talking import Chat, chat

CLEANING = "value.clean-oneoff.household-clean"
TAXI = "value.car.limousine"


def _at_read_back(language: str = "zh", item: str = CLEANING) -> Chat:
    answers = {"when": "明天下午三点", "entry": "有人在家", "duration": "三小时", "where": "厨房",
               "origin": "小区门口", "dest": "浦东机场", "fault": "水龙头漏水"}  # fmt: skip
    talk = chat(language)
    talk.tap(item)
    while talk.state.form is not None and talk.state.form.asking:
        talk.say(answers[talk.state.form.asking])
    return talk


def _asked(item: str, slot: str, *before: str, language: str = "zh") -> Chat:
    talk = chat(language)
    talk.tap(item)
    for words in before:
        talk.say(words)
    assert talk.state.form is not None
    assert talk.state.form.asking == slot
    return talk


@pytest.mark.parametrize(
    ("item", "slot", "before", "words", "kept"),
    [
        (CLEANING, "entry", ("明天下午三点",), "客厅", "where"),
        (CLEANING, "entry", ("明天下午三点",), "两小时", "duration"),
        (CLEANING, "when", (), "卧室的", "where"),
        (CLEANING, "when", (), "我在家", "entry"),
        (CLEANING, "when", (), "I am home", "entry"),
        (CLEANING, "when", (), "Anna, one person", "party"),
        (TAXI, "dest", ("小区门口",), "7pm", "when"),
        (TAXI, "dest", ("小区门口",), "4个人", "party"),
        ("common.security.visitor-registration", "visitor", ("明天",), "下午两点左右", "when"),
        ("common.security.visitor-registration", "visitor", ("明天",), "现在4个人", "party"),
        ("value.business.reception", "where", (), "明天下午", "when"),
        ("value.business.reception", "where", (), "现在", "when"),
    ],
)
def test_a_detail_told_out_of_order_is_kept_and_the_open_question_comes_again(
    item: str, slot: str, before: tuple[str, ...], words: str, kept: str
) -> None:
    talk = _asked(item, slot, *before)
    talk.say(words)
    assert talk.last_kinds == ["ask"]
    assert talk.state.form is not None
    assert talk.state.form.asking == slot
    assert kept in talk.state.form.slots
    assert slot not in talk.state.form.slots


def test_the_same_detail_a_second_time_is_no_answer() -> None:
    talk = _asked(CLEANING, "entry", "明天下午三点")
    talk.say("客厅")
    talk.say("客厅")
    assert talk.last_kinds == ["ask_again"]


@pytest.mark.parametrize(
    "words", ["whenever you can", "你什么时候方便就什么时候来", "any time is fine", "都可以"]
)
def test_whenever_you_like_answers_when(words: str) -> None:
    talk = _asked(CLEANING, "when")
    talk.say(words)
    assert talk.state.form is not None
    assert talk.state.form.asking == "entry"


@pytest.mark.parametrize(
    "words",
    [
        "Thank you very much, that is correct",
        "Thank you, that is correct",
        "yep perfect thanks",
        "OK thanks",
        "thanks!",
        "谢谢，就这样",
        "唔该晒",
        "好的谢谢",
        "没问题，谢谢你",
        "谢谢",
    ],
)
def test_thanks_at_the_read_back_are_a_yes(words: str) -> None:
    talk = _at_read_back()
    talk.say(words)
    assert [order.item for order in talk.opened] == [CLEANING]


@pytest.mark.parametrize(
    "words", ["no thanks", "谢谢，不用了", "thanks, but make it Friday", "谢谢，改到后天"]
)
def test_thanks_with_a_no_or_a_change_are_none(words: str) -> None:
    talk = _at_read_back()
    talk.say(words)
    assert talk.opened == []


@pytest.mark.parametrize(
    ("item", "words", "slot"),
    [
        (CLEANING, "算了还是下午吧", "when"),
        (CLEANING, "不对，改成后天", "when"),
        ("value.clean-hourly.hourly-helper", "两个小时就够了", "duration"),
        (CLEANING, "现在4个人", "party"),
    ],
)
def test_a_detail_put_right_at_the_read_back_changes_only_that(item: str, words: str, slot: str) -> None:
    talk = _at_read_back(item=item)
    assert talk.state.form is not None
    before = talk.state.form.slots.get(slot)
    talk.say(words)
    assert talk.last_kinds == ["read_back_change"]
    assert talk.state.form.slots[slot] != before


@pytest.mark.parametrize("words", ["算了", "算了不用了", "算了，明天不用来了", "never mind"])
def test_letting_go_at_the_read_back_still_drops(words: str) -> None:
    talk = _at_read_back()
    talk.say(words)
    assert talk.last_kinds == ["dropped"]


def test_another_wish_after_a_no_takes_the_place_of_the_first() -> None:
    talk = _at_read_back("en", TAXI)
    talk.say("actually no, I'll drive. but can you wash my car tonight?")
    assert talk.last_kinds[0] == "dropped"
    assert talk.state.form is not None
    assert talk.state.form.item == "value.special.car-wash"
    assert "when" in talk.state.form.slots


def test_thinking_better_of_it_keeps_the_wish_and_is_no_complaint() -> None:
    talk = _at_read_back(item="common.voice.repair-intake")
    talk.say("还是修吧")
    assert talk.last_kinds == ["read_back"]
    talk.say("不修了")
    talk.say("还是修吧")
    assert talk.opened == []
