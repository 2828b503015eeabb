"""A page's sign of life at a ticket; the answer says who else is there."""

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from backend.desk import presence
from backend.desk.doors import Number, PageRoute, Typed, Visiting
from backend.desk.shell import shell_of, show
from backend.desk.talk_views import Watching
from backend.tickets import queries as ticket_rows

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.post("/tickets/{number}/presence")
def sign_of_life(who: Visiting, number: Number, fields: Typed) -> Response:
    """Say that this ticket is open here, or (``left``) no more. Raises NotFound."""
    has_left = bool(fields.get("left"))

    def work(session: Session) -> Watching:
        ticket = ticket_rows.get_ticket(session, who.viewer, number)
        if has_left:
            presence.left(session, who.viewer, ticket, who.real_now)
        else:
            presence.seen(session, who.viewer, ticket, who.real_now)
        return presence.watching(session, who.viewer, ticket, who.language, who.real_now)

    seen = who.db.run(work)
    if has_left:
        return Response(status_code=204)
    with who.db.read() as session:
        shell = shell_of(session, who)
    return show(who, "_presence.html", shell, watching=seen)
