"""All SQL about conversations, links, messages and files."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Update,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from backend.models import (
    ChannelLink,
    Conversation,
    Message,
    MessageVersion,
    RemoteMessage,
    Resident,
    StoredFile,
    User,
)
from backend.models.base import Instant

WAITING: Final = "received"
#: in the very words of the index over waiting messages: put otherwise, SQLite plans each time anew
IS_WAITING: Final = Message.turn_state == literal_column(f"'{WAITING}'")
WEB: Final = "web"
#: a minute holds fewer messages than this, replies included
LOOKED_BACK: Final = 500


def lock_conversation(session: Session, conversation_id: int) -> Conversation:
    """Return the conversation, held against other writers until the commit."""
    return session.scalars(_held_conversation(), {"id": conversation_id}).one()


# The statements of every turn are built once: building one takes longer than running it.


@cache
def _held_conversation() -> Select[Conversation]:
    return (
        select(Conversation)
        .where(Conversation.id == bindparam("id"))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def lock_resident(session: Session, resident_id: int) -> None:
    """Hold a resident until the commit: of two who open their first conversation at once one waits."""
    session.execute(
        select(Resident.id).where(Resident.id == resident_id).with_for_update(key_share=True)
    ).one()


def find_conversation_of(session: Session, resident_id: int) -> Conversation | None:
    return session.scalars(
        select(Conversation).where(Conversation.resident_id == resident_id).order_by(Conversation.id).limit(1)
    ).first()


def find_link(session: Session, channel: str, account: str, address: str) -> ChannelLink | None:
    asked = {"channel": channel, "account": account, "address": address}
    return session.scalars(_link_of_chat(), asked).first()


@cache
def _link_of_chat() -> Select[ChannelLink]:
    return select(ChannelLink).where(
        ChannelLink.channel == bindparam("channel"),
        ChannelLink.account == bindparam("account"),
        ChannelLink.address == bindparam("address"),
    )


def find_stored(session: Session, link: ChannelLink, external_id: str) -> tuple[int, Message | None]:
    """Return where the link belongs at this moment, past what this transaction has read of it before, and
    the message of this external id if it is stored already."""
    asked = {"link_id": link.id, "channel": link.channel, "account": link.account, "one": external_id}
    row = session.execute(_stored_message(), asked).one()
    return row[0], row[1]


@cache
def _stored_message() -> Select[int, Message]:
    is_it = and_(*_of_bot(), Message.external_id == bindparam("one"))
    return (
        select(ChannelLink.conversation_id, Message)
        .outerjoin(Message, is_it)
        .where(ChannelLink.id == bindparam("link_id"))
    )


def list_stored(
    session: Session, link: ChannelLink, external_ids: Sequence[str]
) -> tuple[int, frozenset[str]]:
    """Return where the link belongs at this moment, and those of the external ids that are stored already."""
    asked = {"link_id": link.id, "channel": link.channel, "account": link.account, "several": external_ids}
    rows = session.execute(_stored_ids(), asked).all()
    return rows[0][0], frozenset(one for _in, one in rows if one is not None)


@cache
def _stored_ids() -> Select[int, str | None]:
    are_they = and_(*_of_bot(), Message.external_id.in_(bindparam("several", expanding=True)))
    return (
        select(ChannelLink.conversation_id, Message.external_id)
        .outerjoin(Message, are_they)
        .where(ChannelLink.id == bindparam("link_id"))
    )


def _of_bot() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Message.channel == bindparam("channel"), Message.account == bindparam("account")


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many messages of a conversation wait for their turn, and the id of the oldest of them."""

    count: int
    oldest_id: int


def count_waiting(session: Session, real_now: datetime, limit: int = 200) -> dict[int, Backlog]:
    """Return what waits for its turn, by conversation, that of the oldest one first."""
    rows = session.execute(_waiting_counts(), {"now": real_now, "most": limit})
    return {conversation_id: Backlog(count, oldest_id) for conversation_id, count, oldest_id in rows}


@cache
def _waiting_counts() -> Select[int, int, int]:
    now = bindparam("now", type_=Instant)
    return (
        select(Message.conversation_id, func.count(), func.min(Message.id))
        .where(IS_WAITING, or_(Message.next_attempt_at.is_(None), Message.next_attempt_at <= now))
        .group_by(Message.conversation_id)
        .order_by(func.min(Message.id))
        .limit(bindparam("most", type_=Integer))
    )


def list_shown_after(session: Session, conversation_id: int, seq: int, limit: int = 200) -> Sequence[Message]:
    """Return the conversation's messages after ``seq`` in order, without replies that were replaced."""
    return session.scalars(
        select(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.seq > seq,
            Message.replaced_by_id.is_(None),
        )
        .order_by(Message.seq)
        .limit(limit)
    ).all()


def list_latest(session: Session, conversation_id: int, limit: int = 200) -> Sequence[Message]:
    """Return the last ``limit`` shown messages, oldest first."""
    rows = session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.replaced_by_id.is_(None))
        .order_by(Message.seq.desc())
        .limit(limit)
    ).all()
    return list(reversed(rows))


def list_replies(session: Session, message_id: int) -> Sequence[Message]:
    return session.scalars(
        select(Message)
        .where(Message.answers_id == message_id, Message.replaced_by_id.is_(None))
        .order_by(Message.seq)
    ).all()


def list_replaced(session: Session, by_ids: Sequence[int]) -> dict[int, list[int]]:
    """Return, by inbound message, the seqs of earlier replies that its own reply stands for."""
    if not by_ids:
        return {}
    found: dict[int, list[int]] = {}
    for row in session.scalars(select(Message).where(Message.replaced_by_id.in_(by_ids))):
        found.setdefault(row.replaced_by_id or 0, []).append(row.seq)
    return found


def get_message(session: Session, message_id: int) -> Message:
    return session.scalars(_message(), {"id": message_id}).one()


@cache
def _message() -> Select[Message]:
    return select(Message).where(Message.id == bindparam("id"))


def find_message_by_seq(session: Session, conversation_id: int, seq: int) -> Message | None:
    return session.scalars(
        select(Message).where(Message.conversation_id == conversation_id, Message.seq == seq)
    ).first()


def list_files(session: Session, message_ids: Sequence[int]) -> Sequence[StoredFile]:
    if not message_ids:
        return []
    return session.scalars(
        select(StoredFile).where(StoredFile.message_id.in_(message_ids)).order_by(StoredFile.created_at)
    ).all()


def list_free_files(session: Session, conversation_id: int, ids: Sequence[str]) -> Sequence[StoredFile]:
    """Return those of ``ids`` that belong to no message yet and to this conversation (or to none: what a
    channel uploaded before its message)."""
    return session.scalars(
        select(StoredFile).where(
            StoredFile.id.in_(ids),
            or_(StoredFile.conversation_id == conversation_id, StoredFile.conversation_id.is_(None)),
            StoredFile.message_id.is_(None),
        )
    ).all()


def find_file(session: Session, file_id: str) -> StoredFile | None:
    return session.scalars(select(StoredFile).where(StoredFile.id == file_id)).first()


def use_buttons(session: Session, message_id: int, at: datetime) -> bool:
    """Mark a message's buttons as used; False when another press was first."""
    done = session.connection().execute(_use_of_buttons(), {"message_id": message_id, "at": at})
    return bool(done.rowcount)


@cache
def _use_of_buttons() -> Update:
    table = Message.__table__
    return (
        update(table)  # type: ignore[arg-type]
        .where(table.c.id == bindparam("message_id"), table.c.buttons_used_at.is_(None))
        .values(buttons_used_at=bindparam("at"))
    )


def count_inbound_since(session: Session, conversation: Conversation, link_id: int, since: datetime) -> int:
    """Return how many messages came over a link since ``since``, among the conversation's last 500."""
    asked = {"conversation_id": conversation.id, "after": conversation.last_seq - LOOKED_BACK,
             "link_id": link_id, "since": since}  # fmt: skip
    return session.scalar(_inbound_count(), asked) or 0


@cache
def _inbound_count() -> Select[int]:
    recent = (
        Message.conversation_id == bindparam("conversation_id"),
        Message.seq > bindparam("after"),
        Message.link_id == bindparam("link_id"),
        Message.author == "resident",
        Message.stored_at >= bindparam("since"),
    )
    return select(func.count()).select_from(Message).where(*recent)


@dataclass(frozen=True, slots=True)
class RemoteName:
    """What the channel calls a message in the chat of a link."""

    estate_id: int
    link_id: int
    remote_id: str
    message_id: int


def remember_remote(session: Session, names: Iterable[RemoteName]) -> None:
    """Keep what the channel calls messages; one edited in place takes over the remote id of the former."""
    rows = {(name.link_id, name.remote_id): asdict(name) for name in names}
    if rows:
        session.connection().execute(_keep_remote(session.get_bind().dialect.name), list(rows.values()))


@cache
def _keep_remote(dialect: str) -> postgresql.Insert | sqlite.Insert:
    table = RemoteMessage.__table__
    add = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)  # type: ignore[arg-type]
    taken = {"message_id": add.excluded.message_id}
    return add.on_conflict_do_update(index_elements=["link_id", "remote_id"], set_=taken)


def find_by_remote_id(session: Session, link_id: int, remote_id: str) -> Message | None:
    """Return the message of ours that the channel calls so."""
    return session.scalars(
        select(Message)
        .join(RemoteMessage, RemoteMessage.message_id == Message.id)
        .where(RemoteMessage.link_id == link_id, RemoteMessage.remote_id == remote_id)
    ).first()


def list_remote_ids(session: Session, message_ids: Sequence[int]) -> dict[int, list[str]]:
    """Return what the channel calls each message, in the order it was sent."""
    found: dict[int, list[str]] = {}
    if message_ids:
        rows = session.scalars(
            select(RemoteMessage).where(RemoteMessage.message_id.in_(message_ids)).order_by(RemoteMessage.id)
        )
        for row in rows:
            found.setdefault(row.message_id, []).append(row.remote_id)
    return found


def find_album(session: Session, conversation: Conversation, link_id: int, album_id: str) -> Message | None:
    """Return the message that the parts of this album belong to, among the conversation's last ones."""
    return session.scalars(
        select(Message)
        .where(
            Message.conversation_id == conversation.id,
            Message.seq > conversation.last_seq - LOOKED_BACK // 10,
            Message.link_id == link_id,
            Message.album_id == album_id,
        )
        .order_by(Message.seq.desc())
        .limit(1)
    ).first()


def list_last_presses(session: Session, conversation: Conversation, link_id: int) -> Sequence[Message]:
    """Return the button presses among the conversation's last messages over this link, newest first."""
    return session.scalars(
        select(Message)
        .where(
            Message.conversation_id == conversation.id,
            Message.seq > conversation.last_seq - LOOKED_BACK // 10,
            Message.link_id == link_id,
            Message.kind == "button",
        )
        .order_by(Message.seq.desc())
    ).all()


def has_version(session: Session, message_id: int, external_id: str) -> bool:
    """True when this edit is kept already."""
    return (
        session.scalar(
            select(MessageVersion.id).where(
                MessageVersion.message_id == message_id, MessageVersion.external_id == external_id
            )
        )
        is not None
    )


def names_of(session: Session, user_ids: set[int]) -> dict[int, User]:
    """Return members of staff by id."""
    if not user_ids:
        return {}
    return {user.id: user for user in session.scalars(select(User).where(User.id.in_(user_ids)))}
