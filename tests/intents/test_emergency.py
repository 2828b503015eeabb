"""Danger is heard on the whole text, and what only sounds like danger raises nothing."""

from datetime import datetime

import pytest

from intents.emergency import ITEM_OF_KIND, EmergencyDetector
from intents.meaning import Act
from intents.reading import EngineData, read_data
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


# A pressed panic button is told of with what made the person press it.
ALARMING = frozenset(ITEM_OF_KIND.values())
MAY_ALARM = ALARMING | {"common.fire.panic-button"}


@pytest.fixture(scope="module")
def data() -> EngineData:
    return read_data()


@pytest.fixture(scope="module")
def detector(data: EngineData) -> EmergencyDetector:
    return EmergencyDetector(data.dangers)


def test_every_phrase_of_an_emergency_raises_the_alarm(data: EngineData, detector: EmergencyDetector) -> None:
    phrases = [one.text for one in data.wordings.phrases if ALARMING.intersection(one.items)]
    assert len(phrases) > 80
    assert [text for text in phrases if detector.find(text) is None] == []


def test_no_phrase_of_an_ordinary_service_raises_the_alarm(
    data: EngineData, detector: EmergencyDetector
) -> None:
    phrases = [one for one in data.wordings.phrases if not MAY_ALARM.intersection(one.items)]
    alarms = {one.text: detector.find(one.text) for one in phrases}
    assert {text: kind for text, kind in alarms.items() if kind} == {}


def test_no_common_question_and_nothing_out_of_scope_raises_the_alarm(
    data: EngineData, detector: EmergencyDetector
) -> None:
    texts = [*(text for _, text in data.wordings.questions), *data.wordings.strange]
    assert [text for text in texts if detector.find(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "遥控器没反应", "电梯按了没反应", "电梯里有人抽烟", "给他发消息没反应", "人脸识别没反应",
        "物业的人没反应",
        "lift not responding to the button", "my basin is choked", "the drain is choking again",
        "the app doesn't respond", "电梯停在8楼不动了，里面没人",
    ],
)  # fmt: skip
def test_a_thing_that_does_not_respond_is_no_emergency(detector: EmergencyDetector, text: str) -> None:
    assert detector.find(text) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("我爸没反应了", "illness"),
        ("喊他半天没反应", "illness"),
        ("my husband doesn't respond to me", "illness"),
        ("my baby is choking", "illness"),
        ("he choked on a bone", "illness"),
        ("电梯卡住了，里面有人", "trapped"),
        ("电梯里有人在敲门求救", "trapped"),
    ],
)
def test_a_person_who_does_not_respond_is_one(detector: EmergencyDetector, text: str, kind: str) -> None:
    assert detector.find(text) == kind
