"""What the model of acts learns from and how; and short answers to nothing in particular order nothing."""

from datetime import datetime

import numpy as np
import pytest

from intents.act_lessons import act_lessons
from intents.act_sight import SEEN, VECTOR, sight_of
from intents.descent import lowest
from intents.likeness import Floats
from intents.matching import ItemMatcher
from intents.meaning import Act, Alternative
from intents.reading import read_data
from intents.understand import Engine


def test_the_lowest_point_of_a_bowl_is_found() -> None:
    middle = np.array([[3.0], [-2.0], [0.5]], dtype=np.float32)
    steep = np.array([[1.0], [10.0], [100.0]], dtype=np.float32)

    def bowl(place: Floats) -> tuple[float, Floats]:
        away = place - middle
        return float((steep * away * away).sum()) / 2, np.asarray(steep * away, dtype=np.float32)

    assert lowest(bowl, np.zeros((3, 1), dtype=np.float32), 50) == pytest.approx(middle, abs=1e-2)


def test_a_sight_tells_how_far_a_service_or_a_complaint_fits() -> None:
    vector = np.array([1.0, 0.0], dtype=np.float32)
    row = sight_of(vector, [Alternative("common.voice.complaint", 0.5), Alternative("a.b.c", 0.2)], 0.1)
    assert row[:2].tolist() == [VECTOR, 0.0]
    assert row[2:].tolist() == pytest.approx([0.5, 0, 0, 0, 0, 0, 0.1, 0.5, 1, 0])
    assert sight_of(vector, [], 0.0).shape == (2 + SEEN,)


def test_lessons_are_the_same_at_every_training_and_know_their_writers() -> None:
    read = read_data()
    matcher = ItemMatcher(read.menu, (), read.wordings.same_words)
    lessons = act_lessons(read.wordings, matcher)
    assert lessons == act_lessons(read.wordings, matcher)
    assert {one.voice for one in lessons} >= {"", "a1", "a2", "a3", "a4", "b1", "b2", "first"}
    assert {one.act for one in lessons} >= set(Act) - {Act.EMERGENCY, Act.INFORM}


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("係呀", Act.AFFIRM), ("ok 下次聊", Act.GOODBYE), ("Go to the start", Act.MENU),
        ("拜拜啦", Act.GOODBYE), ("thanks a million", Act.THANKS), ("hiya", Act.GREETING),
        ("不用了", Act.DENY), ("中文谢谢", Act.LANGUAGE),
    ],
)  # fmt: skip
def test_small_talk_is_never_a_request(engine: Engine, now: datetime, text: str, act: Act) -> None:
    meaning = engine.understand(text, now)
    assert (meaning.intents[0].act, meaning.intents[0].item, meaning.decision) == (act, None, "act")


@pytest.mark.parametrize(
    "text", ["明天下午来修水龙头", "我想预约明天上午的钟点工，两小时", "a cleaner on Friday at 10 please"]
)
def test_a_time_in_a_wish_moves_nothing(engine: Engine, now: datetime, text: str) -> None:
    assert engine.understand(text, now).intents[0].act is Act.REQUEST
