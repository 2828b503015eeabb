"""Files that a channel still has: known by id with their message, fetched afterwards under a lease.

The message is stored first and answered at once, so that no download delays or loses it; dialogue, ticket and
pages use the file's id from the beginning.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend.messages import files, live
from backend.messages.schemas import Attachment, ExpectedFile
from backend.models import ChannelLink, Message, StoredFile

LEASE: Final = timedelta(seconds=120)
BACK_OFF: Final = (2, 10, 60, 300)
#: tries before a file is given up; its message stays. Telegram may be out of reach for a day.
MOST_TRIES: Final = 300
#: what Telegram lets a bot download
MOST_BYTES: Final = 20 * 1024 * 1024
PHOTOS: Final = ("image/jpeg", "image/png", "image/webp")
OTHERS: Final = ("image/heic", "image/heif", "application/pdf", "video/mp4", "audio/ogg", "audio/mp4")
DOCUMENTS: Final = PHOTOS + OTHERS
KINDS: Final = {"image": "photo", "video": "video", "audio": "voice", "application": "document"}


def refusal(attachment: Attachment) -> str | None:
    """Return why a file cannot be kept, as far as the channel tells before it is fetched: too_large, kind."""
    if (attachment.size or 0) > MOST_BYTES:
        return "too_large"
    if attachment.kind == "document" and attachment.content_type not in DOCUMENTS:
        return "kind"
    return None


def expect(
    session: Session, link: ChannelLink, message: Message, attachments: Sequence[Attachment], now: datetime
) -> None:
    """Know the files of a message before their bytes are here; a refused one is known as missing."""
    ticket_id = message.ticket_id or _ticket_of(session, message)
    for attachment in attachments:
        reason = refusal(attachment)
        session.add(
            StoredFile(
                id=secrets.token_hex(16), estate_id=message.estate_id,
                conversation_id=message.conversation_id, message_id=message.id, ticket_id=ticket_id,
                kind=_kind(attachment), name=files.safe_name(attachment.name or "file", ""),
                content_type=attachment.content_type, size=attachment.size or 0, sha256="",
                state="missing" if reason else "expected", reason=reason, channel=link.channel,
                account=link.account, remote_id=attachment.remote_id, created_at=now,
            )
        )  # fmt: skip
    if any(one.kind == "voice" for one in attachments):
        message.kind = "voice"
    session.flush()


def _ticket_of(session: Session, message: Message) -> int | None:
    """Return the ticket that earlier parts of an album went to."""
    if message.album_id is None:
        return None
    earlier = select(StoredFile.ticket_id).where(
        StoredFile.message_id == message.id, StoredFile.ticket_id.is_not(None)
    )
    return session.scalars(earlier.limit(1)).first()


def _kind(attachment: Attachment) -> str:
    """A photo or a film sent "as a file" is still one."""
    if attachment.kind != "document":
        return attachment.kind
    return KINDS.get(attachment.content_type.split("/")[0], "document")


def claim(
    session: Session, channel: str, account: str | None, limit: int, real_now: datetime
) -> list[ExpectedFile]:
    """Lease files that are to be fetched now, oldest first."""
    is_ours = () if account is None else (StoredFile.account == account,)
    rows = session.scalars(
        select(StoredFile)
        .where(
            StoredFile.state == "expected",
            StoredFile.channel == channel,
            or_(StoredFile.leased_until.is_(None), StoredFile.leased_until <= real_now),
            or_(StoredFile.retry_at.is_(None), StoredFile.retry_at <= real_now),
            *is_ours,
        )
        .order_by(StoredFile.created_at)
        .limit(limit)
        .with_for_update(key_share=True, skip_locked=True)
    ).all()
    for row in rows:
        row.leased_until, row.attempts = real_now + LEASE, row.attempts + 1
    session.flush()
    return [
        ExpectedFile(id=row.id, account=row.account or "", remote_id=row.remote_id or "", kind=row.kind,
                     name=row.name, size=row.size)
        for row in rows
    ]  # fmt: skip


def is_any_due(session: Session, channel: str, real_now: datetime) -> bool:
    """True when a file might be claimed."""
    due = (StoredFile.state == "expected", StoredFile.channel == channel)
    is_free = or_(StoredFile.leased_until.is_(None), StoredFile.leased_until <= real_now)
    is_time = or_(StoredFile.retry_at.is_(None), StoredFile.retry_at <= real_now)
    return session.scalar(select(StoredFile.id).where(*due, is_free, is_time).limit(1)) is not None


def find_expected(session: Session, file_id: str, *, lock: bool = False) -> StoredFile | None:
    """Return the file if it is still expected."""
    query = select(StoredFile).where(StoredFile.id == file_id, StoredFile.state == "expected")
    return session.scalars(query.with_for_update(key_share=True) if lock else query).first()


def arrive(session: Session, row: StoredFile, checked: files.Checked, sha256: str, now: datetime) -> None:
    """The bytes are on disk under the file's id."""
    row.state, row.leased_until, row.reason = "here", None, None
    row.kind, row.content_type, row.size, row.sha256 = (
        checked.kind, checked.content_type, len(checked.data), sha256,
    )  # fmt: skip
    row.name, row.width, row.height = (
        files.safe_name(row.name, checked.suffix), checked.width, checked.height,
    )  # fmt: skip
    _tell(session, row, now)


def fail(session: Session, row: StoredFile, reason: str, now: datetime) -> None:
    """The file will not come: its message stays, and says so."""
    row.state, row.leased_until, row.reason = "missing", None, reason
    _tell(session, row, now)


def try_again(session: Session, row: StoredFile, reason: str, now: datetime, real_now: datetime) -> None:
    """Put the file back to be fetched later; after enough tries it is given up."""
    if row.attempts >= MOST_TRIES:
        fail(session, row, reason, now)
        return
    wait = BACK_OFF[min(row.attempts, len(BACK_OFF)) - 1]
    row.leased_until, row.retry_at, row.reason = None, real_now + timedelta(seconds=wait), reason


def _tell(session: Session, row: StoredFile, now: datetime) -> None:
    """Open pages load the picture, or say why there is none."""
    if row.conversation_id is not None:
        live.emit(session, row.estate_id, "message", {"conversation": row.conversation_id}, now)
