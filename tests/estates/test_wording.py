"""The holes of a sentence."""

import pytest

from backend.estates.wording import holes_of


@pytest.mark.parametrize(
    ("text", "holes"),
    [
        ("{named}hello, {hello} This is {estate}.", {"named", "hello", "estate"}),
        ("no hole, {{braces}}", set()),
        ("陈先生，{number}", {"number"}),
    ],
)
def test_holes_are_named(text: str, holes: set[str]) -> None:
    assert holes_of(text) == holes


@pytest.mark.parametrize(
    "text", ["{", "}", "{number", "{}", "{0}", "{number!r}", "{number:>9}", "{a.b}", "{a[0]}"]
)
def test_what_is_no_plain_hole_is_refused(text: str) -> None:
    assert holes_of(text) is None
