"""Processes that are measured: each says, when it is asked on stdin, how much CPU it has used so far."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parent.parent
PATIENCE_SECONDS = 20
#: before an answer: a process also says other things
MARK = "CPU seconds: "


def answer_about_cpu() -> None:
    """Called first in a child: a thread answers every line on stdin with the CPU seconds of this process."""

    def answer() -> None:
        for _line in sys.stdin:
            sys.stdout.write(f"{MARK}{time.process_time()}\n")
            sys.stdout.flush()

    threading.Thread(target=answer, daemon=True).start()


class Child:
    """``python -m benchmarks.played ROLE``, ended with the block."""

    def __init__(self, role: str, settings: Mapping[str, str] | None = None) -> None:
        """``settings`` without their prefix; those of the caller's own environment are left out."""
        kept = {
            k: v for k, v in os.environ.items() if not k.startswith("GUANJIA_") and "proxy" not in k.lower()
        }
        own = {f"GUANJIA_{name}": value for name, value in (settings or {}).items()}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.played", role],
            cwd=ROOT,
            env=kept | own,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def cpu_ms(self) -> float:
        """Return the CPU milliseconds of the process so far. Raises RuntimeError when it has ended."""
        pipe_in, pipe_out = self._process.stdin, self._process.stdout
        if pipe_in is None or pipe_out is None or self._process.poll() is not None:
            raise RuntimeError(f"a measured process has ended with status {self._process.returncode}")
        pipe_in.write("\n")
        pipe_in.flush()
        told = next(line for line in pipe_out if line.startswith(MARK))
        return float(told.removeprefix(MARK)) * 1000

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
