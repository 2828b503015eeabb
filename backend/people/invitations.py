"""Invitations: a code binds a chat to a resident of a home. Nothing here commits; all instants are real.

*printed*: long (80 random bits), with a use count and an expiry; *spoken*: eight digits, used once within
ten minutes, five wrong tries per address. Only a keyed hash is stored. Unknown, expired and used-up codes
get the same answer.
"""

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy.orm import Session

from backend.errors import BadInvitation, TooMany
from backend.models import Estate, Home, Invitation, LoginAttempt, Resident
from backend.people import queries
from backend.vault import Vault

Kind = Literal["printed", "spoken"]
ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without signs that look alike: 0 O, 1 I L
PRINTED_SIGNS: Final = 16
PRINTED_USES: Final = 6
PRINTED_LIFE: Final = timedelta(days=90)
SPOKEN_DIGITS: Final = 8
SPOKEN_LIFE: Final = timedelta(minutes=10)
SPOKEN_TRIES: Final = 5
#: lengths of codes short enough to guess: spoken invitations and the six digits for another device
SHORT_CODES: Final = (6, SPOKEN_DIGITS)
#: Wrong codes are kept beside wrong logins under this name, which no user can have.
GUESSES: Final = "#invitation"


@dataclass(frozen=True, slots=True)
class Redeemed:
    """Whom a code stands for; ``resident`` None when it names a home only and the butler must confirm."""

    estate: Estate
    home: Home
    resident: Resident | None
    kind: str


def create_invitation(
    session: Session,
    vault: Vault,
    home: Home,
    resident: Resident | None,
    now: datetime,
    *,
    kind: Kind = "printed",
    uses: int = PRINTED_USES,
    life: timedelta = PRINTED_LIFE,
    created_by: int | None = None,
) -> str:
    """Make an invitation and return its code, which is told once and never stored in the open."""
    is_spoken = kind == "spoken"
    code = _digits() if is_spoken else _letters()
    add_invitation(
        session,
        vault,
        home,
        resident,
        code=code,
        now=now,
        kind=kind,
        uses=1 if is_spoken else uses,
        expires_at=now + (SPOKEN_LIFE if is_spoken else life),
        created_by=created_by,
    )
    return code


def add_invitation(
    session: Session,
    vault: Vault,
    home: Home,
    resident: Resident | None,
    *,
    code: str,
    now: datetime,
    kind: Kind = "printed",
    uses: int | None,
    expires_at: datetime | None,
    created_by: int | None = None,
) -> Invitation:
    """Store an invitation with a given code; ``uses`` or ``expires_at`` None means without limit (a demo)."""
    invitation = Invitation(
        estate_id=home.estate_id,
        home_id=home.id,
        resident_id=resident.id if resident else None,
        code_hash=vault.digest(clean_code(code)),
        kind=kind,
        uses_left=uses,
        expires_at=expires_at,
        created_by=created_by,
        created_at=now,
    )
    session.add(invitation)
    session.flush()
    return invitation


def redeem_invitation(session: Session, vault: Vault, code: str, now: datetime) -> Redeemed:
    """Use a code once. Raises BadInvitation (unknown, expired and used up alike)."""
    invitation = queries.take_invitation(session, vault.digest(clean_code(code)), now)
    if invitation is None:
        raise BadInvitation
    home = session.get_one(Home, invitation.home_id)
    estate = session.get_one(Estate, invitation.estate_id)
    if invitation.resident_id is None:
        return Redeemed(estate, home, None, invitation.kind)
    if not queries.is_living_in(session, invitation.resident_id, home.id, now):
        raise BadInvitation  # moved out since it was printed; the transaction gives the use back
    return Redeemed(estate, home, session.get_one(Resident, invitation.resident_id), invitation.kind)


def refuse_guessing(session: Session, code: str, address: str, now: datetime) -> None:
    """Raise TooMany when five spoken codes from this address were wrong within ten minutes.

    Long codes cannot be guessed and always pass.
    """
    if address and _is_spoken(code):
        tries = queries.list_attempts(session, "address", _guessing(address), now - SPOKEN_LIFE)
        if len(tries) >= SPOKEN_TRIES:
            raise TooMany


def note_guess(session: Session, code: str, address: str, now: datetime) -> None:
    """Count a wrong spoken code against its address."""
    if address and _is_spoken(code):
        session.add(LoginAttempt(username=GUESSES, address=_guessing(address), at=now, is_ok=False))


def clean_code(code: str) -> str:
    """Return a code as it is hashed: capitals and digits only, so that hyphens and spaces do not matter."""
    plain = unicodedata.normalize("NFKC", code).upper()
    return "".join(sign for sign in plain if sign.isascii() and sign.isalnum())


def _is_spoken(code: str) -> bool:
    plain = clean_code(code)
    return len(plain) in SHORT_CODES and plain.isdigit()


def _guessing(address: str) -> str:
    """Guesses are counted apart from wrong logins of the same address."""
    return f"invitation {address}"


def _letters() -> str:
    signs = "".join(secrets.choice(ALPHABET) for _ in range(PRINTED_SIGNS))
    return "-".join(signs[start : start + 4] for start in range(0, PRINTED_SIGNS, 4))


def _digits() -> str:
    digits = "".join(secrets.choice("0123456789") for _ in range(SPOKEN_DIGITS))
    return f"{digits[:4]} {digits[4:]}"
