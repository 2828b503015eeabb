"""Photos and PDF files that staff send: taken before the reply, attached by it. Nothing here commits."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from backend.errors import BadInput, BadUpload, Forbidden, TooLarge
from backend.messages import files
from backend.messages import queries as message_queries
from backend.models import StoredFile, Ticket
from backend.people.viewer import Viewer
from backend.tickets import photo_queries
from locales import N_

#: how every PDF file begins
PDF: Final = b"%PDF-"
NEITHER: Final = N_(
    "This file is neither a photo that can be opened nor a PDF. Please choose a JPEG, PNG or WebP photo, or "
    "a PDF."
)


def check_photo(data: bytes) -> files.Checked:
    """Return what is to be kept of a photo. Raises TooLarge, BadUpload (for sound as well)."""
    checked = files.check(data)
    if checked.kind != "photo":
        raise BadUpload
    return checked


def check_sent(data: bytes) -> files.Checked:
    """Return what is to be kept of a file for a resident: a photo, or a PDF file, up to 10 MB.

    Raises TooLarge, BadUpload. The type is read from the bytes; a PDF file is kept as it came.
    """
    if len(data) > files.MAX_BYTES:
        raise TooLarge(None, limit=files.MAX_MB)
    if data.startswith(PDF):
        return files.check_carried(data, "document")
    try:
        return check_photo(data)
    except BadUpload as error:
        raise (BadUpload(NEITHER) if error.sentence == BadUpload.detail else error) from None


def add_photo(
    session: Session,
    viewer: Viewer,
    file_id: str,
    checked: files.Checked,
    name: str,
    now: datetime,
    ticket: Ticket | None = None,
) -> StoredFile:
    """Know a photo that is on disk; with a ticket it goes into that conversation only. Raises Forbidden.

    Without one it waits in any estate of the viewer's: what takes it up brings it to the ticket's.
    """
    if not viewer.may("reply"):
        raise Forbidden
    return files.add(
        session, file_id=file_id, checked=checked, name=name,
        estate_id=ticket.estate_id if ticket else min(viewer.estate_ids),
        conversation_id=ticket.conversation_id if ticket else None, now=now,
    )  # fmt: skip


def list_free(session: Session, ticket: Ticket, ids: Sequence[str]) -> list[StoredFile]:
    """Return those of ``ids`` that can still go into the ticket's conversation, in the order of ``ids``."""
    if ticket.conversation_id is None or not ids:
        return []
    found = {row.id: row for row in message_queries.list_free_files(session, ticket.conversation_id, ids)}
    return [found[one] for one in dict.fromkeys(ids) if one in found]


def require_free(session: Session, ticket: Ticket, ids: Sequence[str]) -> tuple[str, ...]:
    """Return ``ids``, each once. Raises BadInput when one was sent already, or is not known here."""
    free = tuple(row.id for row in list_free(session, ticket, ids))
    if len(free) != len(set(ids)):
        raise BadInput(N_("A photo or file is no longer there. Please choose it again."))
    return free


def take(session: Session, viewer: Viewer, ticket: Ticket, ids: Sequence[str]) -> None:
    """Keep these photos with the ticket (before and after the work); they go to nobody.

    Raises BadInput for one that is unknown here, or was sent or kept elsewhere.
    """
    rows = photo_queries.list_loose_files(session, viewer, ticket, ids)
    if len(rows) != len(set(ids)):
        raise BadInput(N_("A photo is no longer there. Please choose it again."))
    for row in rows:
        row.ticket_id, row.estate_id = ticket.id, ticket.estate_id
        row.conversation_id = row.conversation_id or ticket.conversation_id
