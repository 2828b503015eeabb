"""Files that nothing names go after a day; what belongs to a message, a ticket or the last day stays."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from backend.clock import HandClock
from backend.db import Database
from backend.messages import files, orphans, thumbnails
from backend.models import ChannelLink, StoredFile
from tests.messages.conftest import Chats

CHECKED = files.Checked("photo", "image/jpeg", ".jpg", b"bytes", b"small")


def put(db: Database, clock: HandClock, folder: Path, chats: Chats, ticket_id: int | None = None) -> str:
    file_id = files.keep(folder, CHECKED)
    with db.write() as session:
        estate_id = session.get_one(ChannelLink, chats.emma_link).estate_id
        row = files.add(session, file_id=file_id, checked=CHECKED, name="a", estate_id=estate_id,
                        conversation_id=chats.emma, now=clock.now())  # fmt: skip
        row.ticket_id = ticket_id
    return file_id


def age(folder: Path, clock: HandClock, hours: int) -> None:
    """Let every file on disk be so old by the hand's clock."""
    at = (clock.real_now() - timedelta(hours=hours)).timestamp()
    for path in folder.glob("??/??/*"):
        os.utime(path, (at, at))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "media"


def sweep(db: Database, clock: HandClock, folder: Path) -> int:
    return orphans.sweep(db, folder, clock.real_now(), clock.now())


def test_an_upload_that_was_never_sent_goes_after_a_day(
    db: Database, clock: HandClock, folder: Path, chats: Chats
) -> None:
    file_id = put(db, clock, folder, chats)
    clock.advance(hours=23)
    assert sweep(db, clock, folder) == 0
    clock.advance(hours=2)
    assert sweep(db, clock, folder) == 1
    assert list(folder.glob("??/??/*")) == []
    with db.read() as session:
        assert session.get(StoredFile, file_id) is None


def test_a_file_of_a_ticket_stays(db: Database, clock: HandClock, folder: Path, chats: Chats) -> None:
    file_id = put(db, clock, folder, chats, ticket_id=1)
    clock.advance(days=90)
    age(folder, clock, 24 * 90)
    assert sweep(db, clock, folder) == 0
    assert files.path_of(folder, file_id).exists()
    assert thumbnails.beside(files.path_of(folder, file_id)).exists()


def test_bytes_without_a_row_go_and_a_half_written_draft_too(
    db: Database, clock: HandClock, folder: Path
) -> None:
    lost = files.path_of(folder, files.keep(folder, CHECKED))
    half = lost.with_name(lost.name + ".ab12")
    half.write_bytes(b"by")
    age(folder, clock, 1)
    assert sweep(db, clock, folder) == 0, "its row may be about to be committed"
    age(folder, clock, 25)
    assert sweep(db, clock, folder) == 3, "its small copy too"
    assert list(folder.glob("??/??/*")) == []
