"""The model of acts: it learns, it works without vectors, and it refuses files that are not its own."""

from pathlib import Path

import numpy as np
import pytest

from intents.act_cues import NAMES, cues_of
from intents.act_model import ActLesson, ActModel, read_act_model, train_acts
from intents.artefact import ArtefactRefused, write_artefact
from intents.meaning import Act

_SAID = (
    (
        Act.CANCEL,
        ("不用来了", "取消吧", "别来了", "不要了", "cancel it", "no need to come", "drop it please"),
    ),
    (
        Act.STATUS,
        ("到哪了", "师傅到了吗", "修好了没", "弄完了吗", "is he coming", "any news", "did it arrive"),
    ),
    (
        Act.REQUEST,
        ("灯坏了", "帮我修灯", "约个保洁", "要两桶水", "fix my lamp", "send a cleaner", "tap drips"),
    ),
)


def _vector(act: Act) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
    return np.eye(4, dtype=np.float32)[list(Act).index(act) % 4]


def _model(*, seeing: bool) -> ActModel:
    nothing = np.zeros(0, dtype=np.float32)
    lessons = [
        ActLesson(text, act, _vector(act) if seeing else nothing)
        for act, texts in _SAID
        for text in texts * 3
    ]
    return train_acts(lessons)


@pytest.mark.parametrize("seeing", [True, False])
def test_it_learns_what_sentences_do(seeing: bool) -> None:
    model = _model(seeing=seeing)
    for act, texts in _SAID:
        for text in texts:
            chances = model.chances(text, _vector(act) if seeing else None)
            assert max(chances, key=lambda one: chances[one]) is act
            assert sum(chances.values()) == pytest.approx(1.0)


def test_it_says_the_same_after_it_was_kept_in_a_file(tmp_path: Path) -> None:
    model = _model(seeing=True)
    model.save(tmp_path / "acts.bin", {"data": "x"})
    kept = read_act_model(tmp_path / "acts.bin")
    for text in ("别来了吧", "is the cleaner coming", ""):
        first, second = (one.chances(text, None) for one in (model, kept))
        assert first == pytest.approx(second, abs=0.01)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    write_artefact(tmp_path / "acts.bin", {"format": 99}, {"start": np.zeros(3, dtype=np.float32)})
    with pytest.raises(ArtefactRefused, match="train again"):
        read_act_model(tmp_path / "acts.bin")


def test_cues_name_how_a_sentence_is_built() -> None:
    found = set(cues_of("我约的阿姨不用来了"))
    assert {"back", "who", "stop", "back+stop"} <= found
    assert found <= set(NAMES)
    assert cues_of("") == ()
