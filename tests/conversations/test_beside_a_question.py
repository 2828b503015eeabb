"""Something else that is said where a place, a name or a number was asked for is no answer to that."""

import pytest

from tests.conversations.talking import Chat, chat

TUBE = "value.repair-electrical.tube-bulb"
VISITOR = "common.security.visitor-registration"


def asked(language: str, slot: str) -> Chat:
    """A chat where this detail is asked for."""
    talk = chat(language)
    talk.tap({"qty": TUBE, "visitor": VISITOR}.get(slot, "value.moving.moving"))
    answers = {"when": ("明天", "tomorrow"), "origin": ("三号楼", "building 3")}
    for _ in range(3):
        form = talk.state.form
        assert form is not None, talk.last_kinds
        if form.asking == slot:
            return talk
        talk.say(answers[form.asking or ""][language == "en"])
    raise AssertionError(f"{slot} was never asked for")


@pytest.mark.parametrize(
    ("language", "slot", "words", "item"),
    [
        ("en", "qty", "My dishwasher is broken, please send someone", "value.repair-appliance.book-repair"),
        ("zh", "qty", "我家洗碗机坏了，找人修一下", "value.repair-appliance.book-repair"),
        ("zh", "qty", "想订两桶水", "value.assistant.water"),
        ("zh", "dest", "厨房水龙头漏水了", "value.repair-plumbing.water-fittings"),
        ("en", "dest", "the kitchen tap is leaking", "value.repair-plumbing.water-fittings"),
        ("zh", "origin", "想借个推车", "complimentary.loan.trolley"),
        ("zh", "visitor", "想订两桶水", "value.assistant.water"),
    ],
)
def test_a_wish_of_its_own_is_noted_and_the_question_comes_again(
    language: str, slot: str, words: str, item: str
) -> None:
    talk = asked(language, slot)
    talk.say(words)
    assert talk.last_kinds == ["noted_next", "ask"]
    assert [wish["item"] for wish in talk.state.waiting] == [item]
    assert talk.state.form is not None
    assert slot not in talk.state.form.slots


@pytest.mark.parametrize(
    ("language", "slot", "words"),
    [
        ("zh", "dest", "我要报修水管"),
        ("zh", "origin", "我要报修水管"),
        ("zh", "visitor", "我要报修水管"),
        ("zh", "qty", "我要报修水管"),
        ("en", "dest", "I want to borrow something"),
    ],
)
def test_a_wish_that_nobody_can_be_sure_of_is_no_answer_and_is_asked_about_afterwards(
    language: str, slot: str, words: str
) -> None:
    talk = asked(language, slot)
    talk.say(words)
    assert talk.last_kinds == ["set_aside", "ask"]
    assert talk.state.aside["words"] == words
    assert talk.state.form is not None
    assert slot not in talk.state.form.slots


def test_what_was_set_aside_is_handed_over_with_the_rest() -> None:
    talk = asked("zh", "dest")
    talk.say("我要报修水管")
    talk.say("人工")
    assert "我要报修水管" in talk.opened[0].words
    assert talk.state.aside == {}


@pytest.mark.parametrize(
    ("slot", "words"),
    [
        ("dest", "我要搬到翠园"),
        ("dest", "要去苏州"),
        ("dest", "帮我送到火车站"),
        ("qty", "要两个"),
        ("visitor", "李想"),
        ("visitor", "我朋友王强"),
    ],
)
def test_an_answer_in_many_words_is_still_one(slot: str, words: str) -> None:
    talk = asked("zh", slot)
    talk.say(words)
    assert (talk.state.waiting, talk.state.aside) == ((), {})
    assert talk.state.form is not None
    assert slot in talk.state.form.slots


def test_a_photo_goes_with_the_wish_that_it_was_sent_with() -> None:
    talk = asked("zh", "qty")
    talk.photo("bulb")
    talk.say_with("我家洗碗机坏了，找人修一下", "dishwasher")
    (wish,) = talk.state.waiting
    assert wish["file_ids"] == ["dishwasher"]
    assert talk.state.form is not None
    assert talk.state.form.file_ids == ("bulb",)


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ("Can I borrow a ladder?", ["which"]),
        ("can I borrow an umbrella please", ["opened"]),
        ("I need to borrow a drill", ["opened"]),
        ("借个电钻", ["read_back"]),
        ("借一下工具箱", ["opened"]),
    ],
)
def test_a_loan_is_asked_about_where_another_thing_was_asked_for(words: str, kinds: list[str]) -> None:
    talk = chat("en" if words.isascii() else "zh")
    talk.say(words)
    assert talk.last_kinds == kinds
