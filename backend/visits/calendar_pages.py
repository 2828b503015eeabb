"""上门日历: the day, the week and the agenda; its paper and its workbook."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from backend.audit.service import record
from backend.desk.doors import PageRoute, Visit, Visiting
from backend.desk.estate_links import EstateLink
from backend.desk.shell import reader_of, shell_of, show
from backend.errors import Forbidden, NotFound
from backend.models import Estate
from backend.people import queries as people
from backend.people import residents, roles
from backend.visits import asked as addresses
from backend.visits import board, paper, queries, service
from backend.visits.asked import Asked
from backend.visits.wording import Teller
from backend.web.workbook import MEDIA_TYPE
from locales.dates import local

router = APIRouter(include_in_schema=False, route_class=PageRoute)
#: visits of an agenda whose phone numbers are looked up
MOST_CALLS: Final = 60


def require_visitor(who: Visit) -> None:
    """Guards stay at the gate: no visit is theirs. Raises Forbidden."""
    if roles.stands_at_the_gate(who.viewer.role):
        raise Forbidden


def begin(session: Session, who: Visit) -> tuple[Estate, Asked]:
    """The estate and the day of the address. Raises Forbidden, NotFound."""
    require_visitor(who)
    given = dict(who.request.query_params)
    estate = service.estate_of(session, who.viewer, addresses.number_of(given.get("estate", "")[:20]))
    today = local(who.now, estate.timezone).date()
    return estate, addresses.read(given, today)


def gathered(session: Session, who: Visit, estate: Estate, asked: Asked) -> tuple[Teller, service.Gathered]:
    """Everything of the days of an address, and how it is worded for this reader."""
    first = asked.day if asked.view == "day" else asked.monday
    found = service.gather(session, who.viewer, estate, first, who.now)
    reader = replace(reader_of(session, who), zone=estate.timezone)
    return Teller(reader, estate, found.staff, asked, _phones(session, who, found)), found


def _phones(session: Session, who: Visit, found: service.Gathered) -> dict[int, str]:
    """The numbers to call before a visit, of yesterday's to the day after tomorrow's only."""
    since, until = who.now - timedelta(days=1), who.now + timedelta(days=2)
    ids = {
        one.ticket.resident_id
        for day in found.days
        for one in day.entries
        if one.ticket.state in queries.ACTIVE and since < day.hours.day.end and day.hours.day.start < until
    }
    return {one: _phone(session, who, one) for one in sorted(i for i in ids if i)[:MOST_CALLS]}


def _phone(session: Session, who: Visit, resident_id: int) -> str:
    try:
        return residents.get_phone(session, who.viewer, who.vault, resident_id, who.now)
    except NotFound:  # moved out since
        return ""


@router.get("/visits")
def visits_page(who: Visiting, part: str = "") -> Response:
    """The calendar of an address, or (``part=board``) only what changes while it is open."""
    with who.db.read() as session:
        estate, asked = begin(session, who)
        view = board.board_of(*gathered(session, who, estate, asked))
        view = replace(view, estates=_estates(session, who, estate, asked))
        shell = shell_of(session, who, on="visits")
    template = "_visits_board.html" if part == "board" else "visits.html"
    return show(who, template, shell, board=view, title=view.title)


def _estates(session: Session, who: Visit, here: Estate, asked: Asked) -> tuple[EstateLink, ...]:
    """The same day of each estate; people and buildings that were filtered for are of this one only."""
    found = people.list_estates(session, who.viewer)
    plain = Asked(asked.day, asked.today, asked.view)
    return tuple(
        EstateLink(one.name(who.language), addresses.address(plain, estate=one.id), one.id == here.id)
        for one in (found if len(found) > 1 else ())
    )


@router.get("/visits/paper")
def paper_page(who: Visiting) -> Response:
    """One day on paper, in the order of the clock."""
    with who.db.read() as session:
        estate, asked = begin(session, who)
        teller, found = gathered(session, who, estate, replace(asked, view="day"))
        view = paper.paper_of(teller, found.days[0])
        shell = shell_of(session, who, on="visits")
    return show(who, "visits_paper.html", shell, paper=view, title=view.title)


@router.get("/visits/day.xlsx")
def workbook(who: Visiting) -> Response:
    """One day as a workbook, exactly as it is filtered. Personal data leaves the house, which is logged."""
    with who.db.read() as session:
        estate, asked = begin(session, who)
        teller, found = gathered(session, who, estate, replace(asked, view="day"))
        data, rows = paper.workbook_of(teller, found.days[0])
    day = asked.day.isoformat()
    who.db.run(lambda session: _log(session, who, estate.id, {"rows": rows, "day": day}))
    headers = {"Content-Disposition": f'attachment; filename="visits-{day}.xlsx"'}
    return Response(data, media_type=MEDIA_TYPE, headers=headers)


def _log(session: Session, who: Visit, estate_id: int, after: dict[str, object]) -> None:
    record(session, who.actor, who.now, "visits.export", estate_id=estate_id, subject="visits", after=after)
