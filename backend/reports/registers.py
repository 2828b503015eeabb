"""Registers as a page words them: which there are, and the lines of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from backend.desk import words
from backend.desk.promises import person
from backend.desk.queue import Reader
from backend.desk.views import Empty
from backend.models import Estate, User
from backend.people.viewer import Viewer
from backend.reports import filled
from backend.reports.asking import place
from backend.reports.papers import filters_of
from backend.reports.period import Month
from backend.reports.queries import PAGE
from backend.reports.register_queries import OF_TICKETS, Line, RegisterQuery, may_read
from backend.reports.views import Cell, Paper, Table
from backend.tickets.forms import Form, Forms, standard_forms
from backend.web import cut
from backend.web.parts import Filter, Option
from backend.web.reading import is_number
from locales import N_, t
from locales.dates import format_full

STATES: Final = {
    "open": N_("Open"), "waiting": N_("Waiting"), "done": N_("Done"), "closed": N_("Closed"),
    "cancelled": N_("Cancelled"),
}  # fmt: skip
MISSED: Final = "missed"
#: how a register that no workbook can hold is saved whole; only those of tickets know states
BY_STATE: Final = N_(
    "To save all of them, choose a building, a person or a state, and save them part by part."
)
BY_PERSON: Final = N_("To save all of them, choose a building or a person, and save them part by part.")


@dataclass(frozen=True, slots=True)
class Place:
    """Which estate a page is about, of those that its reader works in."""

    estate: Estate
    estates: tuple[Estate, ...] = ()

    def address(self, path: str, month: Month) -> str:
        """A page about the same estate."""
        return f"{path}?{urlencode({'month': str(month), **place(self.estates, self.estate)})}"

    def is_past(self, reader: Reader, month: Month) -> bool:
        """True when the month is over."""
        return month < Month.of(reader.now, self.estate.timezone)


@dataclass(frozen=True, slots=True)
class Asked:
    """A register as its address asks for it."""

    form: Form
    estate: Estate
    month: Month
    butler: str = ""
    building: str = ""
    state: str = ""
    after: str = ""
    estates: tuple[Estate, ...] = ()

    def address(self, suffix: str = "", **changes: str) -> str:
        fields = {"month": str(self.month), "butler": self.butler, "building": self.building,
                  "state": self.state, **place(self.estates, self.estate), **changes}  # fmt: skip
        query = urlencode({name: value for name, value in fields.items() if value})
        return f"/registers/{self.form.id}{suffix}?{query}"

    def query(self) -> RegisterQuery:
        return RegisterQuery(
            kind=self.form.id,
            estate_id=self.estate.id,
            span=self.month.bounds(self.estate.timezone),
            butler=int(self.butler) if self.butler else None,
            building=self.building,
            state=self.state,
            before=int(self.after) if self.after else None,
        )


def read(
    form: Form, estate: Estate, asked: Mapping[str, str], now: datetime, estates: Sequence[Estate] = ()
) -> Asked:
    """Read a register's address; what cannot be read is left out."""
    month = Month.read(asked.get("month", "")) or Month.of(now, estate.timezone)
    butler, after, state = asked.get("butler", ""), asked.get("after", ""), asked.get("state", "")
    return Asked(
        form=form,
        estate=estate,
        month=month,
        butler=butler if is_number(butler) else "",
        building=asked.get("building", "")[:40].replace("\x00", ""),
        state=state if state in STATES and form.id in OF_TICKETS else "",
        after=after if is_number(after) else "",
        estates=tuple(estates),
    )


def index_of(
    reader: Reader, viewer: Viewer, place_of: Place, month: Month, counts: Mapping[str, int]
) -> Paper:
    """The page of all registers, with how many lines each has this month."""
    language, estate = reader.language, place_of.estate
    rows = tuple(
        (
            Cell(form.name(language), place_of.address(f"/registers/{form.id}", month), note=form.id),
            Cell(str(counts.get(form.id, 0)), kind="figure"),
        )
        for form in standard_forms().all.values()
        if may_read(viewer, form.id)
    )
    missed = (Cell(t(language, "Missed duties"), place_of.address(f"/registers/{MISSED}", month)),
              Cell(str(counts.get(MISSED, 0)), kind="figure"))  # fmt: skip
    return Paper(
        title=t(language, "Registers"),
        subtitle=f"{estate.name(language)} · {month}",
        filters=filters_of(language, place_of.estates, estate, month),
        earlier_href=place_of.address("/registers", month.later(-1)),
        later_href=place_of.address("/registers", month.later(1)) if place_of.is_past(reader, month) else "",
        tables=(
            Table(t(language, "This month’s entries"), (t(language, "Register"), t(language, "Entries")),
                  (missed, *rows)),
        ),
    )  # fmt: skip


def page_of(
    reader: Reader, asked: Asked, lines: Sequence[Line], butlers: Sequence[User], buildings: Sequence[str]
) -> Paper:
    """Word one page of a register."""
    language, shown = reader.language, lines[:PAGE]
    where = Place(asked.estate, asked.estates)
    return Paper(
        title=asked.form.name(language),
        subtitle=f"{asked.estate.name(language)} · {asked.month} · {asked.form.id}",
        filters=_filters(language, asked, butlers, buildings),
        tables=(_table(reader, asked, shown),),
        export_href=asked.address("/export"),
        back=(
            t(language, "All registers"),
            where.address("/registers", asked.month),
        ),
        earlier_href=asked.address(month=str(asked.month.later(-1))),
        later_href=asked.address(month=str(asked.month.later(1)))
        if where.is_past(reader, asked.month)
        else "",
        next_href=asked.address(after=str(shown[-1].cursor)) if len(lines) > PAGE else "",
        first_href=asked.address() if asked.after else "",
    )


def how_narrower(form: Form) -> str:
    """The sentence (to be translated) that says by what a register is saved part by part."""
    return BY_STATE if form.id in OF_TICKETS else BY_PERSON


def cut_notes(language: str, asked: Asked, count: int, most: int) -> tuple[str, ...]:
    """What stands above a register of which a workbook cannot hold every line."""
    said = cut.on_page(language, count, most, how_narrower(asked.form))
    return (said,) if said else ()


def _filters(
    language: str, asked: Asked, butlers: Sequence[User], buildings: Sequence[str]
) -> tuple[Filter, ...]:
    everybody = Option("", t(language, "Everybody"), not asked.butler)
    people = [Option(str(one.id), one.name(language), str(one.id) == asked.butler) for one in butlers]
    whole = Option("", t(language, "All buildings"), not asked.building)
    places = [
        Option(one, t(language, "Building {name}", name=one), one == asked.building) for one in buildings
    ]
    states = [Option(one, t(language, name), one == asked.state) for one, name in STATES.items()]
    found = (
        *filters_of(language, asked.estates, asked.estate, asked.month),
        Filter("butler", t(language, "Person"), asked.butler, options=(everybody, *people)),
        Filter("building", t(language, "Building"), asked.building, options=(whole, *places)),
    )
    if asked.form.id not in OF_TICKETS:
        return found
    every = Option("", t(language, "Whatever it stands at"), not asked.state)
    return (*found, Filter("state", t(language, "Stands at"), asked.state, options=(every, *states)))


def _table(reader: Reader, asked: Asked, lines: Sequence[Line]) -> Table:
    language, form = reader.language, asked.form
    heads = (N_("No."), N_("Time"), N_("Ticket"), N_("Home"), N_("Resident"), N_("Entries"), N_("Person"))
    return Table(
        caption=form.name(language),
        head=tuple(t(language, one) for one in heads),
        rows=tuple(_row(reader, form, line) for line in lines),
        is_list=True,
        empty=None if lines else Empty(
            t(language, "Nothing was entered in this month"),
            t(language, "What is written down in “{form}” stands here, newest first.",
              form=form.name(language)),
        ),
    )  # fmt: skip


def _row(reader: Reader, form: Form, line: Line) -> tuple[Cell, ...]:
    language, ticket, record = reader.language, line.ticket, line.record
    at = record.at if record and form.id not in OF_TICKETS else ticket.received_at if ticket else None
    values = filled.values_of(form, line)
    said = filled.content(reader, form, values)
    said_by_resident = ticket.words if ticket and "words" in form.prints else ""
    where = form_href(form, line)
    return (
        Cell(str(record.number) if record else t(language, "Form"), where, "code"),
        Cell(format_full(language, at, reader.zone) if at else ""),
        _ticket(language, line),
        Cell(line.home.code if line.home else "–", kind="code"),
        Cell(person(language, line.resident) if ticket else "–"),
        Cell(said or said_by_resident or "–", note=said_by_resident if said else ""),
        Cell(line.who.name(language) if line.who else "–"),
    )


def form_href(form: Form, line: Line) -> str:
    """Where the single form is printed."""
    if line.ticket is not None:
        return f"/tickets/{line.ticket.number}/forms/{form.id}"
    return f"/registers/{form.id}/{line.cursor}"


def _ticket(language: str, line: Line) -> Cell:
    if line.ticket is None:
        return Cell("–")
    step = words.stands_at(language, line.ticket)
    return Cell(f"#{line.ticket.number}", f"/tickets/{line.ticket.number}",
                note=f"{line.ticket.name(language)} · {step}")  # fmt: skip


def export_of(reader: Reader, forms: Forms, form: Form, rows: Sequence[tuple[Line, str]]) -> Table:
    """The register with every column of the plan; each line comes with the resident's masked phone."""
    language = reader.language
    names = [forms.prints[name].name(language) for name in form.prints]
    return Table(
        caption=form.id,
        head=(t(language, "No."), t(language, "Time"), *names, *(one.name(language) for one in form.fields),
              t(language, "Person")),
        rows=tuple(_export_row(reader, form, line, phone) for line, phone in rows),
    )  # fmt: skip


def _export_row(reader: Reader, form: Form, line: Line, phone: str) -> tuple[Cell, ...]:
    values, record = filled.values_of(form, line), line.record
    at = record.at if record else line.ticket.received_at if line.ticket else None
    return (
        Cell(str(record.number) if record else "", kind="figure"),
        Cell(format_full(reader.language, at, reader.zone) if at else ""),
        *(Cell(filled.printed(reader, line, name, phone)) for name in form.prints),
        *(Cell(filled.worded(reader, one, values.get(one.id))) for one in form.fields),
        Cell(line.who.name(reader.language) if line.who else ""),
    )
