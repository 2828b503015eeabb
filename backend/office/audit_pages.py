"""审计日志: who changed what; leaders read it, nobody changes it."""

from dataclasses import replace
from typing import Final

from fastapi import APIRouter, Response

from backend.audit import queries, service
from backend.desk.doors import PageRoute, Visit, Visiting
from backend.desk.shell import reader_of, shell_of, show
from backend.errors import Forbidden
from backend.office import audit
from backend.people import roles
from backend.web import workbook
from locales import N_, t

router = APIRouter(include_in_schema=False, route_class=PageRoute)
#: stands above the rows of a workbook that could not take them all
CUT: Final = N_(
    "Only the newest {most} entries are in this file; there are older ones. Please choose days in the "
    "filter, and save them part by part."
)


def _require_reader(who: Visit) -> None:
    if not roles.may_manage_people(who.viewer.role):
        raise Forbidden


@router.get("/audit")
def audit_page(who: Visiting) -> Response:
    """A page of 50 entries, newest first. Raises Forbidden for all but managers and admins."""
    _require_reader(who)
    asked = audit.read(who.request.query_params)
    with who.db.read() as session:
        reader = reader_of(session, who)
        wanted = asked.wanted(who.viewer.estate_ids, reader.zone)
        found = queries.list_entries(session, wanted, audit.PAGE + 1)
        people = queries.list_people(session, who.viewer.estate_ids)
        shell = shell_of(session, who, on="audit")
    log = audit.page_of(reader, asked, found, people)
    return show(who, "audit.html", shell, log=log, title=t(who.language, "Audit log"))


@router.get("/audit/export")
def audit_workbook(who: Visiting) -> Response:
    """Exactly the entries of the filter as a workbook; that it was taken is an entry too."""
    _require_reader(who)
    asked = replace(audit.read(who.request.query_params), before=None, after=None)
    with who.db.read() as session:
        reader = reader_of(session, who)
        wanted = asked.wanted(who.viewer.estate_ids, reader.zone)
        found = queries.list_entries(session, wanted, workbook.MOST_ROWS + 1)
        rows = [audit.line_of(reader, entry, user) for entry, user in found[: workbook.MOST_ROWS]]
    after = {"rows": len(rows), "filter": asked.address("")}
    if len(found) > workbook.MOST_ROWS:
        rows.insert(0, [t(who.language, CUT, most=f"{workbook.MOST_ROWS:,}")])
    who.db.run(lambda session: service.record(session, who.actor, who.now, "audit.export", after=after))
    data = workbook.sheet("audit", audit.head_of(who.language), rows)
    headers = {"Content-Disposition": 'attachment; filename="audit.xlsx"'}
    return Response(data, media_type=workbook.MEDIA_TYPE, headers=headers)
