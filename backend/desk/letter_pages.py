"""What goes to the resident from a ticket's page: replies with photos, another try; and the files of both."""

import asyncio
from functools import partial
from typing import Final

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse
from sqlalchemy.orm import Session

from backend.desk import act_pages, letters, ticket_pages, ticket_queries
from backend.desk.doors import Number, PageRoute, Typed, Visit, Visiting, go, with_toast
from backend.desk.letters import Lettered
from backend.desk.shell import shell_of, show
from backend.errors import BadInput, Forbidden, NotFound, Refusal
from backend.messages import files, outbox
from backend.tickets import queries as ticket_rows
from locales import N_, t

router = APIRouter(include_in_schema=False, route_class=PageRoute)
#: what a browser may show of itself; anything else is saved, never opened as a page of ours
SHOWN: Final = frozenset({"photo", "voice", "video"})
#: headers of a file that somebody else made: kept for a while, and nothing in it may run
OF_A_FILE: Final = {
    "Cache-Control": "private, max-age=600",
    "Content-Security-Policy": "sandbox; default-src 'none'",
}
AGAIN: Final = N_("It is being sent again.")
UNDER_WAY: Final = N_("This message is under way already.")


@router.post("/tickets/{number}/reply")
async def reply(who: Visiting, number: Number, posted: Lettered) -> Response:
    """Send words, photos, files; what cannot be taken comes back with a sentence and nothing lost."""
    fields, refusal = await letters.keep_all(who, number, posted)
    if refusal is not None:
        errors = {"photos": refusal.worded(who.language)[1]}
        return await asyncio.to_thread(
            ticket_pages.again, who, number, "reply", fields, errors, refusal.status
        )
    return await act_pages.sent(who, number, "reply", fields)


@router.post("/tickets/{number}/photos")
async def add_photo(who: Visiting, number: Number, posted: Lettered) -> Response:
    """Take a photo or PDF file as soon as it is chosen; the answer is its place in the composer, or words."""
    with who.db.read() as session:
        ticket_rows.get_ticket(session, who.viewer, number)
        shell = shell_of(session, who)
    try:
        who.request.app.state.file_limit.count(("staff", who.viewer.user_id))
        letters.require_room(posted.fields)
        if not posted.uploads:
            raise BadInput
        chip = await letters.in_turn(who, partial(letters.keep, who, number, posted.uploads[0]))
    except Refusal as error:
        sentence = error.worded(who.language)[1]
        return show(who, "_photo_refused.html", shell, sentence=sentence, status=error.status)
    return show(who, "_photo_chip.html", shell, photo=chip)


@router.post("/tickets/{number}/messages/{key}/again")
def send_again(who: Visiting, number: Number, key: Number, fields: Typed) -> Response:
    """Try a message once more that did not arrive. Raises NotFound, Forbidden."""
    if not who.viewer.may("reply"):
        raise Forbidden
    is_queued = who.db.run(lambda session: _send_again(session, who, number, key))
    sentence = t(
        who.language, "It is being sent again." if is_queued else "This message is under way already."
    )
    if not who.is_fragment:
        return go(who.request, f"/tickets/{number}", sentence)
    return with_toast(ticket_pages.live_parts(who, number), sentence)


def _send_again(session: Session, who: Visit, number: int, key: int) -> bool:
    ticket = ticket_rows.get_ticket(session, who.viewer, number)
    message = ticket_queries.find_message(session, who.viewer, ticket, key)
    if message is None or message.author == "resident":
        raise NotFound
    return outbox.send_again(session, message.id, who.real_now)


@router.get("/tickets/{number}/files/{file_id}")
def file(who: Visiting, number: Number, file_id: str, small: bool = False) -> Response:
    """A file of the conversation, as far as the viewer may read it. Raises NotFound.

    ``small``: of a photo the small copy, which opens for the same people.
    """
    with who.db.read() as session:
        ticket = ticket_rows.get_ticket(session, who.viewer, number)
        found = ticket_queries.find_file(session, who.viewer, ticket, file_id)
    if found is None:
        raise NotFound
    given = files.shown(who.request.app.state.settings.media_dir, found, is_small=small)
    manner = "inline" if found.kind in SHOWN else "attachment"
    return FileResponse(given.place, media_type=given.content_type, headers=OF_A_FILE, filename=given.name,
                        content_disposition_type=manner)  # fmt: skip
