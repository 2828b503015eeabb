"""One wish is refused for another, or for a complaint: the second begins with what holds of the first."""

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
    assert talk.last_kinds[0] == "dropped"
    assert talk.last_kinds[-1] in ("ask", "read_back")
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
    assert [m.reply_kind for m in chen.shown()][-2:] == ["dropped", "read_back"]
    assert chen.tickets() == []
    assert [one.item_id for one in chen.drafts() if one.state == "open"] == [
        "value.clean-oneoff.household-clean"
    ]


TAP = {
    "zh": "厨房水龙头漏水，明天上午来修，家里有人",
    "en": "my kitchen tap is leaking, please come tomorrow morning, I am home",
}
HOME_CLEANING = "value.clean-oneoff.household-clean"


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh", "不修了，帮我约个保洁"), ("en", "never mind the tap, book a home cleaning instead")],
)
def test_the_day_and_the_way_in_go_over_and_are_read_back(language: str, words: str) -> None:
    talk = chat(language)
    talk.say(TAP[language])
    before = talk.state.form
    assert before is not None
    talk.say(words)
    form = talk.state.form
    assert form is not None
    assert (form.item, form.slots["when"], form.slots["entry"]) == (
        HOME_CLEANING,
        before.slots["when"],
        before.slots["entry"],
    )
    assert "where" not in form.slots, "all of the home is cleaned, and nobody asks for its room"
    assert talk.last_kinds == ["dropped", "read_back"]
    assert ("3月12日" if language == "zh" else "12 Mar") in talk.text
    assert talk.opened == []


def test_the_room_goes_over_where_the_new_service_asks_for_one() -> None:
    talk = chat("zh")
    talk.say("厨房水龙头漏水，明天上午来修，家里有人")
    talk.say("不修了，直接换个灯泡吧")
    form = talk.state.form
    assert form is not None
    assert form.item == "value.repair-electrical.tube-bulb"
    assert form.slots["where"] == "kitchen"


def test_what_is_told_anew_comes_before_what_held() -> None:
    talk = chat("zh")
    talk.say(TAP["zh"])
    talk.say("不修了，帮我约个后天下午的保洁")
    talk.press("offer")
    assert talk.state.form is not None
    assert talk.state.form.slots["when"]["start"].startswith("2026-03-13T13")


def test_a_day_that_has_passed_does_not_go_over() -> None:
    talk = at_read_back()
    talk.later(days=2)
    talk.say("不修了，直接清洗吧")
    assert talk.state.form is not None
    assert talk.state.form.item == CLEAN
    assert "when" not in talk.state.form.slots


def test_what_holds_goes_with_the_choice_where_several_services_are_offered() -> None:
    talk = at_read_back()
    talk.say("不修了，直接换个新的吧")
    assert talk.last_kinds == ["dropped", "which"]
    talk.press("offer")
    assert talk.state.form is not None
    assert "when" in talk.state.form.slots


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", "算了不修了，我要投诉"),
        ("zh", "我要投诉，不修了"),
        ("zh", "不用修了，我想投诉"),
        ("en", "forget it, I want to complain"),
        ("en", "never mind. I'd like to make a complaint"),
    ],
)
def test_a_bare_complaint_in_its_place_is_asked_about_and_keeps_what_was_said(
    language: str, words: str
) -> None:
    talk = chat(language)
    first = "空调不制冷了，想修一下" if language == "zh" else "my AC is not cooling"
    talk.say(first)
    talk.photo("f7")
    talk.say(words)
    assert talk.last_kinds == ["dropped", "ask"]
    assert talk.state.form is not None
    assert (talk.state.form.item, talk.state.form.asking) == ("common.voice.complaint", "topic")
    talk.say("约了三次师傅都没来" if language == "zh" else "nobody turned up three times")
    (complaint,) = talk.opened
    assert complaint.reason == "complaint"
    assert first in complaint.words
    assert words in complaint.words
    assert complaint.file_ids == ("f7",)


@pytest.mark.parametrize(
    ("language", "words", "topic"),
    [
        ("zh", "算了不修了，你们态度太差了", "你们态度太差了"),
        ("zh", "不修了，没人管的吗，我要投诉", "没人管的吗，我要投诉"),
        ("en", "forget it, your people are so rude", "your people are so rude"),
    ],
)
def test_one_that_says_what_it_is_becomes_a_ticket_at_once(language: str, words: str, topic: str) -> None:
    talk = at_read_back()
    talk.say(words)
    assert talk.last_kinds == ["dropped", "complaint_opened"]
    (complaint,) = talk.opened
    assert complaint.slots["topic"] == topic
    assert complaint.words == f"空调不制冷了，想修一下\n{words}"
    assert talk.state.form is None


@pytest.mark.parametrize("words", ["不制冷了，我要投诉", "我要投诉，楼道灯坏了一个月"])
def test_a_fault_told_with_a_complaint_drops_nothing(words: str) -> None:
    talk = at_read_back()
    talk.say(words)
    assert "dropped" not in talk.last_kinds
    assert talk.state.form is not None
    assert talk.state.form.item == REPAIR


def test_what_was_noted_before_comes_after_the_complaint() -> None:
    talk = at_read_back()
    talk.say("还有，帮我借把雨伞")
    waiting = [wish["item"] for wish in talk.state.waiting]
    talk.say("算了不修了，你们态度太差了")
    assert talk.opened[0].item == "common.voice.complaint"
    assert [one.item for one in talk.opened[1:]] == waiting or talk.state.form is not None


def test_in_a_chat_the_complaint_is_a_ticket_with_the_words_of_the_dropped_wish(chen: Line) -> None:
    chen.say("空调不制冷了，想修一下")
    chen.say("算了不修了，你们态度太差了")
    (ticket,) = chen.tickets()
    assert ticket.workflow == "complaint"
    assert [draft for draft in chen.drafts() if draft.state == "open"] == []
