"""A pattern tried only where it may begin finds what it finds when it is tried everywhere."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.act_cues import _CUES
from intents.any_of import AnyOf, openings
from intents.beginnings import ByBeginning, alternatives, beginnings
from intents.reading import read_data
from intents.times.lexer import _found_in
from intents.times.patterns import PATTERNS

#: some pieces of which times, cues and whatever else is made
PIECES = (
    *("明天", "后", "下周三", "3点", "半", "两小时", "每", "周一", "到", "在", "的", "国庆节", "漏了"),
    *("tomorrow", "at", "3", "pm", "on", "the", "5th", "of", "march", "next", "friday", "not", "to", "leak"),
    *("2026-3-4", "，", ".", ":", "-", " ", " ", "\u2003", "٣", "é", "a"),
)


@pytest.mark.parametrize(
    ("pattern", "parts"),
    [("a|b", ["a", "b"]), ("(a|b)c|[|d]", ["(a|b)c", "[|d]"]), (r"\||\(|x", [r"\|", r"\(", "x"]), ("", [""])],
)
def test_only_what_stands_at_the_top_is_an_alternative(pattern: str, parts: list[str]) -> None:
    assert alternatives(pattern) == parts


@pytest.mark.parametrize(
    ("pattern", "first"),
    [
        ("abc", "a"),
        ("a?b*c+d", "abc"),
        (r"\b(?:on|at) x", "oa"),
        (r"(?<!x)(?!y)(?P<name>[b-d\-_]|e)", "bcd-_e"),
        (r"a{0,2}b{1,2}c", "ab"),
        (r"[\u4e00-\u4e02]|[-a]", "一丁丂-a"),
        (r"(?:a|b?)c", "abc"),
        (r"(?<=^)(?:x)|y+?z", "xy"),
    ],
)
def test_a_pattern_tells_with_what_it_may_begin(pattern: str, first: str) -> None:
    assert beginnings(pattern) == frozenset(first)


@pytest.mark.parametrize("pattern", ["a?", ".b", "[^a]", r"\w+", "a|", r"x*\S", "(?:a*)"])
def test_where_anything_may_stand_first_nothing_is_told(pattern: str) -> None:
    assert beginnings(pattern) is None


def test_what_may_begin_with_anything_cannot_be_sorted_by_its_beginning() -> None:
    with pytest.raises(ValueError, match="may begin with anything"):
        ByBeginning(["a", ".b"])


EVERYWHERE = re.compile(
    "(?!(?<=[a-z])[a-z])(?:"
    + "|".join(f"(?P<k{n}>{pattern})" for n, (_, pattern) in enumerate(PATTERNS))
    + ")"
)


def assert_same_times(text: str) -> None:
    wanted = [(found.lastgroup, found.span()) for found in EVERYWHERE.finditer(text) if found.group()]
    assert [(found.lastgroup, found.span()) for found in _found_in(text)] == wanted


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join) | st.text(max_size=30))
def test_words_of_time_are_those_found_by_trying_all_everywhere(text: str) -> None:
    assert_same_times(text)


def test_the_same_holds_for_what_residents_say() -> None:
    everywhere = [(AnyOf(pattern), re.compile(pattern)) for _, pattern in _CUES]
    for example in read_data().wordings.phrases[::40]:
        text = example.text.lower()
        assert_same_times(text)
        for quick, slow in everywhere:
            assert (quick.search(text) is None) == (slow.search(text) is None), text


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("abcd", {"abc"}),
        ("取消了", {"取消"}),
        ("a(?:bc|d)?e", {"abc", "ade", "ae"}),
        (r"\bi (?:want|need)", {"i w", "i n"}),
        ("[今明]天", {"今天", "明天"}),
        ("(?<!不)满意|x", {"满意", "x"}),
        ("a{0,2}b", {"a", "b"}),
        ("第\\d", {"第"}),
        (".a|b", {"", "b"}),
    ],
)
def test_a_wording_tells_up_to_three_characters_of_its_beginning(pattern: str, told: set[str]) -> None:
    assert openings(pattern) == told


def test_a_wording_is_found_at_an_edge_inside_and_among_other_scripts() -> None:
    some = AnyOf(r"\btap\b|n't|第\d|^hello|.{0,2}灯")
    for text in ("the tap", "isn't", "第٣", "hello", "关灯"):
        assert some.search(text) is not None, text
    for text in ("tapestry", "untap", "第", "oh hello", ""):
        assert some.search(text) is None, text
