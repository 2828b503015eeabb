"""Three notifiers as real processes, killed while they send: all is told, and hardly anything twice."""

import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from backend.clock import SystemClock
from backend.db import Database
from backend.models import Alert, Delivery, Estate, StaffAddress, User
from backend.notifier.service import PLACES
from tests.house.cast import SECRET, vault
from tests.notifier.outside import Web, web
from tests.scenarios.watching import until

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(240)]
ROOT = Path(__file__).parents[2]
WORKERS, KILLS, PEOPLE = 3, 4, 80
SEED = 20260311
#: a notifier whose outside is this machine and whose leases are short, so that a test need not wait
CHILD = f"""
import sys, threading
from datetime import timedelta
from backend.clock import SystemClock
from backend.db import Database
from backend.notifier import service
from backend.notifier.senders import Outside
from backend.notifier.worker import Worker
from backend.vault import Vault
service.LEASE = timedelta(seconds=3)
outside = Outside({{"qyapi.weixin.qq.com": sys.argv[2]}})
Worker(Database(sys.argv[1]), SystemClock(), Vault({SECRET!r}), "http://here", None, outside).start()
print("ready", flush=True)
threading.Event().wait()
"""


def test_every_alert_arrives_and_repeats_are_at_most_what_was_under_way_at_a_kill(
    db: Database, database_url: str, figure: Callable[..., None]
) -> None:
    chance = random.Random(SEED)
    people = _people(db)
    with web() as there:
        there.on_ask = lambda: time.sleep(0.3)
        workers = [_begin(database_url, there) for _ in range(WORKERS)]
        try:
            kills = _kill(db, database_url, there, workers, people, chance)
            until(lambda: _left(db) == 0, 60, "something was not sent")
        finally:
            for worker in workers:
                worker.kill()
                worker.wait()
        arrived = Counter(asked.query["key"] for asked in there.asked)
    assert len(arrived) == PEOPLE
    repeats = sum(arrived.values()) - PEOPLE
    assert repeats <= kills * PLACES
    assert max(arrived.values()) <= kills + 1
    figure(kills=kills, alerts=PEOPLE, repeats=repeats)


def _people(db: Database) -> list[tuple[int, int]]:
    """(estate, user) of people with a robot each."""
    now, found = SystemClock().real_now(), []
    with db.write() as session:
        estate = Estate(code="JADE", name_zh="翠园", name_en="Jade Garden")
        session.add(estate)
        session.flush()
        for number in range(PEOPLE):
            user = User(username=f"u{number}", password_hash="-", role="butler", name_zh="赵敏",
                        name_en="Zhao Min", created_at=now)  # fmt: skip
            session.add(user)
            session.flush()
            kept = {"host": "qyapi.weixin.qq.com", "key": f"the-key-of-{number}"}
            sealed = vault().seal(json.dumps(kept))
            session.add(StaffAddress(estate_id=estate.id, user_id=user.id, channel="wecom", sealed=sealed,
                                     created_at=now))  # fmt: skip
            found.append((estate.id, user.id))
    return found


def _begin(url: str, there: Web) -> subprocess.Popen[str]:
    worker = subprocess.Popen([sys.executable, "-c", CHILD, url, there.url], cwd=ROOT, text=True,
                              stdout=subprocess.PIPE)  # fmt: skip
    assert worker.stdout is not None
    assert worker.stdout.readline() == "ready\n"
    worker.stdout.close()
    return worker


def _kill(
    db: Database, url: str, there: Web, workers: list[subprocess.Popen[str]],
    people: list[tuple[int, int]], chance: random.Random,
) -> int:  # fmt: skip
    """Alert people bit by bit, and kill one notifier after each bit; how many were killed."""
    share = PEOPLE // KILLS
    for n in range(KILLS):
        _alert(db, people[n * share : (n + 1) * share])
        time.sleep(chance.uniform(0.6, 1.4))
        victim = chance.randrange(WORKERS)
        workers[victim].kill()
        workers[victim].wait()
        workers[victim] = _begin(url, there)
    return KILLS


def _alert(db: Database, people: list[tuple[int, int]]) -> None:
    now = SystemClock().now()
    with db.write() as session:
        for estate_id, user_id in people:
            session.add(Alert(estate_id=estate_id, user_id=user_id, kind="emergency", at=now, created_at=now,
                              dedupe_key=f"emergency:1:{user_id}"))  # fmt: skip


def _left(db: Database) -> int:
    """Alerts not handed over, and deliveries not sent."""
    with db.read() as session:
        alerts = session.scalar(select(func.count()).select_from(Alert).where(Alert.told_at.is_(None))) or 0
        unsent = select(func.count()).select_from(Delivery).where(Delivery.state != "sent")
        return alerts + (session.scalar(unsent) or 0)
