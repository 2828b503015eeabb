"""Several wishes in one message: the first is begun, the others are noted and come in their turn."""

import pytest

from tests.conversations.talking import chat
from tests.conversations.test_dialogue import ticket

CLEANING = "value.clean-oneoff.household-clean"


def test_a_complaint_is_taken_at_once_and_the_wish_after_it_goes_on() -> None:
    talk = chat()
    talk.say("我要投诉楼上半夜蹦迪，另外帮我约个保洁")
    assert [order.reason for order in talk.opened] == ["complaint"]
    assert talk.state.form is not None
    assert talk.state.form.item.startswith("value.clean")


def test_while_the_first_is_only_guessed_the_second_is_named_and_kept() -> None:
    talk = chat()
    talk.say("周六来两位客人帮登记，顺便借个手推车")
    assert talk.last_kinds[0] == "noted_next"
    if talk.find("offer") is not None:
        talk.press("offer")
    assert talk.state.form is not None
    assert [wish["item"] for wish in talk.state.waiting] == ["complimentary.loan.trolley"]


def test_cancelling_asks_first_and_then_goes_on_with_the_new_wish() -> None:
    talk = chat()
    talk.knows(tickets=(ticket(1002, item=CLEANING),))
    talk.say("取消明天的保洁，另外订周五晚上的餐厅")
    assert talk.last_kinds == ["noted_next", "cancel_ask"]
    talk.say("好的")
    assert talk.last_kinds[0] == "cancelled"
    assert talk.state.form is not None
    assert talk.state.form.item.startswith("value.dining")


def test_urging_is_done_and_the_new_wish_begins() -> None:
    talk = chat()
    talk.knows(tickets=(ticket(1002, item=CLEANING),))
    talk.say("催一下1002，顺便订桶水")
    assert talk.last_kinds[0] == "urged"
    assert talk.state.form is not None
    assert talk.state.form.item == "value.assistant.water"


def test_a_question_beside_a_wish_becomes_a_ticket_of_its_own() -> None:
    talk = chat()
    talk.say("门禁卡丢了要补办一张，另外这季物业费是多少")
    for action in ("offer", "slot", "yes"):  # as far as each is asked
        if talk.find(action) is not None:
            talk.press(action)
    assert [order.item for order in talk.opened] == ["common.admin.resident-card", "common.admin.fee-query"]
    assert talk.last_kinds == ["opened", "enquiry_opened"]


WATER, CLEANER = "value.assistant.water", "value.clean-hourly.hourly-helper"


@pytest.mark.parametrize(
    ("language", "words", "second"),
    [
        ("zh", "家里水管有问题，顺便帮我订两桶水", WATER),
        ("zh", "门坏了，另外要两桶水", WATER),
        ("zh", "我家有问题要修，另外订两桶水", WATER),
        ("en", "my lock is broken and please also order two bottles of water", WATER),
        ("en", "I've got an issue with my shower. Please also order two bottles of water", WATER),
        ("en", "a problem with the door. Also please book a cleaner for tomorrow", CLEANER),
    ],
)
def test_beside_a_choice_the_second_wish_is_named_and_comes_next(
    language: str, words: str, second: str
) -> None:
    talk = chat(language)
    talk.say(words)
    assert talk.last_kinds == ["noted_next", "which"]
    assert second not in talk.state.offered, "the second is no guess at the first"
    assert [wish["item"] for wish in talk.state.waiting] == [second]
    assert talk.state.waiting[0]["words"] not in talk.state.offered_words
    talk.press("offer")
    for _ in range(5):  # as far as it is asked
        if talk.state.form is not None and talk.state.form.item == second:
            break
        talk.press("yes" if talk.find("yes") else "slot")
    assert talk.state.form is not None
    assert talk.state.form.item == second


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", "厕所有问题，还有帮我叫个出租车"),
        ("zh", "窗户不行，另外明天帮我约个保洁"),
        ("en", "something is wrong with the light, also book a cleaner"),
    ],
)
def test_where_the_first_is_hardly_understood_the_second_is_named_all_the_same(
    language: str, words: str
) -> None:
    talk = chat(language)
    talk.say(words)
    first, then = talk.last_kinds
    assert (first, then in ("not_understood", "which")) == ("noted_next", True)
    assert len(talk.state.waiting) == 1


@pytest.mark.parametrize(
    ("language", "wish", "answer", "slot", "second"),
    [
        ("zh", "帮我叫个出租车", "去机场，另外帮我订两桶水", "dest", WATER),
        ("zh", "厨房水龙头漏水", "明天下午三点，另外帮我订两桶水", "when", WATER),
        ("en", "my kitchen tap drips", "tomorrow at 3, and please also book a cleaner", "when", CLEANER),
    ],
)
def test_a_wish_beside_an_answer_is_named_and_the_answer_is_taken(
    language: str, wish: str, answer: str, slot: str, second: str
) -> None:
    talk = chat(language)
    talk.say(wish)
    talk.say(answer)
    assert talk.last_kinds[0] == "noted_next"
    assert talk.last_kinds.count("noted_next") == 1
    assert talk.state.form is not None
    assert talk.state.form.slots[slot] not in (None, answer)
    assert [wish["item"] for wish in talk.state.waiting] == [second]


@pytest.mark.parametrize("words", ["厨房水龙头漏水，另外明天下午我在家", "明天下午来修空调，还有请带上梯子"])
def test_a_detail_beside_a_wish_is_no_second_one(words: str) -> None:
    talk = chat()
    talk.say(words)
    assert talk.state.waiting == ()
