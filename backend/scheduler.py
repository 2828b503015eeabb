"""The ticker: once a second it calls every step, promises in a thread of their own. Only here is APScheduler.

APScheduler keeps no job of ours: promises are rows, and a step looks at the rows. One failing step is
logged with an id and does not stop the others; while it keeps failing it is logged once a minute.
"""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from backend import logs, rounds
from backend.clock import Clock
from backend.db import Database
from backend.deadlines.policy import standard_policies
from backend.households import importing
from backend.messages import live, orphans
from backend.notifier.worker import Worker
from backend.people import service as people
from backend.rounds import LANES, Step
from backend.settings import Settings
from backend.vault import Vault
from intents.menu import Menu

EVERY_SECONDS: Final = 1
LOG_EVERY: Final = 60
HOURLY: Final = 3600
DAILY: Final = 24 * HOURLY
#: a page that slept longer looks anew when it wakes
EVENTS_KEPT: Final = timedelta(days=2)


class Ticker:
    """Runs the steps, each lane by itself; counts how often in a row each step has failed."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.steps = tuple(steps)
        self._ticks = dict.fromkeys(LANES, 0)
        self._failures = {step.name: 0 for step in steps}

    def tick(self) -> None:
        """Run every step that is due at this tick, lane after lane. Never raises."""
        for lane in LANES:
            self.tick_lane(lane)

    def tick_lane(self, lane: str) -> None:
        """Run the steps of one lane that are due at this tick. Never raises."""
        for step in self.steps:
            if step.lane == lane and self._ticks[lane] % step.every == 0:
                self._run(step)
        self._ticks[lane] += 1

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
    """Return each second's work: promises first, then what else falls due, then what is old."""
    return [
        *rounds.steps(db, clock, lambda: menu),
        Step("old_sessions", lambda: _forget_old(db, clock), every=HOURLY),
        Step("orphan_files", lambda: _sweep_files(db, clock, media_dir), every=DAILY),
    ]


def notifier(db: Database, clock: Clock, vault: Vault, settings: Settings) -> Worker:
    """Return the thread that brings alerts to staff, not yet started; it runs beside the ticker."""
    titles = {one.id: {"zh": one.title_zh, "en": one.title_en} for one in standard_policies().all}
    return Worker(db, clock, vault, settings.public_url, titles)


def _sweep_files(db: Database, clock: Clock, media_dir: Path) -> None:
    orphans.sweep(db, media_dir, clock.real_now(), clock.now())


def _forget_old(db: Database, clock: Clock) -> None:
    db.run(lambda session: people.forget_old(session, clock.real_now()))
    # Events carry the estate's time, which a demo moves on: after a leap more is forgotten, all of it read.
    db.run(lambda session: live.forget(session, clock.now() - EVENTS_KEPT))
    db.run(lambda session: importing.forget(session, clock.now()))


def build(ticker: Ticker) -> BackgroundScheduler:
    """Return the scheduler, not yet started: a job a lane, in memory, never twice at once, never skipped."""
    threads = ThreadPoolExecutor(len(LANES))
    scheduler = BackgroundScheduler(timezone="UTC", executors={"default": threads}, daemon=True)
    for lane in LANES:
        scheduler.add_job(
            ticker.tick_lane,
            "interval",
            args=(lane,),
            seconds=EVERY_SECONDS,
            id=lane,
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )
    return scheduler
