"""After an alarm: the danger is the duty team's, a plain wish for something else is taken as always."""

from dataclasses import replace
from datetime import timedelta

import pytest

from backend.conversations.state import OnTicket
from tests.conversations.talking import NOW, Chat, chat
from tests.conversations.test_dialogue import ticket

FLOOD = {
    "zh": "卧室天花板在往下漏水，电线都湿了，越来越大",
    "en": "our AC in the bedroom is leaking water onto the floor and into the socket, it is getting worse",
}
VISITOR = "common.security.visitor-registration"
AC = ticket(1002, item="value.repair-appliance.ac", name="AC repair", state="done", wants_follow_up=True)


def flooded(language: str, **more: object) -> Chat:
    """A chat two minutes after an alarm that has its ticket."""
    talk = chat(language)
    talk.say(FLOOD[language])
    assert talk.last_kinds[0] == "emergency"
    alarm = ticket(1007, item="common.security.incident", workflow="emergency", opened_at=talk.now,
                   words=FLOOD[language], **more)  # fmt: skip
    talk.knows(tickets=(alarm,))
    talk.state = replace(talk.state, about=1007)
    talk.later(minutes=2)
    return talk


def on_alarm(talk: Chat) -> bool:
    return any(isinstance(one, OnTicket) and one.number == 1007 for one in talk.turn.orders)


DANGER = [
    ("en", "the water is near the cable now"),
    ("en", "my neighbour below is knocking"),
    ("en", "need a plumber now"),
    ("en", "we are outside in the corridor"),
    ("en", "the dog is still inside"),
    ("en", "can you bring a ladder"),
    ("en", "how do I turn it off"),
    ("en", "hurry up please"),
    ("zh", "家里只有我一个人"),
    ("zh", "要不要关电闸"),
    ("zh", "地板都泡了"),
    ("zh", "请派人来关水阀"),
    ("zh", "怎么还不来"),
    ("zh", "楼下敲门说漏下去了"),
    ("zh", "3楼"),
]


@pytest.mark.parametrize(("language", "words"), DANGER)
def test_what_may_be_of_the_danger_goes_to_the_duty_team(language: str, words: str) -> None:
    talk = flooded(language)
    talk.say(words)
    assert on_alarm(talk) or talk.last_kinds[0] == "emergency", talk.last_kinds
    assert talk.state.form is None


@pytest.mark.parametrize(
    ("language", "words", "item"),
    [
        ("en", "my sister is visiting tomorrow around 3pm, plate 沪A12345", VISITOR),
        ("en", "can i book a deep clean for friday", "value.clean-oneoff.household-clean"),
        ("zh", "明天下午三点我妹妹来，车牌沪A12345", VISITOR),
        ("zh", "周五能约个深度保洁吗", "value.clean-oneoff.household-clean"),
    ],
)  # fmt: skip
def test_a_plain_wish_for_something_else_is_taken_as_always(language: str, words: str, item: str) -> None:
    talk = flooded(language)
    talk.say(words)
    assert not on_alarm(talk)
    assert talk.state.form is not None
    assert talk.state.form.item == item


@pytest.mark.parametrize(
    ("language", "words", "kind"),
    [
        ("en", "need someone to fix the AC today after 6pm", None),
        ("en", "I lost my grey scarf", "enquiry_opened"),
        ("zh", "我的围巾丢了", "enquiry_opened"),
        ("en", "how much is the service charge", "faq"),
        ("zh", "物业费多少钱", "faq"),
    ],
)
def test_so_is_a_later_repair_a_lost_thing_and_a_common_question(
    language: str, words: str, kind: str | None
) -> None:
    talk = flooded(language)
    talk.say(words)
    assert not on_alarm(talk)
    assert kind is None or kind in talk.last_kinds


@pytest.mark.parametrize(("language", "words"), [("en", "happy"), ("zh", "满意")])
def test_a_verdict_on_other_work_is_that_verdict(language: str, words: str) -> None:
    talk = flooded(language)
    talk.knows(tickets=(*talk.facts.tickets, AC))
    talk.say(words)
    assert "thanks_satisfied" in talk.last_kinds


def test_what_a_tapped_service_asks_is_answered_and_danger_beside_it_is_not_lost() -> None:
    talk = flooded("en")
    talk.tap("value.clean-oneoff.household-clean")
    talk.say("Friday 10am")
    assert not on_alarm(talk)
    assert talk.state.form is not None
    assert "when" in talk.state.form.slots
    talk.say("the whole ceiling is dripping")
    assert on_alarm(talk) or talk.last_kinds[0] == "emergency"
    assert talk.state.form is not None


def test_once_the_danger_is_over_the_bot_is_as_always() -> None:
    talk = flooded("en", state="done", wants_follow_up=True)
    talk.state = replace(talk.state, expects=None)
    talk.say("is the pool open today")
    assert not on_alarm(talk)
    assert "added_alarm" not in talk.last_kinds


def test_a_danger_that_comes_back_is_an_alarm_of_its_own() -> None:
    talk = flooded("en", state="done")
    talk.say(FLOOD["en"])
    assert talk.last_kinds[0] == "emergency"
    assert [one.reason for one in talk.opened] == ["emergency", "emergency"]


def test_an_alarm_of_long_ago_takes_no_words() -> None:
    talk = flooded("zh")
    talk.now = NOW + timedelta(minutes=30)
    talk.say("我们在楼下了")
    assert not on_alarm(talk)


def test_a_ladder_in_danger_is_for_the_duty_team_whatever_visit_is_agreed() -> None:
    talk = flooded("en")
    talk.knows(tickets=(*talk.facts.tickets, ticket(1003)))
    talk.say("can you bring a ladder")
    assert on_alarm(talk)
