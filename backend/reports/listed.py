"""The list of tickets behind a count: exactly as many as it says."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, cast
from urllib.parse import urlencode

from backend.desk import words
from backend.desk.promises import person
from backend.desk.views import Empty
from backend.errors import NotFound
from backend.reports import papers, ticket_queries
from backend.reports.counting import Page, heads
from backend.reports.queries import PAGE
from backend.reports.registers import STATES
from backend.reports.standing import BAND_NAMES
from backend.reports.ticket_queries import Of, Row, Tickets
from backend.reports.views import Cell, Paper, Table
from backend.web import cut
from backend.web.reading import is_number
from locales import N_, t
from locales.dates import format_full

SETS: Final[Mapping[str, str]] = {
    "received": N_("Received in the month"), "open": N_("Open now"), "closed": N_("Closed in the month"),
    "again": N_("Complained again"), "rework": N_("Done again"),
}  # fmt: skip
#: what a list can be narrowed to
KEYS: Final = ("workflow", "category", "butler", "provider", "class", "department", "cause", "state", "band")
MOST_KEY: Final = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """A list as its address asks for it."""

    tickets: Tickets
    before: int | None = None


def read(page: Page, asked: Mapping[str, str]) -> Asked:
    """Read the address. Raises NotFound for a set of tickets that there is none of."""
    of = asked.get("of", "")
    if of not in SETS:
        raise NotFound
    keys = {name: asked[name][:MOST_KEY].replace("\x00", "") for name in KEYS if name in asked}
    butler, after = keys.get("butler", ""), asked.get("after", "")
    if butler and not is_number(butler):
        raise NotFound
    before = int(after) if is_number(after) else None
    return Asked(page.tickets(cast(Of, of), None, keys), before)


def address(page: Page, asked: Asked, path: str = "/reports/list", **changes: str) -> str:
    """The address of this list, or of another page of it."""
    where = {**page.asked.where(), "from": page.section, "of": asked.tickets.of}
    return f"{path}?{urlencode({**where, **asked.tickets.keys, **changes})}"


def title_of(page: Page, asked: Asked) -> str:
    """What is counted, in words: "Received in the month · Repair"."""
    parts = [t(page.language, SETS[asked.tickets.of])]
    parts += [_key(page, name, value) for name, value in asked.tickets.keys.items()]
    return " · ".join(parts)


def _key(page: Page, name: str, value: str) -> str:
    language = page.language
    if not value:
        return t(language, "Nobody") if name == "butler" else t(language, "Not said yet")
    if name == "butler":
        return page.names_of([int(value)]).get(int(value), value)
    if name == "workflow":
        return words.workflow_symbol(language, value).label
    if name == "category":
        known = page.menu.categories.get(value)
        return known.name.in_(language) if known else value
    names: dict[str, Mapping[str, Any]] = {
        "class": words.CLASSES, "department": words.DEPARTMENTS, "state": STATES, "band": BAND_NAMES,
    }  # fmt: skip
    return words.name_of(language, names.get(name, {}), value)


def page_of(page: Page, asked: Asked) -> Paper:
    """Word one page of the list."""
    rows = ticket_queries.list_tickets(page.session, page.viewer, asked.tickets, asked.before)
    count = sum(ticket_queries.count_tickets(page.session, page.viewer, asked.tickets).values())
    shown, title, language = rows[:PAGE], title_of(page, asked), page.language
    return Paper(
        title=title,
        subtitle=t(language, "{estate} · {month} · {count} in all", estate=page.asked.estate.name(language),
                   month=page.month, count=count),
        tables=(table(page, title, shown),),
        notes=papers.cut_notes(language, count),
        export_href=address(page, asked, "/reports/list.xlsx"),
        back=(t(language, "Back to the report"), page.asked.address(f"/reports/{page.section}".rstrip("/"))),
        next_href=address(page, asked, after=str(shown[-1].ticket.id)) if len(rows) > PAGE else "",
        first_href=address(page, asked) if asked.before is not None else "",
    )  # fmt: skip


def export_of(page: Page, asked: Asked, most: int) -> Table:
    """The list as its workbook has it, at most ``most`` rows; what it lacks it says in its last one."""
    rows = _every(page, asked, most)
    made = table(page, title_of(page, asked), rows)
    if len(rows) < most:
        return made
    count = sum(ticket_queries.count_tickets(page.session, page.viewer, asked.tickets).values())
    return replace(made, cut=cut.in_file(page.language, count, most, papers.HOW_NARROWER))


def _every(page: Page, asked: Asked, most: int) -> Sequence[Row]:
    found: list[Row] = []
    before = None
    while len(found) < most:
        rows = ticket_queries.list_tickets(page.session, page.viewer, asked.tickets, before)
        found += rows[:PAGE]
        if len(rows) <= PAGE:
            break
        before = found[-1].ticket.id
    return found[:most]


def table(page: Page, caption: str, rows: Iterable[Row]) -> Table:
    """The tickets behind a count, each with where it stands."""
    made = tuple(_row(page, one) for one in rows)
    names = (N_("Ticket"), N_("Home"), N_("Resident"), N_("Butler"), N_("Received"), N_("Stands at"))
    return Table(
        caption=caption,
        head=heads(page.language, *names),
        rows=made,
        is_list=True,
        empty=None if made else Empty(t(page.language, "Nothing stands behind this number"), ""),
    )


def _row(page: Page, one: Row) -> tuple[Cell, ...]:
    ticket, language = one.ticket, page.language
    return (
        Cell(f"#{ticket.number}", f"/tickets/{ticket.number}", note=ticket.name(language)),
        Cell(one.home.code if one.home else "–", kind="code"),
        Cell(person(language, one.resident, ticket.workflow)),
        Cell(one.butler.name(language) if one.butler else t(language, "Nobody")),
        Cell(format_full(language, ticket.received_at, page.reader.zone)),
        Cell(words.stands_at(language, ticket)),
    )
