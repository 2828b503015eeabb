"""An offer of likely items: how people answer it in their own words."""

from dataclasses import replace

import pytest

from backend.conversations.state import State
from tests.conversations.talking import Chat, chat

CLEANER = "value.clean-hourly.hourly-helper"
WINDOWS = "value.clean-oneoff.whole-home-initial"


def offered(language: str) -> Chat:
    """A chat in which the bot has just asked which of two services was meant."""
    talk = chat(language)
    talk.state = replace(
        State(),
        offered=(CLEANER, WINDOWS),
        offered_words="打扫",
        offered_at="2026-03-11T10:00:00+08:00",
        failures=1,
    )
    return talk


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh", "第一个"), ("zh", "钟点工"), ("en", "the first one"), ("en", "1")],
)
def test_a_place_or_a_name_picks_an_offered_service(language: str, words: str) -> None:
    talk = offered(language)
    talk.say(words)
    assert talk.state.form is not None
    assert talk.state.form.item == CLEANER


@pytest.mark.parametrize(("language", "words"), [("zh", "对"), ("zh", "是的"), ("en", "yes"), ("en", "ok")])
def test_a_mere_yes_to_several_services_picks_none_and_is_asked_again(language: str, words: str) -> None:
    talk = offered(language)
    talk.say(words)
    assert (talk.last_kinds, talk.state.form) == (["which"], None)
    assert talk.state.offered == (CLEANER, WINDOWS)


def test_a_mere_yes_to_a_single_service_takes_it() -> None:
    talk = offered("zh")
    talk.state = replace(talk.state, offered=(CLEANER,))
    talk.say("对")
    assert talk.state.form is not None
    assert talk.state.form.item == CLEANER


@pytest.mark.parametrize(("language", "words"), [("zh", "第二个"), ("en", "the second one")])
def test_the_second_is_the_second(language: str, words: str) -> None:
    talk = offered(language)
    talk.say(words)
    assert talk.state.form is not None
    assert talk.state.form.item == WINDOWS


@pytest.mark.parametrize(("language", "words"), [("zh", "明天下午"), ("en", "tomorrow afternoon")])
def test_a_detail_is_kept_and_the_offer_stands(language: str, words: str) -> None:
    talk = offered(language)
    talk.say(words)
    assert talk.last_kinds == ["which"]
    assert talk.state.offered == (CLEANER, WINDOWS)
    assert "when" in talk.state.offered_slots
    assert talk.opened == []
