"""Who is at home is a detail for whoever comes: of the wish under way or of the ticket in hand."""

import pytest

from backend.conversations.state import OnTicket, OpenTicket
from tests.conversations.talking import Chat, chat

HOME = [
    ("zh", "家里有人"),
    ("zh", "明天家里有人"),
    ("zh", "家里没人"),
    ("zh", "我在家"),
    ("en", "somebody is home"),
    ("en", "someone will be at home tomorrow"),
    ("en", "nobody is home"),
]


def with_visit(language: str) -> Chat:
    visit = OpenTicket(1001, "value.repair-appliance.ac", "修空调", "repair", "open", "assigned",
                       ("cancel", "schedule", "unschedule"), "赵敏", None, None)  # fmt: skip
    return chat(language, tickets=(visit,))


@pytest.mark.parametrize(("language", "words"), HOME)
def test_with_a_visit_in_hand_it_is_noted_on_that_and_moves_nothing(language: str, words: str) -> None:
    talk = with_visit(language)
    talk.say(words)
    verbs = [(one.verb, one.number) for one in talk.turn.orders if isinstance(one, OnTicket)]
    assert (talk.last_kinds, verbs) == (["added"], [("add", 1001)])


@pytest.mark.parametrize(("language", "words"), HOME)
def test_with_nothing_in_hand_nobody_is_greeted_and_nothing_begins(language: str, words: str) -> None:
    talk = chat(language)
    talk.say(words)
    assert talk.last_kinds == ["not_understood"]
    assert talk.opened == []


@pytest.mark.parametrize("words", ["改到明天下午，我在家", "换成周五吧，家里有人"])
def test_another_time_is_one_though_somebody_is_home(words: str) -> None:
    talk = with_visit("zh")
    talk.say(words)
    assert [one.verb for one in talk.turn.orders if isinstance(one, OnTicket)] == ["reschedule"]


@pytest.mark.parametrize(
    ("language", "first", "words"),
    [("zh", "空调不制冷了，想修一下", "家里有人"), ("en", "my AC is not cooling", "somebody is home")],
)
def test_while_the_time_is_asked_for_it_is_kept_and_asked_again(
    language: str, first: str, words: str
) -> None:
    talk = chat(language)
    talk.say(first)
    talk.say(words)
    assert talk.last_kinds == ["ask"]
    assert talk.state.form is not None
    assert (talk.state.form.asking, talk.state.form.slots["entry"]) == ("when", "resident_home")


def test_nobody_at_home_is_no_answer_to_when_and_no_failure_either() -> None:
    talk = chat("zh")
    talk.say("空调不制冷了，想修一下")
    talk.say("家里没人")
    assert (talk.last_kinds, talk.state.failures) == (["ask"], 0)
    assert talk.state.form is not None
    assert "家里没人" in talk.state.form.words
