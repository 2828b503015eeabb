"""Makes tasks ahead, reminds of those nearly due, and notices what was missed. One ``tick`` is one sweep.

Safe to run in several processes and to be killed at any instant: a task has a unique key, a row is held while
it is looked at, each batch is one transaction, and an alert has a unique key. After downtime, or a leap of
the demo clock, a person hears of everything missed in one digest.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from backend import logs
from backend.clock import Clock
from backend.db import Database, is_passing
from backend.deadlines import alerts, claims
from backend.deadlines.alerts import Call
from backend.deadlines.calling import Person
from backend.duties import arising, arising_queries, handing, making, queries, telling
from backend.duties.rules import find, standard_duties
from backend.models import Duty

BATCH: Final = 200
#: what fell due so long ago was missed while nobody looked (downtime, a leap): told in digests only
LONG_AGO: Final = timedelta(hours=1)
SET_ASIDE: Final = timedelta(hours=1)
REMINDED, MISSED = 1, 2


@dataclass(frozen=True, slots=True)
class SweepResult:
    """What one sweep did: tasks made, tasks missed, alerts written, rows that failed (ids)."""

    made: int = 0
    missed: int = 0
    alerts: int = 0
    failed: tuple[int, ...] = ()

    def plus(self, other: "SweepResult") -> "SweepResult":
        return SweepResult(
            self.made + other.made,
            self.missed + other.missed,
            self.alerts + other.alerts,
            self.failed + other.failed,
        )


@dataclass(frozen=True, slots=True)
class Sweep:
    """One sweep at one instant, so many rows a transaction."""

    db: Database
    now: datetime
    batch: int


def tick(db: Database, clock: Clock, *, batch: int = BATCH) -> SweepResult:
    """Handle every row whose next look is due; return what was done. Writes nothing when nothing is due.

    Raises what the database raises when it cannot be reached or locked; the next tick tries again.
    """
    sweep = Sweep(db, clock.now(), batch)
    for step in (_begin, _hold_shifts, _finish_arranged):
        _guarded(sweep, step)
    result = SweepResult()
    while ids := _due(sweep):
        done = _step(sweep, ids)
        result = result.plus(done)
        if done == SweepResult() and _due(sweep) == ids:
            # Nothing moved: another sweeper holds what is due, and looks after it.
            break
    return result


def _guarded(sweep: Sweep, step: Callable[[Sweep], None]) -> None:
    """One shift or visit in trouble keeps no duty from being made, reminded of or missed."""
    try:
        step(sweep)
    except Exception as error:
        _raise_if_passing(error)
        logs.failure(f"duties{step.__name__}", error)


def _begin(sweep: Sweep) -> None:
    """Let duties begin where an estate has none yet."""
    with sweep.db.read() as session:
        estates = queries.list_unmarked_estates(session)
    if estates:
        with sweep.db.write() as session:
            queries.add_marks(session, estates, sweep.now)


def _hold_shifts(sweep: Sweep) -> None:
    """A shift ends only when its handover is accepted."""
    with sweep.db.read() as session:
        is_due = handing.has_ending(session, sweep.now)
    if is_due:
        with sweep.db.write() as session:
            handing.hold_shifts(session, sweep.now)


def _finish_arranged(sweep: Sweep) -> None:
    """A visit that was made does its task, before that could be missed."""
    with sweep.db.read() as session:
        is_made = bool(arising_queries.list_arranged_done(session, arising.arranged_until()))
    if is_made:
        with sweep.db.write() as session:
            arising.finish_arranged(session, sweep.now)


def _due(sweep: Sweep) -> list[int]:
    with sweep.db.read() as session:
        return queries.list_due_ids(session, sweep.now, sweep.batch)


def _step(sweep: Sweep, ids: Sequence[int]) -> SweepResult:
    """One batch in one transaction; when that fails on some row, the rows one by one."""
    try:
        return _handle(sweep, ids)
    except Exception as error:
        _raise_if_passing(error)
        return _one_by_one(sweep, ids)


def _one_by_one(sweep: Sweep, ids: Sequence[int]) -> SweepResult:
    """Handle what can be handled, and look at the rest again in an hour."""
    result = SweepResult()
    for one in ids:
        try:
            result = result.plus(_handle(sweep, [one]))
        except Exception as error:
            _raise_if_passing(error)
            logs.failure("duties.row", error, duty=one)
            _set_aside(sweep, one)
            result = result.plus(SweepResult(failed=(one,)))
    return result


def _set_aside(sweep: Sweep, row_id: int) -> None:
    with sweep.db.write() as session:
        for row in queries.claim(session, [row_id], sweep.now):
            row.next_check_at = sweep.now + SET_ASIDE


def _raise_if_passing(error: Exception) -> None:
    """A lost connection or a lock is no row's fault: the whole sweep tries again at the next tick."""
    if isinstance(error, DBAPIError) and is_passing(error):
        raise error


def _handle(sweep: Sweep, ids: Sequence[int]) -> SweepResult:
    with sweep.db.write() as session:
        rows = queries.claim(session, ids, sweep.now)
        made = sum(making.make(session, one, sweep.now) for one in rows if one.duty == queries.MARK)
        tasks = [one for one in rows if one.duty != queries.MARK]
        teams = claims.list_team(session, {one.estate_id for one in tasks}, sweep.now) if tasks else {}
        calls = [call for one in tasks for call in _look(session, one, teams, sweep.now)]
        is_backlog = any(one.due_at <= sweep.now - LONG_AGO for one in tasks)
        told = alerts.write(session, calls, sweep.now, is_backlog=is_backlog) if calls else 0
    return SweepResult(made, sum(one.rung == MISSED for one in tasks), told)


def _look(session: Session, task: Duty, teams: Mapping[int, Sequence[Person]], now: datetime) -> list[Call]:
    """Take the next rung of a task's ladder; return who is called."""
    team = teams.get(task.estate_id, ())
    if handing.is_idle(session, task):
        # Nothing to review so far; at the end of the day nothing was missed.
        task.cancelled_at, task.next_check_at = (None, task.due_at) if now < task.due_at else (now, None)
        return []
    if now < task.due_at:
        if task.duty == handing.DUTY:
            handing.prepare(session, task, now)
        at = task.next_check_at or now
        task.rung, task.next_check_at = REMINDED, task.due_at
        return _calls(task, "duty", at, telling.to_remind(task.role, task.user_id, team))
    task.rung, task.next_check_at, task.missed_at = MISSED, None, task.due_at
    return _calls(task, "duty_missed", task.due_at, telling.to_tell(_tells(task), team))


def _tells(task: Duty) -> str:
    duty = find(standard_duties(), task.duty)
    return duty.tells if duty else "supervisor"


def _calls(task: Duty, kind: str, at: datetime, people: Iterable[int]) -> list[Call]:
    values = values_of(task)
    key = f"duty:{task.id}:{task.rung}"
    return [Call(task.estate_id, user, kind, at, key, values=values) for user in people]


def values_of(task: Duty) -> dict[str, Any]:
    """What an alert about a task tells: its names in both languages, its due instant and its id."""
    duty = find(standard_duties(), task.duty)
    return {
        "what": "duty",
        "task": task.id,
        "duty": task.duty,
        "zh": duty.title_zh if duty else task.duty,
        "en": duty.title_en if duty else task.duty,
        "due_at": task.due_at.isoformat(),
    }
