"""Homes and residents changed: each verb checks who may, writes the audit log, and commits nothing.

The audit log is never emptied, so it tells that a name or a phone was changed, not what it was: who they are
stands in the row that it names.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from sqlalchemy.orm import Session

from backend.audit import service as audit
from backend.audit.service import Actor
from backend.errors import BadInput, Forbidden, NotFound
from backend.households import queries, rules
from backend.models import Home, Invitation, Remark, Residency, Resident, User
from backend.people import address, invitations, kept_phone, phones
from backend.people.viewer import Viewer
from backend.vault import Vault

REMARK_LENGTH: Final = 2000


@dataclass(frozen=True, slots=True)
class Desk:
    """Who changes something and when: ``now`` of the house, ``real_now`` for what lives in real time."""

    viewer: Viewer
    actor: Actor
    vault: Vault
    now: datetime
    real_now: datetime


def get_home(session: Session, viewer: Viewer, home_id: int) -> Home:
    """Return a home the viewer sees. Raises Forbidden for engineers and guards, NotFound."""
    if not rules.may_see(viewer.role):
        raise Forbidden
    home = queries.find_home(session, viewer, home_id)
    if home is None:
        raise NotFound
    return home


def get_resident(
    session: Session, viewer: Viewer, resident_id: int, now: datetime, *, lock: bool = False
) -> Resident:
    """Return a resident the viewer sees, held when it is to be changed. Raises Forbidden, NotFound."""
    if not rules.may_see(viewer.role):
        raise Forbidden
    resident = queries.find_resident(session, viewer, resident_id, now, lock=lock)
    if resident is None:
        raise NotFound
    return resident


def require_editor(viewer: Viewer) -> None:
    """Raise Forbidden for those who may not change homes and residents."""
    if not rules.may_edit(viewer.role):
        raise Forbidden


PERSONAL: Final = frozenset({"name", "address_as_zh", "address_as_en"})
FIELDS: Final = ("name", "address_as_zh", "address_as_en", "language", "kind", "is_large_type")


def state_of(resident: Resident) -> str:
    """A short mark of what a resident's row says, by which a form knows that it was changed meanwhile."""
    said = [str(getattr(resident, name)) for name in (*FIELDS, "phone_hash")]
    return sha256("\0".join(said).encode()).hexdigest()[:16]


def edit_resident(
    session: Session, desk: Desk, resident: Resident, values: Mapping[str, Any], phone: str | None
) -> None:
    """Set the named fields; ``phone``: E.164, "" removes it, None leaves it. Raises Forbidden."""
    wanted = dict(values) | ({"phone": phone} if phone is not None else {})
    if any(not rules.may_change(desk.viewer.role, name) for name in wanted):
        raise Forbidden
    was = {name: getattr(resident, name) for name in values}
    for name, value in values.items():
        setattr(resident, name, value)
    if "name" in values:
        resident.surname = address.split_name(resident.name)[0]
    before, after = _told(was, values)
    if phone is not None and _set_phone(desk.vault, resident, phone):
        before["phone"], after["phone"] = "", "changed" if phone else "removed"
    if before != after:
        _record(session, desk, "resident.edit", resident, before=before, after=after)


def _told(was: Mapping[str, Any], values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is written down of a change: of who somebody is, only that it changed."""
    before = {name: "" if name in PERSONAL else value for name, value in was.items()}
    after = dict(values)
    for name in PERSONAL & values.keys():
        after[name] = "changed" if values[name] != was[name] else ""
    return before, after


def _set_phone(vault: Vault, resident: Resident, number: str) -> bool:
    """Keep a number sealed and findable, or none; True when it is another one than before."""
    digest = vault.digest(number) if number else None
    if digest == resident.phone_hash:
        return False
    kept_phone.keep(resident, vault, number)
    return True


def show_phone(session: Session, desk: Desk, resident: Resident) -> str:
    """Return the whole number as it is read ("" where there is none); that it was read is written down."""
    if resident.phone_sealed is None:
        return ""
    _record(session, desk, "resident.phone", resident, after={"phone": "shown"})
    return phones.pretty(desk.vault.unseal(resident.phone_sealed))


def add_resident(session: Session, desk: Desk, home: Home, values: Mapping[str, Any], phone: str) -> Resident:
    """A new person in a home. They see nothing of what was before them. Raises Forbidden."""
    require_editor(desk.viewer)
    resident = Resident(estate_id=home.estate_id, created_at=desk.now, **values)
    resident.surname = address.split_name(resident.name)[0]
    _set_phone(desk.vault, resident, phone)
    session.add(resident)
    session.flush()
    _record(
        session,
        desk,
        "resident.add",
        resident,
        after={**{name: one for name, one in values.items() if name not in PERSONAL}, "home": home.code},
    )
    _move_in(session, desk, home, resident)
    return resident


def move_in(session: Session, desk: Desk, home: Home, resident: Resident) -> None:
    """Somebody who is known already gets this home too, or again. Raises Forbidden, NotFound."""
    require_editor(desk.viewer)
    if resident.estate_id != home.estate_id:
        raise NotFound
    _move_in(session, desk, home, resident)
    _record(session, desk, "resident.move_in", resident, after={"home": home.code})


def _move_in(session: Session, desk: Desk, home: Home, resident: Resident) -> None:
    known = queries.find_residency(session, resident.id, home.id)
    if known is None:
        session.add(Residency(estate_id=home.estate_id, resident_id=resident.id, home_id=home.id,
                              starts_at=desk.now))  # fmt: skip
    elif known.ends_at is not None:
        known.starts_at, known.ends_at = desk.now, None
    session.flush()


def move_out(session: Session, desk: Desk, home: Home, resident: Resident) -> int:
    """A residency ends now, and their chats speak of the home no more; return how many invitations end.

    Raises Forbidden, NotFound.
    """
    require_editor(desk.viewer)
    known = queries.find_residency(session, resident.id, home.id)
    if known is None or (known.ends_at is not None and known.ends_at <= desk.now):
        raise NotFound
    for chat in queries.hold_chats(session, resident.id, home.id):
        chat.home_id = None
    known.ends_at = desk.now
    codes = queries.open_invitations(session, home.id, resident.id, desk.real_now)
    for code in codes:
        code.expires_at = desk.real_now
    _record(session, desk, "resident.move_out", resident, before={"home": home.code},
            after={"home": "", "invitations_ended": len(codes)})  # fmt: skip
    return len(codes)


def change_butler(
    session: Session, desk: Desk, home: Home, butler: User | None, scope: str, reason: str
) -> int:
    """Another butler for a home, its whole building or its whole zone; return how many homes changed.

    Raises Forbidden, and BadInput for a butler of elsewhere or a scope the home has not.
    """
    require_editor(desk.viewer)
    staff = queries.list_butlers(session, desk.viewer, home.estate_id)
    if butler is not None and butler.id not in {one.id for one in staff}:
        raise BadInput
    homes = _homes_of(session, desk.viewer, home, scope)
    login = butler.username if butler else ""
    changed = [one for one in homes if one.butler_id != (butler.id if butler else None)]
    logins = {one.id: one.username for one in staff}
    before = sorted({logins.get(one.butler_id or 0, "") for one in changed})
    for one in changed:
        one.butler_id = butler.id if butler else None
    if changed:
        audit.record(session, desk.actor, desk.now, "home.butler", estate_id=home.estate_id, subject="home",
                     subject_id=home.id, before={"butler": ", ".join(before)},
                     after={"butler": login, "home": home.code, "scope": scope, "homes": len(changed),
                            "reason": reason})  # fmt: skip
    return len(changed)


def _homes_of(session: Session, viewer: Viewer, home: Home, scope: str) -> list[Home]:
    if scope == "home":
        return [home]
    if scope == "building":
        return queries.list_homes_in(session, viewer, home.estate_id, home.building, None)
    if scope == "zone" and home.zone_id is not None:
        return queries.list_homes_of_zone(session, viewer, home.estate_id, home.zone_id)
    raise BadInput


def add_remark(
    session: Session, desk: Desk, text: str, *, home: Home | None = None, resident: Resident | None = None
) -> None:
    """Keep a note about a home or a resident, for staff only. Its words stay out of the audit log."""
    about = home or resident
    if about is None:
        raise BadInput
    session.add(
        Remark(estate_id=about.estate_id, home_id=home.id if home else None,
               resident_id=resident.id if resident else None, text=text[:REMARK_LENGTH],
               by_user_id=desk.viewer.user_id, at=desk.now)
    )  # fmt: skip
    _record(session, desk, "remark.add", about, after={"signs": len(text)})


def remove_remark(session: Session, desk: Desk, remark_id: int) -> Remark:
    """Take a note back: one's own, or as a leader or the desk any. Raises Forbidden, NotFound."""
    remark = session.get(Remark, remark_id)
    if remark is None or remark.removed_at is not None or not desk.viewer.works_in(remark.estate_id):
        raise NotFound
    if remark.by_user_id != desk.viewer.user_id:
        require_editor(desk.viewer)
    remark.removed_at = desk.now
    audit.record(session, desk.actor, desk.now, "remark.remove", estate_id=remark.estate_id,
                 subject="remark", subject_id=remark.id)  # fmt: skip
    return remark


def invite(
    session: Session, desk: Desk, home: Home, resident: Resident | None, kind: str, uses: int, days: int
) -> str:
    """Make an invitation and return its code, which is told once (``people.invitations``)."""
    spoken = kind == "spoken"
    code = invitations.create_invitation(
        session, desk.vault, home, resident, desk.real_now, kind="spoken" if spoken else "printed", uses=uses,
        life=timedelta(days=days), created_by=desk.viewer.user_id,
    )  # fmt: skip
    told = {"kind": "spoken"} if spoken else {"kind": "printed", "uses": uses, "days": days}
    _record(session, desk, "invitation.add", home, after={**told, "home": home.code,
            "resident": resident.id if resident else ""})  # fmt: skip
    return code


def withdraw_invitation(session: Session, desk: Desk, home: Home, invitation_id: int) -> None:
    """An invitation works no more from now on. Raises NotFound."""
    found = session.get(Invitation, invitation_id)
    if found is None or found.home_id != home.id:
        raise NotFound
    found.expires_at = desk.real_now
    _record(session, desk, "invitation.withdraw", home, after={"invitation": found.id, "home": home.code})


def _record(
    session: Session, desk: Desk, action: str, about: Home | Resident, *,
    before: Mapping[str, Any] | None = None, after: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    subject = "home" if isinstance(about, Home) else "resident"
    audit.record(session, desk.actor, desk.now, action, estate_id=about.estate_id, subject=subject,
                 subject_id=about.id, before=before, after=after)  # fmt: skip
