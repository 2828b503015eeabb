"""What two languages or two butlers at one ticket need: translation on offer, who else is here."""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from backend.desk import presence
from backend.desk.doors import Visit
from backend.desk.forms import BadForm
from backend.desk.ticket_queries import Dossier
from backend.desk.views import TicketView
from backend.models import Ticket
from backend.tickets import service
from locales import t


def beside_talk(session: Session, who: Visit, dossier: Dossier, view: TicketView) -> TicketView:
    """Add to the page what belongs to this installation and this minute."""
    can_translate = who.request.app.state.translator is not None
    composer = replace(view.composer, can_translate=can_translate)
    watching = presence.watching(session, who.viewer, dossier.ticket, who.language, who.real_now)
    can_choose = "choose" in service.actions_for(dossier.ticket, who.viewer)
    return replace(
        view, can_translate=can_translate, composer=composer, watching=watching, can_choose=can_choose
    )


def ask_if_two_write(
    session: Session, who: Visit, ticket: Ticket, action: str, fields: Mapping[str, str]
) -> None:
    """Two who write to one resident at once are told before the second one sends. Raises BadForm."""
    if action != "reply" or fields.get("sure") or not fields.get("text", "").strip():
        return
    if names := presence.writers(session, who.viewer, ticket, who.language, who.real_now):
        raise BadForm({"sure": t(who.language, presence.BOTH, names=names)})


def keys(session: Session, who: Visit, ticket: Ticket, is_writing: bool) -> None:
    """Let colleagues see that a reply is being written, or no more."""
    if is_writing:
        presence.seen(session, who.viewer, ticket, who.real_now, writes=True)
    else:
        presence.stopped(session, who.viewer, ticket, who.real_now)
