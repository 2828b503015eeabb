"""Telegram messages to staff: parcels of their own kind in the door through which the bot fetches its others.

The bot alone speaks to Telegram. Its claim takes these parcels beside the residents', and its ack settles
them; their ids begin where those of the outbox end, so that the bot need not know of the difference.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from backend.messages.schemas import Ack, Parcel
from backend.notifier import queries, service
from backend.notifier.robots import SENT, Outcome
from backend.notifier.service import Bundle
from backend.vault import Vault

CHANNEL: Final = queries.TELEGRAM
#: ids of our parcels lie above every id of the outbox, and below what JSON keeps exactly
ABOVE: Final = 2**52


def is_any_due(session: Session, channel: str, now: datetime) -> bool:
    """True when the bot has something to carry to staff."""
    return channel == CHANNEL and queries.is_any_due(session, now, is_telegram=True)


def claim(
    session: Session, vault: Vault, url: str, channel: str, account: str | None, limit: int, now: datetime
) -> list[Parcel]:
    """Lease up to ``limit`` messages to staff for the bot that asks; ``now`` is real time."""
    if channel != CHANNEL or limit <= 0:
        return []
    bundles = service.claim(session, vault, url, now, limit, is_telegram=True)
    for lost in [one for one in bundles if one.parcel is None]:
        service.settle(session, lost.ids, Outcome("dead", "sealed"), now)
    return [_parcel(one, account or "") for one in bundles if one.parcel is not None]


def _parcel(bundle: Bundle, account: str) -> Parcel:
    assert bundle.parcel is not None
    told = {"text": bundle.parcel.text.body, "language": bundle.parcel.language, "kind": "staff_alert",
            "author": "bot", "buttons": [], "files": []}  # fmt: skip
    return Parcel(id=ABOVE + bundle.ids[0], account=account, chat=bundle.parcel.to["chat"], urgent=True,
                  message=told)  # fmt: skip


def settle(session: Session, acks: Sequence[Ack], now: datetime) -> list[Ack]:
    """Record what became of messages to staff; the acks that are about residents' come back."""
    for ack in acks:
        if ack.id < ABOVE:
            continue
        first = queries.lock_deliveries(session, [ack.id - ABOVE])
        ids = [int(one) for one in first[0].values.get("with", ())] if first else []
        service.settle(session, ids, _outcome(ack), now)
    return [ack for ack in acks if ack.id < ABOVE]


def _outcome(ack: Ack) -> Outcome:
    if ack.outcome == "sent":
        return SENT
    return Outcome(ack.outcome, "telegram" if ack.outcome == "dead" else "unreachable", ack.retry_after)
