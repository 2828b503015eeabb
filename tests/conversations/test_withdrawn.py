"""A matter told in a burst of small messages: in the order it was written, without what was taken back."""

import pytest

from backend.clock import HandClock
from backend.conversations import drafts
from backend.conversations.keeping import as_written
from backend.conversations.tools import Tools
from tests.conversations.conftest import Line
from tests.conversations.talking import chat

SINK = "value.repair-plumbing.basin-sink-leak"


def burst(line: Line, clock: HandClock, seconds: int, *texts: str) -> None:
    for text in texts:
        line.say(text)
        clock.advance(seconds=seconds)


def kinds(line: Line) -> list[str | None]:
    return [message.reply_kind for message in line.shown() if message.reply_kind]


@pytest.mark.parametrize("seconds", [1, 2, 5])
def test_a_wish_that_was_taken_back_is_in_no_ticket(chen: Line, clock: HandClock, seconds: int) -> None:
    burst(chen, clock, seconds, "有个事", "那个", "家里水管", "算了不是", "厨房下面漏水了")
    chen.press("offer", id=SINK)
    chen.press("human")
    (ticket,) = chen.tickets()
    assert ticket.words == "厨房下面漏水了"
    assert ticket.slots["where"] == "kitchen"


@pytest.mark.parametrize("seconds", [1, 2, 5])
def test_forgetting_another_thing_leaves_the_wish_in_hand_alone(
    emma: Line, clock: HandClock, seconds: int
) -> None:
    burst(emma, clock, seconds, "hey", "so", "under the sink", "actually forget the light", "it leaks")
    emma.press("human")
    (ticket,) = emma.tickets()
    assert (ticket.item_id, ticket.words) == (SINK, "under the sink\nit leaks")


@pytest.mark.parametrize("seconds", [1, 5])
def test_a_choice_that_was_set_aside_and_then_taken_back_comes_up_no_more(
    emma: Line, clock: HandClock, seconds: int
) -> None:
    burst(emma, clock, seconds, "the light", "under the sink", "actually forget the light", "it leaks")
    burst(emma, clock, seconds, "kitchen", "tomorrow at 3")
    emma.press("yes")
    assert emma.tickets()[0].words == "under the sink\nit leaks"
    assert kinds(emma).count("which") == 1, "the light is not asked about again"


def test_the_words_of_a_dropped_wish_are_not_handed_over_with_the_next(chen: Line) -> None:
    chen.say("灯")
    chen.press("offer")
    chen.say("算了不用了")
    chen.say("我要登记访客")
    for _ in range(2):
        chen.say("嗯那个")
    (ticket,) = chen.tickets()
    assert "灯" not in ticket.words


def test_what_is_handed_over_stands_in_the_order_it_was_written(chen: Line, clock: HandClock) -> None:
    burst(chen, clock, 10, "厨房水龙头漏水", "还要订两桶水", "漏得很厉害，从昨天开始")
    chen.press("human")
    said = chen.tickets()[0].words.split("\n")
    assert said == [
        one for one in ("厨房水龙头漏水", "还要订两桶水", "漏得很厉害，从昨天开始") if one in said
    ]
    assert len(said) > 1


def test_a_draft_that_is_handed_over_by_the_clock_stands_in_that_order_too(
    chen: Line, clock: HandClock, tools: Tools
) -> None:
    burst(chen, clock, 10, "厨房水龙头漏水", "还要订两桶水")
    clock.advance(minutes=31)
    drafts.tick(tools.db, clock, tools.menu)
    assert chen.tickets()[0].words == "厨房水龙头漏水\n还要订两桶水"


def test_lines_follow_the_messages_that_they_came_from() -> None:
    said = ["灯坏了", "水管", "厨房漏水了"]
    assert as_written("厨房漏水了\n水管\n灯坏了", said) == "灯坏了\n水管\n厨房漏水了"
    assert as_written("水管\n（定位）\n灯坏了", said) == "灯坏了\n水管\n（定位）"
    assert as_written("水", said) == "水"


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "算了"), ("zh", "算了不是"), ("en", "never mind"), ("en", "forget it")]
)
def test_an_open_choice_is_let_go_with_everything_said_for_it(language: str, words: str) -> None:
    talk = chat(language)
    talk.say("空调" if language == "zh" else "the light")
    assert talk.last_kinds == ["which"]
    talk.say(words)
    assert talk.last_kinds == ["let_go"]
    assert (talk.state.offered, talk.state.offered_words, talk.state.failures) == ((), "", 0)


@pytest.mark.parametrize(("language", "words"), [("zh", "都不是"), ("zh", "不是"), ("en", "none of these")])
def test_none_of_the_choices_is_no_farewell(language: str, words: str) -> None:
    talk = chat(language)
    talk.say("空调" if language == "zh" else "the light")
    talk.say(words)
    assert talk.last_kinds == ["say_it_differently"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", "有个事"),
        ("zh", "想问个事"),
        ("zh", "请问"),
        ("zh", "有个问题"),
        ("en", "I have a question"),
        ("en", "quick question"),
        ("en", "can I ask something"),
    ],
)
def test_whoever_only_begins_to_speak_is_asked_and_no_ticket_is_opened(language: str, words: str) -> None:
    talk = chat(language)
    talk.say(words)
    assert talk.last_kinds == ["yes_what"]
    assert talk.opened == []


@pytest.mark.parametrize(
    ("language", "wish", "words"),
    [
        ("zh", "厨房水龙头漏水", "不用修水龙头了"),
        ("zh", "厨房水龙头漏水", "算了"),
        ("zh", "厨房水龙头漏水", "算了，我自己买"),
        ("en", "my kitchen tap drips", "cancel the repair"),
        ("en", "my kitchen tap drips", "cancel the plumber"),
        ("en", "my kitchen tap drips", "forget the tap"),
        ("en", "my kitchen tap drips", "never mind, my husband fixed it"),
    ],
)
def test_letting_go_of_the_wish_in_hand_still_drops_it(language: str, wish: str, words: str) -> None:
    talk = chat(language)
    talk.say(wish)
    talk.say(words)
    assert talk.last_kinds == ["dropped"]


def test_of_two_wishes_the_one_that_is_named_is_dropped_and_the_other_goes_on() -> None:
    talk = chat()
    talk.say("厨房水龙头漏水，还有客厅灯坏了")
    talk.say("灯不用修了")
    assert talk.last_kinds == ["dropped", "ask"]
    assert "灯" in talk.text.split("\n")[0]
    assert talk.state.waiting == ()
    assert talk.state.form is not None
    assert talk.state.form.item == "value.repair-plumbing.water-fittings"


@pytest.mark.parametrize(
    ("language", "wish", "fault"),
    [
        ("zh", "洗脸盆坏了", "漏水了"),
        ("zh", "疏通下水道", "堵住了"),
        ("en", "under the sink", "it leaks"),
    ],
)
def test_what_is_wrong_is_no_answer_to_where_it_is(language: str, wish: str, fault: str) -> None:
    talk = chat(language)
    talk.say(wish)
    talk.say(fault)
    assert talk.state.form is not None
    assert "where" not in talk.state.form.slots
    assert talk.state.form.words == f"{wish}\n{fault}"
    assert talk.state.form.asking == "where"


@pytest.mark.parametrize(
    ("language", "wish", "more"),
    [("zh", "厨房水龙头漏水", "漏得很厉害"), ("en", "my kitchen tap drips", "it is leaking quite badly")],
)
def test_what_is_told_of_the_fault_instead_of_a_time_is_kept(language: str, wish: str, more: str) -> None:
    talk = chat(language)
    talk.say(wish)
    talk.say(more)
    assert talk.state.form is not None
    assert talk.state.form.words == f"{wish}\n{more}"
    assert (talk.state.form.asking, talk.last_kinds) == ("when", ["ask"])


def test_in_the_middle_of_a_burst_the_wish_that_is_named_is_the_one_that_goes(
    chen: Line, clock: HandClock
) -> None:
    burst(chen, clock, 1, "厨房水龙头漏水", "还要订两桶水", "漏得很厉害", "算了桶装水不要了", "明天下午三点")
    chen.press("yes")
    (ticket,) = chen.tickets()
    assert ticket.words == "厨房水龙头漏水\n漏得很厉害"
