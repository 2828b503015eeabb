"""Sealing what must not lie open in a table: phones, identity numbers, second-factor secrets."""

import hmac
import os
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from backend.settings import derive

KEY_ID: Final = b"\x01"
NONCE: Final = 12


class SealBroken(ValueError):
    """A sealed value that this key did not seal."""


class Vault:
    """AES-GCM with a key id in front, and a keyed hash so that equal values can be found."""

    def __init__(self, secret_key: str) -> None:
        self._cipher = AESGCM(bytes.fromhex(derive(secret_key, "seal")))
        self._hash_key = derive(secret_key, "find").encode()

    def seal(self, text: str) -> bytes:
        nonce = os.urandom(NONCE)
        return KEY_ID + nonce + self._cipher.encrypt(nonce, text.encode(), KEY_ID)

    def unseal(self, sealed: bytes) -> str:
        """Return the text. Raises SealBroken for a foreign or damaged value."""
        try:
            body = sealed[1 + NONCE :]
            return self._cipher.decrypt(sealed[1 : 1 + NONCE], body, sealed[:1]).decode()
        except InvalidTag as error:
            raise SealBroken("this value was sealed with another key") from error

    def digest(self, text: str) -> str:
        """Return the keyed hash by which an equal value is found (hex)."""
        return hmac.new(self._hash_key, text.encode(), sha256).hexdigest()
