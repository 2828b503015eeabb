"""A resident's phone as it is kept: sealed, and found by keyed hashes of the whole and of its last digits.

Staff look people up by the last four digits. These alone could be tried out, all ten thousand of them, by
anybody who has the key; without it their hash says no more than that two residents' numbers end alike.
"""

import re
import unicodedata
from typing import Final

from backend.models import Resident
from backend.people import phones
from backend.vault import Vault

_FOUR: Final = re.compile(r"[0-9]{4}")


def keep(resident: Resident, vault: Vault, number: str | None) -> None:
    """Keep a number (E.164) sealed and findable; none, or "", removes what there was."""
    resident.phone_sealed = vault.seal(number) if number else None
    resident.phone_hash = vault.digest(number) if number else None
    resident.phone_last4_hash = last4_hash(vault, phones.last4(number)) if number else None


def take_over(resident: Resident, other: Resident) -> None:
    """Keep the number that another row of the same person has."""
    resident.phone_sealed, resident.phone_hash = other.phone_sealed, other.phone_hash
    resident.phone_last4_hash = other.phone_last4_hash


def last4_hash(vault: Vault, digits: str) -> str:
    """The hash of four digits: another one than that of a number, or a code, of just these."""
    return vault.digest(f"last four digits {digits}")


def asked_last4(vault: Vault, text: str) -> str:
    """The hash by which those are found whose number ends in ``text``; "" when it is not just four digits."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return last4_hash(vault, plain) if _FOUR.fullmatch(plain) else ""
