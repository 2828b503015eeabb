"""A million open promises: how long a thousand that fall due take to be claimed and told, how late at worst.

On SQLite, and on PostgreSQL where a server is installed: a throw-away one that does not wait for its disk.
"""

import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, insert, literal, select, text, update

from backend import migrate
from backend.clock import SystemClock
from backend.db import Database
from backend.deadlines import claims, service, sweep
from backend.deadlines.claims import Climb
from backend.models import Alert, Deadline, Ticket
from backend.rounds import PROMISES, Step
from backend.scheduler import Ticker, build
from benchmarks.measure import Figure
from tests import postgres
from tests.deadlines import cast as the_cast

TICKETS: Final = 100_000
CLOCKS: Final = 10
OPEN: Final = TICKETS * CLOCKS
DUE: Final = 1_000
WORKERS: Final = 4
TIMES: Final = 5
PROMISED_MS: Final = {"SQLite": 150.0, "PostgreSQL": 60.0}
LATE_SECONDS: Final = 2.0
#: so many fall due one after the other while a scheduler runs, one each third of a second
WATCHED: Final = 30
PAUSE: Final = timedelta(seconds=1 / 3)
CLOCK: Final = SystemClock()


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        yield from _measured("SQLite", f"sqlite:///{Path(folder) / 'bench.sqlite'}")
    try:
        server = postgres.Server()
    except postgres.NoPostgres as reason:
        yield Figure(_name("PostgreSQL"), None, "ms", PROMISED_MS["PostgreSQL"], aside=str(reason))
        return
    try:
        server.run("CREATE DATABASE bench")
        yield from _measured("PostgreSQL", server.url("bench"))
    finally:
        server.stop()


def _name(kind: str) -> str:
    return f"promises: {DUE:,} due of {OPEN:,} open claimed, {kind}"


def _measured(kind: str, url: str) -> Iterator[Figure]:
    db = Database(url)
    try:
        migrate.upgrade(db)
        _fill(db)
        spent = [_alone(db, share) for share in range(TIMES)]
        wall, cpu = min(spent)
        aside = f"{cpu:.0f} ms CPU in the sweeper; worst {max(spent)[0]:.0f} ms"
        yield Figure(_name(kind), wall, "ms", PROMISED_MS[kind], aside=aside)
        yield from _together(kind, db)
        yield _told(kind, db)
        yield _lateness(kind, db)
    finally:
        db.close()


def _fill(db: Database) -> None:
    """Make tickets like one that is there, with clocks looked at again in ten, twenty, … days."""
    now = CLOCK.now()
    cast = the_cast.enter(db, CLOCK)  # type: ignore[arg-type]
    with db.write() as session:
        ticket = the_cast.add_ticket(session, cast, now)
        (clock,) = service.on_event(session, ticket, "opened", now)[:1]
        session.flush()
        row = _columns(ticket)
        session.execute(insert(Ticket), [{**row, "number": 10_000 + one} for one in range(TICKETS)])
        like = {**_columns(clock), "warn_at": None, "rung": 0}
        for place in range(1, CLOCKS + 1):
            at = now + timedelta(days=10 * place)
            _add_clocks(session, like | {"cycle": place, "due_at": at, "next_check_at": at})
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if db.is_sqlite else "VACUUM ANALYZE"))


def _columns(row: Ticket | Deadline) -> dict[str, Any]:
    keys = [one.key for one in type(row).__mapper__.column_attrs if one.key != "id"]
    return {key: getattr(row, key) for key in keys}


def _add_clocks(session: Any, values: dict[str, Any]) -> None:
    """One clock for every ticket that was made."""
    names = list(values)
    columns = [
        Ticket.id if name == "ticket_id" else literal(values[name], Deadline.__table__.c[name].type)
        for name in names
    ]
    session.execute(insert(Deadline).from_select(names, select(*columns).where(Ticket.number >= 10_000)))


def _make_due(db: Database, share: int, at: datetime, number: int = DUE) -> list[int]:
    """Let clocks all over the table fall due at ``at``, others for each ``share``; return their ids."""
    with db.write() as session:
        rows = select(Deadline.id).where(Deadline.id % (OPEN // DUE) == share).order_by(Deadline.id)
        ids = list(session.scalars(rows.limit(number)))
        session.execute(update(Deadline).where(Deadline.id.in_(ids)).values(**_falling(at)))
    return ids


def _falling(at: datetime) -> dict[str, Any]:
    """A first response that warns at this instant."""
    span = timedelta(minutes=5)
    return {"started_at": at - span, "warn_at": at, "due_at": at + span, "next_check_at": at, "rung": 0}


def _alone(db: Database, share: int) -> tuple[float, float]:
    """Return the milliseconds one sweeper takes, by the clock and of CPU."""
    _make_due(db, share, CLOCK.now() - timedelta(seconds=1))
    started, cpu = time.perf_counter(), time.process_time()
    claimed = _claim_all(db)
    spent = (time.perf_counter() - started) * 1000, (time.process_time() - cpu) * 1000
    assert len(claimed) == DUE
    return spent


def _claim_all(db: Database) -> list[int]:
    """Claim what is due, batch after batch as the sweep does, and set it on by a day."""
    now, found, most = CLOCK.now(), list[int](), sweep.BATCH + 1
    while True:
        with db.read() as session:
            if not claims.list_due_ids(session, now, most):
                return found
        most = 1
        with db.write() as session:
            claimed = claims.claim_due(session, now, sweep.BATCH)
            later = now + timedelta(days=1)
            climbs = [Climb(one.deadline, one.deadline.rung + 1, later, None) for one in claimed]
            if claims.take_rungs(session, climbs) != len(claimed):
                raise AssertionError("a claimed clock was moved by somebody else")
        found += [one.deadline.id for one in claimed]


def _together(kind: str, db: Database) -> Iterator[Figure]:
    """The same with several workers at once."""
    _make_due(db, TIMES, CLOCK.now() - timedelta(seconds=1))
    started = time.perf_counter()
    with ThreadPoolExecutor(WORKERS) as pool:
        found = [one for own in pool.map(lambda _: _claim_all(db), range(WORKERS)) for one in own]
    spent = (time.perf_counter() - started) * 1000
    assert len(set(found)) == DUE
    yield Figure(f"promises: claimed twice by {WORKERS} workers, {kind}", len(found) - len(set(found)), "",
                 0, aside=f"{spent:.0f} ms together")  # fmt: skip


def _told(kind: str, db: Database) -> Figure:
    _make_due(db, TIMES + 1, CLOCK.now() - timedelta(seconds=1))
    started = time.perf_counter()
    result = sweep.tick(db, CLOCK)
    spent = (time.perf_counter() - started) * 1000
    assert (result.claimed, result.failed) == (DUE, ())
    return Figure(f"promises: {DUE:,} swept, their people told, {kind}", spent, "ms")


def _lateness(kind: str, db: Database) -> Figure:
    """How long after its instant an alert can be read by others, with the ticker running."""
    start = CLOCK.now() + timedelta(seconds=2)
    with db.write() as session:
        rows = select(Deadline.id).where(Deadline.id % (OPEN // DUE) == TIMES + 2).limit(WATCHED)
        for place, deadline_id in enumerate(session.scalars(rows).all()):
            one = update(Deadline).where(Deadline.id == deadline_id)
            session.execute(one.values(**_falling(start + place * PAUSE)))
        last = session.scalar(select(func.max(Alert.id))) or 0
    scheduler = build(Ticker([Step("deadlines", lambda: sweep.tick(db, CLOCK), lane=PROMISES)]))
    scheduler.start()
    try:
        late = _watched(db, last, start + WATCHED * PAUSE + timedelta(seconds=10))
    finally:
        scheduler.shutdown()
    return Figure(f"promises: alert after the due instant at worst, {kind}", max(late), "s", LATE_SECONDS,
                  aside=f"{len(late)} alerts, {sum(late) / len(late):.2f} s on average")  # fmt: skip


def _watched(db: Database, last: int, until: datetime) -> list[float]:
    late: list[float] = []
    while len(late) < WATCHED and CLOCK.now() < until:
        with db.read() as session:
            rows = session.execute(select(Alert.id, Alert.at).where(Alert.id > last).order_by(Alert.id)).all()
        seen = CLOCK.now()
        late += [(seen - at).total_seconds() for _, at in rows]
        last = max([last, *(one for one, _ in rows)])
        time.sleep(0.01)
    assert len(late) == WATCHED, "an alert did not come"
    return late
