"""Photos of a duty as a browser posts them with its form, and as its page shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

from sqlalchemy.orm import Session

from backend.desk import letters
from backend.desk.doors import Visit
from backend.desk.forms import PHOTO, photo_ids
from backend.desk.letters import Letter, Upload
from backend.desk.views import PhotoChip
from backend.duties import arising_queries, photos
from backend.errors import Refusal

#: the fields of the form that are no fields of the record
FAULT: Final = "fault"


@dataclass(frozen=True, slots=True)
class Shown:
    """A photo as the page shows it."""

    name: str
    url: str


async def keep_all(who: Visit, task_id: int, posted: Letter) -> tuple[dict[str, str], Refusal | None]:
    """Keep the photos that came with the form; return the fields with them, and the first refusal."""
    fields, refusal = dict(posted.fields), None
    for place, upload in enumerate(posted.uploads):
        try:
            photos.require_room(len(photo_ids(fields)))
            who.request.app.state.file_limit.count(("staff", who.viewer.user_id))
            chip = await letters.in_turn(who, partial(_keep, who, task_id, upload, place))
            fields[PHOTO + chip.id] = chip.name
        except Refusal as error:
            refusal = refusal or error
    return fields, refusal


def _keep(who: Visit, task_id: int, upload: Upload, place: int) -> PhotoChip:
    folder = who.request.app.state.settings.media_dir
    now = who.now + timedelta(microseconds=place)  # photos that came together keep their order
    kept = photos.take_in(who.db, folder, who.viewer, task_id, upload.data, upload.name, now)
    return PhotoChip(kept.id, kept.name)


def chips_of(fields: Mapping[str, str]) -> tuple[PhotoChip, ...]:
    """The photos that were taken in already, for a form that is shown again."""
    return tuple(PhotoChip(one, fields[PHOTO + one]) for one in photo_ids(fields))


def shown(session: Session, task_id: int) -> tuple[Shown, ...]:
    """The photos of a task, for its page."""
    rows = arising_queries.list_photos(session, task_id)
    return tuple(Shown(row.name, f"/duties/{task_id}/files/{row.id}") for row in rows)
