"""The tasks of duties as pages show them (值班任务): worded in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from backend.desk import words
from backend.desk.duty_photos import FAULT, Shown, chips_of
from backend.desk.queue import Reader
from backend.desk.record_fields import fields_of, shown_values
from backend.desk.views import FieldView, PhotoChip, Pill, Tab
from backend.duties import plan, service
from backend.duties.queries import Entry
from backend.duties.service import Board
from backend.models import Duty, Record
from backend.people import roles
from backend.tickets.forms import find_form
from backend.web.countdown import STATES, count
from locales import N_, t
from locales.dates import format_moment

#: part of the board → its heading, and what it says when it is empty
PARTS: Final = (
    ("overdue", N_("Overdue")),
    ("open", N_("To do now")),
    ("coming", N_("Coming")),
    ("done", N_("Done today")),
)
ICONS: Final = {"ok": "clock", "soon": "alarm-clock", "late": "flame", "done": "circle-check",
                "missed": "circle-check", "none": "hourglass"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TaskView:
    """One task. ``page``: it is done there; ``fields``: the form it is done with, where the reader may.

    ``may_arrange``: a ticket may be opened that does it; ``opened``: the tickets of faults that it found.
    """

    id: int
    title: str
    about: str
    role: str
    who: str
    when: str
    pill: Pill
    ticket: int = 0
    page: str = ""
    form_name: str = ""
    fields: tuple[FieldView, ...] = ()
    may_take: bool = False
    may_do: bool = False
    is_again: bool = False
    record: tuple[tuple[str, str], ...] = ()
    may_arrange: bool = False
    asks_fault: bool = False
    fault: str = ""
    chips: tuple[PhotoChip, ...] = ()
    photo_error: str = ""
    photos: tuple[Shown, ...] = ()
    opened: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PartView:
    name: str
    title: str
    tasks: tuple[TaskView, ...]


@dataclass(frozen=True, slots=True)
class DutiesView:
    """The whole page; ``note``: what it says when there is nothing to do."""

    title: str
    tabs: tuple[Tab, ...]
    parts: tuple[PartView, ...]
    note: str
    report_href: str
    settings_href: str


@dataclass(frozen=True, slots=True)
class Again:
    """A form that came back: which task, what was typed, what is wrong at each field."""

    task_id: int
    typed: Mapping[str, str]
    errors: Mapping[str, str]


def page_of(reader: Reader, board: Board, *, everybody: bool, again: Again | None = None) -> DutiesView:
    """Word the board: the overdue first, then what is to be done now, what comes, and what is done."""
    language = reader.language
    found = {"overdue": board.overdue, "open": board.open, "coming": board.coming, "done": board.done}
    parts = tuple(
        PartView(name, t(language, title), tuple(task_of(reader, one, again) for one in found[name]))
        for name, title in PARTS
        if found[name]
    )
    tabs = (
        Tab(t(language, "My role's"), 0, "/duties?who=mine", not everybody),
        Tab(t(language, "Everybody's"), 0, "/duties?who=all", everybody),
    )
    note = "" if board.overdue or board.open else t(language, "Nothing is to be done just now.")
    report = "/registers/missed" if roles.sees_all_tickets(reader.viewer.role) else ""
    arrange = "/settings/duties" if roles.may_manage_people(reader.viewer.role) else ""
    return DutiesView(t(language, "Duties"), tabs, parts, note, report, arrange)


def task_of(
    reader: Reader, entry: Entry, again: Again | None = None, record: Record | None = None
) -> TaskView:
    """Word one task, with its form where the reader may do it now."""
    task, language = entry.duty, reader.language
    duty = service.duty_of(task)
    form = find_form(duty.form) if duty else None
    is_open = task.done_at is None and task.opens_at <= reader.now and service.may_do(reader.viewer, task)
    is_again = again is not None and again.task_id == task.id
    typed, errors = (again.typed, again.errors) if again and is_again else ({}, {})
    asked = bool(form and duty and is_open and not duty.page)
    return TaskView(
        id=task.id,
        title=service.title_of(task, language),
        about=about_of(reader, entry),
        role=words.name_of(language, words.ROLES, task.role),
        who=entry.user.name(language) if entry.user else "",
        when=_when(reader, task),
        pill=pill_of(reader, task),
        ticket=entry.ticket.number if entry.ticket and roles.sees_all_tickets(reader.viewer.role) else 0,
        page=duty.page if duty and is_open else "",
        form_name=form.name(language) if form else "",
        fields=fields_of(reader, form, duty.asks, duty.needs, typed=typed, errors=errors)
        if form and duty and asked
        else (),
        may_take=is_open and task.user_id != reader.viewer.user_id,
        may_do=asked,
        is_again=is_again,
        record=shown_values(reader, form, record.values) if form and record else (),
        may_arrange=bool(duty and duty.opens and asked and task.ticket_id is None),
        asks_fault=bool(duty and duty.fault),
        fault=typed.get(FAULT, ""),
        chips=chips_of(typed),
        photo_error=errors.get("photos", ""),
        opened=tuple(task.values.get("tickets", ())),
    )


def about_of(reader: Reader, entry: Entry) -> str:
    """What a task is about: the estate (where the reader has several), home, resident and ticket."""
    parts = [entry.estate.name(reader.language)] if len(reader.viewer.estate_ids) > 1 else []
    parts += [entry.home.code] if entry.home else []
    parts += [entry.resident.name] if entry.resident else []
    parts += [f"#{entry.ticket.number} {entry.ticket.name(reader.language)}"] if entry.ticket else []
    return " · ".join(parts)


def _when(reader: Reader, task: Duty) -> str:
    def moment(name: str) -> str:
        return format_moment(reader.language, getattr(task, name), reader.zone, reader.now)

    if task.done_at is not None:
        return t(reader.language, "done {moment}", moment=moment("done_at"))
    if task.opens_at > reader.now:
        return t(reader.language, "from {start}, due {end}", start=moment("opens_at"), end=moment("due_at"))
    return t(reader.language, "due {moment}", moment=moment("due_at"))


def pill_of(reader: Reader, task: Duty) -> Pill:
    """How a task stands, ticking in the browser while it is open."""
    language = reader.language
    if task.done_at is not None:
        late = max(task.done_at - task.due_at, timedelta())
        state = "missed" if late else "done"
        span = t(language, "{span} late", span=count(language, -late)) if late else ""
        return Pill(state, ICONS[state], t(language, STATES[state]), span)
    if task.opens_at > reader.now:
        return Pill("none", ICONS["none"], t(language, "Coming"))
    warn_at = plan.warning(task.opens_at, task.due_at)
    state = "late" if task.due_at <= reader.now else "soon" if warn_at <= reader.now else "ok"
    return Pill(
        state,
        ICONS[state],
        t(language, STATES[state]),
        count(language, task.due_at - reader.now),
        service.title_of(task, language),
        due=task.due_at.isoformat(),
        warn=warn_at.isoformat(),
    )
