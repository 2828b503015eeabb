"""The queue as a page shows it: rows, chips, tabs, links. Takes what the queries found; writes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from backend.desk import next_step, pills, reasons, visit_form, words
from backend.desk.draft_queries import MOST, DraftEntry
from backend.desk.queries import COVER, PAGE, STATES, TABS, Cursor, Entry, QueueQuery
from backend.desk.views import Chip, Empty, Link, Pill, QueueRow, QueueView, Step, Symbol, Tab, Tag
from backend.models import VISITOR, Ticket, User
from backend.people import roles
from backend.people.viewer import Viewer
from backend.tickets import arriving
from backend.tickets.service import actions_for
from intents.menu import Menu
from locales import N_, html_tag, t
from locales.dates import format_moment

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
#: the group of the wishes to be confirmed, after all tickets
DRAFTS: Final = 4
#: these chips count beside a tab's own number, the others add up to it
BESIDE: Final = ("done", "aside", "draft")
CHIPS: Final = (
    ("late", "flame", N_("Overdue")),
    ("soon", "alarm-clock", N_("Due soon")),
    ("ok", "clock", N_("On time")),
    ("paused", "pause", N_("Waiting")),
    ("none", "check", N_("No clock")),
    ("done", "circle-check", N_("Done today")),
    ("aside", "inbox", N_("Set aside")),
    ("draft", "hourglass", N_("To be confirmed")),
)
#: what a chip counts, where its name alone does not say so
CHIP_HINTS: Final = {
    "none": N_("Answered or taken up, and no promise is running at present."),
    **dict.fromkeys(BESIDE, N_("Not part of the number on the tab.")),
}
TAB_NAMES: Final = {
    "mine": N_("Mine"),
    "team": N_("Team"),
    "unassigned": N_("Unassigned"),
    COVER: N_("Covering"),
}
HEADINGS: Final = {
    "mine": N_("My queue"),
    "team": N_("Team queue"),
    "unassigned": N_("Unassigned tickets"),
    COVER: N_("Covering for {who}"),
}
#: what a ticket wants next, in the order in which it is offered on a row
NEXT: Final = (
    ("accept", N_("Accept"), True),
    ("follow_up", N_("Follow up"), False),
    ("classify", N_("Classify"), False),
    ("feedback", N_("Report back"), False),
    ("answer", N_("Answer"), False),
    ("decide", N_("Decide"), False),
)
#: what follows for whoever the work was given to
OWN_WORK: Final = (("check_in", N_("Arrived on site"), True), ("complete", N_("Complete"), False))


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at the page, in which language, when, and in which zone.

    ``ahead``: how far the estate's clock is before the real one (the demo moves it).
    """

    viewer: Viewer
    language: str
    now: datetime
    zone: str
    ahead: timedelta = timedelta(0)


def row_of(reader: Reader, entry: Entry) -> QueueRow:
    """Word one ticket as a row."""
    ticket, language = entry.ticket, reader.language
    zone = entry.estate.timezone if entry.estate else reader.zone
    pill = pills.pill_of(language, pills.pick(entry.deadlines, ticket.cycle), reader.now, zone)
    is_mine = ticket.butler_id == reader.viewer.user_id
    is_aside = _is_aside(reader, entry, pill)
    standing = reasons.Standing(language, reader.now, zone)
    return QueueRow(
        key=f"t{ticket.number}",
        number=ticket.number,
        href=f"/tickets/{ticket.number}",
        version=ticket.version,
        rank=rank_text(entry.rank),
        symbol=words.kind_symbol(language, ticket),
        title=ticket.name(language),
        words=ticket.words,
        words_lang=html_tag(ticket.language),
        step=words.stands_at(language, ticket, entry.merged_into),
        pill=pill,
        home=entry.home.code if entry.home else "–",
        resident=_person(language, entry),
        tag=tag_of(language, ticket.language),
        channel=words.symbol_of(language, words.CHANNELS, ticket.channel),
        assignee="" if is_mine or entry.butler is None else entry.butler.name(language),
        news=_news(language, entry),
        unreachable=t(language, "Unreachable") if entry.is_unreachable else "",
        is_urgent=ticket.is_urgent,
        action=_bring_back(reader, entry) if is_aside else _next_step(reader, entry),
        part=_part(reader, entry),
        why=visit_form.pending(language, ticket, zone)
        or reasons.reason_of(
            standing, ticket, pill, entry.wrote_at, is_aside=is_aside, aside_why=entry.aside_why
        ),
        can_pick=reader.viewer.may("assign"),
    )


def _is_aside(reader: Reader, entry: Entry, pill: Pill) -> bool:
    """Out of sight still: nothing presses, and the resident has not written."""
    until = entry.ticket.snoozed_until
    is_later = until is not None and until > reader.now
    return is_later and entry.wrote_at is None and pill.state not in ("late", "soon")


def _bring_back(reader: Reader, entry: Entry) -> Step:
    href = f"/tickets/{entry.ticket.number}/bring_back"
    return Step("bring_back", t(reader.language, "Bring back"), href, is_post=True)


def _part(reader: Reader, entry: Entry) -> Link | None:
    is_office = roles.sees_all_tickets(reader.viewer.role)
    if entry.incident is None or entry.incident.values.get("is_dismissed") or not is_office:
        return None
    return Link(t(reader.language, "part of an incident"), f"/incidents#incident-{entry.incident.id}")


def _person(language: str, entry: Entry) -> str:
    if entry.ticket.workflow == "provider":
        return "–"  # an outside company: its name stands in the words
    if entry.resident is None:
        return t(language, "Visitor")
    return entry.resident.name or entry.resident.address_as(language)


def tag_of(language: str, written: str) -> Tag:
    """The mark of the language that the resident writes."""
    if written == "en":
        return Tag("EN", t(language, "Writes English"), html_tag("en"))
    return Tag("中", t(language, "Writes Chinese"), html_tag("zh"))


def _news(language: str, entry: Entry) -> str:
    ticket, told = entry.ticket, t(language, "{n} new", n=entry.unread) if entry.unread else ""
    if ticket.accepted_at is None and ticket.state == "open":
        return " · ".join(filter(None, (t(language, "New"), told)))
    return told


def _next_step(reader: Reader, entry: Entry) -> Step | None:
    ticket = entry.ticket
    allowed = actions_for(ticket, reader.viewer)
    for name, label, is_post in NEXT + (OWN_WORK if ticket.worker_id == reader.viewer.user_id else ()):
        if name in allowed and not (name == "classify" and ticket.class_):
            if name == "check_in" and arriving.is_early(ticket, reader.now):
                return Step(name, t(reader.language, label), _asked_at(ticket))
            where = f"/tickets/{ticket.number}"
            href = f"{where}/{name}" if is_post else f"{where}?do={name}"
            return Step(name, t(reader.language, label), href, is_post)
    lacks = next_step.to_arrange(ticket, allowed)
    if lacks and not entry.unread:  # who wrote is answered first
        label = t(reader.language, next_step.LABELS[lacks])
        return Step(lacks, label, f"/tickets/{ticket.number}?do={lacks}")
    if "reply" in allowed and ticket.state in ("open", "waiting", "done"):
        return Step("reply", t(reader.language, "Reply"), f"/tickets/{ticket.number}#composer")
    return None


def _asked_at(ticket: Ticket) -> str:
    """Where an arrival hours too soon is asked about before the resident is told."""
    return f"/passes?q={ticket.number}" if ticket.item_id == VISITOR else f"/jobs/{ticket.number}"


def draft_row(reader: Reader, entry: DraftEntry, menu: Menu) -> QueueRow:
    """A wish not confirmed yet: the butler can read it and open the ticket for the resident."""
    draft, language = entry.draft, reader.language
    item = menu.find_item(draft.item_id)
    names = [one.name.in_(language) if (one := menu.find_item(id_)) else id_
             for id_ in dict.fromkeys((draft.item_id, *entry.more))]  # fmt: skip
    names = [t(language, "Service still asked about"), *names] if entry.is_asking else names
    written = entry.resident.language if entry.resident else "zh"
    since = t(language, "silent since {moment}",
              moment=format_moment(language, draft.last_at, reader.zone, reader.now))  # fmt: skip
    return QueueRow(
        key=f"d{draft.id}",
        number=0,
        href=f"/new?draft={draft.id}",
        version=0,
        rank=rank_text(Cursor(DRAFTS, draft.last_at, draft.id)),
        symbol=words.workflow_symbol(language, item.workflow if item else ""),
        title=" + ".join(names),
        words=" / ".join(draft.words.splitlines()),
        words_lang=html_tag(written),
        step=since,
        pill=Pill("none", "hourglass", ""),
        home=entry.home.code if entry.home else "–",
        resident=entry.resident.name if entry.resident else t(language, "Visitor"),
        tag=tag_of(language, written),
        channel=Symbol("hourglass", t(language, "To be confirmed")),
        is_draft=True,
        action=Step("take_over", t(language, "Take over"), f"/new?draft={draft.id}"),
    )


def rank_text(rank: Cursor) -> str:
    """A rank as a text that sorts alike, and as the address of the next page."""
    micros = (rank.at - EPOCH) // timedelta(microseconds=1)
    return f"{rank.group}.{micros:017d}.{rank.number:012d}"


def read_rank(text: str) -> Cursor | None:
    """Read ``rank_text`` back; None for anything else."""
    parts = text.split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 18 for part in parts):
        return None
    group, at, number = (int(part) for part in parts)
    return Cursor(group, EPOCH + timedelta(microseconds=at), number)


def read_query(
    asked: Mapping[str, str], tab: str, now: datetime, day_start: datetime, covered: tuple[int, ...] = ()
) -> QueueQuery:
    """Read the filters from the address; what is unknown is left out rather than refused."""
    wanted, state = asked.get("queue", ""), asked.get("state", "")
    return QueueQuery(
        tab=wanted if wanted in (*TABS, COVER) else tab,
        covered=covered,
        now=now,
        day_start=day_start,
        state=state if state in STATES else "",
        text=asked.get("q", "").replace("\x00", "").strip()[:80],
        after=read_rank(asked.get("after", "")),
        until=read_rank(asked.get("until", "")),
    )


def address(asked: QueueQuery, path: str = "/queue", **changes: str) -> str:
    """The address of this list with some filters changed; an empty one is left out."""
    fields = {"queue": asked.tab, "state": asked.state, "q": asked.text, **changes}
    query = urlencode({name: value for name, value in fields.items() if value})
    return f"{path}?{query}" if query else path


#: over the queue of whoever went home: nothing of it is forgotten, and nothing waits for them
HANDED: Final = N_("Handed over: {who} has looked after these tickets since {moment}, until your next shift.")


@dataclass(frozen=True, slots=True)
class Found:
    """What the queries found for a queue page."""

    entries: Sequence[Entry]
    drafts: Sequence[DraftEntry]
    incidents: Sequence[QueueRow]
    states: Mapping[str, int]
    tabs: Mapping[str, int]
    covered: Sequence[User] = ()
    taken_over: tuple[User, datetime] | None = None


def is_on_page(asked: QueueQuery, row: QueueRow) -> bool:
    """Whether a row of this list stands on the page that is shown, not on one before or after it."""
    after = rank_text(asked.after) if asked.after else ""
    return after < row.rank and (asked.until is None or row.rank <= rank_text(asked.until))


def queue_of(reader: Reader, asked: QueueQuery, found: Found, menu: Menu) -> QueueView:
    """Word a page of the queue."""
    language = reader.language
    rows = [row_of(reader, one) for one in found.entries[:PAGE]]
    rows += [draft_row(reader, one, menu) for one in found.drafts[:MOST]]
    has_more = len(found.entries) > PAGE or len(found.drafts) > MOST
    bounds = {
        "after": rank_text(asked.after) if asked.after else "",
        "until": rows[-1].rank if has_more else "",
    }
    here = replace(asked, until=read_rank(bounds["until"]))
    rows += [one for one in found.incidents if is_on_page(here, one)]
    rows.sort(key=lambda one: (one.rank, one.key))
    whom = "、".join(user.name(language) for user in found.covered)
    whom = whom if language == "zh" else whom.replace("、", ", ")
    heading = t(language, "Search results") if asked.text else t(language, HEADINGS[asked.tab], who=whom)
    return QueueView(
        title=heading,
        heading=heading,
        tabs=tabs_of(language, asked, found.tabs),
        chips=chips_of(language, asked, found.states),
        rows=tuple(rows),
        query=_filter_text(language, asked),
        search=asked.text,
        rows_href=address(asked, "/queue/rows", **bounds),
        empty=None if rows else _empty(reader, asked),
        clear_href=address(replace(asked, state="", text="")),
        next_href=address(asked, after=bounds["until"]) if has_more else "",
        first_href=address(asked) if asked.after else "",
        handed=_handed(reader, asked, found),
    )


def _handed(reader: Reader, asked: QueueQuery, found: Found) -> str:
    """Over one's own list after the shift was handed over: who looks after these tickets now."""
    if found.taken_over is None or asked.tab != "mine" or asked.text:
        return ""
    user, at = found.taken_over
    moment = format_moment(reader.language, at, reader.zone, reader.now)
    return t(reader.language, HANDED, who=user.name(reader.language), moment=moment)


def tabs_of(language: str, asked: QueueQuery, counts: Mapping[str, int]) -> tuple[Tab, ...]:
    """Whose queue: mine, the team's, nobody's, each with its number of tickets."""
    return tuple(
        Tab(t(language, name), counts.get(tab, 0), f"/queue?queue={tab}", tab == asked.tab and not asked.text)
        for tab, name in TAB_NAMES.items()
        if tab in counts
    )


def chips_of(language: str, asked: QueueQuery, counts: Mapping[str, int]) -> tuple[Chip, ...]:
    """The filters by deadline state; pressing the one that is on takes it off."""
    return tuple(
        Chip(
            state=state,
            icon=icon,
            label=t(language, label),
            count=counts.get(state, 0),
            href=address(replace(asked, text=""), state="" if asked.state == state else state),
            is_on=asked.state == state,
            hint=t(language, CHIP_HINTS[state]) if state in CHIP_HINTS else "",
        )
        for state, icon, label in CHIPS
    )


def _filter_text(language: str, asked: QueueQuery) -> str:
    if asked.text:
        return t(language, "“{text}”", text=asked.text)
    return next((t(language, label) for state, _, label in CHIPS if state == asked.state), "")


def _empty(reader: Reader, asked: QueueQuery) -> Empty:
    language = reader.language
    if asked.state or asked.text:
        clear = Link(t(language, "Clear filter"), address(replace(asked, state="", text="")))
        return Empty(
            t(language, "Nothing fits this filter"), t(language, "The list itself may hold more."), (clear,)
        )
    if asked.tab == COVER and not asked.covered:
        mine = Link(t(language, "My queue"), "/queue?queue=mine")
        return Empty(t(language, "Nobody needs covering now"),
                     t(language, "Colleagues whose deputy you are appear here while they are off duty."),
                     (mine,))  # fmt: skip
    unassigned = Link(t(language, "See unassigned tickets"), "/queue?queue=unassigned")
    visits = Link(t(language, "Today's visits"), "/visits")
    is_at_gate = roles.stands_at_the_gate(reader.viewer.role)
    return Empty(
        t(language, "Nothing is waiting for you"),
        t(language, "New requests appear here by themselves."),
        (*(() if asked.tab == "unassigned" else (unassigned,)), *(() if is_at_gate else (visits,))),
    )
