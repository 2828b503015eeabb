"""Signing in by the company's accounts: whose account it is, what is written down, the session in the end.

Tries are counted with those by password, and the same locks hold. The house's second factor is not asked for:
how sure to be of somebody is the company's affair.
"""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final

import structlog
from sqlalchemy.orm import Session

from backend.audit import service as audit
from backend.audit.service import Actor
from backend.db import Database
from backend.errors import BadInput, GuanjiaError
from backend.models import User
from backend.people import company, passwords, queries, service
from backend.people.company import Asking, CompanyAway, CompanyRefused, Person
from backend.people.service import LoginResult, SignedIn
from backend.settings import Settings
from locales import N_

if TYPE_CHECKING:
    from backend.people.issuer import Issuer

log = structlog.get_logger("company_sign_in")

#: where the company sends people back to us; it must be told this address
BACK: Final = "/login/company/back"
INSTALL: Final = ".venv/bin/python -m pip install --require-hashes --no-deps -r requirements-oidc.lock"


class LacksExtra(GuanjiaError):
    """Company sign-in is set up, and the packages for it are not there."""

    def __init__(self) -> None:
        super().__init__(f"Company sign-in (GUANJIA_OIDC_ISSUER) needs the extra “oidc”: {INSTALL}")


@dataclass(frozen=True, slots=True)
class Caller:
    """From which address somebody comes back, and when; ``is_cheap`` for tests."""

    address: str
    now: datetime
    is_cheap: bool = False


def issuer_of(settings: Settings) -> "Issuer | None":
    """Return the company's sign-in; None where none is set up. Raises LacksExtra."""
    if settings.company is None:
        return None
    try:
        from backend.people.issuer import Issuer  # noqa: PLC0415 - the extra is there only where it is used
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("authlib", "joserfc"):
            raise
        raise LacksExtra from error
    return Issuer(settings.company, settings.public_url + BACK)


def refuse_locked(database: Database, address: str, now: datetime) -> None:
    """Raise LockedOut while too many tries from this address were wrong; nothing is asked of anybody then."""
    with database.read() as session:
        locked = service.locked_until(session, "", address, now)
    if locked:
        LoginResult(locked_until=locked).or_raise(now)


async def sign_in(
    database: Database, issuer: "Issuer", asking: Asking, code: str, caller: Caller
) -> SignedIn:
    """Open a session for whoever comes back with ``code``. Raises LockedOut, CompanyRefused, CompanyAway."""
    await asyncio.to_thread(refuse_locked, database, caller.address, caller.now)
    try:
        person = await issuer.person(asking, code, caller.now)
    except CompanyRefused:
        await asyncio.to_thread(database.run, partial(_count_wrong, caller=caller))
        raise
    result = await asyncio.to_thread(_settled, database, person, caller)
    return result.or_raise(caller.now)


def note(refusal: CompanyRefused | CompanyAway) -> None:
    """Tell the log why, which is not told at the door."""
    log.warning("refused" if isinstance(refusal, CompanyRefused) else "unreachable", because=refusal.why)


def _settled(database: Database, person: Person, caller: Caller) -> LoginResult:
    """The try in one transaction, kept though it is refused. Raises CompanyRefused after it."""
    spare = passwords.hash_password(secrets.token_urlsafe(32), caller.is_cheap)
    result, why = database.run(partial(settle, person=person, caller=caller, spare_hash=spare))
    if why:
        raise CompanyRefused(why)
    return result


def settle(session: Session, person: Person, caller: Caller, spare_hash: str) -> tuple[LoginResult, str]:
    """Find the account, write the try down and open a session; else why not. Nothing is committed here.

    ``spare_hash``: of a password that nobody has, for an account whose first one somebody else has seen.
    """
    user, why = _account_of(session, person)
    locked = service.locked_until(session, user.username if user else "", caller.address, caller.now)
    if locked:
        return LoginResult(locked_until=locked), ""
    if user is None or why:
        _count_wrong(session, caller)
        _tell(session, person, caller, user, why)
        return LoginResult(), why
    if user.company_subject != person.key:
        user.company_subject = person.key
        audit.record(session, Actor(user.id, caller.address), caller.now, "user.company_first",
                     subject="user", subject_id=user.username)  # fmt: skip
    if user.must_change_password:
        user.password_hash, user.must_change_password = spare_hash, False
    return LoginResult(signed_in=service.open_for(session, user, caller.address, caller.now)), ""


def _account_of(session: Session, person: Person) -> tuple[User | None, str]:
    """The account of this person, by what it is tied to, else by its linked name; and what is wrong."""
    user = queries.find_user_of_person(session, person.key)
    if user is None:
        if not person.name:
            return None, company.UNNAMED
        user = queries.find_user_of_company(session, person.name)
        if user is None:
            return None, company.NOBODY
        if person.is_of_same_issuer(user.company_subject):
            return user, company.ANOTHER
    return user, "" if user.is_active else company.CLOSED


def _count_wrong(session: Session, caller: Caller) -> None:
    """Of the address alone: nobody at the company keeps a colleague out of their account."""
    service.note_wrong(session, "", caller.address, caller.now)


def _tell(session: Session, person: Person, caller: Caller, user: User | None, why: str) -> None:
    """Only whom the company knows gets here: strangers cannot fill the log.

    What concerns no account is told in every estate: it may have been meant for any.
    """
    after = {"company_name": person.name, "reason": why}
    write = partial(audit.record, session, at=caller.now, action="user.company_refused", subject="user",
                    after=after)  # fmt: skip
    if user is not None:
        write(actor=Actor(user.id, caller.address), subject_id=user.username)
        return
    for estate_id in queries.list_estate_ids(session):
        write(actor=Actor(address=caller.address), estate_id=estate_id)


TAKEN: Final = N_("This company account is already linked to somebody else.")
NO_NAME: Final = N_("Please write it as the company does, without spaces.")


def link(session: Session, user: User, name: str) -> None:
    """Link an account to a name at the company, "" to none; the next sign-in ties it anew. Raises BadInput.

    Where it was linked before, every session ends: it may be the former person's.
    """
    wanted = company.clean_name(name)
    if wanted and not company.is_name(wanted):
        raise BadInput(NO_NAME)
    found = queries.find_user_of_company(session, wanted) if wanted else None
    if found is not None and found.id != user.id:
        raise BadInput(TAKEN)
    if user.company_name:
        service.end_sessions(session, user.id)
    user.company_name, user.company_subject = wanted or None, None
