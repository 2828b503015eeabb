"""The same person entered twice: one row gives way, all that hangs on it goes to the other. No commits.

Conversations stay apart and both become those of the one who stays: each chat goes on where it is, nobody
sees messages in another order, and should the two have been different people after all, neither device has
shown what the other wrote. It is not undone by a button; the audit log says what moved.
"""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from backend.audit import service as audit
from backend.errors import BadInput, NotFound
from backend.households import merge_queries, rules
from backend.households.service import Desk, require_editor
from backend.messages import live
from backend.models import Resident
from backend.people import kept_phone

#: what the one who stays takes over where it says nothing itself
TAKEN: Final = ("surname", "address_as_zh", "address_as_en")


def merge(session: Session, desk: Desk, keeps: Resident, goes: Resident) -> None:
    """Let ``goes`` give way to ``keeps``. Raises Forbidden, BadInput, NotFound for rows of two estates."""
    require_editor(desk.viewer)
    if keeps.estate_id != goes.estate_id:
        raise NotFound
    if keeps.id == goes.id or keeps.merged_into_id is not None or goes.merged_into_id is not None:
        raise BadInput
    homes = _hand_over_homes(session, keeps, goes, desk.now)
    open_tickets = merge_queries.open_numbers(session, goes.id)
    moved = merge_queries.hand_over(session, keeps.id, goes.id)
    own = {name: getattr(keeps, name) for name in TAKEN}
    for name, value in rules.filled(own, {one: getattr(goes, one) for one in TAKEN}).items():
        setattr(keeps, name, value)
    if keeps.phone_hash is None:
        kept_phone.take_over(keeps, goes)
    keeps.is_large_type = keeps.is_large_type or goes.is_large_type
    goes.merged_into_id = keeps.id
    live.emit_all(session, keeps.estate_id, "ticket", [{"number": one} for one in open_tickets], desk.now)
    audit.record(session, desk.actor, desk.now, "resident.merge", estate_id=keeps.estate_id,
                 subject="resident", subject_id=keeps.id,
                 after={"from": goes.id, "homes": homes, **moved})  # fmt: skip


def _hand_over_homes(session: Session, keeps: Resident, goes: Resident, now: datetime) -> int:
    """Residencies move; of two in the same home the longer span stays."""
    own = {row.home_id: row for row in merge_queries.residencies(session, keeps.id)}
    moved = 0
    for row in merge_queries.residencies(session, goes.id):
        same = own.get(row.home_id)
        if same is None:
            row.resident_id = keeps.id
            moved += 1
            continue
        same.starts_at = min(same.starts_at, row.starts_at)
        ends = (same.ends_at, row.ends_at)
        same.ends_at = None if None in ends else max(one for one in ends if one)
        # The row stays with the one that gives way, ended: what was entered is not removed.
        row.ends_at = row.ends_at or now
    session.flush()
    return moved
