"""The second ear for danger: its lines are sound, it learns, and it refuses files that are not its own."""

import logging
from pathlib import Path

import numpy as np
import pytest

from intents import trained
from intents.artefact import ArtefactRefused, write_artefact
from intents.danger_lessons import read_danger_lines
from intents.danger_model import DangerLesson, DangerModel, read_danger_model, train_dangers
from intents.dangers import KINDS
from intents.language import language_of
from intents.loader import DATA
from intents.phrase_checks import fingerprint
from intents.rows import DataFaults

HOUSE = Path(__file__).parent.parent / "house"
_SAID = (
    ("fire", ("厨房着火了", "屋里都是火", "flames in the kitchen", "the sofa is burning")),
    ("gas", ("一股煤气味", "煤气漏了", "smell of gas here", "gas is leaking")),
    ("", ("灯坏了", "约个保洁", "when is the fire drill", "煤气费怎么交", "fix my lamp", "book a cleaner")),
)


def _model(*, seeing: bool) -> DangerModel:
    size = 4 if seeing else 0
    lessons = [
        DangerLesson(text, kind, 1.0, np.eye(4, size, k=len(kind) % 4, dtype=np.float32)[0])
        for kind, texts in _SAID
        for text in texts * 3
    ]
    return train_dangers(lessons, ("fire", "gas"))


@pytest.mark.parametrize("seeing", [True, False])
def test_it_hears_danger_and_of_which_kind(seeing: bool) -> None:
    model = _model(seeing=seeing)
    for kind, texts in _SAID:
        for text in texts:
            heard = model.hear(text)
            assert (heard.score > 0) == bool(kind)
            if kind:
                assert max(heard.kinds, key=lambda one: heard.kinds[one]) == kind


def test_a_vector_is_only_asked_for_where_words_leave_a_doubt() -> None:
    asked: list[str] = []
    model = _model(seeing=True)
    model.hear("着火了", lambda: asked.append("doubt"))
    assert asked == ["doubt"]


def test_it_says_the_same_after_it_was_kept_in_a_file(tmp_path: Path) -> None:
    model = _model(seeing=True)
    model.save(tmp_path / "dangers.bin", {})
    kept = read_danger_model(tmp_path / "dangers.bin")
    for text in ("着火了", "when does it burn", ""):
        assert kept.hear(text).score == pytest.approx(model.hear(text).score, abs=1e-6)


def test_a_file_that_is_not_its_own_is_refused(tmp_path: Path) -> None:
    write_artefact(tmp_path / "dangers.bin", {"format": 0}, {})
    with pytest.raises(ArtefactRefused, match="format"):
        read_danger_model(tmp_path / "dangers.bin")


def test_without_a_training_of_this_data_the_rules_listen_alone_and_a_line_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    _model(seeing=False).save(tmp_path / trained.DANGERS, {"data": "older", "encoder": "none"})
    (tmp_path / trained.MODEL).touch()
    with caplog.at_level(logging.WARNING):
        assert trained.find_danger_model(DATA, tmp_path) is None
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "run_bot.py train" in caplog.text


def test_a_writer_who_leaves_out_a_kind_or_a_language_is_refused(tmp_path: Path) -> None:
    (tmp_path / "dangers").mkdir()
    (tmp_path / "dangers" / "zoe.toml").write_text('[gas]\nzh = ["漏气了"]\n', encoding="utf-8")
    with pytest.raises(DataFaults, match=r"gas\.en"):
        read_danger_lines(tmp_path)


def test_every_file_has_both_languages_and_no_line_stands_twice_or_in_the_sample() -> None:
    lines = read_danger_lines(DATA)
    assert len(lines) >= 5
    sample = frozenset((HOUSE / "sample_fingerprints.txt").read_text(encoding="ascii").splitlines())
    every = [fingerprint(text) for own in lines.values() for _, text in own]
    assert len(set(every)) == len(every)
    assert not sample.intersection(every)
    for own in lines.values():
        assert {kind for kind, _ in own} == {*KINDS, ""}
        assert {language_of(text, "zh") for _, text in own} >= {"zh", "en"}
