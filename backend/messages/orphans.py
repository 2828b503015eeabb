"""Files that nothing names: uploaded and never sent, or left by a process that was killed (DESIGN §7)."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.db import Database
from backend.messages import files, thumbnails
from backend.models import Estate, StoredFile

#: whoever uploads a photo sends it within a day, or never
UNSENT_FOR: Final = timedelta(hours=24)
BATCH: Final = 500


def sweep(db: Database, folder: Path, real_now: datetime, now: datetime) -> int:
    """Forget uploads that no message took, then remove files on disk that no row names; how many went.

    Rows go first: a process killed in between leaves a file without a row, which the next sweep removes.
    """
    gone = db.run(lambda session: _forget_unsent(session, now - UNSENT_FOR))
    for file_id in gone:
        files.remove(folder, file_id)
    before = (real_now - UNSENT_FOR).timestamp()
    return len(gone) + sum(_remove(db, some) for some in _in_batches(_old_files(folder, before)))


def _forget_unsent(session: Session, before: datetime) -> Sequence[str]:
    unsent = delete(StoredFile).where(
        StoredFile.message_id.is_(None),
        StoredFile.ticket_id.is_(None),
        StoredFile.duty_id.is_(None),
        StoredFile.created_at < before,
        StoredFile.id.not_in(_logos(session)),
    )
    return session.scalars(unsent.returning(StoredFile.id)).all()


def _logos(session: Session) -> list[str]:
    """Pictures that an estate shows as its logo: no message brings them, and they stay."""
    found = (settings.get("logo") for settings in session.scalars(select(Estate.settings)))
    return [one for one in found if isinstance(one, str)]


def _old_files(folder: Path, before: float) -> Iterator[Path]:
    """Every file of the store that was last written before ``before``, unfinished ones too."""
    for path in folder.glob("??/??/*"):
        if path.is_file() and path.stat().st_mtime < before:
            yield path


def _in_batches(paths: Iterator[Path]) -> Iterator[list[Path]]:
    while some := list(islice(paths, BATCH)):
        yield some


def _remove(db: Database, paths: list[Path]) -> int:
    with db.read() as session:
        ids = [thumbnails.of_photo(path.name) for path in paths]
        known = set(session.scalars(select(StoredFile.id).where(StoredFile.id.in_(ids))))
    nameless = [path for path in paths if thumbnails.of_photo(path.name) not in known]
    for path in nameless:
        path.unlink(missing_ok=True)
    return len(nameless)
