"""Any labelled set: how it is read, and that the figures are what papers mean by them."""

import json
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

import run_bot
from intents.benchmark_command import as_json, benchmark
from intents.benchmarking import (
    Guess,
    Sample,
    auroc,
    best_mcc,
    check_known,
    check_train,
    figures,
    read_samples,
)
from intents.encoder import NoEncoder
from intents.labelled import BadLine

SAID = {
    "balance": ("how much money have I", "what is my balance", "tell me the balance", "money in my account"),
    "lost": ("my card is lost", "I cannot find my card", "somebody stole the card", "card went missing"),
    "rate": ("what is the exchange rate", "euro to dollar rate", "rate for pounds today", "exchange rates"),
}
OUTSIDE = ("sing a song", "who painted the ceiling")


def guess(wanted: str, got: str, fits: float) -> Guess:
    return Guess(Sample("a text", wanted), got, fits)


def written(path: Path, *rows: tuple[str, str]) -> Path:
    path.write_text("\n".join(json.dumps({"text": text, "intent": intent}) for text, intent in rows), "utf-8")
    return path


@pytest.fixture
def taught(tmp_path: Path) -> Path:
    return written(tmp_path / "train.jsonl", *((text, x) for x, texts in SAID.items() for text in texts))


def test_auroc_is_the_chance_that_inside_scores_higher_and_ties_count_half() -> None:
    assert auroc(np.array([0.9, 0.8]), np.array([0.1, 0.2])) == 1
    assert auroc(np.array([0.1]), np.array([0.9])) == 0
    assert auroc(np.array([0.5, 0.9]), np.array([0.5])) == 0.75


def test_accuracy_looks_at_what_is_in_scope_alone_and_at_no_threshold() -> None:
    found = figures([guess("a", "a", 0.1), guess("b", "a", 0.9), guess("oos", "a", 0.5)])
    assert (found.accuracy, found.inside, found.outside) == (0.5, 2, 1)


def test_recall_is_read_where_95_percent_in_scope_are_accepted() -> None:
    inside = [guess("a", "a", 0.5 + place / 1000) for place in range(100)]
    outside = [guess("oos", "a", fits) for fits in (0.1, 0.2, 0.504, 0.9)]
    assert figures([*inside, *outside]).recall_at_95 == 0.75


def test_without_lines_out_of_scope_there_is_nothing_to_tell_apart() -> None:
    found = figures([guess("a", "a", 0.9), guess("b", "b", 0.8)])
    assert (found.auroc, found.recall_at_95, found.best_mcc) == (None, None, 1.0)


def test_the_best_mcc_lies_at_the_threshold_that_parts_them() -> None:
    guesses = [guess("a", "a", 0.9), guess("b", "b", 0.8), guess("oos", "a", 0.3), guess("oos", "b", 0.1)]
    mcc, threshold = best_mcc(guesses)
    assert mcc == pytest.approx(1)
    assert 0.3 < threshold < 0.8
    at = figures(guesses, 0.85).at_threshold
    assert at == {"threshold": 0.85, "accuracy": 0.5, "recall": 1.0, "precision": pytest.approx(2 / 3)}


def test_lines_of_equal_score_are_refused_together() -> None:
    mcc, _ = best_mcc([guess("a", "a", 0.5), guess("b", "b", 0.5), guess("oos", "a", 0.5)])
    assert mcc < 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"text": "x"}', ":1: intent should be a text, is missing."),
        ('{"text": "x", "intent": " "}', ":1: intent should not be empty."),
        ('{"text": 5, "intent": "a"}', ":1: text should be a text, is a number."),
        ("", "holds no line."),
    ],
)
def test_a_wrong_line_is_refused_in_one_line(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text(line, "utf-8")
    with pytest.raises(BadLine, match=said):
        read_samples(path)


def test_a_set_that_teaches_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadLine, match="two intents or more"):
        check_train(tmp_path, [Sample("x", "a"), Sample("y", "oos")])
    with pytest.raises(BadLine, match="'b' has no example"):
        check_known(tmp_path, [Sample("x", "oos"), Sample("y", "b")], frozenset({"a"}))


def test_the_whole_command_learns_a_small_set_and_chooses_its_threshold_on_the_valid_file(
    tmp_path: Path, taught: Path
) -> None:
    asked = [("my balance please", "balance"), ("I lost my card", "lost"), ("the dollar rate", "rate")]
    strange = [(text, "oos") for text in OUTSIDE]
    valid = written(tmp_path / "valid.jsonl", *asked[:2], strange[0])
    test = written(tmp_path / "test.jsonl", *asked, *strange)
    found = json.loads(as_json(benchmark(taught, valid, [test], Console(quiet=True), NoEncoder())))
    assert found["train"]["examples"] == 12
    assert found["encoder"] == "none"
    assert found["files"][str(test)]["accuracy"] == 1
    assert found["files"][str(test)]["out_of_scope"] == 2
    assert set(found["files"][str(test)]["at_valid_threshold"]) == {
        "threshold", "accuracy", "recall", "precision",
    }  # fmt: skip
    assert found["cpu_ms"]["p99"] >= found["cpu_ms"]["p50"] > 0


def test_the_command_says_a_fault_in_one_line(
    tmp_path: Path, taught: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_bot.main(["benchmark", "--train", str(taught), "--test", str(tmp_path / "none")]) == 2
    assert "cannot be read" in capsys.readouterr().err
