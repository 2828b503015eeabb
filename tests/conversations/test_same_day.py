"""Hours said alone keep the day that is known; "now" is as soon as possible; from nine to twelve is long."""

from datetime import datetime
from typing import Any

import pytest

from backend.conversations.forms import meant
from backend.conversations.state import Form, HoursAlone, State
from backend.conversations.talk import Talk
from tests.conversations.talking import NOW, Chat, chat, engine, facts_of


def when(talk: Chat) -> tuple[str, str]:
    """Both ends of the time in the form, as month-day hour:minute."""
    assert talk.state.form is not None
    window = talk.state.form.slots["when"]
    start, end = (
        f"{datetime.fromisoformat(window[side]):%m-%d %H:%M}" if window[side] else ""
        for side in ("start", "end")
    )
    return start, end


def test_the_afternoon_alone_is_that_of_the_day_already_named() -> None:
    talk = chat()
    talk.say("订明天上午10点保洁")
    talk.say("有人")
    talk.say("下午吧")
    assert talk.last_kinds == ["read_back_change"]
    assert when(talk) == ("03-12 13:00", "03-12 18:00")


def test_an_hour_alone_keeps_the_saturday_of_the_visit() -> None:
    talk = chat("en")
    talk.say("visitor Saturday, please register")
    talk.say("John Smith")
    talk.say("around 14:00")
    assert when(talk) == ("03-14 14:00", "")


def test_hours_alone_keep_the_wednesday_of_next_week() -> None:
    talk = chat()
    talk.say("下礼拜三搬家")
    talk.say("翠园3号楼")
    talk.say("国贸公寓")
    talk.say("上午九点到十二点")
    assert when(talk) == ("03-18 09:00", "03-18 12:00")


@pytest.mark.parametrize(
    ("words", "start"),
    [
        ("还是今天下午吧", "03-11 13:00"),
        ("今晚七点", "03-11 19:00"),
        ("后天上午", "03-13 08:00"),
        ("this afternoon please", "03-11 13:00"),
        ("tonight at 7", "03-11 19:00"),
    ],
)
def test_a_day_that_is_named_is_that_day(words: str, start: str) -> None:
    talk = chat()
    talk.say("订明天上午10点保洁")
    talk.say("有人")
    talk.say(words)
    assert when(talk)[0] == start


def test_hours_alone_with_no_day_known_are_the_nearest() -> None:
    talk = chat()
    talk.say("厨房水龙头漏水")
    talk.say("下午三点")
    assert when(talk)[0] == "03-11 15:00"


def test_hours_alone_that_are_over_on_the_known_day_are_the_next_ones() -> None:
    day = {"start": "2026-03-11T13:00:00+08:00", "end": "2026-03-11T18:00:00+08:00", "grain": "part_of_day"}
    hours = HoursAlone({"start": "2026-03-12T09:00:00+08:00", "end": None, "grain": "hour"})
    form = Form("value.moving.moving", {"when": day}, "", False, NOW.isoformat())
    talk = Talk(State(), engine().menu, NOW, facts_of("zh"))
    assert meant(talk, form, {"when": hours}) == {"when": dict(hours)}


@pytest.mark.parametrize("words", ["现在", "越快越好", "now", "asap", "right now please"])
def test_now_is_as_soon_as_possible(words: str) -> None:
    talk = chat("zh")
    talk.say("厨房水龙头漏水")
    talk.say(words)
    assert talk.state.form is not None
    assert talk.state.form.slots["when"] == {"asap": True}
    assert "尽快" in talk.text


def asked_for_length(words: str) -> dict[str, Any]:
    talk = chat()
    talk.tap("value.clean-hourly.hourly-helper")
    talk.say("明天")
    assert talk.state.form is not None
    assert talk.state.form.asking == "duration"
    talk.say(words)
    return talk.state.form.slots


def test_from_nine_to_twelve_is_three_hours_of_the_known_day() -> None:
    slots = asked_for_length("上午九点到十二点吧")
    assert slots["duration"] == 180
    assert slots["when"]["start"] == "2026-03-12T09:00:00+08:00"


def test_from_one_to_three_is_two_hours_and_a_plain_length_is_itself() -> None:
    assert asked_for_length("下午一点到三点")["duration"] == 120
    assert asked_for_length("三个小时")["duration"] == 180
    assert asked_for_length("两个小时，下午1点到5点之间")["duration"] == 120


@pytest.mark.parametrize(
    ("words", "start"),
    [
        ("can you make it a bit later, like 4", "03-12 16:00"),
        ("can they come at 3 instead?", "03-12 15:00"),
        ("Would Saturday at 10 be all right?", "03-14 10:00"),
        ("三点以后吧", "03-12 15:00"),
    ],
)
def test_a_bare_hour_moves_the_visit_that_is_read_back(words: str, start: str) -> None:
    talk = chat("en")
    talk.say("the kitchen tap drips")
    talk.say("tomorrow 2pm")
    talk.say(words)
    assert talk.last_kinds == ["read_back_change"]
    assert when(talk) == (start, "")
