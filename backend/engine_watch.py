"""The understanding of a web process follows what is published: approved phrases, a newly trained artefact.

Once a second one small query and one look at the artefact's file. A new engine is built beside the old one,
in a thread, and takes its place when it is ready: no turn waits for it. What cannot be taken is refused in
one line, and the old engine stays.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy.orm import Session

from backend import logs
from backend.clock import Clock
from backend.db import Database
from backend.learning import queries, service
from intents.artefact import ArtefactRefused, read_checksum
from intents.rows import DataFaults
from intents.trained import MODEL
from intents.understand import Engine

log = structlog.get_logger(__name__)
EVERY_SECONDS: Final = 1.0


class EngineWatch:
    """Watches for one process; ``use`` puts an engine in place.

    ``place``: the folder of the artefact; None for an engine that was given by hand: no file is watched then,
    and nothing is published.
    """

    def __init__(
        self, db: Database, clock: Clock, engine: Engine, use: Callable[[Engine], None], place: Path | None
    ) -> None:
        self._db = db
        self._clock = clock
        self._engine = engine
        self._use = use
        self._file = place / MODEL if place else None
        self._seen: tuple[int, int, int] | None = None
        self._phrases = ""
        self._told: tuple[str, str] | None = None

    async def run(self) -> None:
        """Look until cancelled; a passing fault of the database is logged and tried again."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            await self.look()

    async def look(self) -> None:
        """Look once, in a thread. Never raises."""
        try:
            await asyncio.to_thread(self.step)
        except Exception as error:
            logs.failure("engine_watch", error)

    def step(self) -> bool:
        """Look once; True when a new engine was put in place."""
        trained = self._trained()
        with self._db.read() as session:
            published = queries.read_versions(session)  # before the phrases: at worst they are read again
            is_news = published["phrases"] != self._phrases
            phrases = service.approved(session) if is_news or (trained and self._phrases) else []
        if trained is not None or is_news:
            engine = trained or self._engine
            self._engine = engine.with_phrases(phrases) if is_news or phrases else engine
            self._use(self._engine)
            self._phrases = published["phrases"]
            log.info("engine_replaced", **self.served())
        self._publish(published)
        return trained is not None or is_news

    def served(self) -> dict[str, str]:
        """Return the version of each kind that this process serves."""
        artefact = self._engine.artefact if self._file else ""
        return {"menu": self._engine.menu.version, "artefact": artefact, "phrases": self._phrases}

    def _trained(self) -> Engine | None:
        """The engine over an artefact that was not there before; None when there is none to take."""
        if self._file is None or (seen := _stamp(self._file)) in (None, self._seen):
            return None
        self._seen = seen
        if read_checksum(self._file) == self._engine.artefact:
            return None
        try:
            return Engine.load_trained(trained=self._file.parent)
        except (ArtefactRefused, DataFaults) as error:
            log.error("artefact_refused", reason=str(error), kept=self._engine.artefact or "words alone")
            return None

    def _publish(self, published: dict[str, str]) -> None:
        """Tell once what this process has taken from the files."""
        own = (self._engine.menu.version, self._engine.artefact) if self._file else None
        if own is None or own == self._told:
            return
        if own != (published["menu"], published["artefact"]):
            self._db.run(partial(self._tell, own))
        self._told = own

    def _tell(self, own: tuple[str, str], session: Session) -> None:
        for kind, version in zip(("menu", "artefact"), own, strict=True):
            queries.publish(session, kind, version, self._clock.real_now())


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
