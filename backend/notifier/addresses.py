"""Staff addresses as leaders keep them: added, tested, switched off; an estate's mail server and SMS gateway.

Nothing here commits. Foreign rows are 404. Addresses and their secrets are sealed, and shown masked only.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from backend.audit import service as audit
from backend.audit.service import Actor
from backend.errors import BadInput, Forbidden, NotFound
from backend.models import Delivery, Estate, StaffAddress, User
from backend.notifier import queries, service
from backend.notifier.channels import (
    ROBOTS,
    BadAddress,
    Typed,
    masked,
    read_address,
    read_gateway,
    read_mail_server,
)
from backend.notifier.robots import Outcome
from backend.notifier.senders import Parcel
from backend.notifier.texts import Note, worded
from backend.people import roles
from backend.people.roles import Role
from backend.people.viewer import Viewer
from backend.vault import SealBroken, Vault
from locales import N_

#: more addresses than an estate can need: what is tested costs somebody's money
MOST: Final = 200
READERS: Final = {"mail": read_mail_server, "sms": read_gateway}


@dataclass(frozen=True, slots=True)
class NewAddress:
    """An address to be added. ``user_id`` None: a group, which hears what is for ``role``."""

    estate_id: int
    channel: str
    typed: Typed
    user_id: int | None = None
    role: str = ""
    label: str = ""
    language: str = "zh"


@dataclass(frozen=True, slots=True)
class Kept:
    """An address as a page shows it. ``mask``: enough to know it again; ``waiting``, ``dead``: messages."""

    row: StaffAddress
    user: User | None
    estate: Estate
    mask: str
    waiting: int
    dead: int


def require_leader(viewer: Viewer) -> None:
    """Supervisors, managers and admins say where staff are told. Raises Forbidden."""
    if not roles.is_leader(viewer.role):
        raise Forbidden


def require_admin(viewer: Viewer) -> None:
    """Only admins let the house speak to servers of their choice. Raises Forbidden."""
    if viewer.role != Role.ADMIN:
        raise Forbidden


def list_kept(session: Session, vault: Vault, viewer: Viewer) -> list[Kept]:
    """Return every address of the viewer's estates. Raises Forbidden."""
    require_leader(viewer)
    rows = queries.list_addresses(session, viewer.estate_ids)
    counts = queries.count_states(session, [row.id for row, _user, _estate in rows])
    return [
        Kept(row, user, estate, mask_of(vault, row),
             counts.get((row.id, "queued"), 0) + counts.get((row.id, "leased"), 0),
             counts.get((row.id, "dead"), 0))
        for row, user, estate in rows
    ]  # fmt: skip


def mask_of(vault: Vault, row: StaffAddress) -> str:
    """Return enough of an address to know it again, "…" where it was sealed with another key."""
    try:
        return masked(row.channel, json.loads(vault.unseal(row.sealed)))
    except SealBroken:
        return "…"


def add(
    session: Session, vault: Vault, viewer: Viewer, new: NewAddress, now: datetime, actor: Actor | None = None
) -> StaffAddress:
    """Add an address. Raises Forbidden, NotFound for a foreign estate or person, BadAddress, BadInput.

    ``now``: real time.
    """
    require_leader(viewer)
    if not viewer.works_in(new.estate_id):
        raise NotFound
    if new.channel in ROBOTS and new.user_id is not None:
        raise BadAddress("user", N_("A robot speaks to a group: choose whom it is for by role."))
    if new.user_id is not None and queries.find_colleague(session, new.estate_id, new.user_id) is None:
        raise NotFound
    if new.role and new.role not in set(Role):
        raise BadAddress("role", N_("Please fill this in."))
    kept = read_address(new.channel, new.typed)
    if len(queries.list_addresses(session, [new.estate_id])) >= MOST:
        raise BadInput(N_("This estate has enough addresses. Please remove one first."))
    row = StaffAddress(
        estate_id=new.estate_id, user_id=new.user_id, role="" if new.user_id else new.role,
        channel=new.channel, label=" ".join(new.label.split())[:60], sealed=vault.seal(json.dumps(kept)),
        language="en" if new.language == "en" else "zh", is_active=True, created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _note(session, viewer, actor, now, "address.add", row, after=_facts(row))
    return row


def _facts(row: StaffAddress) -> dict[str, Any]:
    """What the audit log may say of an address: nothing of where it leads."""
    return {"channel": row.channel, "label": row.label, "role": row.role, "user": row.user_id,
            "is_active": row.is_active}  # fmt: skip


def _note(
    session: Session, viewer: Viewer, actor: Actor | None, now: datetime, action: str, row: StaffAddress,
    before: Mapping[str, Any] | None = None, after: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    who = actor or Actor(viewer.user_id)
    audit.record(session, who, now, action, estate_id=row.estate_id, subject="address", subject_id=row.id,
                 before=before, after=after)  # fmt: skip


def get_address(session: Session, viewer: Viewer, address_id: int) -> StaffAddress:
    """Return an address of the viewer's estates. Raises Forbidden, NotFound."""
    require_leader(viewer)
    found = queries.find_address(session, viewer.estate_ids, address_id)
    if found is None:
        raise NotFound
    return found


def switch(
    session: Session, viewer: Viewer, address_id: int, *, on: bool, now: datetime, actor: Actor | None = None
) -> StaffAddress:
    """Switch an address on or off; what waits for one that is off is given up. Raises Forbidden, NotFound."""
    row = get_address(session, viewer, address_id)
    _note(session, viewer, actor, now, "address.switch", row, {"is_active": row.is_active}, {"is_active": on})
    row.is_active = on
    row.failed_at, row.fault = None, ""
    if not on:
        for delivery in queries.list_waiting(session, row.id):
            delivery.state, delivery.fault, delivery.leased_until = "dead", "off", None
    return row


def test_parcel(session: Session, vault: Vault, viewer: Viewer, address_id: int, now: datetime) -> Parcel:
    """Return the test message to an address, to be sent at once. Raises Forbidden, NotFound, BadInput."""
    row = get_address(session, viewer, address_id)
    estate = session.get_one(Estate, row.estate_id)
    text = worded(row.language, [Note("test")], estate.name(row.language), "")
    mark = f"test-{row.id}-{int(now.timestamp())}"
    parcel = service.parcel_of(vault, row, estate, text, mark, now)
    if parcel is None:
        raise BadInput(N_("The address was sealed with another secret key. Please add it anew."))
    return parcel


def queue_test(session: Session, viewer: Viewer, address_id: int, now: datetime) -> None:
    """Let the bot carry the test, as it carries everything to Telegram. Raises Forbidden, NotFound."""
    row = get_address(session, viewer, address_id)
    row.tested_at = now
    note = Note("test").kept()
    session.add(
        Delivery(estate_id=row.estate_id, address_id=row.id, kind="test", title="", text="", values=note,
                 dedupe_key=f"test:{row.id}:{now.timestamp()}", not_before=now, created_at=now)
    )  # fmt: skip


def note_test(session: Session, viewer: Viewer, address_id: int, outcome: Outcome, now: datetime) -> None:
    """Keep what became of a test. Raises Forbidden, NotFound."""
    row = get_address(session, viewer, address_id)
    row.tested_at = now
    service.note_outcome(row, outcome, now)


def set_server(
    session: Session, vault: Vault, viewer: Viewer, estate_id: int, name: str, typed: Mapping[str, str],
    now: datetime, actor: Actor | None = None,
) -> None:  # fmt: skip
    """Keep the estate's mail server (``mail``) or SMS gateway (``sms``), sealed.

    Raises Forbidden, NotFound, BadAddress.
    """
    require_admin(viewer)
    if not viewer.works_in(estate_id) or name not in READERS:
        raise NotFound
    kept = READERS[name](typed)
    estate = queries.lock_estate(session, estate_id)
    sealed = base64.b64encode(vault.seal(json.dumps(kept))).decode()
    servers = {**estate.settings.get(service.SETTINGS, {}), name: sealed}
    estate.settings = {**estate.settings, service.SETTINGS: servers}
    audit.record(session, actor or Actor(viewer.user_id), now, "settings.servers", estate_id=estate_id,
                 subject=name, after={"server": _place_of(kept)})  # fmt: skip


def _place_of(kept: Mapping[str, str]) -> str:
    """A server's name alone: what stands behind it in an address may be a key, and the log never forgets."""
    return kept.get("host") or urlsplit(kept.get("url", "")).hostname or ""


def server_of(vault: Vault, estate: Estate, name: str) -> str:
    """Return where the estate's mail server or SMS gateway is, "" where none is set; never its secrets."""
    try:
        kept = service.through_of(vault, estate, name)
    except SealBroken:
        return "…"
    return _place_of(kept)
