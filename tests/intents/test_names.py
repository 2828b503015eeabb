"""Services by their names: in full, a part of one, or only a room."""

import pytest

from intents.names import Names, core_of
from intents.normalize import normalize
from intents.understand import Engine


@pytest.fixture(scope="module")
def names(engine: Engine) -> Names:
    return Names(engine.menu, lambda text: normalize(text).text)


@pytest.mark.parametrize("text", ["空调不制冷", "空调 不制冷了", "请问空调不制冷"])
def test_blanks_and_small_words_make_no_other_name(names: Names, text: str) -> None:
    assert text in names
    assert "value.repair-appliance.ac" in {one.item for one in names.exact(text)}


@pytest.mark.parametrize("text", ["我家水管", "水管", "the sofa"])
def test_a_piece_of_a_name_is_ours(names: Names, text: str) -> None:
    assert names.is_part(text)


@pytest.mark.parametrize("text", ["我家", "哇啦哇啦", "quux", "a"])
def test_other_words_are_no_piece_of_a_name(names: Names, text: str) -> None:
    assert not names.is_part(text)


@pytest.mark.parametrize("text", ["我家厨房", "厨房那边", "in my kitchen", "the bathroom"])
def test_a_room_alone_says_where_and_not_yet_what(names: Names, text: str) -> None:
    assert names.is_place(text)


def test_a_slip_of_the_typing_is_read_over(names: Names) -> None:
    assert names.exact("wake-up cal")
    assert not names.exact("zzzz")


def test_small_words_alone_stay_as_they_are() -> None:
    assert core_of("谢谢") == "谢谢"
