"""What has to be done again and again by the estate's time: promises first, then all else that falls due.

The ticker runs it each second; moving the demo clock on runs all of it at once. Each piece is safe in several
processes and at any kill: what is due stands in rows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from backend import logs
from backend.clock import Clock
from backend.conversations import drafts
from backend.db import Database
from backend.deadlines import next_year, sweep
from backend.duties import sweep as duties
from backend.incidents import sweep as incidents
from backend.reports import sweep as evening
from backend.tickets import consent, expiry, holds, setting_aside
from intents.menu import Menu

PROMISES: Final = "promises"
ROUNDS: Final = "rounds"
LANES: Final = (PROMISES, ROUNDS)
"""Promises have a lane of their own: what takes long elsewhere never makes an alert late."""


@dataclass(frozen=True, slots=True)
class Step:
    """One piece of the work: ``name`` for the log, ``work`` opens its own transactions.

    ``every``: run at each n-th tick only (1 = each second). ``lane``: steps of one lane wait for each other.
    """

    name: str
    work: Callable[[], object]
    every: int = 1
    lane: str = ROUNDS


def steps(db: Database, clock: Clock, menu: Callable[[], Menu]) -> list[Step]:
    """Return what goes by the estate's time; ``menu`` is asked each time, since another may be published."""
    return [
        Step("deadlines", lambda: sweep.tick(db, clock), lane=PROMISES),
        Step("drafts", lambda: drafts.tick(db, clock, menu()), every=5),
        Step("expiry", lambda: expiry.tick(db, clock, menu()), every=5),
        Step("holds", lambda: holds.tick(db, clock), every=2),
        Step("aside", lambda: setting_aside.tick(db, clock), every=2),
        Step("consent", lambda: consent.tick(db, clock), every=10),
        Step("duties", lambda: duties.tick(db, clock), every=5),
        Step("next_year", lambda: next_year.tick(db, clock), every=300),
        Step("evening", lambda: evening.tick(db, clock), every=5),
        Step("incidents", lambda: incidents.tick(db, clock, menu()), every=5),
    ]


def catch_up(db: Database, clock: Clock, menu: Callable[[], Menu]) -> None:
    """Run every step once, in order. What fails is logged and left to the ticker; never raises."""
    for step in steps(db, clock, menu):
        try:
            step.work()
        except Exception as error:
            logs.failure(f"catch_up.{step.name}", error)
