"""Staff accounts, signing in and sessions. Nothing here commits.

Signing in is in two halves so that hashing a password never holds a transaction: ``look_up`` reads,
``settle_login`` writes the try and, when all is right, the session. ``people.doors.sign_in`` joins them
and raises only after the try has been committed. All instants are real time: the demo clock moves no
session and no lock.
"""

import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, Literal

import pyotp
from sqlalchemy.orm import Session

from backend.errors import BadInput, LockedOut, NotFound, WrongLogin
from backend.models import LoginAttempt, StaffSession, User, UserEstate
from backend.people import lockout, passwords, phones, queries, roles
from backend.people.roles import Role
from backend.people.viewer import Viewer
from backend.vault import Vault
from locales import N_

Kind = Literal["cookie", "bearer"]
TOUCH_EVERY: Final = timedelta(minutes=1)
ATTEMPTS_KEPT: Final = timedelta(days=1)
USERNAME_LENGTH: Final = 64
LANGUAGES: Final = ("zh", "en")
THEMES: Final = ("auto", "light", "dark")
#: in a person's settings: they chose their language themselves
HAS_CHOSEN: Final = "has_chosen_language"


@dataclass(frozen=True, slots=True)
class LoginTry:
    """What somebody typed to sign in, and from which address ("" when there is none)."""

    username: str
    password: str
    code: str = ""
    address: str = ""
    kind: Kind = "cookie"


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the tables say about a try before the password is weighed."""

    username: str
    user_id: int | None
    password_hash: str | None
    locked_until: datetime | None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session: ``token`` for the cookie or the Bearer header, ``csrf`` for forms."""

    token: str
    csrf: str
    user: User
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class LoginResult:
    """How a try ended; exactly one of the three is set, or none for a wrong try."""

    signed_in: SignedIn | None = None
    locked_until: datetime | None = None

    def or_raise(self, now: datetime) -> SignedIn:
        """Return the session. Raises LockedOut or WrongLogin (the same for unknown users)."""
        if self.signed_in:
            return self.signed_in
        if self.locked_until:
            raise LockedOut(None, minutes=lockout.minutes_left(self.locked_until, now))
        raise WrongLogin


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that is still good; ``needs_touch`` at most once a minute."""

    viewer: Viewer
    csrf: str
    token_hash: str
    needs_touch: bool


def clean_username(text: str) -> str:
    """Return a user name as it is stored and compared: NFKC, lower case, without control signs."""
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    return "".join(sign for sign in plain if sign.isprintable())[:USERNAME_LENGTH]


def look_up(session: Session, attempt: LoginTry, now: datetime) -> Candidate:
    """Find the account of a try and whether the door is locked; writes nothing."""
    username = clean_username(attempt.username)
    user = queries.find_user(session, username)
    is_usable = user is not None and user.is_active
    return Candidate(
        username=username,
        user_id=user.id if user and is_usable else None,
        password_hash=user.password_hash if user and is_usable else None,
        locked_until=locked_until(session, username, attempt.address, now),
    )


def settle_login(
    session: Session, vault: Vault, attempt: LoginTry, candidate: Candidate, now: datetime, *, is_right: bool
) -> LoginResult:
    """Record the try and, when password and code are right, open a session.

    Returns instead of raising, so that the caller's transaction keeps a wrong try.
    """
    locked = locked_until(session, candidate.username, attempt.address, now)
    if locked:
        return LoginResult(locked_until=locked)
    user = queries.get_user(session, candidate.user_id) if is_right else None
    is_ok = user is not None and user.is_active and _is_code_right(vault, user, attempt.code, now)
    _record(session, candidate.username, attempt.address, now, is_ok)
    if user is None or not is_ok:
        return LoginResult()
    return LoginResult(signed_in=_open(session, user, attempt.kind, now))


def open_for(session: Session, user: User, address: str, now: datetime) -> SignedIn:
    """Open a dashboard session for somebody whom another has vouched for, and note the right try."""
    _record(session, user.username, address, now, is_ok=True)
    return _open(session, user, "cookie", now)


def find_session(session: Session, token: str, now: datetime, kind: Kind) -> OpenSession | None:
    """Return who holds ``token``, or None when it is unknown, idle for too long or over; writes nothing."""
    found = queries.find_open_session(session, hash_token(token), kind, now)
    if found is None:
        return None
    row, user = found
    if row.last_seen_at + roles.idle_limit(Role(user.role)) <= now:
        return None
    is_due = now - row.last_seen_at >= TOUCH_EVERY
    return OpenSession(viewer_of(session, user), row.csrf, row.token_hash, is_due)


def touch(session: Session, found: OpenSession, now: datetime) -> None:
    """Note that the session is in use; call when ``needs_touch``."""
    queries.touch_session(session, found.token_hash, now)


def logout(session: Session, token: str) -> None:
    """End the session of ``token``, if there is one."""
    queries.delete_session(session, hash_token(token))


def end_sessions(session: Session, user_id: int, keep: str = "") -> int:
    """End every session of a member of staff but the one of token ``keep``; return how many there were."""
    return queries.delete_sessions_of(session, user_id, hash_token(keep) if keep else "")


def note_wrong(session: Session, username: str, address: str, now: datetime) -> None:
    """Count a wrong password that somebody signed in typed as their own, as a wrong login counts."""
    _record(session, username, address, now, is_ok=False)


def forget_old(session: Session, now: datetime) -> None:
    """Remove sessions that are over and login tries older than a day (for the sweep)."""
    queries.delete_expired(session, now, now - ATTEMPTS_KEPT)


def viewer_of(session: Session, user: User) -> Viewer:
    """Return the viewer that this member of staff is now: role and estates as they stand in the tables."""
    return Viewer(
        user_id=user.id,
        username=user.username,
        role=Role(user.role),
        name_zh=user.name_zh,
        name_en=user.name_en,
        language=user.language,
        estate_ids=queries.estate_ids(session, user.id),
        theme=user.theme,
        has_letters=user.settings.get("letters") is not False,
        must_change_password=user.must_change_password,
    )


def create_user(
    session: Session,
    vault: Vault,
    *,
    username: str,
    password: str,
    role: Role,
    name_zh: str,
    name_en: str,
    estate_ids: Iterable[int],
    now: datetime,
    language: str = "zh",
    phone: str = "",
    is_cheap: bool = False,
    password_hash: str | None = None,
) -> User:
    """Create a member of staff. Raises BadInput (name taken or empty), BadPassword.

    ``password_hash``: made before the transaction; None: it is made here, where nobody else waits to write.
    """
    name = clean_username(username)
    if not name or queries.find_user(session, name):
        raise BadInput(N_("The user name “{username}” is empty or already taken."), username=name)
    passwords.check_new(password, name)
    kept = password_hash or passwords.hash_password(password, is_cheap)
    user = User(username=name, password_hash=kept, role=role.value, name_zh=name_zh,
                name_en=name_en, language=language, created_at=now)  # fmt: skip
    set_phone(user, vault, phone)
    session.add(user)
    session.flush()
    session.add_all(UserEstate(user_id=user.id, estate_id=estate_id) for estate_id in estate_ids)
    return user


def set_password(session: Session, user: User, password_hash: str, *, keep: str = "") -> None:
    """Give a new password (``passwords.fresh``); every session but that of token ``keep`` ends."""
    user.password_hash = password_hash
    end_sessions(session, user.id, keep)


def set_active(session: Session, user: User, is_active: bool) -> None:
    """Let a member of staff in or out; out ends every session at once."""
    user.is_active = is_active
    if not is_active:
        end_sessions(session, user.id)


def set_preferences(
    session: Session, viewer: Viewer, *, language: str | None = None, theme: str | None = None,
    at_door: bool = False,
) -> None:  # fmt: skip
    """Keep the viewer's own language and theme; other values are ignored. Raises NotFound.

    ``at_door``: the language was chosen before signing in, perhaps by somebody else at that machine: it
    counts only for a person who never chose one, since their other devices have pages open in theirs.
    """
    user = queries.get_user(session, viewer.user_id)
    if user is None:
        raise NotFound
    if language in LANGUAGES and not (at_door and user.settings.get(HAS_CHOSEN)):
        user.language, user.settings = language, {**user.settings, HAS_CHOSEN: True}
    user.theme = theme if theme in THEMES else user.theme


def set_phone(person: User, vault: Vault, phone: str) -> None:
    """Seal a phone number with its keyed hash; text that is no number is left out."""
    number = phones.normalise(phone)
    person.phone_sealed = vault.seal(number) if number else None
    person.phone_hash = vault.digest(number) if number else None


def hash_token(token: str) -> str:
    """Return how a session token is stored: it has 256 random bits, so a plain hash is enough."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _open(session: Session, user: User, kind: Kind, now: datetime) -> SignedIn:
    token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    expires_at = now + roles.ABSOLUTE_LIMIT
    session.add(
        StaffSession(
            token_hash=hash_token(token),
            user_id=user.id,
            kind=kind,
            csrf=csrf,
            created_at=now,
            last_seen_at=now,
            expires_at=expires_at,
        )
    )
    return SignedIn(token, csrf, user, expires_at)


def _record(session: Session, username: str, address: str, now: datetime, is_ok: bool) -> None:
    session.add(LoginAttempt(username=username, address=address, at=now, is_ok=is_ok))
    session.flush()


def locked_until(session: Session, username: str, address: str, now: datetime) -> datetime | None:
    """The later of the account's and the address's lock ("" for none of either); None while both are open.

    A right login clears only the account's count.
    """
    since, locks = now - lockout.WINDOW - lockout.LOCK, []
    if username:
        of_account = queries.list_attempts(session, "username", username, since)
        locks.append(lockout.locked_until(lockout.since_right(of_account), lockout.PER_ACCOUNT, now))
    if address:
        of_address = queries.list_attempts(session, "address", address, since)
        failures = [at for at, is_ok in of_address if not is_ok]
        locks.append(lockout.locked_until(failures, lockout.PER_ADDRESS, now))
    return max((lock for lock in locks if lock), default=None)


def _is_code_right(vault: Vault, user: User, code: str, now: datetime) -> bool:
    """True without a second factor, or when the six digits fit now (one step of 30 s either way)."""
    if user.totp_sealed is None:
        return True
    return is_code_of(vault.unseal(user.totp_sealed), code, now)


def is_code_of(secret: str, code: str, now: datetime) -> bool:
    """True when six digits fit a second factor's secret at ``now`` (one step of 30 s either way)."""
    return pyotp.TOTP(secret).verify("".join(code.split()), for_time=now, valid_window=1)
