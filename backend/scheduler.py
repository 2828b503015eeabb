"""The ticker: once a second it calls every step in turn. The only file that imports APScheduler.

APScheduler keeps no job of ours: promises are rows, and a step looks at the rows. One failing step is
logged with an id and does not stop the others; while it keeps failing it is logged once a minute.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from backend import logs
from backend.clock import Clock
from backend.conversations import drafts
from backend.db import Database
from backend.deadlines import sweep
from backend.messages import live, orphans
from backend.people import service as people
from intents.menu import Menu

EVERY_SECONDS: Final = 1
LOG_EVERY: Final = 60
HOURLY: Final = 3600
DAILY: Final = 24 * HOURLY
#: a page that slept longer looks anew when it wakes
EVENTS_KEPT: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Step:
    """One piece of the second's work: ``name`` for the log, ``work`` opens its own transactions.

    ``every``: run at each n-th tick only (1 = each second).
    """

    name: str
    work: Callable[[], object]
    every: int = 1


class Ticker:
    """Runs the steps; counts how often in a row each has failed."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.steps = tuple(steps)
        self._ticks = 0
        self._failures = {step.name: 0 for step in steps}

    def tick(self) -> None:
        """Run every step that is due at this tick. Never raises."""
        for step in self.steps:
            if self._ticks % step.every == 0:
                self._run(step)
        self._ticks += 1

    def failing(self) -> dict[str, int]:
        """Return the steps that failed at their last run, and how often in a row."""
        return {name: times for name, times in self._failures.items() if times}

    def _run(self, step: Step) -> None:
        try:
            step.work()
        except Exception as error:
            times = self._failures[step.name]
            if times % LOG_EVERY == 0:
                logs.failure(f"scheduler.{step.name}", error, times=times + 1)
            self._failures[step.name] = times + 1
        else:
            self._failures[step.name] = 0


def steps(db: Database, clock: Clock, menu: Menu, media_dir: Path) -> list[Step]:
    """Return each second's work: promises first, then drafts whose owner fell silent, then what is old."""
    return [
        Step("deadlines", lambda: sweep.tick(db, clock)),
        Step("drafts", lambda: drafts.tick(db, clock, menu), every=5),
        Step("old_sessions", lambda: _forget_old(db, clock), every=HOURLY),
        Step("orphan_files", lambda: _sweep_files(db, clock, media_dir), every=DAILY),
    ]


def _sweep_files(db: Database, clock: Clock, media_dir: Path) -> None:
    orphans.sweep(db, media_dir, clock.real_now(), clock.now())


def _forget_old(db: Database, clock: Clock) -> None:
    db.run(lambda session: people.forget_old(session, clock.real_now()))
    # Events carry the estate's time, which a demo moves on: after a leap more is forgotten, all of it read.
    db.run(lambda session: live.forget(session, clock.now() - EVENTS_KEPT))


def build(ticker: Ticker) -> BackgroundScheduler:
    """Return the scheduler, not yet started: one job, in memory, never twice at once, never skipped."""
    scheduler = BackgroundScheduler(timezone="UTC", executors={"default": ThreadPoolExecutor(1)}, daemon=True)
    scheduler.add_job(
        ticker.tick,
        "interval",
        seconds=EVERY_SECONDS,
        id="tick",
        misfire_grace_time=None,
        coalesce=True,
        max_instances=1,
    )
    return scheduler
