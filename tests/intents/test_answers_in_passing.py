"""Answers that look like something else, and something else that looks like an answer."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from intents.meaning import Act, Hint
from intents.understand import Engine

NOW = datetime(2026, 3, 11, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
ENTRY = ("resident_home", "key_in_custody", "other_person")


def test_as_soon_as_possible_answers_when(engine: Engine) -> None:
    intent = engine.understand("as soon as possible", NOW, Hint("en", "when")).intents[0]
    assert (intent.act, intent.slots.get("asap")) == (Act.INFORM, True)


def test_a_length_of_time_is_not_the_third_choice(engine: Engine) -> None:
    intent = engine.understand("三小时", NOW, Hint("zh", "entry", ENTRY)).intents[0]
    assert dict(intent.slots) == {"duration_minutes": 180}


@pytest.mark.parametrize("words", ["三", "第三个", "第三项"])
def test_the_third_is_the_third_choice(engine: Engine, words: str) -> None:
    intent = engine.understand(words, NOW, Hint("zh", "entry", ENTRY)).intents[0]
    assert intent.slots["entry"] == "other_person"


def test_a_suggestion_is_no_time(engine: Engine) -> None:
    words = "I suggest putting a bike rack near gate 2"
    assert engine.understand(words, NOW, Hint("en", "when")).intents[0].act == Act.SUGGESTION
