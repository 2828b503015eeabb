"""The list of tickets as a file: at once, or with its progress told while it is written."""

import base64
import json
import tempfile
from collections.abc import Iterator
from typing import IO, Final

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse
from sqlalchemy.orm import Session

from backend.audit.service import record
from backend.desk.doors import PageRoute, Visit, Visiting, go
from backend.search import asked as addresses
from backend.search import finding, queries, table
from backend.search.composing import MOST_EXPORTED
from backend.search.ticket_pages import Search, read_address, search_for
from backend.search.workbook import MEDIA_TYPE, Book
from locales import N_, t
from locales.dates import local

router = APIRouter(include_in_schema=False, route_class=PageRoute)
TOO_MANY: Final = N_(
    "These are more than {most} tickets. Please choose days or other filters, and save them part by part."
)
#: bytes of the file in one event
PIECE: Final = 48 * 1024


@router.get("/search/tickets.xlsx")
def workbook_file(who: Visiting) -> Response:
    """The whole list that the address asks for, as a workbook."""
    with tempfile.TemporaryFile() as file:
        with who.db.read() as session:
            search = search_for(session, who, read_address(who))
            if _is_too_long(session, who, search):
                return go(who.request, addresses.address(search.asked), _too_many(who))
            for _ in _written(session, who, search, file):
                pass
        file.seek(0)
        data = file.read()
    headers = {"Content-Disposition": f'attachment; filename="{_name(search)}"'}
    return Response(data, media_type=MEDIA_TYPE, headers=headers)


@router.get("/search/progress")
def workbook_stream(who: Visiting) -> Response:
    """The same as events: how far it is, then the file itself in pieces. Cut off, nothing is kept."""
    return StreamingResponse(_events(who, read_address(who)), media_type="text/event-stream",
                             headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})  # fmt: skip


def _events(who: Visit, asked: addresses.Asked) -> Iterator[str]:
    with tempfile.TemporaryFile() as file, who.db.read() as session:
        search = search_for(session, who, asked)
        if _is_too_long(session, who, search):
            yield _event("refused", {"text": _too_many(who)})
            return
        total = 0
        for done, total in _written(session, who, search, file):
            yield _event("progress", {"done": done, "total": total})
        file.seek(0)
        while piece := file.read(PIECE):
            yield _event("piece", {"data": base64.b64encode(piece).decode()})
        yield _event("end", {"name": _name(search), "type": MEDIA_TYPE, "total": total})


def _event(kind: str, values: dict[str, object]) -> str:
    return f"event: {kind}\ndata: {json.dumps(values)}\n\n"


def _is_too_long(session: Session, who: Visit, search: Search) -> bool:
    return queries.count_found(session, who.viewer, search.wanted, who.now, MOST_EXPORTED) > MOST_EXPORTED


def _too_many(who: Visit) -> str:
    return t(who.language, TOO_MANY, most=f"{MOST_EXPORTED:,}")


def _name(search: Search) -> str:
    return f"tickets-{local(search.reader.now, search.reader.zone):%Y-%m-%d}.xlsx"


def _written(session: Session, who: Visit, search: Search, file: IO[bytes]) -> Iterator[tuple[int, int]]:
    """Write the workbook; tell after each stretch how many rows are done, of how many."""
    teller, columns = search.teller(who), table.in_file(search.asked.columns)
    heads = [(one, table.head(who.language, one)) for one in columns]
    book, done = Book(t(who.language, "All tickets"), heads), 0
    found = finding.all_found(session, who.viewer, search.asked.sort, search.wanted, who.now, MOST_EXPORTED)
    for lines in finding.all_lines(session, who.viewer, found, who.now):
        for line in lines:
            book.add([table.cell_of(teller, line, one) for one in columns])
        done += len(lines)
        yield done, len(found)
    book.save(file)
    _audit(who, search, done)
    yield done, len(found)


def _audit(who: Visit, search: Search, rows: int) -> None:
    """Personal data left the house: who took how much, by which filters (never the words themselves)."""
    after = {"rows": rows, "filters": sorted(search.asked.filters), "columns": list(search.asked.columns)}
    who.db.run(
        lambda session: record(session, who.actor, who.now, "tickets.export", subject="tickets", after=after)
    )
