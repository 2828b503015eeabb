"""Sessions and transactions: one commit per turn or request, in one place.

SQLite: WAL, ``synchronous=FULL``; writes take one in-process lock, then ``BEGIN IMMEDIATE`` (p99 99 ms
against 2.5 s without the lock at 40 threads); reads go through a second, read-only engine.
PostgreSQL: READ COMMITTED, one engine. Rows are held in one order, conversation → link → ticket → clocks,
and always ``FOR NO KEY UPDATE`` (``key_share=True``): the plain lock would also keep out rows that only
refer to the held one, so that an alert and a staff action could wait for each other. What still meets a
deadlock is run again: requests write through ``run``.
"""

import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Final, TypeVar

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from backend.errors import Busy

T = TypeVar("T")
THREADS: Final = 2
POOL: Final = THREADS + 8
TRIES: Final = 6
#: PostgreSQL: serialization failure, deadlock, lock not available, too many connections, shutdown
RETRY_STATES: Final = frozenset({"40001", "40P01", "55P03", "53300", "57P01", "57P02", "57P03"})


class Database:
    """The engines of one database; ``write()`` and ``read()`` are the only ways to a session."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self._lock: AbstractContextManager[Any] = threading.Lock() if self.is_sqlite else nullcontext()
        self.engine = _sqlite(url, "BEGIN IMMEDIATE") if self.is_sqlite else _postgresql(url)
        self._reader = _sqlite(url, "BEGIN") if self.is_sqlite else self.engine
        self._write = sessionmaker(self.engine, expire_on_commit=False)
        self._read = sessionmaker(self._reader, expire_on_commit=False)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction: commits at the end of the block, rolls back when it raises."""
        with self._lock, self._write() as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for looking only; on SQLite the file refuses writes through it."""
        with self._read() as session:
            yield session

    def run(self, work: Callable[[Session], T]) -> T:
        """Run ``work`` in one write transaction; lock, serialisation and connection errors run it again.

        Raises Busy when it still fails after six tries (about three seconds).
        """
        for attempt in range(TRIES):
            try:
                with self.write() as session:
                    return work(session)
            except DBAPIError as error:
                if not is_passing(error):
                    raise
                if attempt == TRIES - 1:
                    raise Busy(str(error.orig)) from error
                time.sleep(0.05 * 2**attempt * (0.5 + random.random()))
        raise AssertionError("unreachable")

    def close(self) -> None:
        self.engine.dispose()
        self._reader.dispose()


def is_passing(error: DBAPIError) -> bool:
    """True for an error that another try may not meet: a lock, a serialisation failure, a lost connection."""
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None)
    if state in RETRY_STATES:
        return True
    if isinstance(error, OperationalError) and isinstance(error.orig, sqlite3.OperationalError):
        return "locked" in str(error.orig) or "busy" in str(error.orig)
    return isinstance(error, OperationalError) and state is None


def _sqlite(url: str, begin: str) -> Engine:
    engine = create_engine(url, pool_size=POOL, max_overflow=32, connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the begin event below says BEGIN itself
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
            connection.execute(f"PRAGMA {pragma}")
        if begin == "BEGIN":
            connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _postgresql(url: str) -> Engine:
    return create_engine(
        url,
        pool_size=POOL,
        max_overflow=32,
        pool_pre_ping=True,
        isolation_level="READ COMMITTED",
        connect_args={"options": "-c timezone=UTC -c lock_timeout=5000 -c statement_timeout=30000"},
    )
