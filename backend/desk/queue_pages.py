"""The queue's pages: the whole list, and the rows that a live event changed."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from sqlalchemy.orm import Session

from backend.desk import beside_queries, draft_queries, first_steps, incident_queries, incidents, queries
from backend.desk.doors import PageRoute, Visit, Visiting, go
from backend.desk.draft_queries import DraftEntry
from backend.desk.queries import QueueQuery
from backend.desk.queue import (
    DRAFTS,
    Found,
    Reader,
    chips_of,
    draft_row,
    is_on_page,
    queue_of,
    read_query,
    row_of,
    tabs_of,
)
from backend.desk.shell import reader_of, shell_of, show
from backend.desk.views import QueueRow
from backend.models import User
from backend.people import roles
from locales.dates import local

router = APIRouter(include_in_schema=False, route_class=PageRoute)
MOST_ROWS: Final = 50
#: said of a row that belongs in the list, but on another page of it: it is neither new here nor gone
ELSEWHERE: Final = "elsewhere"


def _asked(visit: Visit, reader: Reader, covered: Sequence[User]) -> QueueQuery:
    """The filters of the address; leaders start with the team, everybody else with their own tickets."""
    tab = "team" if roles.is_leader(visit.viewer.role) else "mine"
    day_start = _midnight(visit.now, reader.zone)
    ids = tuple(user.id for user in covered)
    return read_query(visit.request.query_params, tab, visit.now, day_start, ids)


def _midnight(now: datetime, zone: str) -> datetime:
    return local(now, zone).replace(hour=0, minute=0, second=0, microsecond=0)


@router.get("/queue")
def queue_page(who: Visiting) -> Response:
    """A page of 50 rows with chips and tabs."""
    with who.db.read() as session:
        reader = reader_of(session, who)
        covered = beside_queries.list_covered(session, who.viewer, who.now)
        asked = _asked(who, reader, covered)
        found = _found(session, who, reader, asked, covered)
        shell = shell_of(session, who, on="queue" if asked.tab == "mine" else "team")
        queue = queue_of(reader, asked, found, who.menu)
        if queue.empty and not asked.state and not asked.text:
            queue = replace(queue, empty=first_steps.for_manager(session, who) or queue.empty)
    need = shell.nav[0].count
    return show(who, "queue.html", shell, queue=queue, search=asked.text, need=need,
                can_pick=who.viewer.may("assign"))  # fmt: skip


def _found(session: Session, who: Visit, reader: Reader, asked: QueueQuery, covered: Sequence[User]) -> Found:
    entries = [] if asked.state == "draft" else queries.list_queue(session, who.viewer, asked)
    return Found(
        entries=entries,
        drafts=_drafts(session, who, asked) if len(entries) <= queries.PAGE else [],
        incidents=_incidents(session, who, reader, asked),
        states=queries.count_states(session, who.viewer, asked),
        tabs=queries.count_tabs(session, who.viewer, asked),
        covered=covered,
        taken_over=beside_queries.find_taken_over(session, who.viewer, who.now),
    )


def _incidents(
    session: Session, who: Visit, reader: Reader, asked: QueueQuery, ids: list[int] | None = None
) -> list[QueueRow]:
    """The rows of incidents, each in place of its tickets; a filter or a search shows the tickets."""
    if asked.text or asked.state or asked.tab == queries.COVER or ids == []:
        return []
    matters = incident_queries.list_rows(session, who.viewer, asked.tab, ids)
    return [incidents.row_of(reader, one, who.menu) for one in matters]


@router.get("/queue/next")
def next_ticket(who: Visiting, after: Annotated[int, Query(ge=0, le=2**53)] = 0) -> Response:
    """Lead to the most pressing ticket but ``after``: one's own, else of those whose deputy one is, else to
    the queue that has no other."""
    with who.db.read() as session:
        ids = tuple(one.id for one in beside_queries.list_covered(session, who.viewer, who.now))
        tabs = ("mine", queries.COVER) if ids else ("mine",)
        found = (
            queries.next_number(session, who.viewer, QueueQuery(tab, who.now, who.now, covered=ids), after)
            for tab in tabs
        )
        number = next(filter(None, found), None)
    return go(who.request, f"/tickets/{number}" if number else "/queue")


@router.get("/queue/rows")
def queue_rows(who: Visiting, ids: str = "", is_all: Annotated[bool, Query(alias="all")] = False) -> Response:
    """The rows with these keys (``t1042,d7``) as they are now, fresh counts, and which belong here.

    ``all``: told too is what else stands on this page by now, for whoever has missed events.
    """
    keys = [key for key in ids.split(",") if key][:MOST_ROWS]
    with who.db.read() as session:
        reader = reader_of(session, who)
        covered = beside_queries.list_covered(session, who.viewer, who.now)
        asked = _asked(who, reader, covered)
        rows, belongs = _rows(session, who, reader, asked, keys)
        counts = queries.count_states(session, who.viewer, asked)
        per_tab = queries.count_tabs(session, who.viewer, asked)
        known = _known(session, who, reader, asked) if is_all else []
        shell = shell_of(session, who)
    chips, tabs = chips_of(who.language, asked, counts), tabs_of(who.language, asked, per_tab)
    here = {row.key: is_on_page(asked, row) or ELSEWHERE for row in rows if row.key in belongs}
    matching = dict.fromkeys(known, True) | {key: here.get(key, False) for key in keys if key[:1] in "tdi"}
    return show(who, "_queue_rows.html", shell, rows=rows, chips=chips, tabs=tabs, oob=True,
                matching=json.dumps(matching), need=shell.nav[0].count)  # fmt: skip


def _known(session: Session, who: Visit, reader: Reader, asked: QueueQuery) -> list[str]:
    """The keys of every row that stands on the page that is shown."""
    numbers = [] if asked.state == "draft" else queries.list_numbers(session, who.viewer, asked)
    matters = [one for one in _incidents(session, who, reader, asked) if is_on_page(asked, one)]
    ends_before = asked.until is not None and asked.until.group < DRAFTS
    wishes = [] if ends_before else [draft_row(reader, one, who.menu) for one in _drafts(session, who, asked)]
    drafts = [one for one in wishes if is_on_page(asked, one)]
    return [f"t{number}" for number in numbers] + [one.key for one in (*matters, *drafts)]


def _drafts(session: Session, who: Visit, asked: QueueQuery) -> list[DraftEntry]:
    """The wishes to be confirmed, which follow the last ticket of a list that has them."""
    if asked.text or asked.state not in ("", "draft"):
        return []
    after = asked.after
    since = (after.at, after.number) if after and after.group == DRAFTS else None
    return draft_queries.list_drafts(session, who.viewer, asked.tab, asked.covered, since)


def _rows(
    session: Session, who: Visit, reader: Reader, asked: QueueQuery, keys: list[str]
) -> tuple[list[QueueRow], set[str]]:
    numbers = _numbers(keys, "t")
    entries = queries.list_rows(session, who.viewer, numbers, who.now)
    belongs = {f"t{n}" for n in queries.list_matching(session, who.viewer, asked, numbers)}
    rows = [row_of(reader, entry) for entry in entries]
    for row in _incidents(session, who, reader, asked, _numbers(keys, "i")):
        rows.append(row)
        belongs.add(row.key)
    drafts: dict[int, DraftEntry | None] = {
        number: draft_queries.find_draft(session, who.viewer, number) for number in _numbers(keys, "d")
    }
    for number, entry in drafts.items():
        if entry is not None:
            rows.append(draft_row(reader, entry, who.menu))
            belongs.add(f"d{number}")
    return rows, belongs


def _numbers(keys: list[str], kind: str) -> list[int]:
    found = (key[1:] for key in keys if key[:1] == kind)
    return [int(text) for text in found if text.isascii() and text.isdigit() and len(text) < 16]
