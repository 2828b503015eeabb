"""Passwords: Argon2id, at least 12 characters, none that everybody tries first. Pure but for randomness.

Hashing takes long on purpose. Doors hash before their transaction begins: SQLite has one writer, and nobody
else's ticket waits for it.
"""

import secrets
from functools import cache
from typing import Final

from pwdlib.hashers.argon2 import Argon2Hasher

from backend.errors import BadInput
from locales import N_

MIN_LENGTH: Final = 12
MAX_LENGTH: Final = 128
#: of a password that the house makes: none that looks or sounds like another, for it is read aloud or copied
SIGNS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
MADE_GROUPS: Final = 4
_OFTEN_TRIED = (
    "123456789012 1234567890123 12345678901234 1234567890123456 123412341234 123123123123 "
    "qwertyuiop12 qwertyuiop123 qwertyuiopas 1qaz2wsx3edc 1q2w3e4r5t6y zaq12wsxcde3 asdfghjkl123 "
    "password1234 password12345 password123456 passwordpassword mypassword123 administrator "
    "admin1234567 adminadminadmin letmeinletmein welcome12345 iloveyou1234 woaini1314520 woaini5201314 "
    "changeme1234 abcdefghijkl abcd12345678 abc123456789 a1234567890 aa1234567890 qq1234567890 "
    "guanjia-demo guanjia12345 guanjia123456 wuye12345678 wuyeguanjia123 property1234 butler123456"
)
#: Long enough to pass, and on every list of passwords that are tried first.
COMMON: Final = frozenset(_OFTEN_TRIED.split())


class BadPassword(BadInput):
    """A new password that is too short, too long or too common."""

    title = N_("Please choose another password.")
    detail = N_(
        "A password needs 12 to 128 characters and must not be a common one or contain the user name."
    )


@cache
def _hasher(is_cheap: bool) -> Argon2Hasher:
    if is_cheap:
        return Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1)
    return Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1)


def made() -> str:
    """Return a new password that can be told on the phone: four groups of four signs, 79 bits."""
    return "-".join("".join(secrets.choice(SIGNS) for _ in range(4)) for _ in range(MADE_GROUPS))


def check_new(password: str, username: str) -> None:
    """Raise BadPassword unless a real person's new password is good enough; no composition rules."""
    folded = password.casefold()
    holds_name = len(username) > 3 and username.casefold() in folded
    is_simple = holds_name or folded in COMMON or len(set(folded)) < 4
    if is_simple or not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise BadPassword


def fresh(password: str, username: str, is_cheap: bool = False) -> str:
    """Return the hash of a new password that is good enough. Raises BadPassword."""
    check_new(password, username)
    return hash_password(password, is_cheap)


def hash_password(password: str, is_cheap: bool = False) -> str:
    """Return the encoded Argon2id hash; ``is_cheap`` only for tests and the demo's known password."""
    return _hasher(is_cheap).hash(password)


@cache
def _dummy_hash(is_cheap: bool) -> str:
    return hash_password("nobody has this password", is_cheap)


def is_right(password: str, password_hash: str | None, is_cheap: bool = False) -> bool:
    """True when the password fits the hash.

    Without a hash (an unknown user) the same work is done against a dummy, so that the time tells nothing.
    """
    if len(password) > MAX_LENGTH:
        return False
    fits = _hasher(is_cheap).verify(password, password_hash or _dummy_hash(is_cheap))
    return fits and password_hash is not None
