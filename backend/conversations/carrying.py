"""What a channel's process fetches, delivers and reports. Each function here is one transaction's work."""

from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from backend.conversations import facts, losses, speaking
from backend.conversations.state import Reply
from backend.conversations.tools import Tools
from backend.errors import NotFound, Refusal, TooLarge
from backend.messages import expected, files, outbox, parcels
from backend.messages import queries as message_queries
from backend.messages.schemas import Ack, ClaimBody, ClaimOut, ExpectedOut, FileAck
from backend.models import ChannelLink, Message, StoredFile
from backend.notifier import carried


def claim(tools: Tools, body: ClaimBody) -> ClaimOut:
    """Lease what may be sent now; where there is nothing, say where a butler is typing.

    Looking costs no write lock. What staff are to hear of over this channel travels with it.
    """
    by = outbox.Claimant(body.channel, body.account, body.holder, tuple(body.holding), tools.clock.now())
    real_now = tools.clock.real_now()
    with tools.db.read() as session:
        has_alerts = carried.is_any_due(session, body.channel, real_now)
        if not has_alerts and not outbox.is_any_due(session, by, real_now):
            typing = parcels.list_typing(session, body.channel, body.account, tools.clock.now())
            return ClaimOut(items=[], typing=typing)

    def work(session: Session) -> ClaimOut:
        alerts = carried.claim(session, tools.vault, tools.settings.public_url, body.channel, body.account,
                               body.limit, real_now) if has_alerts else []  # fmt: skip
        left = body.limit - len(alerts)
        found = outbox.claim(session, by, left, real_now) if left else []
        return ClaimOut(items=[*alerts, *parcels.pack(session, found)], typing=[])

    return tools.db.run(work)


def acknowledge(acks: list[Ack], now: datetime, real_now: datetime, session: Session) -> None:
    """Settle deliveries; a chat found out of reach is told to whoever answers for it.

    Raises NotFound for one that is unknown; among several it does not stop the others.
    """
    about_residents = carried.settle(session, acks, real_now)
    if not about_residents:
        return
    for loss in outbox.acknowledge(session, about_residents, real_now):
        losses.tell_loss(session, loss, now)


def claim_files(tools: Tools, body: ClaimBody) -> ExpectedOut:
    """Lease files that are to be fetched from the channel."""
    with tools.db.read() as session:
        if not expected.is_any_due(session, body.channel, tools.clock.real_now()):
            return ExpectedOut(items=[])
    real_now = tools.clock.real_now()
    return ExpectedOut(
        items=tools.db.run(
            lambda session: expected.claim(session, body.channel, body.account, body.limit, real_now)
        )
    )


def take_in(tools: Tools, file_id: str, data: bytes) -> dict[str, object]:
    """The bytes of an expected file came. Raises NotFound, or the refusal that its sender is told too."""
    with tools.db.read() as session:
        row = expected.find_expected(session, file_id)
    if row is None:
        return _known(tools, file_id)
    try:
        checked = files.check_carried(data, row.kind)
    except Refusal as refusal:
        reason = "too_large" if isinstance(refusal, TooLarge) else "kind"
        tools.db.run(lambda session: _refuse(tools, session, file_id, reason))
        raise
    files.keep(tools.settings.media_dir, checked, file_id)
    digest = sha256(checked.data).hexdigest()
    tools.db.run(lambda session: _arrive(tools, session, file_id, checked, digest))
    return {"id": file_id, "kind": checked.kind, "size": len(checked.data)}


def _known(tools: Tools, file_id: str) -> dict[str, object]:
    """A second process fetched the same file after a kill: it is here already."""
    with tools.db.read() as session:
        row = message_queries.find_file(session, file_id)
    if row is None or row.state != "here":
        raise NotFound
    return {"id": row.id, "kind": row.kind, "size": row.size}


def _arrive(tools: Tools, session: Session, file_id: str, checked: files.Checked, digest: str) -> None:
    row = expected.find_expected(session, file_id, lock=True)
    if row is not None:
        expected.arrive(session, row, checked, digest, tools.clock.now())


def settle_file(tools: Tools, ack: FileAck) -> None:
    """A file could not be fetched: try again later, or give it up and tell its sender."""

    def work(session: Session) -> None:
        row = expected.find_expected(session, ack.id, lock=True)
        if row is None:
            return
        if ack.outcome == "retry":
            expected.try_again(session, row, ack.reason or "", tools.clock.now(), tools.clock.real_now())
        else:
            expected.fail(session, row, ack.reason or "gone", tools.clock.now())
        if row.state == "missing":
            _tell_sender(tools, session, row)

    tools.db.run(work)


def _refuse(tools: Tools, session: Session, file_id: str, reason: str) -> None:
    row = expected.find_expected(session, file_id, lock=True)
    if row is not None:
        expected.fail(session, row, reason, tools.clock.now())
        _tell_sender(tools, session, row)


def _tell_sender(tools: Tools, session: Session, row: StoredFile) -> None:
    """One sentence for the person: what could not be opened, and what to do instead."""
    message = session.get(Message, row.message_id) if row.message_id else None
    if message is None or message.link_id is None:
        return
    link = session.get_one(ChannelLink, message.link_id)
    conversation = message_queries.lock_conversation(session, link.conversation_id)
    now = tools.clock.now()
    around = facts.gather(session, link, conversation, now)
    reason = row.reason if row.reason in ("too_large", "kind") else "lost"
    speaking.say(session, tools.menu, around, (Reply(f"refused_{reason}"),), [], now)
