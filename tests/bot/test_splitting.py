"""Long texts are cut where a reader would pause, and nothing is lost."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.splitting import split, units

FAMILY = "👨‍👩‍👧‍👦"
SCOTLAND = "🏴󠁧󠁢󠁳󠁣󠁴󠁿"
SIGNS = [*"a好 \n。，😀é", "\n\n", ". ", "👍🏽", "🇨🇳", "🇬🇧", "❤️", "1️⃣", "\r\n", FAMILY, SCOTLAND]
texts = st.lists(st.sampled_from(SIGNS), max_size=200).map("".join)


@given(st.text(max_size=400) | texts, st.integers(20, 60))
def test_the_parts_put_together_are_the_text_and_each_fits(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert "".join(parts) == text
    assert all(units(part) <= limit for part in parts)
    assert all(parts) or parts == [""]


@given(st.text(st.characters(), max_size=60))
def test_units_are_what_utf_16_counts(text: str) -> None:
    assert units(text) == len(text.encode("utf-16-le", "surrogatepass")) // 2


@given(st.lists(st.sampled_from(SIGNS), max_size=200), st.integers(20, 60))
def test_no_sign_is_torn_apart(signs: list[str], limit: int) -> None:
    borders, place = {0}, 0
    for sign in signs:
        place += len(sign)
        borders.add(place)
    place = 0
    for part in split("".join(signs), limit):
        place += len(part)
        assert place in borders or _is_between_blanks("".join(signs), place)


def _is_between_blanks(text: str, place: int) -> bool:
    """Two line breaks, or a full stop and its blank, are one entry of SIGNS but may be parted."""
    return text[place - 1] in "\n." and text[place] in "\n "


@given(texts, st.integers(20, 60))
def test_no_part_begins_with_a_joiner_or_an_accent(text: str, limit: int) -> None:
    for part in split(text, limit)[1:]:
        assert part[0] != "\u200d"
        assert not unicodedata.category(part[0]).startswith("M")


def test_an_empty_text_is_one_empty_part() -> None:
    assert split("") == [""]


def test_a_text_of_exactly_the_limit_stays_whole() -> None:
    assert split("好" * 4096) == ["好" * 4096]
    assert split("😀" * 2048) == ["😀" * 2048]
    assert [units(part) for part in split("😀" * 2048 + "好")] == [4096, 1]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("One line.\n\nAnother. And\nmore words here", "One line.\n\n"),
        ("Words of a line\nand more of them. Yes", "Words of a line\n"),
        ("灯坏了三天了。请尽快来修，谢谢你们，我一直都在家里等", "灯坏了三天了。"),
        ("He said “stop!” And then he left us all", "He said “stop!” "),
        ("The tap drips since about 3.5 days now ok", "The tap drips since about "),
        ("好的我知道了，明天下午我在家里等师傅上门来修", "好的我知道了，"),
    ],
)
def test_the_cut_is_where_a_reader_would_pause(text: str, first: str) -> None:
    limit = {"O": 20, "W": 22, "灯": 12, "H": 24, "T": 28, "好": 12}[text[0]]
    assert split(text, limit)[0] == first


def test_a_full_stop_is_never_the_first_sign_of_a_part() -> None:
    assert split("一二三四五六七八九十。一二", 10)[0] != "一二三四五六七八九十"


def test_a_sign_longer_than_a_part_is_cut_rather_than_lost() -> None:
    text = "e" + "\u0301" * 50
    assert "".join(split(text, 20)) == text
