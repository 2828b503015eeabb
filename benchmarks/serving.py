"""How long the service takes to start on data that are there, and what it holds in memory."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Figure

COMMAND = Path(__file__).parent.parent / "run_bot.py"
PATIENCE_SECONDS = 120


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        _serve(Path(folder))
        seconds, megabytes = _serve(Path(folder))
    yield Figure("serve: start", seconds, "s", 5.0)
    yield Figure("serve: memory, all in one", megabytes, "MB", 350)


def _serve(folder: Path) -> tuple[float, float]:
    """Serve in ``folder`` until it answers; return seconds and megabytes."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = {"GUANJIA_PORT": str(port), "GUANJIA_DATABASE_URL": f"sqlite:///{folder}/bench.sqlite"}
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, str(COMMAND), "serve", "--demo"],
        cwd=folder,
        env={**os.environ, **own},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(f"http://127.0.0.1:{port}/readyz", started)
        return time.perf_counter() - started, memory_mb(process.pid)
    finally:
        process.terminate()
        process.wait(20)


def _await(url: str, started: float) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.perf_counter() - started < PATIENCE_SECONDS:
        try:
            direct.open(url, timeout=2).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise TimeoutError(f"{url} did not answer within {PATIENCE_SECONDS} s")


def memory_mb(pid: int) -> float:
    said = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True)
    return int(said.stdout) / 1024
