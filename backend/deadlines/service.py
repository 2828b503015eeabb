"""Starts, stops, pauses and resumes the clocks of a ticket. Nothing here commits.

Ticket events are the only way in: ``on_event`` is told what happened and when, and the policies say which
clocks that starts and which promises it fulfils.
"""

from datetime import datetime
from functools import cached_property

from sqlalchemy.orm import Session

from backend.deadlines import queries, reckoning
from backend.deadlines.calendar import Calendar, Interval
from backend.deadlines.faults import in_utc
from backend.deadlines.policy import Policy
from backend.deadlines.reckoning import Course, Pause, Stretch
from backend.deadlines.rules import Rules, standard_rules
from backend.models import Deadline, DeadlinePause, Ticket


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
    sets or moves an appointment starts SLA-05 from the ticket's appointment columns. A clock starts once in
    each of the ticket's cycles. ``is_new``: the ticket is of this transaction and has no clock yet.
    Raises BeyondTheLimit when ``agreed_at`` is later than the promise allows.
    """
    clocks = _Clocks(session, ticket, rules, is_new=is_new)
    if event in clocks.rules.policies.cancels:
        clocks.end_all(at)
        return ()
    clocks.meet(event, at)
    return (*clocks.start_on(event, at, agreed_at), *clocks.start_appointment_on(event, at))


def start_attend(
    session: Session, ticket: Ticket, window_end: datetime, at: datetime, *, rules: Rules | None = None
) -> Deadline | None:
    """Promise to be there by ``window_end`` (SLA-05); a former appointment is kept as cancelled.

    None when such tickets know no such promise, or when the same time is promised already.
    """
    return _Clocks(session, ticket, rules).start_attend(window_end, at)


def pause(session: Session, ticket: Ticket, reason: str, at: datetime, *, rules: Rules | None = None) -> None:
    """Let the ticket's clocks wait from ``at``: nothing falls due until they are resumed.

    A promise already late runs on: waiting neither undoes nor hides lateness.
    """
    clocks = _Clocks(session, ticket, rules)
    for deadline in clocks.running():
        clocks.pause(deadline, reason, at)


def resume(session: Session, ticket: Ticket, at: datetime, *, rules: Rules | None = None) -> None:
    """Let the ticket's clocks run again, each moved by the counted time its pause took."""
    clocks = _Clocks(session, ticket, rules)
    for deadline in clocks.running():
        clocks.resume(deadline, at)


def explain(
    session: Session, ticket: Ticket, deadline: Deadline, now: datetime, *, rules: Rules | None = None
) -> tuple[Stretch, ...]:
    """Return every interval counted or paused from the start until the promise was met, or until ``now``."""
    calendar = _calendar_of(session, ticket, deadline, rules or standard_rules())
    rows = queries.list_pauses(session, [deadline.id]).get(deadline.id, [])
    waits = [Pause(row.from_at, row.until_at, row.reason) for row in rows]
    until = deadline.met_at or deadline.cancelled_at or now
    return reckoning.explain(course_of(deadline).basis, deadline.started_at, until, waits, calendar)


def is_provisional(
    session: Session, ticket: Ticket, deadline: Deadline, *, rules: Rules | None = None
) -> bool:
    """Tell whether the holidays that decide this promise are not yet published (暂定)."""
    estate = queries.get_estate(session, ticket.estate_id)
    calendar = (rules or standard_rules()).calendar_in_force(estate.calendar, estate.timezone)
    return reckoning.is_provisional(course_of(deadline), calendar)


def course_of(deadline: Deadline) -> Course:
    """Return how this row's promise runs, as the pure reckoning knows it."""
    basis = reckoning.basis_of(deadline.basis)
    return Course(basis, deadline.started_at, deadline.due_at, deadline.warn_at)


class _Clocks:
    """The clocks of one ticket, locked against the sweep for this transaction."""

    def __init__(
        self, session: Session, ticket: Ticket, rules: Rules | None, *, is_new: bool = False
    ) -> None:
        self.session = session
        self.ticket = ticket
        self.rules = rules or standard_rules()
        self.rows = [] if is_new else self._locked()

    def _locked(self) -> list[Deadline]:
        self.session.flush()
        return queries.lock_clocks(self.session, self.ticket.id)

    @cached_property
    def calendar(self) -> Calendar:
        """The calendar in force for promises made now; looked up once, and only where a clock starts."""
        estate = queries.get_estate(self.session, self.ticket.estate_id)
        return self.rules.calendar_in_force(estate.calendar, estate.timezone)

    def running(self) -> list[Deadline]:
        return [one for one in self.rows if one.met_at is None and one.cancelled_at is None]

    def meet(self, event: str, at: datetime) -> None:
        fulfilled = self.rules.policies.stopped_by(event)
        for deadline in self.running():
            if deadline.clock in fulfilled:
                self._judge(deadline, at)
                deadline.met_at = in_utc(at)

    def end_all(self, at: datetime) -> None:
        for deadline in self.running():
            self._cancel(deadline, at)

    def start_on(self, event: str, at: datetime, agreed_at: datetime | None) -> list[Deadline]:
        have = {one.clock for one in self.rows if one.cycle == self.ticket.cycle}
        wanted = self.rules.policies.started_by(self.ticket.workflow, event)
        return [
            self._start(one, at, self.ticket.cycle, agreed_at if one.agreed != "never" else None)
            for one in wanted
            if one.id not in have
        ]

    def start_appointment_on(self, event: str, at: datetime) -> list[Deadline]:
        attend = self.rules.policies.attend(self.ticket.workflow)
        # For a point in time, the point is the end of the window.
        window_end = self.ticket.appointment_end or self.ticket.appointment_start
        if attend is None or event not in attend.starts or window_end is None:
            return []
        started = self.start_attend(window_end, at)
        return [started] if started else []

    def start_attend(self, window_end: datetime, at: datetime) -> Deadline | None:
        policy = self.rules.policies.attend(self.ticket.workflow)
        if policy is None:
            return None
        for deadline in self.running():
            if deadline.clock == policy.id and deadline.due_at == in_utc(window_end):
                return None
            if deadline.clock == policy.id:
                self._cancel(deadline, at)
        former = [one.cycle for one in self.rows if one.clock == policy.id]
        return self._start(policy, at, max(former, default=0) + 1, window_end)

    def pause(self, deadline: Deadline, reason: str, at: datetime) -> None:
        policy = self.rules.policies.find(deadline.clock)
        may_wait = policy is not None and policy.pauses
        if not may_wait or deadline.paused_at is not None or in_utc(at) >= deadline.due_at:
            return
        deadline.paused_at, deadline.pause_reason = in_utc(at), reason
        deadline.next_check_at = None
        self.session.add(
            DeadlinePause(
                estate_id=deadline.estate_id, deadline_id=deadline.id, from_at=in_utc(at), reason=reason
            )
        )

    def resume(self, deadline: Deadline, at: datetime) -> None:
        if deadline.paused_at is None:
            return
        calendar = self._calendar_as_made(deadline)
        end = max(in_utc(at), deadline.paused_at)
        moved = reckoning.resumed(course_of(deadline), Interval(deadline.paused_at, end), calendar)
        deadline.due_at, deadline.warn_at = moved.due_at, moved.warn_at
        deadline.paused_at = deadline.pause_reason = None
        policy = self.rules.policies.find(deadline.clock)
        deadline.next_check_at = self._next_look(deadline, policy, calendar)
        self.session.flush()
        queries.end_pause(self.session, deadline.id, end)

    def _judge(self, deadline: Deadline, at: datetime) -> None:
        """A late answer sets both instants, met and breached, so that reports can say how late."""
        self.resume(deadline, at)
        deadline.breached_at = reckoning.breach_instant(deadline, in_utc(at))
        deadline.next_check_at = None

    def _cancel(self, deadline: Deadline, at: datetime) -> None:
        self._judge(deadline, at)
        deadline.cancelled_at = in_utc(at)

    def _start(self, policy: Policy, at: datetime, cycle: int, agreed_at: datetime | None) -> Deadline:
        calendar = self.calendar
        made = reckoning.plan(policy, at, calendar, agreed_at)
        deadline = Deadline(
            estate_id=self.ticket.estate_id,
            ticket_id=self.ticket.id,
            clock=policy.id,
            name=policy.name,
            cycle=cycle,
            basis=policy.basis,
            policy_version=self.rules.policies.version,
            calendar_version=calendar.version,
            started_at=in_utc(at),
            due_at=made.due_at,
            warn_at=made.warn_at,
            rung=0,
        )
        deadline.next_check_at = self._next_look(deadline, policy, calendar)
        self.session.add(deadline)
        self._wait_like_the_others(deadline, at)
        self.rows.append(deadline)
        return deadline

    def _wait_like_the_others(self, deadline: Deadline, at: datetime) -> None:
        """A clock born while its ticket waits must wait as well, or it would run unseen."""
        waiting = next((one for one in self.running() if one.paused_at is not None), None)
        if waiting is not None:
            self.session.flush()
            self.pause(deadline, waiting.pause_reason or "", at)

    def _next_look(self, deadline: Deadline, policy: Policy | None, calendar: Calendar) -> datetime | None:
        """When the sweep must look at this row; None when nobody is left to call."""
        if policy is None:
            return None
        is_owned = self.ticket.butler_id is not None
        steps = reckoning.ladder(policy, course_of(deadline), calendar, is_owned=is_owned)
        return reckoning.next_instant(steps, deadline.rung)

    def _calendar_as_made(self, deadline: Deadline) -> Calendar:
        return _calendar_of(self.session, self.ticket, deadline, self.rules)


def _calendar_of(session: Session, ticket: Ticket, deadline: Deadline, rules: Rules) -> Calendar:
    estate = queries.get_estate(session, ticket.estate_id)
    return rules.calendar_as_made(deadline.calendar_version, estate.calendar, estate.timezone)
