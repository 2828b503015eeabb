"""Danger is heard on the whole text, and what only sounds like danger raises nothing."""

from datetime import datetime

import pytest

from intents.meaning import Act
from intents.understand import Engine
from tests.intents.messages_table import EMERGENCIES, LOOKALIKES


@pytest.mark.parametrize(("text", "kind"), EMERGENCIES)
def test_danger_raises_the_alarm_at_once(engine: Engine, now: datetime, text: str, kind: str) -> None:
    meaning = engine.understand(text, now)
    assert meaning.emergency
    assert meaning.emergency_kind == kind
    assert meaning.decision == "act"
    assert meaning.intents[0].act is Act.EMERGENCY
    assert meaning.intents[0].item is not None


@pytest.mark.parametrize("text", LOOKALIKES)
def test_what_only_sounds_like_danger_raises_nothing(engine: Engine, now: datetime, text: str) -> None:
    assert not engine.understand(text, now).emergency


def test_danger_at_the_end_of_ten_thousand_characters_is_heard(engine: Engine, now: datetime) -> None:
    assert engine.understand("唉" * 9_990 + "，家里着火了", now).emergency_kind == "fire"
