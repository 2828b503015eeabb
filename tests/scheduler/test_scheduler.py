"""The ticker runs every step each second; one that fails is logged and stops nobody."""

import json
import threading
from collections.abc import Iterator

import pytest
from apscheduler.jobstores.memory import MemoryJobStore

from backend import logs
from backend.scheduler import LOG_EVERY, Step, Ticker, build


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
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


def test_there_is_one_job_in_memory_that_is_never_skipped_or_doubled() -> None:
    scheduler = build(Ticker([]))
    scheduler.start(paused=True)
    try:
        (job,) = scheduler.get_jobs()
        assert job.misfire_grace_time is None
        assert job.coalesce is True
        assert job.max_instances == 1
        assert job.trigger.interval.total_seconds() == 1
        assert isinstance(scheduler._jobstores["default"], MemoryJobStore)
    finally:
        scheduler.shutdown()


def test_the_started_scheduler_really_ticks() -> None:
    ticked = threading.Event()
    scheduler = build(Ticker([Step("a", ticked.set)]))
    scheduler.start()
    try:
        assert ticked.wait(10)
    finally:
        scheduler.shutdown()
