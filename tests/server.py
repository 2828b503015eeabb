"""Real processes for tests: started, waited for, killed, started again on the same port."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from itertools import count
from pathlib import Path

#: no proxy: the server is on this machine
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
ROOT = Path(__file__).parent.parent
#: below the ports that systems give to outgoing connections: such a connection could take one between the
#: moment it is named and the moment a server listens there
PORTS = range(20_000, 30_000)
#: each process begins elsewhere, so that two of them do not name the same port at the same moment
_numbers = count(os.getpid() * 1_009)
START_SECONDS = 180  # a bound for busy machines; it takes about three seconds


def free_port() -> int:
    """A port of the loopback address at which nobody listens; a process gets another each time."""
    while True:
        port = PORTS[next(_numbers) % len(PORTS)]
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


class ServerProcess:
    """`run_bot.py serve` on a free port of the loopback address, with the demo estate.

    ``extra``: more settings, by their names in the environment.
    """

    def __init__(
        self, folder: Path, database_url: str, *arguments: str, extra: Mapping[str, str] | None = None
    ) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._command = [sys.executable, str(ROOT / "run_bot.py"), "serve", *(arguments or ("--demo",))]
        self._folder = folder
        self._log = folder / f"server-{self.port}.log"
        own = {
            "GUANJIA_DATABASE_URL": database_url,
            "GUANJIA_PORT": str(self.port),
            "GUANJIA_SECRET_KEY": "a secret key for tests, never used anywhere else",
            "GUANJIA_MEDIA_DIR": str(folder / "media"),
            "GUANJIA_LOG_LEVEL": "WARNING",
            **(extra or {}),
        }
        self._environment = {k: v for k, v in os.environ.items() if not k.startswith("GUANJIA_")} | own
        self._environment |= {"GUANJIA_ARGON2_IS_CHEAP": "1", "GUANJIA_STRICT_TEXTS": "1"}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it answers. Raises AssertionError with the log when it does not."""
        self.begin()
        self.await_answer()

    def begin(self) -> None:
        """Start without waiting: for what serves no web page, and for those who have no time."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=self._folder, env=self._environment, stdout=log, stderr=log
            )

    def await_answer(self) -> None:
        """Wait until it answers. Raises AssertionError with the log when it does not."""
        assert self._process is not None, "it was not started"
        try:
            self._await(self._process)
        except AssertionError:
            self.kill()
            raise

    @property
    def pid(self) -> int:
        assert self._process is not None, "it was not started"
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _await(self, process: "subprocess.Popen[bytes]") -> None:
        until = time.monotonic() + START_SECONDS
        while not self._answers():
            assert process.poll() is None, f"the server ended: {self.log()[-2000:]}"
            assert time.monotonic() < until, f"the server does not answer: {self.log()[-2000:]}"
            time.sleep(0.05)

    def kill(self) -> None:
        """End it in the middle of whatever it is doing."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask it to end; return its exit status."""
        return self._end(signal.SIGTERM)

    def log(self) -> str:
        return self._log.read_text(encoding="utf-8") if self._log.exists() else ""

    def _answers(self) -> bool:
        try:
            DIRECT.open(f"{self.url}/healthz", timeout=2).close()
        except OSError:
            return False
        return True

    def _end(self, number: int) -> int:
        if self._process is None or self._process.poll() is not None:
            return 0
        self._process.send_signal(number)
        return self._process.wait(20)
