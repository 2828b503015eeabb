"""Notices what fell due and calls people up the ladder. One ``tick`` is one sweep until nothing is due.

Safe to run in several processes at once: a row is claimed under lock, its ladder is moved by a conditional
update, and its alerts have unique keys. Safe to be killed at any instant: each batch is one transaction.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from backend import logs
from backend.clock import Clock
from backend.db import Database, is_passing
from backend.deadlines import alerts, claims, editions, own_calendars, reckoning
from backend.deadlines.alerts import Call
from backend.deadlines.calling import ALARM_AGAIN, Person, alarmed, called, is_live, next_alarm
from backend.deadlines.claims import Claimed, Climb, DueClock
from backend.deadlines.faults import DeadlineError
from backend.deadlines.reckoning import Step
from backend.deadlines.rules import Rules, standard_rules
from backend.deadlines.service import course_of

BATCH = 500
"""Rows per transaction: few enough that a butler's click never waits long for SQLite's one writer."""

NOTHING = timedelta()
SET_ASIDE = timedelta(hours=1)
"""A row that cannot be handled is looked at again after so long."""


class NobodyToCall(DeadlineError):
    """The estate has no active staff from the role asked for up to the admins."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A promise that this sweep was the first to see broken; ``at`` is its due instant."""

    ticket_id: int
    deadline_id: int
    clock: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SweepResult:
    """What one sweep did: rows claimed, alerts written, breaches seen first, rows that failed (ids)."""

    claimed: int = 0
    alerts: int = 0
    breaches: tuple[Breach, ...] = ()
    failed: tuple[int, ...] = ()

    def plus(self, other: "SweepResult") -> "SweepResult":
        return SweepResult(
            self.claimed + other.claimed,
            self.alerts + other.alerts,
            self.breaches + other.breaches,
            self.failed + other.failed,
        )


@dataclass(frozen=True, slots=True)
class Look:
    """What is to be written for one claimed row."""

    climb: Climb
    calls: tuple[Call, ...] = ()

    @property
    def breach(self) -> Breach | None:
        row, at = self.climb.deadline, self.climb.breached_at
        return Breach(row.ticket_id, row.id, row.clock, at) if at else None


@dataclass(slots=True)
class Sweep:
    """One sweep at one instant. ``is_backlog``: more was due than one batch takes, as after downtime."""

    db: Database
    rules: Rules
    now: datetime
    batch: int
    is_backlog: bool = False


class Overtaken(DeadlineError):
    """A claimed row was changed by somebody else; nothing of this batch is written."""


def tick(db: Database, clock: Clock, *, rules: Rules | None = None, batch: int = BATCH) -> SweepResult:
    """Handle every clock whose next look is due; return what was done. Writes nothing when nothing is due.

    Raises what the database raises when it cannot be reached or locked; the next tick tries again.
    """
    sweep = Sweep(db, rules or standard_rules(), clock.now(), batch)
    result = SweepResult()
    due = _due(sweep, batch + 1)
    sweep.is_backlog = len(due) > batch
    while due:
        step = _step(sweep)
        result = result.plus(step)
        if step.claimed == 0 and not step.failed:
            # Another sweeper holds what is due: it is being looked after.
            break
        due = _due(sweep, 1)
    return result


def _due(sweep: Sweep, most: int) -> list[int]:
    with sweep.db.read() as session:
        return claims.list_due_ids(session, sweep.now, most)


def _step(sweep: Sweep) -> SweepResult:
    """One batch in one transaction; when that fails on some row, the rows one by one."""
    try:
        return _handle(sweep)
    except Exception as error:
        _raise_if_passing(error)
        return _one_by_one(sweep, _due(sweep, sweep.batch), error)


def _one_by_one(sweep: Sweep, ids: Sequence[int], reason: Exception) -> SweepResult:
    """Handle what can be handled and set the rest aside; raise when nothing can: then no row is to blame."""
    result, errors = SweepResult(), dict[int, Exception]()
    for one in ids:
        try:
            result = result.plus(_handle(sweep, one))
        except Exception as error:
            _raise_if_passing(error)
            errors[one] = error
    if len(errors) == len(ids) > 1:
        raise reason
    with sweep.db.write() as session:
        _set_aside(session, sweep, errors)
    return result.plus(SweepResult(failed=tuple(errors)))


def _set_aside(session: Session, sweep: Sweep, errors: Mapping[int, Exception]) -> None:
    """Look at these rows again in an hour; the log gets each kind of fault once, with the rows it hit."""
    for deadline_id in errors:
        claims.look_again(session, deadline_id, sweep.now, sweep.now + SET_ASIDE)
    for kind, error in {type(one): one for one in errors.values()}.items():
        logs.failure("sweep.row", error, deadlines=[id_ for id_, one in errors.items() if type(one) is kind])


def _raise_if_passing(error: Exception) -> None:
    """A lost connection or a lock is no row's fault: the whole sweep tries again at the next tick."""
    if isinstance(error, DBAPIError) and is_passing(error):
        raise error


def _handle(sweep: Sweep, only: int | None = None) -> SweepResult:
    with sweep.db.write() as session:
        claimed = claims.claim_due(session, sweep.now, sweep.batch, only)
        looks, failed = _look_at_all(session, sweep, claimed)
        if claims.take_rungs(session, [one.climb for one in looks]) != len(looks):
            raise Overtaken("A clock was changed while it was being looked at.")
        calls = [call for one in looks for call in one.calls]
        written = alerts.write(session, calls, sweep.now, is_backlog=sweep.is_backlog)
    breaches = tuple(one.breach for one in looks if one.breach)
    return SweepResult(len(claimed), written, breaches, failed)


def _look_at_all(
    session: Session, sweep: Sweep, claimed: Sequence[Claimed]
) -> tuple[list[Look], tuple[int, ...]]:
    """Work out every row; one that cannot be worked out is set aside and does not stop the others."""
    rules = editions.with_former(session, sweep.rules, {one.deadline.policy_version for one in claimed})
    stamps = {text for one in claimed for text in (one.deadline.calendar_version, one.calendar)}
    sweep.rules = own_calendars.with_own(session, rules, stamps)
    teams = claims.list_team(session, {one.deadline.estate_id for one in claimed}, sweep.now)
    looks, errors = [], dict[int, Exception]()
    for one in claimed:
        try:
            looks.append(_look(sweep, one, teams.get(one.deadline.estate_id, [])))
        except Exception as error:
            errors[one.deadline.id] = error
    _set_aside(session, sweep, errors)
    return looks, tuple(errors)


def _look(sweep: Sweep, claimed: Claimed, team: Sequence[Person]) -> Look:
    deadline = claimed.deadline
    policy = sweep.rules.as_made(deadline.policy_version).find(deadline.clock)
    breached_at = _newly_breached_at(deadline, sweep.now)
    if policy is None:
        # The promise is no longer made: it stays as it was, and nobody is called about it any more.
        return Look(Climb(deadline, deadline.rung, None, breached_at))
    calendar = sweep.rules.calendar_as_made(deadline.calendar_version, claimed.calendar, claimed.timezone)
    steps = reckoning.ladder(policy, course_of(deadline), calendar, is_owned=claimed.holders.is_owned)
    due = reckoning.due_steps(steps, deadline.rung, sweep.now)
    rung = max((one.place + 1 for one in due), default=deadline.rung)
    next_at = _next_look(claimed, reckoning.next_instant(steps, rung), sweep.now)
    climb = Climb(deadline, rung, next_at, breached_at)
    calls = [call for one in due for call in _calls(sweep, claimed, one, team)]
    return Look(climb, _once_each([*_repeated(sweep, claimed, team), *calls]))


def _rings_again(claimed: Claimed) -> bool:
    """An alarm is repeated until somebody accepts; its clock of the first response keeps the time."""
    return claimed.is_alarm and not claimed.is_accepted and claimed.deadline.name == "respond"


def _next_look(claimed: Claimed, next_at: datetime | None, now: datetime) -> datetime | None:
    if not _rings_again(claimed):
        return next_at
    started_at = claimed.deadline.started_at
    again_at = started_at + next_alarm(max(now - started_at, NOTHING))
    return min(again_at, next_at) if next_at else again_at


def _repeated(sweep: Sweep, claimed: Claimed, team: Sequence[Person]) -> list[Call]:
    """Ring everybody on duty once more about an alarm that nobody has accepted."""
    row, since = claimed.deadline, sweep.now - claimed.deadline.started_at
    if not _rings_again(claimed) or since < ALARM_AGAIN:
        return []
    values = {"number": claimed.ticket_number, "again": True, "seconds": int(since.total_seconds())}
    key = f"emergency:{row.ticket_id}:{row.next_check_at.isoformat() if row.next_check_at else ''}"
    return [
        _call(row, user, "emergency", sweep.now, key, values, is_live=True)
        for user in alarmed(claimed.holders, team, since)
    ]


def _call(
    row: DueClock, user_id: int, kind: str, at: datetime, key: str, values: Mapping[str, Any], **how: bool
) -> Call:
    return Call(row.estate_id, user_id, kind, at, key, row.ticket_id, row.id, row.clock, values, **how)


def _newly_breached_at(deadline: DueClock, now: datetime) -> datetime | None:
    return None if deadline.breached_at else reckoning.breach_instant(deadline, now)


def _calls(sweep: Sweep, claimed: Claimed, step: Step, team: Sequence[Person]) -> list[Call]:
    row = claimed.deadline
    people = called(step.role, claimed.holders, team)
    if not people:
        raise NobodyToCall(f"Estate {row.estate_id} has nobody to call as {step.role}.")
    kind, key = _kind_and_key(claimed, step, sweep.now)
    values = {"number": claimed.ticket_number, "name": row.name, "due_at": row.due_at.isoformat()}
    live = is_live(
        row.clock, is_alarm=claimed.is_alarm, is_severe=claimed.is_severe, is_late=sweep.now >= row.due_at
    )
    present = {one.id for one in team if one.is_on_duty}
    # A warning that is read only after the breach tells of the breach, so it bears its instant.
    at = max(step.at, row.due_at) if kind == "breach" else step.at
    return [
        _call(row, user, kind, at, key, values, is_live=live, is_quiet=user not in present) for user in people
    ]


def _kind_and_key(claimed: Claimed, step: Step, now: datetime) -> tuple[str, str]:
    row = claimed.deadline
    if step.when == "start" and claimed.is_severe:
        # Whoever chose the severity may have told the manager already: the same key, told once.
        return "severe", f"severe:{row.ticket_id}"
    if step.when == "start":
        return "attention", f"deadline:{row.id}:{step.place}"
    if step.when == "before" and step.role == "butler" and not claimed.holders.is_owned:
        # Once for the ticket, however many clocks it has.
        return "unassigned", f"unassigned:{row.ticket_id}"
    key = f"deadline:{row.id}:{step.place}"
    if step.when == "after":
        return "escalate", key
    return "breach" if now >= row.due_at else "warn", key


def _once_each(calls: Iterable[Call]) -> tuple[Call, ...]:
    """A person called by two rungs at once is called by the higher one."""
    return tuple({one.user_id: one for one in calls}.values())
