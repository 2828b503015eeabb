"""全部工单: the list of all tickets, its rows as they change, and where the search of the header leads."""

import json
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from backend.desk.doors import PageRoute, Visit, Visiting
from backend.desk.queue import Reader
from backend.desk.shell import reader_of, shell_of, show
from backend.errors import NotFound
from backend.search import asked as addresses
from backend.search import finding, queries, reading, table, view_queries, word_queries
from backend.search.asked import Asked
from backend.search.composing import Composed, labels_of, search_of
from backend.search.fields import Form
from backend.search.queries import Wanted
from backend.search.table import Teller
from backend.search.views import SaveForm
from backend.tickets.queries import get_ticket

router = APIRouter(include_in_schema=False, route_class=PageRoute)
MOST_ROWS: Final = 50


@dataclass(frozen=True, slots=True)
class Search:
    """A search as one reader asks for it, looked up."""

    asked: Asked
    wanted: Wanted
    reader: Reader

    def teller(self, who: Visit) -> Teller:
        return Teller(self.reader, who.menu)


def search_for(session: Session, who: Visit, asked: Asked) -> Search:
    """Look up what the address names."""
    reader = reader_of(session, who)
    wanted = reading.wanted_of(session, who.viewer, who.menu, who.vault, asked, reader.zone)
    return Search(asked, wanted, reader)


def read_address(who: Visit) -> Asked:
    """The search in this request's address."""
    return addresses.read(who.request.query_params.multi_items())


@router.get("/tickets")
def list_page(who: Visiting) -> Response:
    """A page of 50 tickets. What a form without script sent is brought into its short form first."""
    pairs = who.request.query_params.multi_items()
    if not addresses.is_tidy(pairs):
        return RedirectResponse(addresses.address(read_address(who)), status_code=303)
    with who.db.read() as session:
        return list_of(session, who, read_address(who))


def list_of(session: Session, who: Visit, asked: Asked, save: SaveForm | None = None) -> Response:
    """The whole page; ``save``: the form of a view that was refused."""
    search = search_for(session, who, asked)
    lists = finding.lists_of(session, who.viewer, asked)
    made = Composed(
        teller=search.teller(who),
        form=Form(who.language, asked, who.menu, lists),
        page=finding.page_of(session, who.viewer, asked, search.wanted, who.now),
        saved=view_queries.list_views(session, who.viewer),
        save=save,
        number=_number(session, who, asked.of("q")),
    )
    view = search_of(made)
    shell = shell_of(session, who, on="tickets")
    status = 422 if asked.faults or save is not None else 200
    return show(who, "search.html", shell, status=status, view=view, search=asked.of("q"),
                labels=labels_of(who.language, asked.columns))  # fmt: skip


def _number(session: Session, who: Visit, text: str) -> int | None:
    """The ticket that the words may mean as a number, if there is one that the viewer may see."""
    number = reading.number_in(text)
    try:
        return get_ticket(session, who.viewer, number).number if number else None
    except NotFound:
        return None


@router.get("/search")
def jump(who: Visiting, q: str = "") -> Response:
    """Where the header's search leads: a ticket's number to the ticket itself, other words to the list.

    1501 may as well be a flat, or what a phone ends in: where there is one, the list shows both.
    """
    text = q.replace("\x00", "").strip()[: addresses.MOST_TEXT]
    with who.db.read() as session:
        number = _number(session, who, text)
        if number and _is_more_than_number(session, who, text):
            number = None
    if number:
        return RedirectResponse(f"/tickets/{number}", status_code=303)
    where = f"{addresses.PATH}?{urlencode({'q': text})}" if text else addresses.PATH
    return RedirectResponse(where, status_code=303)


def _is_more_than_number(session: Session, who: Visit, text: str) -> bool:
    """True when a flat has this number too, or somebody with a ticket a phone that ends in it."""
    if reading.is_flat(text) and word_queries.list_homes_named(session, who.viewer, flat=text):
        return True
    people = reading.people_ending(session, who.viewer, who.vault, text)
    return word_queries.has_ticket(session, who.viewer, people)


@router.get("/search/rows")
def rows_part(who: Visiting, ids: str = "") -> Response:
    """The rows with these keys (``t1042``) as they are now, and which of them this search still finds."""
    keys = [key[1:] for key in ids.split(",") if key[:1] == "t"][:MOST_ROWS]
    numbers = [int(key) for key in keys if key.isascii() and key.isdigit() and len(key) < 16]
    with who.db.read() as session:
        search = search_for(session, who, read_address(who))
        belongs = queries.list_matching(session, who.viewer, search.wanted, numbers, who.now)
        lines = list(finding.lines_of(session, who.viewer, numbers, who.now))
        shell = shell_of(session, who)
    rows = [table.row_of(search.teller(who), line, search.asked.columns) for line in lines]
    matching = json.dumps({f"t{number}": number in belongs for number in numbers})
    return show(who, "_search_rows.html", shell, rows=rows, matching=matching,
                labels=labels_of(who.language, search.asked.columns))  # fmt: skip
