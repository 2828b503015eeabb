"""The columns of the list of tickets: one value for each, for the page and for the workbook alike."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from backend.deadlines.reckoning import breach_instant
from backend.desk import pills, words
from backend.desk.queries import Entry
from backend.desk.queue import Reader, tag_of
from backend.desk.views import Pill
from backend.models import Ticket, User
from backend.search.asked import COLUMNS
from backend.search.views import Cell, Row
from backend.web.countdown import count
from intents.menu import Menu
from locales import N_, html_tag, t
from locales.dates import format_full, format_moment, local

NAMES: Final[Mapping[str, str]] = {
    "number": N_("Ticket number"), "title": N_("Matter"), "step": N_("Step"), "clock": N_("Promise"),
    "due": N_("Promised by"),
    "late_by": N_("Longest overdue"), "state": N_("State"), "kind": N_("Kind of ticket"),
    "category": N_("Category"), "estate": N_("Estate"), "building": N_("Building"), "home": N_("Home"),
    "resident": N_("Resident"), "language": N_("Language"), "channel": N_("Channel"),
    "butler": N_("Butler"), "worker": N_("Done by"), "received": N_("Received at"),
    "changed": N_("Last change"), "visit": N_("Visit agreed"), "done": N_("Work done at"),
    "closed": N_("Closed at"), "satisfaction": N_("Satisfaction"), "score": N_("Score"),
    "words": N_("In the resident's words"),
}  # fmt: skip
STATES: Final[Mapping[str, str]] = {
    "active": N_("Not finished"), "open": N_("In progress"), "waiting": N_("Waiting for something"),
    "done": N_("Done, to be followed up"), "closed": N_("Closed"), "cancelled": N_("Cancelled"),
}  # fmt: skip
LANGUAGES: Final[Mapping[str, str]] = {"zh": N_("Chinese"), "en": N_("English")}
assert tuple(NAMES) == COLUMNS


@dataclass(frozen=True, slots=True)
class Line:
    """One ticket with everything its columns show."""

    entry: Entry
    worker: User | None


@dataclass(frozen=True, slots=True)
class Teller:
    """Who reads, and the menu that names what a ticket is about."""

    reader: Reader
    menu: Menu


Tell = Callable[[Teller, Line], Cell]


def head(language: str, column: str) -> str:
    return t(language, NAMES[column])


def row_of(teller: Teller, line: Line, columns: Sequence[str]) -> Row:
    """Word one ticket."""
    ticket = line.entry.ticket
    pill = _pill(teller, line)
    return Row(
        key=f"t{ticket.number}",
        number=ticket.number,
        href=f"/tickets/{ticket.number}",
        state=pill.state,
        words=ticket.words,
        words_lang=html_tag(ticket.language),
        is_urgent=ticket.is_urgent,
        cells=tuple(cell_of(teller, line, column) for column in columns),
    )


def cell_of(teller: Teller, line: Line, column: str) -> Cell:
    """The value of one column."""
    return _TELL[column](teller, line)


def _zone(teller: Teller, line: Line) -> str:
    return line.entry.estate.timezone if line.entry.estate else teller.reader.zone


def _pill(teller: Teller, line: Line) -> Pill:
    ticket = line.entry.ticket
    chosen = pills.pick(line.entry.deadlines, ticket.cycle)
    return pills.pill_of(teller.reader.language, chosen, teller.reader.now, _zone(teller, line))


def _clock(teller: Teller, line: Line) -> Cell:
    pill = _pill(teller, line)
    text = " ".join(part for part in (pill.clock, pill.word, pill.span) if part)
    # In a file the time that is left would be wrong a minute later: it has the instant beside it.
    kept = " ".join(part for part in (pill.clock, pill.word) if part)
    return Cell("clock", text, kept=kept, pill=pill if pill.state != "none" else None)


def _due(teller: Teller, line: Line) -> Cell:
    """The instant that the promise of ``clock`` runs to; none while it waits."""
    chosen = pills.pick(line.entry.deadlines, line.entry.ticket.cycle)
    is_known = chosen is not None and (chosen.paused_at is None or chosen.met_at is not None)
    return _told_at(teller, line, "due", chosen.due_at if chosen and is_known else None)


def in_file(columns: Sequence[str]) -> tuple[str, ...]:
    """The columns of a workbook: beside a promise always the instant it runs to."""
    return tuple(one for one in COLUMNS if one in columns or (one == "due" and "clock" in columns))


def late_seconds(line: Line, now: datetime) -> int:
    """The most seconds by which a promise of the ticket was, or is, kept too late; 0: none was."""
    most = timedelta(0)
    for one in line.entry.deadlines:
        frozen = one.paused_at if one.paused_at and one.paused_at >= one.due_at else None
        end = one.met_at or one.cancelled_at or frozen or now
        if breach_instant(one, end) is not None:
            most = max(most, end - one.due_at)
    return int(most.total_seconds())


def _late_by(teller: Teller, line: Line) -> Cell:
    seconds = late_seconds(line, teller.reader.now)
    text = count(teller.reader.language, -timedelta(seconds=seconds)) if seconds else ""
    return Cell("late_by", text)


def _title(teller: Teller, line: Line) -> Cell:
    return Cell("title", line.entry.ticket.name(teller.reader.language))


def _number(_teller: Teller, line: Line) -> Cell:
    number = line.entry.ticket.number
    return Cell("number", f"#{number}", number=number)


def _step(teller: Teller, line: Line) -> Cell:
    ticket = line.entry.ticket
    return Cell("step", words.stands_at(teller.reader.language, ticket, line.entry.merged_into))


def _state(teller: Teller, line: Line) -> Cell:
    ticket, language = line.entry.ticket, teller.reader.language
    if ticket.merged_into_id is not None:
        return Cell("state", words.name_of(language, words.STEPS, "merged"))
    return Cell("state", words.name_of(language, STATES, ticket.state))


def _kind(teller: Teller, line: Line) -> Cell:
    symbol = words.kind_symbol(teller.reader.language, line.entry.ticket)
    return Cell("kind", symbol.label)


def _category(teller: Teller, line: Line) -> Cell:
    item = teller.menu.items.get(line.entry.ticket.item_id)
    chapter = teller.menu.categories.get(item.category) if item else None
    return Cell("category", chapter.name.in_(teller.reader.language) if chapter else "")


def _estate(teller: Teller, line: Line) -> Cell:
    estate = line.entry.estate
    return Cell("estate", estate.name(teller.reader.language) if estate else "")


def _building(_teller: Teller, line: Line) -> Cell:
    return Cell("building", line.entry.home.building if line.entry.home else "")


def _home(_teller: Teller, line: Line) -> Cell:
    return Cell("home", line.entry.home.code if line.entry.home else "–")


def _resident(teller: Teller, line: Line) -> Cell:
    language, resident = teller.reader.language, line.entry.resident
    if resident is None:  # nobody has linked a home; a provider is a company, told by its words
        who = "–" if line.entry.ticket.workflow == "provider" else t(language, "Visitor")
        return Cell("resident", who)
    return Cell("resident", resident.name or resident.address_as(language))


def _language(teller: Teller, line: Line) -> Cell:
    written = line.entry.ticket.language
    name = words.name_of(teller.reader.language, LANGUAGES, written)
    return Cell("language", name, tag=tag_of(teller.reader.language, written))


def _channel(teller: Teller, line: Line) -> Cell:
    symbol = words.symbol_of(teller.reader.language, words.CHANNELS, line.entry.ticket.channel)
    return Cell("channel", symbol.label, symbol=symbol)


def _butler(teller: Teller, line: Line) -> Cell:
    language, butler = teller.reader.language, line.entry.butler
    return Cell("butler", butler.name(language) if butler else t(language, "Unassigned"))


def _worker(teller: Teller, line: Line) -> Cell:
    return Cell("worker", line.worker.name(teller.reader.language) if line.worker else "")


def _moment(column: str, read: Callable[[Ticket], datetime | None]) -> Tell:
    def tell(teller: Teller, line: Line) -> Cell:
        return _told_at(teller, line, column, read(line.entry.ticket))

    return tell


def _told_at(teller: Teller, line: Line, column: str, at: datetime | None) -> Cell:
    """An instant on the clocks of the ticket's estate."""
    reader, zone = teller.reader, _zone(teller, line)
    if at is None:
        return Cell(column, "")
    there = local(at, zone)
    is_far = there.year != local(reader.now, zone).year
    text = f"{there:%Y-%m-%d %H:%M}" if is_far else format_moment(reader.language, at, zone, reader.now)
    return Cell(column, text, at=there, full=format_full(reader.language, at, zone))


def _satisfaction(teller: Teller, line: Line) -> Cell:
    result = line.entry.ticket.satisfaction
    return Cell("satisfaction", words.name_of(teller.reader.language, words.RESULTS, result))


def _score(_teller: Teller, line: Line) -> Cell:
    score = line.entry.ticket.score
    return Cell("score", "" if score is None else str(score), number=score)


def _words(_teller: Teller, line: Line) -> Cell:
    ticket = line.entry.ticket
    return Cell("words", ticket.words, lang=html_tag(ticket.language))


_TELL: Final[Mapping[str, Tell]] = {
    "number": _number, "title": _title, "step": _step, "clock": _clock, "due": _due, "late_by": _late_by,
    "state": _state,
    "kind": _kind, "category": _category, "estate": _estate, "building": _building, "home": _home,
    "resident": _resident, "language": _language, "channel": _channel, "butler": _butler, "worker": _worker,
    "received": _moment("received", lambda one: one.received_at),
    "changed": _moment("changed", lambda one: one.changed_at),
    "visit": _moment("visit", lambda one: one.appointment_start),
    "done": _moment("done", lambda one: one.done_at), "closed": _moment("closed", lambda one: one.closed_at),
    "satisfaction": _satisfaction, "score": _score, "words": _words,
}  # fmt: skip
