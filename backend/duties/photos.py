"""Photos of a duty: what a patrol or an inspection saw (REC-25, REC-26, REC-11).

Only ``take_in`` opens its own transactions, as bytes are written to disk between them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from backend.db import Database
from backend.duties import arising_queries, queries, service
from backend.errors import BadInput, Forbidden, NotFound
from backend.messages import files
from backend.models import Duty as Task
from backend.models import StoredFile
from backend.people.viewer import Viewer
from backend.tickets.photos import check_photo
from locales import N_

#: photos of one record
MOST: Final = 4
TOO_MANY: Final = N_("At most {limit} photos go into one record.")


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo that was taken in, and how many bytes are kept of it."""

    id: str
    name: str
    size: int


def take_in(
    db: Database, folder: Path, viewer: Viewer, task_id: int, data: bytes, name: str, now: datetime
) -> Photo:
    """Keep a photo on disk and know it, for this task; its bytes are synced before its row is there.

    Raises NotFound, Forbidden, TooLarge, BadUpload (for HEIC and sound as well).
    """
    with db.read() as session:
        _require_mine(session, viewer, task_id)
    checked = check_photo(data)
    file_id = files.keep(folder, checked)

    def add(session: Session) -> Photo:
        task = _require_mine(session, viewer, task_id)
        row = files.add(session, file_id=file_id, checked=checked, name=name, estate_id=task.estate_id,
                        conversation_id=None, now=now)  # fmt: skip
        return Photo(row.id, row.name, row.size)

    return db.run(add)


def _require_mine(session: Session, viewer: Viewer, task_id: int) -> Task:
    task = queries.get_task(session, viewer, task_id)
    if not service.may_do(viewer, task):
        raise Forbidden
    return task


def keep(session: Session, task: Task, ids: Sequence[str]) -> tuple[str, ...]:
    """Keep these photos with the task; return them, each once.

    Raises BadInput for too many, and for one that is unknown here or kept elsewhere.
    """
    wanted = tuple(dict.fromkeys(ids))
    require_room(len(wanted) - 1)
    rows = {row.id: row for row in arising_queries.list_loose_photos(session, task, wanted)} if wanted else {}
    if len(rows) != len(wanted):
        raise BadInput(N_("A photo is no longer there. Please choose it again."))
    for row in rows.values():
        row.duty_id = task.id
    return wanted


def require_room(taken: int) -> None:
    """Raise BadInput when a record that has so many photos can take none more."""
    if taken >= MOST:
        raise BadInput(TOO_MANY, limit=MOST)


def find(session: Session, viewer: Viewer, task_id: int, file_id: str) -> StoredFile:
    """Return a photo of a task that this viewer may see. Raises NotFound."""
    task = queries.get_task(session, viewer, task_id)
    row = session.get(StoredFile, file_id)
    if row is None or row.duty_id != task.id or row.state != "here":
        raise NotFound
    return row
