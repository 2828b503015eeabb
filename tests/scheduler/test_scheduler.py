"""The ticker runs every step each second, promises by themselves; one that fails stops nobody."""

import json
import threading

import pytest
from apscheduler.jobstores.memory import MemoryJobStore

from backend import logs, rounds
from backend.clock import HandClock
from backend.db import Database
from backend.rounds import PROMISES, ROUNDS, Step
from backend.scheduler import LOG_EVERY, Ticker, build


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    lines: list[str] = []

    def note(where: str, error: BaseException, **facts: object) -> str:
        lines.append(json.dumps({"where": where, "error": str(error), **facts}))
        return "12345678"

    monkeypatch.setattr(logs, "failure", note)
    return lines


def _broken() -> None:
    raise RuntimeError("out of order")


def test_a_tick_runs_every_step_in_order(said: list[str]) -> None:
    ran: list[str] = []
    Ticker([Step("a", lambda: ran.append("a")), Step("b", lambda: ran.append("b"))]).tick()
    assert ran == ["a", "b"]
    assert said == []


def test_a_failing_step_does_not_stop_the_next(said: list[str]) -> None:
    ran: list[str] = []
    ticker = Ticker([Step("a", _broken), Step("b", lambda: ran.append("b"))])
    ticker.tick()
    assert ran == ["b"]
    assert len(said) == 1
    assert "scheduler.a" in said[0]
    assert ticker.failing() == {"a": 1}


def test_a_step_that_keeps_failing_is_logged_once_a_minute(said: list[str]) -> None:
    ticker = Ticker([Step("a", _broken)])
    for _ in range(LOG_EVERY + 1):
        ticker.tick()
    assert len(said) == 2
    assert ticker.failing() == {"a": LOG_EVERY + 1}


def test_a_step_that_recovers_is_no_longer_failing(said: list[str]) -> None:
    broken = [True, False]

    def work() -> None:
        if broken.pop(0):
            _broken()

    ticker = Ticker([Step("a", work)])
    ticker.tick()
    ticker.tick()
    assert ticker.failing() == {}


def test_a_slow_step_runs_at_each_nth_tick_only() -> None:
    ran: list[int] = []
    ticker = Ticker([Step("a", lambda: ran.append(1), every=3)])
    for _ in range(7):
        ticker.tick()
    assert len(ran) == 3


def test_each_lane_is_one_job_in_memory_that_is_never_skipped_or_doubled() -> None:
    scheduler = build(Ticker([]))
    scheduler.start(paused=True)
    try:
        jobs = scheduler.get_jobs()
        assert [job.id for job in jobs] == ["promises", "rounds"]
        for job in jobs:
            assert job.misfire_grace_time is None
            assert job.coalesce is True
            assert job.max_instances == 1
            assert job.trigger.interval.total_seconds() == 1
        assert isinstance(scheduler._jobstores["default"], MemoryJobStore)
    finally:
        scheduler.shutdown()


def test_a_slow_round_never_keeps_the_promises_waiting() -> None:
    go_on, swept = threading.Event(), threading.Event()
    slow = Step("slow", lambda: go_on.wait(20))
    scheduler = build(Ticker([slow, Step("deadlines", swept.set, lane=PROMISES)]))
    scheduler.start()
    try:
        assert swept.wait(10)
        swept.clear()
        assert swept.wait(10), "the promises waited for the slow step"
        assert not go_on.is_set()
    finally:
        go_on.set()
        scheduler.shutdown()


def test_every_lane_counts_its_own_ticks() -> None:
    ran: list[str] = []
    ticker = Ticker([Step("a", lambda: ran.append("a"), 2), Step("b", lambda: ran.append("b"), 2, PROMISES)])
    for _ in range(3):
        ticker.tick_lane(PROMISES)
    ticker.tick_lane(ROUNDS)
    assert ran == ["b", "b", "a"]


def test_catching_up_runs_every_step_whatever_fails(monkeypatch: pytest.MonkeyPatch, said: list[str]) -> None:
    ran: list[str] = []
    steps = [
        Step("a", lambda: ran.append("a"), 5),
        Step("b", _broken),
        Step("c", lambda: ran.append("c"), 60),
    ]
    monkeypatch.setattr(rounds, "steps", lambda *_: steps)
    rounds.catch_up(None, None, None)  # type: ignore[arg-type]
    assert ran == ["a", "c"]
    assert "catch_up.b" in said[0]


def test_promises_have_their_lane_to_themselves(db: Database, clock: HandClock) -> None:
    steps = rounds.steps(db, clock, lambda: None)  # type: ignore[arg-type,return-value]
    assert [one.name for one in steps if one.lane == PROMISES] == ["deadlines"]
    assert len({one.name for one in steps}) == len(steps)


def test_the_started_scheduler_really_ticks() -> None:
    ticked = threading.Event()
    scheduler = build(Ticker([Step("a", ticked.set)]))
    scheduler.start()
    try:
        assert ticked.wait(10)
    finally:
        scheduler.shutdown()
