"""Danger is heard on the whole text, and what only sounds like danger raises nothing."""

import time
import tomllib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from intents.danger_lessons import read_danger_lines
from intents.emergency import ITEM_OF_KIND, EmergencyDetector
from intents.loader import DATA
from intents.meaning import Act
from intents.normalize import normalize
from intents.reading import EngineData, read_data
from intents.understand import Engine
from tests.intents.messages_table import EMERGENCIES, LOOKALIKES
from tests.pace import slowness


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


ALARMING = frozenset(ITEM_OF_KIND.values())
# A panic button is pressed in danger, by mistake, and to try it.
MAY_ALARM = ALARMING | {"common.fire.panic-button"}
HERE = Path(__file__).parent
Lines = list[tuple[str, str]]


def lines_of(*paths: Path) -> Lines:
    """Kind and text of every line of files like emergency_lines.toml."""
    tables = [tomllib.loads(path.read_text(encoding="utf-8")) for path in paths]
    return [
        (kind, one)
        for table in tables
        for kind, said in table.items()
        for side in said.values()
        for one in side
    ]


UNSEEN = lines_of(HERE / "emergency_unseen.toml")
Find = Callable[[str], str | None]


@pytest.fixture(scope="module")
def data() -> EngineData:
    return read_data()


@pytest.fixture(scope="module")
def detector(data: EngineData) -> EmergencyDetector:
    """The rules alone, as where nothing was trained."""
    return EmergencyDetector(data.dangers)


@pytest.fixture(scope="module")
def ears(engine: Engine) -> Find:
    """Rules and the trained model, with sentence vectors where there is an encoder."""
    stages = engine._stages
    return lambda text: stages.emergencies.find(text, lambda: stages.items.vector(normalize(text).text))


def failures(find: Find, lines: Lines) -> tuple[set[str], set[str]]:
    """Emergencies that raise nothing, and look-alikes that raise the alarm."""
    missed = {text for kind, text in lines if kind != "none" and find(text) is None}
    raised = {text for kind, text in lines if kind == "none" and find(text) is not None}
    return missed, raised


def test_lines_that_nothing_was_made_from_are_heard(ears: Find) -> None:
    """What other people wrote is measured by `run_bot.py evaluate` and tools/judge_dangers.py."""
    missed, raised = failures(ears, UNSEEN)
    calm = sum(kind == "none" for kind, _ in UNSEEN)
    assert len(missed) <= 0.06 * (len(UNSEEN) - calm)
    assert len(raised) <= 0.14 * calm


def test_the_rules_alone_hear_most_of_them(detector: EmergencyDetector) -> None:
    missed, raised = failures(detector.find, UNSEEN)
    calm = sum(kind == "none" for kind, _ in UNSEEN)
    assert len(missed) <= 0.05 * (len(UNSEEN) - calm)
    assert len(raised) <= 0.05 * calm


def test_what_was_learnt_is_heard_and_kept_apart(ears: Find) -> None:
    learnt = [(kind or "none", text) for own in read_danger_lines(DATA).values() for kind, text in own]
    missed, raised = failures(ears, learnt[::5])
    calm = sum(kind == "none" for kind, _ in learnt[::5])
    assert len(missed) <= 0.01 * (len(learnt[::5]) - calm)
    assert len(raised) <= 0.02 * calm


def test_known_failures_still_fail(ears: Find) -> None:
    """Only clear ones are listed: trainings differ a little from each other."""
    known = tomllib.loads((HERE / "known_failures.toml").read_text(encoding="utf-8"))
    assert all(one["reason"] for listed in known.values() for one in listed)
    assert [one["text"] for one in known["missed"] if ears(one["text"]) is not None] == []
    assert [one["text"] for one in known["raised"] if ears(one["text"]) is None] == []


def test_nearly_every_phrase_of_an_emergency_raises_the_alarm(data: EngineData, ears: Find) -> None:
    phrases = [one.text for one in data.wordings.phrases if ALARMING.intersection(one.items)]
    assert len(phrases) > 80
    assert sum(ears(text) is None for text in phrases) <= 0.08 * len(phrases)


def test_hardly_a_phrase_of_an_ordinary_service_raises_the_alarm(data: EngineData, ears: Find) -> None:
    """Many are dangers in truth (a burnt socket, a child locked in); three in a hundred are the most."""
    phrases = [one.text for one in data.wordings.phrases if not MAY_ALARM.intersection(one.items)][::5]
    assert sum(ears(text) is not None for text in phrases) <= 0.03 * len(phrases)


def test_hardly_a_common_question_and_hardly_anything_out_of_scope_raises_it(
    data: EngineData, ears: Find
) -> None:
    texts = [*(text for _, text in data.wordings.questions), *data.wordings.strange]
    assert sum(ears(text) is not None for text in texts) <= 0.008 * len(texts)


def test_the_rules_raise_no_alarm_at_a_common_question(data: EngineData, detector: EmergencyDetector) -> None:
    texts = [*(text for _, text in data.wordings.questions), *data.wordings.strange]
    assert [text for text in texts if detector.find(text)] == []


@pytest.mark.parametrize(
    "text", ["help fire", "着火了！", "gas smell!!", "i smel gas", "smokee in the coridor", "救命", "🆘"]
)
def test_what_rules_are_sure_of_the_model_does_not_silence(ears: Find, text: str) -> None:
    assert ears(text) is not None


@pytest.mark.parametrize("text", ["help", "", " ", "🔥", "灯", "\x00", "没着火", "no smell of gas here"])
def test_the_model_hears_nothing_where_nothing_is_said_or_it_is_denied(ears: Find, text: str) -> None:
    assert ears(text) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("着火了！", "fire"),
        ("help fire", "fire"),
        ("gas smell!!", "gas"),
        ("廚 房 着 火", "fire"),
        ("smokee in the coridor", "fire"),
        ("stuck in elevater", "trapped"),
        ("flooooding!!! help 16C", "flood"),
        ("THE KITCHEN IS ON FIRE", "fire"),
        ("zhao huo le", "fire"),
        ("快来 gas 味好大", "gas"),
        ("help！我老公晕倒在浴室，call ambulance", "illness"),
        ("救命", "illness"),
        ("help!", "illness"),
        ("🆘", "illness"),
    ],
)
def test_haste_slips_and_mixed_writing_are_understood(
    detector: EmergencyDetector, text: str, kind: str
) -> None:
    assert detector.find(text) == kind


@pytest.mark.parametrize(
    "text", ["help", "", " ", "🔥", "灯", "\x00", "没有煤气味", "no smell of gas here", "没着火"]
)
def test_nothing_is_heard_where_nothing_is_said_or_it_is_denied(
    detector: EmergencyDetector, text: str
) -> None:
    assert detector.find(text) is None


def test_one_clause_of_a_long_message_is_enough(detector: EmergencyDetector) -> None:
    chat = "你好管家，上周擦玻璃的师傅很仔细，谢谢。停车费我已经交了，发票开公司抬头。"
    assert detector.find(chat * 20 + "对了楼道里煤气味冲得很。" + chat * 20) == "gas"


@pytest.mark.parametrize("part", ["火", "gas smell ", "水喷得到处都是", "help ", "a", "电梯困", "!", "not "])
def test_four_thousand_characters_take_no_longer_than_promised(
    detector: EmergencyDetector, part: str
) -> None:
    text = (part * 4000)[:4000]
    assert min(_seconds(detector, text) for _ in range(3)) < 0.05 * slowness()


def _seconds(detector: EmergencyDetector, text: str) -> float:
    before = time.thread_time()
    detector.find(text)
    return time.thread_time() - before


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
