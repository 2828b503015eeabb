"""Writes alerts: somebody must look. One row per person, exactly once, and a live event for open pages.

Noticing is not telling: how an alert reaches a phone is the outbox's work. Nothing here commits.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.deadlines import queries
from backend.deadlines.calling import Holders
from backend.messages import live
from backend.models import Ticket


@dataclass(frozen=True, slots=True)
class Call:
    """One person to be called. ``kind`` as in the alerts table; ``at``: when it fell due (UTC).

    ``key`` makes it once: a second call with the same key and person changes nothing.
    """

    estate_id: int
    user_id: int
    kind: str
    at: datetime
    key: str
    ticket_id: int | None = None
    deadline_id: int | None = None
    clock: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


def holders_of(ticket: Ticket) -> Holders:
    return Holders(ticket.butler_id, ticket.worker_id, ticket.hidden_from_id)


def write(session: Session, calls: Iterable[Call], now: datetime) -> None:
    """Insert the alerts, and let the open pages of these people know: one live event for each estate."""
    calls = list(calls)
    queries.add_alerts(session, [_row(one, now) for one in calls])
    for estate_id in sorted({one.estate_id for one in calls}):
        users = sorted({one.user_id for one in calls if one.estate_id == estate_id})
        live.emit(session, estate_id, "alert", {"users": users}, now)


def _row(call: Call, now: datetime) -> dict[str, Any]:
    return {
        "estate_id": call.estate_id,
        "user_id": call.user_id,
        "ticket_id": call.ticket_id,
        "deadline_id": call.deadline_id,
        "kind": call.kind,
        "clock": call.clock,
        "dedupe_key": f"{call.key}:{call.user_id}",
        "values": dict(call.values),
        "at": call.at,
        "created_at": now,
    }
