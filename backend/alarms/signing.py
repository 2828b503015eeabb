"""Who may ring: a signature over time and body, with a secret of the estate.

The sender adds ``X-Guanjia-Estate`` (the estate's code), ``X-Guanjia-Timestamp`` (Unix seconds) and
``X-Guanjia-Signature: sha256=HEX``, the HMAC-SHA256 of ``timestamp.body`` with the estate's alarm secret.
"""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from backend.errors import Refusal
from backend.models import Estate
from backend.notifier.robots import signed
from backend.settings import derive
from locales import N_

#: how far the sender's clock may be off, and how long an overheard alarm could be repeated
WINDOW: Final = timedelta(minutes=5)
SETTINGS: Final = "alarms"


class BadSignature(Refusal):
    status = 401
    title = N_("The alarm was not accepted.")
    detail = N_("The signature does not fit the body, the time or the estate.")


class StaleAlarm(Refusal):
    status = 403
    title = N_("The alarm was not accepted.")
    detail = N_("Its time is more than {minutes} minutes away from ours. Please set the sender's clock.")


@dataclass(frozen=True, slots=True)
class Seal:
    """What the headers say: estate code, Unix seconds, ``sha256=HEX``."""

    estate: str
    timestamp: str
    signature: str


def secret_of(secret_key: str, estate: Estate | None) -> str:
    """Return the estate's alarm secret, "" before an admin made one; a new edition makes the old one void."""
    edition = estate.settings.get(SETTINGS, {}).get("edition", 0) if estate is not None else 0
    return derive(secret_key, f"alarms:{estate.code}:{edition}") if estate is not None and edition else ""


def check(seal: Seal, body: bytes, secret: str, now: datetime) -> None:
    """Raise BadSignature, or StaleAlarm where only the time is wrong; ``now`` is real time.

    It takes as long for an estate that does not exist as for one that does.
    """
    wanted = "sha256=" + signed(secret or "nobody", seal.timestamp, body)
    is_right = hmac.compare_digest(wanted.encode(), seal.signature.encode())
    if not is_right or not secret:
        raise BadSignature
    stamp = seal.timestamp
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 11):
        raise BadSignature
    if abs(now - datetime.fromtimestamp(int(stamp), UTC)) > WINDOW:
        raise StaleAlarm(None, minutes=int(WINDOW.total_seconds() // 60))
