"""服务不对: what the assistant understood, and the choice of another service."""

from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter, Response

from backend.desk import channel_queries, intake, reach, understanding
from backend.desk.doors import Number, PageRoute, Typed, Visit, Visiting, go
from backend.desk.shell import shell_of, show
from backend.errors import BadInput, Forbidden, IllegalMove, VersionConflict
from backend.models import Ticket
from backend.tickets import beside_queries, service
from backend.tickets import queries as ticket_rows
from locales import N_, t

router = APIRouter(include_in_schema=False, route_class=PageRoute)
DONE: Final = N_("The service is changed. The resident's words are proposed as an example.")
FILED: Final = N_("#{former} goes on here under the right service, and the resident has been told.")
#: the same where the resident could not be told
FILED_UNTOLD: Final[Mapping[str, str]] = {
    reach.AWAY: N_("#{former} goes on here under the right service. The resident is told as soon as they can "
                   "be reached again."),
    reach.NO_CHAT: N_("#{former} goes on here under the right service. This resident has no chat and was not "
                      "told. Please call."),
    reach.NOBODY: N_("#{former} goes on here under the right service."),
}  # fmt: skip
OPENED: Final = N_(
    "A ticket for the right service was opened and linked: #{number}. Close this one when nothing is left."
)
NO_SERVICE: Final = N_("There is no service with this name. Please choose one from the list.")


def _ticket(who: Visit, number: int) -> Ticket:
    with who.db.read() as session:
        ticket = ticket_rows.get_ticket(session, who.viewer, number)
        if "choose" not in service.actions_for(ticket, who.viewer):
            raise Forbidden
    return ticket


@router.get("/tickets/{number}/service")
def service_page(who: Visiting, number: Number) -> Response:
    """What the assistant makes of the words now, and a search over all services. Raises Forbidden."""
    return _page(who, number, {})


def _page(who: Visit, number: int, typed: Mapping[str, str], error: str = "", status: int = 200) -> Response:
    ticket = _ticket(who, number)
    state = who.request.app.state
    guesses = understanding.guesses_of(state.engine, who.menu, ticket.words, who.language, who.now)
    with who.db.read() as session:
        shell = shell_of(session, who)
    return show(
        who, "service.html", shell, status=status, ticket=ticket, name=ticket.name(who.language),
        guesses=guesses, items=intake.item_names(who.menu, who.language), typed=typed, error=error,
    )  # fmt: skip


@router.post("/tickets/{number}/service")
def choose(who: Visiting, number: Number, fields: Typed) -> Response:
    """Choose another service; where its work goes another way the matter goes on under a new number."""
    _ticket(who, number)
    wanted = fields.get("name", "").strip() or fields.get("item", "")
    item = intake.find_item(who.menu, wanted) if wanted else None
    if item is None:
        return _page(who, number, fields, t(who.language, NO_SERVICE), 422)
    version = fields.get("version", "")
    try:
        who.db.run(
            lambda session: service.act(
                session, who.menu, who.viewer, number, "choose", {"item": item.id}, who.now,
                int(version) if version.isascii() and version.isdigit() and len(version) < 10 else None,
            )
        )  # fmt: skip
    except (BadInput, IllegalMove, VersionConflict) as refusal:
        return _page(who, number, fields, refusal.worded(who.language)[1], refusal.status)
    with who.db.read() as session:
        opened, is_filed = beside_queries.last_split(session, who.viewer, number, item.id)
        how = channel_queries.reach_of(session, number)
    if opened is not None and is_filed:
        filed = t(who.language, FILED_UNTOLD.get(how, FILED), former=number)
        return go(who.request, f"/tickets/{opened}", filed)
    sentence = t(who.language, OPENED, number=opened) if opened else t(who.language, DONE)
    return go(who.request, f"/tickets/{number}", sentence)
