"""What tests share without seeing each other: compiled statements, analysed endpoints, one event loop."""

import contextlib
import gc
from collections.abc import Iterator
from typing import Any

from anyio.from_thread import start_blocking_portal
from fastapi.routing import _EffectiveRouteContext as Included
from starlette.testclient import TestClient

from backend.db import Database

#: by kind of database: the dialect, which stands in the keys of the cache, and the cache of statements
_compiled: dict[bool, tuple[Any, Any]] = {}


def share_compiled(database: Database) -> None:
    """Let a database use what earlier ones of its kind have compiled; alone it would compile all again."""
    if database.is_sqlite not in _compiled:
        database.engine.connect().close()  # only now does the dialect know its server
        _compiled[database.is_sqlite] = (database.engine.dialect, database.engine._compiled_cache)
    for engine in (database.engine, database._reader):
        engine.dialect, engine._compiled_cache = _compiled[database.is_sqlite]


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
