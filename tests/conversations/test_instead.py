"""At the read-back one wish is refused for another: the first is dropped, the second begins."""

import pytest

from tests.conversations.conftest import Line
from tests.conversations.talking import Chat, chat

REPAIR, CLEAN = "value.repair-appliance.ac", "value.special.ac-clean"
ANSWERS = {"when": "明天下午三点", "entry": "有人在家", "where": "客厅", "fault": "不制冷"}


def at_read_back(language: str = "zh") -> Chat:
    talk = chat(language)
    talk.say("空调不制冷了，想修一下")
    while talk.state.form is not None and talk.state.form.asking:
        talk.say(ANSWERS[talk.state.form.asking])
    assert talk.last_kinds == ["read_back"]
    assert talk.state.form is not None
    assert talk.state.form.item == REPAIR
    return talk


@pytest.mark.parametrize(
    ("language", "words", "item"),
    [
        ("zh", "不修了，直接清洗吧", CLEAN),
        ("zh", "不修空调了，直接清洗吧", CLEAN),
        ("zh", "算了不修了，帮我约个空调清洗", CLEAN),
        ("zh", "不用修了，换成保洁", "value.clean-oneoff.household-clean"),
        ("en", "don't repair it, just clean it", CLEAN),
        ("en", "no repair, book a cleaning instead", "value.clean-hourly.hourly-helper"),
    ],
)
def test_the_wish_told_instead_is_begun(language: str, words: str, item: str) -> None:
    talk = at_read_back(language)
    talk.say(words)
    assert talk.last_kinds == ["dropped", "ask"]
    assert talk.state.form is not None
    assert talk.state.form.item == item
    assert talk.opened == []


@pytest.mark.parametrize("words", ["算了，帮我叫个保洁吧", "不修了，直接换个新的吧"])
def test_one_that_may_be_several_things_is_offered(words: str) -> None:
    talk = at_read_back()
    talk.say(words)
    assert talk.last_kinds == ["dropped", "which"]
    assert talk.state.form is None
    assert len(talk.state.offered) > 1
    talk.press("offer")
    assert talk.state.form is not None


@pytest.mark.parametrize("words", ["算了，不修了", "不修了", "不用了，谢谢", "算了吧", "不修了，就这样吧"])
def test_a_mere_refusal_drops_the_wish_and_begins_nothing(words: str) -> None:
    talk = at_read_back()
    talk.say(words)
    assert talk.last_kinds == ["dropped"]
    assert talk.state.form is None


@pytest.mark.parametrize("words", ["算了还是下午吧", "不是周三，改成周四", "no, just the kitchen instead"])
def test_a_detail_put_in_place_of_another_keeps_the_wish(words: str) -> None:
    talk = at_read_back()
    talk.say(words)
    assert talk.last_kinds == ["read_back_change"]
    assert talk.state.form is not None
    assert talk.state.form.item == REPAIR


def test_in_a_chat_the_first_wish_leaves_no_ticket_and_the_second_is_the_draft(chen: Line) -> None:
    chen.say("厨房水龙头漏水，明天上午来修，家里有人")
    assert [m.reply_kind for m in chen.shown()][-1] == "read_back"
    chen.say("不修了，帮我约个保洁")
    assert [m.reply_kind for m in chen.shown()][-2:] == ["dropped", "ask"]
    assert chen.tickets() == []
    assert [one.item_id for one in chen.drafts() if one.state == "open"] == [
        "value.clean-oneoff.household-clean"
    ]
