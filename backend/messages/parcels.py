"""What a channel's sender is given: each claimed delivery with all it needs, so that it asks nothing back."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from backend.messages import queries
from backend.messages.outbox import Claimed
from backend.messages.schemas import Chat, Parcel
from backend.models import ChannelLink, Conversation, Message, OutboxRow, StoredFile
from backend.models.base import Instant


def pack(session: Session, found: Sequence[Claimed]) -> list[Parcel]:
    """Return the parcels of claimed deliveries, in their order."""
    extras = _Extras(session, [one.message for one in found], [one.row for one in found])
    return [_parcel(one, extras) for one in found]


class _Extras:
    """What belongs to several messages, each read once: names of staff, files, remote ids."""

    def __init__(self, session: Session, messages: Sequence[Message], rows: Sequence[OutboxRow]) -> None:
        self.names = queries.names_of(session, {m.by_user_id for m in messages if m.by_user_id})
        self.files: dict[int, list[StoredFile]] = {}
        # Only people send files: what the bot says is words and buttons.
        for file in queries.list_files(session, [m.id for m in messages if m.by_user_id]):
            self.files.setdefault(file.message_id or 0, []).append(file)
        touched = [_touched(row) for row in rows if row.op != "send"]
        answered = [m.reply_to_id for m in messages if m.reply_to_id]
        self.remote = queries.list_remote_ids(session, touched + answered) if touched or answered else {}


def _touched(row: OutboxRow) -> int:
    return row.target_id or row.message_id


def _parcel(one: Claimed, extras: _Extras) -> Parcel:
    row = one.row
    return Parcel(
        id=row.id, account=one.account, chat=one.chat, op=row.op,
        targets=extras.remote.get(_touched(row), []) if row.op != "send" else [],
        attempt=row.attempts, urgent=row.priority == 0, message=_told(one.message, one.reader, extras),
    )  # fmt: skip


def _told(message: Message, reader: str, extras: _Extras) -> dict[str, Any]:
    by = extras.names.get(message.by_user_id or 0)
    is_open = message.buttons_used_at is None
    return {
        "seq": message.seq,
        "author": message.author,
        "name": by.name(reader) if by else None,
        "kind": message.reply_kind,
        "language": message.language,
        "text": message.text,
        "style": "list" if message.values.get("list") else "choices",
        "buttons": [
            {"label": b["label"], "value": f"{message.seq}.{i}"} for i, b in enumerate(message.buttons)
        ]
        if is_open
        else [],
        "keyboard": message.values.get("keyboard"),
        "reply_to": next(iter(extras.remote.get(message.reply_to_id or 0, [])), None),
        "files": [_file(file) for file in extras.files.get(message.id, []) if file.state == "here"],
    }


def _file(file: StoredFile) -> dict[str, Any]:
    return {"id": file.id, "kind": file.kind, "name": file.name, "size": file.size,
            "content_type": file.content_type}  # fmt: skip


def list_typing(session: Session, channel: str, account: str | None, now: datetime) -> list[Chat]:
    """Return the chats whose butler is typing at this moment, where the person last wrote from."""
    asked = {"channel": channel, "account": account, "now": now}
    found = session.execute(_typing(account is not None), asked).all()
    return [Chat(account=account, chat=address) for account, address in found]


@cache
def _typing(has_account: bool) -> Select[str, str]:
    """Looked for with every claim: built once."""
    is_ours = [ChannelLink.account == bindparam("account")] if has_account else []
    return (
        select(ChannelLink.account, ChannelLink.address)
        .join(Conversation, Conversation.last_link_id == ChannelLink.id)
        .where(Conversation.typing_until > bindparam("now", type_=Instant))
        .where(ChannelLink.channel == bindparam("channel"), *is_ours)
        .limit(50)
    )
