"""Today's promises as a page shows them (今日承诺): rows, chips, shares, and the sheet of the evening."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from backend.deadlines.policy import standard_policies
from backend.deadlines.reckoning import breach_instant
from backend.desk import pills, words
from backend.desk.promise_queries import STATES, Day, Promised
from backend.desk.queries import PAGE
from backend.desk.queue import TAB_NAMES, Reader, rank_text, read_rank, tag_of
from backend.desk.views import Chip, Empty, Link, QueueRow, Step, Tab
from backend.models import Deadline, Home, Resident, Ticket, User
from backend.people import roles
from backend.web import cut, workbook
from backend.web.reading import number_of
from locales import N_, html_tag, t
from locales.dates import format_date, format_full, format_moment, format_span, format_window, local

CHIPS: Final = (
    ("late", "flame", N_("Overdue")),
    ("soon", "alarm-clock", N_("Due soon")),
    ("ok", "clock", N_("On time")),
    ("paused", "pause", N_("Waiting")),
    ("done", "circle-check", N_("Kept")),
    ("missed", "circle-check", N_("Done late")),
)
TABS: Final = ("mine", "team")
#: how a list that no workbook can hold is saved whole
HOW_NARROWER: Final = N_(
    "To save all of them, choose one butler or one state after the other, and save each list."
)


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the promises that are over were kept; ``text`` is empty where none is over yet.

    ``beside`` says how many aims are over: the list and its chips have them, the share has not.
    """

    text: str
    href: str
    kept: int
    broken: int
    open: int
    beside: str = ""


@dataclass(frozen=True, slots=True)
class ButlerLine:
    """One butler's day: kept, broken, still open, with the address of their promises."""

    name: str
    href: str
    share: Share
    is_on: bool


@dataclass(frozen=True, slots=True)
class PromisesView:
    """The whole page."""

    title: str
    day: str
    tabs: tuple[Tab, ...]
    chips: tuple[Chip, ...]
    share: Share
    butlers: tuple[ButlerLine, ...]
    rows: tuple[QueueRow, ...]
    rows_href: str
    query: str
    clear_href: str
    sheet_href: str
    export_href: str
    empty: Empty | None
    next_href: str = ""
    first_href: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line of the evening's sheet."""

    number: int
    href: str
    promise: str
    title: str
    home: str
    person: str
    butler: str
    when: str
    why: str = ""
    next: str = ""


@dataclass(frozen=True, slots=True)
class SheetView:
    """The evening's sheet (今日小结): kept, broken, open for tomorrow, and the visits of tomorrow."""

    title: str
    day: str
    share: Share
    kept: tuple[tuple[str, int], ...]
    broken: tuple[SheetLine, ...]
    open: tuple[SheetLine, ...]
    visits: tuple[SheetLine, ...]
    earlier_href: str
    later_href: str


def read_day(asked: Mapping[str, str], reader: Reader) -> Day:
    """Read the address; what is unknown is left out. Leaders start with the team."""
    start, end = bounds(local(reader.now, reader.zone).date(), reader.zone)
    tab, state, butler = asked.get("queue", ""), asked.get("state", ""), asked.get("butler", "")
    return Day(
        start=start,
        end=end,
        now=reader.now,
        tab=tab if tab in TABS else "team" if roles.is_leader(reader.viewer.role) else "mine",
        state=state if state in STATES else "",
        butler_id=number_of(butler),
        after=read_rank(asked.get("after", "")),
    )


def bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """The instants at which a local day begins and ends."""
    start = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    return start, start + timedelta(days=1)


def address(day: Day, path: str = "/promises", **changes: str) -> str:
    """The address of this list with some filters changed; an empty one is left out."""
    butler = "" if day.butler_id is None else str(day.butler_id)
    fields = {"queue": day.tab, "state": day.state, "butler": butler, **changes}
    return f"{path}?{urlencode({name: value for name, value in fields.items() if value})}"


def promise_text(language: str, deadline: Deadline) -> str:
    """What was promised, in words: the policy's title, else the clock's name."""
    policy = standard_policies().find(deadline.clock)
    if policy is None:
        return words.name_of(language, words.CLOCKS, deadline.name)
    return policy.title_zh if language == "zh" else policy.title_en


def row_of(reader: Reader, one: Promised) -> QueueRow:
    """Word one promise as a row of the list; a tap leads to its ticket."""
    ticket, deadline, language, zone = one.ticket, one.deadline, reader.language, one.estate.timezone
    due = t(language, "by {moment}", moment=format_moment(language, deadline.due_at, zone, reader.now))
    is_mine = ticket.butler_id == reader.viewer.user_id
    return QueueRow(
        key=f"p{deadline.id}",
        number=ticket.number,
        href=f"/tickets/{ticket.number}",
        version=ticket.version,
        rank=rank_text(one.rank),
        symbol=words.kind_symbol(language, ticket),
        title=t(language, "{promise}: {matter}", promise=promise_text(language, deadline),
                matter=ticket.name(language)),
        words=ticket.words,
        words_lang=html_tag(ticket.language),
        step=due,
        pill=pills.pill_of(language, deadline, reader.now, zone),
        home=one.home.code if one.home else "–",
        resident=person(language, one.resident, ticket.workflow),
        tag=tag_of(language, ticket.language),
        channel=words.symbol_of(language, words.CHANNELS, ticket.channel),
        assignee="" if is_mine else _name(language, one.butler),
        is_urgent=ticket.is_urgent,
        action=Step("explain", t(language, "Explain"), _explained(ticket, deadline)),
    )  # fmt: skip


def _explained(ticket: Ticket, deadline: Deadline) -> str:
    """The ticket's page with this promise's own story open."""
    return f"/tickets/{ticket.number}?explain={deadline.id}#clock-{deadline.id}"


def person(language: str, resident: Resident | None, workflow: str = "") -> str:
    """Whom a ticket is for; nobody, where an outside company is sent for: its name stands in the words."""
    if resident is None:
        return "–" if workflow == "provider" else t(language, "Visitor")
    return resident.name or resident.address_as(language)


def _name(language: str, user: User | None) -> str:
    return user.name(language) if user else t(language, "Nobody yet")


def chips_of(language: str, day: Day, counts: Mapping[str, int]) -> tuple[Chip, ...]:
    """The filters by state; pressing the one that is on takes it off."""
    return tuple(
        Chip(state, icon, t(language, label), counts.get(state, 0),
             address(day, state="" if day.state == state else state), day.state == state)
        for state, icon, label in CHIPS
    )  # fmt: skip


def share_of(language: str, day: Day, counts: Mapping[str, int]) -> Share:
    """The day's share so far: kept of what is over. It opens what was broken."""
    kept, broken = counts.get("kept", 0), counts.get("broken", 0)
    running = sum(counts.get(state, 0) for state in ("soon", "ok", "paused"))
    over = kept + broken
    text = t(language, "{n} %", n=f"{100 * kept / over:.1f}") if over else ""
    aims = sum(counts.get(state, 0) for state in ("done", "missed", "late")) - over
    beside = t(language, "Aims, which count apart: {n}", n=aims) if aims else ""
    return Share(text, address(day, state="broken"), kept, broken, running, beside)


@dataclass(frozen=True, slots=True)
class Found:
    """What the queries found for a page."""

    rows: Sequence[Promised]
    states: Mapping[str, int]
    tabs: Mapping[str, int]
    butlers: Sequence[tuple[User | None, Mapping[str, int]]]


def page_of(reader: Reader, day: Day, found: Found) -> PromisesView:
    """Word the page."""
    language, shown = reader.language, found.rows[:PAGE]
    label = next((label for state, _, label in CHIPS if state == day.state), "")
    return PromisesView(
        title=t(language, "Today's promises"),
        day=format_date(language, local(reader.now, reader.zone).date()),
        tabs=_tabs(language, day, found.tabs),
        chips=chips_of(language, day, found.states),
        share=share_of(language, day, found.states),
        butlers=_butlers(language, day, found.butlers),
        rows=tuple(row_of(reader, one) for one in shown),
        rows_href=address(day, "/promises/rows"),
        query=t(language, label or N_("Broken today")) if day.state else "",
        clear_href=address(replace(day, state="", butler_id=None)),
        sheet_href=address(replace(day, state="", butler_id=None), "/promises/evening"),
        export_href=address(day, "/promises/export"),
        empty=None if shown else _empty(language, day),
        next_href=address(day, after=rank_text(shown[-1].rank)) if len(found.rows) > PAGE else "",
        first_href=address(day) if day.after else "",
        note=cut.on_page(language, count_of(day, found.states), workbook.MOST_ROWS, HOW_NARROWER),
    )


def count_of(day: Day, states: Mapping[str, int]) -> int:
    """How many rows the whole list has, of the day's promises in each state."""
    return states.get(day.state, 0) if day.state else sum(states.get(one, 0) for one, _, _ in CHIPS)


def _tabs(language: str, day: Day, counts: Mapping[str, int]) -> tuple[Tab, ...]:
    return tuple(
        Tab(t(language, TAB_NAMES[tab]), counts.get(tab, 0), f"/promises?queue={tab}", tab == day.tab)
        for tab in TABS
    )


def _butlers(
    language: str, day: Day, found: Sequence[tuple[User | None, Mapping[str, int]]]
) -> tuple[ButlerLine, ...]:
    lines = []
    for user, counts in found:
        key = user.id if user else 0
        own = replace(day, butler_id=key, state="")
        name = user.name(language) if user else t(language, "Nobody yet")
        lines.append(ButlerLine(name, address(own), share_of(language, own, counts), day.butler_id == key))
    return tuple(lines)


def _empty(language: str, day: Day) -> Empty:
    if day.state or day.butler_id is not None:
        clear = Link(t(language, "Clear filter"), address(replace(day, state="", butler_id=None)))
        return Empty(t(language, "Nothing fits this filter"), t(language, "The list itself may hold more."),
                     (clear,))  # fmt: skip
    return Empty(
        t(language, "No promise falls due today"), t(language, "New ones appear here by themselves.")
    )


@dataclass(frozen=True, slots=True)
class Evening:
    """What the queries found for the evening's sheet."""

    over: Sequence[Promised]
    ahead: Sequence[Promised]
    visits: Sequence[tuple[Ticket, Home | None, Resident | None, User | None]]
    notes: Mapping[int, str]
    counts: Mapping[str, int]


def sheet_of(reader: Reader, day: Day, found: Evening) -> SheetView:
    """Word the sheet of one day, as it stands now."""
    language = reader.language
    kept: dict[str, int] = {}
    for one in found.over:
        if one.deadline.breached_at is None and one.deadline.met_at is not None:
            name = promise_text(language, one.deadline)
            kept[name] = kept.get(name, 0) + 1
    first = local(day.start, reader.zone).date()
    return SheetView(
        title=t(language, "Summary of the day"),
        day=format_date(language, first),
        share=share_of(language, day, found.counts),
        kept=tuple(sorted(kept.items())),
        broken=tuple(_broken(reader, one, found.notes) for one in found.over if _is_broken(reader, one)),
        open=tuple(_line(reader, one) for one in found.ahead),
        visits=tuple(_visit(reader, *visit) for visit in found.visits),
        earlier_href=_sheet(day, first - timedelta(days=1)),
        later_href=_sheet(day, first + timedelta(days=1)) if day.end <= reader.now else "",
    )


def _sheet(day: Day, other: date) -> str:
    return f"/promises/evening?{urlencode({'queue': day.tab, 'date': other.isoformat()})}"


def _is_broken(reader: Reader, one: Promised) -> bool:
    return breach_instant(one.deadline, reader.now) is not None


def _line(reader: Reader, one: Promised) -> SheetLine:
    language, ticket = reader.language, one.ticket
    return SheetLine(
        number=ticket.number,
        href=f"/tickets/{ticket.number}",
        promise=promise_text(language, one.deadline),
        title=ticket.name(language),
        home=one.home.code if one.home else "–",
        person=person(language, one.resident, ticket.workflow),
        butler=_name(language, one.butler),
        when=format_full(language, one.deadline.due_at, one.estate.timezone),
        next=words.stands_at(language, ticket),
    )


def late_text(reader: Reader, deadline: Deadline) -> str:
    """How late a broken promise was met, or for how long it has been open since."""
    since = breach_instant(deadline, reader.now) or deadline.due_at
    over = ((deadline.met_at or reader.now) - since).total_seconds()
    sentence = N_("Answered {span} late") if deadline.met_at else N_("Open, {span} late")
    return t(reader.language, sentence, span=format_span(reader.language, over))


def _broken(reader: Reader, one: Promised, notes: Mapping[int, str]) -> SheetLine:
    """A broken promise: how late, what was noted about it, and where the ticket stands now."""
    language, late = reader.language, late_text(reader, one.deadline)
    note = notes.get(one.ticket.id, "")
    return replace(
        _line(reader, one), why=t(language, "{late}. {note}", late=late, note=note) if note else late
    )


def _visit(
    reader: Reader, ticket: Ticket, home: Home | None, resident: Resident | None, worker: User | None
) -> SheetLine:
    language = reader.language
    return SheetLine(
        number=ticket.number,
        href=f"/tickets/{ticket.number}",
        promise="",
        title=ticket.name(language),
        home=home.code if home else "–",
        person=person(language, resident),
        butler=_name(language, worker),
        when=format_window(language, ticket.appointment_start, ticket.appointment_end, reader.zone),
    )
