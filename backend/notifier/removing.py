"""An address is removed for good: its secret is forgotten at once, what it was stays to be read for a month.

Nothing here commits. A removed row keeps no address: in its place it seals what a leader may still want to
know, who removed it and how many messages were given up with it.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from backend.audit import service as audit
from backend.audit.service import Actor
from backend.models import Estate, StaffAddress, User
from backend.notifier import queries
from backend.notifier.addresses import get_address, mask_of, require_leader
from backend.people.viewer import Viewer
from backend.vault import SealBroken, Vault

#: why the deliveries of a removed address were given up, a code of ``faults.FAULTS``
REMOVED: Final = queries.REMOVED
#: so many are shown
SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Gone:
    """A removed address. ``mask``: enough to know it again; ``given_up``: messages that waited for it."""

    row: StaffAddress
    user: User | None
    estate: Estate
    mask: str
    by: User | None
    given_up: int


def remove(
    session: Session, vault: Vault, viewer: Viewer, address_id: int, now: datetime, actor: Actor | None = None
) -> int:
    """Remove an address; return how many messages waited for it and are given up as ``removed``.

    Raises Forbidden, NotFound. ``now``: real time.
    """
    row = get_address(session, viewer, address_id)
    mask = mask_of(vault, row)
    waiting = queries.list_waiting(session, row.id)
    for delivery in waiting:
        delivery.state, delivery.fault, delivery.leased_until = "dead", REMOVED, None
    left = {"mask": mask, "by": viewer.user_id, "given_up": len(waiting)}
    row.sealed, row.is_active = vault.seal(json.dumps(left)), False
    row.failed_at, row.fault = now, REMOVED
    audit.record(session, actor or Actor(viewer.user_id), now, "address.remove", estate_id=row.estate_id,
                 subject="address", subject_id=row.id,
                 before={"channel": row.channel, "label": row.label, "mask": mask},
                 after={"given_up": len(waiting)})  # fmt: skip
    return len(waiting)


def list_gone(session: Session, vault: Vault, viewer: Viewer) -> list[Gone]:
    """Return what was removed from the viewer's estates last, newest first. Raises Forbidden."""
    require_leader(viewer)
    rows = queries.list_removed(session, viewer.estate_ids, SHOWN)
    left = {row.id: _left(vault, row) for row, _user, _estate in rows}
    people = queries.people_of(session, {by for _mask, by, _given_up in left.values()})
    found = []
    for row, user, estate in rows:
        mask, by, given_up = left[row.id]
        found.append(Gone(row, user, estate, mask, people.get(by), given_up))
    return found


def _left(vault: Vault, row: StaffAddress) -> tuple[str, int, int]:
    """(mask, id of who removed it, messages given up), as ``remove`` sealed them."""
    try:
        kept = json.loads(vault.unseal(row.sealed))
    except SealBroken:
        return "…", 0, 0
    return str(kept["mask"]), int(kept["by"]), int(kept["given_up"])
