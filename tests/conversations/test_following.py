"""A question that refers to the last one is about that one."""

from dataclasses import replace

import pytest

from backend.conversations import following
from tests.conversations.conftest import Line
from tests.conversations.talking import chat

POOL = "value.business.swim-booking"


@pytest.mark.parametrize(
    "words",
    [
        "And how do I book it?",
        "Thanks! And how do I book it?",
        "how much is that?",
        "那怎么预约？",
        "多少钱？",
    ],
)
def test_it_names_nothing_of_its_own(words: str) -> None:
    assert following.refers(words)


@pytest.mark.parametrize(
    "words",
    [
        "How do I book the tennis court?",
        "物业费怎么交？",
        "how do I pay?",
        "好的，谢谢",
        "It leaks",
        "怎么开发票？",
    ],
)
def test_what_names_something_or_asks_nothing_stands_alone(words: str) -> None:
    assert not following.refers(words)


def _books(line: Line, question: str, words: str) -> None:
    for text in (question, words):
        line.say(text)
        line.tools.clock.advance(seconds=60)  # type: ignore[attr-defined]
    assert [draft.item_id for draft in line.drafts() if draft.state == "open"] == [POOL]


def test_how_to_book_it_begins_the_booking(chen: Line, emma: Line) -> None:
    _books(chen, "泳池几点开门？", "那怎么预约？")
    _books(emma, "Is the swimming pool open on Sunday?", "And how do I book it?")


@pytest.mark.parametrize(
    ("words", "item"),
    [
        ("游泳池怎么预约", POOL),
        ("How do I book the swimming pool?", POOL),
        ("搬家怎么预约电梯", "value.home.lift-reserve"),
        ("how can I book a cleaner?", "value.clean-hourly.hourly-helper"),
        ("访客怎么登记", "common.security.visitor-registration"),
    ],
)
def test_who_asks_how_to_order_is_told_how_and_asked_the_first_question(words: str, item: str) -> None:
    talk = chat("en" if words.isascii() else "zh")
    talk.say(words)
    assert talk.last_kinds == ["how_to_order", "ask"]
    assert talk.state.form is not None
    assert talk.state.form.item == item
    assert "right here" in talk.text or "在这里" in talk.text


def test_the_way_is_told_where_it_refers_to_the_question_before_too(emma: Line) -> None:
    emma.say("Is the swimming pool open on Sunday?")
    emma.tools.clock.advance(seconds=60)  # type: ignore[attr-defined]
    said = emma.say("And how do I book it?")
    assert [one.reply_kind for one in said] == ["how_to_order", "ask"]


@pytest.mark.parametrize("words", ["怎么投诉", "how do I complain?"])
def test_who_asks_how_to_complain_is_asked_what_about(words: str) -> None:
    talk = chat("en" if words.isascii() else "zh")
    talk.say(words)
    assert (talk.last_kinds, talk.opened) == (["ask"], [])


@pytest.mark.parametrize(("minutes", "kinds"), [(1, ["faq", "which"]), (19, ["faq"])])
def test_an_old_choice_is_not_put_again_behind_an_answer(minutes: int, kinds: list[str]) -> None:
    talk = chat("en")
    talk.state = replace(
        talk.state,
        offered=("complimentary.loan.toolbox", "complimentary.loan.trolley"),
        offered_words="I want to borrow something",
        offered_at=talk.now.isoformat(),
    )
    talk.later(minutes=minutes)
    talk.say("How do I pay the service charge?")
    assert talk.last_kinds == kinds


def test_a_yes_is_never_met_with_silence() -> None:
    talk = chat("en")
    talk.say("How do I pay the service charge?")
    talk.say("yes")
    assert talk.last_kinds == ["yes_what"]
