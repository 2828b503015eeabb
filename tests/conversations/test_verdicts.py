"""Who says what was not right is not asked for it again."""

import pytest

from backend.conversations.about import says_why
from backend.models import Ticket
from tests.conversations.conftest import Line


@pytest.mark.parametrize(
    "words",
    [
        "",
        "不满意",
        "我对处理结果不满意。",
        "非常不满意！",
        "not happy",
        "I am very unhappy",
        "Not satisfied at all.",
    ],
)  # fmt: skip
def test_a_bare_verdict_says_nothing_of_why(words: str) -> None:
    assert not says_why(words)


@pytest.mark.parametrize(
    "words",
    ["还是在滴水，我不满意", "不满意，窗户没擦", "Not happy, it still leaks", "unsatisfied: nobody came"],
)
def test_words_beyond_it_say_why(words: str) -> None:
    assert says_why(words)


def _verdict(chen: Line, words: str) -> tuple[Ticket, Ticket]:
    """A severe complaint that was answered, and the new one that a verdict in these words began."""
    chen.say("我要投诉，保安今天早上对我大吼大叫")
    (old,) = chen.tickets()
    with chen.tools.db.write() as session:
        held = session.get_one(Ticket, old.id)
        held.step, held.state, held.severity = "fed_back", "done", "severe"
    chen.tools.clock.advance(seconds=600)  # type: ignore[attr-defined]
    chen.say(words)
    first, new = chen.tickets()
    return first, new


def test_the_reason_told_after_a_verdict_stands_in_the_words_of_the_new_complaint(chen: Line) -> None:
    _old, new = _verdict(chen, "不满意")
    chen.tools.clock.advance(seconds=30)  # type: ignore[attr-defined]
    assert [one.reply_kind for one in chen.say("光道歉不行，要换人")] == ["added"]
    told = next(one for one in chen.tickets() if one.id == new.id)
    assert "光道歉不行，要换人" in told.words
    assert "光道歉不行，要换人" in told.slots["topic"]


def test_a_severe_complaint_stays_severe_when_its_outcome_is_complained_of(chen: Line) -> None:
    old, new = _verdict(chen, "不满意")
    assert (old.severity, new.severity) == ("severe", "severe")
    assert new.reopened_from_id == old.id


def test_another_matter_after_a_verdict_is_no_reason(chen: Line) -> None:
    _old, new = _verdict(chen, "不满意")
    chen.tools.clock.advance(seconds=30)  # type: ignore[attr-defined]
    assert "added" not in [one.reply_kind for one in chen.say("厨房水龙头漏水")]
    assert "水龙头" not in next(one for one in chen.tickets() if one.id == new.id).words
