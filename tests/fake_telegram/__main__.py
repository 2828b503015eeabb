"""Serve the fake by hand: `python -m tests.fake_telegram [--port 8081] [--serve]`."""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fake_telegram import FakeTelegram
from tests.server import ROOT, free_port

STOP_SECONDS = 15


def main() -> int:
    """Serve until Ctrl-C (or SIGTERM), with Guanjia beside it when asked for."""
    asked = _arguments()
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    try:
        fake = FakeTelegram(asked.port).start()
    except OSError as error:
        _say(f"Port {asked.port} cannot be used: {error.strerror}. Choose another with --port.")
        return 2
    for name, language in (("Tom", "en-GB"), ("李雷", "zh-hans")):
        fake.person(name, language)
    _say(f"The bot as a person sees it: {fake.url}/")
    with _guanjia(fake, over) if asked.serve else _settings(fake):
        over.wait()
    fake.stop()
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fake_telegram", description=__doc__)
    parser.add_argument("--port", type=int, default=8081, help="of the fake Telegram (%(default)s)")
    parser.add_argument("--serve", action="store_true", help="serve Guanjia too, with a demo of its own")
    return parser.parse_args()


@contextmanager
def _settings(fake: FakeTelegram) -> Iterator[None]:
    _say("Serve Guanjia with these settings, in another terminal:")
    _say(f"  GUANJIA_TELEGRAM_TOKEN={fake.token} GUANJIA_TELEGRAM_API_URL={fake.url} make run")
    yield


@contextmanager
def _guanjia(fake: FakeTelegram, over: threading.Event) -> Iterator[None]:
    """`run_bot.py serve` with data of its own, which go when it ends."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="guanjia-fake-") as folder:
        child = subprocess.Popen(
            [sys.executable, str(ROOT / "run_bot.py"), "serve"],
            cwd=folder,
            env=_environment(fake, Path(folder), port),
            start_new_session=True,  # Ctrl-C is ours: the child is ended below
        )
        threading.Thread(target=_watch, args=(child, over), daemon=True).start()
        _say(f"Guanjia, the butlers' side: http://127.0.0.1:{port}/")
        try:
            yield
        finally:
            child.terminate()
            try:
                child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _watch(child: "subprocess.Popen[bytes]", over: threading.Event) -> None:
    child.wait()
    over.set()


def _environment(fake: FakeTelegram, folder: Path, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GUANJIA_")}
    return kept | {
        "GUANJIA_DATABASE_URL": f"sqlite:///{folder / 'guanjia.sqlite'}",
        "GUANJIA_MEDIA_DIR": str(folder / "media"),
        "GUANJIA_PORT": str(port),
        "GUANJIA_TELEGRAM_TOKEN": fake.token,
        "GUANJIA_TELEGRAM_API_URL": fake.url,
        "PYTHONPATH": str(ROOT),
    }


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
