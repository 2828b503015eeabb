"""What can fail on the two roads of the carrier: to Telegram, and to the backend.

Towards Telegram python-telegram-bot's own classes stay in use; two of ours tell apart what a sender must
know: whether a request that failed can have been carried out.
"""

from telegram.error import NetworkError


class NotSent(NetworkError):
    """No connection was made: Telegram has seen nothing, so the same call may be made again at once."""


class NoAnswer(NetworkError):
    """The request went out and the answer did not come: Telegram may have carried it out, or not.

    A ``telegram.error.TimedOut`` means the same, after waiting for the read timeout.
    """


class CannotCarry(Exception):
    """The carrier cannot start with these settings; the text says what to change."""


class BackendDown(Exception):
    """The backend did not take it now (no connection, 5xx, 429, a wrong service token); try again later.

    ``status`` is the HTTP status, or None without an answer.
    """

    def __init__(self, status: int | None, detail: str) -> None:
        super().__init__(f"{status or 'no answer'}: {detail}")
        self.status = status


class BackendRefused(Exception):
    """The backend answered 4xx: this request will never be taken as it is; ``detail`` is its sentence."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(f"{status}: {detail}")
        self.status = status
        self.detail = detail
