"""What the Bot API refuses and in which words: tests match on the very texts that real bots meet."""

from typing import Any, Final

NOT_MODIFIED: Final = (
    "message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
OTHER_POLLER: Final = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
)
WEBHOOK_ACTIVE: Final = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
WEBHOOK_SET: Final = "Conflict: terminated by setWebhook request"
QUERY_TOO_OLD: Final = "query is too old and response timeout expired or query ID is invalid"
MIGRATED: Final = "group chat was upgraded to a supergroup chat"


class ApiError(Exception):
    """One refusal: HTTP status, description and, for 429 and migrations, parameters."""

    def __init__(self, status: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        """The answer as Telegram words it."""
        said: dict[str, Any] = {"ok": False, "error_code": self.status, "description": self.description}
        return said | {"parameters": self.parameters} if self.parameters else said


class Dropped(Exception):
    """The connection is cut without an answer."""


def bad(reason: str) -> ApiError:
    """400 with the usual first words."""
    return ApiError(400, f"Bad Request: {reason}")


def flood(retry_after: int) -> ApiError:
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)
