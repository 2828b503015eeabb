"""The commands of this room for `run_bot.py`: their arguments, and what runs when they are typed.

Nothing heavy is imported before a command runs: `understand` starts without what training needs.
"""

# ruff: noqa: PLC0415 (each command imports what it needs)

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from rich.console import Console

if TYPE_CHECKING:
    from intents.additions import Phrase
    from intents.encoder import Encoder

ISO = "ISO"


class CommandRefused(ValueError):
    """A command cannot be carried out; the text says why, and what to do, in one line."""


class Add(Protocol):
    """Adds a command: its name, what runs, a line about it, and what fills in its arguments."""

    def __call__(
        self,
        name: str,
        run: Callable[[Namespace], None],
        about: str,
        fill: Callable[[ArgumentParser], None] | None = None,
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Commands:
    """The commands, with what they need from outside: `moment` reads `--now`, errors and bars go to `err`,
    `approved` gives the phrases that a training folds in."""

    moment: Callable[[str | None], datetime]
    out: Console
    err: Console
    approved: Callable[[], Sequence[Phrase]] = list

    def add_to(self, add: Add) -> None:
        """Adds all commands of this room."""
        add("understand", self.understand, "read texts from stdin, write what they mean", _understand)
        add("train", self.train, "train the understanding on the phrases of the data folder", _train)
        add("evaluate", self.evaluate, "measure the understanding on labelled messages", _evaluate)
        add("benchmark", self.benchmark, "train and measure the scorer on any labelled set", _benchmark)

    def understand(self, asked: Namespace) -> None:
        """One line of JSON for each line of stdin."""
        from intents.command import understand_lines
        from intents.understand import Engine

        now = self.moment(asked.now)
        sys.stdin.reconfigure(encoding="utf-8", errors="replace", newline="\n")  # type: ignore[union-attr]
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
        engine = Engine.load(encoder=_encoder(asked))
        for line in understand_lines(engine, sys.stdin, now, asked.explain):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()

    def train(self, asked: Namespace) -> None:
        """The artefact of the data folder. Raises CommandRefused when the encoder is a strange one."""
        from intents.train_command import EncoderRefused, train_and_tell

        try:
            train_and_tell(self.err, if_changed=asked.if_changed, phrases=self.approved)
        except EncoderRefused as error:
            raise CommandRefused(str(error)) from error

    def evaluate(self, asked: Namespace) -> None:
        """Tables, or one JSON object. Raises CommandRefused for a wrong line of a file."""
        from intents.evaluate_command import as_json, evaluate, show
        from intents.labelled import BadLine
        from intents.trained import PLACE

        try:
            report = evaluate(
                asked.files, self.moment(asked.now), asked.trained or PLACE, self.err, _encoder(asked)
            )
        except BadLine as error:
            raise CommandRefused(str(error)) from error
        if asked.json:
            sys.stdout.write(as_json(report, misses=asked.misses) + "\n")
        else:
            show(report, self.out, misses=asked.misses)

    def benchmark(self, asked: Namespace) -> None:
        """A table, or one JSON object. Raises CommandRefused for a wrong line of a file."""
        from intents.benchmark_command import as_json, benchmark, show
        from intents.labelled import BadLine

        try:
            found = benchmark(asked.train, asked.valid, asked.test, self.err, _encoder(asked))
        except BadLine as error:
            raise CommandRefused(str(error)) from error
        if asked.json:
            sys.stdout.write(as_json(found) + "\n")
        else:
            show(found, self.out)


def _encoder(asked: Namespace) -> Encoder | None:
    """None for the encoder of this process, or one that gives no vectors: its weights are never loaded."""
    from intents.encoder import NoEncoder

    return NoEncoder() if asked.without_encoder else None


def _without_encoder(command: ArgumentParser) -> None:
    command.add_argument("--without-encoder", action="store_true", help="as if its package were missing")


def _understand(command: ArgumentParser) -> None:
    command.add_argument("--now", metavar=ISO, help="the instant to read times from (now)")
    command.add_argument("--explain", action="store_true", help="show the evidence of every stage")
    _without_encoder(command)


def _train(command: ArgumentParser) -> None:
    command.add_argument(
        "--if-changed", action="store_true", help="only when the data or the encoder changed"
    )


def _evaluate(command: ArgumentParser) -> None:
    command.add_argument("files", metavar="FILE", nargs="+", type=Path, help="labelled messages, JSON lines")
    command.add_argument("--now", metavar=ISO, help="the instant to read lines from that name none (now)")
    command.add_argument("--misses", action="store_true", help="show every message that was missed")
    command.add_argument("--json", action="store_true", help="one JSON object on stdout instead of tables")
    command.add_argument("--trained", metavar="FOLDER", type=Path, help="where the training lies")
    _without_encoder(command)


def _benchmark(command: ArgumentParser) -> None:
    lines = '{"text", "intent"} lines; "oos" is out of scope'
    command.add_argument("--train", metavar="F", required=True, type=Path, help=lines)
    command.add_argument("--valid", metavar="F", type=Path, help="where the threshold is chosen")
    command.add_argument("--test", metavar="F", required=True, nargs="+", type=Path, help="what is measured")
    command.add_argument("--json", action="store_true", help="one JSON object on stdout instead of a table")
    _without_encoder(command)
