"""Numbers of doors and terminals are no days; a time that is moved is one; only hours name no day."""

import pytest

from tests.intents.test_times import moment, times_in


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("去首都机场三号航站楼明天早上六点半", "03-12 06:30"),
        ("3号楼明天下午三点", "03-12 15:00"),
        ("2号登机口，后天上午九点", "03-13 09:00"),
        ("Terminal 3, tomorrow at 6:30 am", "03-12 06:30"),
        ("pick me up from gate 3 tomorrow at 5 pm", "03-12 17:00"),
        ("T3 tomorrow at 18:30", "03-12 18:30"),
    ],
)
def test_the_number_of_a_door_is_no_day_beside_one(text: str, start: str) -> None:
    window = times_in(text).when
    assert window is not None
    assert window.start == moment(start)


@pytest.mark.parametrize(
    "text",
    [
        "三号航站楼接人",
        "三号门",
        "2号线",
        "停在5号停车位",
        "8号车位",
        "三号馆",
        "3号地库",
        "6号柜",
        "gate 3",
        "terminal 3",
    ],
)
def test_the_number_of_a_door_or_a_line_is_no_time(text: str) -> None:
    assert times_in(text).when is None


@pytest.mark.parametrize(
    ("text", "start"),
    [("15号机场接人", "03-15"), ("15号上午", "03-15 08:00"), ("20号停水吗", "03-20"), ("16号打扫", "03-16")],
)
def test_a_day_of_the_month_stays_one(text: str, start: str) -> None:
    window = times_in(text).when
    assert window is not None
    assert window.start == moment(start)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("can you make it a bit later, like 4", "03-12 16:00"),
        ("a little earlier, say 9 please", "03-12 09:00"),
        ("can they come at 3 instead?", "03-12 15:00"),
        ("could we push it to 5?", "03-12 17:00"),
        ("Would Saturday at 10 be all right?", "03-14 10:00"),
        ("is Friday at 3 fine", "03-13 15:00"),
    ],
)
def test_a_bare_hour_that_a_visit_is_moved_to_is_a_time(text: str, start: str) -> None:
    window = times_in(text).when
    assert window is not None
    wanted = moment(start)
    assert wanted is not None
    assert window.start is not None
    assert window.start.time() == wanted.time()
    assert not window.day_named or window.start == wanted


@pytest.mark.parametrize("text", ["three lamps, like 4", "at 3 shops", "later with 4 guests", "I'd like 2"])
def test_a_bare_number_of_things_is_no_time(text: str) -> None:
    assert times_in(text).when is None


@pytest.mark.parametrize("text", ["三点以后", "下午三点以后", "三点之后吧", "after 3", "any time after 3pm"])
def test_after_three_begins_at_three_and_has_no_end(text: str) -> None:
    window = times_in(text).when
    assert window is not None
    assert window.start is not None
    assert (window.start.hour, window.end) == (15, None)


@pytest.mark.parametrize(
    "text", ["下午吧", "around 14:00", "上午九点到十二点", "by 6 pm", "三点以后", "at 3"]
)
def test_hours_alone_name_no_day(text: str) -> None:
    window = times_in(text).when
    assert window is not None
    assert not window.day_named


@pytest.mark.parametrize(
    "text",
    [
        "今天下午",
        "今晚",
        "明天三点",
        "tonight",
        "this afternoon",
        "today at 3 pm",
        "半小时以后",
        "in two hours",
        "周六",
    ],
)
def test_a_day_word_or_a_wait_names_the_day(text: str) -> None:
    window = times_in(text).when
    assert window is not None
    assert window.day_named
