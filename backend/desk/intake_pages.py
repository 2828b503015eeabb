"""The page "New for resident" (keys n t)."""

from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from backend.desk import queries, service
from backend.desk.doors import PageRoute, Typed, Visit, Visiting, go
from backend.desk.forms import BadForm
from backend.desk.intake import Blank, found_of, intake_of, item_names, read_intake
from backend.desk.shell import reader_of, shell_of, show
from backend.desk.views import Found, IntakeView
from backend.errors import Forbidden
from backend.people import residents
from locales import t

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/new")
def new_page(who: Visiting, q: str = "", draft: str = "", part: str = "") -> Response:
    """The empty form, a form begun from a draft, or (``part=found``) the residents that fit a search."""
    if not who.viewer.may("open"):
        raise Forbidden
    with who.db.read() as session:
        blank, chosen = _begin(session, who, q, draft)
        found = _find(session, who, blank, chosen)
        view = intake_of(reader_of(session, who), blank, found, who.menu)
        shell = shell_of(session, who, on="new")
    return show(who, "_found.html" if part == "found" else "new.html", shell, **_context(who, view))


def _context(who: Visit, view: IntakeView) -> dict[str, Any]:
    return {
        "intake": view,
        "title": t(who.language, "New for resident"),
        "items": item_names(who.menu, who.language),
    }


def _begin(session: Session, who: Visit, search: str, draft: str) -> tuple[Blank, str]:
    """Take a draft's resident and words over, where the address names one."""
    search = search.replace("\x00", "").strip()[:80]
    number = int(draft) if draft.isascii() and draft.isdigit() and len(draft) < 16 else 0
    entry = queries.find_draft(session, who.viewer, number) if number else None
    if entry is None or entry.resident is None:
        return Blank(search), ""
    home = entry.home.code if entry.home else entry.resident.name
    blank = Blank(search or home, draft, entry.draft.item_id, entry.draft.words)
    return blank, str(entry.resident.id)


def _find(session: Session, who: Visit, blank: Blank, chosen: str) -> tuple[Found, ...]:
    cards = residents.search_residents(session, who.viewer, who.vault, blank.search, who.now)
    return found_of(who.language, cards, chosen)


@router.post("/new")
def open_ticket(who: Visiting, fields: Typed) -> Response:
    """Open the ticket and go to it; what is missing is said at its field."""
    with who.db.read() as session:
        reader = reader_of(session, who)
    try:
        intake = read_intake(reader, who.menu, fields)
    except BadForm as bad:
        return _again(who, fields, dict(bad.errors))
    number = who.db.run(
        lambda session: service.open_intake(session, who.menu, who.vault, who.viewer, intake, who.now).number
    )
    sentence = t(who.language, "Ticket #{number} is open.", number=number)
    where = f"/tickets/{number}"
    if not who.is_fragment:
        return go(who.request, where, sentence)
    return Response(headers={"HX-Redirect": where})


def _again(who: Visit, fields: dict[str, str], errors: dict[str, str]) -> Response:
    blank = Blank(search=fields.get("q", ""))
    with who.db.read() as session:
        found = _find(session, who, blank, fields.get("resident", ""))
        view = intake_of(reader_of(session, who), blank, found, who.menu, typed=fields, errors=errors)
        shell = shell_of(session, who, on="new")
    template = "_intake_form.html" if who.is_fragment else "new.html"
    return show(who, template, shell, status=422, **_context(who, view))
