"""A question in answer to a question is answered, and then the open one comes again."""

import pytest

from backend.conversations.state import OnTicket, OpenTicket
from tests.conversations.talking import Chat, chat

DRAIN = {
    "zh": "洗衣机下水道堵了，明天上午能来人看看吗",
    "en": "The washing machine drain is blocked, can someone come tomorrow morning?",
}


def with_visit(language: str, actions: tuple[str, ...] = ("cancel", "schedule", "unschedule")) -> Chat:
    visit = OpenTicket(1001, "value.repair-appliance.ac", "修空调", "repair", "open", "assigned", actions,
                       "赵敏", None, None)  # fmt: skip
    return chat(language, tickets=(visit,))


@pytest.mark.parametrize("words", ["你们几点下班？", "你们几点下班", "修一次多少钱？"])
def test_a_question_is_no_place(words: str) -> None:
    talk = chat("zh")
    talk.say(DRAIN["zh"])
    assert talk.state.form is not None
    assert talk.state.form.asking == "where"
    talk.say(words)
    assert talk.last_kinds[-1] == "ask"
    assert talk.state.form is not None
    assert "where" not in talk.state.form.slots


@pytest.mark.parametrize(("words", "place"), [("客厅可以吗？", "living_room"), ("信箱旁边", "信箱旁边")])
def test_a_place_is_one_though_it_is_asked(words: str, place: str) -> None:
    talk = chat("zh")
    talk.say(DRAIN["zh"])
    talk.say(words)
    assert talk.state.form is not None
    assert talk.state.form.slots["where"] == place


@pytest.mark.parametrize(("language", "words"), [("zh", "现在怎么样了"), ("en", "how does it stand now?")])
def test_how_it_stands_now_is_no_wish_for_a_visit_now(language: str, words: str) -> None:
    talk = with_visit(language)
    talk.say("后天我不在家，先别上门了，单子留着" if language == "zh" else "don't come, we'll rebook later")
    assert talk.last_kinds == ["time_off"]
    talk.say(words)
    assert talk.last_kinds == ["status"]
    assert [one for one in talk.turn.orders if isinstance(one, OnTicket)] == []


def test_between_an_offer_and_its_choice_a_question_is_answered_and_the_offer_comes_again() -> None:
    talk = chat("en")
    talk.say(DRAIN["en"])
    offered = talk.state.offered
    assert len(offered) > 1
    talk.say("What time does your office close?")
    assert talk.last_kinds == ["faq", "which"]
    talk.say("the first one")
    assert talk.state.form is not None
    assert talk.state.form.item == offered[0]
    assert "when" in talk.state.form.slots, "the day that was told first is still known"


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "please call off the visit but keep the request"), ("zh", "先别上门了，单子留着")],
)
def test_with_no_visit_to_call_off_nothing_is_said_of_cancelling(language: str, words: str) -> None:
    talk = chat(language)
    talk.say(words)
    assert talk.last_kinds == ["none_to_change"]


def test_to_keep_the_request_is_to_call_off_the_visit_alone() -> None:
    talk = with_visit("en")
    talk.say("please call off the visit but keep the request")
    assert talk.last_kinds == ["time_off"]
