"""Verbs on staff accounts; each is written into the audit log. Nothing here commits.

Every verb looks first whether the account exists for the viewer (404) and may be changed by them (403).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy.orm import Session

from backend.audit import service as audit
from backend.audit.service import Actor
from backend.errors import BadInput, Forbidden, NotFound, Refusal
from backend.models import User, UserEstate
from backend.office import team_queries, team_rules
from backend.people import company_sign_in, passwords, roles
from backend.people import service as people
from backend.people.roles import Role
from backend.people.viewer import Viewer
from backend.vault import Vault
from locales import N_


@dataclass(frozen=True, slots=True)
class Hand:
    """Who does something to an account, and with what: ``now`` is real time, ``is_cheap`` for tests."""

    viewer: Viewer
    actor: Actor
    vault: Vault
    now: datetime
    is_cheap: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """What stands in the form of an account; ``username`` counts for a new one only.

    ``phone`` None leaves the number as it is, "" removes it.
    """

    name_zh: str
    name_en: str
    role: Role
    estate_ids: frozenset[int]
    username: str = ""
    phone: str | None = None
    deputy_id: int | None = None


class LastAdmin(Refusal):
    """Somebody has to be left who can let others in."""

    status: ClassVar[int] = 409
    title: ClassVar[str] = N_("This step is not possible now.")
    detail: ClassVar[str] = N_(
        "This is the last administrator. Please make somebody else an administrator first."
    )


class OwnRole(Refusal):
    """Nobody changes their own role or closes their own account."""

    status: ClassVar[int] = 409
    title: ClassVar[str] = N_("This step is not possible now.")
    detail: ClassVar[str] = N_("Nobody changes their own role or closes their own account.")


def manages(viewer: Viewer) -> bool:
    """True for those who change accounts; other leaders see the team and what lies with it, and no more."""
    return roles.may_manage_people(viewer.role)


def require_reader(viewer: Viewer) -> None:
    """Raise Forbidden for all but leaders: who is on duty, who serves what, and how much lies with whom."""
    if not roles.is_leader(viewer.role):
        raise Forbidden


def get_colleague(session: Session, viewer: Viewer, user_id: int) -> User:
    """Return the account of a colleague, active or not. Raises Forbidden, NotFound."""
    if not _manages(viewer):
        raise Forbidden
    own = team_queries.estates_of(session, [user_id]).get(user_id, frozenset())
    user = session.get(User, user_id)
    if user is None or not own & viewer.estate_ids:
        raise NotFound
    return user


def _manages(viewer: Viewer) -> bool:
    return bool(team_rules.grantable(viewer)) and team_rules.may_touch(
        viewer, viewer.user_id, viewer.role, viewer.estate_ids
    )


def may_touch(session: Session, viewer: Viewer, user: User) -> bool:
    """True when the viewer may change this account."""
    own = team_queries.estates_of(session, [user.id]).get(user.id, frozenset())
    return team_rules.may_touch(viewer, user.id, Role(user.role), own)


def _hold(session: Session, hand: Hand, user_id: int) -> User:
    """The account, held for the change. Raises NotFound, Forbidden."""
    get_colleague(session, hand.viewer, user_id)
    user = team_queries.lock_user(session, user_id)
    if user is None or not may_touch(session, hand.viewer, user):
        raise Forbidden
    return user


@dataclass(frozen=True, slots=True)
class Issued:
    """A password made by the house, told once, with its hash: made before the transaction begins."""

    password: str
    hash: str


def issue(hand: Hand) -> Issued:
    """Make a password."""
    password = passwords.made()
    return Issued(password, passwords.hash_password(password, hand.is_cheap))


def add_account(session: Session, hand: Hand, new: Account, issued: Issued) -> User:
    """Let a new colleague in with a first password; return the account.

    Raises Forbidden for a role or an estate the viewer may not give, BadInput for a name that is taken.
    """
    if not _manages(hand.viewer):
        raise Forbidden
    _check_grant(hand.viewer, new)
    user = people.create_user(
        session, hand.vault, username=new.username, password=issued.password, password_hash=issued.hash,
        role=new.role, name_zh=new.name_zh, name_en=new.name_en, estate_ids=sorted(new.estate_ids),
        now=hand.now, phone=new.phone or "",
    )  # fmt: skip
    user.must_change_password = True
    session.flush()
    after = _told(user, new.estate_ids) | {"username": user.username}
    _record(session, hand, "user.add", user, after=after)
    return user


def _check_grant(viewer: Viewer, account: Account) -> None:
    if account.role not in team_rules.grantable(viewer) or not account.estate_ids <= viewer.estate_ids:
        raise Forbidden
    if not account.estate_ids:
        raise BadInput(N_("Please choose at least one estate."))


def _told(user: User, estate_ids: Collection[int]) -> dict[str, Any]:
    """What the log keeps of an account: no phone, only whether there is one."""
    return {
        "name_zh": user.name_zh, "name_en": user.name_en, "role": user.role, "estates": sorted(estate_ids),
        "deputy": user.deputy_id, "has_phone": user.phone_sealed is not None,
    }  # fmt: skip


def edit_account(session: Session, hand: Hand, user_id: int, wanted: Account) -> User:
    """Change names, role, estates, phone, deputy. Raises OwnRole, LastAdmin, Forbidden, BadInput."""
    user = _hold(session, hand, user_id)
    was_in = team_queries.estates_of(session, [user.id])[user.id]
    if wanted.role != user.role:
        if not team_rules.may_change_role(hand.viewer, user.id):
            raise OwnRole
        _keep_an_admin(session, user)
    if user.id == hand.viewer.user_id and wanted.estate_ids != was_in:
        raise OwnRole
    _check_grant(hand.viewer, wanted)
    before = _told(user, was_in)
    is_narrower = wanted.role != user.role or not was_in <= wanted.estate_ids
    user.name_zh, user.name_en, user.role = wanted.name_zh, wanted.name_en, wanted.role.value
    user.deputy_id = _deputy(session, hand.viewer, user, wanted.deputy_id)
    if wanted.phone is not None:
        people.set_phone(user, hand.vault, wanted.phone)
    _set_estates(session, user, was_in, wanted.estate_ids)
    if is_narrower:  # what is open in a browser must not outlive what it was opened by
        people.end_sessions(session, user.id)
    _record(session, hand, "user.change", user, before=before, after=_told(user, wanted.estate_ids))
    return user


def _deputy(session: Session, viewer: Viewer, user: User, deputy_id: int | None) -> int | None:
    """The deputy who may stand in. Raises BadInput for oneself, somebody gone, or the wrong kind of work."""
    if deputy_id is None:
        return None
    deputy = get_colleague(session, viewer, deputy_id)
    fits = team_rules.stands_in_for(Role(user.role), Role(deputy.role))
    if deputy.id == user.id or not deputy.is_active or not fits:
        raise BadInput(N_("This colleague cannot stand in here."))
    return deputy.id


def _set_estates(session: Session, user: User, was: frozenset[int], wanted: frozenset[int]) -> None:
    for estate_id in sorted(was - wanted):
        session.delete(session.get_one(UserEstate, (user.id, estate_id)))
    session.add_all(UserEstate(user_id=user.id, estate_id=one) for one in sorted(wanted - was))
    session.flush()


def _keep_an_admin(session: Session, user: User) -> None:
    if user.role == Role.ADMIN and team_queries.lock_admins(session) == [user.id]:
        raise LastAdmin


def new_password(session: Session, hand: Hand, user_id: int, issued: Issued) -> User:
    """Give a colleague a new password; every session of theirs ends. Raises OwnRole."""
    user = _hold(session, hand, user_id)
    if user.id == hand.viewer.user_id:  # their own needs the present one: /account
        raise OwnRole
    people.set_password(session, user, issued.hash)
    user.must_change_password = True
    _record(session, hand, "user.password", user)
    return user


def end_sessions(session: Session, hand: Hand, user_id: int) -> int:
    """End every session of a colleague; return how many there were."""
    user = _hold(session, hand, user_id)
    count = people.end_sessions(session, user.id)
    _record(session, hand, "user.sessions", user, after={"count": count})
    return count


def reset_second_factor(session: Session, hand: Hand, user_id: int) -> None:
    """A colleague lost their phone: the password alone opens again, and every session ends."""
    user = _hold(session, hand, user_id)
    user.totp_sealed = user.totp_pending_sealed = None
    people.end_sessions(session, user.id)
    _record(session, hand, "user.second_factor", user, after={"second_factor": False})


def link_company(session: Session, hand: Hand, user_id: int, name: str) -> None:
    """Link a colleague's account to a name at the company, "" to none. Raises BadInput."""
    user = _hold(session, hand, user_id)
    before = {"company_name": user.company_name or ""}
    company_sign_in.link(session, user, name)
    after = {"company_name": user.company_name or ""}
    _record(session, hand, "user.company", user, before=before, after=after)


def let_in(session: Session, hand: Hand, user_id: int) -> None:
    """Open a closed account again."""
    user = _hold(session, hand, user_id)
    people.set_active(session, user, True)
    _record(session, hand, "user.open", user, before={"is_active": False}, after={"is_active": True})


def close(session: Session, hand: Hand, user_id: int) -> User:
    """Close an account: its sessions end and nobody has it as a deputy. Raises OwnRole, LastAdmin.

    What lies with the person is passed on first (``passing``).
    """
    user = _hold(session, hand, user_id)
    if user.id == hand.viewer.user_id:
        raise OwnRole
    _keep_an_admin(session, user)
    people.set_active(session, user, False)
    team_queries.drop_deputy(session, user.id)
    _record(session, hand, "user.close", user, before={"is_active": True}, after={"is_active": False})
    return user


def _record(
    session: Session, hand: Hand, action: str, user: User, *,
    before: Mapping[str, Any] | None = None, after: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """An account may work in several estates: its entries belong to the house itself."""
    audit.record(session, hand.actor, hand.now, action, subject="user", subject_id=user.username,
                 before=before, after=after)  # fmt: skip
