"""A reply with its photos as a browser posts it: fields, and files that are looked at first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Annotated, Any, Final

from fastapi import Depends, Request
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile

from backend.desk import doors, forms
from backend.desk.doors import Visit
from backend.desk.views import PhotoChip
from backend.errors import BadInput, Refusal
from backend.messages import files
from backend.tickets import photos
from backend.tickets import queries as ticket_rows
from locales import N_

#: photos and files of one message
MOST_PHOTOS: Final = 4
TOO_MANY: Final = N_("At most {limit} photos and files go into one message.")


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """What was posted: the typed fields, and the photos of a browser without script."""

    fields: dict[str, str]
    uploads: tuple[Upload, ...] = ()


async def letter(request: Request) -> Letter:
    """FastAPI dependency: a form that may carry photos, its token right. Raises Forbidden, BadInput."""
    async with request.form(max_files=2 * MOST_PHOTOS) as form:
        texts = {name: value for name, value in form.items() if not isinstance(value, UploadFile)}
        if sum(map(len, texts.values())) > doors.MAX_FORM:
            raise BadInput
        sent = [one for _, one in form.multi_items() if isinstance(one, UploadFile)]
        read = [Upload(one.filename, await one.read(files.MAX_BYTES + 1)) for one in sent if one.filename]
    return Letter(doors.checked_fields(request, texts), tuple(read))


Lettered = Annotated[Letter, Depends(letter)]


def keep(who: Visit, number: int, upload: Upload, place: int = 0) -> PhotoChip:
    """Keep a photo or a PDF file for the ticket's conversation.

    Raises NotFound, Forbidden, TooLarge, BadUpload. ``place`` keeps photos that came together in their order.
    """
    with who.db.read() as session:
        ticket_rows.get_ticket(session, who.viewer, number)
    checked = photos.check_sent(upload.data)
    file_id = files.keep(who.request.app.state.settings.media_dir, checked)
    now = who.now + timedelta(microseconds=place)

    def add(session: Session) -> PhotoChip:
        ticket = ticket_rows.get_ticket(session, who.viewer, number)
        row = photos.add_photo(session, who.viewer, file_id, checked, upload.name, now, ticket)
        return PhotoChip(row.id, row.name, row.kind == "document")

    return who.db.run(add)


async def keep_all(who: Visit, number: int, posted: Letter) -> tuple[dict[str, str], Refusal | None]:
    """Keep the photos of a browser without script; return the fields with them, and the first refusal."""
    fields, refusal = dict(posted.fields), None
    for place, upload in enumerate(posted.uploads):
        try:
            require_room(fields)
            chip = await in_turn(who, partial(keep, who, number, upload, place))
            fields[forms.PHOTO + chip.id] = chip.name
        except Refusal as error:
            refusal = refusal or error
    return fields, refusal


def require_room(fields: Mapping[str, str]) -> None:
    """Raise BadInput when one photo more would be too many."""
    if len(forms.photo_ids(fields)) >= MOST_PHOTOS:
        raise BadInput(TOO_MANY, limit=MOST_PHOTOS)


async def in_turn(who: Visit, work: Any) -> Any:
    """Run it in the threads kept for turns: encoding must not stall the loop."""
    return await who.request.app.state.in_turn(work)


def chips_of(session: Session, who: Visit, number: int, fields: Mapping[str, str]) -> tuple[PhotoChip, ...]:
    """The chosen photos that can still be sent, for a composer that is shown again."""
    ticket = ticket_rows.get_ticket(session, who.viewer, number)
    return tuple(
        PhotoChip(row.id, row.name, row.kind == "document")
        for row in photos.list_free(session, ticket, forms.photo_ids(fields))
    )
