"""What Telegram has taken and the backend was not told of yet, in a file that outlives this process.

A killed process leaves what it has written to a file, not what it had in memory: the next process of the same
place tells the backend first, instead of sending again what the person has already.
"""

import contextlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Final

import structlog

from bot.ports import Json

#: bytes: beyond this the file is written anew, though something still waits to be told
LONGEST: Final = 256 * 1024
log: Final = structlog.stdlib.get_logger(__name__)


class Journal:
    """Acks of sends that went out, a JSON line each. Without a path, or a folder to write to, it keeps none.

    One process at a time uses a path (``bot.leading.place``).
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._file: IO[str] | None = None

    def open(self) -> list[Json]:
        """Begin to keep, and return what the process before this one had not told."""
        if self._path is None:
            return []
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("a+", encoding="utf-8", errors="replace")
            self._file.seek(0)
            return list(_read(self._file.read()))
        except OSError as error:
            self._give_up(error)
            return []

    def note(self, ack: Json) -> None:
        """Keep the ack of a send that went out: written before anything else is done."""
        if ack["outcome"] == "sent":
            self._write([ack])

    def told(self, waiting: Iterable[Json]) -> None:
        """The backend knows of all but these."""
        if self._file is None:
            return
        left = [ack for ack in waiting if ack["outcome"] == "sent"]
        if left and self._file.tell() < LONGEST:
            return  # telling twice does no harm
        with self._giving_up():
            self._file.truncate(0)
        self._write(left)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _write(self, acks: Iterable[Json]) -> None:
        if self._file is not None:
            with self._giving_up():
                self._file.writelines(json.dumps(ack) + "\n" for ack in acks)
                self._file.flush()

    @contextlib.contextmanager
    def _giving_up(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        """Sending matters more than remembering: a full disk must not stop it."""
        log.warning("sends are not written down", because=error.strerror)
        with contextlib.suppress(OSError):
            self.close()
        self._file = None


def _read(text: str) -> Iterator[Json]:
    for line in text.splitlines():
        with contextlib.suppress(ValueError):  # the process died while it wrote this line
            found = json.loads(line)
            if isinstance(found, dict) and "id" in found:
                yield found
