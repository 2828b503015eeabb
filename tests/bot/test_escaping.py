"""One function makes words safe for Telegram's HTML."""

import html as standard

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.escaping import bold, html, is_balanced


@given(st.text())
def test_escaped_words_read_as_they_were_written(text: str) -> None:
    assert standard.unescape(html(text.replace("&", "+"))) == text.replace("&", "+")
    assert is_balanced(html(text))
    assert is_balanced(bold(text))


def test_what_looks_like_markup_is_shown_as_letters() -> None:
    assert html('<b>&amp; "you"') == "&lt;b&gt;&amp;amp; &quot;you&quot;"
    assert bold("1 < 2") == "<b>1 &lt; 2</b>"


@pytest.mark.parametrize(
    "markup", ["<b>", "</b>", "<b><b>x</b></b>", "<i>x</i>", "a < b", "a & b", "</b><b>"]
)
def test_what_telegram_would_refuse_is_not_balanced(markup: str) -> None:
    assert not is_balanced(markup)
