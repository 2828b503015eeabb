"""Staff come in by the accounts of their own company: what is asked, and whom the answer names. Pure but for
randomness.

An account takes part only when somebody who manages accounts has linked it to a name at the company. Its
first sign-in ties it to the person behind that name (``subject``); from then on only the person counts, so
that a name which the company gives away again opens nothing.
"""

import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from string import ascii_lowercase, ascii_uppercase
from typing import Any, ClassVar, Final

from backend.errors import Refusal
from locales import N_

#: how long somebody may take at the company's page
GOOD_FOR: Final = timedelta(minutes=10)
NAME_LENGTH: Final = 254
SUBJECT_LENGTH: Final = 255
_LOWER: Final = str.maketrans(ascii_uppercase, ascii_lowercase)
#: why somebody whom the company knows does not come in, as the audit log keeps it
NOBODY: Final = "company.nobody"
UNNAMED: Final = "company.unnamed"
CLOSED: Final = "company.closed"
ANOTHER: Final = "company.another"


class CompanyRefused(Refusal):
    """Not let in, for whatever reason: one sentence for all of them. ``why`` is for the log."""

    status: ClassVar[int] = 401
    title: ClassVar[str] = N_("Please sign in.")
    detail: ClassVar[str] = N_(
        "Company sign-in did not work. Please try again or use your password; if it happens again, "
        "please tell the administrator."
    )

    def __init__(self, why: str) -> None:
        super().__init__()
        self.why = why


class CompanyAway(Refusal):
    """The company's sign-in cannot be reached, or answers what cannot be used. ``why`` is for the log."""

    status: ClassVar[int] = 502
    title: ClassVar[str] = N_("Please sign in.")
    detail: ClassVar[str] = N_(
        "Company sign-in does not answer at the moment. Please use your password, or try again in a minute."
    )

    def __init__(self, why: str) -> None:
        super().__init__()
        self.why = why


@dataclass(frozen=True, slots=True)
class Asking:
    """One try that a browser has begun: kept there, sealed, until the company sends it back.

    ``state`` ties the answer to this browser, ``nonce`` the token to this try, ``verifier`` the code to us.
    ``where``: the page to open in the end, "" for the first of the role. ``until``: seconds of the epoch.
    """

    state: str
    nonce: str
    verifier: str
    where: str
    until: int

    @classmethod
    def begin(cls, where: str, now: datetime) -> "Asking":
        """A new try; ``now`` is real time."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(state, nonce, verifier, where, int((now + GOOD_FOR).timestamp()))

    def is_answered_by(self, state: str, now: datetime) -> bool:
        """True when an answer with this ``state`` belongs to this try and is not too late."""
        is_ours = hmac.compare_digest(self.state.encode(), state.encode("utf-8", "surrogatepass"))
        return is_ours and now.timestamp() < self.until

    def as_text(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def of_text(cls, text: str) -> "Asking":
        """What ``as_text`` wrote; give nothing that was not sealed."""
        return cls(**json.loads(text))


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the company vouches for. ``name``: what it calls them, "" where it vouches for no name."""

    issuer: str
    subject: str
    name: str

    @property
    def key(self) -> str:
        """The person among those of all companies; it never becomes somebody else's."""
        return f"{self.issuer} {self.subject}"

    def is_of_same_issuer(self, key: str | None) -> bool:
        return key is not None and key.startswith(f"{self.issuer} ")


def clean_name(text: str) -> str:
    """A name at the company as it is compared: capitals A to Z do not count, every other sign does.

    Nothing else is folded: two names that look alike are two names.
    """
    return text.strip().translate(_LOWER)


def is_name(text: str) -> bool:
    """True for a name that may be linked: one word of printable signs."""
    return 0 < len(text) <= NAME_LENGTH and text.isprintable() and not any(one.isspace() for one in text)


def name_in(claims: Mapping[str, Any], claim: str) -> str:
    """The name that counts among what the company says of somebody; an unverified e-mail never does."""
    value = claims.get(claim)
    if not isinstance(value, str) or not is_name(value.strip()):
        return ""
    # Some companies write the truth value as text.
    is_sure = claim != "email" or claims.get("email_verified") in (True, "true")
    return clean_name(value) if is_sure else ""
