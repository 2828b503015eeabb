"""Verbs on one's own account; each is written into the audit log. Nothing here commits.

``check`` weighs the present password between two transactions, since hashing takes time, and counts wrong
ones as wrong logins are counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import pyotp
from sqlalchemy.orm import Session

from backend.audit import service as audit
from backend.audit.service import Actor
from backend.db import Database
from backend.errors import BadInput, LockedOut, NotFound
from backend.models import User
from backend.office import team_queries, team_rules
from backend.people import absence, lockout, passwords
from backend.people import queries as people_queries
from backend.people import service as people
from backend.people.absence import Absence
from backend.people.passwords import BadPassword
from backend.people.roles import Role
from backend.people.viewer import Viewer
from backend.vault import Vault
from locales import N_

ISSUER: Final = "Guanjia"
LONGEST_AWAY: Final = timedelta(days=366)
REASON_LENGTH: Final = 200


@dataclass(frozen=True, slots=True)
class Self:
    """Who changes their own account, from which session; ``now`` is real time."""

    viewer: Viewer
    actor: Actor
    vault: Vault
    now: datetime
    token: str
    is_cheap: bool = False


class WrongDeputy(BadInput):
    """Nobody, or somebody who cannot do the work."""


class WrongPassword(BadInput):
    detail = N_("This is not your present password.")


class WrongCode(BadInput):
    detail = N_(
        "This code does not fit. Please take the one that the app shows now, and check that the phone's "
        "clock is right."
    )


def check(database: Database, who: Self, password: str) -> None:
    """Raise WrongPassword, or LockedOut after too many, unless it is the present password."""
    attempt = people.LoginTry(who.viewer.username, password, address=who.actor.address)
    with database.read() as session:
        found = people.look_up(session, attempt, who.now)
    if found.locked_until:
        raise LockedOut(None, minutes=lockout.minutes_left(found.locked_until, who.now))
    if passwords.is_right(password, found.password_hash, who.is_cheap):
        return
    count_wrong(database, who)
    raise WrongPassword


def count_wrong(database: Database, who: Self) -> None:
    """Count a wrong password or code like a wrong login: after too many the account is locked for a while."""
    username, address = who.viewer.username, who.actor.address
    database.run(lambda session: people.note_wrong(session, username, address, who.now))


def _user(session: Session, who: Self) -> User:
    user = team_queries.lock_user(session, who.viewer.user_id)
    if user is None:
        raise NotFound
    return user


def fresh(who: Self, new: str, former: str) -> str:
    """Return the hash of a new password. Raises BadPassword, also when it is the present one."""
    if new == former:
        raise BadPassword(N_("Please choose another password than the present one."))
    return passwords.fresh(new, who.viewer.username, who.is_cheap)


def change_password(session: Session, who: Self, password_hash: str) -> None:
    """Keep a new password (``fresh``); every other session ends."""
    user = _user(session, who)
    people.set_password(session, user, password_hash, keep=who.token)
    user.must_change_password = False
    _record(session, who, "user.own_password")


def end_others(session: Session, who: Self) -> int:
    """End every session but this one; return how many there were."""
    count = people.end_sessions(session, who.viewer.user_id, who.token)
    _record(session, who, "user.sessions", after={"count": count})
    return count


def begin_second_factor(session: Session, who: Self) -> None:
    """Make the secret of a second factor; it counts once a code of it was typed."""
    _user(session, who).totp_pending_sealed = who.vault.seal(pyotp.random_base32())


def pending(session: Session, vault: Vault, viewer: Viewer) -> tuple[str, str] | None:
    """Return the secret that was made and not confirmed yet, and its address for an app; or None."""
    user = people_queries.get_user(session, viewer.user_id)
    if user is None or user.totp_pending_sealed is None:
        return None
    secret = vault.unseal(user.totp_pending_sealed)
    return secret, pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name=ISSUER)


def confirm_second_factor(session: Session, who: Self, code: str) -> None:
    """From now on signing in asks for a code; every other session ends. Raises NotFound, WrongCode."""
    user = _user(session, who)
    if user.totp_pending_sealed is None:
        raise NotFound
    if not people.is_code_of(who.vault.unseal(user.totp_pending_sealed), code, who.now):
        raise WrongCode
    user.totp_sealed, user.totp_pending_sealed = user.totp_pending_sealed, None
    people.end_sessions(session, user.id, who.token)
    _record(session, who, "user.own_second_factor", after={"second_factor": True})


def drop_second_factor(session: Session, who: Self, code: str) -> None:
    """Take the second factor off, with a code of it. Raises NotFound, WrongCode."""
    user = _user(session, who)
    if user.totp_sealed is None:
        raise NotFound
    if not people.is_code_of(who.vault.unseal(user.totp_sealed), code, who.now):
        raise WrongCode
    user.totp_sealed = user.totp_pending_sealed = None
    _record(session, who, "user.own_second_factor", before={"second_factor": True},
            after={"second_factor": False})  # fmt: skip


def go_away(session: Session, who: Self, away: Absence, deputy_id: int | None, now: datetime) -> None:
    """Note when the viewer is away and who stands in; ``now`` is the clock of promises.

    Raises BadInput for a time that is over or far too long, and for somebody who cannot stand in.
    """
    user = _user(session, who)
    check_time(away, now)
    user.deputy_id = find_deputy(session, who.viewer, user, deputy_id).id if deputy_id is not None else None
    user.settings = {**user.settings, absence.KEY: away.stored()}
    after = {**away.stored(), "deputy": deputy_id}
    _record(session, who, "user.away", after=after)


def check_time(away: Absence, now: datetime) -> None:
    """Raise BadInput for an absence that is over, ends before it begins, or lasts far too long."""
    if not now < away.end or not timedelta() < away.end - away.start <= LONGEST_AWAY:
        raise BadInput(N_("Please give a time that ends after it begins, and has not passed."))


def find_deputy(session: Session, viewer: Viewer, user: User, deputy_id: int) -> User:
    """Return who may stand in for ``user``. Raises WrongDeputy for anybody else."""
    deputy = people_queries.find_user_of(session, viewer, deputy_id)
    fits = deputy is not None and team_rules.stands_in_for(Role(user.role), Role(deputy.role))
    if deputy is None or not fits or not deputy.is_active or deputy.id == user.id:
        raise WrongDeputy(N_("This colleague cannot stand in here."))
    return deputy


def come_back(session: Session, who: Self) -> None:
    """The viewer is there again: the absence is forgotten, the deputy stays named."""
    user = _user(session, who)
    user.settings = {name: value for name, value in user.settings.items() if name != absence.KEY}
    _record(session, who, "user.away", after={"until": who.now.isoformat()})


def _record(
    session: Session, who: Self, action: str, *, before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    audit.record(session, who.actor, who.now, action, subject="user", subject_id=who.viewer.username,
                 before=before, after=after)  # fmt: skip
