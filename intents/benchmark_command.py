"""The body of `run_bot.py benchmark`: trains on one file, reads the others, shows the figures."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import track
from rich.table import Table

from intents.benchmarking import (
    Figures,
    Guess,
    Sample,
    check_known,
    check_train,
    figures,
    guess,
    read_samples,
    train_on,
)
from intents.encoder import Encoder, load_encoder
from intents.evaluate_command import memory_mb, percentile
from intents.scorer import Scorer
from intents.train_command import bars


@dataclass(frozen=True, slots=True)
class Benchmark:
    """What came of one training: CPU seconds of it, figures by file, CPU milliseconds a message, peak MB."""

    examples: int
    intents: int
    encoder: str
    train_s: float
    files: Mapping[str, Figures]
    p50_ms: float
    p99_ms: float
    memory_mb: float

    def to_json(self) -> dict[str, object]:
        """One object, as `--json` prints it."""
        return {
            "train": {"examples": self.examples, "intents": self.intents, "cpu_s": round(self.train_s, 2)},
            "encoder": self.encoder,
            "files": {name: found.to_json() for name, found in self.files.items()},
            "cpu_ms": {"p50": round(self.p50_ms, 2), "p99": round(self.p99_ms, 2)},
            "memory_mb": round(self.memory_mb, 1),
        }


def benchmark(
    train: Path, valid: Path | None, tests: Sequence[Path], console: Console, encoder: Encoder | None = None
) -> Benchmark:
    """Trains and measures; a threshold is chosen on `valid` where there is one, and never on the tests.

    `console` shows the progress. Raises labelled.BadLine for the first wrong line of any file.
    """
    lessons = read_samples(train)
    check_train(train, lessons)
    known = frozenset(one.intent for one in lessons)
    files = {path: read_samples(path) for path in ([valid] if valid else []) + list(tests)}
    for path, samples in files.items():
        check_known(path, samples, known)
    encoder = encoder or load_encoder()
    with bars(console) as tell:
        began = time.process_time()
        scorer = train_on(lessons, encoder, tell)
        trained = time.process_time() - began
    guesses, took = _guessed(scorer, files, console)
    threshold = figures(guesses[valid]).best_threshold if valid else None
    return Benchmark(
        examples=len(lessons),
        intents=len(scorer.items),
        encoder=encoder.name,
        train_s=trained,
        files={str(path): figures(those, threshold) for path, those in guesses.items()},
        p50_ms=percentile(took, 0.5),
        p99_ms=percentile(took, 0.99),
        memory_mb=memory_mb(),
    )


def _guessed(
    scorer: Scorer, files: Mapping[Path, Sequence[Sample]], console: Console
) -> tuple[dict[Path, list[Guess]], list[float]]:
    """The guesses by file, and the CPU milliseconds of each message, one after the other."""
    scorer.scores("warm up")
    guesses: dict[Path, list[Guess]] = {}
    took: list[float] = []
    for path, samples in files.items():
        guesses[path] = []
        for sample in track(samples, f"Reading {path.name}", console=console, transient=True):
            began = time.process_time()
            guesses[path].append(guess(scorer, sample))
            took.append((time.process_time() - began) * 1000)
    return guesses, took


def show(found: Benchmark, out: Console) -> None:
    """Prints the figures, one row for each file."""
    if not out.is_terminal:
        out.width = max(out.width, 120)
    out.print(_table(found))
    out.print(
        f"Trained on {found.examples} examples of {found.intents} intents in {found.train_s:.1f} s of CPU "
        f"(encoder: {found.encoder}); a message takes {found.p50_ms:.1f} ms of CPU at the median, "
        f"{found.p99_ms:.1f} ms at p99; {found.memory_mb:.0f} MB.",
        markup=False,
    )


def _table(found: Benchmark) -> Table:
    table = Table(box=SIMPLE_HEAD)
    table.add_column("file", no_wrap=True)
    heads = ["lines", "accuracy in scope", "AUROC", "recall at 95 %", "best MCC"]
    at_valid = any(one.at_threshold for one in found.files.values())
    for head in heads + (["by the valid file's threshold: accuracy, recall"] if at_valid else []):
        table.add_column(head, justify="right")
    for name, one in found.files.items():
        cells = [f"{one.inside + one.outside}", f"{one.accuracy:.1%}", _percent(one.auroc)]
        cells += [_percent(one.recall_at_95), f"{one.best_mcc:.3f}"]
        if one.at_threshold is not None:
            at = one.at_threshold
            cells.append(f"{at['accuracy']:.1%}, {_percent(at.get('recall'))}")
        table.add_row(Path(name).name, *cells)
    return table


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def as_json(found: Benchmark) -> str:
    """The benchmark as one JSON object."""
    return json.dumps(found.to_json(), ensure_ascii=False)
