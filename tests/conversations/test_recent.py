"""What is told right after something: details of a fresh alarm, or of the ticket opened just now."""

from dataclasses import replace
from datetime import timedelta

import pytest

from backend.conversations.state import OnTicket
from tests.conversations.talking import NOW, Chat, chat
from tests.conversations.test_dialogue import ticket


def in_alarm(language: str = "zh") -> Chat:
    talk = chat(language)
    talk.say({"zh": "厨房好大的煤气味", "en": "there is a strong smell of gas in the kitchen"}[language])
    alarm = ticket(1007, item="common.fire.gas-leak", workflow="emergency", opened_at=NOW)
    talk.knows(tickets=(alarm,))
    talk.state = replace(talk.state, about=1007)
    return talk


def done(talk: Chat) -> list[tuple[str, int]]:
    return [(one.verb, one.number) for one in talk.turn.orders if isinstance(one, OnTicket)]


@pytest.mark.parametrize(
    "words", [("已经关阀门了", "孩子不舒服", "3楼"), ("好黑", "消防车到了", "多久能到", "我们在楼下了")]
)
def test_all_that_is_told_while_an_alarm_is_fresh_is_on_its_ticket(words: tuple[str, ...]) -> None:
    talk = in_alarm()
    opened = len(talk.opened)
    for said in words:
        talk.say(said)
        assert ("add", 1007) in done(talk), (said, talk.last_kinds)
        talk.later(minutes=1)
    assert len(talk.opened) == opened


@pytest.mark.parametrize("words", ["it is dark and I am scared", "I turned off the main valve", "3rd floor"])
def test_so_it_is_in_english(words: str) -> None:
    talk = in_alarm("en")
    talk.say(words)
    assert ("add", 1007) in done(talk), talk.last_kinds


def test_a_wish_told_plainly_after_an_alarm_is_one_of_its_own() -> None:
    talk = in_alarm()
    talk.later(minutes=10)
    talk.say("明天上午帮我约个钟点工")
    assert talk.state.form is not None or talk.last_kinds == ["which"]


@pytest.mark.parametrize(
    ("language", "wish", "answers"),
    [
        ("zh", "请帮我登记一个访客", ("周六下午三点", "车牌苏E88888")),
        ("en", "please register a visitor", ("Saturday at 3 pm", "plate SUE88888")),
    ],
)
def test_who_has_begun_another_wish_since_answers_what_that_one_asks(
    language: str, wish: str, answers: tuple[str, ...]
) -> None:
    talk = in_alarm(language)
    talk.later(minutes=3)
    talk.say(wish)
    assert talk.state.form is not None, talk.last_kinds
    for words in answers:
        talk.say(words)
        assert done(talk) == [], (words, talk.last_kinds)
        assert talk.state.form is not None


def test_a_wish_from_before_an_alarm_does_not_take_the_words_about_it() -> None:
    talk = chat("zh")
    talk.say("明天上午帮我约个钟点工")
    talk.later(minutes=1)
    talk.say("等等，厨房好大的煤气味")
    alarm = ticket(1007, item="common.fire.gas-leak", workflow="emergency", opened_at=talk.now)
    talk.knows(tickets=(alarm,))
    talk.say("3楼")
    assert done(talk) == [("add", 1007)]


def test_yesterdays_alarm_does_not_make_todays_danger_a_detail() -> None:
    talk = in_alarm()
    talk.later(minutes=60 * 24)
    talk.say("客厅着火了")
    assert talk.last_kinds[0] == "emergency"


@pytest.mark.parametrize("words", ["十点以后", "1601的", "就是那个蓝色的"])
def test_words_that_mean_nothing_alone_belong_to_the_complaint_of_a_minute_ago(words: str) -> None:
    talk = chat()
    talk.say("我要投诉，楼上太吵了")
    talk.knows(tickets=(ticket(1002, item="common.voice.complaint", workflow="complaint", opened_at=NOW),))
    talk.state = replace(talk.state, about=1002)
    talk.later(minutes=1)
    talk.say(words)
    assert done(talk) == [("add", 1002)], talk.last_kinds
    assert len(talk.opened) == 1


def test_another_wish_whose_service_is_not_sure_is_asked_about_and_not_put_on_the_ticket() -> None:
    talk = chat()
    suggestion = ticket(1054, item="common.voice.suggestion", workflow="suggestion", opened_at=NOW)
    talk.knows(tickets=(suggestion,))
    talk.state = replace(talk.state, about=1054)
    talk.later(minutes=1)
    talk.say("下个礼拜我想搬家出去，家具要放行")
    assert done(talk) == []
    assert talk.last_kinds == ["which"]


def test_an_hour_later_they_are_asked_about() -> None:
    talk = chat()
    talk.knows(
        tickets=(
            ticket(
                1002, item="common.voice.complaint", workflow="complaint", opened_at=NOW - timedelta(hours=1)
            ),
        )
    )
    talk.state = replace(talk.state, about=1002)
    talk.say("1601的")
    assert done(talk) == []


@pytest.mark.parametrize("words", ["随便啦", "都行", "whatever"])
def test_a_vague_word_chooses_none_of_three(words: str) -> None:
    talk = chat()
    talk.say("空调")
    assert talk.last_kinds == ["which"]
    talk.say(words)
    assert talk.last_kinds == ["which"]
    assert talk.state.form is None
