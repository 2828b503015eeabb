"""A lift that stands still is a fault to report; once somebody is said to be in it, it is an alarm."""

import pytest

from backend.conversations.state import EndDraft, OpenTicket
from tests.conversations.conftest import Line
from tests.conversations.talking import Chat, chat

LIFT = "common.equipment.lift-fault"
STILL = [
    ("zh", "电梯不动了"),
    ("zh", "电梯又停了"),
    ("zh", "货梯不走了"),
    ("en", "the lift is not moving"),
    ("en", "the elevator won't move"),
]


def standing(language: str, words: str) -> Chat:
    talk = chat(language)
    talk.say(words)
    return talk


@pytest.mark.parametrize(("language", "words"), STILL)
def test_it_is_read_back_and_told_what_to_do_if_somebody_is_inside(language: str, words: str) -> None:
    talk = standing(language, words)
    assert talk.last_kinds == ["read_back"]
    assert talk.state.form is not None
    assert talk.state.form.item == LIFT
    assert ("“里面有人”" if language == "zh" else "“somebody is inside”") in talk.text
    assert len(talk.text.splitlines()) <= 4


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", "里面有人"),
        ("zh", "有人被困"),
        ("zh", "我在里面"),
        ("zh", "里面有个孩子"),
        ("en", "somebody is inside"),
        ("en", "yes there is someone inside"),
        ("en", "I'm in it"),
    ],
)
def test_somebody_inside_raises_the_alarm_with_what_was_said(language: str, words: str) -> None:
    talk = standing(language, "电梯不动了" if language == "zh" else "the lift is not moving")
    talk.say(words)
    assert talk.last_kinds == ["emergency", "emergency_where"]
    (alarm,) = talk.opened
    assert (alarm.reason, alarm.emergency_kind) == ("emergency", "trapped")
    assert words in alarm.words
    assert any(isinstance(order, EndDraft) for order in talk.turn.orders) == (talk.state.form is None)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", "里面没人"),
        ("zh", "没人在里面"),
        ("zh", "没有，里面没有人"),
        ("en", "nobody is inside"),
        ("en", "no, it's empty"),
    ],
)
def test_nobody_inside_goes_on_with_the_report(language: str, words: str) -> None:
    talk = standing(language, "电梯不动了" if language == "zh" else "the lift is not moving")
    talk.say(words)
    assert talk.last_kinds == ["read_back"]
    assert talk.text.count("里面有人") + talk.text.count("somebody is inside") == 0, "that is answered"
    talk.press("yes")
    assert [one.item for one in talk.opened] == [LIFT]


def test_somebody_inside_right_after_the_ticket_is_an_alarm_too() -> None:
    talk = chat("zh")
    number = 1001
    just = OpenTicket(number, LIFT, "电梯故障", "standing_report", "open", "new", ("cancel",), "赵敏", None,
                      None, opened_at=talk.now)  # fmt: skip
    talk.knows(tickets=(just,))
    talk.state = talk.state.from_json({"about": number})
    talk.say("里面有人")
    assert [one.reason for one in talk.opened] == ["emergency"]


def test_somebody_inside_says_nothing_of_a_lift_where_none_was_spoken_of() -> None:
    talk = chat("en")
    talk.say("my kitchen tap is leaking, please come tomorrow morning")
    talk.say("somebody is inside")
    assert [one for one in talk.opened if one.reason == "emergency"] == []


@pytest.mark.parametrize("seconds", [1, 20])
def test_in_a_chat_the_alarm_takes_the_place_of_the_draft(chen: Line, seconds: int) -> None:
    chen.say("电梯不动了")
    chen.tools.clock.advance(seconds=seconds)  # type: ignore[attr-defined]
    chen.say("里面有人")
    (ticket,) = chen.tickets()
    assert ticket.workflow == "emergency"
    assert [draft.state for draft in chen.drafts() if draft.state == "open"] == []
