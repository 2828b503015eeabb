"""Taking one's work back after a handover was accepted, and who covers whom no longer. Nothing here commits.

What was accepted stays accepted, and its log stays as it was written: only the covering ends.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from backend.audit import service as audit
from backend.audit.service import Actor
from backend.deadlines import alerts
from backend.deadlines.alerts import Call
from backend.duties import handover_queries
from backend.errors import BadInput
from backend.messages import live
from backend.models import Handover, User
from backend.people import queries as people
from backend.people.viewer import Viewer
from locales import N_

NOBODY: Final = N_("Nobody looks after your tickets now: they are yours.")
#: nobody covers anybody longer than this without another handover
COVERS_FOR: Final = timedelta(hours=14)


def resume(session: Session, viewer: Viewer, now: datetime, actor: Actor | None = None) -> User | None:
    """Take back what was handed over and accepted; the colleague is told. Returns who covered it last.

    Raises BadInput where nobody covers the viewer.
    """
    rows = handover_queries.list_covering(session, viewer.user_id, now - COVERS_FOR)
    if not rows:
        raise BadInput(NOBODY)
    for row in rows:
        _end(row, viewer.user_id, now)
        _tell(session, row, now)
        note(session, row, "resume", actor or Actor(viewer.user_id), now)
        live.emit(session, row.estate_id, "handover", {"id": row.id}, now)
    return people.get_user(session, rows[-1].to_user_id)


def note(session: Session, row: Handover, action: str, actor: Actor, now: datetime) -> None:
    """Write a step into the audit log; who accepts covers, and is covered by that colleague no longer."""
    if action == "accept" and row.to_user_id is not None:
        for one in handover_queries.list_covering(session, row.to_user_id, now - COVERS_FOR):
            if one.to_user_id == row.from_user_id:
                _end(one, row.to_user_id, now)
    if action == "take_back":
        return  # its own entry names whom it had been offered to
    giver, heir = people.get_user(session, row.from_user_id), people.get_user(session, row.to_user_id)
    named = {"from": giver.username if giver else "", "to": heir.username if heir else ""}
    audit.record(session, actor, now, f"handover.{action}", estate_id=row.estate_id, subject="handover",
                 subject_id=row.id, after=named)  # fmt: skip


def _end(row: Handover, by: int, now: datetime) -> None:
    row.values = {**row.values, "resumed": {"by": by, "at": now.isoformat()}}


def _tell(session: Session, row: Handover, now: datetime) -> None:
    giver = people.get_user(session, row.from_user_id)
    if row.to_user_id is None or giver is None:
        return
    named = {"from_zh": giver.name("zh"), "from_en": giver.name("en")}
    values = {"what": "handover", "handover": row.id, **named}
    key = f"handover:{row.id}:handover_resumed:{now.isoformat()}"
    call = Call(row.estate_id, row.to_user_id, "handover_resumed", now, key, values=values)
    alerts.write(session, [call], now)
