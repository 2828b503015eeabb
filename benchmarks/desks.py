"""A million tickets behind the dashboard: its lists beside the same of a hundred thousand.

The pages are asked for over HTTP of the real application, on SQLite, and on PostgreSQL where there is one.
The past grows tenfold, the work of the day does not.
"""

import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import ColumnElement, func, insert, literal, null, select, text
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from backend import migrate
from backend.app import create_app
from backend.clock import HandClock
from backend.db import Database
from backend.models import Deadline, Ticket
from backend.settings import Settings
from backend.tickets import opening
from benchmarks.measure import Figure, percentile
from intents.understand import Engine
from tests import postgres
from tests.house import cast as the_cast
from tests.house.cast import PASSWORD, Cast

SMALL: Final = 100_000
LARGE: Final = 1_000_000
#: tickets that are not finished, however long the past is
ACTIVE: Final = 400
#: so many are copied at once
MOST: Final = 50_000
LOOKS: Final = 60
GROWTH: Final = 1.5
NOW: Final = datetime(2026, 3, 11, 2, tzinfo=UTC)
LEAK: Final = "common.voice.repair-intake"
#: page -> address
PAGES: Final[Mapping[str, str]] = {
    "queue, mine": "/queue?queue=mine",
    "queue, team": "/queue?queue=team",
    "all tickets": "/tickets",
    "all tickets, by number": "/tickets?q=60000",
    "all tickets, by home": "/tickets?q=3-2-1501",
}


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        yield from _grown("SQLite", f"sqlite:///{Path(folder) / 'bench.sqlite'}", Path(folder))
        try:
            server = postgres.Server()
        except postgres.NoPostgres as reason:
            yield Figure("queue page at 1 M tickets, PostgreSQL", None, "times", GROWTH, aside=str(reason))
        else:
            try:
                server.run("CREATE DATABASE bench")
                yield from _grown("PostgreSQL", server.url("bench"), Path(folder))
            finally:
                server.stop()


def _grown(kind: str, url: str, folder: Path) -> Iterator[Figure]:
    """The p99 of each page at the large size over that at the small one."""
    db, clock = Database(url), HandClock(NOW)
    migrate.upgrade(db)
    cast = the_cast.enter(db, clock)
    settings = Settings(url, the_cast.SECRET, "a service token", folder, argon2_is_cheap=True)
    app = create_app(settings, database=db, clock=clock, engine=Engine.load())
    headers = {"sec-fetch-site": "same-origin"}
    client = TestClient(app, base_url="https://127.0.0.1", headers=headers, follow_redirects=False)
    client.post("/login", data={"username": "butler", "password": PASSWORD})
    try:
        _fill(db, app.state.menu, cast, SMALL)
        before = {name: _look(client, path) for name, path in PAGES.items()}
        _fill(db, app.state.menu, cast, LARGE)
        for name, path in PAGES.items():
            yield _figure(f"{name}: 1 M tickets over 100 k, {kind}", before[name], _look(client, path))
    finally:
        client.close()
        app.state.threads.shutdown(wait=False)
        db.close()


def _figure(what: str, small: list[float], large: list[float]) -> Figure:
    was, now = percentile(small, 0.99), percentile(large, 0.99)
    return Figure(what, now / was, "times", GROWTH, aside=f"p99 {was:.0f} → {now:.0f} ms")


def _look(client: TestClient, path: str) -> list[float]:
    """Milliseconds of each look at a page."""
    spent: list[float] = []
    for _ in range(LOOKS + 3):
        started = time.perf_counter()
        answer = client.get(path)
        spent.append((time.perf_counter() - started) * 1000)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
    return spent[3:]


def _fill(db: Database, menu: Any, cast: Cast, size: int) -> None:
    """Make tickets until there are ``size``: those of today first, then the past, day by day backwards."""
    with db.write() as session:
        if not session.scalar(select(func.count()).select_from(Ticket)):
            _open(session, menu, cast)
        while (there := session.scalar(select(func.count()).select_from(Ticket)) or 0) < size:
            _copy(session, there, min(there, size - there, MOST))
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if db.is_sqlite else "VACUUM ANALYZE"))


def _open(session: Session, menu: Any, cast: Cast) -> None:
    """The work of the day, opened as the conversation opens it."""
    for place in range(ACTIVE):
        who = (cast.chen, cast.emma)[place % 2]
        home = (cast.home, cast.flat)[place % 2]
        at = NOW - timedelta(minutes=place)
        new = opening.NewTicket(
            estate_id=cast.estate.id, item_id=LEAK, channel="web", language=who.language, words="漏水了",
            asked_at=at, received_at=at, resident_id=who.id, home_id=home.id, actor="R",
        )  # fmt: skip
        opening.open_ticket(session, menu, new, at)


def _copy(session: Session, there: int, count: int) -> None:
    """Copy the last ``count`` tickets as finished ones of long ago, with one clock each that was kept."""
    table = Ticket.__table__
    ended = literal(NOW - timedelta(days=2 + there // 2_000), table.c.closed_at.type)
    fresh: dict[str, ColumnElement[Any]] = {
        "number": table.c.number + count, "state": literal("closed"), "step": literal("closed"),
        "closed_at": ended, "done_at": ended, "accepted_at": ended,
    }  # fmt: skip
    last = table.c.number > 1000 + there - count
    session.execute(_copied(table, fresh, select().where(last)))
    clocks, made = Deadline.__table__, table.alias()
    fresh = {"ticket_id": made.c.id, "met_at": clocks.c.started_at, "next_check_at": null()}
    pairs = clocks.join(table, table.c.id == clocks.c.ticket_id)
    pairs = pairs.join(made, made.c.number == table.c.number + count)
    session.execute(
        _copied(clocks, fresh, select().select_from(pairs).where(last, clocks.c.clock == "SLA-01"))
    )


def _copied(table: Any, fresh: Mapping[str, ColumnElement[Any]], rows: Any) -> Any:
    """Insert the rows anew, with ``fresh`` values in some columns."""
    names = [one.name for one in table.c if one.name != "id"]
    return insert(table).from_select(names, rows.add_columns(*(fresh.get(n, table.c[n]) for n in names)))
