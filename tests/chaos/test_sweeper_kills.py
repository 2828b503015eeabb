"""Three clock processes on PostgreSQL, killed at random while promises fall due: each is told, and once."""

import random
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.clock import SystemClock
from backend.db import Database
from backend.deadlines.rules import standard_rules
from backend.models import Alert, Deadline, Estate, Installation
from tests.deadlines.cast import Cast, add_ticket, add_user
from tests.scenarios.watching import until
from tests.server import ServerProcess

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]

SWEEPERS = 3
ESTATES = 80
#: so few for each person, and fewer than a batch in all, that nobody gets a digest: every alert is counted
EACH = 6
SECONDS = 20.0
KILLS = 4
PATIENCE_SECONDS = 60  # a bound for busy machines, where a start takes long
SEED = 20260311


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_three_sweepers_killed_at_random_alert_every_promise_once(
    tmp_path: Path, db: Database, database_url: str, figure: Callable[..., None]
) -> None:
    chance = random.Random(SEED)
    estates = _people(db)
    sweepers = [Sweeper(tmp_path, database_url) for _ in range(SWEEPERS)]
    try:
        for one in sweepers:
            one.begin()
        until(lambda: all(one.is_at_work for one in sweepers), 120)
        _promises(db, estates, chance)
        kills = _kill(sweepers, chance)
        until(lambda: _waiting(db) == 0, 60, "a promise is left that nobody looked at")
    finally:
        for one in sweepers:
            one.kill()
    _check(db)
    assert kills >= KILLS
    figure(kills=kills, promises=ESTATES * EACH, latest_alert_s=_latest(db))


def _latest(db: Database) -> float:
    """How long after its instant the latest alert was written, in seconds."""
    with db.read() as session:
        rows = session.execute(select(Alert.at, Alert.created_at).where(Alert.deadline_id.is_not(None)))
        return round(max((written - at).total_seconds() for at, written in rows), 1)


def _people(db: Database) -> list[Cast]:
    """Estates with a butler and a supervisor each."""
    now = SystemClock().now()
    found = []
    with db.write() as session:
        session.add(Installation(is_demo=False))
        for number in range(ESTATES):
            estate = Estate(code=f"e{number}", name_zh="翠园", name_en="Jade Garden")
            session.add(estate)
            session.flush()
            staff = {
                role: add_user(session, f"{role}{number}", role, now, estate.id)
                for role in ("butler", "supervisor")
            }
            found.append(Cast(estate.id, deputy=0, engineer=0, manager=0, admin=0, **staff))
    return found


def _promises(db: Database, estates: list[Cast], chance: random.Random) -> None:
    """Clocks that warn or break at any moment of the next seconds."""
    start = SystemClock().now() + timedelta(seconds=1)
    with db.write() as session:
        for cast in estates:
            for place in range(EACH):
                at = start + timedelta(seconds=chance.random() * SECONDS)
                _promise(session, cast, at, is_warning=place % 2 == 0)


def _promise(session: Session, cast: Cast, at: datetime, *, is_warning: bool) -> None:
    """A first response that warns its butler at ``at``, or is broken then and told to the supervisor."""
    started_at = at - timedelta(minutes=5 if is_warning else 10)
    rules = standard_rules()
    policy = rules.policies.find("SLA-01")
    assert policy is not None
    session.add(
        Deadline(
            estate_id=cast.estate,
            ticket_id=add_ticket(session, cast, started_at).id,
            clock=policy.id,
            name=policy.name,
            basis=policy.basis,
            policy_version=rules.policies.version,
            calendar_version="-",
            started_at=started_at,
            due_at=started_at + timedelta(minutes=10),
            warn_at=started_at + timedelta(minutes=5),
            rung=0 if is_warning else 1,
            next_check_at=at,
        )
    )


class Sweeper:
    """A clock process that is killed and started again."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self._process = ServerProcess(folder, database_url, "--only", "clock")
        self._starts = 0

    def begin(self) -> None:
        self._process.begin()
        self._starts += 1

    @property
    def is_at_work(self) -> bool:
        """It has said so since it was last started."""
        return self._process.log().count("Running") == self._starts

    def kill(self) -> None:
        self._process.kill()


def _kill(sweepers: list[Sweeper], chance: random.Random) -> int:
    """Kill one of those at work, all but the last, until every promise has fallen due; how many were."""
    end = time.monotonic() + SECONDS + 1
    kills = 0
    while time.monotonic() < end or (kills < KILLS and time.monotonic() < end + PATIENCE_SECONDS):
        time.sleep(chance.uniform(0.2, 0.8))
        busy = [one for one in sweepers if one.is_at_work]
        if len(busy) > 1:
            victim = chance.choice(busy)
            victim.kill()
            victim.begin()
            kills += 1
    return kills


def _waiting(db: Database) -> int:
    """How many promises have yet to be looked at: those not looked at since they fell due, or not yet due."""
    soon = SystemClock().now() + timedelta(seconds=SECONDS)
    with db.read() as session:
        found = select(func.count()).select_from(Deadline).where(Deadline.next_check_at <= soon)
        return session.scalar(found) or 0


def _check(db: Database) -> None:
    with db.read() as session:
        alerts = select(Alert.deadline_id, Alert.kind).where(Alert.deadline_id.is_not(None))
        told = Counter((deadline_id, kind) for deadline_id, kind in session.execute(alerts))
        rows = session.scalars(select(Deadline)).all()
    expected = Counter((row.id, "breach" if row.rung == 2 else "warn") for row in rows)
    assert len(rows) == ESTATES * EACH
    assert told == expected
    assert {row.breached_at == row.due_at for row in rows if row.rung == 2} == {True}
    assert {row.breached_at for row in rows if row.rung == 1} == {None}
