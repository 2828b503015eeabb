"""Passes at the gate 访客与放行: who is expected, who is inside, what may be carried out."""

from typing import Final

from fastapi import APIRouter, Response

from backend.desk.doors import Number, PageRoute, Typed, Visiting, go
from backend.desk.shell import reader_of, shell_of, show
from backend.errors import Forbidden
from backend.onsite import pass_view
from backend.people import roles
from backend.tickets import service as tickets
from locales import N_, t

router = APIRouter(include_in_schema=False, route_class=PageRoute)
SAID: Final = {
    "arrived": N_("The visitor’s arrival is recorded."),
    "left": N_("The visitor’s leaving is recorded."),
    "released": N_("Compared and let out. It is recorded with your name."),
}
LONGEST: Final = 60


@router.get("/passes")
def passes_page(who: Visiting, q: str = "", part: str = "") -> Response:
    """Today's passes of one's estates; ``q`` looks by number, plate or name. Raises Forbidden."""
    if not (roles.stands_at_the_gate(who.viewer.role) or roles.sees_all_tickets(who.viewer.role)):
        raise Forbidden
    wanted = q[:LONGEST]
    with who.db.read() as session:
        passes = pass_view.list_of(session, who, reader_of(session, who), wanted)
        shell = shell_of(session, who, on="passes")
    template = "_passes.html" if part == "live" else "passes.html"
    return show(who, template, shell, passes=passes, wanted=wanted, title=t(who.language, "Passes"))


@router.post("/passes/{number}/{action}")
def act(who: Visiting, number: Number, action: str, fields: Typed) -> Response:
    """One tap: arrived, left, released. Raises NotFound, Forbidden, IllegalMove, VersionConflict."""
    verb, body = pass_view.act_of(action, who.viewer.name(who.language))
    version = fields.get("version", "")
    seen = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else None
    who.db.run(lambda session: tickets.act(session, who.menu, who.viewer, number, verb, body, who.now, seen))
    return go(who.request, "/passes", t(who.language, SAID[action]))
