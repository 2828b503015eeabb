"""With several tickets open, the one whose service is named in words is the one that is meant."""

import pytest

from backend.conversations import about
from backend.conversations.state import OpenTicket
from backend.conversations.talk import Talk
from tests.conversations.talking import chat, engine
from tests.conversations.test_dialogue import ticket

CLEANING = ticket(1002, item="value.clean-oneoff.household-clean", name="上门保洁", workflow="housekeeping")
AC = ticket(1003, item="value.repair-appliance.ac-maintain", name="空调保养")
LEAK = ticket(1004, item="value.repair-plumbing.basin-sink-leak", name="洗脸盆、洗菜盆漏水")
AC_CLEANING = ticket(1005, item="value.special.ac-clean", name="洗空调")
LAMP = ticket(1006, item="value.repair-electrical.tube-bulb", name="换灯管、灯泡")
COMPLAINT = ticket(1007, item="common.voice.complaint", name="投诉", workflow="complaint")
QUESTION = ticket(1008, item="common.voice.enquiry", name="咨询", workflow="enquiry")


def _talk(*tickets: OpenTicket, language: str = "zh") -> Talk:
    asked = chat(language)
    asked.knows(tickets=tickets)
    return Talk(asked.state, engine().menu, asked.now, asked.facts)


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("取消保洁", 1002),
        ("明天的保潔唔使來了", 1002),
        ("打扫卫生的那单先取消", 1002),
        ("cancel the cleaning", 1002),
        ("the cleaner need not come, cancel please", 1002),
        ("空调那单改到后天上午", 1003),
        ("move the aircon visit to Friday", 1003),
        ("cancel the AC one", 1003),
        ("那个leak的，cancel掉吧", 1004),
        ("漏水那个不用来了", 1004),
        ("cancel the sink repair", 1004),
        ("tell the plumber not to come", 1004),
        ("灯那单取消", 1006),
        ("bulb can wait till Monday", 1006),
    ],
)
def test_the_service_named_in_words_is_the_ticket_that_is_meant(words: str, number: int) -> None:
    picked = about.pick(_talk(CLEANING, AC, LEAK, LAMP), None, "cancel", words)
    assert picked is not None
    assert picked.number == number


@pytest.mark.parametrize(
    "words",
    [
        "取消",
        "cancel it please",
        "取消明天上门的",
        "cancel the home visit",
        "取消保洁和空调",
        "cancel the AC and the cleaning",
    ],
)
def test_where_none_or_two_are_named_it_is_asked_which(words: str) -> None:
    assert about.pick(_talk(CLEANING, AC), None, "cancel", words) is None
    assert about.cancel(_talk(CLEANING, AC), None, words).replies[0].kind == "which_ticket"


@pytest.mark.parametrize(
    ("words", "number"), [("cancel the cleaning", None), ("cancel the ac cleaning", 1005)]
)
def test_what_two_have_in_common_tells_them_not_apart(words: str, number: int | None) -> None:
    picked = about.pick(_talk(CLEANING, AC_CLEANING), None, "cancel", words)
    assert (picked.number if picked else None) == number


def test_a_complaint_is_told_from_a_question_of_the_same_chapter() -> None:
    picked = about.pick(_talk(COMPLAINT, QUESTION), None, "cancel", "那个投诉撤了吧")
    assert picked == COMPLAINT


def test_work_that_has_begun_is_not_swapped_for_the_ticket_that_can_be_cancelled() -> None:
    begun = ticket(1002, item=CLEANING.item, name=CLEANING.name, actions=())
    assert about.cancel(_talk(begun, AC), None, "取消保洁").replies[0].kind == "cancel_late"


def test_of_two_of_one_name_the_one_that_can_be_cancelled_is_meant() -> None:
    done = ticket(1009, item=CLEANING.item, name=CLEANING.name, actions=())
    assert about.pick(_talk(done, CLEANING, AC), None, "cancel", "取消保洁") == CLEANING


def test_a_number_and_the_message_that_is_answered_come_before_words() -> None:
    assert about.pick(_talk(CLEANING, AC), 1003, "cancel", "取消保洁") == AC


def test_the_words_come_before_the_ticket_last_spoken_of() -> None:
    talk = _talk(CLEANING, AC)
    talk = talk.with_state(talk.remember(about=1003))
    assert about.pick(talk, None, "cancel", "取消保洁") == CLEANING
    assert about.pick(talk, None, "cancel", "取消") == AC


def test_chasing_and_moving_know_the_ticket_by_its_name_too() -> None:
    talk = _talk(CLEANING, AC)
    assert about.urge(talk, None, "催一下空调").replies[0].values["number"] == 1003
    turn = about.reschedule(talk, None, None, "保洁改个时间")
    assert turn.replies[0].kind == "ask_new_time"
    assert turn.replies[0].values["number"] == 1002
