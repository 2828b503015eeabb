"""Asked what it is, the assistant says so honestly, opens no ticket and names who can take over."""

from dataclasses import replace

import pytest

from backend.conversations import identity
from backend.conversations.talk import Talk
from tests.conversations.talking import Chat, chat, engine

QUESTIONS = [
    "你是机器人吗",
    "你是真人吗",
    "你是谁",
    "你好，请问你是机器人吗？",
    "你是机器人还是真人",
    "你是AI吧？",
    "您是哪位",
    "你係咪機械人",
    "你係邊個",
    "跟我说话的是真人吗",
    "你叫什么名字",
    "你是谁？是机器人吗？",
    "are you a robot",
    "are you a real person?",
    "who are you",
    "Is this a bot?",
    "hi, who is this?",
    "r u a bot",
    "Are you human or a bot?",
    "am I talking to a real person?",
    "who am I talking to?",
    "Who are you? A bot?",
]
MORE_THAN_THAT = [
    "我要真人",
    "转人工",
    "有真人吗",
    "你是机器人吧，给我找个真人",
    "你是机器人吗，帮我约保洁",
    "扫地机器人坏了",
    "管家是谁",
    "客服",
    "human",
    "you are a robot, get me a person",
    "can I talk to a real person",
    "who is my butler",
    "is there a real person",
    "who are you to charge me this",
    "are you open today",
    "are you a robot? I want a human",
]


def _answered(talk: Chat) -> Chat:
    turn = identity.answer(Talk(talk.state, engine().menu, talk.now, talk.facts))
    return replace(talk, state=turn.state, turn=turn)


@pytest.mark.parametrize("text", QUESTIONS)
def test_a_question_what_one_is_talking_to_is_known(text: str) -> None:
    assert identity.asked(text)


@pytest.mark.parametrize("text", MORE_THAN_THAT)
def test_a_call_for_a_person_or_a_wish_beside_it_is_not_lost(text: str) -> None:
    assert not identity.asked(text)


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("zh", "我是翠园的自动助手，不是真人"),
        ("en", "I am the automatic assistant of Jade Garden, not a person"),
    ],
)
def test_it_says_honestly_that_it_is_no_person_and_who_is(language: str, says: str) -> None:
    talk = _answered(chat(language))
    assert says in talk.text
    assert talk.facts.butler in talk.text
    assert talk.find("human") is not None
    assert not talk.turn.orders


def test_where_no_butler_is_known_the_duty_desk_can_take_over() -> None:
    talk = _answered(chat("zh", butler=""))
    talk.knows(butler="")
    assert talk.find("human") is not None
    assert "值班室随时可以接手" in talk.text


@pytest.mark.parametrize(
    ("language", "wish"), [("zh", "帮我约个保洁"), ("en", "I'd like to book a cleaning")]
)
def test_the_wish_under_way_goes_on_after_the_answer(language: str, wish: str) -> None:
    talk = chat(language)
    talk.say(wish)
    talk.press("offer") if talk.state.form is None else None
    form = talk.state.form
    talk = _answered(talk)
    assert talk.last_kinds[0] == "who_am_i"
    assert len(talk.last_kinds) == 2
    assert form is not None
    assert talk.state.form is not None
    assert talk.state.form.item == form.item


def test_while_a_person_is_in_the_chat_it_leaves_the_answer_to_them() -> None:
    assert _answered(chat(is_quiet=True)).last_kinds == []
