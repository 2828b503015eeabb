"""Writes alerts: somebody must look. One row per person, exactly once, and a live event for open pages.

Noticing is not telling: the notifier brings a row to where its person is while ``told_at`` is empty and once
``at`` has come, without a sound where ``quiet`` is among its values. Nothing here commits.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.deadlines import claims
from backend.deadlines.bundling import Bundle, Call, Digest, bundled, digest_values
from backend.deadlines.calling import Holders
from backend.messages import live
from backend.models import Ticket

__all__ = ["Call", "holders_of", "write"]


def holders_of(ticket: Ticket) -> Holders:
    return Holders(ticket.butler_id, ticket.worker_id, ticket.hidden_from_id)


def write(session: Session, calls: Iterable[Call], now: datetime, *, is_backlog: bool = False) -> int:
    """Insert the alerts, and let the open pages of these people know: one live event for each estate.

    How each is told is decided here (``bundling``): singly, in a digest, or in a manager's next one.
    ``is_backlog``: more than this is due, so that everybody gets one digest of all of it. Returns how many
    alerts were written, a manager's daily digest not counted.
    """
    calls = _new(session, list(calls))
    if not calls:
        return 0
    hearers = claims.list_hearers(session, {one.user_id: one.estate_id for one in calls}, now)
    bundle = bundled(calls, hearers, now, is_backlog=is_backlog)
    _write(session, bundle, now)
    for estate_id in sorted({one.estate_id for one in calls}):
        users = sorted({one.user_id for one in calls if one.estate_id == estate_id})
        live.emit(session, estate_id, "alert", {"users": users}, now)
    return len(bundle.singles) + len(bundle.held) + sum(not one.is_daily for one in bundle.digests)


def _new(session: Session, calls: list[Call]) -> list[Call]:
    known = claims.list_known(session, [_key(one) for one in calls])
    return [one for one in calls if _key(one) not in known]


def _write(session: Session, bundle: Bundle, now: datetime) -> None:
    # What a digest tells is handed to the notifier with it, not by itself.
    rows = [_row(one, now) for one in bundle.singles]
    rows += [_row(one, now) | {"told_at": now} for one in bundle.held]
    claims.add_alerts(session, rows)
    for digest in bundle.digests:
        _gather(session, digest, now)


def _gather(session: Session, digest: Digest, now: datetime) -> None:
    """Put calls into the person's digest that is not told yet, or begin one."""
    row = None if digest.is_daily else claims.find_gathering(session, digest.user_id, now)
    if row is None:
        key = f"{'digest' if digest.is_daily else 'backlog'}:{digest.at.isoformat()}"
        values = digest_values(digest.calls)
        first = digest.calls[0]
        begun = Call(first.estate_id, digest.user_id, "digest", digest.at, key, values=values)
        if claims.add_alert(session, _row(begun, now)):
            return
        row = claims.hold_alert(session, f"{key}:{digest.user_id}")
    # What was told already is not told once more.
    row.values = digest_values(digest.calls, row.values if row.told_at is None else None)
    row.at = max(row.at, digest.at)
    row.seen_at = row.told_at = None
    session.flush()


def _key(call: Call) -> str:
    return f"{call.key}:{call.user_id}"


def _row(call: Call, now: datetime) -> dict[str, Any]:
    return {
        "estate_id": call.estate_id,
        "user_id": call.user_id,
        "ticket_id": call.ticket_id,
        "deadline_id": call.deadline_id,
        "kind": call.kind,
        "clock": call.clock,
        "dedupe_key": _key(call),
        "values": {**call.values, **({"quiet": True} if call.is_quiet else {})},
        "at": call.at,
        "created_at": now,
        "told_at": None,
    }
