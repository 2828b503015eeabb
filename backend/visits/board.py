"""The calendar as the page shows it: the sheet of a day, the week, the agenda, what waits for a time."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from backend.deadlines.calendar import Interval
from backend.desk import words
from backend.desk.pills import NOTHING
from backend.desk.queries import Entry
from backend.desk.queue import row_of
from backend.desk.views import Choice, FieldView
from backend.duties import service as duty_verbs
from backend.duties.queries import Entry as DutyEntry
from backend.people.residents import counted
from backend.people.roles import Role
from backend.visits import asked as addresses
from backend.visits import rules, wording
from backend.visits.rules import QUARTER
from backend.visits.service import Day, Gathered, person_of, planned
from backend.visits.views import (
    BandView,
    BoardView,
    DayView,
    DutyView,
    GridView,
    HourView,
    LaneView,
    SlotView,
    Trouble,
    WaitView,
)
from backend.visits.wording import Teller
from locales import N_, t
from locales.dates import format_date, format_moment, format_span, format_time

VIEWS: Final = (("day", N_("Day view")), ("week", N_("Week view")))
#: roles that have a lane of their own even on a day without a visit
IN_LANES: Final = frozenset({Role.ENGINEER})


def board_of(teller: Teller, found: Gathered) -> BoardView:
    """Word the whole page."""
    language, asked = teller.language, teller.asked
    step = timedelta(days=1 if asked.view == "day" else 7)
    first = found.days[0]
    days = tuple(day_of(teller, one) for one in found.days)
    is_day = asked.view == "day"
    shown = found.days[:1] if is_day else found.days
    return BoardView(
        title=t(language, "Calendar of visits"),
        span=_span(teller, shown),
        day=first.date.isoformat(),
        view=asked.view,
        here=addresses.address(asked),
        views=tuple(
            (t(language, name), addresses.address(asked, view=view), asked.view == view)
            for view, name in VIEWS
        ),
        earlier=addresses.address(asked, day=asked.day - step),
        later=addresses.address(asked, day=asked.day + step),
        now=addresses.address(asked, day=asked.today),
        export=addresses.address(asked, "/visits/day.xlsx"),
        paper=addresses.address(asked, "/visits/paper"),
        plan=addresses.address(asked, "/visits/new") if teller.plans else "",
        clear=addresses.address(addresses.Asked(asked.day, asked.today, asked.view, estate=asked.estate)),
        filters=_filters(teller, found),
        hidden=tuple((k, v) for k, v in addresses.parts(asked).items() if k in ("view", "estate")),
        grid=grid_of(teller, found, first) if is_day else None,
        days=days,
        troubles=tuple(_troubles(teller, shown)),
        waiting=waiting_of(teller, found),
        duties=tuple(_duty(teller, one) for one in found.duties) if teller.plans else (),
        count=sum(len(one.slots) for one in days[: len(shown)]),
        is_cut=found.is_cut,
        note=t(language, "Some results are hidden by the filter.") if asked.is_narrowed else "",
        day_note=wording.day_note(teller, first) if is_day else "",
    )


def _span(teller: Teller, days: Sequence[Day]) -> str:
    language = teller.language
    first = format_date(language, days[0].date)
    if len(days) > 1:
        return t(language, "{start} to {end}", start=first, end=format_date(language, days[-1].date))
    label = wording.day_label(teller, days[0])
    return first if label == first else wording.headed(f"{label} · {first}")


def day_of(teller: Teller, day: Day) -> DayView:
    """One day as a list."""
    asked = teller.asked
    slots = tuple(wording.slot_of(teller, day, one) for one in day.entries if wording.is_wanted(teller, one))
    label, plain = wording.day_label(teller, day), format_date(teller.language, day.date)
    return DayView(
        day=day.date.isoformat(),
        label=plain if label == plain else wording.headed(f"{label} · {plain}"),
        href=addresses.address(asked, day=day.date, view="day"),
        is_today=day.date == asked.today,
        is_closed=not day.hours.open,
        note=wording.day_note(teller, day),
        slots=slots,
    )


def grid_of(teller: Teller, found: Gathered, day: Day) -> GridView:
    """The sheet of one day, a lane for each person who goes anywhere or might be sent."""
    entries = [one for one in day.entries if wording.is_wanted(teller, one)]
    spans = [planned(one).span for one in entries if not planned(one).is_loose]
    frame = rules.shown(day.hours.day, day.hours.open, spans)
    now = teller.reader.now
    is_now = frame.start <= now < frame.end
    return GridView(
        start=frame.start.isoformat(),
        total=-(-frame.length // QUARTER),
        now_at=(now - frame.start) // QUARTER if is_now else -1,
        hours=tuple(_hours(teller, frame)),
        lanes=tuple(
            _lane(teller, day, frame, person, [one for one in entries if person_of(one.ticket) == person])
            for person in _people(teller, found, entries)
        ),
    )


def _hours(teller: Teller, frame: Interval) -> Iterable[HourView]:
    at = frame.start
    while at < frame.end:
        label = format_time(at, teller.zone)
        yield HourView((at - frame.start) // QUARTER, label, at.isoformat())
        at += rules.HOUR


def _people(teller: Teller, found: Gathered, entries: Iterable[Entry]) -> list[int]:
    """Nobody yet first, since that is what there is to do; then who might go, by name of their role."""
    asked, viewer = teller.asked, teller.reader.viewer
    if asked.worker is not None:
        return [asked.worker]
    going = {person_of(one.ticket) for one in entries}
    if not teller.plans:
        return sorted({viewer.user_id} | going)
    usual = {one.id for one in found.staff.values() if one.is_active and one.role in IN_LANES}
    staff = sorted((going | usual) - {0}, key=lambda one: (found.staff[one].role != "engineer", one))
    return [0, *staff]


def _lane(teller: Teller, day: Day, frame: Interval, person: int, entries: Sequence[Entry]) -> LaneView:
    language, user = teller.language, teller.staff.get(person)
    fixed = [one for one in entries if not planned(one).is_loose]
    places = rules.columns([planned(one).span for one in fixed])
    slots = tuple(
        wording.slot_of(teller, day, one, frame=frame, column=place)
        for one, place in zip(fixed, places, strict=True)
    )
    return LaneView(
        person=str(person or ""),
        name=user.name(language) if user else t(language, "Nobody named yet"),
        note=_lane_note(teller, day, person),
        columns=max((most for _, most in places), default=1),
        slots=slots,
        loose=tuple(wording.slot_of(teller, day, one) for one in entries if planned(one).is_loose),
        bands=tuple(_bands(teller, day, frame, person)),
        plan=_plan(teller, day, person),
    )


def _plan(teller: Teller, day: Day, person: int) -> str:
    """Where a visit of this lane is planned from."""
    if not teller.plans:
        return ""
    where = addresses.address(teller.asked, "/visits/new", day=day.date)
    return f"{where}{'&' if '?' in where else '?'}who={person or 'nobody'}"


def _lane_note(teller: Teller, day: Day, person: int) -> str:
    user = teller.staff.get(person)
    if user is None:
        return ""
    own = day.hours.shifts.get(person)
    if own is None:
        return wording.role_name(teller.language, user)
    clipped = rules.joined(one for one in (shift.within(day.hours.day) for shift in own) if one)
    if not clipped:
        return t(teller.language, wording.OFF)
    if clipped == [day.hours.day]:
        return t(teller.language, "On shift all day")
    return ", ".join(wording.span_text(teller, one) for one in clipped)


def _bands(teller: Teller, day: Day, frame: Interval, person: int) -> Iterable[BandView]:
    """What is hatched: the closed hours of the estate, and within the open ones what is off their shift."""
    name = wording.holiday_name(teller.language, day)
    for one in rules.closed(frame, day.hours.open):
        text = name or t(teller.language, wording.CLOSED)
        yield BandView("closed", *rules.quarters(frame, one), text=text)
    if person not in day.hours.shifts:
        return
    for opened in day.hours.open:
        inside = opened.within(frame)
        for one in rules.closed(inside, day.hours.shifts[person]) if inside else ():
            yield BandView("off", *rules.quarters(frame, one), text=t(teller.language, wording.OFF))


def _troubles(teller: Teller, days: Iterable[Day]) -> Iterable[Trouble]:
    for day in days:
        for one in day.entries:
            if not day.conflicts.get(one.ticket.number) or not wording.is_wanted(teller, one):
                continue
            slot = wording.slot_of(teller, day, one)
            if slot.conflicts:  # what was planned in spite of it with a reason is none any more
                yield _trouble(teller, day, slot)


def _trouble(teller: Teller, day: Day, slot: SlotView) -> Trouble:
    when = wording.day_label(teller, day)
    label = f"#{slot.row.number} {slot.row.home} · {slot.who} · {when} {slot.time}"
    return Trouble(slot.move or slot.row.href, label, slot.conflicts)


def waiting_of(teller: Teller, found: Gathered, **given: str) -> tuple[WaitView, ...]:
    """What waits for a time, as the queue orders it; ``given``: the time that was already chosen."""
    asked = teller.asked
    shown = [
        one
        for one in found.waiting
        if (not asked.kind or one.ticket.workflow == asked.kind)
        and (not asked.building or (one.home is not None and one.home.building == asked.building))
    ]
    return tuple(_wait(teller, one, given) for one in shown)


def _wait(teller: Teller, entry: Entry, given: dict[str, str]) -> WaitView:
    waited = (teller.reader.now - entry.ticket.received_at).total_seconds()
    row = row_of(teller.reader, entry)
    if row.pill.state in ("done", "missed"):  # a clock that is over says nothing of the time still to agree
        row = replace(row, pill=NOTHING)
    return WaitView(
        row=row,
        move=wording.move_address(teller.asked, entry.ticket.number, **given) if teller.plans else "",
        since=t(teller.language, "Waiting for {span}", span=format_span(teller.language, waited)),
    )


def _duty(teller: Teller, entry: DutyEntry) -> DutyView:
    due = format_moment(teller.language, entry.duty.due_at, teller.zone, teller.reader.now)
    title = duty_verbs.title_of(entry.duty, teller.language)
    return DutyView(f"/duties/{entry.duty.id}", title, entry.home.code if entry.home else "", due)


def _filters(teller: Teller, found: Gathered) -> tuple[FieldView, ...]:
    language, asked = teller.language, teller.asked
    everybody = Choice("", t(language, "Everybody"))
    people = [everybody, Choice("nobody", t(language, "Nobody named yet"))]
    going = {person_of(one.ticket) for day in found.days for one in day.entries}
    people += [
        Choice(str(one.id), one.name(language))
        for one in found.staff.values()
        if one.id in going or one.role in IN_LANES
    ]
    buildings = sorted(found.buildings, key=counted)
    kinds = sorted({one.ticket.workflow for day in found.days for one in day.entries} | {asked.kind} - {""})
    every = Choice("", t(language, "All"))
    worker = {None: "", 0: "nobody"}.get(asked.worker, str(asked.worker))
    made = [
        FieldView("building", t(language, "Building"), "select", asked.building,
                  choices=(every, *(Choice(one, one) for one in buildings))),
        FieldView("kind", t(language, "Service"), "select", asked.kind,
                  choices=(every, *(Choice(k, words.workflow_symbol(language, k).label) for k in kinds))),
    ]  # fmt: skip
    if teller.plans:
        made.insert(0, FieldView("worker", t(language, "Who goes"), "select", worker, choices=tuple(people)))
    return tuple(made)
