"""What two languages or two butlers at one ticket need: translation, who else is here, older words."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from sqlalchemy.orm import Session
from starlette.requests import Request

from backend.desk import presence
from backend.desk.doors import Visit
from backend.desk.foreign import NO_TRANSLATOR, is_foreign
from backend.desk.forms import BadForm
from backend.desk.ticket_queries import Dossier
from backend.desk.views import TicketView
from backend.models import Ticket
from backend.tickets import service
from locales import t

#: by this header an open page says from which message on it shows the conversation
SINCE: Final = "X-Since"


def since_of(request: Request) -> int | None:
    """From which message on the reader wants the conversation; None for the last ones alone."""
    said = request.headers.get(SINCE) or request.query_params.get("since", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) <= len(str(2**31)) else None


def beside_talk(session: Session, who: Visit, dossier: Dossier, view: TicketView) -> TicketView:
    """Add to the page what belongs to this installation and this minute."""
    can_translate = who.request.app.state.translator is not None
    composer = replace(view.composer, can_translate=can_translate)
    watching = presence.watching(session, who.viewer, dossier.ticket, who.language, who.real_now)
    can_choose = "choose" in service.actions_for(dossier.ticket, who.viewer)
    return replace(
        view, can_translate=can_translate, composer=composer, watching=watching, can_choose=can_choose
    )


def warned(who: Visit, reads: str, text: str, warning: str) -> str:
    """What is asked before a reply goes out, with what becomes of it where nobody translates."""
    if not warning or who.request.app.state.translator is not None or not is_foreign(text, reads):
        return warning
    joint = " " if who.language == "en" else ""
    return f"{warning}{joint}{t(who.language, NO_TRANSLATOR)}"


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
