"""Live events reach every reader once, in order, however late a commit is; what was read is forgotten."""

from datetime import timedelta

from backend.clock import HandClock
from backend.db import Database
from backend.messages import live
from backend.messages.live import Cursor
from tests.messages.conftest import Cast


def seen(db: Database, cursor: Cursor) -> list[int]:
    with db.read() as session:
        return [event.payload["n"] for event in live.list_after(session, cursor)]


def test_a_late_commit_is_not_skipped(db: Database, clock: HandClock, cast: Cast) -> None:
    """What began first and commits last holds back what came after it, until it is there."""
    if db.is_sqlite:  # one writer: ids are handed out under the lock, and nobody can be late
        return
    with db.read() as session:
        start = live.latest(session)
    with db.write() as late:
        live.emit(late, cast.estate.id, "ticket", {"n": 1}, clock.now())
        late.flush()
        with db.write() as quick:
            live.emit(quick, cast.estate.id, "ticket", {"n": 2}, clock.now())
        assert seen(db, start) == []
    assert seen(db, start) == [1, 2]


def test_several_at_once_are_read_in_order(db: Database, clock: HandClock, cast: Cast) -> None:
    with db.read() as session:
        start = live.latest(session)
    with db.write() as session:
        live.emit_all(session, cast.estate.id, "ticket", [{"n": n} for n in range(3)], clock.now())
        live.emit_all(session, cast.estate.id, "ticket", [], clock.now())
    assert seen(db, start) == [0, 1, 2]


def test_what_was_read_is_forgotten_and_nothing_is_told_again(
    db: Database, clock: HandClock, cast: Cast
) -> None:
    with db.write() as session:
        live.emit(session, cast.estate.id, "ticket", {"n": 1}, clock.now())
    with db.read() as session:
        cursor = live.latest(session)
    clock.advance(days=3)
    with db.write() as session:
        assert live.forget(session, clock.now() - timedelta(days=2)) >= 1
        live.emit(session, cast.estate.id, "ticket", {"n": 2}, clock.now())
    assert seen(db, cursor) == [2]
