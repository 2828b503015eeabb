"""What tests share without seeing each other: compiled statements, connections, endpoints, one event loop."""

import contextlib
import gc
from collections.abc import Iterator
from typing import Any

from anyio.from_thread import start_blocking_portal
from fastapi.routing import _EffectiveRouteContext as Included
from sqlalchemy import event
from sqlalchemy.pool import Pool, QueuePool
from starlette.testclient import TestClient

from backend.db import Database

#: by kind of database: the dialect, which stands in the keys of the cache, and the cache of statements
_compiled: dict[bool, tuple[Any, Any]] = {}
#: by address: the idle connections to a PostgreSQL database that its next test goes on with
_connected: dict[str, Pool] = {}


def share_compiled(database: Database) -> None:
    """Let a database use what earlier ones of its kind have compiled; alone it would compile all again."""
    if database.is_sqlite not in _compiled:
        database.engine.connect().close()  # only now does the dialect know its server
        _compiled[database.is_sqlite] = (database.engine.dialect, database.engine._compiled_cache)
    for engine in (database.engine, database._reader):
        engine.dialect, engine._compiled_cache = _compiled[database.is_sqlite]


def wait_for_no_disk(database: Database) -> None:
    """Let SQLite write without waiting for the disk: no test pulls the machine's plug."""
    for engine in (database.engine, database._reader) if database.is_sqlite else ():
        event.listen(engine, "connect", _wait_for_no_disk)


def _wait_for_no_disk(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def take_connections(database: Database) -> None:
    """Go on with the connections that an earlier test of this database left; a new one starts a process of
    the server, which reads the catalogue anew for each statement."""
    if database.url in _connected:
        database.engine.pool = _connected.pop(database.url)


def leave_connections(database: Database) -> None:
    """Leave the connections to the next test; where one is still in use, all are closed."""
    pool = database.engine.pool
    close_connections(database.url)
    if not database.is_sqlite and isinstance(pool, QueuePool) and not pool.checkedout():
        _connected[database.url] = pool
        database.engine.pool = pool.recreate()
    database.close()


def left_connections(url: str) -> list[int]:
    """The server's numbers of the connections that were left for the next test at this address."""
    pool = _connected.get(url)
    records = list(pool._pool.queue) if isinstance(pool, QueuePool) else []  # type: ignore[attr-defined]
    return [one.dbapi_connection.info.backend_pid for one in records if one.dbapi_connection]


def close_connections(*urls: str) -> None:
    """Close what was left at these addresses, or everywhere."""
    for url in urls or tuple(_connected):
        if url in _connected:
            _connected.pop(url).dispose()


def share_analysed() -> None:
    """Let every application use what the first has found out about each endpoint's parameters.

    FastAPI asks each of the hundreds of endpoints anew for each application, which is one for each test.
    Nothing of the answer depends on the application but what it demands of a router as a whole: that stands
    in the key, so that no door which one application leaves open is taken for another's. What a key names is
    kept with the answer: its number is never another's. (Dependency overrides would count; nobody uses them.)
    """
    analyse = Included.from_api_route.__func__  # type: ignore[attr-defined]
    known: dict[tuple[object, ...], tuple[Any, ...]] = {}

    def analysed(cls: Any, *, original_route: Any, include_context: Any) -> Any:
        demanded = [one.dependency for one in include_context.dependencies]
        key = (id(original_route), include_context.path_for(original_route), *map(id, demanded))
        if key not in known:
            found = analyse(cls, original_route=original_route, include_context=include_context)
            known[key] = (found, original_route, demanded)
        return known[key][0]

    Included.from_api_route = classmethod(analysed)  # type: ignore[assignment,method-assign]


@contextlib.contextmanager
def one_loop() -> Iterator[None]:
    """Run the requests of every TestClient in one loop: else each request starts a thread with a new one."""
    with start_blocking_portal() as portal:
        TestClient.portal = portal
        try:
            yield
        finally:
            TestClient.portal = None


def collect_less() -> None:
    """Look for garbage less often: each search walks through the many objects of the engine."""
    gc.set_threshold(20_000, 50, 100)
