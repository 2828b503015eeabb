"""What Telegram's refusals and the network's failures mean for a parcel. Pure.

python-telegram-bot rewords descriptions ("Chat not found"), so that the class and a lower-cased part of the
text decide. Every 401 and 404 is an ``InvalidToken`` to it.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.errors import NoAnswer, NotSent

TOKEN_SECONDS: Final = 30.0
#: a parcel that is to go out again as soon as the backend can hand it out
AT_ONCE: Final = 0.05
REASON_LENGTH: Final = 300

_TOKEN: Final = re.compile(r"\d{5,}:[\w-]{10,}")
_GONE: Final = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "chat_id_invalid",
    "input_user_deactivated",
    "group chat was deactivated",
    "group chat was deleted",
    "group chat was upgraded",
    "channel_private",
)
_KEPT_OUT: Final = (
    "not enough rights",
    "have no rights",
    "chat_write_forbidden",
    "need administrator rights",
)
_FORBIDDEN_GONE: Final = (
    "kicked",
    "not a member",
    "was deleted",
    "deactivated group",
    "send messages to bots",
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a parcel, as the backend's ack words it; ``retry_after`` in seconds."""

    outcome: Literal["sent", "retry", "dead"]
    reason: str | None = None
    retry_after: float | None = None
    new_chat: int | None = None

    def ack(self, parcel_id: Any, remote_ids: tuple[int, ...] = ()) -> dict[str, Any]:
        """Return the ack of the parcel ``parcel_id``; what is unknown is left out."""
        said: dict[str, Any] = {"id": parcel_id, "outcome": self.outcome}
        if remote_ids:
            said["remote_ids"] = [str(remote_id) for remote_id in remote_ids]
        if self.reason is not None:
            said["reason"] = self.reason
        if self.retry_after is not None:
            said["retry_after"] = self.retry_after
        if self.new_chat is not None:
            said["new_chat"] = str(self.new_chat)
        return said


SENT: Final = Outcome("sent")


def outcome_of(error: TelegramError) -> Outcome:
    """Return what ``error`` of a Bot API call means for the parcel that was being delivered."""
    match error:
        case RetryAfter():
            return Outcome("retry", "flood", seconds_of(error))
        case ChatMigrated():
            return Outcome("retry", "migrated", AT_ONCE, error.new_chat_id)
        case InvalidToken():
            return Outcome("retry", "token", TOKEN_SECONDS)
        case Forbidden():
            return Outcome("dead", _forbidden(str(error).lower()))
        case BadRequest():
            return _bad_request(error)
        case NotSent():
            return Outcome("retry", "network")
        case NoAnswer() | TimedOut():
            return Outcome("retry", "unconfirmed")
        case NetworkError():
            return _other_answer(error)
        case Conflict():
            return Outcome("retry", "server")
        case _:  # an answer that is no JSON: something between us and Telegram spoke
            return Outcome("retry", "server")


def seconds_of(error: RetryAfter) -> float:
    """Return the seconds that Telegram asks us to wait."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def refusal(text: str) -> Outcome:
    """Return the outcome of a message that will never be taken, whatever the chat; ``text`` says why."""
    said = _TOKEN.sub("…", " ".join(text.split()))
    return Outcome("dead", f"refused: {said}"[:REASON_LENGTH])


def _forbidden(text: str) -> str:
    if "user is deactivated" in text:
        return "deactivated"
    return "gone" if any(part in text for part in _FORBIDDEN_GONE) else "blocked"


def _bad_request(error: BadRequest) -> Outcome:
    text = str(error).lower()
    if any(part in text for part in _GONE):
        return Outcome("dead", "deactivated" if "user_deactivated" in text else "gone")
    if any(part in text for part in _KEPT_OUT):
        return Outcome("dead", "blocked")
    return refusal(str(error))


def _other_answer(error: NetworkError) -> Outcome:
    """Telegram (5xx) or a proxy answered, or the transport failed in a way it does not name."""
    if "too large" in str(error).lower():  # 413
        return refusal(str(error))
    cause = error.__cause__
    is_answer = cause is None or isinstance(cause, TelegramError)
    return Outcome("retry", "server" if is_answer else "unconfirmed")


def says(error: TelegramError, *parts: str) -> bool:
    """True when a refusal's words have one of ``parts`` (lower case)."""
    text = str(error).lower()
    return any(part in text for part in parts)
