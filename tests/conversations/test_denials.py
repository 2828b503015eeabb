"""What is denied begins nothing, what is not called off stays, and a guest who is not coming is no name."""

import pytest

from backend.conversations.state import OpenTicket
from tests.conversations.talking import chat
from tests.conversations.test_dialogue import ticket

DISHWASHER = "value.repair-appliance.book-repair"
VISITOR = "common.security.visitor-registration"
PASS = ticket(1088, item=VISITOR, name="访客预约")


def language_of(words: str) -> str:
    return "en" if words.isascii() else "zh"


@pytest.mark.parametrize(
    "words", ["不是修电饭锅", "不是电饭锅", "不是要保洁", "it's not the rice cooker", "not the cleaning"]
)
def test_a_service_that_is_only_denied_does_not_begin(words: str) -> None:
    talk = chat(language_of(words))
    talk.say(words)
    assert (talk.last_kinds, talk.state.form, talk.opened) == (["say_it_differently"], None, [])


@pytest.mark.parametrize(
    ("first", "words"),
    [
        ("我家洗碗机坏了", "不是修电饭锅"),
        ("我家洗碗机坏了", "不是保洁"),
        ("我家洗碗机坏了", "不是电饭锅，是洗碗机"),
        ("my dishwasher is broken", "it's not the rice cooker"),
        ("my dishwasher is broken", "not the rice cooker, the dishwasher"),
    ],
)
def test_denying_another_service_than_the_one_under_way_asks_the_open_question_again(
    first: str, words: str
) -> None:
    talk = chat(language_of(words))
    talk.say(first)
    talk.say(words)
    form = talk.state.form
    assert form is not None
    assert (form.item, form.asking, form.slots["appliance"]) == (DISHWASHER, "when", "dishwasher")
    assert (talk.last_kinds, talk.state.waiting) == (["ask"], ())


def test_the_thing_of_a_service_for_many_things_can_be_denied_for_another() -> None:
    talk = chat("zh")
    talk.say("我家洗碗机坏了")
    talk.say("不是洗碗机，是消毒柜")
    assert talk.state.form is not None
    assert talk.state.form.item == "value.repair-appliance.sterilizer"


def test_a_service_that_is_denied_leaves_the_choice() -> None:
    talk = chat("zh")
    talk.say("想借点东西")
    assert "complimentary.loan.trolley" in talk.state.offered
    talk.say("不是借手推车")
    assert talk.last_kinds == ["which"]
    assert "complimentary.loan.trolley" not in talk.state.offered


@pytest.mark.parametrize("words", ["the AC is not cooling", "空调不制冷"])
def test_a_fault_told_with_a_not_is_no_denial(words: str) -> None:
    talk = chat(language_of(words))
    talk.say(words)
    assert talk.state.form is not None


@pytest.mark.parametrize(
    "words",
    ["不取消", "不用取消", "先别取消", "不要取消我的单子", "还是不取消了",
     "don't cancel", "no, don't cancel it", "please keep it"],
)  # fmt: skip
@pytest.mark.parametrize("tickets", [(), (ticket(),)])
def test_nothing_is_called_off_where_that_was_not_asked(words: str, tickets: tuple[OpenTicket, ...]) -> None:
    talk = chat(language_of(words), tickets=tickets)
    talk.say(words)
    assert talk.last_kinds == ["kept"]


def test_not_cancelling_keeps_the_wish_under_way_and_its_question() -> None:
    talk = chat("zh")
    talk.say("换灯泡")
    talk.say("不取消")
    assert talk.last_kinds == ["kept", "ask"]


def test_another_time_in_place_of_cancelling_is_another_time() -> None:
    talk = chat("zh", tickets=(ticket(),))
    talk.say("不取消，改到后天上午")
    assert talk.last_kinds == ["reschedule_asked"]


@pytest.mark.parametrize(
    "words",
    ["明天的访客也不用登记了", "朋友不来了", "不用给他登记了", "the visitor is not coming any more",
     "he can't make it tomorrow", "no need to register him any more"],
)  # fmt: skip
def test_a_guest_who_is_not_coming_is_no_name_and_lets_the_pass_go(words: str) -> None:
    is_chinese = language_of(words) == "zh"
    talk = chat(language_of(words))
    talk.say("访客登记" if is_chinese else "register a visitor")
    talk.say("明天晚上七点" if is_chinese else "tomorrow at 7pm")
    assert talk.state.form is not None
    assert talk.state.form.asking == "visitor"
    talk.say(words)
    assert (talk.last_kinds, talk.state.form) == (["dropped"], None)


@pytest.mark.parametrize("words", ["明天的访客也不用登记了", "朋友不来了"])
def test_a_guest_who_is_not_coming_calls_off_their_own_pass_and_no_other_wish(words: str) -> None:
    talk = chat("zh", tickets=(PASS,))
    talk.say("换灯泡")
    talk.say(words)
    assert talk.last_kinds == ["cancel_ask", "ask"]
    assert talk.state.form is not None


@pytest.mark.parametrize("words", ["王强，明天来", "来的是王强", "不是李强，是王强"])
def test_an_hour_that_was_told_stays_and_a_name_is_a_name(words: str) -> None:
    talk = chat("zh")
    talk.say("访客登记")
    talk.say("明天晚上七点")
    talk.say(words)
    form = talk.state.form
    assert form is not None
    assert form.slots["visitor"] == "王强"
    assert form.slots["when"]["start"].startswith("2026-03-12T19:00")
    assert "19:00" in talk.text
