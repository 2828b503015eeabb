"""审计日志: who changed what; leaders read it, nobody changes it."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from backend.audit import queries, service
from backend.desk.doors import PageRoute, Visit, Visiting
from backend.desk.queue import Reader
from backend.desk.shell import reader_of, shell_of, show
from backend.errors import Forbidden
from backend.office import audit
from backend.web import cut, workbook
from locales import N_, t

Line = list[str | datetime]
router = APIRouter(include_in_schema=False, route_class=PageRoute)
#: how a log that no workbook can hold is saved whole
HOW_NARROWER: Final = N_("To save all of them, choose days in the filter, and save them part by part.")


@router.get("/audit")
def audit_page(who: Visiting) -> Response:
    """A page of 50 entries, newest first. Raises Forbidden for all but leaders."""
    asked = audit.read(who.request.query_params)
    with who.db.read() as session:
        reader = reader_of(session, who)
        wanted = audit.wanted_of(who.viewer, asked, reader.zone)
        found = queries.list_entries(session, wanted, audit.PAGE + 1)
        count = queries.count_entries(session, wanted) if len(found) > audit.PAGE else 0
        people = queries.list_people(session, who.viewer.estate_ids)
        log = audit.page_of(audit.teller_of(session, reader, who.menu, found), asked, found, people)
        shell = shell_of(session, who, on="audit")
    note = cut.on_page(who.language, count, workbook.MOST_ROWS, HOW_NARROWER)
    return show(who, "audit.html", shell, log=log, note=note, title=t(who.language, "Audit log"))


def _rows(
    session: Session, who: Visit, reader: Reader, wanted: queries.Wanted, most: int
) -> tuple[list[Line], str]:
    """The rows of the workbook, at most ``most``, and what its last row says of those it lacks."""
    found = queries.list_entries(session, wanted, most)
    count = queries.count_entries(session, wanted) if len(found) == most else len(found)
    teller = audit.teller_of(session, reader, who.menu, found)
    rows = [audit.line_of(teller, entry, user) for entry, user in found]
    return rows, cut.in_file(reader.language, count, most, HOW_NARROWER)


@router.get("/audit/export")
def audit_workbook(who: Visiting) -> Response:
    """Exactly the entries of the filter as a workbook; that it was taken is an entry too.

    Raises Forbidden for all but managers and admins.
    """
    if not audit.may_export(who.viewer):
        raise Forbidden
    asked = replace(audit.read(who.request.query_params), before=None, after=None)
    with who.db.read() as session:
        reader = reader_of(session, who)
        wanted = audit.wanted_of(who.viewer, asked, reader.zone)
        rows, last = _rows(session, who, reader, wanted, workbook.MOST_ROWS)
    after = {"rows": len(rows), "filter": asked.address("")}
    rows += [[last]] if last else []
    who.db.run(lambda session: service.record(session, who.actor, who.now, "audit.export", after=after))
    data = workbook.sheet("audit", audit.head_of(who.language), rows)
    headers = {"Content-Disposition": 'attachment; filename="audit.xlsx"'}
    return Response(data, media_type=workbook.MEDIA_TYPE, headers=headers)
