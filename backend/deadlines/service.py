"""Starts, stops, pauses and resumes the clocks of a ticket. Nothing here commits.

Ticket events are the only way in: ``on_event`` is told what happened and when, and the policies say which
clocks that starts and which promises it fulfils.
"""

from datetime import datetime
from functools import cached_property
from typing import Final

from sqlalchemy.orm import Session

from backend.deadlines import editions, own_calendars, queries, reckoning, warnings
from backend.deadlines.calendar import Calendar, Interval
from backend.deadlines.calling import ALARM_AGAIN
from backend.deadlines.conditions import Facts
from backend.deadlines.faults import NoOpenDay, UnknownCalendar, in_utc
from backend.deadlines.promises import Policy, hears
from backend.deadlines.reckoning import Course, Pause, Running, Stretch
from backend.deadlines.rules import Rules, standard_rules
from backend.deadlines.unplanned import tell_unplanned
from backend.deadlines.waiting import Wait, may_wait
from backend.models import Deadline, DeadlinePause, Estate, Ticket


def on_event(
    session: Session,
    ticket: Ticket,
    event: str,
    at: datetime,
    *,
    agreed_at: datetime | None = None,
    rules: Rules | None = None,
    is_new: bool = False,
) -> tuple[Deadline, ...]:
    """Stop what the event fulfils, then start what it starts; return the clocks it started.

    ``at``: when it happened. ``agreed_at``: a time agreed with the resident (SLA-08, SLA-09). An event that
    sets or moves an appointment starts SLA-05 from the ticket's appointment columns, and one that sets the
    ticket's own limit SLA-28 from that. A clock starts once in each of the ticket's cycles. Where the
    calendar has no open day nothing can be promised: that clock is not started, and the manager is told.
    ``is_new``: the ticket is of this transaction and has no clock yet. Raises BeyondTheLimit when
    ``agreed_at`` is later than the promise allows.
    """
    clocks = _Clocks(session, ticket, rules, is_new=is_new)
    if event in clocks.rules.policies.cancels:
        clocks.end_all(at)
        return ()
    clocks.hear(event, at)
    return tuple(clocks.start_on(event, at, agreed_at))


def start_attend(
    session: Session, ticket: Ticket, window_end: datetime | None, at: datetime, *, rules: Rules | None = None
) -> Deadline | None:
    """Promise to be there by ``window_end`` (SLA-05); a former appointment is kept as cancelled.

    ``window_end`` None: no visit is agreed any more. Returns None when such tickets know no such promise, or
    when the same time is promised already.
    """
    return _Clocks(session, ticket, rules).start_attend(window_end, at)


def count_as_met(session: Session, ticket: Ticket, name: str, at: datetime) -> None:
    """Let the running promise of this name count as met ``at``, as it was on the ticket before this one."""
    clocks = _Clocks(session, ticket, None)
    for deadline in clocks.running():
        if deadline.name == name:
            clocks.meet(deadline, at)


def take_on(session: Session, ticket: Ticket, given: Deadline, at: datetime) -> None:
    """Let a promise that was given on another ticket run on this one as it was given there: its instants,
    editions, rungs and waits. The clock that ran here instead ends, and stays in history."""
    _Clocks(session, ticket, None).take_on(given, at)


def pause(
    session: Session, ticket: Ticket, reason: str, at: datetime, *, waits_for: str | None = None,
    rules: Rules | None = None,
) -> list[Deadline]:  # fmt: skip
    """Let the ticket's clocks wait from ``at``, and return those that do: none falls due meanwhile.

    Words as in ``Wait``. What is late already stays late, its lateness frozen, and its ladder goes on.
    """
    clocks = _Clocks(session, ticket, rules)
    return [one for one in clocks.running() if clocks.pause(one, Wait(reason, waits_for), at)]


def resume(session: Session, ticket: Ticket, at: datetime, *, rules: Rules | None = None) -> None:
    """Let the ticket's clocks run again, each moved by the counted time its pause took.

    One whose own step still waits (the corrected drawings of SLA-23) waits on.
    """
    clocks = _Clocks(session, ticket, rules)
    for deadline in clocks.running():
        if not clocks.waits_at_this_step(deadline):
            clocks.resume(deadline, at)


def explain(
    session: Session, ticket: Ticket, deadline: Deadline, now: datetime, *, rules: Rules | None = None
) -> tuple[Stretch, ...]:
    """Return every interval counted or paused from the start until the promise was met, or until ``now``."""
    calendar = _calendar_of(session, ticket, deadline, rules or standard_rules())
    rows = queries.list_pauses(session, [deadline.id]).get(deadline.id, [])
    waits = [Pause(row.from_at, row.until_at, row.reason, row.waits_for) for row in rows]
    until = deadline.met_at or deadline.cancelled_at or now
    return reckoning.explain(course_of(deadline).basis, deadline.started_at, until, waits, calendar)


def is_provisional(
    session: Session, ticket: Ticket, deadline: Deadline, *, rules: Rules | None = None
) -> bool:
    """Tell whether the holidays that decide this promise are not yet published (暂定)."""
    estate = queries.get_estate(session, ticket.estate_id)
    known = own_calendars.with_own(session, rules or standard_rules(), [estate.calendar])
    calendar = known.calendar_in_force(estate.calendar, estate.timezone)
    return reckoning.is_provisional(course_of(deadline), calendar)


def course_of(deadline: Running) -> Course:
    """Return how this row's promise runs, as the pure reckoning knows it."""
    basis = reckoning.basis_of(deadline.basis)
    return Course(basis, deadline.started_at, deadline.due_at, deadline.warn_at)


def facts_of(ticket: Ticket) -> Facts:
    """Return what the conditions of promises look at (``only`` in policies.toml)."""
    when = ticket.slots.get("when")
    return {
        "urgent": ticket.is_urgent,
        "asap": isinstance(when, dict) and bool(when.get("asap")),
        "appointment": ticket.appointment_start is not None or ticket.appointment_end is not None,
        "again": ticket.cycle > 1,
        "severity": ticket.severity or ticket.facts.get("severity") or "none",
        "class": ticket.class_ or ticket.facts.get("class") or "none",
        "step": ticket.step,
    }


#: what a promise keeps when another ticket takes it on
_AS_GIVEN: Final = ("estate_id", "clock", "name", "basis", "policy_version", "calendar_version", "started_at",
                    "due_at", "warn_at", "breached_at", "agreed_at", "rung")  # fmt: skip


class _Clocks:
    """The clocks of one ticket, locked against the sweep for this transaction."""

    def __init__(
        self, session: Session, ticket: Ticket, rules: Rules | None, *, is_new: bool = False
    ) -> None:
        self.session = session
        self.ticket = ticket
        self.rows = [] if is_new else self._locked()
        versions = [one.policy_version for one in self.rows]
        self.rules = editions.with_former(session, rules or standard_rules(), versions)

    def _locked(self) -> list[Deadline]:
        self.session.flush()
        return queries.lock_clocks(self.session, self.ticket.id)

    def _calendar(self, policy: Policy, at: datetime) -> Calendar:
        """The calendar in force for promises made now; one that nobody knows is told to the manager."""
        rules = own_calendars.with_own(self.session, self.rules, [self.estate.calendar])
        if not rules.has_calendar(self.estate.calendar):
            because = f"There is no calendar “{self.estate.calendar}”."
            tell_unplanned(self.session, self.ticket, policy.id, because, in_utc(at))
        return rules.calendar_in_force(self.estate.calendar, self.estate.timezone)

    @cached_property
    def estate(self) -> Estate:
        """Looked up once, and only where a clock starts."""
        return queries.get_estate(self.session, self.ticket.estate_id)

    def running(self) -> list[Deadline]:
        return [one for one in self.rows if one.met_at is None and one.cancelled_at is None]

    def policy_of(self, deadline: Deadline) -> Policy | None:
        """The promise as it was made: an old row keeps what stops, warns and calls of its own edition."""
        return self.rules.as_made(deadline.policy_version).find(deadline.clock)

    def hear(self, event: str, at: datetime) -> None:
        """Let every running clock take the event as its own promise says."""
        workflow = self.ticket.workflow
        for deadline in self.running():
            policy = self.policy_of(deadline)
            if policy is None:
                continue
            if hears(policy.stops, workflow, event):
                self.meet(deadline, at)
            elif hears(policy.ends, workflow, event):
                self._cancel(deadline, at)
            elif hears(policy.waits, workflow, event):
                self.pause(deadline, Wait(), at)
            elif hears(policy.goes_on, workflow, event) and self.ticket.state != "waiting":
                self.resume(deadline, at)

    def take_on(self, given: Deadline, at: datetime) -> None:
        self.rules = editions.with_former(self.session, self.rules, [given.policy_version])
        mine, cycle = [one for one in self.rows if one.clock == given.clock], self.ticket.cycle
        for one in mine:
            if one.met_at is None and one.cancelled_at is None:
                self._cancel(one, at)
            if one.cycle == cycle:  # the cycle's clock is now the other; below 1 no cycle ever begins
                one.cycle = min(0, *(other.cycle for other in mine)) - 1
        self.session.flush()
        as_given = {name: getattr(given, name) for name in _AS_GIVEN}
        taken = Deadline(ticket_id=self.ticket.id, cycle=cycle, **as_given)
        taken.next_check_at = self._next_look(taken, self.policy_of(taken), self._calendar_as_made(taken))
        self.session.add(taken)
        self.session.flush()
        queries.copy_pauses(self.session, given.id, taken.id)

    def waits_at_this_step(self, deadline: Deadline) -> bool:
        policy = self.policy_of(deadline)
        return policy is not None and hears(policy.waits, self.ticket.workflow, f"step:{self.ticket.step}")

    def end_all(self, at: datetime) -> None:
        for deadline in self.running():
            self._cancel(deadline, at)

    def start_on(self, event: str, at: datetime, agreed_at: datetime | None) -> list[Deadline]:
        wanted = self.rules.policies.started_by(self.ticket.workflow, event, facts_of(self.ticket))
        started = [self._start_one(one, at, agreed_at if one.agreed != "never" else None) for one in wanted]
        return [one for one in started if one is not None]

    def _start_one(self, policy: Policy, at: datetime, agreed_at: datetime | None) -> Deadline | None:
        if policy.is_dated:
            return self._start_dated(policy, at)
        running = next((one for one in self.running() if one.clock == policy.id), None)
        if running is not None and agreed_at is not None:
            return self._agree_anew(policy, running, at, agreed_at)
        cycle = self._next_cycle(policy)
        return self._start(policy, at, cycle, agreed_at) if cycle is not None else None

    def _agree_anew(
        self, policy: Policy, running: Deadline, at: datetime, agreed_at: datetime
    ) -> Deadline | None:
        """Another time has been agreed: the former promise ends, kept or broken, and stays in history.

        Where only an earlier time may be agreed, the limit is still counted from the first start.
        """
        if running.agreed_at == in_utc(agreed_at):
            return None
        self._cancel(running, at)
        since = running.started_at if policy.agreed == "earlier" else at
        cycle = max(one.cycle for one in self.rows if one.clock == policy.id) + 1
        return self._start(policy, since, cycle, agreed_at)

    def _next_cycle(self, policy: Policy) -> int | None:
        """The cycle a clock would start in; None where it has run already or runs still."""
        mine = [one for one in self.rows if one.clock == policy.id]
        if not policy.repeats:
            return None if any(one.cycle == self.ticket.cycle for one in mine) else self.ticket.cycle
        if any(one in mine for one in self.running()):
            return None
        return max([self.ticket.cycle, *(one.cycle + 1 for one in mine)])

    def _start_dated(self, policy: Policy, at: datetime) -> Deadline | None:
        """A promise whose date the ticket carries: the end of its appointment, or the limit set for it."""
        if not policy.limit.is_window:
            return self.start_until(policy, self.ticket.limit_at, at)
        # For a point in time, the point is the end of the window.
        until = self.ticket.appointment_end or self.ticket.appointment_start
        return self.start_until(policy, until, at) if until is not None else None

    def start_until(self, policy: Policy, until: datetime | None, at: datetime) -> Deadline | None:
        """Start the clock with this date; a running one with another date is ended and stays in history."""
        mine = [one for one in self.rows if one.clock == policy.id]
        if any(_is_until(one, policy, until, self.ticket.cycle) for one in mine):
            return None
        for deadline in mine:
            if deadline.met_at is None and deadline.cancelled_at is None:
                self._cancel(deadline, at)
        if until is None and policy.limit.is_window:
            return None
        return self._start(policy, at, max((one.cycle for one in mine), default=0) + 1, until)

    def start_attend(self, window_end: datetime | None, at: datetime) -> Deadline | None:
        policy = self.rules.policies.attend(self.ticket.workflow)
        return self.start_until(policy, window_end, at) if policy is not None else None

    def pause(self, deadline: Deadline, wait: Wait, at: datetime) -> bool:
        if not may_wait(self.policy_of(deadline), deadline):
            return False
        since, reason, key = in_utc(at), wait.reason, wait.waits_for
        deadline.paused_at, deadline.pause_reason, deadline.waits_for = since, reason, key
        if since < deadline.due_at:  # lateness is told on, however long it waits
            deadline.next_check_at = None
        self.session.add(DeadlinePause(estate_id=deadline.estate_id, deadline_id=deadline.id,
                                       from_at=since, reason=reason, waits_for=key))  # fmt: skip
        return True

    def resume(self, deadline: Deadline, at: datetime) -> None:
        if deadline.paused_at is None:
            return
        calendar = self._calendar_as_made(deadline)
        end = max(in_utc(at), deadline.paused_at)
        moved = reckoning.resumed(course_of(deadline), Interval(deadline.paused_at, end), calendar)
        deadline.due_at, deadline.warn_at = moved.due_at, moved.warn_at
        deadline.paused_at = deadline.pause_reason = deadline.waits_for = None
        policy = self.policy_of(deadline)
        deadline.next_check_at = self._next_look(deadline, policy, calendar)
        self.session.flush()
        queries.end_pause(self.session, deadline.id, end)

    def meet(self, deadline: Deadline, at: datetime) -> None:
        self._judge(deadline, at)
        deadline.met_at = in_utc(at)
        self._freeze(deadline)

    def _judge(self, deadline: Deadline, at: datetime) -> None:
        """A late answer sets both instants, met and breached, so that reports can say how late."""
        self.resume(deadline, at)
        deadline.breached_at = reckoning.breach_instant(deadline, in_utc(at))
        deadline.next_check_at = None

    def _cancel(self, deadline: Deadline, at: datetime) -> None:
        self._judge(deadline, at)
        deadline.cancelled_at = in_utc(at)
        self._freeze(deadline)

    def _freeze(self, deadline: Deadline) -> None:
        """What reports count by stays as it is now, whoever takes the ticket over later."""
        deadline.butler_id = self.ticket.butler_id
        deadline.item_id, deadline.workflow = self.ticket.item_id, self.ticket.workflow
        deadline.building = queries.building_of(self.session, self.ticket.home_id)

    def _start(self, policy: Policy, at: datetime, cycle: int, agreed_at: datetime | None) -> Deadline | None:
        try:
            calendar = self._calendar(policy, at)
            own = warnings.of_estate(policy, self.estate.settings)
            made = reckoning.plan(own, at, calendar, agreed_at)
        except (NoOpenDay, UnknownCalendar) as error:
            tell_unplanned(self.session, self.ticket, policy.id, str(error), in_utc(at))
            return None
        editions.keep(self.session, self.rules.policies, in_utc(at))
        deadline = Deadline(
            estate_id=self.ticket.estate_id,
            ticket_id=self.ticket.id,
            clock=policy.id,
            name=policy.name,
            cycle=cycle,
            basis=policy.basis,
            policy_version=self.rules.policies.version,
            calendar_version=calendar.stamp,
            started_at=in_utc(at),
            due_at=made.due_at,
            warn_at=made.warn_at,
            agreed_at=in_utc(agreed_at) if agreed_at else None,
            rung=0,
        )
        deadline.next_check_at = self._next_look(deadline, policy, calendar)
        self.session.add(deadline)
        self._wait_like_the_others(deadline, at)
        self.rows.append(deadline)
        return deadline

    def _wait_like_the_others(self, deadline: Deadline, at: datetime) -> None:
        """A clock born while its ticket waits must wait as well, or it would run unseen."""
        waiting = next((one for one in self.running() if self._waits_with_the_ticket(one)), None)
        if waiting is not None:
            self.session.flush()
            self.pause(deadline, Wait(waiting.pause_reason or "", waiting.waits_for), at)

    def _waits_with_the_ticket(self, deadline: Deadline) -> bool:
        return deadline.paused_at is not None and not self.waits_at_this_step(deadline)

    def _next_look(self, deadline: Deadline, policy: Policy | None, calendar: Calendar) -> datetime | None:
        """When the sweep must look at this row; None when nobody is left to call."""
        if policy is None:
            return None
        is_owned = self.ticket.butler_id is not None
        steps = reckoning.ladder(policy, course_of(deadline), calendar, is_owned=is_owned)
        next_at = reckoning.next_instant(steps, deadline.rung)
        if self.ticket.workflow == "emergency" and policy.name == "respond":
            # An alarm rings again until somebody accepts (sweep).
            again_at = deadline.started_at + ALARM_AGAIN
            return min(again_at, next_at) if next_at else again_at
        return next_at

    def _calendar_as_made(self, deadline: Deadline) -> Calendar:
        return _calendar_of(self.session, self.ticket, deadline, self.rules)


def _calendar_of(session: Session, ticket: Ticket, deadline: Deadline, rules: Rules) -> Calendar:
    estate = queries.get_estate(session, ticket.estate_id)
    known = own_calendars.with_own(session, rules, [deadline.calendar_version, estate.calendar])
    return known.calendar_as_made(deadline.calendar_version, estate.calendar, estate.timezone)


def _is_until(deadline: Deadline, policy: Policy, until: datetime | None, cycle: int) -> bool:
    """Tell whether a clock promises this very date already, or has been kept with it in this cycle."""
    if deadline.cancelled_at is not None:
        return False
    if policy.limit.is_window:
        return deadline.met_at is None and until is not None and deadline.due_at == in_utc(until)
    same = deadline.agreed_at == (in_utc(until) if until else None)
    return same and (deadline.met_at is None or deadline.cycle >= cycle)
