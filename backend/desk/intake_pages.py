"""The page "New for resident" (keys n t), also for a free time of the calendar of visits."""

from typing import Any, Final

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from backend.desk import draft_queries, free_slot, service
from backend.desk.doors import PageRoute, Typed, Visit, Visiting, go
from backend.desk.forms import BadForm
from backend.desk.free_slot import FreeSlot
from backend.desk.intake import Blank, Found, IntakeView, found_of, intake_of, item_names, read_intake
from backend.desk.service import Intake
from backend.desk.shell import reader_of, shell_of, show
from backend.desk.views import SlotNote
from backend.errors import Forbidden
from backend.models import Ticket
from backend.people import queries as people
from backend.people import residents
from backend.tickets.service import act, actions_for
from locales import N_, t
from locales.dates import format_day, format_moment

router = APIRouter(include_in_schema=False, route_class=PageRoute)
OPENED: Final = N_("Ticket #{number} is open.")
PLAN_IT: Final = N_("Ticket #{number} is open. Please fix its time now.")
NO_VISIT: Final = N_(
    "Ticket #{number} is open. No visit can be agreed for it yet, so the time you chose is not used."
)


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
        slot = _slot_note(session, who, free_slot.read(who.request.query_params))
    return show(who, "_found.html" if part == "found" else "new.html", shell, **_context(who, view, slot))


def _context(who: Visit, view: IntakeView, slot: SlotNote | None) -> dict[str, Any]:
    return {
        "intake": view,
        "title": t(who.language, "New for resident"),
        "items": item_names(who.menu, who.language),
        "slot": slot,
    }


def _slot_note(session: Session, who: Visit, slot: FreeSlot | None) -> SlotNote | None:
    """The free time the ticket is for, in words, and what takes it along."""
    if slot is None:
        return None
    reader = reader_of(session, who)
    says = format_moment if slot.start else format_day
    when = says(who.language, slot.instant(reader.zone), reader.zone, reader.now)
    user = people.find_user_of(session, who.viewer, slot.person) if slot.person else None
    text = t(who.language, "For a visit: {when}", when=when)
    if user is not None:
        text = t(who.language, "For a visit: {when}, {who} goes", when=when, who=user.name(who.language))
    return SlotNote(text, slot.back, tuple(slot.parts.items()))


def _begin(session: Session, who: Visit, search: str, draft: str) -> tuple[Blank, str]:
    """Take a draft's resident and words over, where the address names one."""
    search = search.replace("\x00", "").strip()[:80]
    number = int(draft) if draft.isascii() and draft.isdigit() and len(draft) < 16 else 0
    entry = draft_queries.find_draft(session, who.viewer, number) if number else None
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
    slot = free_slot.read(fields)
    number, has_visit = who.db.run(lambda session: _open(session, who, intake))
    if slot is not None and has_visit:
        return _leave(who, slot.plan_address(number), t(who.language, PLAN_IT, number=number))
    sentence = t(who.language, NO_VISIT if slot is not None else OPENED, number=number)
    return _leave(who, f"/tickets/{number}", sentence)


def _open(session: Session, who: Visit, intake: Intake) -> tuple[int, bool]:
    """Open it; whether a visit can be agreed for it by this reader."""
    ticket = service.open_intake(session, who.menu, who.vault, who.viewer, intake, who.now)
    if ticket.butler_id == who.viewer.user_id and "accept" in actions_for(ticket, who.viewer):
        # Whoever wrote it down heard the resident and looks after it: nothing is left to be accepted.
        act(session, who.menu, who.viewer, ticket.number, "accept", {}, who.now)
    return ticket.number, _may_plan(who, ticket)


def _may_plan(who: Visit, ticket: Ticket) -> bool:
    return who.viewer.may("assign") and "schedule" in actions_for(ticket, who.viewer)


def _leave(who: Visit, where: str, sentence: str) -> Response:
    if not who.is_fragment:
        return go(who.request, where, sentence)
    return Response(headers={"HX-Redirect": where})


def _again(who: Visit, fields: dict[str, str], errors: dict[str, str]) -> Response:
    blank = Blank(search=fields.get("q", ""))
    with who.db.read() as session:
        found = _find(session, who, blank, fields.get("resident", ""))
        view = intake_of(reader_of(session, who), blank, found, who.menu, typed=fields, errors=errors)
        shell = shell_of(session, who, on="new")
        slot = _slot_note(session, who, free_slot.read(fields))
    template = "_intake_form.html" if who.is_fragment else "new.html"
    return show(who, template, shell, status=422, **_context(who, view, slot))
