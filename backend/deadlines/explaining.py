"""Tells in words how a promise came about and how it stands: for butlers, for residents, in both languages.

Every line is a whole sentence. Nothing here commits.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile

from sqlalchemy.orm import Session

from backend.deadlines import editions, own_calendars, queries, reckoning, service, waits
from backend.deadlines.calendar import Calendar, Holiday
from backend.deadlines.promises import Policy
from backend.deadlines.reckoning import Status, Stretch
from backend.deadlines.rules import Rules, standard_rules
from backend.models import Deadline, Ticket
from locales import N_, t
from locales.dates import format_date, format_full, format_span

MOST_DAYS = 15
"""More working days than this are not named one by one."""


@dataclass(frozen=True, slots=True)
class Explained:
    """One clock of a ticket with its sentences; ``is_provisional``: a holiday may still move it (暂定)."""

    deadline: Deadline
    status: Status
    is_provisional: bool
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads it: on which clocks, in which language, when."""

    zone: str
    language: str
    now: datetime

    def moment(self, instant: datetime) -> str:
        return format_full(self.language, instant, self.zone)

    def day(self, day: date) -> str:
        return format_date(self.language, day)

    def span(self, length: timedelta) -> str:
        return format_span(self.language, length.total_seconds())


def explained(
    session: Session, ticket: Ticket, zone: str, language: str, now: datetime, *, rules: Rules | None = None
) -> list[Explained]:
    """Return every clock of a ticket, running or over, with how it came about in words."""
    rows = queries.list_deadlines(session, [ticket.id]).get(ticket.id, [])
    known = editions.with_former(session, rules or standard_rules(), {row.policy_version for row in rows})
    estate = queries.get_estate(session, ticket.estate_id)
    stamps = {estate.calendar, *(row.calendar_version for row in rows)}
    known = own_calendars.with_own(session, known, stamps)
    reader = Reader(zone, language, now)
    return [_explained(session, ticket, row, reader, known) for row in rows]


def _explained(session: Session, ticket: Ticket, row: Deadline, reader: Reader, rules: Rules) -> Explained:
    stretches = service.explain(session, ticket, row, reader.now, rules=rules)
    is_open = service.is_provisional(session, ticket, row, rules=rules)
    policy = rules.as_made(row.policy_version).find(row.clock)
    estate = queries.get_estate(session, ticket.estate_id)
    calendar = rules.calendar_as_made(row.calendar_version, estate.calendar, estate.timezone)
    lines = [
        *_promised(row, policy, reader),
        *_days(row, calendar, reader),
        *(_stretch(one, reader) for one in stretches),
        *_stands(row, reader, is_provisional=is_open, calendar=calendar),
    ]
    return Explained(row, reckoning.status(row, reader.now), is_open, tuple(lines))


def sentences(
    deadline: Deadline, stretches: Iterable[Stretch], zone: str, language: str, now: datetime | None = None
) -> list[str]:
    """Return what can be told of a clock without its edition and its calendar at hand."""
    reader = Reader(zone, language, now or deadline.started_at)
    told = [*_promised(deadline, None, reader), *(_stretch(one, reader) for one in stretches)]
    return [*told, *_stands(deadline, reader, is_provisional=False, calendar=None)]


def _promised(row: Deadline, policy: Policy | None, reader: Reader) -> Iterator[str]:
    """What was promised, and since when it counts."""
    language = reader.language
    name = (policy.title_zh if language == "zh" else policy.title_en) if policy else row.clock
    yield _limit(row, policy, name, reader)
    if policy is not None and policy.is_target:
        yield t(language, "This is an aim, not a hard promise.")
    yield t(language, "Started {moment}.", moment=reader.moment(row.started_at))


def _limit(row: Deadline, policy: Policy | None, name: str, reader: Reader) -> str:
    language = reader.language
    if policy is not None and policy.limit.is_window:
        return t(language, "{name}: by the end of the agreed visit.", name=name)
    if row.agreed_at is not None:
        return t(
            language, "{name}: by the time agreed, {moment}.", name=name, moment=reader.moment(row.agreed_at)
        )
    if policy is not None and policy.limit.working_days is not None:
        said = N_(
            "{name}: within {days} working days of the estate's calendar. The day of receipt does not count."
        )
        return t(language, said, name=name, days=policy.limit.working_days)
    if policy is not None and policy.limit.elapsed is not None:
        span = _length(policy.limit.elapsed, language)
        return t(language, "{name}: within {span}, counted day and night.", name=name, span=span)
    said = N_("{clock}: elapsed time, day and night.")
    if row.basis == "wd":
        said = N_("{clock}: working days of the estate's calendar.")
    return t(language, said, clock=name)


def _length(span: timedelta, language: str) -> str:
    """A limit as people say it: ``10 minutes``, ``24 hours``, ``3 days``."""
    minutes = int(span.total_seconds()) // 60
    if minutes % 1440 == 0 and minutes > 1440:
        return t(language, "{n} days", n=minutes // 1440)
    if minutes % 60 == 0:
        return t(language, "{n} hours", n=minutes // 60)
    return t(language, "{n} minutes", n=minutes)


def _days(row: Deadline, calendar: Calendar, reader: Reader) -> Iterator[str]:
    """The working days that lead to the due time, and the holidays between that do not count."""
    if row.basis != "wd":
        return
    last = calendar.local_day(row.due_at)
    worked = list(takewhile(lambda day: day <= last, calendar.open_days(calendar.local_day(row.started_at))))
    if 0 < len(worked) <= MOST_DAYS:
        named = [_working_day(day, calendar, reader) for day in worked]
        yield t(reader.language, "Working days: {days}.", days=_listed(named, reader))
    for one in _holidays(calendar, calendar.local_day(row.started_at), last):
        first, final = reader.day(one.first), reader.day(one.last)
        name = one.zh if reader.language == "zh" else one.en
        said = (
            N_("Not counted: {name}, {day}.")
            if one.first == one.last
            else N_("Not counted: {name}, {day} to {last}.")
        )
        yield t(reader.language, said, name=name, day=first, last=final)


def _working_day(day: date, calendar: Calendar, reader: Reader) -> str:
    said = reader.day(day)
    is_make_up = any(day in year.make_up_days for year in calendar.years)
    return t(reader.language, "{day} (worked in exchange)", day=said) if is_make_up else said


def _listed(parts: Sequence[str], reader: Reader) -> str:
    return ("、" if reader.language == "zh" else ", ").join(parts)


def _holidays(calendar: Calendar, first: date, last: date) -> list[Holiday]:
    found = [one for year in calendar.years for one in year.holidays]
    return [one for one in found if one.last >= first and one.first <= last]


def _stretch(part: Stretch, reader: Reader) -> str:
    values = {
        "start": reader.moment(part.start), "end": reader.moment(part.end), "span": reader.span(part.counted),
    }  # fmt: skip
    if part.kind == "counted":
        return t(reader.language, "Counted {start} to {end}: {span}.", **values)
    said = N_("Paused {start} to {end}: {span} given back. {reason}")
    reason = waits.said(reader.language, part.waits_for, part.reason)
    return t(reader.language, said, reason=reason, **values).rstrip()


def _stands(
    row: Deadline, reader: Reader, *, is_provisional: bool, calendar: Calendar | None
) -> Iterator[str]:
    """When it is due, whether that may still move, and how it stands or ended."""
    language = reader.language
    yield t(language, "Due {moment}.", moment=reader.moment(row.due_at))
    if is_provisional and calendar is not None:
        year = _unpublished(row, calendar)
        said = N_("Provisional: the holidays of {year} are not published yet, and may still move it.")
        yield t(language, said, year=year)
    ended = _outcome(row, reader)
    if ended:
        yield ended


def _unpublished(row: Deadline, calendar: Calendar) -> int:
    days = [calendar.local_day(one) for one in (row.started_at, row.due_at)]
    return next((day.year for day in days if calendar.is_provisional(day)), days[-1].year)


def _outcome(row: Deadline, reader: Reader) -> str:
    language, broken = reader.language, reckoning.breach_instant(row, reader.now)
    if row.met_at is not None and broken is None:
        return t(language, "Kept: done {moment}.", moment=reader.moment(row.met_at))
    if row.met_at is not None:
        late = reader.span(row.met_at - row.due_at)
        return t(language, "Missed: done {moment}, {span} late.", moment=reader.moment(row.met_at), span=late)
    if row.cancelled_at is not None:
        return t(language, "Ended {moment}: no longer needed.", moment=reader.moment(row.cancelled_at))
    if broken is not None and row.paused_at is not None:
        late, since = reader.span(row.paused_at - row.due_at), reader.moment(row.paused_at)
        return t(language, "Overdue by {span} when it began to wait, {moment}.", span=late, moment=since)
    if broken is not None:
        return t(language, "Overdue by {span}.", span=reader.span(reader.now - row.due_at))
    if row.paused_at is not None:
        return t(
            language,
            "It waits since {moment}; nothing falls due while it waits.",
            moment=reader.moment(row.paused_at),
        )
    return ""
