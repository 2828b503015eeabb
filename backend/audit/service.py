"""Writing the audit log. Nothing here commits: an entry stands or falls with the change it tells of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.models import AuditEntry


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes something, and from which address ("" when a command or the house itself does)."""

    user_id: int | None = None
    address: str = ""


def record(
    session: Session,
    actor: Actor,
    at: datetime,
    action: str,
    *,
    estate_id: int | None = None,
    subject: str = "",
    subject_id: object = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write that ``actor`` did ``action`` (as ``user.add``) to a row, and what changed of it.

    Of ``before`` and ``after`` only what differs is kept. Never give secrets, phones or identity numbers.
    """
    was, now = dict(before or {}), dict(after or {})
    changed = {name for name in was.keys() | now.keys() if was.get(name) != now.get(name)}
    session.add(
        AuditEntry(
            estate_id=estate_id,
            at=at,
            user_id=actor.user_id,
            action=action,
            subject=subject,
            subject_id=str(subject_id),
            before={name: value for name, value in was.items() if name in changed},
            after={name: value for name, value in now.items() if name in changed},
            address=actor.address,
        )
    )
