"""What people do with a message; the sentences stand in messages_table.py."""

from datetime import datetime

import pytest

from intents.meaning import Act
from intents.understand import Engine
from tests.intents.messages_table import ACTS, NEVER_AN_ORDER


@pytest.mark.parametrize(("text", "act"), ACTS)
def test_a_message_carries_its_act(engine: Engine, now: datetime, text: str, act: str) -> None:
    assert engine.understand(text, now).intents[0].act == act


@pytest.mark.parametrize("text", NEVER_AN_ORDER)
def test_what_concerns_an_old_matter_never_becomes_a_new_order(
    engine: Engine, now: datetime, text: str
) -> None:
    assert all(intent.act != Act.REQUEST for intent in engine.understand(text, now).intents)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("English please", "en"),
        ("说中文", "zh"),
        ("请用英文回复我", "en"),
        ("以后说中文吧，英文我看不懂", "zh"),
        ("I don't understand Chinese, English please", "en"),
        ("can you speak Chinese", "zh"),
    ],
)
def test_a_wish_for_a_language_names_it(engine: Engine, now: datetime, text: str, wanted: str) -> None:
    assert engine.understand(text, now).wanted_language == wanted


@pytest.mark.parametrize(
    "text", ["英语家教怎么收费", "English tutor for my son please", "想找个会说英语的阿姨"]
)
def test_a_service_in_a_language_is_no_wish_to_switch(engine: Engine, now: datetime, text: str) -> None:
    meaning = engine.understand(text, now)
    assert meaning.wanted_language is None
    assert meaning.intents[0].act in (Act.REQUEST, Act.ENQUIRY)
