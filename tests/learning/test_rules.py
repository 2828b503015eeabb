"""Which words may become an example, and what is left out of them."""

import pytest

from backend.learning import rules
from intents.loader import load_menu


@pytest.mark.parametrize(
    "text",
    [
        "我的电话是13800138000，灯不亮",
        "灯不亮 138-0013 8000",
        "打幺三八零零幺三八零零零",
        "call me on +44 20 7946 0018",
        "(010) 8888 6666",
        "身份证110101199003071234",
        "write to emma@example.org",
        "微信号：chen1980",
        "加我 WeChat: emma88",
        "https://example.org/x",
    ],
)
def test_words_with_contact_data_are_no_example(text: str) -> None:
    assert rules.cleaned(text) is None


@pytest.mark.parametrize("text", ["", " ", "灯", "?", "？？？", "😀😀", "123", "a" * 201, "坏" * 500])
def test_what_is_no_phrase_is_no_example(text: str) -> None:
    assert rules.cleaned(text) is None


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("3号楼2单元1501，厨房漏水", "厨房漏水"),
        ("三号楼二单元1501厨房漏水", "厨房漏水"),
        ("5-1-802 the lamp is dark", "the lamp is dark"),
        ("Building 5, Unit 1, Flat 802: the lamp is dark", "the lamp is dark"),
        ("换3个灯泡，2000瓦的", "换3个灯泡，2000瓦的"),
        ("換燈泡 please", "換燈泡 please"),
    ],
)
def test_the_numbers_of_homes_are_left_out(text: str, kept: str) -> None:
    assert rules.cleaned(text) == kept


def test_width_case_script_and_marks_make_no_difference() -> None:
    assert rules.key_of("換燈泡！ＯＫ") == rules.key_of("换灯泡， ok").replace(" ", " ")
    assert rules.key_of("Change the bulb!") == rules.key_of("change  the bulb")
    assert rules.key_of("change the bulb") != rules.key_of("change the tap")


@pytest.mark.parametrize(("text", "language"), [("换灯泡", "zh"), ("change it", "en"), ("12", "en")])
def test_a_phrase_has_the_language_of_its_words(text: str, language: str) -> None:
    assert rules.language(text, "en") == language


def test_alarms_and_complaints_are_never_learnt() -> None:
    menu = load_menu()
    for item in menu.items.values():
        assert rules.is_teachable(item) == (item.workflow not in ("emergency", "complaint"))
