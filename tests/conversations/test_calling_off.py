"""A resident calls off only the agreed time: nobody comes then, and the ticket stays."""

import pytest

from backend.conversations.state import OnTicket, OpenTicket
from tests.conversations.conftest import Line
from tests.conversations.talking import Chat, chat

ACTIONS = ("cancel", "schedule", "unschedule")


def visit(number: int = 1001, actions: tuple[str, ...] = ACTIONS, name: str = "修水龙头") -> OpenTicket:
    return OpenTicket(number, "value.repair-plumbing.water-fittings", name, "repair", "open", "assigned",
                      actions, "赵敏", None, None)  # fmt: skip


def verbs(talk: Chat) -> list[tuple[str, int]]:
    return [(one.verb, one.number) for one in talk.turn.orders if isinstance(one, OnTicket)]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", "周三不方便，先别来，回头再约"),
        ("zh", "明天先别来了，改天再约"),
        ("zh", "那天我不在家，先不约了，回头再说"),
        ("zh", "时间不合适，先别安排，以后再约"),
        ("zh", "先取消这次上门，时间再约"),
        ("en", "Wednesday doesn't suit, please don't come, we'll rebook later"),
        ("en", "call off the visit, I'll pick another time later"),
        ("en", "please don't come tomorrow, another day"),
    ],
)
def test_who_only_puts_the_visit_off_keeps_the_ticket(language: str, words: str) -> None:
    talk = chat(language, tickets=(visit(),))
    talk.say(words)
    assert talk.last_kinds == ["time_off"]
    assert verbs(talk) == [("unschedule", 1001)]
    assert "#1001" in talk.text


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh", "不修了，取消"), ("zh", "取消预约"), ("zh", "明天不用来了"), ("en", "cancel the appointment")],
)
def test_who_may_mean_all_of_it_is_asked_and_may_choose_the_time_alone(language: str, words: str) -> None:
    talk = chat(language, tickets=(visit(),))
    talk.say(words)
    assert talk.last_kinds == ["cancel_ask"]
    assert verbs(talk) == []
    talk.press("unschedule", number=1001)
    assert (talk.last_kinds, verbs(talk)) == (["time_off"], [("unschedule", 1001)])


@pytest.mark.parametrize("words", ["只取消时间", "只是时间不方便", "先别来，改天再约"])
def test_the_time_alone_may_be_answered_in_words(words: str) -> None:
    talk = chat("zh", tickets=(visit(),))
    talk.say("取消预约")
    talk.say(words)
    assert verbs(talk) == [("unschedule", 1001)]


def test_a_yes_still_cancels_the_whole_ticket() -> None:
    talk = chat("zh", tickets=(visit(),))
    talk.say("取消预约")
    talk.say("是的")
    assert verbs(talk) == [("cancel", 1001)]


def test_without_an_agreed_time_it_is_asked_whether_to_cancel() -> None:
    talk = chat("zh", tickets=(visit(actions=("cancel", "schedule")),))
    talk.say("周三不方便，先别来，回头再约")
    assert talk.last_kinds == ["cancel_ask"]
    assert talk.find("unschedule") is None


def test_of_two_visits_it_is_asked_which() -> None:
    talk = chat("zh", tickets=(visit(), visit(1002)))
    talk.say("先别来，回头再约")
    assert talk.last_kinds == ["which_ticket"]
    talk.press("unschedule", number=1002)
    assert verbs(talk) == [("unschedule", 1002)]


def test_a_time_named_afterwards_is_the_wish_for_the_new_visit() -> None:
    talk = chat("zh", tickets=(visit(),))
    talk.say("周三不方便，先别来，回头再约")
    talk.knows(tickets=(visit(actions=("cancel", "schedule")),))
    talk.say("周五下午")
    assert verbs(talk) == [("reschedule", 1001)]


@pytest.mark.parametrize("words", ["周四不行，换周五下午", "改到周五下午三点"])
def test_another_time_in_the_same_breath_moves_the_visit(words: str) -> None:
    talk = chat("zh", tickets=(visit(),))
    talk.say(words)
    assert verbs(talk) == [("reschedule", 1001)]


def test_in_a_chat_the_ticket_stays_and_nobody_is_expected(chen: Line) -> None:
    chen.say("厨房水龙头漏水，明天上午来修，家里有人")
    chen.press("yes")
    (ticket,) = chen.tickets()
    assert ticket.appointment_start is not None
    chen.say("明天不方便，先别来，回头再约")
    assert [m.reply_kind for m in chen.shown()][-1] == "time_off"
    (ticket,) = chen.tickets()
    assert (ticket.state, ticket.appointment_start, ticket.appointment_end) == ("open", None, None)
