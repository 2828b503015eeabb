"""How long a sweep takes when a thousand promises fall due at once among many open ones."""

import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from backend.conversations.tools import Tools
from backend.db import Database
from backend.deadlines import sweep
from backend.models import Deadline
from benchmarks.measure import Figure
from benchmarks.turns import demo_tools

OPEN = 100_000
DUE = 1_000


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        tools = demo_tools(Path(folder))
        _fill(tools.db, tools.clock.now())
        sweep.tick(tools.db, tools.clock)
        _make_due(tools)
        started = time.perf_counter()
        result = sweep.tick(tools.db, tools.clock)
        spent = (time.perf_counter() - started) * 1000
        name = f"sweep: {result.claimed:,} due of {OPEN:,} open, claimed and told"
        yield Figure(name, spent, "ms")
        started = time.perf_counter()
        sweep.tick(tools.db, tools.clock)
        yield Figure("sweep: a second with nothing due", (time.perf_counter() - started) * 1000, "ms")
        tools.db.close()


def _fill(db: Database, now: datetime) -> None:
    """Add open clocks like one that is there, looked at again in a month."""
    with db.write() as session:
        like = session.scalars(select(Deadline).limit(1)).one()
        table = Deadline.__table__
        common: dict[str, Any] = {column.name: getattr(like, column.name) for column in table.columns}
        later = now + timedelta(days=30)
        common |= dict.fromkeys(("met_at", "breached_at", "cancelled_at", "paused_at", "warn_at"))
        common |= {"started_at": now, "due_at": later, "next_check_at": later, "rung": 0}
        del common["id"]
        session.execute(insert(Deadline), [{**common, "cycle": 1000 + number} for number in range(OPEN)])


def _make_due(tools: Tools) -> None:
    now = tools.clock.now()
    with tools.db.write() as session:
        rows = session.scalars(select(Deadline).where(Deadline.cycle >= 1000).limit(DUE))
        for row in rows:
            row.due_at = row.next_check_at = now
